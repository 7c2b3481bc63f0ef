"""The window promised to a customer: the narrowest one that holds as often as it should, by the chances of the whole chain before it.

Ranges of single legs and jobs added up are far too wide; what is calibrated is the arrival that is shown. Recent days correct it: the
promised range is stretched around its middle until as many recent arrivals lie inside as should (split conformal prediction with the
distance scaled by each forecast's own half-width: Romano, Patterson and Candès 2019; Kivaranovic, Johnson and Leeb 2020).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HOLDS = 0.9  # how often a promise should be kept
EDGE, LEAST = 1800, 3600  # seconds: windows begin and end at half hours and are an hour at least
FEWEST = 30  # forecasts, below which recent days say nothing yet
MOST_STRETCH, LEAST_STRETCH = 4.0, 0.5
TAILS = ((1 - HOLDS) / 2, (1 + HOLDS) / 2)
Starts = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Promise:
    """A window in seconds from any zero that lies on an edge, the share of futures in which the visit starts within it, and the
    start's tenth, half and nine tenths: what is shown as evidence beside the number of visits behind it.
    """

    starts: float
    ends: float
    holds: float
    early: float
    middle: float
    late: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was forecast of one start (the middle and the ends of a range that should hold `HOLDS`), and what came: seconds."""

    low: float
    middle: float
    high: float
    came: float


@dataclass(frozen=True, slots=True)
class Record:
    """How recent forecasts did: their number, the share that came within its range, and by how much ranges are to be stretched."""

    forecasts: int
    held: float
    stretch: float


def narrowest_window(
    starts: Starts,
    *,
    holds: float = HOLDS,
    edge: float = EDGE,
    least: float = LEAST,
    within: tuple[float, float] | None = None,
    stretch: float = 1.0,
) -> Promise:
    """Answer the narrowest window on edges within which the visit starts with probability `holds`; of equally narrow ones the surest.

    `starts`: when the visit starts in each future. `within`: what was promised already; where nothing narrower holds, that stays.
    """
    middle = float(np.median(starts))
    came = np.sort(middle + stretch * (np.asarray(starts, dtype=float) - middle))
    if within is not None:
        came = np.maximum(came, within[0])  # whoever comes before the window waits for it
    lowest, highest = (came[0], came[-1]) if within is None else within
    first, last = math.floor(lowest / edge), math.ceil(highest / edge)
    if within is not None:
        first, last = math.ceil(lowest / edge), math.floor(highest / edge)
    for steps in range(math.ceil(least / edge), last - first + 1):
        begins = np.arange(first, last - steps + 1) * edge
        inside = np.searchsorted(came, begins + steps * edge, "right") - np.searchsorted(came, begins, "left")
        best = int(np.argmax(inside))
        if inside[best] >= holds * len(came):
            return _promise(came, float(begins[best]), float(begins[best] + steps * edge))
    if within is not None:
        return _promise(came, *within)
    return _promise(came, first * edge, max(last * edge, first * edge + least))


def record_of(past: Sequence[Forecast], *, holds: float = HOLDS) -> Record:
    """Answer how recent forecasts did and the stretch that would have made them hold."""
    if not past:
        return Record(0, 0.0, 1.0)
    away = np.sort([_away(one) for one in past])
    held = float(np.searchsorted(away, 1.0, "right")) / len(away)
    if len(away) < FEWEST:
        return Record(len(away), held, 1.0)
    wanted = min(math.ceil((len(away) + 1) * holds), len(away)) - 1
    return Record(len(away), held, float(min(max(away[wanted], LEAST_STRETCH), MOST_STRETCH)))


def _away(one: Forecast) -> float:
    """Answer how far from the middle it came, in half-widths of the range on that side."""
    side = one.high - one.middle if one.came > one.middle else one.middle - one.low
    return abs(one.came - one.middle) / max(side, 60.0)


def _promise(came: Starts, begins: float, ends: float) -> Promise:
    inside = float(np.mean((came >= begins) & (came <= ends)))
    early, middle, late = (float(one) for one in np.quantile(came, (0.1, 0.5, 0.9)))
    return Promise(begins, ends, inside, early, middle, late)
