"""A delay is told before the customer asks: early, once per real change, never in haste; he waits, moves or cancels (F3, F8)."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.tests.make import an_actor
from blisko.customers.models import TimelineEntry
from blisko.customers.tests.make import a_customer, a_site
from blisko.kit.tests.work import do_jobs
from blisko.live import jobs
from blisko.live.models import CustomerRules, DelayNotice
from blisko.live.queries.delays import delay_terms, delays_to_tell, promised_of
from blisko.live.rules.delays import (
    OPEN,
    USUAL,
    Answer,
    DelayTerms,
    Expected,
    Promised,
    Span,
    agreeing,
    contradict,
    notice_of,
    told_span,
)
from blisko.live.services.delays import accept_delay, change_customer_rules, note_answer, tell_of_delay
from blisko.live.tests.make import HOME, LinkStory, a_fix, a_link
from blisko.messaging.models import Delivery
from blisko.planning.models import Told
from blisko.planning.services import assign_visit
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import arrive, cancel_visit, move_visit, set_out
from blisko.visits.tests.make import a_visit

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WINDOW = (NOW + HOUR, NOW + 3 * HOUR)
BOOKED = Promised(WINDOW, VisitState.BOOKED, WINDOW, NOW - 24 * HOUR)
FAR = (53.2, 19.2)


def about(minutes: float, width: float = 20, end: datetime = WINDOW[1]) -> Expected:
    """Answer a range whose middle lies so many minutes after the window's end."""
    middle = end + minutes * MINUTE
    return Expected(middle - width / 2 * MINUTE, middle, middle + width / 2 * MINUTE)


def said(promised: Promised, expected: Expected, now: datetime = NOW, terms: DelayTerms = USUAL) -> Span | None:
    return notice_of(promised, expected, now, WARSAW, terms)


@pytest.mark.parametrize(
    ("what", "promised", "expected", "is_told"),
    [
        ("inside the window", BOOKED, about(-30), False),
        ("perhaps after it", BOOKED, about(5), False),
        ("surely after it", BOOKED, about(25), True),
        ("nothing was ever told", replace(BOOKED, told=None, told_at=None), about(25), True),
        ("a wide range that mostly lies inside", BOOKED, about(-20, 120), False),
        ("later than told and inside the window", replace(BOOKED, told=(WINDOW[0], WINDOW[0] + 20 * MINUTE)), about(-30), True),
        ("a little later than told", replace(BOOKED, told=(WINDOW[0], WINDOW[0] + 20 * MINUTE)), about(-90), False),
        ("earlier than told", replace(BOOKED, told=(WINDOW[1] + 60 * MINUTE, WINDOW[1] + 80 * MINUTE), notices=1), about(20), True),
        ("as told", replace(BOOKED, told=(WINDOW[1] + 10 * MINUTE, WINDOW[1] + 40 * MINUTE), notices=1), about(30), False),
        ("again much later", replace(BOOKED, told=(WINDOW[1] + 10 * MINUTE, WINDOW[1] + 40 * MINUTE), notices=1), about(75), True),
        ("told minutes ago", replace(BOOKED, told_at=NOW - 5 * MINUTE), about(60), False),
        ("told often enough", replace(BOOKED, notices=3, told=(WINDOW[0], WINDOW[0] + MINUTE)), about(60), False),
        ("on the way", replace(BOOKED, state=VisitState.ON_THE_WAY), about(25), True),
        ("on site", replace(BOOKED, state=VisitState.ON_SITE), about(25), False),
        ("cancelled", replace(BOOKED, state=VisitState.CANCELLED), about(25), False),
        ("the window ends tonight", replace(BOOKED, window=(NOW + 8 * HOUR, NOW + 9 * HOUR)), about(600), False),
        ("the visit is tomorrow's", replace(BOOKED, window=(NOW + 17 * HOUR, NOW + 18 * HOUR)), about(2000), False),
    ],
)
def test_customer_is_told_when_what_he_counts_on_does_not_hold(what: str, promised: Promised, expected: Expected, is_told: bool) -> None:
    assert (said(promised, expected) is not None) is is_told, what


def test_nothing_is_said_to_who_opens_the_door_before_he_has_read_it() -> None:
    late = WINDOW[1] + 20 * MINUTE
    driving = replace(BOOKED, state=VisitState.ON_THE_WAY)
    assert said(driving, Expected(late + 2 * MINUTE, late + 5 * MINUTE, late + 9 * MINUTE), late) is None
    assert said(driving, Expected(late + 2 * MINUTE, late + 9 * MINUTE, late + 15 * MINUTE), late) is not None


def test_the_same_span_is_not_said_twice() -> None:
    expected = about(60)
    told = told_span(expected, NOW)
    assert said(replace(BOOKED, told=told, notices=0), expected) is None


MINUTES = st.integers(-180, 400)


@given(MINUTES, st.integers(0, 120), st.integers(0, 120), MINUTES)
def test_chance_falls_as_time_goes_on(middle: int, before: int, after: int, asked: int) -> None:
    one = Expected(NOW + (middle - before) * MINUTE, NOW + middle * MINUTE, NOW + (middle + after) * MINUTE)
    moment = NOW + asked * MINUTE
    assert 0 <= one.chance_after(moment + MINUTE) <= one.chance_after(moment) <= 1
    if before and after:
        assert one.chance_after(one.middle) == pytest.approx(0.5)
        assert one.chance_after(one.low) == pytest.approx(0.9) and one.chance_after(one.high) == pytest.approx(0.1)


@given(st.lists(st.tuples(st.integers(1, 30), MINUTES, st.integers(2, 90)), max_size=40))
def test_whatever_the_forecasts_do_the_customer_is_told_rarely_and_never_against_what_he_was_just_told(
    story: list[tuple[int, int, int]],
) -> None:
    """Every minute count, every jump of the forecast: the rule's promises hold for whoever follows it."""
    promised, now, words = BOOKED, NOW, [(BOOKED.told_at, WINDOW)]
    for passed, middle, width in story:
        now += passed * MINUTE
        span = said(promised, about(middle, width), now)
        if span is None:
            continue
        assert span[0] >= now - 5 * MINUTE and span[1] > span[0] and span[1] > now
        assert promised.told_at is not None and now - promised.told_at >= USUAL.gap
        assert span != promised.told and now - promised.window[1] < 24 * HOUR
        words.append((now, span))
        promised = replace(promised, told=span, told_at=now, notices=promised.notices + 1)
    assert promised.notices <= USUAL.most


@given(MINUTES, st.integers(5, 60), MINUTES, st.integers(5, 60), st.integers(0, 30))
def test_span_told_anyway_never_contradicts_the_one_of_minutes_ago(a: int, wide: int, b: int, long: int, age: int) -> None:
    told, span = (NOW + a * MINUTE, NOW + (a + wide) * MINUTE), (NOW + b * MINUTE, NOW + (b + long) * MINUTE)
    promised = replace(BOOKED, told=told, told_at=NOW - age * MINUTE, notices=1)
    found = agreeing(span, promised, NOW)
    assert found[0] <= span[0] and span[1] <= found[1]
    assert age * MINUTE >= USUAL.gap or told == WINDOW or not contradict(found, told)
    assert contradict(span, told) or found == span


def at(settings: Settings, moment: datetime) -> datetime:
    settings.BLISKO_CLOCK = f"{moment.isoformat()}@{time.time()}*1"
    return moment


@pytest.fixture
def now(db: None, settings: Settings) -> datetime:
    return at(settings, NOW)


def sent(story: LinkStory, code: str = "visit_delayed") -> list[Delivery]:
    do_jobs()
    return list(Delivery.objects.filter(about=f"visit:{story.visit.pk}", code=code).order_by("pk"))


def a_late_link(now: datetime, settings: Settings, language: str = "en") -> tuple[LinkStory, datetime]:
    """Answer a visit of today whose technician cannot come in time: the job before has begun late; and the moment after."""
    story = a_link(now, language=language, starts_in=HOUR)
    before = a_visit(now, a_site(now, a_customer(now), lat=HOME[0], lon=HOME[1]), starts_in=MINUTE)
    assign_visit(before.pk, story.technician.pk, actor=SYSTEM, now=now)
    do_jobs()
    begins = at(settings, story.visit.window_to - 20 * MINUTE)
    set_out(before.pk, actor=story.technician_actor(), now=begins - 5 * MINUTE)
    arrive(before.pk, actor=story.technician_actor(), now=begins)
    return story, begins


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "new arrival estimate: Jan"), ("pl", "zmiana: Jan, ok."), ("hu", "modosult érkezés: Jan")],
)
def test_job_before_that_runs_long_is_told_before_the_window_breaks(now: datetime, settings: Settings, language: str, words: str) -> None:
    story, late = a_late_link(now, settings, language)
    [message] = sent(story)
    assert words in message.body and message.parts == 1
    notice = DelayNotice.objects.get(visit=story.visit)
    assert notice.at < story.visit.window_to < notice.told_to
    told = Told.objects.filter(visit=story.visit).latest("at")
    assert (told.told_from, told.told_to, told.technician) == (notice.told_from, notice.told_to, story.technician)
    jobs.look_at_delays(0)
    at(settings, late + 20 * MINUTE)
    jobs.look_at_delays(0)
    assert len(sent(story)) == 1
    kinds = list(TimelineEntry.objects.filter(subject=f"visit:{story.visit.pk}").values_list("kind", flat=True))
    assert kinds.count("delay_told") == 1


def test_day_that_goes_well_says_nothing(now: datetime) -> None:
    story = a_link(now, starts_in=HOUR)
    jobs.look_at_delays(0)
    assert sent(story) == [] and delays_to_tell(now=now) == {}
    assert delays_to_tell(now=now + 48 * HOUR) == {}


def test_visit_nobody_has_is_not_told_of_a_delay(now: datetime) -> None:
    story = a_link(now, starts_in=HOUR, assigned=False)
    assert delays_to_tell(now=story.visit.window_to) == {}


def test_traffic_on_the_way_is_told_when_the_drive_will_not_make_it(now: datetime, settings: Settings) -> None:
    story = a_link(now, starts_in=5 * MINUTE)
    out = at(settings, story.visit.window_to - 30 * MINUTE)
    a_fix(story.technician, out - MINUTE, HOME)
    set_out(story.visit.pk, actor=story.technician_actor(), now=out)
    assert sent(story) == []
    later = at(settings, out + 20 * MINUTE)
    a_fix(story.technician, later - MINUTE, FAR)
    jobs.look_at_delays(0)
    [message] = sent(story)
    arrive(story.visit.pk, actor=story.technician_actor(), now=later + MINUTE)
    at(settings, later + HOUR)
    jobs.look_at_delays(0)
    assert [one.pk for one in sent(story)] == [message.pk]


def test_delay_is_decided_again_where_nobody_else_decides(now: datetime) -> None:
    story = a_link(now, starts_in=HOUR)
    window = (story.visit.window_from, story.visit.window_to)
    expected = about(40, end=window[1])
    assert tell_of_delay(story.visit.pk, expected, now=now + 30 * MINUTE) is not None
    assert tell_of_delay(story.visit.pk, expected, now=now + 30 * MINUTE) is None
    move_visit(story.visit.pk, window_from=window[1], window_to=window[1] + HOUR, actor=SYSTEM, now=now + 31 * MINUTE)
    story.visit.refresh_from_db()
    assert promised_of(story.visit, now=now + 31 * MINUTE).notices == 0


def test_notice_is_on_the_page_and_waiting_is_kept(now: datetime, settings: Settings) -> None:
    story, _ = a_late_link(now, settings)
    sent(story)
    client, notice = Client(), DelayNotice.objects.get()
    page = client.get(story.path).content.decode()
    assert 'id="delay"' in page and "I will wait" in page and f"{story.path}/move" in page and f"{story.path}/cancel" in page
    for _twice in range(2):
        answer = client.post(f"{story.path}/delay")
        assert answer.status_code == 303 and answer["Location"].endswith("#delay")
    assert "Thank you for waiting" in client.get(story.path).content.decode()
    notice.refresh_from_db()
    do_jobs()
    assert notice.answer == Answer.WAIT and notice.answered_at is not None
    assert TimelineEntry.objects.filter(subject=f"visit:{story.visit.pk}", kind="delay_accepted").count() == 1
    assert client.get(f"{story.path}/delay").status_code == 405
    assert client.post(f"{story.path}/delay", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_waiting_for_no_delay_changes_nothing(now: datetime) -> None:
    story = a_link(now)
    assert Client().post(f"{story.path}/delay").status_code == 303
    assert accept_delay(story.visit.pk, actor=story.link_actor(now), now=now) is None
    note_answer(story.visit.pk, Answer.MOVE, before=now, now=now)
    assert not DelayNotice.objects.exists()


def test_moving_and_cancelling_by_the_customer_are_answers_and_the_houses_own_are_not(now: datetime, settings: Settings) -> None:
    story, late = a_late_link(now, settings)
    sent(story)
    late += MINUTE
    window = (story.visit.window_from + 24 * HOUR, story.visit.window_to + 24 * HOUR)
    move_visit(story.visit.pk, window_from=window[0], window_to=window[1], actor=SYSTEM, now=late)
    do_jobs()
    assert DelayNotice.objects.get().answer == ""
    move_visit(story.visit.pk, window_from=window[0] + HOUR, window_to=window[1] + HOUR, actor=story.link_actor(late), now=late)
    do_jobs()
    assert DelayNotice.objects.get().answer == Answer.MOVE
    assert 'id="delay"' not in Client().get(story.path).content.decode()


def test_who_said_he_would_wait_may_still_cancel(now: datetime, settings: Settings) -> None:
    story, late = a_late_link(now, settings)
    sent(story)
    late += MINUTE
    accept_delay(story.visit.pk, actor=story.link_actor(late), now=late)
    cancel_visit(story.visit.pk, actor=story.link_actor(late), now=late, reason=CancelReason.NOT_HOME)
    do_jobs()
    assert DelayNotice.objects.get().answer == Answer.CANCEL


def test_house_says_when_it_warns(now: datetime) -> None:
    assert delay_terms() == USUAL
    manager = an_actor("manager", "user:7")
    change_customer_rules(CustomerRules(delay_chance=60, gap=30), actor=manager, now=now)
    assert (delay_terms().chance, delay_terms().gap) == (0.6, 30 * MINUTE)
    assert AuditEntry.objects.filter(verb="change_customer_rules", detail__gap="30").exists()
    with pytest.raises(Forbidden):
        change_customer_rules(CustomerRules(), actor=an_actor("technician", "user:8"), now=now)
    assert str(CustomerRules.objects.get()) == "60 %" and {VisitState.BOOKED, VisitState.ON_THE_WAY} == OPEN


def test_delay_notices_are_forgotten_after_two_years(now: datetime) -> None:
    story = a_link(now)
    late = story.visit.window_to + HOUR
    assert tell_of_delay(story.visit.pk, Expected(late, late, late), now=now)
    run_retention(now=now + timedelta(days=729))
    assert DelayNotice.objects.count() == 1
    assert run_retention(now=now + timedelta(days=731))["live.delays"] == 1
    assert not DelayNotice.objects.exists()
