"""Roads that count what they are asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from blisko.planning.rules.ways import Leg, Point, RoadsSeen, Travel, Trouble, crow_leg, crow_travel


@dataclass
class Asked:
    """What the counted roads were asked since the test began, and how they behave."""

    tables: list[tuple[int, int]] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    version: str = "1"
    hourly: bool = False
    trouble: Trouble = Trouble.NONE

    @property
    def cells(self) -> int:
        return sum(rows * columns for rows, columns in self.tables)


ASKED = Asked()
NOWHERE = 60.0  # north of it there are no roads


class CountedRoads:
    """Estimates that pose as known ways; none north of sixty degrees."""

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        return replace(crow_leg(start, end), estimated=bool(ASKED.trouble), trouble=ASKED.trouble)

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Travel:
        ASKED.tables.append((len(starts), len(ends)))
        ASKED.times.append(at)
        nowhere = np.array([point.lat > NOWHERE for point in starts])[:, None] | np.array([point.lat > NOWHERE for point in ends])
        return replace(crow_travel(starts, ends), estimated=nowhere | bool(ASKED.trouble), trouble=ASKED.trouble)

    def seen(self) -> RoadsSeen:
        return RoadsSeen("counted", "here", ASKED.version, hourly=ASKED.hourly, trouble=ASKED.trouble)
