"""One run: one solver, one instance, one budget, one seed; read again and judged by what shares nothing with the solver."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.planning import field_day, trsp, vrptw
from bench.planning.disturbed import disturb
from bench.planning.instances import Broken, Instance, Routes, data
from bench.planning.peers import by_ortools, by_pyvrp, by_vroom, trips
from bench.planning.timetable import mended, orders
from blisko.planning.rules.checker import faults, figures
from blisko.planning.rules.engine import solve
from blisko.planning.rules.problem import Plan, Problem

OURS = "blisko"
PEERS: dict[str, Callable[[Problem, float, int, Plan | None], Routes]] = {
    "pyvrp": partial(trips.solve, by_pyvrp.solve),
    "vroom": partial(trips.solve, by_vroom.solve),
    "ortools": by_ortools.solve,
}
SOLVERS = (OURS, *PEERS)
NO_DICE = frozenset({"vroom", "ortools"})  # a second seed would be the same run again


@dataclass(frozen=True)
class Series:
    """A set of instances: their names (none where the data are not there), how to load one, and the budgets in seconds."""

    names: Callable[[], list[str]]
    load: Callable[[str], Instance]
    budgets: tuple[float, ...]
    quick: tuple[str, ...]


SERIES = {
    "solomon": Series(partial(vrptw.names, "solomon"), partial(vrptw.load, "solomon"), (1, 10), ("R112", "RC208")),
    "homberger": Series(partial(vrptw.names, "homberger"), partial(vrptw.load, "homberger"), (10, 60), ("r1_4_5",)),
    "trsp": Series(trsp.names, trsp.load, (10, 60), ("R103.100_25-5-5-5", "RC207.100_25-5-5-5")),
    "field": Series(lambda: [f"day{seed}" for seed in range(7, 12)], lambda name: field_day.load(int(name[3:])), (2, 10), ("day7",)),
}


@dataclass
class Run:
    """What came of one run. `gap`: % above the best known. `value` is None when the solution is not whole; `why` says what is wrong.

    `mended`: routes a peer left that did not keep their constraints, and had visits dropped. `worth`: of the visits left out.
    `share`: of a core it really had, which on a busy machine is less than it was promised.
    """

    series: str
    instance: str
    solver: str
    seconds: float
    seed: int
    value: float | None = None
    gap: float | None = None
    left_out: int = 0
    worth: float = 0.0
    minutes: float = 0.0
    mended: int = 0
    iterations: int = 0
    took: float = 0.0
    share: float = 0.0
    why: str = ""


def ready() -> None:
    """Have everything compiled and loaded before the first clock starts: a plan from nothing, and a repair."""
    day = field_day.day(1, technicians=12, visits=60)
    morning = solve(day, clock=time.perf_counter, iterations=300, seed=1)
    solve(disturb(day, morning, 1), clock=time.perf_counter, iterations=50, seed=1, start=morning)


def run(series: str, name: str, solver: str, seconds: float, seed: int) -> Run:
    """Solve and judge; a solver that fails is a run with a `why`."""
    found = Run(series, name, solver, seconds, seed)
    instance = SERIES[series].load(name)
    begun, worked = time.perf_counter(), time.process_time()
    if solver == OURS:
        plan = solve(instance.problem, clock=time.perf_counter, seconds=seconds, seed=seed)
        found.iterations = plan.iterations
    else:
        routes = PEERS[solver](instance.problem, seconds, seed, None)
    found.took = time.perf_counter() - begun
    found.share = (time.process_time() - worked) / found.took
    if solver != OURS:
        plan, found.mended = mended(instance.problem, routes)
    judge(instance, plan, found)
    return found


def judge(instance: Instance, plan: Plan, found: Run) -> None:
    """Fill in what the plan amounts to: by the checker in our words, by the instance's own file in its."""
    wrong = faults(instance.problem, plan)
    if wrong:
        found.why = f"{len(wrong)} faults, the first: {wrong[0]}"
        return
    amounts = figures(instance.problem, plan)
    worth = {visit.key: visit.worth for visit in instance.problem.visits}
    found.left_out, found.worth = len(amounts.left_out), sum(worth[key] for key in amounts.left_out)
    found.minutes = amounts.driven / 60
    try:
        found.value = instance.value(orders(plan))
    except Broken as broken:
        found.why = str(broken)
    if found.value is not None and instance.best:
        found.gap = 100 * (found.value / instance.best - 1)


def missing(series: str) -> str:
    """Answer what to say of a set that is not there."""
    return f"{series}: skipped, no data in {data()} (set BLISKO_DATA)"
