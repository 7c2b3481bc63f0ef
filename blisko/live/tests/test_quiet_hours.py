"""Quiet hours: telephones are left alone at night, nothing is lost by it, and nothing old is told in the morning (F8)."""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.customers.tests.make import a_customer, a_site
from blisko.kit.tests.work import do_jobs
from blisko.live.handlers import announce_move
from blisko.live.models import CustomerRules
from blisko.live.rules.quiet import AT_ANY_HOUR, quiet_until, tell_from
from blisko.live.tests.make import LinkStory, a_link
from blisko.messaging.models import Delivery
from blisko.messaging.rules.templates import KINDS
from blisko.messaging.services import rescue_overdue
from blisko.messaging.tests.push_service import UserAgent
from blisko.visits.events import VisitMoved
from blisko.visits.models import Visit
from blisko.visits.rules import CancelReason
from blisko.visits.services import arrive, cancel_visit, finish, move_visit, set_out
from blisko.visits.tests.make import a_visit

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = datetime(2026, 11, 24, 21, 30, tzinfo=WARSAW)
MORNING = datetime(2026, 11, 25, 7, 0, tzinfo=WARSAW)
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
LATER = timedelta(hours=14)
clocks = some.times().map(lambda one: one.replace(tzinfo=None))


@given(some.integers(0, 366 * 24 * 60).map(lambda minutes: YEAR + timedelta(minutes=minutes)), clocks, clocks)
def test_quiet_hours_end_at_their_hour_within_a_day(now: datetime, starts: clock_time, ends: clock_time) -> None:
    end = quiet_until(now, WARSAW, starts, ends)
    if end is None:
        return
    assert end.time() == ends
    assert now < end.astimezone(UTC) <= now + timedelta(hours=25)
    assert quiet_until(now, WARSAW, ends, ends) is None


@pytest.mark.parametrize(
    ("hour", "quiet"), [((20, 59), False), ((21, 0), True), ((23, 59), True), ((0, 0), True), ((6, 59), True), ((7, 0), False)]
)
def test_night_lasts_over_midnight(hour: tuple[int, int], quiet: bool) -> None:
    end = quiet_until(NIGHT.replace(hour=hour[0], minute=hour[1]), WARSAW, clock_time(21), clock_time(7))
    assert (end is not None) is quiet
    assert end is None or end.day == (25 if hour[0] > 12 else 24)


def test_rest_at_noon_is_possible_too() -> None:
    noon = NIGHT.replace(hour=13)
    assert quiet_until(noon, WARSAW, clock_time(12), clock_time(14)) == noon.replace(hour=14, minute=0)
    assert quiet_until(NIGHT, WARSAW, clock_time(12), clock_time(14)) is None


def test_what_is_of_use_only_now_is_told_at_any_hour() -> None:
    assert set(KINDS) >= AT_ANY_HOUR
    for code in AT_ANY_HOUR:
        assert tell_from(code, NIGHT, None, MORNING) == NIGHT
    assert tell_from("visit_done", NIGHT, None, MORNING) == MORNING
    assert tell_from("visit_done", NIGHT, None, None) == NIGHT
    assert tell_from("visit_booked", NIGHT, MORNING, MORNING) == NIGHT, "it would come too late"


@pytest.fixture
def at(settings: Settings, db: None) -> object:
    def move(moment: datetime) -> datetime:
        settings.BLISKO_CLOCK = f"{moment.isoformat()}@{time.time()}*1"
        return moment

    move(NIGHT)
    return move


def a_promise(*, email: str = "", starts_in: timedelta = LATER) -> Visit:
    customer = a_customer(NIGHT, email=email)
    visit = a_visit(NIGHT, a_site(NIGHT, customer), starts_in=starts_in)
    do_jobs()
    return visit


def states(visit: Visit, channel: str = "sms") -> dict[str, str]:
    return dict(Delivery.objects.filter(about=f"visit:{visit.pk}", channel=channel).order_by("pk").values_list("code", "state"))


def wake(at: object) -> None:
    """Let the morning come; jobs of tests do not wait, so what sleeps is found as a lost job would be."""
    at(MORNING + timedelta(minutes=1))
    rescue_overdue(now=MORNING + timedelta(minutes=1))
    do_jobs()


def test_message_sleeps_until_morning_and_a_letter_does_not(at: object) -> None:
    visit = a_promise(email="ewa@example.com")
    assert states(visit) == {"visit_booked": "queued"}
    assert Delivery.objects.get(channel="email").attempts == 1
    assert Delivery.objects.get(channel="sms").next_attempt_at == MORNING
    rescue_overdue(now=NIGHT + timedelta(hours=3))
    do_jobs()
    assert states(visit) == {"visit_booked": "queued"}
    wake(at)
    assert states(visit) == {"visit_booked": "sent"}


def test_visit_of_the_same_night_is_told_at_once(at: object) -> None:
    assert states(a_promise(starts_in=timedelta(hours=1))) == {"visit_booked": "sent"}


def test_what_is_no_longer_so_in_the_morning_is_not_told(at: object) -> None:
    visit = a_promise()
    start = NIGHT + timedelta(days=2)
    for hours in (0, 3):
        window = {"window_from": start + timedelta(hours=hours), "window_to": start + timedelta(hours=hours + 2)}
        move_visit(visit.pk, actor=SYSTEM, now=NIGHT + timedelta(minutes=hours), **window)
        do_jobs()
    announce_move(VisitMoved(visit.pk, at=NIGHT + timedelta(minutes=3), was_from=start, was_to=start))  # run again, it takes nothing back
    wake(at)
    told = Delivery.objects.filter(about=f"visit:{visit.pk}", channel="sms").order_by("pk").values_list("code", "state", "last_error")
    assert list(told) == [
        ("visit_booked", "given_up", "overtaken"),
        ("visit_moved", "given_up", "overtaken"),
        ("visit_moved", "sent", ""),
    ]


def test_cancelled_at_night_is_told_in_the_morning_alone(at: object) -> None:
    visit = a_promise()
    cancel_visit(visit.pk, actor=SYSTEM, now=NIGHT, reason=CancelReason.OPERATOR)
    do_jobs()
    wake(at)
    assert states(visit) == {"visit_booked": "given_up", "visit_cancelled": "sent"}


def test_sleeping_message_holds_up_no_urgent_one(at: object) -> None:
    story: LinkStory = a_link(NIGHT, starts_in=LATER)
    do_jobs()
    assert states(story.visit) == {"visit_booked": "queued"}
    set_out(story.visit.pk, actor=story.technician_actor(), now=NIGHT)
    do_jobs()
    assert states(story.visit) == {"visit_booked": "given_up", "visit_on_the_way": "sent"}
    arrive(story.visit.pk, actor=story.technician_actor(), now=NIGHT)
    finish(story.visit.pk, actor=story.technician_actor(), now=NIGHT)
    do_jobs()
    assert states(story.visit)["visit_done"] == "queued"


def test_browser_sleeps_as_the_telephone_does(at: object, settings: Settings) -> None:
    story = a_link(NIGHT, starts_in=LATER)
    user = UserAgent("https://push.example.com")
    form = {"endpoint": user.browser.endpoint, "p256dh": user.browser.p256dh, "auth": user.browser.auth}
    assert Client().post(f"{story.path}/notices", form).status_code == 204
    arrive(story.visit.pk, actor=SYSTEM, now=NIGHT)
    finish(story.visit.pk, actor=SYSTEM, now=NIGHT)
    do_jobs()
    assert states(story.visit, "push") == {"visit_done": "queued"}
    assert Delivery.objects.get(channel="push").next_attempt_at == MORNING


def test_house_without_quiet_hours_tells_at_once(at: object) -> None:
    CustomerRules.objects.create(pk=1, quiet_from=clock_time(0), quiet_to=clock_time(0))
    assert states(a_promise()) == {"visit_booked": "sent"}
