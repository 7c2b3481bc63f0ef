"""The measuring itself: public values come out of our own reading, and what does not fit is not taken for a solution."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.planning import field_day, repair, table, trsp, vrptw
from bench.planning.__main__ import asked, kept, tasks, write
from bench.planning.disturbed import EMERGENCY, LATE, NOW, disturb, left_of, settled
from bench.planning.instances import Broken, Instance, data
from bench.planning.peers import by_ortools, by_pyvrp, by_vroom, trips
from bench.planning.repair import Repair
from bench.planning.runs import Run, judge
from bench.planning.timetable import Desk, mended, timetable
from blisko.planning.rules.checker import costs, faults, figures
from blisko.planning.rules.problem import Break, PickUp, Plan, PlanShift, PlanVisit, Problem, Weights

LINE = np.abs(np.subtract.outer(np.arange(6), np.arange(6))).astype(np.int64) * 100
HERE = data().is_dir()
needs_data = pytest.mark.skipif(not HERE, reason=f"no public instances in {data()} (set BLISKO_DATA)")


def shift(**more: object) -> PlanShift:
    return replace(PlanShift("ana", 0, 0, 0, 2_000), **more)  # type: ignore[arg-type]


def visit(key: str, place: int, **more: object) -> PlanVisit:
    return replace(PlanVisit(key, place, ((0, 2_000),), 60), **more)  # type: ignore[arg-type]


@needs_data
def test_every_published_technician_route_has_the_published_value() -> None:
    routes = trsp.published_routes()
    assert trsp.names()
    for name in trsp.names():
        instance = trsp.load(name)
        assert instance.best is not None
        assert instance.value(routes[name]) == pytest.approx(instance.best, abs=0.01)
        plan = timetable(instance.problem, routes[name])
        assert faults(instance.problem, plan) == []
        assert costs(instance.problem, plan).total == pytest.approx(instance.best, abs=0.1)  # ways are rounded up to a thousandth


@needs_data
@pytest.mark.parametrize("spoil", ["unload", "lose", "twice", "swap"])
def test_spoiled_technician_routes_are_no_solution(spoil: str) -> None:
    name = next(name for name, routes in trsp.published_routes().items() if any(trsp.DEPOT in stops for stops in routes.values()))
    routes = {key: list(stops) for key, stops in trsp.published_routes()[name].items()}
    requests = trsp.read(data() / "trsp" / "crew25" / f"{name}.txt")
    longest = max(routes, key=lambda key: len(routes[key]))
    if spoil == "unload":
        routes = {key: [stop for stop in stops if stop != trsp.DEPOT] for key, stops in routes.items()}
    elif spoil == "lose":
        routes[longest].pop()
    elif spoil == "twice":
        routes[longest].append(next(stop for stop in routes[longest] if stop != trsp.DEPOT))
    else:
        routes[longest].reverse()
    with pytest.raises(Broken):
        trsp.durations(requests, routes)


@needs_data
def test_best_known_values_of_both_vehicle_routing_sets_are_found() -> None:
    for which in ("solomon", "homberger"):
        assert vrptw.names(which)
    assert vrptw.load("solomon", "C101").best == 827.3
    instance = vrptw.load("homberger", "r1_4_5")
    assert (len(instance.problem.visits), len(instance.problem.shifts)) == (400, 100)
    assert instance.best
    assert instance.problem.travel[1, 2] == instance.problem.travel[2, 1] > 0


CUSTOMERS = vrptw.Customers(2, 10, ((0, 0, 0, 0, 0, 100, 0), (1, 3, 4, 6, 0, 50, 10), (2, 3, 4, 6, 20, 50, 10), (3, 1, 1, 4, 0, 100, 10)))


def test_distance_is_cut_to_tenths_leg_by_leg() -> None:
    assert vrptw.distance(CUSTOMERS, {"v0": ["1", "3"], "v1": ["2"]}) == pytest.approx(5.0 + 3.6 + 1.4 + 10.0)
    problem = vrptw.problem(CUSTOMERS)
    plan = timetable(problem, {"v0": ["1", "3"], "v1": ["2"]})
    assert faults(problem, plan) == []
    assert costs(problem, plan).total == pytest.approx(20.0)


@pytest.mark.parametrize(
    "routes",
    [
        {"v0": ["1", "2"], "v1": ["3"]},  # too heavy
        {"v0": ["1", "3"]},  # somebody is left out
        {"v0": ["1", "3"], "v1": ["2", "3"]},  # somebody twice
        {"v0": ["1"], "v1": ["2"], "v2": ["3"]},  # a vehicle nobody has
    ],
)
def test_spoiled_vehicle_routes_are_no_solution(routes: dict[str, list[str]]) -> None:
    with pytest.raises(Broken):
        vrptw.distance(CUSTOMERS, routes)


def test_who_comes_too_late_is_no_solution() -> None:
    slow = replace(CUSTOMERS, capacity=100, rows=(*CUSTOMERS.rows[:1], (1, 3, 4, 6, 0, 50, 60), *CUSTOMERS.rows[2:]))
    assert vrptw.distance(slow, {"v0": ["2", "1"], "v1": ["3"]}) == pytest.approx(10.0 + 2.8)
    with pytest.raises(Broken):
        vrptw.distance(slow, {"v0": ["1", "2"], "v1": ["3"]})


@pytest.mark.parametrize(
    ("breaks", "windows", "starts", "rests"),
    [
        ((), ((0, 2_000),), 200, []),
        ((), ((250, 300), (500, 600)), 250, []),
        ((Break(50, 250, 40),), ((0, 2_000),), 240, [50]),  # on the way
        ((Break(50, 300, 40),), ((0, 210),), 200, [260]),  # it would be too late with the break before
        ((Break(230, 300, 40), Break(280, 400, 10)), ((0, 210),), 200, [260, 300]),
    ],
)
def test_timetable_is_as_early_as_it_can_be_with_every_break(
    breaks: tuple[Break, ...], windows: tuple[tuple[int, int], ...], starts: int, rests: list[int]
) -> None:
    problem = Problem((shift(breaks=breaks),), (visit("a", 2, windows=windows),), LINE)
    plan = timetable(problem, {"ana": ["a"]})
    assert faults(problem, plan) == []
    assert [stop.starts for stop in plan.routes[0].stops if stop.kind == "visit"] == [starts]
    assert [stop.starts for stop in plan.routes[0].stops if stop.kind == "break"] == rests


def test_day_whose_length_has_a_price_begins_as_late_as_it_may() -> None:
    problem = Problem((shift(),), (visit("a", 2, windows=((500, 600),)), visit("b", 1)), LINE, Weights(work=1))
    route = timetable(problem, {"ana": ["b", "a"]}).routes[0]
    assert (route.leaves, route.back) == (240, 760)  # 100 s and b, 100 s and a at 500, 200 s home
    assert faults(problem, timetable(problem, {"ana": ["b", "a"]})) == []


@pytest.mark.parametrize(
    ("about_shift", "about_visit"),
    [
        ({"breaks": (Break(50, 60, 40),)}, {"windows": ((0, 210),)}),
        ({"ends": 459}, {}),
        ({}, {"skills": {"fibre": 1}}),
        ({}, {"parts": {"modem": 1}}),
        ({}, {"tools": frozenset({"ladder"})}),
    ],
)
def test_what_does_not_fit_has_no_timetable_and_is_left_out_when_mended(
    about_shift: dict[str, object], about_visit: dict[str, object]
) -> None:
    problem = Problem((shift(**about_shift),), (visit("a", 2, **about_visit), visit("b", 1)), LINE)
    assert timetable(problem, {"ana": ["a", "b"]}).left_out == ("a", "b")
    plan, broken = mended(problem, {"ana": ["a", "b"]})
    assert (plan.left_out, broken) == (("a",), 1)
    assert faults(problem, plan) == []


def test_what_one_cannot_do_is_mended_onto_another() -> None:
    problem = Problem((shift(), shift(key="ben", skills={"fibre": 1})), (visit("a", 2, skills={"fibre": 1}), visit("b", 1)), LINE)
    plan, broken = mended(problem, {"ana": ["a", "b"]})
    assert (plan.left_out, broken, len(plan.routes)) == ((), 1, 2)


SMALL = field_day.day(3, technicians=5, visits=25)
PEERS = {"pyvrp": by_pyvrp.solve, "vroom": by_vroom.solve, "ortools": by_ortools.solve}


@pytest.mark.parametrize("name", PEERS)
def test_each_peer_is_told_enough_to_plan_a_small_day(name: str) -> None:
    plan, broken = mended(SMALL, PEERS[name](SMALL, 0.5, 1))
    assert faults(SMALL, plan) == []
    assert len(plan.left_out) <= 8
    assert broken == 0 or name == "pyvrp"  # which knows no lunch


DEPOT = PickUp("depot", 1, 0, 2_000, 10, frozenset({"ladder"}), None)
LADDERS = Problem(
    (shift(), shift(key="ben", start=5, end=5)),
    tuple(visit(f"v{place}", place, tools=frozenset({"ladder"}), parts={"modem": 1}, must=True) for place in (2, 3)),
    LINE,
    Weights(minute=0, work=60),
    (DEPOT,),
)


@pytest.mark.parametrize("name", PEERS)
def test_each_peer_finds_the_pick_up_when_nobody_has_the_tool(name: str) -> None:
    peer = PEERS[name] if name == "ortools" else lambda *told: trips.solve(PEERS[name], *told)  # type: ignore[arg-type]
    plan, broken = mended(LADDERS, peer(LADDERS, 0.6, 1))
    assert (plan.left_out, broken) == ((), 0)
    assert faults(LADDERS, plan) == []
    assert plan.routes[0].stops[0].key == "depot"


def test_disturbed_day_keeps_what_has_begun_and_asks_for_the_rest() -> None:
    day = field_day.day(4, technicians=12, visits=90)
    routes: dict[str, list[str]] = {}
    for one in day.visits:
        Desk(day).squeeze(one, routes)
    morning = timetable(day, routes)
    problem = disturb(day, morning, 1)
    again = disturb(day, morning, 1)
    assert (again.shifts, again.visits) == (problem.shifts, problem.visits)
    assert len(problem.shifts) == 11
    fixed = {key for one in problem.shifts for key in one.fixed}
    assert fixed
    for one in problem.visits:
        assert (one.told is None) == (one.key in fixed or one.key in morning.left_out or one.key == EMERGENCY)
        assert one.late == (0 if one.key in fixed else LATE)
    for one in problem.shifts:
        assert one.begins >= NOW or one.fixed
    longer = [one for one in problem.visits if one.key in fixed and one not in day.visits]
    assert len(longer) == 2
    rest = settled(problem)
    plan, _ = mended(rest, left_of(morning, rest))
    assert faults(rest, plan) == []
    found = figures(rest, plan)
    assert 0 < len(found.told_again) < len(rest.visits) / 2  # most of what was told still holds


def test_plan_with_a_fault_has_no_value_and_says_why() -> None:
    instance = Instance("small", SMALL, lambda _: 5.0, best=4.0)
    found = Run("field", "small", "vroom", 1, 1)
    judge(instance, Plan((), (), 0.0), found)
    assert (found.value, found.gap) == (None, None)
    assert found.why.startswith("25 faults, the first: v0")
    judge(instance, timetable(SMALL, {}), found := Run("field", "small", "vroom", 1, 1))
    assert (found.value, found.gap, found.left_out, found.why) == (5.0, 25.0, 25, "")


def test_table_tells_medians_the_worst_and_who_served_not_everybody() -> None:
    runs = [Run("trsp", str(nr), "blisko", 10, 1, value=1.0, gap=gap) for nr, gap in enumerate((1.0, 2.0, 4.0))]
    runs += [Run("trsp", "0", "vroom", 10, 1, why="2 not served"), Run("trsp", "1", "vroom", 10, 1, value=1.0, gap=3.0)]
    runs += [Run("field", "day7", "blisko", 2, 1, value=90.0, minutes=90.0), Run("field", "day7", "pyvrp", 2, 1, minutes=99.0, left_out=4)]
    told = [line.split() for line in table.lines(runs) if line]
    assert ["trsp", "10", "blisko", "3", "2.00%", "4.00%", "1.00%", "0", "0%"] in told
    assert ["trsp", "10", "vroom", "2", "–", "–", "3.00%", "1", "0%"] in told
    assert ["field", "2", "pyvrp", "1", "4", "0", "99", "1.100", "0", "0%"] in told
    assert told[-1] == "trsp 0 10 s vroom seed 1: 2 not served".split()


def test_repairs_are_told_in_means_and_by_the_twentieth_that_takes_longest() -> None:
    days = [Repair(day, "blisko", 1.5, took=float(day), told=day, late=1, left_out=2, minutes=10.0) for day in (1, 2, 3)]
    *_, line, wrong = repair.lines([*days, Repair(4, "blisko", 1.5, why="a fault")])
    assert line.split() == ["repair", "1.5", "blisko", "3", "2.0", "1.0", "2.0", "10", "2.00", "2.90"]
    assert wrong == "  repair day 4 blisko: a fault"


def test_every_solver_meets_an_instance_in_turn_and_who_throws_no_dice_once() -> None:
    options = asked(["--sets", "field", "--instances", "day7", "day9", "--budgets", "2", "--seeds", "1", "2"])
    assert [task[1:] for task in tasks(options)][:6] == [
        ("day7", "blisko", 2.0, 1),
        ("day7", "pyvrp", 2.0, 1),
        ("day7", "vroom", 2.0, 1),
        ("day7", "ortools", 2.0, 1),
        ("day7", "blisko", 2.0, 2),
        ("day7", "pyvrp", 2.0, 2),
    ]
    assert [task[2] for task in tasks(asked(["--sets", "field", "--quick", "--ours-only"]))] == ["blisko"]


def test_cut_night_goes_on_with_what_it_had_of_the_same_planner(tmp_path: Path) -> None:
    out = tmp_path / "night.json"
    options = asked(["--go-on", "--out", str(out)])
    assert kept(options) == []
    runs = [Run("field", "day7", "blisko", 2.0, 1, left_out=3)]
    write(options, (0.0, 0.0, 0.0), runs, [])
    assert kept(options) == runs
    assert kept(asked(["--out", str(out)])) == []
    out.write_text(out.read_text().replace('"planner": "', '"planner": "another'))
    assert kept(options) == []


def test_set_without_data_says_so_and_is_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BLISKO_DATA", str(tmp_path))
    assert list(tasks(asked(["--sets", "solomon", "trsp"]))) == []
    assert f"solomon: skipped, no data in {tmp_path}/bench" in capsys.readouterr().out
