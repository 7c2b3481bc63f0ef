from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.rules import NOBODY, SYSTEM, Actor, ActorKind
from blisko.accounts.rules import FIRST_ROLES
from blisko.accounts.tests.make import an_actor
from blisko.kit.errors import WrongMoment
from blisko.visits.errors import BadAnswer, BadOrder, BadPlanning, BadWindow, StepNotYours
from blisko.visits.rules import (
    ENDED,
    LONGEST_WINDOW,
    ORDER_LIFE,
    REQUEST_LIFE,
    VISIT_LIFE,
    WORK_STEPS,
    OrderState,
    RequestState,
    VisitState,
    check_after,
    check_answer,
    check_job_type,
    check_step,
    check_window,
    check_windows,
    open_steps,
    order_step,
)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK, DEVICE = Actor(ActorKind.LINK, "key:1"), Actor(ActorKind.DEVICE, "key:2")
PROGRAM = Actor(ActorKind.PROGRAM, "key:3", permissions=frozenset({"visits.run"}))
STEPS = sorted({step for _, step in VISIT_LIFE.steps})
# Who may take which step, of those the visit is open to; everything that is not written here is refused.
WORK = sorted(WORK_STEPS)
MAY: dict[str, tuple[Actor, list[str]]] = {
    "system": (SYSTEM, [*WORK, "cancel", "confirm", "rate"]),
    "nobody": (NOBODY, []),
    "link": (LINK, ["cancel", "confirm", "rate"]),
    "device": (DEVICE, []),
    "program that runs visits": (PROGRAM, WORK),
    "admin": (an_actor("admin"), [*WORK, "cancel"]),
    "manager": (an_actor("manager"), [*WORK, "cancel"]),
    "dispatcher": (an_actor("dispatcher"), [*WORK, "cancel"]),
    "agent": (an_actor("agent"), ["cancel"]),
    "technician": (an_actor("technician"), WORK),
    "customer": (an_actor("customer"), []),
}
NEXT = {
    "invited": {"choose": "booked", "cancel": "cancelled"},
    "booked": {"set_out": "on_the_way", "arrive": "on_site", "cancel": "cancelled"},
    "on_the_way": {"turn_back": "booked", "arrive": "on_site", "cancel": "cancelled", "no_access": "no_access"},
    "on_site": {
        "finish": "done",
        "cancel": "cancelled",
        "no_access": "no_access",
        "give_up": "not_completed",
        "need_another": "needs_another",
    },
}


def test_table_names_every_first_role_and_every_kind_of_actor() -> None:
    assert {role.code for role in FIRST_ROLES} <= set(MAY)
    assert {actor.kind for actor, _ in MAY.values()} == set(ActorKind)
    assert {"cancel", "choose", *WORK} == set(STEPS)  # one chooses by promising a window


@pytest.mark.parametrize(("who", "step"), list(product(MAY, [*STEPS, "confirm", "rate", "move", ""])))
def test_step_is_open_to_whom_the_table_names_and_to_nobody_else(who: str, step: str) -> None:
    actor, allowed = MAY[who]
    if step in allowed:
        check_step(actor, step)
    else:
        with pytest.raises(StepNotYours) as no:
            check_step(actor, step)
        assert no.value.details == {"step": step}


@pytest.mark.parametrize(("who", "state"), list(product(MAY, VisitState)))
def test_buttons_are_the_steps_that_are_both_open_and_allowed(who: str, state: VisitState) -> None:
    actor, allowed = MAY[who]
    assert set(open_steps(actor, state)) == set(NEXT.get(state, {})) & set(allowed)


@pytest.mark.parametrize(("state", "step"), list(product(VisitState, STEPS)))
def test_visit_moves_as_its_table_says_and_not_otherwise(state: VisitState, step: str) -> None:
    if step in NEXT.get(state, {}):
        assert VISIT_LIFE.step(state, step) == NEXT[state][step]
    else:
        with pytest.raises(WrongMoment):
            VISIT_LIFE.step(state, step)


def test_ended_visits_are_those_nothing_can_happen_to() -> None:
    assert {state for state in VisitState if not VISIT_LIFE.open_steps(state)} == ENDED
    assert set(VISIT_LIFE.steps.values()) | {VISIT_LIFE.start, *VISIT_LIFE.also} == set(VisitState)


def test_work_order_may_be_reopened_however_it_was_closed() -> None:
    for state in (OrderState.RESOLVED, OrderState.CANCELLED):
        assert ORDER_LIFE.step(state, "reopen") == OrderState.OPEN
        assert ORDER_LIFE.open_steps(state) == ["reopen"]


def test_answered_request_stays_answered() -> None:
    assert [REQUEST_LIFE.open_steps(state) for state in RequestState] == [["book", "dismiss"], [], []]


@pytest.mark.parametrize(
    ("starts", "ends", "good"),
    [
        (60, 120, True),
        (60, 61, True),
        (60, 60 + 24 * 60, True),
        (60, 61 + 24 * 60, False),
        (60, 60, False),
        (60, 59, False),
        (-60, 60, True),  # running
        (-60, 0, False),  # just over
        (-120, -60, False),
    ],
)
def test_window_is_held_to_its_bounds(starts: int, ends: int, good: bool) -> None:
    window = NOW + timedelta(minutes=starts), NOW + timedelta(minutes=ends)
    if good:
        check_window(*window, NOW)
    else:
        with pytest.raises(BadWindow) as no:
            check_window(*window, NOW)
        assert no.value.details == {"from": window[0].isoformat(), "to": window[1].isoformat()}


@given(st.timedeltas(timedelta(days=-3), timedelta(days=3)), st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_window_is_good_exactly_when_it_goes_forward_within_a_day_and_is_not_over(starts: timedelta, lasts: timedelta) -> None:
    good = timedelta(0) < lasts <= LONGEST_WINDOW and starts + lasts > timedelta(0)
    try:
        check_window(NOW + starts, NOW + starts + lasts, NOW)
    except BadWindow:
        assert not good
    else:
        assert good


@pytest.mark.parametrize(
    ("works", "rating", "good"),
    [
        (True, None, True),
        (False, None, True),
        (None, None, False),
        (None, 5, False),
        *((True, stars, 1 <= stars <= 5) for stars in (-1, 0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_answer_is_yes_or_no_and_stars_go_from_one_to_five(works: bool | None, rating: int | None, good: bool) -> None:
    if good:
        check_answer(works, rating)
    else:
        with pytest.raises(BadAnswer):
            check_answer(works, rating)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), min_size=1, max_size=4))
def test_windows_that_would_all_do_lie_apart(found: list[tuple[int, int]]) -> None:
    windows = [(NOW + begins * HOUR, NOW + (begins + lasts) * HOUR) for begins, lasts in found]
    hours = [hour for begins, lasts in found for hour in range(begins, begins + lasts)]
    if len(hours) == len(set(hours)):
        check_windows(windows, NOW)
    else:
        with pytest.raises(BadWindow):
            check_windows(windows, NOW)


def test_windows_are_ten_at_most() -> None:
    windows = [(NOW + step * HOUR, NOW + (step + 1) * HOUR) for step in range(11)]
    check_windows(windows[:10], NOW)
    with pytest.raises(BadWindow):
        check_windows(windows, NOW)


@pytest.mark.parametrize(
    ("visit", "after", "good"), [(3, 1, True), (3, 2, True), (1, 4, True), (1, 1, False), (1, 2, False), (1, 3, False), (1, 9, False)]
)
def test_visit_waits_only_within_its_order_and_never_in_a_circle(visit: int, after: int, good: bool) -> None:
    waits_for: dict[int, int | None] = {1: None, 2: 1, 3: 2, 4: None}
    if good:
        check_after(visit, after, waits_for)
    else:
        with pytest.raises(BadOrder):
            check_after(visit, after, waits_for)


def test_order_whose_last_visit_ended_is_resolved_if_one_did_the_job() -> None:
    assert [order_step(True, OrderState.OPEN), order_step(False, OrderState.OPEN)] == ["resolve", "cancel"]
    assert {order_step(done, state) for done in (True, False) for state in (OrderState.RESOLVED, OrderState.CANCELLED)} == {""}


@pytest.mark.parametrize(("levels", "crew", "good"), [({}, 1, True), ({"a": 1, "b": 3}, 2, True), ({"a": 4}, 1, False), ({}, 3, False)])
def test_job_type_asks_for_levels_there_are_and_for_one_or_two_people(levels: dict[str, int], crew: int, good: bool) -> None:
    if good:
        check_job_type(levels, crew)
    else:
        with pytest.raises(BadPlanning):
            check_job_type(levels, crew)
