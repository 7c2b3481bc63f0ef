from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.rules import NOBODY, SYSTEM, Actor, ActorKind
from blisko.accounts.rules import FIRST_ROLES
from blisko.accounts.tests.make import an_actor
from blisko.kit.errors import WrongMoment
from blisko.visits.errors import BadAnswer, BadWindow, StepNotYours
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
    check_answer,
    check_step,
    check_window,
    open_steps,
)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
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
    assert {"cancel", *WORK} == set(STEPS)


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
    assert set(VISIT_LIFE.steps.values()) | {VISIT_LIFE.start} == set(VisitState)


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
