from datetime import datetime, timedelta

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.field.errors import BadShift, NoSuchTechnician
from blisko.field.models import Shift, Technician
from blisko.kit.push import push


@transaction.atomic
def add_shift(technician_id: int, *, starts_at: datetime, ends_at: datetime, actor: Actor, now: datetime) -> Shift:
    """Let a technician work from `starts_at` to `ends_at`; giving the same start again moves the end."""
    require(actor, "field.edit")
    if not timedelta(0) < ends_at - starts_at <= timedelta(hours=24):
        raise BadShift
    if not Technician.objects.filter(pk=technician_id).exists():
        raise NoSuchTechnician
    shift, _ = Shift.objects.update_or_create(technician_id=technician_id, starts_at=starts_at, defaults={"ends_at": ends_at})
    write_audit(
        actor, "add_shift", f"technician:{technician_id}", now=now, detail={"from": starts_at.isoformat(), "to": ends_at.isoformat()}
    )
    push("shifts")
    return shift


@transaction.atomic
def drop_shift(shift_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a shift out of the calendar."""
    require(actor, "field.edit")
    shift = Shift.objects.filter(pk=shift_id).first()
    if shift is not None:
        shift.delete()
        write_audit(actor, "drop_shift", f"technician:{shift.technician_id}", now=now)
        push("shifts")
