"""Who could take a visit or a shift from its technician, and what it would mean; for the house's own use."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from blisko.access.rules import SYSTEM
from blisko.field.queries import shift_as_if, shifts_between, technician_for
from blisko.planning.models import Assignment, SickLeave
from blisko.planning.queries.problems import day_at, local_day, planning_rules
from blisko.planning.queries.takers import stand_ins_for, takers_of
from blisko.planning.queries.what_if import boards_with
from blisko.planning.rules.swaps import Span, Taking, taking_of
from blisko.planning.rules.world import RUNNING, visit_key
from blisko.visits.queries import visits_by_id
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.field.models import Shift, Technician
    from blisko.visits.models import Visit

A_SECOND, A_MINUTE = timedelta(seconds=1), timedelta(minutes=1)
NEARBY = timedelta(days=2)  # beyond it no shift matters for a rest


@dataclass(frozen=True)
class Handed:
    """What goes with a shift: its technician's hours from when on until when, and the visits in them, with the window of each seat.

    `begins`: until when it may be taken: the shift begins then, or of one under way the next visit.
    """

    shift: "Shift"
    hours: Span
    visits: "list[Visit]"
    promised: dict[str, Span]
    begins: datetime


def handed_with(shift: "Shift", *, now: datetime) -> Handed | None:
    """Answer what is left of a shift that could still be handed over; None where nothing is: one under way needs a visit to come."""
    mine = Assignment.objects.filter(technician_id=shift.technician_id, released_at=None).select_related("visit")
    last = shift.ends_at + timedelta(minutes=shift.overtime)
    ahead = mine.filter(visit__state=VisitState.BOOKED, during__startswith__gte=shift.starts_at, during__startswith__lt=last)
    rows = list(ahead.order_by("during"))
    starts = shift.starts_at
    if starts <= now:
        busy = mine.filter(visit__state__in=RUNNING, during__endswith__gt=now).order_by("-during").first()
        starts = (busy.during.upper if busy else now) + A_MINUTE
        starts = starts.replace(second=0, microsecond=0)
        if not rows or starts >= shift.ends_at:
            return None
    visits = visits_by_id(SYSTEM, {row.visit_id for row in rows})
    promised = {visit_key(row.visit_id, row.seat): _window(row.visit) for row in rows}
    to_come = [row.during.lower for row in rows if row.during.lower > starts]
    begins = starts if shift.starts_at > now else next(iter(to_come), shift.ends_at - A_MINUTE)
    return Handed(shift, (starts, shift.ends_at), [visits[row.visit_id] for row in rows], promised, begins)


def _window(visit: "Visit") -> Span:
    return visit.window_from - A_SECOND, visit.window_to  # the planner counts in whole ones


def takings_of(visit: "Visit", giver_id: int, technicians: "Iterable[Technician]", day: date, *, now: datetime) -> dict[int, Taking]:
    """Answer which of these technicians at work that day could take a visit, or the giver's seat of it, and what it would mean for each."""
    held = dict(Assignment.objects.filter(visit=visit, released_at=None).values_list("technician_id", "seat"))
    if giver_id not in held:
        return {}
    calendar = _calendar(day)
    people = [one for one in technicians if one.pk not in held and calendar[one.pk].today]
    able = takers_of([visit], people)[visit.pk] if len(held) == 1 else [one.pk for one in people]
    promised = {visit_key(visit.pk, held[giver_id]): _window(visit)}
    boards = boards_with([visit], [], able, day, now=now)
    found = {pk: taking_of(board, promised, pk, others=calendar[pk].others, rest=calendar[pk].rest) for pk, board in boards.items()}
    return {pk: one for pk, one in found.items() if one}


def shift_takings(handed: Handed, technicians: "Iterable[Technician]", *, now: datetime) -> dict[int, Taking]:
    """Answer which of these technicians could take a shift with all that lies in it, and what it would mean for each.

    Whoever has that day free takes the hours, too; whoever works takes the visits into his own. Who is sick then is not asked.
    """
    giver, day = handed.shift.technician_id, day_at(handed.shift.starts_at)
    calendar, able = _calendar(day), _able(handed, technicians)
    working = {pk for pk in able if calendar[pk].today}
    free = [one for pk, one in able.items() if pk not in working]
    asked = [*(one.pk for one in free), *(working if handed.promised else ())]
    boards = boards_with([], [giver], asked, day, now=now, extra=[shift_as_if(one, *handed.hours) for one in free])
    found = {
        pk: taking_of(board, handed.promised, pk, others=calendar[pk].others, rest=calendar[pk].rest, merged=pk in working)
        for pk, board in boards.items()
        if board.starts.keys() >= handed.promised.keys()  # none of it is planned for after midnight
    }
    return {pk: one for pk, one in found.items() if one}


def _able(handed: Handed, technicians: "Iterable[Technician]") -> "dict[int, Technician]":
    """Answer who could be sent to every visit of a shift, or, while there is none, wherever its technician could."""
    giver, (starts, ends) = handed.shift.technician_id, handed.hours
    sick = set(SickLeave.objects.filter(starts_at__lt=ends, ends_at__gt=starts).values_list("technician_id", flat=True))
    people = [one for one in technicians if one.pk != giver and one.pk not in sick]
    if handed.visits:
        able = set.intersection(*({*found} for found in takers_of(handed.visits, people).values()))
    else:
        able = stand_ins_for(technician_for(SYSTEM, giver), people)
    return {one.pk: one for one in people if one.pk in able}


@dataclass(frozen=True)
class _Hours:
    """When somebody works on a day, and on those around it; how long he rests between."""

    today: list[Span]
    others: list[Span]
    rest: timedelta


def _calendar(day: date) -> Mapping[int, _Hours]:
    starts, ends = local_day(day)
    rest = timedelta(hours=planning_rules().rest_hours)
    found: defaultdict[int, _Hours] = defaultdict(lambda: _Hours([], [], rest))
    for one in shifts_between(SYSTEM, starts - NEARBY, ends + NEARBY):
        hours = found[one.technician_id]
        (hours.today if starts <= one.starts_at < ends else hours.others).append((one.starts_at, one.ends_at))
    return found
