from datetime import datetime

from django.db.models import QuerySet

from blisko.access.rules import Actor, require
from blisko.field.errors import NoSuchTechnician
from blisko.field.models import Shift, Technician, TechnicianSkill


def technicians_for(actor: Actor) -> QuerySet[Technician]:
    """Answer the active technicians, by name."""
    require(actor, "field.see")
    return Technician.objects.filter(active=True).select_related("team", "van").prefetch_related("levels__skill").order_by("name", "pk")


def technician_for(actor: Actor, technician_id: int) -> Technician:
    """Answer a technician: anybody's for who may see the field, one's own for a technician."""
    technician = Technician.objects.select_related("team", "van").prefetch_related("levels__skill").filter(pk=technician_id).first()
    if technician is None or not (actor.may("field.see") or actor.id == f"user:{technician.user_id}"):
        raise NoSuchTechnician
    return technician


def own_technician(actor: Actor) -> Technician:
    """Answer the technician this signed-in person is."""
    technician = Technician.objects.filter(user_id=int(actor.id[5:])).first() if actor.id.startswith("user:") else None
    if technician is None:
        raise NoSuchTechnician
    return technician


def levels_of(technician_id: int) -> dict[str, int]:
    """Answer the skills of a technician: code to level."""
    return dict(TechnicianSkill.objects.filter(technician_id=technician_id).values_list("skill__code", "level"))


def shifts_of(actor: Actor, technician_id: int, starts: datetime, ends: datetime) -> QuerySet[Shift]:
    """Answer one technician's shifts that touch the stretch of time, in order."""
    technician_for(actor, technician_id)
    return Shift.objects.filter(technician_id=technician_id, starts_at__lt=ends, ends_at__gt=starts).order_by("starts_at")


def shifts_between(actor: Actor, starts: datetime, ends: datetime) -> QuerySet[Shift]:
    """Answer the shifts that touch the stretch of time."""
    require(actor, "field.see")
    return (
        Shift.objects.filter(starts_at__lt=ends, ends_at__gt=starts).select_related("technician").order_by("technician__name", "starts_at")
    )
