"""The small planner beside the engine: whatever it answers is valid and costs what it says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blisko.planning.adapters.greedy import GreedySolver
from blisko.planning.rules.checker import costs, faults
from blisko.planning.rules.problem import Plan
from blisko.planning.tests.random_days import a_random_problem


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_every_plan_is_valid_and_costs_what_it_says(seed: int) -> None:
    problem = a_random_problem(seed)
    plan = GreedySolver().solve(problem, seconds=1)
    assert faults(problem, plan) == []
    assert plan.cost == pytest.approx(costs(problem, plan).total)
    again = GreedySolver().solve(problem, seconds=1, start=plan)
    assert faults(problem, again) == []
    assert len(again.left_out) <= len(plan.left_out)


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
