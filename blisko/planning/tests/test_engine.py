"""The engine: whatever it is given, the independent checker finds no fault in its plans and counts the same cost."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from blisko.planning.rules.checker import costs, faults
from blisko.planning.rules.engine import solve
from blisko.planning.rules.engine.build import kept_from, state_from, world_from
from blisko.planning.rules.engine.recreate import look_along
from blisko.planning.rules.engine.search import anneal, begin_search
from blisko.planning.rules.engine.solve import MOST, Effort
from blisko.planning.rules.engine.world import BANNED, PRINT, ROUTE
from blisko.planning.rules.problem import PickUp, Plan, PlannedRoute, PlanShift, PlanVisit, Problem, Weights
from blisko.planning.tests.problems import HOUR, a_problem


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


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_going_on_from_a_plan_never_makes_it_dearer(seed: int, linked: bool) -> None:
    problem = a_problem(seed, linked=linked)
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


def time_away(seed: int, shifts: int = 6) -> Problem:
    """Answer a day on which only time away from home has a price."""
    problem = a_problem(seed, shifts=shifts)
    return replace(problem, weights=replace(problem.weights, work=1.0, minute=0.0))


class Loading:
    """A search of ten visits on its own clock: its first rounds load what is compiled; a thousand a second after that."""

    w = SimpleNamespace(nv=10)

    def __init__(self) -> None:
        self.now, self.is_loaded = 0.0, False

    def run(self, here: float, there: float, rounds: int) -> None:
        self.now += rounds / 1000 + (0.0 if self.is_loaded else 5.0)
        self.is_loaded = True


def test_first_plan_of_a_process_begins_as_many_searches_as_a_later_one() -> None:
    cold, warm = Loading(), Loading()
    warm.run(0.0, 0.0, 0)
    assert Effort(lambda: cold.now, 60.0, None, None).searches(cold) == MOST  # type: ignore[arg-type]
    assert Effort(lambda: warm.now, 60.0, None, None).searches(warm) == MOST  # type: ignore[arg-type]
    short = Loading()
    assert Effort(lambda: short.now, 12.0, None, None).searches(short) == 3  # type: ignore[arg-type]


def test_several_searches_find_what_one_as_long_does_not() -> None:
    found = {"several": 0.0, "one": 0.0}
    for seed in (5, 10):
        problem = time_away(seed)
        several = planned(problem, seed, rounds=20_000)
        one = planned(problem, seed, rounds=20_000, start=Plan((), (), 0.0))  # going on from a plan is one search
        assert several.iterations == one.iterations == 20_000 and faults(problem, several) == []
        assert several.cost == pytest.approx(costs(problem, several).total, abs=1e-6)
        found["several"] += several.cost
        found["one"] += one.cost
    assert found["several"] < 0.999 * found["one"]


@pytest.mark.parametrize(("seed", "shifts"), [(10, 6), (5, 12)])
def test_crossing_their_plans_finds_what_none_of_them_found(seed: int, shifts: int) -> None:
    shown: list[tuple[float, float]] = []

    def tick(share: float, show: Callable[[], Plan]) -> bool:
        shown.append((share, show().cost))
        return True

    plan = solve(time_away(seed, shifts), clock=lambda: 0.0, iterations=20_000, seed=seed, tick=tick)
    assert plan.cost < min(cost for share, cost in shown if share <= 0.5) - 1.0


def test_no_later_search_loses_what_an_earlier_one_found() -> None:
    problem, shown = time_away(5), []

    def tick(share: float, show: Callable[[], Plan]) -> bool:
        shown.append((share, show().cost))
        return share < upto

    upto = 1.0
    plan = solve(problem, clock=lambda: 0.0, iterations=30_000, tick=tick)
    after_first = [cost for share, cost in shown if share > 0.4]
    assert after_first == sorted(after_first, reverse=True) and plan.cost <= after_first[-1]
    upto, before = 0.5, len(shown)
    stopped = solve(problem, clock=lambda: 0.0, iterations=30_000, tick=tick)
    assert shown[before:] == shown[: len(shown) - before] and stopped.iterations < 30_000 and stopped.cost <= shown[-1][1]


def test_pickup_that_nothing_needs_any_more_is_not_driven_to() -> None:
    by_pickup = PlanVisit("v", 1, ((8 * HOUR, 16 * HOUR),), HOUR, parts={"router": 1})
    plain = PlanVisit("p", 1, ((8 * HOUR, 16 * HOUR),), HOUR)
    travel = np.array([[0, 600, 3000], [600, 0, 3000], [3000, 3000, 0]])
    pickups = (PickUp("depot", 2, 8 * HOUR, 16 * HOUR, 300, frozenset(), None),)
    before = Problem((PlanShift("s", 0, 0, 8 * HOUR, 16 * HOUR),), (by_pickup, plain), travel, pickups=pickups)
    first = planned(before)
    assert [stop.kind for stop in first.routes[0].stops].count("pickup") == 1
    after = replace(before, visits=(plain,))
    again = planned(after, start=first, rounds=0)
    assert [stop.key for stop in again.routes[0].stops] == ["p"]
    assert again.cost == pytest.approx(costs(after, again).total)


def test_empty_day_is_an_empty_plan() -> None:
    problem = a_problem(1)
    assert planned(replace(problem, visits=())).routes == ()
    nobody = planned(replace(problem, shifts=()))
    assert len(nobody.left_out) == len(problem.visits)


def test_random_days_make_use_of_every_rule() -> None:
    seen: Counter[str] = Counter()
    for seed in range(60):
        problem = a_problem(seed)
        plan = planned(problem, seed)
        visits = {visit.key: visit for visit in problem.visits}
        for route in plan.routes:
            seen["open end"] += next(s for s in problem.shifts if s.key == route.shift).end is None
            seen["two breaks"] += sum(stop.kind == "break" for stop in route.stops) == 2
            seen["pick-up"] += any(stop.kind == "pickup" for stop in route.stops)
            for stop in route.stops:
                if stop.kind == "visit":
                    visit = visits[stop.key]
                    seen["pair"] += bool(visit.crew)
                    seen["after"] += bool(visit.after)
                    seen["late"] += stop.starts > visit.windows[-1][1]
                    seen["second window"] += len(visit.windows) > 1 and stop.starts >= visit.windows[1][0]
                    seen["told"] += bool(visit.told and visit.told[0] == route.shift)
                    seen["own time"] += route.shift in visit.seconds_by
        seen["left out"] += bool(plan.left_out)
    rules = "open end, two breaks, pick-up, pair, after, late, second window, told, own time, left out".split(", ")
    assert {rule: seen[rule] for rule in rules if seen[rule] < 5} == {}


def test_route_picks_up_what_the_van_lacks() -> None:
    travel = np.array([[0, 600, 300], [600, 0, 300], [300, 300, 0]])
    shift = PlanShift("t", 0, 0, 8 * HOUR, 16 * HOUR, stock={"modem": 0})
    visit = PlanVisit("v", 1, ((8 * HOUR, 12 * HOUR),), 1800, parts={"modem": 1})
    without = planned(Problem((shift,), (visit,), travel))
    assert without.left_out == ("v",)
    plan = planned(Problem((shift,), (visit,), travel, pickups=(PickUp("depot", 2, 7 * HOUR, 18 * HOUR, 600),)))
    assert [stop.key for stop in plan.routes[0].stops] == ["depot", "v"]


def test_customer_is_not_told_twice_for_a_few_minutes_of_driving() -> None:
    travel = np.array([[0, 900, 600], [900, 0, 500], [600, 500, 0]])
    shifts = (PlanShift("far", 0, 0, 8 * HOUR, 16 * HOUR), PlanShift("near", 1, 1, 8 * HOUR, 16 * HOUR))
    visit = PlanVisit("v", 2, ((8 * HOUR, 12 * HOUR),), 1800, told=("far", 8 * HOUR, 12 * HOUR))
    assert planned(Problem(shifts, (visit,), travel)).routes[0].shift == "far"
    careless = Weights(told_twice=0)
    assert planned(Problem(shifts, (visit,), travel, careless)).routes[0].shift == "near"


def test_left_out_is_who_is_worth_least() -> None:
    travel = np.zeros((3, 3), np.int64)
    shift = PlanShift("t", 0, 0, 8 * HOUR, 10 * HOUR)
    visits = tuple(PlanVisit(key, 1, ((8 * HOUR, 9 * HOUR),), 5000, worth=worth) for key, worth in (("low", 0.5), ("high", 2.0)))
    assert planned(Problem((shift,), visits, travel)).left_out == ("low",)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_remembered_of_a_route_is_what_a_new_look_finds(seed: int) -> None:
    """For every visit without links and every route that stands as it was last looked at: the same price, or none better than was asked."""
    problem = a_problem(seed)
    w = world_from(problem)
    s = state_from(problem, w, seed)
    now, best = kept_from(w, s), kept_from(w, s)
    begin_search(w, s, now, best)
    seen = 0
    for heat in (1000.0, 300.0, 100.0, 30.0):
        anneal(w, s, now, best, 15, heat, heat / 3)
        for t, j in product(range(w.nt), range(w.nv)):
            if not w.free[j] or s.node[j, ROUTE] == t or s.known[j, t] != s.tour[t, PRINT]:
                continue
            known, seen = s.known_price[j, t], seen + 1
            if s.known_place[j, t, 0] >= 0:
                assert look_along(w, s, t, j, BANNED, -1) == pytest.approx(known, abs=1e-6)
            else:
                assert look_along(w, s, t, j, known, -1) == known
    assert seen > 0 or not w.free.any()


def test_first_visit_of_a_route_is_planned_with_the_pickup_it_needs() -> None:
    """Where lateness or overtime has a price, too: nothing was ever picked up on this route before."""
    shift = PlanShift("t", 0, 0, 7 * HOUR, 15 * HOUR, overtime=HOUR)
    visit = PlanVisit("v", 1, ((12 * HOUR, 14 * HOUR),), 1200, late=1800, parts={"modem": 1})
    depot = PickUp("depot", 2, 7 * HOUR, 18 * HOUR, 600, parts={"modem": 2})
    travel = np.array([[0, 900, 600], [900, 0, 600], [600, 600, 0]])
    plan = planned(Problem((shift,), (visit,), travel, pickups=(depot,)), rounds=1)
    assert [stop.key for route in plan.routes for stop in route.stops] == ["depot", "v"]
