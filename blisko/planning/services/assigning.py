from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from blisko.access.rules import Actor, require
from blisko.access.services import give_key, take_key, write_audit
from blisko.field.queries import shifts_between, technician_for
from blisko.field.rules import lacking_skills
from blisko.kit.events import emit
from blisko.planning import queries
from blisko.planning.errors import DoubleBooked, LacksSkills, NoSuchSeat, NothingToRelease, NotPlannable, OffShift, Unwished
from blisko.planning.events import VisitAssigned, VisitReleased
from blisko.planning.models import Assignment
from blisko.planning.queries.wishes import wishes_of
from blisko.planning.rules.gaps import first_gap
from blisko.planning.rules.lines import Change
from blisko.planning.rules.runs import Why
from blisko.planning.rules.wishes import LEAD, may_do
from blisko.planning.services.versions import KEY_OUTLIVES, line_of, queue_up, record_version
from blisko.visits.queries import visit_by_id, visit_for
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.field.models import Technician
    from blisko.visits.models import Visit


@transaction.atomic
def assign_visit(
    visit_id: int, technician_id: int, *, actor: Actor, now: datetime, starts_at: datetime | None = None, seat: int = LEAD
) -> Assignment:
    """Give a visit (a seat of it, where a crew goes) to a technician and him the key to it; whoever had it loses both.

    `starts_at`: planned start; None: with the lead, for who comes along, and else the earliest gap inside the window.
    Refuses `DoubleBooked`, `LacksSkills`, `OffShift`, `Unwished`, `NoSuchSeat`.
    """
    require(actor, "planning.assign")
    visit = visit_for(actor, visit_id, now=now, lock=True)
    if visit.state != VisitState.BOOKED:
        raise NotPlannable(details={"state": visit.state})
    technician = technician_for(actor, technician_id)
    _check_fit(visit, technician, seat)
    queue_up([technician_id])
    length = timedelta(minutes=visit.minutes)
    lead = queries.assignment_of(visit_id) if seat > LEAD and starts_at is None else None
    start = starts_at or (lead.during.lower if lead else _gap(technician_id, visit_id, (visit.window_from, visit.window_to), length, actor))
    current = queries.assignment_of(visit_id, seat)
    was = line_of(current) if current else None
    if current:
        _release(current, actor=actor, now=now)
    try:
        with transaction.atomic():
            made = Assignment.objects.create(
                visit=visit, technician=technician, seat=seat, during=TimestamptzRange(start, start + length), made_at=now, made_by=actor.id
            )
    except IntegrityError:
        raise DoubleBooked(details={"technician": technician.code}) from None
    give_key(f"user:{technician.user_id}", f"visit:{visit_id}", by=actor, now=now, until=visit.window_to + KEY_OUTLIVES)
    write_audit(actor, "assign_visit", f"visit:{visit_id}", now=now, detail={"technician": technician.code})
    emit(VisitAssigned(visit_id=visit_id, technician_id=technician_id, at=now))
    record_version([Change(visit_id, seat, was, line_of(made))], why=Why.ASSIGNED, actor=actor, now=now)
    return made


def _check_fit(visit: "Visit", technician: "Technician", seat: int) -> None:
    if not technician.active:
        raise OffShift
    if lacking := lacking_skills(technician.skill_levels, visit.wanted_levels):
        raise LacksSkills(details={"skills": lacking})
    if not may_do(technician.pk, wishes_of(visit.pk)):
        raise Unwished
    if not LEAD <= seat <= visit.order.job_type.crew_size:
        raise NoSuchSeat(details={"seat": seat})


def _gap(technician_id: int, visit_id: int, window: tuple[datetime, datetime], length: timedelta, actor: Actor) -> datetime:
    reach = (window[0], window[1] + length)
    work = [(s.starts_at, s.ends_at) for s in shifts_between(actor, *reach) if s.technician_id == technician_id]
    if first_gap(window, length, (), work) is None:
        raise OffShift
    busy = [
        (a.during.lower, a.during.upper)
        for a in queries.plan_between(actor, *reach)
        if a.technician_id == technician_id and a.visit_id != visit_id
    ]
    if (start := first_gap(window, length, busy, work)) is None:
        raise DoubleBooked
    return start


@transaction.atomic
def unassign_visit(visit_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a visit from its technician; it waits for another. Once it has begun, who did it stays known."""
    require(actor, "planning.assign")
    visit = visit_for(actor, visit_id, now=now, lock=True)
    if visit.state != VisitState.BOOKED:
        raise NotPlannable(details={"state": visit.state})
    if not Assignment.objects.filter(visit_id=visit_id, released_at=None).exists():
        raise NothingToRelease
    _free(visit_id, actor=actor, now=now)


@transaction.atomic
def free_slot(visit_id: int, *, actor: Actor, now: datetime) -> None:
    """Give back to the plan what was planned for the visit up to `now`, because it will not take place so; safe to do twice.

    Whoever assigned it while it was being cancelled came later and still gets nothing: a cancelled visit keeps no slot.
    """
    current = Assignment.objects.filter(visit_id=visit_id, released_at=None).order_by("seat").first()
    if current is not None and (current.made_at <= now or visit_by_id(visit_id).state == VisitState.CANCELLED):
        _free(visit_id, actor=actor, now=now)


@transaction.atomic
def free_misplaced(visit_id: int, *, actor: Actor, now: datetime) -> None:
    """Give back to the plan what no longer lies within the windows of a visit that was moved; safe to do twice."""
    rows = Assignment.objects.filter(visit_id=visit_id, released_at=None).order_by("seat")
    visit, first = visit_by_id(visit_id), rows.first()
    windows = [(visit.window_from, visit.window_to), *((one.lower, one.upper) for one in visit.other_windows)]
    if first and visit.state == VisitState.BOOKED and not any(starts <= first.during.lower <= ends for starts, ends in windows):
        _free(visit_id, actor=actor, now=now)


@transaction.atomic
def release_all(visit_id: int, *, actor: Actor, now: datetime) -> None:
    """Give back to the plan whatever is planned of a visit, because its customer has chosen another time."""
    if Assignment.objects.filter(visit_id=visit_id, released_at=None).exists():
        _free(visit_id, actor=actor, now=now)


@transaction.atomic
def end_slot(visit_id: int, *, now: datetime) -> None:
    """Cut the planned stretch at the moment the visit really ended, so that the rest is free; who did it stays known."""
    for current in Assignment.objects.select_for_update().filter(visit_id=visit_id, released_at=None):
        if current.during.lower < now < current.during.upper:
            current.during = TimestamptzRange(current.during.lower, now)
            current.save(update_fields=["during"])


def _free(visit_id: int, *, actor: Actor, now: datetime) -> None:
    """Release every seat of a visit."""
    rows = list(Assignment.objects.select_related("technician").filter(visit_id=visit_id, released_at=None).order_by("seat"))
    for row in rows:
        _release(row, actor=actor, now=now)
    record_version([Change(visit_id, row.seat, line_of(row), None) for row in rows], why=Why.RELEASED, actor=actor, now=now)


def _release(current: Assignment, *, actor: Actor, now: datetime) -> None:
    current.released_at = now
    current.save(update_fields=["released_at"])
    take_key(f"user:{current.technician.user_id}", f"visit:{current.visit_id}", by=actor, now=now)
    emit(VisitReleased(visit_id=current.visit_id, technician_id=current.technician_id, at=now))
