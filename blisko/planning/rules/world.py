"""What the house knows of one day, in plain values, and how it becomes a `Problem`; times are seconds from the day's local midnight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import numpy as np

from blisko.planning.rules.breaks import breaks_left, idle_times
from blisko.planning.rules.problem import NO_TOOLS, Break, Matrix, PickUp, PlanShift, PlanVisit, Problem, Weights
from blisko.planning.rules.ways import Point

NOBODY: frozenset[int] = frozenset()
NO_ZONES: frozenset[str] = frozenset()
LATE_AT_MOST = 4 * 3600  # seconds; a promise is never planned to be broken by more
LEFT_AT_LEAST = 5 * 60  # seconds; somebody still at work needs at least this long
UNCOUNTED = 1_000_000  # of a part in a van whose stock nobody keeps
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

    `minutes`: how long it takes; `minutes_by`: technicians whom it takes longer or less. `told`: (technician, from, to) the customer last
    heard of. `after`: the visit that must have ended `gap` minutes earlier.
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
    minutes_by: Mapping[int, int] = field(default_factory=dict)

    def seconds(self, technician_id: int) -> int:
        """Answer how long it takes this technician."""
        return 60 * self.minutes_by.get(technician_id, self.minutes)

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

    `breaks`: (earliest, latest, minutes). `overtime`: minutes allowed after its end. `stock` None: nobody counts what the van carries.
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
    stock: Mapping[str, int] | None = None
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


def unpinned(world: World) -> World:
    """Answer the day without pins: they bind the planner, not the dispatcher who set them."""
    jobs = tuple(
        replace(job, seats=tuple(held and replace(held, keeps_technician=False, keeps_time=False) for held in job.seats))
        for job in world.jobs
    )
    return replace(world, jobs=jobs)


def narrowed(world: World, technician_ids: Iterable[int], visit_ids: Iterable[int]) -> World:
    """Answer as much of the day as concerns these technicians and visits, with whom works with them or waits for them."""
    people, visits = set(technician_ids), set(visit_ids)
    while True:
        ours = [
            job
            for job in world.jobs
            if job.visit_id in visits or any(held and held.technician_id in people for held in job.seats) or job.after in visits
        ]
        more = {held.technician_id for job in ours for held in job.seats if held} | people
        known = {job.visit_id for job in ours} | {job.after for job in ours if job.after}
        if (more, known) == (people, visits):
            break
        people, visits = more, known
    return replace(world, workers=tuple(one for one in world.workers if one.technician_id in people), jobs=tuple(ours))


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


def travel_places(world: World) -> list[Point]:
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
        self._rows = {place: row for row, place in enumerate(travel_places(world))}
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


@dataclass(frozen=True, slots=True)
class _Now:
    """The day at one moment, from which every part of a problem is made. `today`: now; `uncounted`: the stock of a van nobody counts.

    `seats`: by technician, what he is to do or has done.
    """

    world: World
    places: _Places
    today: int
    uncounted: Mapping[str, int]
    seats: Mapping[int, Sequence[tuple[Job, int]]]

    def at(self, moment: datetime) -> int:
        return seconds_of(moment, self.world.midnight)


def problem_of(world: World, travel: Matrix, *, weights: Weights, now: datetime) -> Problem:
    """Answer what is to be planned from `now` on: running visits lead their routes, ended ones are where somebody is, the rest is free.

    `travel`: seconds between the places of `travel_places(world)`. A shift that is over is left out, unless somebody is still at work.
    """
    uncounted = {part: UNCOUNTED for job in world.jobs for part in job.parts}
    seats: dict[int, list[tuple[Job, int]]] = {}
    for job in world.jobs:
        for seat, held in enumerate(job.seats, start=1):
            if held is not None:
                seats.setdefault(held.technician_id, []).append((job, seat))
    moment = _Now(world, _Places(world, travel), seconds_of(now, world.midnight), uncounted, seats)
    shifts = [shift for worker in world.workers if (shift := _shift(moment, worker))]
    by_technician: dict[int, list[PlanShift]] = {}
    for shift in shifts:
        by_technician.setdefault(technician_of(shift.key), []).append(shift)
    planned = {job.visit_id: job for job in world.jobs if job.plannable}
    heads = {key for shift in shifts for key in shift.fixed}
    visits = [
        _running(moment, job, seat) if job.running else _waiting(moment, job, seat, by_technician, _before(job, planned, heads))
        for job in planned.values()
        for seat in range(1, len(job.seats) + 1)
        if not job.running or visit_key(job.visit_id, seat) in heads
    ]
    pickups = tuple(_pickup(moment, shelf) for shelf in world.shelves)
    return Problem(tuple(shifts), tuple(visits), moment.places.travel, weights, pickups)


def _pickup(now: _Now, shelf: Shelf) -> PickUp:
    place = now.places.start(shelf.place)
    return PickUp(str(shelf.depot_id), place, now.at(shelf.opens), now.at(shelf.closes), shelf.minutes * 60, shelf.tools, shelf.parts)


def _shift(now: _Now, worker: Worker) -> PlanShift | None:
    """Answer the rest of a shift: from where he is or will be next, at the moment when he is free to go on."""
    begins, ends, overtime = now.at(worker.begins), now.at(worker.ends), worker.overtime * 60
    start, end = now.places.start(worker.start), now.places.end(worker.end)
    mine = now.seats.get(worker.technician_id, ())
    ended = sorted((now.at(job.ended_at), job.visit_id, job) for job, _ in mine if job.ended_at and begins <= now.at(job.ended_at))
    if ended:
        begins, start = ended[-1][0], now.places.home(ended[-1][2])
    running = next(((job, seat) for job, seat in mine if job.running and _belongs(now.world, job, worker)), None)
    left, rested = _breaks_left(now, worker, [job for _, _, job in ended], running[0] if running else None)
    if running is None:
        if now.today > ends + overtime:
            return None
        begins = free = max(begins, rested)
        fixed: tuple[str, ...] = ()
    else:
        job, home = running[0], now.places.home(running[0])
        begins, free = _busy(now, job, worker, start)
        back = 0 if end is None else int(now.places.travel[home, end])
        overtime = max(overtime, free + back + _rest(worker) - ends)
        start, fixed = home, (visit_key(job.visit_id, running[1]),)
    breaks = tuple(replace(one, earliest=max(one.earliest, begins)) for one in left if one.latest >= free)
    stock = now.uncounted if worker.stock is None else worker.stock
    ends = max(ends, begins + 1)
    return PlanShift(worker.key, start, end, begins, ends, overtime, breaks, worker.skills, worker.tools, stock, worker.zones, fixed)


def _breaks_left(now: _Now, worker: Worker, ended: Sequence[Job], running: Job | None) -> tuple[tuple[Break, ...], int]:
    """Answer the breaks nobody has taken yet, and until when the one at hand lasts (`today` when none is); see `breaks_left`."""
    breaks = [Break(now.at(earliest), now.at(latest), minutes * 60) for earliest, latest, minutes in worker.breaks]
    gaps, since = idle_times(ended, running)
    idle = [(float(now.at(one)), float(now.at(until))) for one, until in gaps]
    left, rested = breaks_left(breaks, idle, now.at(since) if since else None, now.today)
    return left, int(rested)


def _busy(now: _Now, job: Job, worker: Worker, start: int) -> tuple[int, int]:
    """Answer from when on somebody is at a running visit, and when he is free again."""
    way = 0
    if job.state == ON_THE_WAY and job.set_out_at:
        way = max(0, now.at(job.set_out_at) + int(now.places.travel[start, now.places.home(job)]) - now.today)
    begins = now.today + way
    return begins, max(begins, _opens(now, job)) + _left(now, job, worker.technician_id)


def _rest(worker: Worker) -> int:
    return sum(minutes * 60 for _, _, minutes in worker.breaks)


def _belongs(world: World, job: Job, worker: Worker) -> bool:
    """Tell whether a running visit is of this shift, where somebody has two on one day: of the last one that began before it was begun."""
    began = job.arrived_at or job.set_out_at or world.midnight
    mine = sorted((one for one in world.workers if one.technician_id == worker.technician_id), key=lambda one: one.begins)
    before = [one for one in mine if one.begins <= began]
    return (before[-1] if before else mine[0]) == worker


def _left(now: _Now, job: Job, technician_id: int) -> int:
    """Answer how long a running visit still takes once somebody is there."""
    seconds = job.seconds(technician_id)
    return seconds if job.arrived_at is None else max(LEFT_AT_LEAST, now.at(job.arrived_at) + seconds - now.today)


def _opens(now: _Now, job: Job) -> int:
    """Answer when a running visit may begin at the earliest: at once where somebody is there already."""
    return 0 if job.arrived_at else now.at(job.windows[0][0])


def _running(now: _Now, job: Job, seat: int) -> PlanVisit:
    """Answer a visit somebody is on the way to or at: nothing of it can be chosen any more, however late it is."""
    window = (_opens(now, job), now.at(job.windows[-1][1]))
    late = max(LATE_AT_MOST, now.today - window[1] + 24 * 3600)
    held = job.seats[seat - 1]
    left = _left(now, job, held.technician_id if held else 0)
    return PlanVisit(visit_key(job.visit_id, seat), now.places.home(job), (window,), left, late, must=True)


def _waiting(now: _Now, job: Job, seat: int, shifts: Mapping[int, list[PlanShift]], before: tuple[str, ...]) -> PlanVisit:
    held, lead = job.seats[seat - 1], seat == 1

    def keys(technicians: Iterable[int]) -> frozenset[str]:
        return frozenset(shift.key for one in technicians for shift in shifts.get(one, ()))

    windows = tuple((now.at(starts), now.at(ends)) for starts, ends in job.windows)
    if held and held.keeps_time:
        windows = ((now.at(held.starts), now.at(held.starts)),)
    only = frozenset({held.technician_id}) if held and held.keeps_technician else job.only
    return PlanVisit(
        visit_key(job.visit_id, seat),
        now.places.home(job),
        windows,
        job.minutes * 60,
        LATE_AT_MOST,
        {shift.key: 60 * minutes for one, minutes in job.minutes_by.items() for shift in shifts.get(one, ())},
        skills=job.skills if lead else {},
        tools=job.tools if lead else NO_TOOLS,
        parts=job.parts if lead else {},
        zone=job.zone,
        worth=job.worth / len(job.seats),
        must=job.must,
        only=keys(only),
        never=keys(shifts) if only and not keys(only) else keys(job.never),  # whoever alone may is not there
        preferred=keys(job.preferred),
        told=_told(now, job, shifts) if lead else None,
        after=before,
        gap=job.gap * 60,
        crew=visit_key(job.visit_id, 3 - seat) if len(job.seats) > 1 else "",
    )


def _before(job: Job, planned: Mapping[int, Job], heads: set[str]) -> tuple[str, ...]:
    """Answer the seats of the visit that must have ended before, as far as they are planned today and still to come."""
    first = planned.get(job.after or 0)
    if first is None:
        return ()
    keys = (visit_key(first.visit_id, seat) for seat in range(1, len(first.seats) + 1))
    return tuple(key for key in keys if key in heads or not first.running)


def _told(now: _Now, job: Job, shifts: Mapping[int, list[PlanShift]]) -> tuple[str, int, int] | None:
    """Answer whom and when the customer expects; nothing where nobody was named or he is not there: then it is told anew anyway."""
    if job.told is None or job.told[0] is None:
        return None
    technician_id, starts, ends = job.told[0], job.told[1], job.told[2]
    mine = shifts.get(technician_id, [])
    told = (now.at(starts), now.at(ends))
    best = next((shift for shift in mine if shift.begins < told[1] and told[0] < shift.ends), mine[0] if mine else None)
    return (best.key, *told) if best else None
