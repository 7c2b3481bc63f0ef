"""What a filter of the plan lets through, and which promises are in danger at first sight."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.live.rules.board import Filters, Looks, fits, is_risky, is_within, read_filters

NINE = datetime(2026, 11, 25, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = (NINE, NINE + 2 * HOUR)
LOOKS = Looks("booked", "repair", False, True, "Zofia Wiśniewska Lipowa 5 V-17")


def test_filters_stand_in_the_address_and_nonsense_asks_for_nothing() -> None:
    said = {"team": "north", "technician": "7", "state": "booked", "job": "repair", "risk": "1", "unplanned": "1", "text": "  lipowa   5 "}
    asked = read_filters(said)
    assert asked == Filters("north", 7, "booked", "repair", True, True, "lipowa 5")
    assert asked.said() == {**said, "text": "lipowa 5"} and read_filters(asked.said()) == asked
    assert read_filters({"technician": "x", "state": "asleep", "risk": "yes"}) == Filters()
    assert read_filters({"technician": "9" * 30}) == Filters()
    assert asked and not Filters() and Filters().said() == {}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Filters(), True),
        (Filters(state="booked"), True),
        (Filters(state="ended"), False),
        (Filters(job="repair"), True),
        (Filters(job="install"), False),
        (Filters(risk=True), False),
        (Filters(unplanned=True), False),
        (Filters(text="LIPOWA zofia"), True),
        (Filters(text="lipowa adam"), False),
        (Filters(team="north", technician=3), True),
    ],
)
def test_filter_lets_through_what_is_asked_for(asked: Filters, found: bool) -> None:
    assert fits(asked, LOOKS) is found


def test_every_way_of_ending_is_ended() -> None:
    assert all(fits(Filters(state="ended"), Looks(state, "", False, True, "")) for state in ("done", "no_access", "needs_another"))


@pytest.mark.parametrize(
    ("state", "start", "now", "risky"),
    [
        ("booked", NINE, NINE, False),
        ("booked", NINE + 3 * HOUR, NINE, True),
        ("booked", NINE - HOUR, NINE - HOUR, True),
        ("booked", NINE, NINE + 3 * HOUR, True),
        ("booked", NINE + timedelta(hours=2, seconds=40), NINE, False),
        ("booked", NINE - timedelta(seconds=20), NINE - HOUR, True),
        ("booked", None, NINE, False),
        ("booked", None, NINE + 3 * HOUR, True),
        ("on_the_way", NINE, NINE + 3 * HOUR, True),
        ("on_site", NINE + 3 * HOUR, NINE + 3 * HOUR, False),
        ("done", NINE + 3 * HOUR, NINE + 9 * HOUR, False),
    ],
)
def test_promise_is_in_danger_when_planned_outside_it_or_late(state: str, start: datetime | None, now: datetime, risky: bool) -> None:
    assert is_risky(state, WINDOW, start, now) is risky


def test_seconds_nobody_reads_break_no_promise() -> None:
    begins = NINE + timedelta(seconds=23)
    assert is_within((begins, begins + HOUR), NINE) and is_within((begins, begins + HOUR), NINE + HOUR)
    assert not is_within((begins, begins + HOUR), NINE - timedelta(seconds=1))
