from collections.abc import Sequence
from datetime import datetime

from blisko.planning.rules.ways import Leg, Point, crow_leg


class CrowRoads:
    """The honest fallback where no road engine is set up: great circle × detour, marked as an estimate."""

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        return crow_leg(start, end)

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> list[list[float]]:
        return [[crow_leg(start, end).seconds for end in ends] for start in starts]
