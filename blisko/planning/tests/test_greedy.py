"""The small planner beside the engine: whatever it answers is valid and costs what it says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blisko.planning.adapters.greedy import GreedySolver
from blisko.planning.rules.checker import costs, faults
from blisko.planning.rules.problem import Plan
from blisko.planning.rules.timing import names_of, route_price, timed
from blisko.planning.tests.random_days import a_random_problem


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_every_plan_is_valid_and_costs_what_it_says(seed: int) -> None:
    problem = a_random_problem(seed)
    plan = GreedySolver().solve(problem, seconds=1)
    assert faults(problem, plan) == []
    names, shifts = names_of(problem), {shift.key: shift for shift in problem.shifts}
    prices = 0.0
    for route in plan.routes:
        again = timed(
            problem,
            shifts[route.shift],
            [(s.kind, s.key) for s in route.stops if s.kind != "break"],
            earliest={s.key: s.starts for s in route.stops if s.kind == "visit"},
        )
        assert again is not None
        prices += route_price(problem, again, shifts[route.shift], names)
    assert prices == pytest.approx(plan.cost - costs(problem, plan).left_out)
    kept = GreedySolver().solve(problem, seconds=1, start=plan)
    assert faults(problem, kept) == []
    assert len(kept.left_out) <= len(plan.left_out)


def test_planner_who_is_told_to_stop_answers_what_it_has() -> None:
    problem = a_random_problem(7)
    heard: list[float] = []

    def tick(share: float, best: Plan | None) -> bool:
        heard.append(share)
        return len(heard) < 4

    plan = GreedySolver().solve(problem, seconds=1, tick=tick)
    assert faults(problem, plan) == []
    assert len(plan.left_out) >= len(problem.visits) - 3
    assert len(heard) == 4
