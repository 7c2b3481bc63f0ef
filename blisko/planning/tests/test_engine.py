"""The engine: whatever it is given, the independent checker finds no fault in its plans and counts the same cost."""

from dataclasses import replace

import pytest

from blisko.planning.rules.checker import costs, faults
from blisko.planning.rules.engine import solve
from blisko.planning.rules.problem import Plan, PlannedRoute, Problem
from blisko.planning.tests.problems import a_problem


def planned(problem: Problem, seed: int = 1, start: Plan | None = None, rounds: int = 150) -> Plan:
    """Answer the engine's plan after so many rounds, on a clock that stands still."""
    return solve(problem, clock=lambda: 0.0, iterations=rounds, seed=seed, start=start)


@pytest.mark.parametrize("seed", range(150))
def test_no_plan_is_ever_invalid(seed: int) -> None:
    problem = a_problem(seed)
    plan = planned(problem, seed)
    assert faults(problem, plan) == []


@pytest.mark.parametrize("seed", range(150))
def test_engine_and_checker_count_the_same_cost(seed: int) -> None:
    problem = a_problem(seed)
    plan = planned(problem, seed)
    assert plan.cost == pytest.approx(costs(problem, plan).total, abs=1e-6)


def test_same_seed_and_rounds_give_the_same_plan() -> None:
    problem = a_problem(3)
    assert planned(problem, 5) == planned(problem, 5)


@pytest.mark.parametrize("seed", range(40))
def test_going_on_from_a_plan_never_makes_it_dearer(seed: int) -> None:
    problem = a_problem(seed, linked=False)
    first = planned(problem, seed, rounds=60)
    assert planned(problem, seed, start=first, rounds=5).cost <= first.cost + 1e-6


@pytest.mark.parametrize("seed", range(60))
def test_what_is_fixed_stays_at_the_head_of_its_route(seed: int) -> None:
    problem = a_problem(seed, linked=False)
    first = planned(problem, seed)
    vans = [route for route in first.routes if all(stop.kind != "pickup" for stop in route.stops)]
    heads = {route.shift: _visits(route)[:2] for route in vans}
    shifts = tuple(replace(shift, fixed=heads.get(shift.key, ())) for shift in problem.shifts)
    fixed = replace(problem, shifts=shifts)
    again = planned(fixed, seed + 1, start=first)
    assert faults(fixed, again) == []
    for route in again.routes:
        assert _visits(route)[: len(heads.get(route.shift, ()))] == heads.get(route.shift, ())


def _visits(route: PlannedRoute) -> tuple[str, ...]:
    return tuple(stop.key for stop in route.stops if stop.kind == "visit")


def test_planner_stops_when_told_to_and_shows_what_it_has() -> None:
    problem, shown = a_problem(1), []

    def tick(share: float, show: object) -> bool:
        shown.append(show())  # type: ignore[operator]
        return False

    plan = solve(problem, clock=lambda: 0.0, iterations=100_000, tick=tick)
    assert plan.iterations < 100_000 and faults(problem, shown[0]) == []
    assert shown[0].cost == pytest.approx(plan.cost)


def test_empty_day_is_an_empty_plan() -> None:
    problem = a_problem(1)
    assert planned(replace(problem, visits=())).routes == ()
    nobody = planned(replace(problem, shifts=()))
    assert len(nobody.left_out) == len(problem.visits)
