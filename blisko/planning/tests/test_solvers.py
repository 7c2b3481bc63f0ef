"""One contract for whoever makes plans: the engine, and the small planner beside it."""

import pytest

from blisko.planning.adapters.engine import EngineSolver
from blisko.planning.adapters.greedy import GreedySolver
from blisko.planning.ports import Solver
from blisko.planning.rules.checker import costs, faults
from blisko.planning.rules.problem import Plan
from blisko.planning.tests.random_days import a_random_problem

SOLVERS = [EngineSolver(), GreedySolver()]


@pytest.mark.timeout(600)  # the first one compiles the engine
@pytest.mark.parametrize("solver", SOLVERS, ids=lambda one: type(one).__name__)
def test_plan_is_valid_costs_what_it_says_and_goes_on_from_another(solver: Solver) -> None:
    for seed in range(8):
        problem = a_random_problem(seed)
        plan = solver.solve(problem, seconds=1, iterations=200)
        assert faults(problem, plan) == []
        assert plan.cost == pytest.approx(costs(problem, plan).total)
        again = solver.solve(problem, seconds=1, iterations=200, start=plan)
        assert faults(problem, again) == []
        assert again.cost <= plan.cost + 1e-6 or isinstance(solver, GreedySolver)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("solver", SOLVERS, ids=lambda one: type(one).__name__)
def test_planner_hears_that_it_is_to_stop(solver: Solver) -> None:
    problem, heard = a_random_problem(7), list[float]()

    def tick(share: float, best: Plan | None) -> bool:
        heard.append(share)
        return len(heard) < 3

    assert faults(problem, solver.solve(problem, seconds=60, tick=tick)) == []
    assert len(heard) == 3
    assert heard == sorted(heard)
