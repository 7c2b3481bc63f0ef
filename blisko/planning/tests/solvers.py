"""Planners for tests: one that is disturbed while it plans, one that is slow, one that fails."""

from collections.abc import Callable

from blisko.planning.adapters.greedy import GreedySolver
from blisko.planning.ports import Tick
from blisko.planning.rules.problem import Plan, Problem

meanwhile: list[Callable[[], object]] = []  # what happens, one by one, while somebody plans
seen: list[tuple[float, Plan | None]] = []  # how long was planned, from where


class DisturbedSolver(GreedySolver):
    """The small planner, in a world that does not stand still: before it answers, the next of `meanwhile` happens."""

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
        seen.append((seconds, start))
        plan = super().solve(problem, seconds=seconds, seed=seed, start=start, tick=tick)
        if meanwhile:
            meanwhile.pop(0)()
        if tick is not None:
            tick(0.5, plan)
            tick(0.6, None)
            tick(0.7, None)
        return plan
