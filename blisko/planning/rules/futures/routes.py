"""Play the rest of a day many times over, as technicians work: drive at once, wait at the door, eat between two visits.

Times are seconds. Drives of one route and day share one factor of traffic, so a slow morning is slow at every leg.
"""

import math

import numpy as np
import numpy.typing as npt

from blisko.kit.compiled import compiled
from blisko.planning.rules.futures.dice import roll, seed_dice
from blisko.planning.rules.futures.shapes import Numbers, rank_of, value_at

AHEAD, DRIVING, ON_SITE = 0, 1, 2
# Columns of `stops`; LEG and WORK are logarithms of the usual seconds
OPENS, CLOSES, LEG, LEG_USUAL, LEG_SPREAD, LEG_PLANNED, WORK, WORK_USUAL, WORK_SPREAD, WORK_PLANNED, DOING, SINCE = range(12)
STOP_COLUMNS = 12
# Columns of `routes`
FREE, BEHIND, TRAFFIC, TRAFFIC_SPREAD = range(4)
ROUTE_COLUMNS = 4
# Columns of `breaks`
EARLIEST, LATEST, LASTS = range(3)
Integers = npt.NDArray[np.int64]
Starts = npt.NDArray[np.float32]


@compiled
def lasting(log: float, spread: float, shape: Numbers, past: float, dice: npt.NDArray[np.uint64]) -> float:
    """Answer how long something lasts that usually lasts exp(log) and has lasted `past` seconds already."""
    floor = rank_of(shape, (math.log(past) - log) / spread)
    return max(math.exp(log + spread * value_at(shape, floor + (1 - floor) * roll(dice))), past)


@compiled
def eat_before(time: float, stops: Numbers, s: int, breaks: Numbers, rest: int) -> tuple[float, int]:
    """Answer when a technician who is free at `time` drives on to stop `s`, and the next break's row.

    A break that is due is taken at once, unless the next customer would be too late for it and there is time to eat after him.
    """
    while rest < len(breaks):
        reach = time + stops[s, LEG_USUAL]
        if breaks[rest, EARLIEST] <= time:
            hurried = reach <= stops[s, CLOSES] < reach + breaks[rest, LASTS]
            if hurried and max(reach, stops[s, OPENS]) + stops[s, WORK_USUAL] <= breaks[rest, LATEST]:
                break
        elif reach <= breaks[rest, LATEST]:
            break
        time += breaks[rest, LASTS]  # also where it must begin on the way: the arrival is later by its length all the same
        rest += 1
    return time, rest


@compiled
def eat_at_the_door(arrival: float, start: float, work: float, breaks: Numbers, rest: int) -> tuple[float, int]:
    """Answer when work begins and the next break's row: one eats while one waits anyway, or before work that would take too long."""
    bite = max(arrival, breaks[rest, EARLIEST])
    waits = bite + breaks[rest, LASTS] <= start
    if bite <= breaks[rest, LATEST] and (waits or (bite == arrival and start + work > breaks[rest, LATEST])):
        return max(start, bite + breaks[rest, LASTS]), rest + 1
    return start, rest


@compiled
def play_route(
    route: Numbers,
    stops: Numbers,
    breaks: Numbers,
    now: float,
    shapes: tuple[Numbers, Numbers, Numbers],
    dice: npt.NDArray[np.uint64],
    starts: Starts,
    broken: Integers,
    blame: Numbers,
) -> None:
    """Play one route's futures; fills `starts` [stop, future] and adds to `broken` [stop] and `blame` [stop, cause] (see `play`).

    A call that takes arrays costs as much as all the rest of a stop, so the usual draws stand here.
    """
    work_shape, leg_shape, traffic_shape = shapes
    excess = np.zeros(2 * len(stops) + 1)
    excess[0] = route[BEHIND]
    for future in range(starts.shape[1]):
        traffic = route[TRAFFIC] + route[TRAFFIC_SPREAD] * value_at(traffic_shape, roll(dice))
        time, chain, rest = route[FREE], 0, 0
        for s in range(len(stops)):
            start, past = stops[s, SINCE], 0.0
            if stops[s, DOING] == ON_SITE:
                past = now - start
            else:
                left = time
                if stops[s, DOING] == DRIVING:
                    left = start
                    past = now - left
                elif rest < len(breaks):
                    left, rest = eat_before(time, stops, s, breaks, rest)
                log, spread = stops[s, LEG] + traffic, stops[s, LEG_SPREAD]
                leg = lasting(log, spread, leg_shape, past, dice) if past > 0 else math.exp(log + spread * value_at(leg_shape, roll(dice)))
                past, arrival = 0.0, left + leg
                excess[2 * s + 1] = leg - stops[s, LEG_PLANNED]
                start = max(arrival, stops[s, OPENS])
                if start > arrival:
                    chain = 2 * s + 2
                if rest < len(breaks):
                    start, rest = eat_at_the_door(arrival, start, stops[s, WORK_USUAL], breaks, rest)
                if start > stops[s, CLOSES]:
                    broken[s] += 1
                    for cause in range(chain, 2 * s + 2):
                        blame[s, cause] += excess[cause]
            starts[s, future] = start
            log, spread = stops[s, WORK], stops[s, WORK_SPREAD]
            work = lasting(log, spread, work_shape, past, dice) if past > 0 else math.exp(log + spread * value_at(work_shape, roll(dice)))
            excess[2 * s + 2] = work - stops[s, WORK_PLANNED]
            time = start + work


@compiled
def play(
    routes: Numbers,
    stops: Numbers,
    breaks: Numbers,
    bounds: Integers,
    now: float,
    shapes: tuple[Numbers, Numbers, Numbers],
    seed: int,
    starts: Starts,
    broken: Integers,
    blame: Numbers,
) -> None:
    """Play every route `starts.shape[1]` times.

    `bounds` [route]: its first stop and the one after its last, the same of its breaks, and the number of its dice.
    `shapes`: of work, of drives, of traffic. `blame` sums, over the futures that break a stop's window, how many seconds more than
    planned each cause took since the technician last had time to wait: column 0 being behind at the beginning, 2i + 1 the drive to the
    route's stop i, 2i + 2 the work there.
    """
    dice = np.empty(4, np.uint64)
    for r in range(len(routes)):
        a, b, c, d = bounds[r, 0], bounds[r, 1], bounds[r, 2], bounds[r, 3]
        seed_dice(dice, np.uint64(seed), np.uint64(bounds[r, 4]))
        play_route(routes[r], stops[a:b], breaks[c:d], now, shapes, dice, starts[a:b], broken[a:b], blame[a:b])
