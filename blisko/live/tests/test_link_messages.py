"""What the customer is told without anybody writing a message: once, in his language, and kept on his timeline."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.customers.models import TimelineEntry
from blisko.customers.tests.make import a_customer, a_site
from blisko.kit.tests.work import do_jobs
from blisko.live import handlers, jobs
from blisko.live.queries.reminders import visits_to_remind_of
from blisko.live.rules.reminders import local_day
from blisko.live.tests.make import HALFWAY, LinkStory, a_fix, a_link
from blisko.messaging.models import Delivery
from blisko.planning.queries import told_for
from blisko.visits.events import TechnicianSetOut, VisitDone
from blisko.visits.rules import CancelReason
from blisko.visits.services import arrive, cancel_visit, confirm_service, finish, move_visit, rate_visit, report_no_access, set_out
from blisko.visits.tests.make import a_visit

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
TOMORROW = timedelta(days=1, hours=1, minutes=48)
pytestmark = pytest.mark.django_db


def at(settings: Settings, moment: datetime) -> datetime:
    settings.BLISKO_CLOCK = f"{moment.isoformat()}@{time.time()}*1"
    return moment


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    at(settings, NOW)


def told(story: LinkStory) -> list[str]:
    do_jobs()
    return list(Delivery.objects.filter(about=f"visit:{story.visit.pk}").order_by("pk").values_list("code", flat=True))


def timeline(story: LinkStory) -> list[str]:
    entries = TimelineEntry.objects.filter(subject=f"visit:{story.visit.pk}").order_by("pk")
    return [entry.kind for entry in entries if not entry.kind.startswith(("message", "report_issued"))]


def test_three_messages_go_out_by_themselves(settings: Settings) -> None:
    story = a_link(NOW)
    assert told(story) == ["visit_booked"]
    actor = story.technician_actor()
    a_fix(story.technician, NOW, HALFWAY)
    set_out(story.visit.pk, actor=actor, now=NOW)
    assert told(story)[1:] == ["visit_on_the_way"]
    arrive(story.visit.pk, actor=actor, now=NOW + timedelta(minutes=9))
    finish(story.visit.pk, actor=actor, now=NOW + timedelta(minutes=40))
    assert told(story)[2:] == ["visit_done"]
    assert timeline(story) == ["visit_booked", "visit_assigned", "visit_on_the_way", "visit_arrived", "visit_done"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Jan is on the way and will be with you 09:15–09:25"),
        ("pl", "Jan juz jedzie. Przyjazd: 09:15–09:25"),
        ("hu", "Jan elindult Önhöz. Varhato érkezés: 09:15–09:25"),
    ],
)
def test_message_on_the_way_tells_the_eta_in_the_customers_language(language: str, words: str) -> None:
    story = a_link(NOW, language=language)
    a_fix(story.technician, NOW, HALFWAY)
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW)
    do_jobs()
    body = Delivery.objects.get(about=f"visit:{story.visit.pk}", code="visit_on_the_way").body
    assert words.replace("–", "-") in body.replace("–", "-")
    assert story.token not in body


def test_window_is_told_as_the_language_writes_it() -> None:
    story = a_link(NOW, language="hu", starts_in=timedelta(minutes=48))
    do_jobs()
    body = Delivery.objects.get(about=f"visit:{story.visit.pk}").body
    assert "november 24., kedd, 10:00" in body


def test_handler_that_runs_twice_tells_once() -> None:
    story = a_link(NOW)
    told(story)
    actor = story.technician_actor()
    set_out(story.visit.pk, actor=actor, now=NOW)
    told(story)
    for _ in range(3):
        handlers.announce_setting_out(TechnicianSetOut(story.visit.pk, NOW))
    arrive(story.visit.pk, actor=actor, now=NOW)
    finish(story.visit.pk, actor=actor, now=NOW)
    told(story)
    handlers.ask_whether_it_works(VisitDone(story.visit.pk, NOW))
    assert told(story) == ["visit_booked", "visit_on_the_way", "visit_done"]
    assert timeline(story).count("visit_done") == 1


def test_late_handler_does_not_announce_what_is_no_longer_so() -> None:
    story = a_link(NOW)
    cancel_visit(story.visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    assert told(story) == ["visit_cancelled"]


def test_move_no_access_and_cancelling_are_told() -> None:
    story = a_link(NOW)
    told(story)
    later = NOW + timedelta(hours=2)
    move_visit(story.visit.pk, window_from=later, window_to=later + timedelta(hours=2), actor=SYSTEM, now=NOW)
    assert told(story)[1:] == ["visit_moved"]
    other = a_link(NOW)
    actor = other.technician_actor()
    set_out(other.visit.pk, actor=actor, now=NOW)
    arrive(other.visit.pk, actor=actor, now=NOW)
    report_no_access(other.visit.pk, actor=actor, now=NOW)
    assert "visit_no_access" in told(other)
    assert timeline(other)[-2:] == ["visit_failed", "follow_up_asked"]


def test_evidence_stands_on_the_timeline() -> None:
    story = a_link(NOW)
    actor, link = story.technician_actor(), story.link_actor(NOW)
    set_out(story.visit.pk, actor=actor, now=NOW)
    arrive(story.visit.pk, actor=actor, now=NOW)
    finish(story.visit.pk, actor=actor, now=NOW)
    confirm_service(story.visit.pk, True, asked="Czy wszystko działa?", language="pl", actor=link, now=NOW)
    rate_visit(story.visit.pk, 5, actor=link, now=NOW, comment="miło")
    do_jobs()
    entry = TimelineEntry.objects.get(kind="service_confirmed")
    assert entry.at == NOW
    assert entry.facts["works"] is True
    assert (entry.facts["asked"], entry.facts["language"], entry.facts["link"]) == ("Czy wszystko działa?", "pl", link.id)
    assert TimelineEntry.objects.get(kind="visit_rated").facts["rating"] == 5


def test_day_before_is_told_once_in_the_late_afternoon(settings: Settings) -> None:
    story = a_link(at(settings, NOW - timedelta(days=2)), starts_in=timedelta(days=2) + TOMORROW, language="pl")
    told(story)
    at(settings, NOW)
    assert visits_to_remind_of(now=NOW) == []
    evening = at(settings, NOW.replace(hour=15, minute=5))
    assert visits_to_remind_of(now=evening) == [story.visit.pk]
    for _ in range(2):
        jobs.look_at_tomorrow.func(0)
        do_jobs()
    assert told(story) == ["visit_booked", "visit_day_before"]
    assert "sroda, 25 listopada, 11:00-13:00 przyjedzie Jan" in Delivery.objects.get(code="visit_day_before").body
    assert visits_to_remind_of(now=evening) == []


def test_visit_booked_today_for_tomorrow_needs_no_reminder(settings: Settings) -> None:
    a_link(NOW, starts_in=TOMORROW)
    do_jobs()
    assert visits_to_remind_of(now=NOW.replace(hour=15, minute=5)) == []


@pytest.mark.parametrize(
    ("moment", "hours"), [(datetime(2026, 10, 25, 12, tzinfo=UTC), 25), (datetime(2026, 3, 29, 12, tzinfo=UTC), 23), (NOW, 24)]
)
def test_day_is_as_long_as_the_clock_makes_it(moment: datetime, hours: int) -> None:
    start, end = local_day(moment, ZoneInfo("Europe/Warsaw"))
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


def test_what_the_customer_was_told_is_kept_for_the_planner(settings: Settings) -> None:
    story = a_link(NOW)
    do_jobs()
    (booked,) = told_for(SYSTEM, story.visit.pk, now=NOW)
    assert (booked.technician, booked.told_from, booked.told_to) == (None, story.visit.window_from, story.visit.window_to)
    a_fix(story.technician, NOW, HALFWAY)
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW)
    do_jobs()
    coming, _ = told_for(SYSTEM, story.visit.pk, now=NOW)
    assert coming.technician == story.technician
    assert NOW < coming.told_from < coming.told_to < NOW + timedelta(hours=1)
    arrive(story.visit.pk, actor=SYSTEM, now=NOW)
    finish(story.visit.pk, actor=SYSTEM, now=NOW)
    do_jobs()
    assert len(told_for(SYSTEM, story.visit.pk, now=NOW)) == 2


def test_customer_without_an_address_was_told_nothing(settings: Settings) -> None:
    visit = a_visit(NOW, a_site(NOW, a_customer(NOW, phone="", email="")))
    do_jobs()
    assert not told_for(SYSTEM, visit.pk, now=NOW).exists()
