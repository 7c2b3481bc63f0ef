"""Where one more visit would fit into days that are planned: labels made once per change, looked up for every question.

For each gap of each route, with none, one, … of the day's breaks taken: when its technician is free at the stop before, and when he
must be at the stop behind, so that everybody after it still has the window and the time told. So a question costs a few comparisons a
gap, and no other customer is told anything new.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.lines import Seat
from blisko.planning.rules.offers.scan import ASK
from blisko.planning.rules.problem import Break, PlanShift, PlanVisit, Problem
from blisko.planning.rules.timing import drives, way_between
from blisko.planning.rules.ways import Point, unit_vectors
from blisko.planning.rules.whatif import Board
from blisko.planning.rules.world import UNKNOWN_WAY, Job, Worker, seat_of, technician_of, visit_key

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
BREAKS = 2  # of one shift, at most; who has more is not offered
NEVER = -1
FAR = 2**40


@dataclass(frozen=True)
class Side:
    """One end of a gap: where it is, or (`seconds` not `ASK`) how long the way there is taken to be."""

    point: Point | None
    seconds: int = ASK


NO_WAY, LOST = Side(None, 0), Side(None, UNKNOWN_WAY)


@dataclass(frozen=True)
class Gap:
    """A place in a route where one more visit could stand, with its labels, the way straight on, and what the route uses up."""

    shift: PlanShift
    free: Sequence[int]
    latest: Sequence[int]
    straight: int
    before: Side
    behind: Side
    parts: Mapping[str, int]


@dataclass(frozen=True)
class Gaps:
    """The gaps of a day or of several, and the same as tables, one row each; times are seconds from each day's midnight.

    `day`: which of the days a gap is of. `spots`: where every place is, as a unit vector; `start`, `end`: which of them either end of a
    gap is (any, where it does not matter or is not known). `routes`: keys of shifts; `route`: whose of them a gap is; `who`, `parts`: by
    route, the technician and what is used up. `soonest`, `last`: since when he is free and until when, whichever breaks he has taken.
    """

    gaps: tuple[Gap, ...]
    routes: tuple[str, ...]
    parts: tuple[Mapping[str, int], ...]
    who: Ints
    spots: Floats
    start: Rows
    end: Rows
    route: Rows
    day: Rows
    free: Ints
    latest: Ints
    soonest: Ints
    last: Ints
    early: Ints
    late: Ints
    rest: Ints
    breaks: Ints
    straight: Ints
    speed: Floats
    to: Ints
    back: Ints

    def __len__(self) -> int:
        return len(self.gaps)


def gaps_of(board: Board, *, without: Seat | None = None) -> Gaps:
    """Answer the gaps of a day; `without`: those of one route alone, as if this visit of it were not planned: it would be moved."""
    return tables_of([gap for gaps in gaps_by_technician(board, without=without).values() for gap in gaps])


def gaps_by_technician(board: Board, *, without: Seat | None = None) -> dict[int, list[Gap]]:
    """Answer the gaps of a day, or of the one route that has `without`, by technician."""
    key = visit_key(*without) if without else None
    only = board.shift_with(key) if key else None
    workers = {worker.key: worker for worker in board.world.workers}
    bound = {visit.key for visit in board.problem.visits if visit.crew or visit.after}
    bound |= {each for visit in board.problem.visits for each in visit.after}
    found: dict[int, list[Gap]] = {}
    for shift in board.problem.shifts:
        if len(shift.breaks) <= BREAKS and only in (None, shift.key):
            order = [each for _, each in board.orders[shift.key] if each != key]
            found.setdefault(technician_of(shift.key), []).extend(_gaps_of_shift(board, shift, workers[shift.key], order, bound))
    return found


def tables_of(found: Sequence[Gap], day: Rows | int = 0) -> Gaps:
    """Answer gaps with their tables; `day`: which of several days they are of, or each is of."""
    breaks = [[*gap.shift.breaks, *[Break(0, NEVER, 0)] * (BREAKS - len(gap.shift.breaks))] for gap in found]
    routes = {gap.shift.key: gap for gap in found}
    rows = {key: row for row, key in enumerate(routes)}
    points = dict.fromkeys(side.point for gap in found for side in (gap.before, gap.behind) if side.point)
    places: dict[Point | None, int] = {point: nr for nr, point in enumerate(points)}
    free, latest = (_table(rows, BREAKS + 1) for rows in ([gap.free for gap in found], [gap.latest for gap in found]))
    return Gaps(
        tuple(found),
        tuple(routes),
        tuple(gap.parts for gap in routes.values()),
        who=np.array([technician_of(key) for key in routes], np.int64),
        spots=unit_vectors(list(points)),
        start=np.array([places.get(gap.before.point, 0) for gap in found], np.intp),
        end=np.array([places.get(gap.behind.point, 0) for gap in found], np.intp),
        route=np.array([rows[gap.shift.key] for gap in found], np.intp),
        day=np.broadcast_to(np.array(day, np.intp), (len(found),)).copy(),
        free=free,
        latest=latest,
        soonest=np.where(free == NEVER, FAR, free).min(axis=1, initial=FAR),
        last=latest.max(axis=1, initial=NEVER),
        early=_table([[one.earliest for one in each] for each in breaks], BREAKS),
        late=_table([[one.latest for one in each] for each in breaks], BREAKS),
        rest=_table([[one.seconds for one in each] for each in breaks], BREAKS),
        breaks=np.array([len(gap.shift.breaks) for gap in found], np.int64),
        straight=np.array([gap.straight for gap in found], np.int64),
        speed=np.array([gap.shift.speed for gap in found], np.float64),
        to=np.array([gap.before.seconds for gap in found], np.int64),
        back=np.array([gap.behind.seconds for gap in found], np.int64),
    )


def joined(days: Sequence[Gaps]) -> Gaps:
    """Answer the gaps of several days as one table, in the order of the days."""
    days = days or [tables_of([])]
    spots, routes = (_before([len(each) for each in sizes]) for sizes in ([day.spots for day in days], [day.routes for day in days]))
    moved = [
        replace(day, start=day.start + spot, end=day.end + spot, route=day.route + route, day=day.day + nr)
        for nr, (day, spot, route) in enumerate(zip(days, spots, routes, strict=True))
    ]
    tables = {each.name: [getattr(day, each.name) for day in moved] for each in fields(Gaps)}
    whole: dict[str, Any] = {
        name: sum(parts, ()) if isinstance(parts[0], tuple) else np.concatenate(parts) for name, parts in tables.items()
    }
    return Gaps(**whole)


def _before(sizes: Sequence[int]) -> list[int]:
    """Answer for each of several tables how many rows stand before it."""
    return [sum(sizes[:nr]) for nr in range(len(sizes))]


def _table(rows: Sequence[Sequence[int]], width: int) -> Ints:
    return np.array(rows, np.int64).reshape(len(rows), width)


def kept_windows(board: Board, visit: PlanVisit, *, bound: bool = False) -> PlanVisit:
    """Answer a visit as nobody may shift it: within its windows and the time told, or where it is planned already if that is later.

    `bound`: somebody else comes along, waits for it or is waited for: it stays where it is.
    """
    job, starts = board.jobs[seat_of(visit.key)[0]], board.starts[visit.key]
    windows = visit.windows
    if visit.told is not None:
        windows = tuple((max(a, visit.told[1]), min(b, visit.told[2])) for a, b in windows if a <= visit.told[2] and visit.told[1] <= b)
    if job.running or bound or not any(a <= starts <= b for a, b in windows):
        windows = ((starts, starts),) if not job.running else ((visit.windows[0][0], FAR),)
    return replace(visit, windows=tuple((max(a, starts), b) for a, b in windows if b >= starts), late=0)


def _gaps_of_shift(board: Board, shift: PlanShift, worker: Worker, order: Sequence[str], bound: Container[str]) -> Iterator[Gap]:
    problem = board.problem
    visits = [kept_windows(board, board.names.visits[key], bound=key in bound) for key in order]
    places = [shift.start, *(visit.place for visit in visits)]
    sides = [_start(board, shift, worker), *(_side(board, visit) for visit in visits)]
    free, latest = forward_labels(problem, shift, visits), backward_labels(problem, shift, visits)
    parts: dict[str, int] = {}
    for visit in visits:
        for part, count in visit.parts.items():
            parts[part] = parts.get(part, 0) + count
    for gap in range(len(shift.fixed), len(order) + 1):
        last = gap == len(order)
        after = shift.end if last else places[gap + 1]
        behind = (Side(worker.end) if worker.end else NO_WAY) if last else sides[gap + 1]
        straight = 0 if after is None else way_between(problem, shift, places[gap], after)
        yield Gap(shift, free[gap], latest[gap], straight, sides[gap], behind, parts)


def _start(board: Board, shift: PlanShift, worker: Worker) -> Side:
    """Answer where the rest of a shift begins: at a running visit, at the last one that ended, or where the day begins."""
    if shift.fixed:
        return _place(board.jobs[seat_of(shift.fixed[0])[0]])
    ended = [
        (job.ended_at, job.visit_id)
        for job in board.world.jobs
        if job.ended_at and job.ended_at >= worker.begins and any(held and held.technician_id == worker.technician_id for held in job.seats)
    ]
    if ended:
        return _place(board.jobs[max(ended)[1]])
    return Side(worker.start) if worker.start else NO_WAY


def _side(board: Board, visit: PlanVisit) -> Side:
    return _place(board.jobs[seat_of(visit.key)[0]])


def _place(job: Job) -> Side:
    return Side(job.place) if job.place else LOST


def forward_labels(problem: Problem, shift: PlanShift, visits: Sequence[PlanVisit]) -> list[list[int]]:
    """Answer, before each gap and for each number of breaks taken, since when he is free; `NEVER` where it cannot be."""
    now = [shift.begins] + [NEVER] * BREAKS
    labels, place = [now], shift.start
    for visit in visits:
        then = [NEVER] * (BREAKS + 1)
        way = way_between(problem, shift, place, visit.place)
        seconds = visit.seconds_by.get(shift.key, visit.seconds)
        for taken, free in enumerate(now):
            for rested, arrives in drives(shift.breaks, free, taken, way) if free != NEVER else ():
                starts = next((max(arrives, a) for a, b in visit.windows if arrives <= b), NEVER)
                if starts != NEVER and (then[rested] == NEVER or starts + seconds < then[rested]):
                    then[rested] = starts + seconds
        labels.append(then)
        now, place = then, visit.place
    return labels


def backward_labels(problem: Problem, shift: PlanShift, visits: Sequence[PlanVisit]) -> list[list[int]]:
    """Answer, behind each gap and for each number of breaks taken, when he must be there at the latest; `NEVER` where it is too late."""
    taken_all = len(shift.breaks)
    now = [shift.ends if taken == taken_all else NEVER for taken in range(BREAKS + 1)]
    labels, place = [now], shift.end
    for visit in reversed(visits):
        then = [NEVER] * (BREAKS + 1)
        way = 0 if place is None else way_between(problem, shift, visit.place, place)
        seconds = visit.seconds_by.get(shift.key, visit.seconds)
        for taken in range(taken_all + 1):
            leaves = max(
                (latest_leaving(way, shift.breaks[taken:rested], now[rested]) for rested in range(taken, taken_all + 1)), default=NEVER
            )
            then[taken] = max((min(b, leaves - seconds) for a, b in visit.windows if a <= leaves - seconds), default=NEVER)
        labels.append(then)
        now, place = then, visit.place
    return labels[::-1]


def latest_leaving(way: int, breaks: Sequence[Break], arrives: int) -> int:
    """Answer when one must leave at the latest to have taken these breaks on the way and arrive in time; `NEVER` if it cannot be."""
    if arrives == NEVER:
        return NEVER
    rest, soonest, leaves = 0, 0, FAR
    for pause in breaks:
        begins = max(soonest, pause.earliest)
        if begins > pause.latest:
            return NEVER
        leaves = min(leaves, pause.latest - rest)
        rest, soonest = rest + pause.seconds, begins + pause.seconds
    return max(NEVER, min(leaves, arrives - way - rest)) if soonest <= arrives else NEVER
