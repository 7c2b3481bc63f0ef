from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from blisko.planning.rules.problem import Plan, Problem
from blisko.planning.rules.ways import Floats, Leg, Point, RoadsSeen, Travel

# Told now and then which share of the work is done and what is best so far (None: nothing to show yet); answers whether to go on.
Tick: TypeAlias = Callable[[float, Plan | None], bool]


class Roads(Protocol):
    """How to get from one place to another. An engine that is away raises nothing: estimates stand in, marked, with their `trouble`.

    `at`: the time of leaving, as clocks show it there.
    """

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        """Answer the way from `start` to `end` when leaving at `at`."""
        ...

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Travel:
        """Answer the ways from each start (row) to each end (column)."""
        ...

    def seen(self) -> RoadsSeen:
        """Answer who gives these answers, from data of what age."""
        ...


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds of ways: the median, and a range meant to hold 8 times in 10; one row per start, one column per end."""

    low: Floats
    median: Floats
    high: Floats


class TravelTimes(Protocol):
    """How long ways really take, given what the roads say.

    A range belongs to one way alone. The range of a chain of ways is not the sum of their ranges: ask for what will be shown.
    """

    def spread(self, travel: Travel, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Spread:
        """Answer the seconds that the ways in `travel` take when leaving at `at`."""
        ...


class Solver(Protocol):
    """Who makes plans."""

    def solve(
        self,
        problem: Problem,
        *,
        seconds: float,
        seed: int = 1,
        start: Plan | None = None,
        iterations: int | None = None,
        tick: Tick | None = None,
    ) -> Plan:
        """Answer a plan that keeps every rule of the problem, as good as `seconds` allow, from `start` on where there is one.

        `iterations`: stop after so many, so that the same seed answers the same plan. When `tick` says no, answer the best so far.
        """
        ...
