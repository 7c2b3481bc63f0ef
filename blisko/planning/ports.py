from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from blisko.planning.rules.problem import Plan, Problem
from blisko.planning.rules.ways import Leg, Point

# Told now and then which share of the work is done and what is best so far (None: nothing to show yet); answers whether to go on.
Tick: TypeAlias = Callable[[float, Plan | None], bool]


class Roads(Protocol):
    """How to get from one place to another."""

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        """Answer the way from `start` to `end` when leaving at `at`."""
        ...

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> list[list[float]]:
        """Answer travel seconds, one row per start and one column per end."""
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
