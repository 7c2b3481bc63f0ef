from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.kit.earth import metres_between
from blisko.live.rules.fixes import Trip, is_fresh, is_on_shift, may_show, start_of, why_not_kept
from blisko.live.rules.records import Fix, Reason

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHIFT = (NOW - timedelta(hours=4), NOW + timedelta(hours=4))
HOME = (52.2297, 21.0122)
SET_OUT = NOW - timedelta(minutes=10)
TRIP = Trip(42, "on_the_way", SET_OUT, HOME)
moments = st.datetimes(min_value=datetime(2026, 11, 1), max_value=datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


def a_fix(at: datetime = NOW, place: tuple[float, float] = (52.24, 21.02), **more: object) -> Fix:
    return Fix(place[0], place[1], at, "traccar10")._replace(**more)  # type: ignore[arg-type]


def test_fix_on_shift_is_kept() -> None:
    assert why_not_kept(a_fix(), [SHIFT], NOW) is None


@given(fix_time=moments, now=moments, starts=moments, hours=st.integers(1, 24))
def test_fix_outside_every_shift_is_never_kept(fix_time: datetime, now: datetime, starts: datetime, hours: int) -> None:
    shift = (starts, starts + timedelta(hours=hours))
    reason = why_not_kept(a_fix(fix_time), [shift], now)
    if not shift[0] <= fix_time < shift[1]:
        assert reason is not None
    assert why_not_kept(a_fix(fix_time), [], now) is not None


def test_shift_is_asked_for_the_time_of_the_fix_not_of_its_arrival() -> None:
    evening = SHIFT[1] + timedelta(hours=3)
    assert why_not_kept(a_fix(NOW), [SHIFT], evening) is None
    assert why_not_kept(a_fix(SHIFT[0] - timedelta(minutes=1)), [SHIFT], NOW) == Reason.OFF_SHIFT
    assert why_not_kept(a_fix(SHIFT[1]), [SHIFT], evening) == Reason.OFF_SHIFT


@pytest.mark.parametrize(
    ("ahead", "reason"),
    [(timedelta(minutes=2), None), (timedelta(minutes=2, seconds=1), Reason.FUTURE), (-timedelta(days=8), Reason.TOO_OLD)],
)
def test_clock_that_is_far_off_is_not_believed(ahead: timedelta, reason: Reason | None) -> None:
    assert why_not_kept(a_fix(NOW + ahead), [SHIFT], NOW) == reason


def test_customer_sees_the_technician_on_the_way() -> None:
    assert may_show(a_fix(), TRIP, NOW, [SHIFT])


@pytest.mark.parametrize("state", ["booked", "on_site", "done", "cancelled", "no_access"])
def test_customer_sees_nobody_in_any_other_state(state: str) -> None:
    assert not may_show(a_fix(), TRIP._replace(state=state), NOW, [SHIFT])


@pytest.mark.parametrize(
    "fix",
    [
        a_fix(SET_OUT - timedelta(seconds=1)),
        a_fix(mock=True),
        a_fix(accuracy=900.0),
        a_fix(place=HOME),
        a_fix(place=(HOME[0] + 0.001, HOME[1])),
    ],
    ids=["before he set out", "spoofed", "vague", "where he set out", "around the corner of it"],
)
def test_customer_never_sees(fix: Fix) -> None:
    assert not may_show(fix, TRIP, NOW, [SHIFT])


def test_customer_never_sees_an_old_position_as_present() -> None:
    assert not may_show(a_fix(), TRIP, NOW + timedelta(minutes=16), [SHIFT])
    assert is_fresh(NOW, NOW + timedelta(minutes=2))
    assert not is_fresh(NOW, NOW + timedelta(minutes=2, seconds=1))


def test_place_he_set_out_from_is_hidden_even_when_it_was_not_known_before() -> None:
    unknown = TRIP._replace(set_out_place=None)
    first = a_fix(SET_OUT + timedelta(seconds=5), HOME)
    assert not may_show(first, unknown, NOW, [SHIFT])
    begun = start_of(unknown, first)
    assert begun.set_out_place == HOME
    assert not may_show(a_fix(place=(HOME[0] + 0.0005, HOME[1])), begun, NOW, [SHIFT])
    assert may_show(a_fix(), begun, NOW, [SHIFT])


def test_spoofed_or_earlier_fix_is_not_where_he_set_out() -> None:
    unknown = TRIP._replace(set_out_place=None)
    assert start_of(unknown, a_fix(mock=True)) == unknown
    assert start_of(unknown, a_fix(SET_OUT - timedelta(seconds=1))) == unknown
    assert start_of(TRIP, a_fix()) == TRIP


def test_shift_includes_its_start_and_not_its_end() -> None:
    assert is_on_shift([SHIFT], SHIFT[0])
    assert not is_on_shift([SHIFT], SHIFT[1])


def test_distance_agrees_with_the_globe() -> None:
    assert metres_between((52.2297, 21.0122), (50.0647, 19.9450)) == pytest.approx(252_000, rel=0.01)
    assert metres_between(HOME, HOME) == 0
