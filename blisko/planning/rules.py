"""Where a visit fits, and how long a way takes when no road engine is there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from blisko.kit.earth import metres_between

PERMISSIONS = {"planning.assign": "Assign visits to technicians"}
DETOUR = 1.34
SHARE_EARLY, SHARE_LATE = 0.80, 1.45


class Point(NamedTuple):
    """A position in degrees (WGS 84)."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Leg:
    """A way by road: seconds (median), metres, a range of seconds meant to hold 8 times in 10, and how it is known.

    `line`: (lat, lon) pairs from start to end; two points when only estimated.
    """

    seconds: float
    metres: float
    low: float
    high: float
    line: tuple[tuple[float, float], ...]
    estimated: bool


def crow_leg(a: Point, b: Point) -> Leg:
    """Answer the honest fallback: great circle × 1.34 at a speed that rises with distance; marked as estimated.

    Seconds = 60 + metres / v, v from 7 m/s in town to 19 m/s on long ways: v = 7 + 12 · (1 − exp(−km / 15)).
    """
    metres = metres_between(a, b) * DETOUR
    speed = 7 + 12 * (1 - math.exp(-metres / 15_000))
    seconds = (60 if metres > 100 else 0) + metres / speed
    return Leg(seconds, metres, seconds * SHARE_EARLY, seconds * SHARE_LATE + 60, ((a.lat, a.lon), (b.lat, b.lon)), True)


def first_gap(
    window: tuple[datetime, datetime],
    length: timedelta,
    busy: Sequence[tuple[datetime, datetime]],
    work: Sequence[tuple[datetime, datetime]],
) -> datetime | None:
    """Answer the earliest start inside the window (the start must lie in it) free of `busy` and within one stretch of `work`."""
    starts = [window[0], *(end for _, end in busy), *(start for start, _ in work)]
    for start in sorted(s for s in starts if window[0] <= s < window[1]):
        end = start + length
        if all(end <= b or start >= e for b, e in busy) and any(b <= start and end <= e for b, e in work):
            return start
    return None
