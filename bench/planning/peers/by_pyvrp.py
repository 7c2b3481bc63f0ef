"""PyVRP 0.14: an iterated local search. Kept: skills, parts, one window each, shifts. Not known to it: breaks, several windows, lateness.

It plans as if nobody took a break; routes in which a break does not fit are mended (`timetable.mended`) after its time. That serves
more than shifts shortened by the break, or a break faked as one more visit of each technician.
"""

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from bench.planning.instances import Routes
from bench.planning.peers.kinds import kinds, numbers, parts, points, routes_of, second_driven, second_worked
from blisko.planning.rules.problem import Plan, PlanVisit, Problem

NEVER = 10**7  # a way nobody takes


def solve(problem: Problem, seconds: float, seed: int, start: Plan | None = None, *, fees: dict[str, int] | None = None) -> Routes:
    """Answer routes; `fees`: what using a shift costs, in ticks. `start`: an earlier plan to begin with."""
    scale, loads = points(problem), parts(problem)
    alike = kinds(problem)
    homes = sorted({place for kind in alike for place in (kind.shifts[0].start, kind.shifts[0].end or 0)})
    matrices = [_masked(problem, kind.allowed) for kind in alike]
    vehicles = [
        pyvrp.VehicleType(
            len(kind.shifts),
            [kind.shifts[0].stock.get(part, 0) for part in loads],
            homes.index(kind.shifts[0].start),
            homes.index(kind.shifts[0].end or 0),
            fixed_cost=(fees or {}).get(kind.shifts[0].key, 0),
            tw_early=kind.shifts[0].begins,
            tw_late=kind.shifts[0].ends + kind.shifts[0].overtime,
            unit_distance_cost=round(second_driven(problem) * scale),
            unit_duration_cost=round(second_worked(problem) * scale),
            profile=nr,
        )
        for nr, kind in enumerate(alike)
    ]
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0)] * len(problem.travel),
        [_client(problem, visit, loads, scale) for visit in problem.visits],
        [pyvrp.Depot(home) for home in homes],
        vehicles,
        matrices,
        matrices,
    )
    first = None if start is None else _solution(problem, data, [tuple(shift.key for shift in kind.shifts) for kind in alike], start)
    found = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False, display=False, initial_solution=first).best
    free = [[shift.key for shift in kind.shifts] for kind in alike]
    return routes_of(
        problem,
        [(free[route.vehicle_type()].pop(), [stop.idx for stop in route.schedule() if stop.is_client()]) for route in found.routes()],
    )


def _client(problem: Problem, visit: PlanVisit, loads: list[str], scale: float) -> pyvrp.Client:
    ((begins, ends),) = visit.windows
    prize = 0 if visit.must else round(problem.weights.left_out * visit.worth * scale)
    takes = [visit.parts.get(part, 0) for part in loads]
    return pyvrp.Client(visit.place, takes, [], visit.seconds, begins, ends, 0, prize, visit.must)


def _masked(problem: Problem, allowed: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """Answer the ways with those barred that lead to a visit this kind may not do."""
    barred = np.zeros(len(problem.travel), np.bool_)
    barred[[visit.place for visit, may in zip(problem.visits, allowed, strict=True) if not may]] = True
    ways = problem.travel.copy()
    ways[barred, :] = ways[:, barred] = NEVER
    np.fill_diagonal(ways, 0)
    return ways


def _solution(problem: Problem, data: pyvrp.ProblemData, keys: list[tuple[str, ...]], start: Plan) -> pyvrp.Solution:
    nr, kind = numbers(problem), {key: which for which, alike in enumerate(keys) for key in alike}
    return pyvrp.Solution(
        data,
        [
            pyvrp.Route(data, [nr[stop.key] for stop in route.stops if stop.kind == "visit"], kind[route.shift])
            for route in start.routes
            if any(stop.kind == "visit" for stop in route.stops)
        ],
    )
