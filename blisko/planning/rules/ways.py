"""How long a way takes when no road engine is there."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from blisko.kit.earth import metres_between

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
