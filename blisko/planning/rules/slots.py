"""Where one more visit would fit into days that are planned: labels made once per change, looked up for every question.

For each gap of each route, with none, one, … of the day's breaks taken: when its technician is free at the stop before, and when he
must be at the stop behind, so that everybody after it still has the window and the time told. So a question costs a few comparisons a
gap, and no other customer is told anything new.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.lines import Seat
from blisko.planning.rules.offers.scan import scan
from blisko.planning.rules.problem import NO_TOOLS, Break, PlanShift, PlanVisit, Problem
from blisko.planning.rules.timing import drives, way_between
from blisko.planning.rules.ways import Point, crow_travel
from blisko.planning.rules.whatif import Board
from blisko.planning.rules.world import UNKNOWN_WAY, Job, Worker, seat_of, technician_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
BREAKS = 2  # of one shift, at most; who has more is not offered
NEVER = -1
FAR = 2**40
ASK = -1  # the roads know


@dataclass(frozen=True)
class Needs:
    """What a visit takes, as far as it decides who could do it and where it fits."""

    place: Point | None
    seconds: int
    skills: Mapping[str, int]
    tools: frozenset[str] = NO_TOOLS
    parts: Mapping[str, int] | None = None
    zone: str = ""
    only: frozenset[int] = frozenset()
    never: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Side:
    """One end of a gap: where it is, or (`seconds` not `ASK`) how long the way there is taken to be."""

    point: Point | None
    seconds: int = ASK


NO_WAY, LOST = Side(None, 0), Side(None, UNKNOWN_WAY)


@dataclass(frozen=True)
class Gap:
    """A place in a route where one more visit could stand, with its labels, the way straight on, and what the van still has."""

    shift: PlanShift
    free: Sequence[int]
    latest: Sequence[int]
    straight: int
    before: Side
    behind: Side
    stock: Mapping[str, int]


@dataclass(frozen=True)
class Gaps:
    """The gaps of a day, and the same as tables, one row each.

    `places`: degrees north and east of every place, each once; `start`, `end`: which of them either end of a gap is (any, where it
    does not matter or is not known). `routes`: one gap of each route; `route`: whose of them a gap is. `kinds`: shifts of which each
    stands for all that can do the same; `kind`: by route.
    `room`: seconds that are free, were there no ways at all.
    """

    gaps: tuple[Gap, ...]
    places: Floats
    start: npt.NDArray[np.intp]
    end: npt.NDArray[np.intp]
    routes: tuple[Gap, ...]
    route: npt.NDArray[np.intp]
    who: Ints
    kinds: tuple[PlanShift, ...]
    kind: npt.NDArray[np.intp]
    free: Ints
    latest: Ints
    room: Ints
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


@dataclass(frozen=True)
class Offer:
    """The cheapest way to serve a band: the detour in seconds, and the gap."""

    band: int
    detour: int
    gap: int


def gaps_of(board: Board, *, without: Seat | None = None) -> Gaps:
    """Answer the gaps of a day; `without`: as if this visit were not planned, because it is the one that would be moved."""
    workers = {worker.key: worker for worker in board.world.workers}
    found: list[Gap] = []
    for shift in board.problem.shifts:
        if len(shift.breaks) <= BREAKS:
            order = [key for _, key in board.orders[shift.key] if seat_of(key) != without]
            found += _gaps_of_shift(board, shift, workers[shift.key], order)
    return tables_of(found)


def tables_of(found: Sequence[Gap]) -> Gaps:
    """Answer gaps with their tables."""
    breaks = [[*gap.shift.breaks, *[Break(0, NEVER, 0)] * (BREAKS - len(gap.shift.breaks))] for gap in found]
    routes = {gap.shift.key: gap for gap in found}
    rows = {key: row for row, key in enumerate(routes)}
    kinds = [_kind_of(gap.shift) for gap in routes.values()]
    examples = dict(zip(kinds, (gap.shift for gap in routes.values()), strict=True))
    numbers = {kind: nr for nr, kind in enumerate(examples)}
    points = dict.fromkeys(side.point for gap in found for side in (gap.before, gap.behind) if side.point)
    places: dict[Point | None, int] = {point: nr for nr, point in enumerate(points)}
    free, latest = (_table(rows, BREAKS + 1) for rows in ([gap.free for gap in found], [gap.latest for gap in found]))
    return Gaps(
        tuple(found),
        places=np.array(list(places), np.float64).reshape(-1, 2),
        start=np.array([places.get(gap.before.point, 0) for gap in found], np.intp),
        end=np.array([places.get(gap.behind.point, 0) for gap in found], np.intp),
        routes=tuple(routes.values()),
        route=np.array([rows[gap.shift.key] for gap in found], np.intp),
        who=np.array([technician_of(key) for key in routes], np.int64),
        kinds=tuple(examples.values()),
        kind=np.array([numbers[kind] for kind in kinds], np.intp),
        free=free,
        latest=latest,
        room=latest.max(axis=1, initial=NEVER) - np.where(free == NEVER, FAR, free).min(axis=1, initial=FAR),
        early=_table([[one.earliest for one in each] for each in breaks], BREAKS),
        late=_table([[one.latest for one in each] for each in breaks], BREAKS),
        rest=_table([[one.seconds for one in each] for each in breaks], BREAKS),
        breaks=np.array([len(gap.shift.breaks) for gap in found], np.int64),
        straight=np.array([gap.straight for gap in found], np.int64),
        speed=np.array([gap.shift.speed for gap in found], np.float64),
        to=np.array([gap.before.seconds for gap in found], np.int64),
        back=np.array([gap.behind.seconds for gap in found], np.int64),
    )


def _kind_of(shift: PlanShift) -> tuple[object, ...]:
    return tuple(sorted(shift.skills.items())), shift.tools, shift.zones


def _table(rows: Sequence[Sequence[int]], width: int) -> Ints:
    return np.array(rows, np.int64).reshape(len(rows), width)


def kept_windows(board: Board, visit: PlanVisit) -> PlanVisit:
    """Answer a visit as nobody may shift it: within its windows and the time told, or where it is planned already if that is later."""
    job, starts = board.jobs[seat_of(visit.key)[0]], board.starts[visit.key]
    windows = visit.windows
    if visit.told is not None:
        windows = tuple((max(a, visit.told[1]), min(b, visit.told[2])) for a, b in windows if a <= visit.told[2] and visit.told[1] <= b)
    if job.running or not any(a <= starts <= b for a, b in windows):
        windows = ((starts, starts),) if not job.running else ((visit.windows[0][0], FAR),)
    return replace(visit, windows=tuple((max(a, starts), b) for a, b in windows if b >= starts), late=0)


def _gaps_of_shift(board: Board, shift: PlanShift, worker: Worker, order: Sequence[str]) -> Iterator[Gap]:
    problem = board.problem
    visits = [kept_windows(board, board.names.visits[key]) for key in order]
    places = [shift.start, *(visit.place for visit in visits)]
    sides = [_start(board, shift, worker), *(_side(board, visit) for visit in visits)]
    free, latest = forward_labels(problem, shift, visits), backward_labels(problem, shift, visits)
    stock = dict(shift.stock)
    for visit in visits:
        for part, count in visit.parts.items():
            stock[part] = stock.get(part, 0) - count
    for gap in range(len(shift.fixed), len(order) + 1):
        last = gap == len(order)
        after = shift.end if last else places[gap + 1]
        behind = (Side(worker.end) if worker.end else NO_WAY) if last else sides[gap + 1]
        straight = 0 if after is None else way_between(problem, shift, places[gap], after)
        yield Gap(shift, free[gap], latest[gap], straight, sides[gap], behind, stock)


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


def suited(gaps: Gaps, needs: Needs) -> npt.NDArray[np.bool_]:
    """Answer which gaps are long enough, were there no ways, and of somebody who may and can do it with what his van still has."""
    can = np.array([_can(kind, needs) for kind in gaps.kinds], np.bool_)[gaps.kind]
    if needs.parts:
        can &= np.array([all(gap.stock.get(part, 0) >= count for part, count in needs.parts.items()) for gap in gaps.routes], np.bool_)
    if needs.only:
        can &= np.isin(gaps.who, list(needs.only))
    if needs.never:
        can &= ~np.isin(gaps.who, list(needs.never))
    return can[gaps.route] & (gaps.room >= needs.seconds)


def _can(shift: PlanShift, needs: Needs) -> bool:
    return (
        all(shift.skills.get(code, 0) >= max(1, level) for code, level in needs.skills.items())
        and needs.tools <= shift.tools
        and not (needs.zone and shift.zones and needs.zone not in shift.zones)
    )


def estimated_ways(gaps: Gaps, place: Point | None) -> tuple[Ints, Ints]:
    """Answer the seconds to a place from before every gap, and from it to behind every gap, by estimate, which is the same both ways."""
    if place is None or not len(gaps.places):
        return np.full(len(gaps), UNKNOWN_WAY, np.int64), np.full(len(gaps), UNKNOWN_WAY, np.int64)
    seconds = crow_travel(gaps.places, [place]).seconds[:, 0]
    return seconds[gaps.start], seconds[gaps.end]


def ways_for(gaps: Gaps, to: Ints, back: Ints) -> tuple[Ints, Ints]:
    """Answer the seconds each technician takes to a place and on from it: what the roads say, and a guess where they cannot know."""
    there = np.ceil(np.where(gaps.to == ASK, to, gaps.to) * gaps.speed).astype(np.int64)
    onward = np.ceil(np.where(gaps.back == ASK, back, gaps.back) * gaps.speed).astype(np.int64)
    return there, onward


def offers_in(
    gaps: Gaps, seconds: int, asked: npt.NDArray[np.bool_], to: Ints, back: Ints, bands: Sequence[tuple[int, int]]
) -> list[Offer]:
    """Answer for each band that one of the gaps `asked` for can serve the cheapest way to do so."""
    price, where = np.full(len(bands), FAR, np.int64), np.full(len(bands), -1, np.int64)
    if len(gaps) and bands:
        scan(
            gaps.free, gaps.latest, gaps.early, gaps.late, gaps.rest, gaps.breaks, gaps.straight, asked, to, back,
            seconds, np.array(bands, np.int64), price, where,
        )  # fmt: skip
    return [Offer(band, int(price[band]), int(where[band])) for band in range(len(bands)) if where[band] >= 0]
