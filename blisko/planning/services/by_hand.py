"""What a dispatcher changes by hand: moves, swaps, pins; each shown before it is done and taken back with `undo_last`."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.kit.push import push
from blisko.planning.errors import NothingToRelease, NotSwappable
from blisko.planning.models import Assignment, Pin, PlanVersion
from blisko.planning.queries.problems import Draft
from blisko.planning.queries.what_if import board_for, consequences_on, day_of_visit, swap_on
from blisko.planning.rules.runs import Why
from blisko.planning.rules.whatif import Board, Consequences
from blisko.planning.rules.wishes import LEAD, PinKind
from blisko.planning.services.plans import keep_stops
from blisko.planning.services.versions import bump_day, hold_changes, write_changes
from blisko.visits.queries import lock_visits, visit_for


@transaction.atomic
def move_assignments(
    visit_ids: Sequence[int],
    technician_id: int | None,
    *,
    actor: Actor,
    now: datetime,
    starts_at: datetime | None = None,
    before: int | None = None,
) -> PlanVersion | None:
    """Give visits to a technician as `consequences` shows it, with everything that moves along; None takes them from whoever has them.

    Answers None where nothing changes. Refuses what `consequences` refuses, and `PlanOutdated` when somebody was faster.
    """
    require(actor, "planning.assign")
    lock_visits(visit_ids)
    visits = [visit_for(actor, visit_id, now=now) for visit_id in visit_ids]
    day = day_of_visit(visits[0], starts_at)
    people = [technician_id] if technician_id else []
    board = board_for(visits, people, day, also=[before] if before else [], now=now)
    brings = consequences_on(board, visit_ids, technician_id, starts_at, before)
    return _done(board, brings, why=Why.MOVED, verb="move_assignments", actor=actor, now=now)


def move_assignment(
    visit_id: int,
    technician_id: int | None,
    *,
    actor: Actor,
    now: datetime,
    starts_at: datetime | None = None,
    before: int | None = None,
) -> PlanVersion | None:
    """Give one visit to a technician; see `move_assignments`."""
    return move_assignments([visit_id], technician_id, actor=actor, now=now, starts_at=starts_at, before=before)


@transaction.atomic
def swap_assignments(a: int, b: int, *, actor: Actor, now: datetime) -> PlanVersion | None:
    """Let two visits change places as `swap_consequences` shows it; refuses `NotSwappable` unless both are somebody's."""
    require(actor, "planning.assign")
    lock_visits([a, b])
    visits = [visit_for(actor, visit_id, now=now) for visit_id in (a, b)]
    if a == b or Assignment.objects.filter(visit_id__in=[a, b], seat=LEAD, released_at=None).count() < 2:
        raise NotSwappable
    board = board_for(visits, [], day_of_visit(visits[0]), now=now)
    return _done(board, swap_on(board, a, b), why=Why.SWAPPED, verb="swap_assignments", actor=actor, now=now)


def _done(board: Board, brings: Consequences, *, why: Why, verb: str, actor: Actor, now: datetime) -> PlanVersion | None:
    if brings.refusal is not None:
        raise brings.refusal
    if not brings.changes:
        return None
    hold_changes(brings.changes)
    version = write_changes(brings.changes, why=why, actor=actor, now=now)
    keep_stops(Draft(board.world, board.problem, ""), brings.routes, now=now)
    write_audit(actor, verb, f"plan:{version.pk}", now=now, detail={"visits": sorted({one.visit_id for one in brings.changes})})
    return version


@transaction.atomic
def pin_visit(visit_id: int, *, kinds: Sequence[PinKind], actor: Actor, now: datetime) -> None:
    """Let the planner leave a visit with its technician, at its time, both, or (with no kinds) neither any more."""
    require(actor, "planning.assign")
    visit = visit_for(actor, visit_id, now=now, lock=True)
    row = Assignment.objects.filter(visit=visit, seat=LEAD, released_at=None).first()
    if row is None:
        raise NothingToRelease
    row.pins.exclude(kind__in=list(kinds)).delete()
    for kind in kinds:
        Pin.objects.get_or_create(assignment=row, kind=kind, defaults={"at": now, "by": actor.id})
    write_audit(actor, "pin_visit", f"visit:{visit_id}", now=now, detail={"kinds": [str(kind) for kind in kinds]})
    bump_day(day_of_visit(visit))
    push("assignments")
    push(f"visit:{visit_id}")
