"""Which promises are in danger, how likely they break, and because of what: the rest of the day played a few thousand times."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.alerts import CauseCode
from blisko.planning.rules.chance import normal_shape
from blisko.planning.rules.durations import USUAL_SPREAD
from blisko.planning.rules.futures import routes as futures
from blisko.planning.rules.futures.shapes import Numbers
from blisko.planning.rules.problem import Break, Plan, PlannedRoute, Problem
from blisko.planning.rules.traffic import Traffic

FUTURES = 2000
SEED = 20261122
FOREVER = 1e9  # no window: a stop that promises nothing
WORTH_NAMING = 60.0  # seconds more than planned, below which nothing that happens is to blame, but the plan itself
SMALL_SPREAD = 0.15  # of loading at a depot
LEAST_SPREAD = 0.01


class Doing(StrEnum):
    """How far a stop has come."""

    AHEAD = "ahead"
    DRIVING = "driving"
    ON_SITE = "on_site"


DOING = {Doing.AHEAD: futures.AHEAD, Doing.DRIVING: futures.DRIVING, Doing.ON_SITE: futures.ON_SITE}


@dataclass(frozen=True, slots=True)
class StopAhead:
    """A stop that has not ended. Times are seconds from any zero; `since`: when the drive, or the work, in hand began.

    `leg`: seconds the roads promise from the stop before. `work`, `spread`: median seconds of the work and its log-spread.
    `leg_planned`, `work_planned`: what the plan counts with; None: the same.
    """

    key: str
    opens: float
    closes: float
    leg: float
    work: float
    spread: float
    leg_planned: float | None = None
    work_planned: float | None = None
    doing: Doing = Doing.AHEAD
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class RouteAhead:
    """What is left of a technician's day: `free` from when on (now, or when the shift begins), `behind` the plan by so many seconds.

    `traffic`: mean and spread of the route's log factor on drives, from the legs driven so far today.
    """

    key: str
    free: float
    stops: tuple[StopAhead, ...]
    behind: float = 0.0
    breaks: tuple[Break, ...] = ()
    traffic: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What a visit's danger comes from most: `key` names the stop of the drive or the work, `minutes` how much longer than planned."""

    code: CauseCode
    key: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """A stop's chance to break its window, when it starts (a tenth, half and nine tenths of all futures: seconds), and why."""

    key: str
    route: str
    broken: float
    early: float
    middle: float
    late: float
    cause: Cause | None


@dataclass(frozen=True)
class Ahead:
    """The futures: by stop when it starts in each, sorted, in seconds after `now`; and the outlooks of the stops nobody has reached yet."""

    starts: Mapping[str, npt.NDArray[np.float32]]
    outlooks: tuple[Outlook, ...]


def look_ahead(
    routes: Sequence[RouteAhead], *, now: float, work_shape: Numbers, traffic: Traffic, count: int = FUTURES, seed: int = SEED
) -> Ahead:
    """Play the rest of the day `count` times; every route has dice of its own, so a change of one leaves the others' answers alone."""
    stops = [stop for route in routes for stop in route.stops]
    longest = max((len(route.stops) for route in routes), default=0)
    starts = np.empty((len(stops), count), np.float32)
    broken, blame = np.zeros(len(stops), np.int64), np.zeros((len(stops), 2 * longest + 1))
    usual = (traffic.level, math.hypot(traffic.day, traffic.route))
    rows = np.array([(r.free, r.behind, *(r.traffic or usual)) for r in routes], dtype=float).reshape(-1, futures.ROUTE_COLUMNS)
    meals = np.array([(b.earliest, b.latest, b.seconds) for r in routes for b in r.breaks], dtype=float).reshape(-1, 3)
    shapes = (work_shape, traffic.shape, normal_shape())
    # times are counted from `now`, so that single precision holds them to a fraction of a second
    rows[:, futures.FREE] -= now
    meals[:, :2] -= now
    futures.play(
        rows, _stop_rows(stops, max(traffic.leg, LEAST_SPREAD), now), meals, _bounds(routes), 0.0, shapes, seed, starts, broken, blame
    )
    starts.sort(axis=1)
    found: list[Outlook] = []
    s = 0
    for route in routes:
        for stop in route.stops:
            if stop.doing != Doing.ON_SITE:
                early, middle, late = (float(starts[s, int(share * count)]) + now for share in (0.1, 0.5, 0.9))
                cause = _cause(route, stop, blame[s] / broken[s]) if broken[s] else None
                found.append(Outlook(stop.key, route.key, float(broken[s]) / count, early, middle, late, cause))
            s += 1
    return Ahead({stop.key: row for stop, row in zip(stops, starts, strict=True)}, tuple(found))


def routes_ahead(
    problem: Problem,
    plan: Plan,
    *,
    now: int,
    doing: Mapping[str, tuple[Doing, int]],
    ended: Mapping[str, int],
    work: Mapping[tuple[str, str], tuple[float, float]],
) -> list[RouteAhead]:
    """Answer what is left of every route of a plan.

    `doing`: visits in hand, with when that began. `ended`: stops that are over, with when they ended. `work`: (visit, shift) → median
    seconds and log-spread; the planned seconds and the usual spread where nothing is known.
    """
    shifts = {shift.key: shift for shift in problem.shifts}
    visits = {visit.key: visit for visit in problem.visits}
    found = []
    for route in plan.routes:
        shift, place, left = shifts[route.shift], shifts[route.shift].start, []
        free, first = float(max(now, shift.begins)), True
        behind = 0.0
        for stop in route.stops:
            if stop.place is None or stop.key in ended:
                place = place if stop.place is None else stop.place
                continue
            leg = float(problem.travel[place, stop.place]) * shift.speed
            place = stop.place
            how, since = doing.get(stop.key, (Doing.AHEAD, 0))
            if first:
                behind, first = _behind(route, stop.key, leg, how, since, free), False
            opens, closes, median, spread = -FOREVER, FOREVER, float(stop.ends - stop.starts), SMALL_SPREAD
            if stop.kind == "visit":
                opens, closes = next(((a, b) for a, b in visits[stop.key].windows if stop.starts <= b), visits[stop.key].windows[-1])
                median, spread = work.get((stop.key, route.shift), (median, USUAL_SPREAD))
            planned = float(stop.ends - stop.starts)
            left.append(StopAhead(stop.key, opens, closes, leg, median, spread, leg, planned, how, since))
        eaten = sum(1 for stop in route.stops if stop.kind == "break" and stop.ends <= now)
        found.append(RouteAhead(route.shift, free, tuple(left), behind, shift.breaks[eaten:]))
    return found


def _behind(route: PlannedRoute, key: str, leg: float, how: Doing, since: float, free: float) -> float:
    """Answer how late the first stop that is left is already: its drive or its work began, or can begin, so much after the plan."""
    stop = next(stop for stop in route.stops if stop.key == key)
    if how == Doing.ON_SITE:
        return max(0.0, since - stop.starts)
    return max(0.0, (since if how == Doing.DRIVING else free) - (stop.arrives - leg))


def _cause(route: RouteAhead, stop: StopAhead, excess: Numbers) -> Cause:
    """Answer the largest excess over the plan among the futures that break the window."""
    worst = int(np.argmax(excess))
    minutes = round(float(excess[worst]) / 60)
    if excess[worst] < WORTH_NAMING:
        return Cause(CauseCode.TIGHT, stop.key, 0)
    if worst == 0:
        return Cause(CauseCode.BEHIND, stop.key, minutes)
    return Cause(CauseCode.DRIVE if worst % 2 else CauseCode.WORK, route.stops[(worst - 1) // 2].key, minutes)


def _stop_rows(stops: Sequence[StopAhead], leg_spread: float, now: float) -> Numbers:
    rows = np.empty((len(stops), futures.STOP_COLUMNS))
    for row, stop in zip(rows, stops, strict=True):
        leg, work = max(stop.leg, 1.0), max(stop.work, 1.0)
        leg_planned = stop.leg if stop.leg_planned is None else stop.leg_planned
        work_planned = stop.work if stop.work_planned is None else stop.work_planned
        row[:] = (
            stop.opens - now, stop.closes - now, math.log(leg), leg, leg_spread, leg_planned,
            math.log(work), work, max(stop.spread, LEAST_SPREAD), work_planned, DOING[stop.doing], stop.since - now,
        )  # fmt: skip
    return rows


def _bounds(routes: Sequence[RouteAhead]) -> futures.Integers:
    rows = np.empty((len(routes), 5), np.int64)
    stop = meal = 0
    for row, route in zip(rows, routes, strict=True):
        row[:] = (stop, stop + len(route.stops), meal, meal + len(route.breaks), crc32(route.key.encode()))
        stop += len(route.stops)
        meal += len(route.breaks)
    return rows
