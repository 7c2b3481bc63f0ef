import time

from blisko.planning.ports import Tick
from blisko.planning.rules.engine import solve
from blisko.planning.rules.engine.solve import COLD, HOT
from blisko.planning.rules.problem import Plan, Problem

SLICE = 10.0  # seconds after which the best plan so far is shown


class EngineSolver:
    """Our own engine: ruin and recreate, compiled."""

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
        if tick is None or iterations is not None:
            ask = None if tick is None else lambda share, _: tick(share, None)
            return solve(problem, clock=time.monotonic, seconds=seconds, iterations=iterations, seed=seed, start=start, tick=ask)
        return self._in_slices(problem, seconds, seed, start, tick)

    def _in_slices(self, problem: Problem, seconds: float, seed: int, start: Plan | None, tick: Tick) -> Plan:
        """Cool down as in one go, but show a plan now and then, from which a killed run can go on."""
        count = max(1, round(seconds / SLICE))
        going, best = True, start
        rounds = 0
        for number in range(count):
            before, after = number / count, (number + 1) / count

            def ask(share: float, _: float, before: float = before) -> bool:
                nonlocal going
                going = tick(before + share / count, None)
                return going

            best = solve(
                problem, clock=time.monotonic, seconds=seconds / count, seed=seed + number, start=best, tick=ask,
                hot=HOT * (COLD / HOT) ** before, cold=HOT * (COLD / HOT) ** after,
            )  # fmt: skip
            rounds += best.iterations
            going = going and tick(after, best)
            if not going:
                break
        assert best is not None
        return Plan(best.routes, best.left_out, best.cost, rounds)
