"""Who is on duty when, how help moves from state to state, and what its terms say (F12)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.live.errors import BadOperation
from blisko.live.rules.help import HELP_LIFE, WAITING, Duty, HelpSaid, HelpState, HelpTerms, next_due, on_duty
from blisko.live.rules.operations import EVIDENCE, HELP, due_past, read_data

FRIDAY = date(2026, 11, 27)
WEEKDAYS = frozenset({1, 2, 3, 4, 5})
TERMS = HelpTerms(timedelta(minutes=5), timedelta(minutes=7), "+48225550100")


def a_duty(starts: int = 8, ends: int = 16, *, job_type: int | None = None, days: frozenset[int] = WEEKDAYS, **bounds: date) -> Duty:
    return Duty("user:1", "Ewa", "+48600100200", "pl", job_type, days, time(starts), time(ends), **bounds)


@pytest.mark.parametrize(
    ("duty", "day", "hour", "on"),
    [
        (a_duty(), FRIDAY, time(7, 59), False),
        (a_duty(), FRIDAY, time(8), True),
        (a_duty(), FRIDAY, time(15, 59), True),
        (a_duty(), FRIDAY, time(16), False),
        (a_duty(), date(2026, 11, 28), time(9), False),  # no weekday
        (a_duty(22, 6), FRIDAY, time(23), True),
        (a_duty(22, 6), date(2026, 11, 28), time(5, 59), True),  # Friday's night goes on
        (a_duty(22, 6), date(2026, 11, 28), time(23), False),
        (a_duty(22, 6), FRIDAY, time(6), False),
        (a_duty(8, 8), date(2026, 11, 28), time(7, 59), True),  # a whole day
        (a_duty(8, 8), date(2026, 11, 28), time(8), False),
        (a_duty(first=FRIDAY), date(2026, 11, 26), time(9), False),
        (a_duty(first=FRIDAY, last=FRIDAY), FRIDAY, time(9), True),
        (a_duty(last=date(2026, 11, 26)), FRIDAY, time(9), False),
        (a_duty(22, 6, last=date(2026, 11, 26)), FRIDAY, time(5), True),  # it began on its last day
    ],
)
def test_duty_holds_at_its_hours_on_its_days(duty: Duty, day: date, hour: time, on: bool) -> None:
    assert duty.covers(datetime.combine(day, hour, UTC)) is on


def test_who_is_on_duty_for_one_job_comes_before_who_is_for_all() -> None:
    every, fibre, copper = a_duty(), a_duty(job_type=1), a_duty(job_type=2)
    at = datetime.combine(FRIDAY, time(9), UTC)
    assert on_duty([every, fibre, copper], 1, at) == [fibre, every]
    assert on_duty([every, fibre, copper], 3, at) == [every]
    assert on_duty([every, fibre], 1, at + timedelta(hours=12)) == []


def test_steps_follow_one_another_and_end() -> None:
    due = datetime.combine(FRIDAY, time(9), UTC)
    assert next_due(1, due, TERMS) == due + timedelta(minutes=7)
    assert next_due(2, due, TERMS) is None


def test_what_waits_may_be_taken_answered_escalated_and_closed_and_nothing_leaves_the_end() -> None:
    for state in WAITING:
        assert set(HELP_LIFE.open_steps(state)) == {"take", "escalate", "answer", "close"}
    assert set(HELP_LIFE.open_steps(HelpState.ANSWERED)) == {"answer", "ask", "close"}
    assert HELP_LIFE.open_steps(HelpState.CLOSED) == []


def test_help_is_no_evidence_and_a_call_has_an_outcome() -> None:
    assert not HELP & EVIDENCE
    assert read_data("help_call", {"outcome": "rang"})[1] == {"outcome": HelpSaid.RANG}
    for wrong in ("text", "photo", "dance", None):
        with pytest.raises(BadOperation):
            read_data("help_call", {"outcome": wrong})
    with pytest.raises(BadOperation):
        read_data("help", {"text": " "})


@given(st.integers(1, 30), st.sets(st.integers(1, 30)))
def test_queue_waits_for_the_first_number_that_has_not_taken_effect(due: int, early: set[int]) -> None:
    found = due_past(due, early)
    assert found not in early and found >= due
    assert set(range(due, found)) <= early


@given(st.lists(st.integers(1, 60), min_size=2, max_size=6))
def test_later_steps_are_never_due_before_earlier_ones(minutes: list[int]) -> None:
    start = datetime.combine(FRIDAY, time(9), UTC)
    for answer, after in pairwise(minutes):
        terms = HelpTerms(timedelta(minutes=answer), timedelta(minutes=after), "")
        second = next_due(1, start + terms.answer, terms)
        assert second is not None and second > start + terms.answer
