from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from blisko.planning.rules.ways import Leg, Point


class Roads(Protocol):
    """How to get from one place to another."""

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        """Answer the way from `start` to `end` when leaving at `at`."""
        ...

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> list[list[float]]:
        """Answer travel seconds, one row per start and one column per end."""
        ...
