"""What the house knows of one day, in plain values, and how it becomes a `Problem`; times are seconds from the day's local midnight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np

from blisko.planning.rules.problem import NO_TOOLS, Break, Matrix, PickUp, PlanShift, PlanVisit, Problem, Weights
from blisko.planning.rules.ways import Point

NOBODY: frozenset[int] = frozenset()
NO_ZONES: frozenset[str] = frozenset()
LATE_AT_MOST = 4 * 3600  # seconds; a promise is never planned to be broken by more
LEFT_AT_LEAST = 5 * 60  # seconds; somebody still at work needs at least this long
UNKNOWN_WAY = 20 * 60  # seconds to a home whose position nobody knows
BOOKED, ON_THE_WAY, ON_SITE = "booked", "on_the_way", "on_site"
RUNNING = frozenset({ON_THE_WAY, ON_SITE})


@dataclass(frozen=True, slots=True)
class Held:
    """One seat of a visit as it is planned now: who, from when to when, and whether a dispatcher pinned him or the time."""

    technician_id: int
    starts: datetime
    ends: datetime
    keeps_technician: bool = False
    keeps_time: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One visit as the planner sees it. `seats`: who holds each seat now, one entry per person it takes.

    `told`: (technician, from, to) the customer last heard of. `after`: the visit that must have ended `gap` minutes earlier.
    """

    visit_id: int
    place: Point | None
    windows: tuple[tuple[datetime, datetime], ...]
    minutes: int
    seats: tuple[Held | None, ...] = (None,)
    state: str = BOOKED
    set_out_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    skills: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = NO_TOOLS
    parts: Mapping[str, int] = field(default_factory=dict)
    zone: str = ""
    worth: float = 1.0
    must: bool = False
    only: frozenset[int] = NOBODY
    never: frozenset[int] = NOBODY
    preferred: frozenset[int] = NOBODY
    told: tuple[int | None, datetime, datetime] | None = None
    after: int | None = None
    gap: int = 0

    @property
    def running(self) -> bool:
        """Whether somebody is on the way to it or at it."""
        return self.state in RUNNING

    @property
    def plannable(self) -> bool:
        """Whether it still takes place: neither ended nor cancelled."""
        return self.state == BOOKED or self.running


@dataclass(frozen=True, slots=True)
class Worker:
    """One shift of one technician. `start`, `end`: where the day begins and ends; None where nobody knows.

    `breaks`: (earliest, latest, minutes). `overtime`: minutes allowed after its end.
    """

    shift_id: int
    technician_id: int
    begins: datetime
    ends: datetime
    start: Point | None = None
    end: Point | None = None
    overtime: int = 0
    breaks: tuple[tuple[datetime, datetime, int], ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = NO_TOOLS
    stock: Mapping[str, int] = field(default_factory=dict)
    zones: frozenset[str] = NO_ZONES

    @property
    def key(self) -> str:
        return f"{self.technician_id}/{self.shift_id}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A depot that day: where, when open, how many minutes loading takes, what it has (`parts` None: as many as wanted)."""

    depot_id: int
    place: Point
    opens: datetime
    closes: datetime
    minutes: int
    tools: frozenset[str] = NO_TOOLS
    parts: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Everything the planner may know of one day: what is compared, too, to tell whether it has changed meanwhile."""

    day: date
    midnight: datetime
    workers: tuple[Worker, ...]
    jobs: tuple[Job, ...]
    shelves: tuple[Shelf, ...] = ()


def visit_key(visit_id: int, seat: int = 1) -> str:
    """Answer how a problem calls one seat of a visit: "42", and "42:2" for the second of a crew."""
    return str(visit_id) if seat == 1 else f"{visit_id}:{seat}"


def seat_of(key: str) -> tuple[int, int]:
    """Answer the visit and the seat a problem's key means."""
    visit, _, seat = key.partition(":")
    return int(visit), int(seat or 1)


def technician_of(key: str) -> int:
    """Answer whose shift a problem's key means."""
    return int(key.partition("/")[0])


def seconds_of(moment: datetime, midnight: datetime) -> int:
    """Answer the seconds really passed since midnight: on the day a clock is set back, noon is thirteen hours away."""
    return round(moment.timestamp() - midnight.timestamp())


def moment_of(seconds: int, midnight: datetime) -> datetime:
    """Answer the moment that many seconds after midnight."""
    return datetime.fromtimestamp(midnight.timestamp() + seconds, UTC)


def places_of(world: World) -> list[Point]:
    """Answer every known place of the day, each once; their order is that of the travel matrix."""
    found: dict[Point, None] = {}
    for worker in world.workers:
        found.update((place, None) for place in (worker.start, worker.end) if place)
    found.update((job.place, None) for job in world.jobs if job.place)
    found.update((shelf.place, None) for shelf in world.shelves)
    return list(found)


class _Places:
    """Rows of the travel matrix: known places first; then nowhere (no way at all), and one row for every home nobody can find."""

    def __init__(self, world: World, travel: Matrix) -> None:
        self._rows = {place: row for row, place in enumerate(places_of(world))}
        lost = [job.visit_id for job in world.jobs if job.place is None]
        known = len(self._rows)
        self.nowhere = known
        self._lost = {visit_id: known + 1 + row for row, visit_id in enumerate(lost)}
        size = known + 1 + len(lost)
        self.travel = np.full((size, size), UNKNOWN_WAY, dtype=np.int64)
        self.travel[:known, :known] = travel
        self.travel[self.nowhere, :] = self.travel[:, self.nowhere] = 0
        np.fill_diagonal(self.travel, 0)

    def end(self, place: Point | None) -> int | None:
        return None if place is None else self._rows[place]

    def start(self, place: Point | None) -> int:
        return self.nowhere if place is None else self._rows[place]

    def home(self, job: Job) -> int:
        return self._lost[job.visit_id] if job.place is None else self._rows[job.place]


def problem_of(world: World, travel: Matrix, *, weights: Weights, now: datetime, travel_speed: float = 1.0) -> Problem:
    """Answer what is to be planned from `now` on: running visits lead their routes, ended ones are where somebody is, the rest is free.

    `travel`: seconds between the places of `places_of(world)`. A shift that is over is left out, unless somebody is still at work.
    """
    places = _Places(world, travel)
    today = seconds_of(now, world.midnight)
    shifts = [shift for worker in world.workers if (shift := _shift(world, worker, places, today, travel_speed))]
    by_technician: dict[int, list[PlanShift]] = {}
    for shift in shifts:
        by_technician.setdefault(technician_of(shift.key), []).append(shift)
    planned = {job.visit_id: job for job in world.jobs if job.plannable}
    heads = {key for shift in shifts for key in shift.fixed}
    visits = [
        _visit(world, job, seat, places, by_technician, planned, today, heads)
        for job in planned.values()
        for seat in range(1, len(job.seats) + 1)
        if not job.running or visit_key(job.visit_id, seat) in heads
    ]
    pickups = tuple(
        PickUp(
            str(shelf.depot_id),
            places.start(shelf.place),
            seconds_of(shelf.opens, world.midnight),
            seconds_of(shelf.closes, world.midnight),
            shelf.minutes * 60,
            shelf.tools,
            shelf.parts,
        )
        for shelf in world.shelves
    )
    return Problem(tuple(shifts), tuple(visits), places.travel, weights, pickups)


def _of(world: World, technician_id: int) -> list[tuple[Job, int, Held]]:
    return [
        (job, seat, held)
        for job in world.jobs
        for seat, held in enumerate(job.seats, start=1)
        if held is not None and held.technician_id == technician_id
    ]


def _shift(world: World, worker: Worker, places: _Places, today: int, speed: float) -> PlanShift | None:
    """Answer the rest of a shift: from where he is or will be next, at the moment when he is free to go on."""

    def at(moment: datetime) -> int:
        return seconds_of(moment, world.midnight)

    begins, ends, overtime = at(worker.begins), at(worker.ends), worker.overtime * 60
    start, end = places.start(worker.start), places.end(worker.end)
    mine = [one for one in _of(world, worker.technician_id) if worker.begins <= one[2].starts < worker.ends or one[0].running]
    ended = [(at(job.ended_at), places.home(job)) for job, _, _ in mine if job.ended_at and worker.begins <= job.ended_at <= worker.ends]
    running = [(job, seat) for job, seat, _ in mine if job.running and _belongs(job, worker, world)]
    if ended:
        begins, start = max(max(ended)[0], begins), max(ended)[1]
    fixed: tuple[str, ...] = ()
    free = max(begins, today)
    if running:
        job, seat = running[0]
        home, way = places.home(job), 0
        if job.state == ON_THE_WAY:
            assert job.set_out_at is not None
            way = at(job.set_out_at) + int(places.travel[start, home]) - today
        start, fixed = home, (visit_key(job.visit_id, seat),)
        begins = today + max(0, way)
        free = begins + _left(job, world, today)
        back = 0 if end is None else int(places.travel[home, end])
        overtime = max(overtime, max(free, _opens(job, world) + job.minutes * 60) + back + _rest(worker) - ends)
    elif today > ends + overtime:
        return None
    else:
        begins = free
    breaks = tuple(
        Break(max(at(earliest), begins), at(latest), minutes * 60) for earliest, latest, minutes in worker.breaks if at(latest) >= free
    )
    return PlanShift(
        worker.key, start, end, begins, max(ends, begins + 1), overtime, breaks, worker.skills, worker.tools, worker.stock, worker.zones,
        fixed, speed,
    )  # fmt: skip


def _rest(worker: Worker) -> int:
    return sum(minutes * 60 for _, _, minutes in worker.breaks)


def _belongs(job: Job, worker: Worker, world: World) -> bool:
    """Tell whether a running visit is of this shift, where somebody has two on one day: of the last one that began before it was begun."""
    began = job.arrived_at or job.set_out_at
    assert began is not None
    mine = sorted((one for one in world.workers if one.technician_id == worker.technician_id), key=lambda one: one.begins)
    before = [one for one in mine if one.begins <= began]
    return (before[-1] if before else mine[0]) == worker


def _left(job: Job, world: World, today: int) -> int:
    """Answer how long a running visit still takes once somebody is there."""
    if job.arrived_at is None:
        return job.minutes * 60
    return max(LEFT_AT_LEAST, seconds_of(job.arrived_at, world.midnight) + job.minutes * 60 - today)


def _opens(job: Job, world: World) -> int:
    """Answer when a running visit may begin at the earliest: at once where somebody is there already."""
    return 0 if job.arrived_at else seconds_of(job.windows[0][0], world.midnight)


def _visit(
    world: World,
    job: Job,
    seat: int,
    places: _Places,
    shifts: Mapping[int, list[PlanShift]],
    planned: Mapping[int, Job],
    today: int,
    heads: set[str],
) -> PlanVisit:
    key, held = visit_key(job.visit_id, seat), job.seats[seat - 1]

    def keys(technicians: Iterable[int]) -> frozenset[str]:
        return frozenset(shift.key for one in technicians for shift in shifts.get(one, ()))

    windows = tuple((seconds_of(a, world.midnight), seconds_of(b, world.midnight)) for a, b in job.windows)
    late, seconds, only, never = LATE_AT_MOST, job.minutes * 60, job.only, keys(job.never)
    if held and held.keeps_time:
        start = seconds_of(held.starts, world.midnight)
        windows = ((start, start),)
    if held and held.keeps_technician:
        only = frozenset({held.technician_id})
    allowed = keys(only)
    if only and not allowed:
        never = keys(shifts)  # whoever alone may is not there
    if job.running:
        seconds = _left(job, world, today)
        windows = ((_opens(job, world), windows[-1][1]),)
        late = max(late, 2 * 24 * 3600)
        return PlanVisit(key, places.home(job), windows, seconds, late, parts=job.parts, must=True)
    crew = visit_key(job.visit_id, 3 - seat) if len(job.seats) > 1 else ""
    return PlanVisit(
        key, places.home(job), windows, seconds, late, {}, job.skills if seat == 1 else {}, job.tools if seat == 1 else NO_TOOLS,
        job.parts if seat == 1 else {}, job.zone, job.worth / len(job.seats), job.must, allowed, never, keys(job.preferred),
        _told(world, job, shifts) if seat == 1 else None,
        _before(job, planned, heads), job.gap * 60, crew,
    )  # fmt: skip


def _before(job: Job, planned: Mapping[int, Job], heads: set[str]) -> tuple[str, ...]:
    """Answer the seats of the visit that must have ended before, as far as they are planned today and still to come."""
    first = planned.get(job.after or 0)
    if first is None:
        return ()
    keys = (visit_key(first.visit_id, seat) for seat in range(1, len(first.seats) + 1))
    return tuple(key for key in keys if key in heads or not first.running)


def _told(world: World, job: Job, shifts: Mapping[int, list[PlanShift]]) -> tuple[str, int, int] | None:
    """Answer whom and when the customer expects; nothing where nobody was named or he is not there: then it is told anew anyway."""
    if job.told is None or job.told[0] is None:
        return None
    technician_id, starts, ends = job.told[0], job.told[1], job.told[2]
    mine = shifts.get(technician_id, [])
    told = (seconds_of(starts, world.midnight), seconds_of(ends, world.midnight))
    best = next((shift for shift in mine if shift.begins < told[1] and told[0] < shift.ends), mine[0] if mine else None)
    return (best.key, *told) if best else None
