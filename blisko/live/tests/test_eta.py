from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from blisko.live.rules.eta import ceil_five, eta_of, floor_five, kilometres

NOW = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
seconds = st.floats(0, 3 * 3600)


def test_eta_is_told_in_whole_five_minutes() -> None:
    eta = eta_of(known_at=NOW, low_seconds=600, high_seconds=1200, now=NOW)
    assert eta is not None
    assert (eta.low, eta.high) == (NOW.replace(minute=20), NOW.replace(minute=35))
    assert eta.minutes == (10, 20)
    assert not eta.soon


def test_eta_of_a_technician_around_the_corner_is_any_moment() -> None:
    eta = eta_of(known_at=NOW, low_seconds=100, high_seconds=250, now=NOW)
    assert eta is not None
    assert eta.soon
    assert eta.low == NOW
    assert eta.minutes == (0, 5)


def test_eta_widens_while_nothing_is_heard() -> None:
    heard = eta_of(known_at=NOW, low_seconds=600, high_seconds=1200, now=NOW)
    silent = eta_of(known_at=NOW, low_seconds=600, high_seconds=1200, now=NOW + timedelta(minutes=9))
    assert heard is not None
    assert silent is not None
    assert silent.low >= heard.low
    assert silent.high > heard.high


def test_eta_is_a_range_even_when_the_drive_is_known_to_the_second() -> None:
    eta = eta_of(known_at=NOW, low_seconds=2700, high_seconds=2700, now=NOW)
    sharp = eta_of(known_at=NOW, low_seconds=480, high_seconds=480, now=NOW)
    assert eta is not None
    assert sharp is not None
    assert eta.minutes == (45, 50)
    assert (sharp.low, sharp.high) == (NOW.replace(minute=20), NOW.replace(minute=25))


@given(low=seconds, width=seconds, age=st.floats(0, 7200))
def test_eta_is_never_in_the_past_and_rounding_never_narrows_it(low: float, width: float, age: float) -> None:
    known = NOW - timedelta(seconds=age)
    eta = eta_of(known_at=known, low_seconds=low, high_seconds=low + width, now=NOW)
    if eta is None:
        assert known + timedelta(seconds=low + width) < NOW - timedelta(minutes=10)
        return
    assert NOW <= eta.low < eta.high
    assert eta.high > NOW
    assert eta.low <= max(NOW, known + timedelta(seconds=low))
    assert eta.high >= known + timedelta(seconds=low + width)
    assert eta.minutes[0] < eta.minutes[1]
    assert eta.minutes[0] % 5 == eta.minutes[1] % 5 == 0
    assert eta.high.minute % 5 == 0


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - rounding knows no zone
def test_rounding_stays_within_five_minutes(moment: datetime) -> None:
    assert timedelta(0) <= moment - floor_five(moment) < timedelta(minutes=5)
    assert timedelta(0) <= ceil_five(moment) - moment < timedelta(minutes=5)


def test_kilometres_are_said_as_people_say_them() -> None:
    assert [kilometres(m) for m in (140, 2449, 9949, 10_600)] == [0.1, 2.4, 9.9, 11.0]


def test_nothing_is_promised_long_after_the_latest_moment() -> None:
    assert eta_of(known_at=NOW, low_seconds=60, high_seconds=120, now=NOW + timedelta(minutes=30)) is None
