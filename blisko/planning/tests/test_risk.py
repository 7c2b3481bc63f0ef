"""Which promises break, how likely and because of what (F15)."""

import math
from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest

from blisko.planning.rules.chance import normal_shape
from blisko.planning.rules.futures import routes as futures
from blisko.planning.rules.problem import Break, PickUp, Plan, PlannedRoute, PlannedStop, PlanShift, PlanVisit, Problem
from blisko.planning.rules.risk import (
    FOREVER,
    SEED,
    Ahead,
    CauseCode,
    Doing,
    Outlook,
    RouteAhead,
    StopAhead,
    look_ahead,
    routes_ahead,
)
from blisko.planning.rules.traffic import Traffic
from blisko.planning.tests.truth import deciles, said_and_done

MINUTE, HOUR = 60.0, 3600.0
NOW = 9 * HOUR
NORMAL = normal_shape()
STILL = Traffic(0.0, 0.001, 0.001, 0.01, NORMAL)
BUSY = Traffic(0.0, 0.1, 0.1, 0.2, NORMAL)
LUNCH = Break(int(11 * HOUR), int(13 * HOUR), 1800)


def a_stop(
    key: str, closes: float, *, opens: float = NOW, leg: float = 10, work: float = 30, spread: float = 0.01, **also: object
) -> StopAhead:
    """`leg` and `work` in minutes, `opens` and `closes` in seconds."""
    return StopAhead(key, opens, closes, leg * MINUTE, work * MINUTE, spread, **also)


def seen(*routes: RouteAhead, traffic: Traffic = STILL, now: float = NOW, count: int = 2000) -> Ahead:
    return look_ahead(routes, now=now, work_shape=NORMAL, traffic=traffic, count=count)


def of(ahead: Ahead, key: str) -> Outlook:
    return next(one for one in ahead.outlooks if one.key == key)


def test_chance_is_that_of_the_work_before_it() -> None:
    # free at 9:00, 10 minutes' drive, work of 60 minutes with spread 0.3, 10 minutes' drive: late when the work takes over 90 minutes
    route = RouteAhead("r", NOW, (a_stop("a", FOREVER, work=60, spread=0.3), a_stop("b", NOW + 110 * MINUTE)))
    second = of(seen(route, count=20_000), "b")
    assert second.broken == pytest.approx(1 - 0.9117, abs=0.01)  # Φ(ln(1.5) / 0.3) = 0.9117
    assert second.middle == pytest.approx(NOW + 80 * MINUTE, abs=30)
    assert second.late - second.middle == pytest.approx(60 * MINUTE * (math.exp(0.3 * 1.2816) - 1), rel=0.05)
    assert second.cause is not None
    assert (second.cause.code, second.cause.key) == (CauseCode.WORK, "a")
    assert 35 < second.cause.minutes < 60


def test_job_that_runs_long_is_expected_to_run_on_and_is_named() -> None:
    running = a_stop("a", NOW, work=40, spread=0.4, doing=Doing.ON_SITE, since=NOW - 80 * MINUTE)
    after = a_stop("b", NOW + 20 * MINUTE)
    ahead = seen(RouteAhead("r", NOW, (running, after)))
    assert [one.key for one in ahead.outlooks] == ["b"]  # whoever is being served is no risk
    late = of(ahead, "b")
    assert late.broken > 0.4
    assert late.cause is not None and late.cause.code == CauseCode.WORK and late.cause.key == "a" and late.cause.minutes > 40
    assert of(seen(RouteAhead("r", NOW, (replace(running, since=NOW - 5 * MINUTE), after))), "b").middle > NOW + 30 * MINUTE


def test_work_in_hand_goes_on_as_the_rest_of_its_distribution_says() -> None:
    # spread 0.5 around 60 minutes, 60 minutes gone: half of all such jobs are still running, so the median end is the upper quartile
    running = a_stop("a", NOW, work=60, spread=0.5, doing=Doing.ON_SITE, since=NOW - 60 * MINUTE)
    second = of(seen(RouteAhead("r", NOW, (running, a_stop("b", FOREVER))), count=20_000), "b")
    assert second.middle - 10 * MINUTE == pytest.approx(NOW - HOUR + HOUR * math.exp(0.5 * 0.6745), abs=60)


def test_drive_in_hand_that_takes_long_is_named() -> None:
    driving = a_stop("a", NOW + 5 * MINUTE, doing=Doing.DRIVING, since=NOW - 30 * MINUTE)
    late = of(seen(RouteAhead("r", NOW, (driving,)), traffic=BUSY), "a")
    assert late.early >= NOW
    assert late.cause is not None and (late.cause.code, late.cause.key) == (CauseCode.DRIVE, "a") and late.cause.minutes > 20


def test_route_that_is_behind_already_is_named_so() -> None:
    late = of(seen(RouteAhead("r", NOW, (a_stop("a", NOW + 5 * MINUTE),), behind=25 * MINUTE)), "a")
    assert late.broken == 1
    assert late.cause is not None and (late.cause.code, late.cause.minutes) == (CauseCode.BEHIND, 25)


def test_plan_without_room_is_to_blame_itself() -> None:
    late = of(seen(RouteAhead("r", NOW, (a_stop("a", NOW + 9 * MINUTE),))), "a")
    assert late.broken == 1
    assert late.cause is not None and (late.cause.code, late.cause.key, late.cause.minutes) == (CauseCode.TIGHT, "a", 0)


def test_what_a_wait_has_made_good_is_not_blamed() -> None:
    # "a" ends long before "b" opens; "b" alone can make "c" late
    stops = (
        a_stop("a", FOREVER, work=60, spread=0.3, work_planned=20 * MINUTE),
        a_stop("b", FOREVER, opens=NOW + 5 * HOUR, work=60, spread=0.3),
        a_stop("c", NOW + 6.4 * HOUR),
    )
    ahead = seen(RouteAhead("r", NOW, stops, behind=HOUR))
    late = of(ahead, "c")
    assert late.cause is not None and late.cause.key == "b"
    assert of(ahead, "b").broken == 0 and of(ahead, "b").cause is None and of(ahead, "b").early == NOW + 5 * HOUR


def test_slow_street_makes_every_leg_of_the_route_slow() -> None:
    apart = Traffic(0.0, 0.001, 0.001, 0.3, NORMAL)
    together = Traffic(0.0, 0.2, 0.2236, 0.01, NORMAL)
    legs = tuple(a_stop(str(n), FOREVER, leg=30, work=1) for n in range(8))
    wide = [of(seen(RouteAhead("r", NOW, legs), traffic=one, count=5000), "7") for one in (apart, together)]
    assert wide[1].late - wide[1].early > 2 * (wide[0].late - wide[0].early)
    quick = of(seen(RouteAhead("r", NOW, legs, traffic=(-0.5, 0.01)), traffic=together), "7")
    assert quick.middle - NOW == pytest.approx(8 * 30 * MINUTE * math.exp(-0.5) + 7 * MINUTE, rel=0.02)


def test_lunch_is_eaten_when_it_is_due_and_takes_its_time() -> None:
    route = RouteAhead("r", NOW, (a_stop("a", FOREVER, work=130), a_stop("b", FOREVER)), breaks=(LUNCH,))
    assert of(seen(route), "b").middle == pytest.approx(NOW + 180 * MINUTE, abs=90)
    assert of(seen(replace(route, breaks=())), "b").middle == pytest.approx(NOW + 150 * MINUTE, abs=90)


def test_lunch_waits_for_a_customer_who_would_be_too_late_for_it() -> None:
    hurried = a_stop("b", NOW + 155 * MINUTE, work=20)
    route = RouteAhead("r", NOW, (a_stop("a", FOREVER, work=130), hurried, a_stop("c", FOREVER)), breaks=(LUNCH,))
    ahead = seen(route)
    assert of(ahead, "b").broken < 0.1
    assert of(ahead, "c").middle == pytest.approx(NOW + (10 + 130 + 10 + 20 + 30 + 10) * MINUTE, abs=120)


def test_lunch_costs_nothing_while_one_waits_anyway() -> None:
    stops = (a_stop("a", FOREVER), a_stop("b", FOREVER, opens=NOW + 4 * HOUR), a_stop("c", FOREVER))
    assert of(seen(RouteAhead("r", NOW, stops, breaks=(LUNCH,))), "c").middle == pytest.approx(NOW + 4 * HOUR + 40 * MINUTE, abs=60)


def test_lunch_comes_before_work_that_would_take_too_long_and_on_the_way_where_it_must() -> None:
    early = replace(LUNCH, earliest=int(NOW + 5 * MINUTE), latest=int(NOW + 30 * MINUTE))
    before = RouteAhead("r", NOW, (a_stop("a", FOREVER, work=60),), breaks=(early,))
    assert of(seen(before), "a").middle == pytest.approx(NOW + 40 * MINUTE, abs=30)
    on_the_way = RouteAhead("r", NOW, (a_stop("a", FOREVER, leg=50),), breaks=(early,))
    assert of(seen(on_the_way), "a").middle == pytest.approx(NOW + 80 * MINUTE, abs=90)


def test_change_on_one_route_leaves_the_answers_of_another_alone() -> None:
    one = RouteAhead("one", NOW, (a_stop("a", NOW + 30 * MINUTE, spread=0.4), a_stop("b", NOW + HOUR, spread=0.4)))
    two = replace(one, key="two", stops=tuple(replace(stop, key=f"2{stop.key}") for stop in one.stops))
    alone, beside = seen(one, traffic=BUSY), seen(replace(two, stops=two.stops[:1]), one, traffic=BUSY)
    assert of(alone, "b") == of(beside, "b")
    assert np.array_equal(alone.starts["b"], beside.starts["b"])
    assert seen().outlooks == ()


def test_compiled_futures_are_those_plain_python_plays() -> None:
    stops = (
        a_stop("a", NOW, work=40, spread=0.4, doing=Doing.ON_SITE, since=NOW - 50 * MINUTE),
        a_stop("b", NOW + 40 * MINUTE, spread=0.3),
        a_stop("c", NOW + 3 * HOUR, opens=NOW + 2.6 * HOUR, spread=0.3),
        a_stop("d", NOW + 4 * HOUR, spread=0.3),
    )
    driving = replace(stops[1], key="e", doing=Doing.DRIVING, since=NOW - 12 * MINUTE)
    given = [RouteAhead("r", NOW, stops, 60.0, (LUNCH,)), RouteAhead("s", NOW, (driving, replace(stops[3], key="f")))]
    compiled = seen(*given, traffic=BUSY, count=300)
    plain = _plainly(given)
    for key, starts in compiled.starts.items():
        assert np.allclose(starts, plain[key], atol=0.1)


def _plainly(routes: list[RouteAhead]) -> dict[str, np.ndarray]:
    """Play the same futures by the same source, interpreted: the draws go the long way through `lasting`, too."""
    found = {}
    for route in routes:
        rows = np.array(
            [
                (
                    s.opens - NOW, s.closes - NOW, math.log(s.leg), s.leg, BUSY.leg, s.leg,
                    math.log(s.work), s.work, s.spread, s.work, {"ahead": 0, "driving": 1, "on_site": 2}[s.doing], s.since - NOW,
                )
                for s in route.stops
            ]
        )  # fmt: skip
        meals = np.array([(b.earliest - NOW, b.latest - NOW, b.seconds) for b in route.breaks], dtype=float).reshape(-1, 3)
        dice = np.empty(4, np.uint64)
        futures.seed_dice(dice, np.uint64(SEED), np.uint64(crc32(route.key.encode())))
        starts = np.empty((len(rows), 300), np.float32)
        row = np.array([0.0, route.behind, 0.0, math.hypot(BUSY.day, BUSY.route)])
        broken, blame = np.zeros(len(rows), np.int64), np.zeros((len(rows), 2 * len(rows) + 1))
        futures.play_route.py_func(row, rows, meals, 0.0, (NORMAL, NORMAL, NORMAL), dice, starts, broken, blame)
        found |= dict(zip([stop.key for stop in route.stops], np.sort(starts, axis=1), strict=True))
    return found


def a_plan() -> tuple[Problem, Plan]:
    travel = np.array([[0, 600, 1200], [600, 0, 900], [1200, 900, 0]], dtype=np.int64)
    shift = PlanShift("anna", 0, 0, int(8 * HOUR), int(16 * HOUR), breaks=(LUNCH,), speed=2.0)
    visits = (
        PlanVisit("a", 1, ((int(8 * HOUR), int(9 * HOUR)), (int(10 * HOUR), int(12 * HOUR))), 1800),
        PlanVisit("b", 2, ((int(11 * HOUR), int(13 * HOUR)),), 3600),
        PlanVisit("c", 1, ((int(11 * HOUR), int(12 * HOUR)),), 3600),
    )
    stops = (
        PlannedStop("pickup", "depot", 2, int(8.6 * HOUR), int(8.6 * HOUR), int(8.7 * HOUR)),
        PlannedStop("visit", "a", 1, int(10 * HOUR), int(10 * HOUR), int(10.5 * HOUR)),
        PlannedStop("break", "", None, int(11 * HOUR), int(11 * HOUR), int(11.5 * HOUR)),
        PlannedStop("visit", "b", 2, int(12 * HOUR), int(12 * HOUR), int(13 * HOUR)),
        PlannedStop("visit", "c", 1, int(14 * HOUR), int(14 * HOUR), int(15 * HOUR)),
    )
    plan = Plan((PlannedRoute("anna", int(8 * HOUR), int(16 * HOUR), stops),), (), 0.0)
    return Problem((shift,), visits, travel, pickups=(PickUp("depot", 2, 0, int(9 * HOUR), 360),)), plan


def test_plan_is_read_with_what_is_over_what_is_in_hand_and_how_far_it_is_behind() -> None:
    problem, plan = a_plan()
    at_ten = int(10 * HOUR)
    (before,) = routes_ahead(problem, plan, now=int(7 * HOUR), doing={}, ended={}, work={})
    assert [(stop.key, stop.leg, stop.doing) for stop in before.stops] == [
        ("depot", 2400, Doing.AHEAD), ("a", 1800, Doing.AHEAD), ("b", 1800, Doing.AHEAD), ("c", 1800, Doing.AHEAD),
    ]  # fmt: skip
    assert (before.free, before.breaks) == (8 * HOUR, (LUNCH,))
    assert (before.stops[0].closes, before.stops[1].closes, before.stops[3].closes) == (FOREVER, 12 * HOUR, 12 * HOUR)
    (begun,) = routes_ahead(
        problem,
        plan,
        now=at_ten + 900,
        doing={"a": (Doing.ON_SITE, at_ten + 600)},
        ended={"depot": at_ten},
        work={("b", "anna"): (3000, 0.3)},
    )
    assert [stop.key for stop in begun.stops] == ["a", "b", "c"]
    assert (begun.behind, begun.stops[0].since, begun.stops[1].work, begun.stops[1].spread) == (600, at_ten + 600, 3000, 0.3)
    (late,) = routes_ahead(
        problem,
        plan,
        now=int(13 * HOUR),
        doing={"b": (Doing.DRIVING, int(12.5 * HOUR))},
        ended={"depot": at_ten, "a": at_ten + 3600},
        work={},
    )
    assert (late.behind, late.breaks) == (HOUR, ())


def test_of_visits_said_to_break_as_many_break() -> None:
    """60 days of 12 technicians. The visits of a decile hang together by day and route, so the bounds are wider than n suggests:
    5 points, as is promised, plus two standard errors of a share counted as if only one visit in four were its own."""
    rows = deciles(said_and_done(60))
    assert sum(n for _, _, n in rows) > 10_000
    for said, broke, n in rows:
        assert abs(said - broke) < 0.05 + 2 * math.sqrt(said * (1 - said) / (n / 4)), (said, broke, n)
