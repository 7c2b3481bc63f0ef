from dataclasses import replace

import numpy as np
import pytest

from blisko.planning.rules.checker import Costs, costs, faults, figures
from blisko.planning.rules.problem import (
    Break,
    PickUp,
    Plan,
    PlannedRoute,
    PlannedStop,
    PlanShift,
    PlanVisit,
    Problem,
    Weights,
)

# Places 0 … 5 stand on a line, a hundred seconds apart.
LINE = np.abs(np.subtract.outer(np.arange(6), np.arange(6))).astype(np.int64) * 100
ANY = ((0, 10_000),)


def shift(key: str, **more: object) -> PlanShift:
    return replace(PlanShift(key, start=0, end=0, begins=0, ends=10_000), **more)  # type: ignore[arg-type]


def visit(key: str, place: int, **more: object) -> PlanVisit:
    return replace(PlanVisit(key, place, ANY, seconds=60), **more)  # type: ignore[arg-type]


def stop(key: str, place: int | None, arrives: int, starts: int | None = None, seconds: int = 60, kind: str = "visit") -> PlannedStop:
    starts = arrives if starts is None else starts
    return PlannedStop(kind, key, place, arrives, starts, starts + seconds)


def pause(starts: int, seconds: int = 50) -> PlannedStop:
    return stop("", None, starts, seconds=seconds, kind="break")


def load(arrives: int, place: int = 2, starts: int | None = None) -> PlannedStop:
    return stop("depot", place, arrives, starts, 30, "pickup")


def route(who: str, *stops: PlannedStop, leaves: int = 0, back: int) -> PlannedRoute:
    return PlannedRoute(who, leaves, back, stops)


def plan(*routes: PlannedRoute, left_out: tuple[str, ...] = ()) -> Plan:
    return Plan(routes, left_out, 0.0)


DEPOT = PickUp("depot", place=2, opens=0, closes=500, seconds=30, tools=frozenset({"ladder"}), parts={"modem": 1})
ONE = Problem((shift("ana"),), (visit("a", 1),), LINE)
OUT_AND_BACK = plan(route("ana", stop("a", 1, 100), back=260))


def only(
    about_shift: dict[str, object] | None = None, about_visit: dict[str, object] | None = None, *, pickup: PickUp | None = DEPOT
) -> Problem:
    """One technician, one visit at place 1, and a depot at place 2."""
    return replace(
        ONE,
        shifts=(shift("ana", **(about_shift or {})),),
        visits=(visit("a", 1, **(about_visit or {})),),
        pickups=(pickup,) if pickup else (),
    )


LOADED = plan(route("ana", load(200), stop("a", 1, 330), back=490))
LUNCH = {"breaks": (Break(50, 300, 50),)}
MODEM, LADDER = {"parts": {"modem": 1}}, {"tools": frozenset({"ladder"})}

# what is tried: problem, a plan that keeps it, a plan that breaks it, and what the checker says
ONE_FAULT: dict[str, tuple[Problem, Plan, Plan, str]] = {
    "a way is too short": (ONE, OUT_AND_BACK, plan(route("ana", stop("a", 1, 99), back=260)), "ana: 99 for a way of 100 to visit a"),
    "the way home is too short": (
        ONE,
        OUT_AND_BACK,
        plan(route("ana", stop("a", 1, 100), back=259)),
        "ana: 99 for a way of 100 to the end place",
    ),
    "the way is counted from when she leaves": (
        ONE,
        plan(route("ana", stop("a", 1, 150), leaves=50, back=310)),
        plan(route("ana", stop("a", 1, 149), leaves=50, back=310)),
        "ana: 99 for a way of 100 to visit a",
    ),
    "a slow driver takes longer, rounded up": (
        only({"speed": 1.013}),
        plan(route("ana", stop("a", 1, 102), back=264)),
        plan(route("ana", stop("a", 1, 101), back=264)),
        "ana: 101 for a way of 102 to visit a",
    ),
    "leaves too early": (
        only({"begins": 10}),
        plan(route("ana", stop("a", 1, 110), leaves=10, back=270)),
        OUT_AND_BACK,
        "ana: leaves at 0, before the shift begins at 10",
    ),
    "comes back too late": (
        only({"ends": 200, "overtime": 60}),
        OUT_AND_BACK,
        plan(route("ana", stop("a", 1, 100), back=261)),
        "ana: is back at 261, after 200 and 60 of overtime",
    ),
    "an open day ends with the last stop": (
        only({"end": None}),
        plan(route("ana", stop("a", 1, 100), back=160)),
        OUT_AND_BACK,
        "ana: is back at 260, but ends its last stop at 160",
    ),
    "stops overlap": (
        replace(ONE, visits=(visit("a", 1), visit("b", 1))),
        plan(route("ana", stop("a", 1, 100), stop("b", 1, 160), back=320)),
        plan(route("ana", stop("a", 1, 101), stop("b", 1, 160), back=320)),
        "ana: visit b: 161 (free), 160, 160, 220 are not in order; ana: -1 for a way of 0 to visit b",
    ),
    "starts before it arrives": (
        ONE,
        plan(route("ana", stop("a", 1, 100, 120), back=280)),
        plan(route("ana", stop("a", 1, 130, 120), back=280)),
        "ana: visit a: 0 (free), 130, 120, 180 are not in order",
    ),
    "the work is cut short": (
        ONE,
        OUT_AND_BACK,
        plan(route("ana", stop("a", 1, 100, seconds=59), back=260)),
        "ana: visit a takes 59, not 60",
    ),
    "her own time counts": (
        only({}, {"seconds_by": {"ana": 40}}),
        plan(route("ana", stop("a", 1, 100, seconds=40), back=240)),
        OUT_AND_BACK,
        "ana: visit a takes 60, not 40",
    ),
    "loading is cut short": (
        only(),
        LOADED,
        plan(route("ana", replace(load(200), ends=229), stop("a", 1, 330), back=490)),
        "ana: pickup depot takes 29, not 30",
    ),
    "a visit is elsewhere": (ONE, OUT_AND_BACK, plan(route("ana", stop("a", 0, 100), back=260)), "ana: visit a is at place 0, not 1"),
    "a depot is elsewhere": (
        only(),
        LOADED,
        plan(route("ana", load(200, 1), stop("a", 1, 330), back=490)),
        "ana: pickup depot is at place 1, not 2",
    ),
    "a break is nowhere": (
        only(LUNCH),
        plan(route("ana", stop("a", 1, 100), pause(160), back=310)),
        plan(route("ana", stop("a", 1, 100), replace(pause(160), place=1), back=310)),
        "ana: a break is at place 1",
    ),
    "a break stops the drive": (
        only(LUNCH),
        plan(route("ana", pause(60), stop("a", 1, 150), back=310)),
        plan(route("ana", pause(60), stop("a", 1, 149), back=310)),
        "ana: 99 for a way of 100 to visit a",
    ),
    "a break stops the drive home": (
        only(LUNCH),
        plan(route("ana", stop("a", 1, 100), pause(200), back=310)),
        plan(route("ana", stop("a", 1, 100), pause(200), back=309)),
        "ana: 99 for a way of 100 to the end place",
    ),
    "a break is not taken": (
        only(LUNCH),
        plan(route("ana", stop("a", 1, 100), pause(160), back=310)),
        OUT_AND_BACK,
        "ana: takes 0 breaks of 1",
    ),
    "a break is taken twice": (
        only(LUNCH),
        plan(route("ana", stop("a", 1, 100), pause(160), back=310)),
        plan(route("ana", stop("a", 1, 100), pause(160), pause(210), back=360)),
        "ana: takes 2 breaks of 1",
    ),
    "a break is too early": (
        only(LUNCH),
        plan(route("ana", pause(50), stop("a", 1, 150), back=310)),
        plan(route("ana", pause(49), stop("a", 1, 150), back=310)),
        "ana: a break begins at 49, not within 50…300",
    ),
    "a break is too late": (
        only(LUNCH),
        plan(route("ana", stop("a", 1, 100), pause(300), back=400)),
        plan(route("ana", stop("a", 1, 100), pause(301), back=400)),
        "ana: a break begins at 301, not within 50…300",
    ),
    "a break is too short": (
        only(LUNCH),
        plan(route("ana", stop("a", 1, 100), pause(160), back=310)),
        plan(route("ana", stop("a", 1, 100), pause(160, 49), back=310)),
        "ana: a break takes 49, not 50",
    ),
    "breaks are in order": (
        only({"breaks": (Break(0, 170, 20), Break(180, 300, 50))}),
        plan(route("ana", stop("a", 1, 100), pause(160, 20), pause(180), back=330)),
        plan(route("ana", stop("a", 1, 100), pause(160, 50), pause(210, 20), back=330)),
        "ana: a break takes 50, not 20; ana: a break takes 20, not 50",
    ),
    "too early for the window": (
        only({}, {"windows": ((120, 200), (300, 400))}),
        plan(route("ana", stop("a", 1, 100, 120), back=280)),
        OUT_AND_BACK,
        "ana: a starts at 100, in none of its windows",
    ),
    "between two windows": (
        only({}, {"windows": ((120, 200), (300, 400))}),
        plan(route("ana", stop("a", 1, 100, 300), back=460)),
        plan(route("ana", stop("a", 1, 100, 250), back=460)),
        "ana: a starts at 250, in none of its windows",
    ),
    "later than a promise may be broken": (
        only({}, {"windows": ((0, 100),), "late": 20}),
        plan(route("ana", stop("a", 1, 100, 120), back=280)),
        plan(route("ana", stop("a", 1, 100, 121), back=281)),
        "ana: a starts at 121, in none of its windows",
    ),
    "the tool comes with the depot": (
        only({}, LADDER),
        LOADED,
        OUT_AND_BACK,
        "ana: a takes the tool ladder",
    ),
    "the tool is needed before the depot": (
        only({}, LADDER),
        LOADED,
        plan(route("ana", stop("a", 1, 100), load(260), back=490)),
        "ana: a takes the tool ladder",
    ),
    "the part comes with the depot": (only({}, MODEM), LOADED, OUT_AND_BACK, "ana: a takes modem, and 1 are missing"),
    "the depot has only some": (
        only({"stock": {"modem": 2}}, {"parts": {"modem": 3}}),
        LOADED,
        OUT_AND_BACK,
        "ana: a takes modem, and 1 are missing",
    ),
    "the part is needed before an endless depot": (
        only({}, {"parts": {"modem": 9}}, pickup=replace(DEPOT, parts=None)),
        LOADED,
        plan(route("ana", stop("a", 1, 100), load(260), back=490)),
        "ana: a takes modem, and 9 are missing",
    ),
    "the depot is closed": (
        only(),
        plan(route("ana", load(200, starts=500), stop("a", 1, 630), back=790)),
        plan(route("ana", load(200, starts=501), stop("a", 1, 631), back=791)),
        "ana: depot is closed at 501",
    ),
    "the depot is visited twice": (
        only(),
        LOADED,
        plan(route("ana", load(200), load(230), stop("a", 1, 360), back=520)),
        "ana: stops 2 times to load",
    ),
}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_one_planted_fault_is_named_and_the_same_plan_without_it_is_valid(name: str) -> None:
    problem, good, bad, words = ONE_FAULT[name]
    assert faults(problem, good) == []
    assert faults(problem, bad) == words.split("; ")


@pytest.mark.parametrize(
    ("about_shift", "about_visit", "words"),
    [
        ({"skills": {"fibre": 2}}, {"skills": {"fibre": 2}}, ""),
        ({"skills": {"fibre": 2}}, {"skills": {"fibre": 3}}, "ana: a takes fibre of level 3"),
        ({}, {"skills": {"fibre": 1}}, "ana: a takes fibre of level 1"),
        ({}, {"skills": {"fibre": 0}}, "ana: a takes fibre of level 0"),
        ({}, {"only": frozenset({"ana", "ben"})}, ""),
        ({}, {"only": frozenset({"cyd", "ben"})}, "ana: a may only be done by ben, cyd"),
        ({}, {"never": frozenset({"ben"})}, ""),
        ({}, {"never": frozenset({"ana"})}, "ana: a must never be done by ana"),
        ({"zones": frozenset({"north"})}, {"zone": "north"}, ""),
        ({"zones": frozenset({"north"})}, {"zone": ""}, ""),
        ({}, {"zone": "south"}, ""),
        ({"zones": frozenset({"north"})}, {"zone": "south"}, "ana: a is in zone south"),
        ({"tools": frozenset({"ladder"})}, LADDER, ""),
        ({"stock": {"modem": 1}}, MODEM, ""),
        ({"fixed": ("a",)}, {}, ""),
    ],
)
def test_same_route_is_right_for_one_technician_and_wrong_for_another(
    about_shift: dict[str, object], about_visit: dict[str, object], words: str
) -> None:
    assert faults(only(about_shift, about_visit), OUT_AND_BACK) == ([words] if words else [])


TWO = Problem((shift("ana"), shift("ben")), (visit("a", 1), visit("b", 2)), LINE)
BOTH = plan(route("ana", stop("a", 1, 100), back=260), route("ben", stop("b", 2, 200), back=460))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (plan(route("ana", stop("a", 1, 100), back=260), left_out=("b",)), []),
        (plan(left_out=("a", "b")), []),
        (plan(route("ana", back=0), route("ben", back=0), left_out=("a", "b")), []),  # nobody sets out: no break is owed, nothing to judge
        (plan(route("ana", stop("a", 1, 100), back=260)), ["b is neither planned nor left out"]),
        (replace(BOTH, left_out=("b",)), ["b is planned or left out 2 times"]),
        (plan(left_out=("a", "b", "b")), ["b is planned or left out 2 times"]),
        (
            plan(route("ana", stop("a", 1, 100), back=260), route("ben", stop("a", 1, 100), back=260), left_out=("b",)),
            ["a is planned or left out 2 times"],
        ),
        (replace(BOTH, left_out=("c",)), ["c is left out but is no visit"]),
        (plan(route("cyd", stop("a", 1, 100), back=260), left_out=("b",)), ["cyd is no shift"]),
        (
            plan(route("ana", stop("a", 1, 100), back=260), route("ana", stop("b", 2, 200), back=460)),
            ["ana has 2 routes"],
        ),
        (plan(route("ana", stop("c", 1, 100), back=260), left_out=("a", "b")), ["ana: c is no visit"]),
        (plan(route("ana", load(200), back=460), left_out=("a", "b")), ["ana: depot is no pickup"]),
        (plan(route("ana", stop("a", 1, 100, kind="nap"), back=260), left_out=("a", "b")), ["ana: a is no nap"]),
    ],
)
def test_every_visit_is_planned_once_or_left_out_once_and_no_stranger_is_planned(found: Plan, words: list[str]) -> None:
    assert faults(replace(TWO, shifts=(shift("ana", **LUNCH), shift("ben")) if not found.routes else TWO.shifts), found) == words


@pytest.mark.parametrize(
    ("stops", "words"),
    [
        ((stop("a", 1, 100), stop("b", 2, 260), stop("c", 3, 420)), []),
        ((pause(50), stop("a", 1, 150), pause(250), stop("b", 2, 360), stop("c", 3, 520)), []),  # a break may stand between
        ((stop("a", 1, 100), stop("b", 2, 260), load(320), stop("c", 3, 450)), []),
        ((stop("b", 2, 200), stop("a", 1, 360), stop("c", 3, 620)), ["ana: begins with b, a, not with a, b"]),
        ((stop("a", 1, 100), stop("c", 3, 360), stop("b", 2, 520)), ["ana: begins with a, c, not with a, b"]),
        ((stop("a", 1, 100), load(260), stop("b", 2, 290), stop("c", 3, 450)), ["ana: begins with a, pickup, not with a, b"]),
        (
            (stop("a", 1, 100),),
            ["b is neither planned nor left out", "c is neither planned nor left out", "ana: begins with a, not with a, b"],
        ),
    ],
)
def test_fixed_visits_stay_at_the_head_in_their_order(stops: tuple[PlannedStop, ...], words: list[str]) -> None:
    breaks = tuple(Break(0, 1000, 50) for one in stops if one.kind == "break")
    problem = Problem(
        (shift("ana", fixed=("a", "b"), breaks=breaks),), (visit("a", 1), visit("b", 2), visit("c", 3)), LINE, pickups=(DEPOT,)
    )
    assert faults(problem, plan(route("ana", *stops, back=2000))) == words


def test_who_has_a_fixed_visit_does_not_stay_at_home() -> None:
    problem = replace(ONE, shifts=(shift("ana", fixed=("a",)), shift("ben")))
    assert faults(problem, plan(route("ana", back=0), left_out=("a",))) == ["ana has no route, but a fixed"]
    assert faults(problem, plan(route("ben", stop("a", 1, 100), back=260))) == ["ana has no route, but a fixed"]


@pytest.mark.parametrize(
    ("about_visit", "again"),
    [
        ({"windows": ((0, 50),)}, "a starts at 100, in none of its windows"),
        ({"skills": {"fibre": 1}}, "a takes fibre of level 1"),
        ({"never": frozenset({"ana"})}, "a must never be done by ana"),
        (LADDER, "a takes the tool ladder"),
        (MODEM, "a takes modem, and 1 are missing"),
        ({"windows": ((101, 200),)}, None),  # not even what is fixed begins before its window
    ],
)
def test_fixed_visit_is_a_fact_and_its_technician_and_lateness_are_not_questioned(
    about_visit: dict[str, object], again: str | None
) -> None:
    fixed, free = only({"fixed": ("a",)}, about_visit), only({}, about_visit)
    assert faults(free, OUT_AND_BACK) == [f"ana: {again or 'a starts at 100, in none of its windows'}"]
    assert faults(fixed, OUT_AND_BACK) == ([] if again else ["ana: a starts at 100, in none of its windows"])


@pytest.mark.parametrize(
    ("about_shift", "stops", "back", "words"),
    [
        ({"fixed": ("a",)}, (stop("a", 1, 100),), 260, []),
        ({"fixed": ("a",)}, (stop("a", 1, 100),), 261, ["ana: is back at 261, after 200 and 0 of overtime"]),
        ({"fixed": ("a",)}, (stop("a", 1, 100), stop("b", 0, 260)), 320, ["ana: is back at 320, after 200 and 0 of overtime"]),
        ({"fixed": ("a",), "end": None}, (stop("a", 1, 141),), 201, []),
        ({"fixed": ("a",), **LUNCH}, (stop("a", 1, 100), pause(160)), 310, []),
        ({"fixed": ("a",), **LUNCH}, (pause(50), stop("a", 1, 150)), 310, []),
        ({"fixed": ("a",), **LUNCH}, (pause(50), stop("a", 1, 150)), 311, ["ana: is back at 311, after 200 and 0 of overtime"]),
        ({}, (load(200),), 430, ["ana: is back at 430, after 200 and 0 of overtime"]),
    ],
)
def test_day_may_be_as_long_as_what_is_fixed_makes_it(
    about_shift: dict[str, object], stops: tuple[PlannedStop, ...], back: int, words: list[str]
) -> None:
    problem = Problem((shift("ana", ends=200, **about_shift),), (visit("a", 1), visit("b", 0)), LINE, pickups=(DEPOT,))
    planned = {one.key for one in stops}
    left_out = tuple(key for key in ("a", "b") if key not in planned)
    assert faults(problem, plan(route("ana", *stops, back=back), left_out=left_out)) == words


CREW = Problem((shift("ana"), shift("ben")), (visit("a", 1, crew="b"), visit("b", 1, crew="a")), LINE)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (plan(route("ana", stop("a", 1, 100, 150), back=310), route("ben", stop("b", 1, 150), back=310)), []),
        (plan(left_out=("a", "b")), []),
        (plan(route("ana", stop("a", 1, 100), back=260), left_out=("b",)), ["a is planned without b"]),
        (
            plan(route("ana", stop("a", 1, 100), back=260), route("ben", stop("b", 1, 101), back=261)),
            ["a starts with ana at 100, b with ben at 101", "b starts with ben at 101, a with ana at 100"],
        ),
        (
            plan(route("ana", stop("a", 1, 100, seconds=0), stop("b", 1, 100, seconds=0), back=260)),
            ["a starts with ana at 100, b with ana at 100", "b starts with ana at 100, a with ana at 100"],
        ),
    ],
)
def test_two_who_work_together_start_together_or_not_at_all(found: Plan, words: list[str]) -> None:
    visits = CREW.visits if len(found.routes) != 1 or found.left_out else tuple(replace(one, seconds=0) for one in CREW.visits)
    assert faults(replace(CREW, visits=visits), found) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (plan(route("ana", stop("a", 1, 100), back=260), route("ben", stop("b", 2, 200), back=460)), []),
        (plan(route("ana", stop("a", 1, 100), back=260), left_out=("b",)), []),
        (
            plan(route("ana", stop("a", 1, 101), back=261), route("ben", stop("b", 2, 200), back=460)),
            ["b starts at 200, a ends at 161, and 40 must lie between"],
        ),
        (plan(route("ben", stop("b", 2, 200), back=460), left_out=("a",)), ["b is planned without a before it"]),
    ],
)
def test_what_comes_after_waits_for_what_comes_before(found: Plan, words: list[str]) -> None:
    problem = replace(TWO, visits=(visit("a", 1), visit("b", 2, after=("a",), gap=40)))
    assert faults(problem, found) == words


def test_whom_the_problem_does_not_know_nobody_waits_for() -> None:
    assert faults(only({}, {"after": ("yesterday's",), "crew": "a stranger"}), OUT_AND_BACK) == []


NOTHING = Weights(0, 0, 0, 0, 0, 0, 0, 0, 0)
FREE = Costs(0, 0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("term", "about_shift", "about_visit", "points"),
    [
        ("minute", {}, {}, 200 / 60),
        ("minute", {"speed": 1.013}, {}, 204 / 60),
        ("minute", {"end": None}, {}, 100 / 60),
        ("work", {}, {}, 260 / 60),
        ("overtime", {"ends": 260, "overtime": 60}, {}, 0),
        ("overtime", {"ends": 200, "overtime": 60}, {}, 1),
        ("broken", {}, {"windows": ((0, 100),), "late": 600}, 0),
        ("broken", {}, {"windows": ((0, 40),), "late": 600}, 1),
        ("late", {}, {"windows": ((0, 40),), "late": 600}, 1 + 1 / 60),
        ("late", {}, {"windows": ((0, 10), (20, 70), (400, 500)), "late": 600}, 0.5 + 0.25 / 60),  # from the last that had begun
        ("told_twice", {}, {"told": ("ana", 90, 100)}, 0),
        ("told_twice", {}, {"told": ("ben", 90, 100)}, 1),
        ("told_twice", {}, {"told": ("ana", 90, 99)}, 1),
        ("told_twice", {}, {"told": ("ana", 101, 110)}, 1),
        ("disliked", {}, {"preferred": frozenset({"ana"})}, 0),
        ("disliked", {}, {"preferred": frozenset({"ben"})}, 1),
        ("uneven", {"ends": 520}, {}, 0.25),
    ],
)
def test_each_term_of_the_cost_is_its_words_in_points(
    term: str, about_shift: dict[str, object], about_visit: dict[str, object], points: float
) -> None:
    problem = replace(only(about_shift, about_visit), weights=replace(NOTHING, **{term: 3.0}))
    found = OUT_AND_BACK if about_shift.get("end", 0) == 0 else plan(route("ana", stop("a", 1, 100), back=160))
    if about_shift.get("speed"):
        found = plan(route("ana", stop("a", 1, 102), back=264))
    assert faults(problem, found) == []
    assert costs(problem, found) == replace(FREE, **{term: pytest.approx(3 * points)})
    assert costs(problem, found).total == pytest.approx(3 * points)


def test_left_out_costs_by_worth_and_is_not_told_twice() -> None:
    visits = (visit("a", 1, worth=2.5, told=("ana", 0, 50)), visit("b", 2))
    problem = replace(TWO, visits=visits, weights=Weights())
    found = plan(route("ana", back=0), left_out=("a", "b"))
    assert costs(problem, found) == replace(FREE, left_out=900 * 3.5)
    needed = replace(problem, visits=(visits[0], replace(visits[1], must=True)))
    assert costs(needed, found) == replace(FREE, left_out=900 * (2.5 + 1e6))


def test_waiting_and_breaks_are_no_labour() -> None:
    problem = replace(only({"ends": 520, **LUNCH}, {"windows": ((160, 300),)}), weights=replace(NOTHING, uneven=4.0))
    found = plan(route("ana", stop("a", 1, 100, 160), pause(220), back=370))
    assert faults(problem, found) == []
    assert costs(problem, found).total == 4 * 0.25


def test_figures_of_a_day_with_a_break_and_a_pick_up_are_its_ways_and_its_length() -> None:
    found = figures(only(LUNCH), plan(route("ana", load(200), pause(230), stop("a", 1, 380), back=540)))
    assert (found.driven, found.work, found.overtime, found.late, found.told_again) == (400, 540, 0, (), ())
