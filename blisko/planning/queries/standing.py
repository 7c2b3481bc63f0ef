"""The labels of the coming days, standing ready in this process; every question first asks the database whether they still hold.

One round trip asks for the marks of all that is remembered. What a day's labels are made of is compared by value, so that a mark that
changed for nothing (a telephone number, another week's shift) costs a reading and no new labels. What technicians can and carry is no
part of the labels: it is read anew by itself. What customers were told is looked at when labels are made, and makes none: a message an hour
would keep a day's labels from ever standing.
"""

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from django.db import connection

from blisko.field.queries import crew_mark, days_mark, shifts_mark, zone_beginnings
from blisko.kit.marks import Question, asked
from blisko.planning.queries.durations import durations_now
from blisko.planning.queries.problems import (
    EVERYBODY,
    crew_fits,
    day_at,
    local_day,
    local_hour,
    weights_now,
    workers_by_day,
    world_around,
    world_of,
)
from blisko.planning.queries.roads import roads, travel_between
from blisko.planning.rules.durations import WorkTimes
from blisko.planning.rules.problem import Matrix
from blisko.planning.rules.ready import Fit, Ready, made_ready
from blisko.planning.rules.slots import Gap, Gaps, gaps_by_technician, joined, tables_of
from blisko.planning.rules.ways import Point
from blisko.planning.rules.whatif import Board, board_of
from blisko.planning.rules.world import Worker, World, problem_of, seconds_of, travel_places
from blisko.visits.queries import job_terms_mark, job_types, job_types_mark

if TYPE_CHECKING:
    from blisko.visits.models import JobType

T = TypeVar("T")
BAND_HOURS = range(8, 20, 2)
BAND = 2  # hours
FRESH_TODAY = 60  # seconds
SPANS = 8  # of days asked for, whose gaps are kept side by side; 5 MB each at 200 technicians and 14 days
PRESET = Question("SELECT preset FROM planning_planningrules WHERE id = 1")
FIT = Question("SELECT id FROM planning_durationfit ORDER BY at DESC, id DESC LIMIT 1")
PLANS = """
    SELECT a.technician_id, bit_xor(hash_record_extended((a.id, a.during, a.seat, v.order_id, v.state, v.window_from, v.window_to,
        v.other_windows::text, v.minutes, v.set_out_at, v.arrived_at, v.ended_at, v.after_id, v.gap_minutes), 0))
    FROM planning_assignment a JOIN visits_visit v ON v.id = a.visit_id
    WHERE a.released_at IS NULL AND lower(a.during) >= %s AND lower(a.during) < %s
    GROUP BY a.technician_id
"""
REVISIONS = "SELECT json_object_agg(day, revision) FROM planning_planday WHERE day = ANY(%s::date[])"


@dataclass(frozen=True)
class Standing:
    """The labels of one day, and what they were made from.

    `boards`, `parts`: by technician, the plan around him and the gaps of his route. `plans`: marks of what each is to do.
    `spans`: the day's bands in seconds from midnight.
    """

    day: date
    midnight: datetime
    revision: int
    made_of: object
    at: datetime
    plans: Mapping[int, int]
    boards: Mapping[int, Board]
    parts: Mapping[int, Sequence[Gap]]
    gaps: Gaps
    bands: Sequence[tuple[datetime, datetime]]
    spans: Sequence[tuple[int, int]]

    def board_with(self, key: str) -> Board | None:
        """Answer the board on which a visit is planned."""
        return next((board for board in self.boards.values() if key in board.starts), None)

    def shifts_of(self, technician_id: int) -> list[str]:
        """Answer the shifts of a technician that have gaps."""
        return list(dict.fromkeys(gap.shift.key for gap in self.parts.get(technician_id, ())))


@dataclass(frozen=True)
class Marks:
    """What stands in the database, for some days: marks, and what the labels of all days or of one rest on."""

    days: Sequence[date]
    workers: object
    crew: object
    kinds: object
    terms: Sequence[object]
    revisions: Mapping[str, int]


@dataclass(frozen=True)
class Crew:
    """What technicians can by id, and how the postcodes of zones begin by code."""

    fits: Mapping[int, Fit]
    zones: Mapping[str, Sequence[str]]


_standing: dict[date, Standing] = {}
_workers: dict[date, tuple[Worker, ...]] = {}
_kept: dict[Hashable, tuple[object, Any]] = {}
_together: dict[tuple[date, ...], tuple[Sequence[Standing], Crew, Ready]] = {}
_building = threading.Lock()


def forget_standing() -> None:
    """Empty this process's memory of labels."""
    for memory in (_standing, _workers, _kept, _together):
        memory.clear()


def marks_now(days: Sequence[date], *more: Question) -> tuple[Marks, Sequence[Any]]:
    """Answer the marks of all that is remembered about days, and some questions more, as of one moment."""
    told = asked(
        (
            *(shifts_mark(), days_mark(), crew_mark(), job_types_mark(), job_terms_mark()),
            *(PRESET, FIT, Question(REVISIONS, (list(days),)), *more),
        )
    )
    shifts, ground, crew, kinds, *terms, revisions = told[: len(told) - len(more)]
    seen = roads().seen()
    return Marks(days, (shifts, ground), crew, kinds, (*terms, seen), revisions or {}), told[len(told) - len(more) :]


def crew_at(marks: Marks) -> Crew:
    """Answer what technicians can, and the zones."""
    return _remembered("crew", marks.crew, lambda: Crew(crew_fits(), zone_beginnings()))


def kinds_at(marks: Marks) -> "Mapping[str, JobType]":
    """Answer the job types in use by code."""
    return _remembered("kinds", marks.kinds, lambda: {kind.code: kind for kind in job_types()})


def times_at(marks: Marks) -> WorkTimes:
    """Answer how long work takes, as learned last."""
    return _remembered("times", (marks.crew, marks.terms[-2]), lambda: WorkTimes(durations_now(), tuple(sorted(crew_at(marks).fits))))


def _remembered(what: Hashable, mark: object, read: Callable[[], T]) -> T:
    known = _kept.get(what)
    if known is None or known[0] != mark:
        if len(_kept) > SPANS:
            _kept.clear()
        known = _kept[what] = mark, read()
    found: T = known[1]
    return found


def standing_days(marks: Marks, *, now: datetime) -> list[Standing]:
    """Answer the labels of several days, made anew where what they rest on has changed, and today once a minute."""
    days, today, found = marks.days, day_at(now), []
    if not days:
        return []
    workers = _remembered((days[0], days[-1]), marks.workers, lambda: _workers_of(days))
    for day in days:
        made_of, revision = (workers.get(day, ()), marks.terms), marks.revisions.get(day.isoformat(), 0)
        moment = now if day == today else None
        standing = _known(day, made_of, moment)
        if standing is None or standing.revision != revision:
            with _building:  # whoever waited for the same day finds it made
                standing = _known(day, made_of, moment)
                if standing is None:
                    standing = _stand(day, made_of, revision, now)
                elif standing.revision != revision:
                    standing = _mended(standing, revision, now)
                _standing[day] = standing
        found.append(standing)
    for memory in (_standing, _workers):
        for old in [day for day in list(memory) if day < today]:
            memory.pop(old, None)
    return found


def _known(day: date, made_of: object, moment: datetime | None) -> Standing | None:
    """Answer the labels of a day if they hold but for its plan; those of today grow old by themselves: `moment` is the present then."""
    standing = _standing.get(day)
    if standing is None or standing.made_of != made_of:
        return None
    return standing if moment is None or 0 <= (moment - standing.at).total_seconds() <= FRESH_TODAY else None


def _workers_of(days: Sequence[date]) -> Mapping[date, tuple[Worker, ...]]:
    """Answer the workers by day; those of a day that are still the same are the same object, so that comparing them takes no time."""
    found = workers_by_day(local_day(days[0])[0], local_day(days[-1])[1])
    for day, workers in found.items():
        if _workers.get(day) != workers:
            _workers[day] = workers
    return {day: _workers.get(day, workers) for day, workers in found.items()}


def ready_days(days: Sequence[Standing], crew: Crew) -> Ready:
    """Answer the labels of several days as one table beside what technicians can; kept as long as none of them is made anew."""
    span = tuple(standing.day for standing in days)
    known = _together.get(span)
    if known is None or known[1] is not crew or any(one is not other for one, other in zip(known[0], days, strict=True)):
        if len(_together) >= SPANS:
            _together.clear()
        known = _together[span] = days, crew, made_ready(joined([standing.gaps for standing in days]), crew.fits)
    return known[2]


def bands_of(day: date) -> list[tuple[datetime, datetime]]:
    """Answer the windows in which a local day is offered."""
    return [(local_hour(day, time(hour)), local_hour(day, time(hour + BAND))) for hour in BAND_HOURS]


def _stand(day: date, made_of: object, revision: int, now: datetime) -> Standing:
    plans = _plans(day)
    world = world_of(day, EVERYBODY)
    board, bands = _board(world, now), bands_of(day)
    spans = [(seconds_of(starts, world.midnight), seconds_of(ends, world.midnight)) for starts, ends in bands]
    parts = gaps_by_technician(board)
    boards = {worker.technician_id: board for worker in world.workers}
    return Standing(day, world.midnight, revision, made_of, now, plans, boards, parts, _tables(parts), bands, spans)


def _mended(old: Standing, revision: int, now: datetime) -> Standing:
    """Answer the labels of a day whose plan has changed: made anew for those alone who have something else to do."""
    plans = _plans(old.day)
    changed = {who for who in plans.keys() | old.plans.keys() if plans.get(who) != old.plans.get(who)} & old.boards.keys()
    if 2 * len(changed) > len(old.boards):
        return _stand(old.day, old.made_of, revision, now)
    if not changed:
        return replace(old, revision=revision, plans=plans)
    board = _board(world_around(old.day, EVERYBODY, changed, ()), now)
    mine = {worker.technician_id for worker in board.world.workers}
    boards = {who: board if who in mine else known for who, known in old.boards.items()}
    parts = {**old.parts, **dict.fromkeys(mine, ()), **gaps_by_technician(board)}
    return replace(old, revision=revision, plans=plans, boards=boards, parts=parts, gaps=_tables(parts))


def _tables(parts: Mapping[int, Sequence[Gap]]) -> Gaps:
    return tables_of([gap for who in sorted(parts) for gap in parts[who]])


def _board(world: World, now: datetime) -> Board:
    return board_of(world, problem_of(world, _own_ways(world, now), weights=weights_now(), now=now))


def _plans(day: date) -> dict[int, int]:
    """Answer for each technician a mark of what he is to do on a day: another one after any change of it."""
    with connection.cursor() as cursor:
        cursor.execute(PLANS, local_day(day))
        return dict(cursor.fetchall())


def _own_ways(world: World, now: datetime) -> Matrix:
    """Answer the ways between the places of each technician's own day: no others are asked for."""
    rows = {place: row for row, place in enumerate(travel_places(world))}
    travel = np.zeros((len(rows), len(rows)), np.int64)
    own: dict[int, set[Point]] = {}
    for worker in world.workers:
        own.setdefault(worker.technician_id, set()).update(place for place in (worker.start, worker.end) if place)
    for job in world.jobs:
        for held in job.seats:
            if held and job.place:
                own.setdefault(held.technician_id, set()).add(job.place)
    for places in own.values():
        few = sorted(places)
        picked = [rows[place] for place in few]
        travel[np.ix_(picked, picked)] = travel_between(few, few, at=now).seconds
    return travel
