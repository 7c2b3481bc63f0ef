"""The stages of a visit, and what each of them may show (the bytes themselves: test_what_is_seen)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from blisko.live.rules.stages import FIELDS, Stage, shows, stage_of, steps_of_visit, view_of
from blisko.visits.rules import VisitState

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
WINDOW = (NOW + timedelta(hours=1), NOW + timedelta(hours=3))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "starts", "answered", "stage"),
    [
        (VisitState.BOOKED, timedelta(days=3), False, Stage.BOOKED),
        (VisitState.BOOKED, timedelta(days=1), False, Stage.DAY_BEFORE),
        (VisitState.BOOKED, timedelta(hours=1), False, Stage.TODAY),
        (VisitState.BOOKED, timedelta(hours=-30), False, Stage.TODAY),
        (VisitState.ON_THE_WAY, timedelta(days=3), False, Stage.ON_THE_WAY),
        (VisitState.ON_SITE, timedelta(0), False, Stage.ON_SITE),
        (VisitState.DONE, timedelta(0), False, Stage.DONE),
        (VisitState.DONE, timedelta(0), True, Stage.CLOSED),
        (VisitState.NO_ACCESS, timedelta(0), False, Stage.CLOSED),
        (VisitState.NOT_COMPLETED, timedelta(0), False, Stage.CLOSED),
        (VisitState.NEEDS_ANOTHER, timedelta(0), False, Stage.CLOSED),
        (VisitState.CANCELLED, timedelta(days=3), False, Stage.CANCELLED),
    ],
)
def test_stage_follows_the_visit(state: VisitState, starts: timedelta, answered: bool, stage: Stage) -> None:
    assert stage_of(state, (NOW + starts, NOW + starts + timedelta(hours=2)), NOW, WARSAW, answered=answered) == stage


def test_days_turn_at_midnight_where_the_customer_lives() -> None:
    window = (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), datetime(2026, 11, 25, 1, tzinfo=UTC))  # 00:30 on the 25th in Warsaw
    before, after = datetime(2026, 11, 24, 22, 59, tzinfo=UTC), datetime(2026, 11, 24, 23, 1, tzinfo=UTC)
    assert stage_of(VisitState.BOOKED, window, before, WARSAW, answered=False) == Stage.DAY_BEFORE
    assert stage_of(VisitState.BOOKED, window, after, WARSAW, answered=False) == Stage.TODAY


def test_position_is_shown_on_the_way_and_never_else() -> None:
    for field in ("position", "route", "home", "eta", "seen"):
        assert FIELDS[field] == {Stage.ON_THE_WAY}


def test_undeclared_field_reaches_no_stage() -> None:
    assert not any(shows(stage, "technician_surname") for stage in Stage)
    assert "technician_surname" not in view_of({"technician_surname": "Kowalski"}, Stage.TODAY)


@pytest.mark.parametrize("state", VisitState)
def test_stepper_has_one_present_step_at_most(state: VisitState) -> None:
    steps = steps_of_visit(stage_of(state, WINDOW, NOW, WARSAW, answered=False), state)
    assert len([name for name, how in steps if how == "now"]) <= 1
    assert steps[0][0] == "booked"
