import time
from datetime import UTC, datetime, timedelta

from pytest_django import Settings

from blisko.kit import clock


def test_real_clock_is_the_worlds(settings: Settings) -> None:
    settings.BLISKO_CLOCK = ""
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    assert clock.speed() == 1.0


def test_fast_clock_starts_where_told_and_runs_fast(settings: Settings) -> None:
    settings.BLISKO_CLOCK = f"2026-11-24T07:00:00+01:00@{time.time() - 10}*60"
    assert abs(clock.now() - datetime(2026, 11, 24, 6, 10, tzinfo=UTC)) < timedelta(seconds=60)
    assert clock.speed() == 60


def test_two_processes_read_the_same_time_from_the_same_words() -> None:
    words = "2026-11-24T07:00:00+01:00@1000*20"
    assert clock.clock_from(words).at(1003.0) == clock.clock_from(words).at(1003.0) == datetime(2026, 11, 24, 6, 1, tzinfo=UTC)
