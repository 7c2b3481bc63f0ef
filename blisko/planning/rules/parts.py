"""Whether a van carries what its day wants; where what is missing can be had on the way, and what that costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from blisko.kit.earth import metres_between
from blisko.planning.rules.problem import NO_TOOLS
from blisko.planning.rules.ways import Point
from blisko.planning.rules.world import Job, Shelf

Way = Callable[[Point | None, Point | None], int]
NEAR = 12  # as many depots are looked at for one day


@dataclass(frozen=True, slots=True)
class Call:
    """A visit still to come: what it takes, where it is, and when he leaves for it. `parts`: those still to be used."""

    visit_id: int
    place: Point | None
    leaves: datetime
    parts: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = NO_TOOLS


@dataclass(frozen=True, slots=True)
class Missing:
    """A part or tool that the van will want and not have: how many in all, and which call of the day (counted from 0) wants the first."""

    code: str
    count: int
    call: int
    visit_id: int
    tool: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """A stop at a depot before the call `before`: what of the missing it has, and how many seconds the day gets longer by it."""

    depot_id: int
    before: int
    seconds: int
    opens: datetime
    closes: datetime
    parts: Mapping[str, int]
    tools: frozenset[str]

    @property
    def minutes(self) -> int:
        """What the detour costs, driving, waiting and loading together; begun minutes count."""
        return -(-self.seconds // 60)


@dataclass(frozen=True, slots=True)
class PartsCheck:
    """The kits of a day against the van. `counted`: whether anybody counts what it carries; if not, nothing is said to be missing.

    `parts`: what the day wants in all. `fetches`: the best first. `estimated`: some ways in it are.
    """

    counted: bool
    calls: tuple[Call, ...]
    parts: Mapping[str, int]
    tools: frozenset[str]
    missing: tuple[Missing, ...] = ()
    fetches: tuple[Fetch, ...] = ()
    estimated: bool = False


def calls_of(
    jobs: Iterable[Job], used: Mapping[int, Mapping[str, int]], *, start: Point | None, begins: datetime, now: datetime
) -> tuple[Point | None, list[Call]]:
    """Answer where a technician is, or will begin, and which of the visits he leads are still to come, in order.

    `used`: parts used at visits already. `start`, `begins`: where and when his day begins. The lead's seat of each job is his.
    """
    mine = [(held, job) for job in jobs if (held := job.seats[0])]
    ended = sorted((job.ended_at, job.visit_id, job.place) for _, job in mine if job.ended_at)
    coming = sorted((not job.running, held.starts, job.visit_id, held.ends, job) for held, job in mine if job.plannable)
    here, free = (ended[-1][2], max(now, ended[-1][0])) if ended else (start, max(now, begins))
    if coming and coming[0][4].arrived_at:
        here = coming[0][4].place
    calls = []
    for *_, ends, job in coming:
        calls.append(Call(job.visit_id, job.place, free, _left(job, used.get(job.visit_id, {})), job.tools))
        free = max(free, ends)
    return here, calls


def _left(job: Job, used: Mapping[str, int]) -> dict[str, int]:
    return {code: left for code, count in job.parts.items() if (left := count - used.get(code, 0)) > 0}


def missing_of(parts: Mapping[str, int], tools: frozenset[str], calls: Sequence[Call]) -> list[Missing]:
    """Answer what a van with these parts and tools lacks for its calls, in the order in which it will be wanted."""
    left = dict(parts)
    found: dict[tuple[bool, str], Missing] = {}
    for nr, call in enumerate(calls):
        for code, count in sorted(call.parts.items()):
            lacks = min(count, count - left.get(code, 0))
            left[code] = left.get(code, 0) - count
            if lacks > 0:
                first = found.get((False, code), Missing(code, 0, nr, call.visit_id))
                found[False, code] = Missing(code, first.count + lacks, first.call, first.visit_id)
        for code in sorted(call.tools - tools):
            found.setdefault((True, code), Missing(code, 1, nr, call.visit_id, tool=True))
    return list(found.values())


def near_shelves(shelves: Sequence[Shelf], missing: Sequence[Missing], here: Point | None, calls: Sequence[Call]) -> list[Shelf]:
    """Answer the depots that have something of what is missing, those nearest to the day's places as the crow flies, at most `NEAR`."""
    places = [place for place in (here, *(call.place for call in calls)) if place]
    useful = [shelf for shelf in shelves if any(_has(shelf, one) for one in missing)]

    def far(shelf: Shelf) -> tuple[float, int]:
        return min((metres_between(shelf.place, place) for place in places), default=0.0), shelf.depot_id

    return sorted(useful, key=far)[:NEAR]


def fetches_of(missing: Sequence[Missing], shelves: Sequence[Shelf], here: Point | None, calls: Sequence[Call], way: Way) -> list[Fetch]:
    """Answer the best stop at each depot: it brings as much of what is missing there as can be had in time, at the least cost.

    A part has to be fetched before the first call that wants it, and while the depot is open. `way`: seconds from place to place, 0 where
    one of them is unknown. Those that bring most come first, then the cheapest.
    """
    found = [stop for shelf in shelves if (stop := _stop(missing, shelf, here, calls, way))]
    return sorted(found, key=lambda stop: (-len(stop.parts) - len(stop.tools), stop.seconds, stop.depot_id))


def _stop(missing: Sequence[Missing], shelf: Shelf, here: Point | None, calls: Sequence[Call], way: Way) -> Fetch | None:
    there = sorted((one for one in missing if _has(shelf, one)), key=lambda one: one.call)
    for first in sorted({one.call for one in there}):
        befores = [here, *(call.place for call in calls[:first])]
        costs = [(cost, nr) for nr, start in enumerate(befores) if (cost := _cost(shelf, start, calls[nr], way)) is not None]
        if costs:
            seconds, before = min(costs)
            brought = [one for one in there if one.call >= first]
            parts = {one.code: min(one.count, _has(shelf, one)) for one in brought if not one.tool}
            tools = frozenset(one.code for one in brought if one.tool)
            return Fetch(shelf.depot_id, before, seconds, shelf.opens, shelf.closes, parts, tools)
    return None


def _cost(shelf: Shelf, start: Point | None, call: Call, way: Way) -> int | None:
    """Answer how much longer the day gets by going to the depot before a call; None when it is closed by then."""
    arrives = call.leaves + timedelta(seconds=way(start, shelf.place))
    if arrives > shelf.closes:
        return None
    waits = max(timedelta(0), shelf.opens - arrives)
    more = way(start, shelf.place) + way(shelf.place, call.place) - way(start, call.place)
    return max(0, more + round(waits.total_seconds()) + shelf.minutes * 60)


def _has(shelf: Shelf, one: Missing) -> int:
    """Answer how many a depot has of what is missing."""
    if one.tool:
        return int(one.code in shelf.tools)
    return one.count if shelf.parts is None else shelf.parts.get(one.code, 0)
