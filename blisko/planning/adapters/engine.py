import time
from collections.abc import Callable

from blisko.planning.ports import Tick
from blisko.planning.rules.engine import solve
from blisko.planning.rules.problem import Plan, Problem

SHOWN_EVERY = 10.0  # seconds; making a plan out of the engine's tables takes a moment


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
        ask = _Asked(tick) if tick is not None else None
        return solve(problem, clock=time.monotonic, seconds=seconds, iterations=iterations, seed=seed, start=start, tick=ask)


class _Asked:
    """Passes the engine's ticks on, now and then with the best plan so far, from which a killed run can go on."""

    def __init__(self, tick: Tick) -> None:
        self._tick = tick
        self._shown = time.monotonic()

    def __call__(self, share: float, best: Callable[[], Plan]) -> bool:
        if time.monotonic() - self._shown < SHOWN_EVERY:
            return self._tick(share, None)
        self._shown = time.monotonic()
        return self._tick(share, best())
