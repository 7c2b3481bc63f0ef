from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.field import queries
from blisko.field.events import HomeSet
from blisko.field.models import Home
from blisko.field.rules import check_home
from blisko.kit.events import emit
from blisko.kit.push import push


@transaction.atomic
def set_home(technician_id: int, *, lat: float, lon: float, actor: Actor, now: datetime) -> None:
    """Keep where a technician's day begins and ends, for the planner alone; the audit trail learns that, not where.

    No position around it is kept from here on, and those that were are deleted (`HomeSet`).
    """
    require(actor, "field.edit")
    check_home(lat, lon)
    technician = queries.technician_for(actor, technician_id)
    Home.objects.update_or_create(technician=technician, defaults={"lat": lat, "lon": lon})
    write_audit(actor, "set_home", f"technician:{technician_id}", now=now)
    emit(HomeSet(technician_id, now))
    push("areas")


@transaction.atomic
def forget_home(technician_id: int, *, actor: Actor, now: datetime) -> None:
    """Forget where a technician lives; one we never knew is fine."""
    require(actor, "field.edit")
    gone, _ = Home.objects.filter(technician_id=technician_id).delete()
    if gone:
        write_audit(actor, "forget_home", f"technician:{technician_id}", now=now)
        push("areas")
