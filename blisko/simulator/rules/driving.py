"""Where somebody is on a drive, second by second."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass

from .streets import Route

METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True)
class Place:
    """A true place: degrees (WGS 84), metres a second, degrees from north."""

    lon: float
    lat: float
    speed: float = 0.0
    heading: float = 0.0


def place_after(way: Route, seconds: float) -> Place:
    """Where the driver is `seconds` after setting out; before the start and after the end he stands."""
    if not way.points:
        raise ValueError("a way without points")
    if seconds <= 0 or len(way.points) == 1:
        return Place(*way.points[0])
    if seconds >= way.times[-1]:
        return Place(*way.points[-1])
    i = bisect.bisect_right(way.times, seconds)
    (lon1, lat1), (lon2, lat2) = way.points[i - 1], way.points[i]
    before, after = way.times[i - 1], way.times[i]
    share = (seconds - before) / (after - before) if after > before else 1.0
    east = (lon2 - lon1) * METRES_A_DEGREE * math.cos(math.radians(lat1))
    north = (lat2 - lat1) * METRES_A_DEGREE
    speed = math.hypot(east, north) / (after - before) if after > before else 0.0
    return Place(lon1 + (lon2 - lon1) * share, lat1 + (lat2 - lat1) * share, speed, math.degrees(math.atan2(east, north)) % 360)
