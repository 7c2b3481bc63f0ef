from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.field import rules
from blisko.field.errors import BadShift, NoSuchTechnician, ShiftsOverlap
from blisko.field.events import TechnicianAbsent
from blisko.field.models import Shift, Technician
from blisko.field.rules import FloatingBreak
from blisko.kit.events import emit
from blisko.kit.push import push


@transaction.atomic
def add_shift(
    technician_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    now: datetime,
    breaks: Sequence[FloatingBreak] | None = None,
    overtime_minutes: int | None = None,
) -> Shift:
    """Let a technician work from `starts_at` to `ends_at`; giving the same start again moves the end. Nobody works twice at a time.

    `breaks`: its own ones, () for none at all; None: as the team's rules say. `overtime_minutes` None: as the team allows.
    Given again, what is None stays as it was; own breaks that no longer fit are gone.
    """
    require(actor, "field.edit")
    if not timedelta(0) < ends_at - starts_at <= timedelta(hours=24):
        raise BadShift
    if Technician.objects.select_for_update(no_key=True).filter(pk=technician_id).first() is None:
        raise NoSuchTechnician
    rules.check_breaks(starts_at, ends_at, breaks or ())
    others = Shift.objects.filter(technician_id=technician_id, starts_at__lt=ends_at, ends_at__gt=starts_at).order_by("starts_at")
    if other := others.exclude(starts_at=starts_at).first():
        raise ShiftsOverlap(details={"id": other.pk, "starts_at": other.starts_at.isoformat(), "ends_at": other.ends_at.isoformat()})
    known = Shift.objects.filter(technician_id=technician_id, starts_at=starts_at).first()
    if known and breaks is None:
        breaks = known.own_breaks
    if known and overtime_minutes is None:
        overtime_minutes = known.overtime_minutes
    wanted = {"ends_at": ends_at, "breaks": _kept(starts_at, ends_at, breaks), "overtime_minutes": overtime_minutes}
    shift, _ = Shift.objects.update_or_create(technician_id=technician_id, starts_at=starts_at, defaults=wanted)
    write_audit(
        actor, "add_shift", f"technician:{technician_id}", now=now, detail={"from": starts_at.isoformat(), "to": ends_at.isoformat()}
    )
    push("shifts")
    return shift


def _kept(starts: datetime, ends: datetime, breaks: Iterable[FloatingBreak] | None) -> list[dict[str, Any]] | None:
    if breaks is None:
        return None
    fitting = rules.fitting_breaks(starts, ends, breaks)
    return [{"earliest": one.earliest.isoformat(), "latest": one.latest.isoformat(), "minutes": one.minutes} for one in fitting]


@transaction.atomic
def drop_shift(shift_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a shift out of the calendar."""
    require(actor, "field.edit")
    shift = Shift.objects.filter(pk=shift_id).first()
    if shift is not None:
        shift.delete()
        write_audit(actor, "drop_shift", f"technician:{shift.technician_id}", now=now)
        push("shifts")


@transaction.atomic
def report_absent(technician_id: int, *, starts: datetime, ends: datetime, actor: Actor, now: datetime) -> None:
    """Take a technician's hours from `starts` to `ends` out of the calendar, whatever the reason; emits `TechnicianAbsent`.

    Shifts are cut, split in two or dropped; nobody works over into an absence. Safe to do twice.
    """
    require(actor, "field.report_absence")
    rules.check_absence(starts, ends)
    if not Technician.objects.filter(pk=technician_id).exists():
        raise NoSuchTechnician
    for shift in Shift.objects.select_for_update().filter(technician_id=technician_id, starts_at__lt=ends, ends_at__gt=starts):
        _cut(shift, starts, ends)
    detail = {"from": starts.isoformat(), "to": ends.isoformat()}
    write_audit(actor, "report_absent", f"technician:{technician_id}", now=now, detail=detail)
    emit(TechnicianAbsent(technician_id=technician_id, starts=starts, ends=ends, at=now))
    for topic in ("shifts", "day"):
        push(topic)


@transaction.atomic
def hand_over_hours(technician_id: int, starts: datetime, ends: datetime, *, to: int | None, actor: Actor, now: datetime) -> None:
    """Take a technician's hours out of the calendar and let another one (None: nobody) work them, by his own team's rules.

    Refuses `ShiftsOverlap` where the other one works then already.
    """
    require(actor, "field.edit")
    list(Technician.objects.select_for_update(no_key=True).filter(pk__in=[technician_id, to]).order_by("pk"))
    for shift in Shift.objects.filter(technician_id=technician_id, starts_at__lt=ends, ends_at__gt=starts):
        _cut(shift, starts, ends)
    if to is not None:
        if other := Shift.objects.filter(technician_id=to, starts_at__lt=ends, ends_at__gt=starts).first():
            raise ShiftsOverlap(details={"id": other.pk})
        add_shift(to, starts_at=starts, ends_at=ends, actor=actor, now=now)
    detail = {"from": starts.isoformat(), "to": ends.isoformat(), "technician": to}
    write_audit(actor, "hand_over_hours", f"technician:{technician_id}", now=now, detail=detail)
    for topic in ("shifts", "day"):
        push(topic)


def _cut(shift: Shift, starts: datetime, ends: datetime) -> None:
    overtime, breaks = shift.overtime_minutes, shift.own_breaks
    pieces = rules.left_of((shift.starts_at, shift.ends_at), (starts, ends))
    if not pieces or pieces[0][0] != shift.starts_at:
        shift.delete()
    for begins, stops in pieces:
        wanted = {"ends_at": stops, "breaks": _kept(begins, stops, breaks), "overtime_minutes": 0 if stops == starts else overtime}
        Shift.objects.update_or_create(technician_id=shift.technician_id, starts_at=begins, defaults=wanted)
