"""Crossing plans: what a child has of each parent, and which plans go on."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from blisko.planning.rules.checker import costs, faults
from blisko.planning.rules.engine import solve
from blisko.planning.rules.engine.build import world_from
from blisko.planning.rules.engine.cross import crossed, fittest, parents
from blisko.planning.rules.problem import Plan, PlannedRoute, Problem
from blisko.planning.tests.problems import a_problem


def two_plans(seed: int, linked: bool = False) -> tuple[Problem, Plan, Plan]:
    problem = a_problem(seed, shifts=6, linked=linked)
    one, other = (solve(problem, clock=lambda: 0.0, iterations=40, seed=n) for n in (1, 2))
    return problem, one, other


def keys(route: PlannedRoute) -> list[str]:
    return [stop.key for stop in route.stops if stop.kind == "visit"]


@pytest.mark.parametrize("seed", range(30))
def test_child_has_whole_routes_of_one_parent_and_the_rest_in_the_order_of_the_other(seed: int) -> None:
    problem, one, other = two_plans(seed)
    child = crossed(problem, world_from(problem).close, one, other, Random(seed))
    ones, others = ({route.shift: route for route in plan.routes} for plan in (one, other))
    whole = {route.shift for route in child.routes if ones.get(route.shift) == route}
    taken = {key for shift in whole for key in keys(ones[shift])}
    assert whole
    for route in child.routes:
        if route.shift not in whole:
            assert keys(route) == [key for key in keys(others[route.shift]) if key not in taken]
    twice = Counter(key for route in child.routes for key in keys(route))
    assert set(twice.values()) <= {1}


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_search_that_goes_on_from_a_child_gives_a_plan_without_fault(seed: int, linked: bool) -> None:
    problem, one, other = two_plans(seed, linked)
    child = crossed(problem, world_from(problem).close, one, other, Random(seed))
    plan = solve(problem, clock=lambda: 0.0, iterations=20, seed=seed, start=child)
    assert faults(problem, plan) == []
    assert plan.cost == pytest.approx(costs(problem, plan).total, abs=1e-6)


def test_child_that_serves_nobody_of_one_parent_is_the_other() -> None:
    problem, one, _ = two_plans(1)
    child = crossed(problem, world_from(problem).close, Plan((), (), 0.0), one, Random(1))
    assert [keys(route) for route in child.routes] == [keys(route) for route in one.routes]


def test_cheapest_plans_go_on_and_no_plan_goes_on_twice() -> None:
    plans = [replace(Plan((), (), 0.0), cost=cost) for cost in (5.0, 3.0, 3.0 + 1e-9, 9.0, 4.0)]
    assert [plan.cost for plan in fittest(plans, 3)] == [3.0, 4.0, 5.0]


def test_parents_are_two_plans_and_the_cheaper_ones_more_often() -> None:
    plans = [Plan((), (), float(cost)) for cost in range(4)]
    dice = Random(1)
    pairs = [parents(plans, dice) for _ in range(400)]
    assert all(a is not b for a, b in pairs)
    often = Counter(a.cost for a, _ in pairs)
    assert often[0.0] > often[1.0] > often[2.0] and 3.0 not in often
    assert parents(plans[:1], dice) == (plans[0], plans[0])
