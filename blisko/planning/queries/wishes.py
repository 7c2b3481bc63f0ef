"""What people wish of a visit's plan, and what its customer was told of it."""

from datetime import datetime

from django.db.models import QuerySet

from blisko.access.rules import Actor, require
from blisko.planning.models import Told, Wish
from blisko.planning.rules.wishes import WishKind
from blisko.visits.queries import visit_for


def wishes_for(actor: Actor, visit_id: int, *, now: datetime) -> QuerySet[Wish]:
    """Answer who is wished to do a visit, or not to, by name."""
    require(actor, "planning.assign")
    return Wish.objects.filter(visit=visit_for(actor, visit_id, now=now)).select_related("technician").order_by("technician__name", "pk")


def wishes_of(visit_id: int) -> dict[int, WishKind]:
    """Answer the wishes for a visit by technician id, for the house's own use."""
    return {wish.technician_id: WishKind(wish.kind) for wish in Wish.objects.filter(visit_id=visit_id)}


def told_for(actor: Actor, visit_id: int, *, now: datetime) -> QuerySet[Told]:
    """Answer what messages told a visit's customer of who comes when, newest first; the first is what he counts on."""
    require(actor, "planning.assign")
    return Told.objects.filter(visit=visit_for(actor, visit_id, now=now)).select_related("technician").order_by("-at", "-pk")
