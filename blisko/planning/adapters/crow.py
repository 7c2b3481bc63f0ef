from collections.abc import Sequence
from datetime import datetime

from blisko.planning.rules.ways import ESTIMATE, Leg, Point, RoadsSeen, Travel, crow_leg, crow_travel


class CrowRoads:
    """The honest fallback where no road engine is set up: great circle × detour, marked as an estimate."""

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        return crow_leg(start, end)

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Travel:
        return crow_travel(starts, ends)

    def seen(self) -> RoadsSeen:
        return ESTIMATE
