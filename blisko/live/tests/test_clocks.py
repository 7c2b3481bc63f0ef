"""A telephone whose clock is wrong is noticed, and moves nobody in time (O3, F13)."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from blisko.field.tests.make import a_technician
from blisko.live import models
from blisko.live.adapters.database import connect
from blisko.live.rules.clocks import STEADY, Clock, Doubt, Told, judge, judge_all
from blisko.live.rules.records import Fix, Reason
from blisko.live.services.intake import STAGING, Kept, keep_reports
from blisko.live.tests.doors import a_phone

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BACK, SLOW = Reason.CLOCK_BACK, Reason.CLOCK_SLOW


def heard(*told: tuple[float, float], clock: Clock | None = None) -> tuple[list[Reason | None], Clock]:
    """Answer the verdicts on reports as (minutes when they were measured, minutes when they came), and what is known at the end."""
    verdicts = []
    for measured, came in told:
        clock, doubt = judge(clock, Told(NOW + measured * MINUTE, NOW + came * MINUTE))
        verdicts.append(doubt.reason if doubt else None)
    assert clock is not None
    return verdicts, clock


def steps(begin: float, end: float, *, late: float = 0, each: float = 1 / 6) -> list[tuple[float, float]]:
    """Reports that come at once, by a clock that is so many minutes behind."""
    count = round((end - begin) / each)
    return [(begin + nr * each - late, begin + nr * each) for nr in range(count)]


def test_clock_that_was_put_back_is_noticed_where_the_queue_was_empty() -> None:
    prompt = (0, 1)
    assert heard(prompt, (-120, 2))[0] == [None, BACK]
    assert heard(prompt, (-1, 2))[0] == [None, None]  # a minute's disorder
    assert heard(prompt, (3, 3))[0] == [None, None]
    assert heard((0, 20), (-120, 21))[0] == [None, None]  # a backlog: nobody knows
    assert heard((-120, 21))[0] == [None]


def test_clock_that_was_put_back_stays_disbelieved_after_it_has_passed_the_time_it_was_put_back_at() -> None:
    verdicts, clock = heard((0, 0), *steps(1, 100, late=30))
    assert set(verdicts[1:]) == {BACK, SLOW} and verdicts[-1] == SLOW
    assert clock.behind == 30 * MINUTE
    after, clock = heard((101, 101), (102, 102), clock=clock)
    assert (after, clock.behind) == ([None, None], None)


def test_clock_that_is_slow_from_the_first_report_is_found_within_three_minutes() -> None:
    verdicts, clock = heard(*steps(0, 5, late=40))
    assert verdicts == [None] * 18 + [SLOW] * 12
    assert judge(clock, Told(NOW - 35 * MINUTE, NOW + 5 * MINUTE))[1] == Doubt(SLOW, NOW - STEADY, 40 * MINUTE - STEADY)


def test_clock_that_stood_still_while_the_battery_was_dead_is_found() -> None:
    verdicts, clock = heard((-1, -1), (0, 0), (0.1, 65.1), (5.1, 70.1), (10.1, 75.1))
    assert verdicts == [None, None, None, None, SLOW]
    assert (clock.behind, clock.right) == (65 * MINUTE, NOW)


def test_backlog_of_a_slow_clock_is_not_believed_either() -> None:
    slow = steps(1, 10, late=40)
    backlog = [(14 + nr / 6 - 40, 20 + nr / 200) for nr in range(36)]
    assert set(heard((0, 0), *slow, *backlog)[0][1:]) <= {BACK, SLOW}


def test_backlog_from_after_the_clock_was_put_right_is_believed() -> None:
    backlog = [(14 + nr / 6, 20 + nr / 200) for nr in range(36)]
    assert set(heard((0, 0), *steps(1, 10, late=40), *backlog)[0][-36:]) == {None}


def test_clock_a_little_wrong_is_let_pass() -> None:
    assert set(heard(*steps(0, 30, late=1.9))[0]) == {None}
    assert set(heard(*steps(0, 30, late=-1.9))[0]) == {None}
    assert set(heard(*steps(0, 3), (1440, 3.1), *steps(3.2, 6))[0]) == {None}  # one odd report is no clock; `why_not_kept` refuses it


def test_clock_that_is_ahead_takes_back_what_its_backlog_said_since_it_was_right() -> None:
    backlog = [(5 + nr / 6 + 5, 15 + nr / 200) for nr in range(60)]
    verdicts, clock = heard(*steps(0, 5), *backlog, *steps(15.5, 20, late=-5))
    assert verdicts[:30] == [None] * 30 and set(verdicts) == {None, Reason.FUTURE}
    assert judge(clock, Told(NOW + 25 * MINUTE, NOW + 20 * MINUTE))[1] == Doubt(Reason.FUTURE, NOW + 5 * MINUTE - 10 * SECOND, -5 * MINUTE)
    assert set(heard((25.1, 25.1), (25.2, 25.2), clock=clock)[0]) == {None}


def test_backlog_too_short_to_reach_the_future_is_not_taken_back_when_the_clock_is_put_ahead() -> None:
    backlog = [(5 + nr / 6, 6 + nr / 200) for nr in range(6)]
    clock = heard(*steps(0, 5), *backlog, *steps(6.1, 12, late=-5))[1]
    assert judge(clock, Told(NOW + 17 * MINUTE, NOW + 12 * MINUTE))[1] is None


def test_smallest_delay_is_how_far_a_clock_is_behind() -> None:
    backlog = [(2 + nr / 6 - 40, 5 + nr / 200) for nr in range(18)]
    assert heard((0, 0), *backlog)[1].behind < 41 * MINUTE
    assert heard((0, 0), *backlog, *steps(6, 10, late=40))[1].behind == 40 * MINUTE


def test_request_that_comes_again_is_judged_as_if_it_had_not_come_before() -> None:
    def batch(*measured: float, came: float) -> list[Told]:
        return [Told(NOW + one * MINUTE, NOW + came * MINUTE) for one in measured]

    first, _ = judge_all(None, batch(-90, -60, came=-59.9))
    once, _ = judge_all(first, batch(-34, -4, -2, came=-1))
    again, doubts = judge_all(once, batch(-34, -4, -2, 0, came=0.5))
    assert (doubts, again) == ([None] * 4, judge_all(first, batch(-34, -4, -2, 0, came=0.5))[0])
    assert judge_all(again, []) == (again, [])
    assert [doubt and doubt.reason for doubt in judge_all(again, batch(-30, -29, came=2))[1]] == [BACK, BACK]


@given(seed=st.integers(0, 10_000), each=st.sampled_from([1 / 12, 1 / 6, 1 / 2, 1, 5]), restarted=st.booleans())
def test_no_right_clock_is_ever_doubted(seed: int, each: float, restarted: bool) -> None:
    """Property: whatever the outages, a queue that drains faster than it fills is believed to its last report."""
    dice, told, now, free = Random(seed), list[tuple[float, float]](), 0.0, 0.0
    for _ in range(8):
        online = now + dice.uniform(0, 60)
        until = online + dice.uniform(0.1, 10)
        while now < until:
            free = max(now, online, free) + dice.uniform(0.001, min(0.1, each / 2))
            told.append((now, free))
            now += each
    assert set(heard(*told, clock=None if restarted else heard((-5, -5))[1])[0]) == {None}


@pytest.mark.parametrize("late", [2.5, 14, 65, 180])
@pytest.mark.parametrize("each", [1 / 12, 1 / 6, 1 / 2, 5])
def test_no_wrong_clock_is_believed_for_longer_than_three_minutes_and_three_reports(late: float, each: float) -> None:
    verdicts, _ = heard((0, 0), *steps(late + 1, late + 31, late=late, each=each))
    believed = [nr * each for nr, verdict in enumerate(_without_first(verdicts)) if verdict is None]
    assert all(minutes <= max(3, 2 * each) for minutes in believed)


@pytest.mark.django_db(transaction=True)
def test_what_a_wrong_clock_said_before_it_was_found_out_is_withdrawn_and_counted() -> None:
    now = timezone.now().replace(microsecond=0)
    technician = a_technician(now)
    (device, _), (other, _) = a_phone(technician.pk, now), a_phone(technician.pk, now)

    def kept(whose: int, measured: float, came: float, doubt: Doubt | None = None) -> Kept:
        at = now + came * MINUTE
        fixes = [] if doubt else [Fix(52.0, 21.0, now + measured * MINUTE, "traccar10")]
        return Kept(whose, technician.pk, at, fixes, [SLOW] if doubt else [], False, doubt)

    async def story() -> None:
        conn = await connect()
        try:
            await conn.execute(STAGING)
            before = [kept(device, -200, -100), kept(device, -60, -60), kept(device, -50, -40), kept(other, -100, -39)]
            await keep_reports(conn, [*before, kept(device, -101, -41), kept(device, -99, -39)], UTC)
            doubt = Doubt(SLOW, now - 60 * MINUTE, 60 * MINUTE)
            await keep_reports(conn, [kept(device, 0, -38, doubt)], UTC)
            await keep_reports(conn, [kept(device, 0, -37, doubt)], UTC)
        finally:
            await conn.close()

    asyncio.run(story())
    left = models.Fix.objects.order_by("fix_time").values_list("device_id", "fix_time")
    assert [(whose, (at - now) / MINUTE) for whose, at in left] == [(device, -200), (other, -100), (device, -60), (device, -50)]
    assert models.UnusableCount.objects.get().count == 4


def _without_first(verdicts: Iterable[Reason | None]) -> list[Reason | None]:
    return list(verdicts)[1:]
