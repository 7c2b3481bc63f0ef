"""Who was told a name is told when somebody else comes, by whatever way, and nobody is told for nothing (F14)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.field.models import Technician
from blisko.field.services import change_technician
from blisko.field.tests.make import a_technician, actor_of, let_work
from blisko.kit import clock
from blisko.kit.tests.work import do_jobs
from blisko.live.models import CustomerRules
from blisko.live.services.names import tell_of_name
from blisko.live.services.openings import note_opening
from blisko.live.services.reminders import remind_of_visit
from blisko.live.tests.make import LinkStory, a_link
from blisko.messaging.models import Delivery
from blisko.planning.models import Told
from blisko.planning.queries import assignment_of
from blisko.planning.queries.problems import draft_of
from blisko.planning.rules.runs import Why
from blisko.planning.rules.swaps import Approval
from blisko.planning.services import (
    accept_swap,
    assign_visit,
    change_swap_rules,
    commit_plan,
    move_assignment,
    offer_swap,
    report_sick,
    unassign_visit,
)
from blisko.planning.tests.make import a_plan
from blisko.visits.rules import CancelReason
from blisko.visits.services import cancel_visit, move_visit, set_out

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
AHEAD = timedelta(hours=17, minutes=30)  # tomorrow at ten
NIGHT = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def at(settings: Settings, moment: datetime) -> datetime:
    settings.BLISKO_CLOCK = f"{moment.isoformat()}@{time.time()}*1"
    return moment


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    at(settings, NOW)


def a_promise(language: str = "en", *, named: bool = True, starts_in: timedelta = AHEAD) -> tuple[LinkStory, Technician]:
    """Tomorrow's visit, whose customer has heard of Jan, and a colleague who could come instead."""
    story = a_link(NOW, language=language, starts_in=starts_in)
    other = a_technician(NOW, name="Ewa Nowak")
    let_work(other, story.visit.window_from - timedelta(hours=2), story.visit.window_to + timedelta(hours=4), now=NOW)
    do_jobs()
    if named:
        remind_of_visit(story.visit.pk, now=clock.now())
    return story, other


def settle() -> None:
    """Let the minutes pass in which a change may still be taken back."""
    do_jobs()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND task_name = 'live.tell_name'")
    do_jobs()


def waiting() -> int:
    """How many looks are still to come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'live.tell_name'")
        return int(cursor.fetchone()[0])


def told(story: LinkStory, channel: str = "sms") -> list[str]:
    found = Delivery.objects.filter(about=f"visit:{story.visit.pk}", code="visit_technician", channel=channel)
    return list(found.order_by("pk").values_list("body", flat=True))


def given(story: LinkStory, technician: Technician) -> None:
    assign_visit(story.visit.pk, technician.pk, actor=SYSTEM, now=clock.now(), starts_at=story.visit.window_from)


def by_swap(story: LinkStory, other: Technician) -> None:
    change_swap_rules(approval=Approval.NEVER, minutes=15, rest_hours=0, actor=SYSTEM, now=NOW)
    offer = offer_swap(story.visit.pk, actor=story.technician_actor(), now=NOW)
    accept_swap(offer.pk, actor=actor_of(other), now=NOW)


def by_hand(story: LinkStory, other: Technician) -> None:
    move_assignment(story.visit.pk, other.pk, actor=SYSTEM, now=NOW)


def by_sick_leave_and_the_planner(story: LinkStory, other: Technician) -> None:
    report_sick(2, actor=story.technician_actor(), now=NOW)
    draft = draft_of(story.visit.window_from.date(), "", now=NOW)
    commit_plan(draft, a_plan(draft), why=Why.REPAIR, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("change", [by_swap, by_hand, by_sick_leave_and_the_planner, given])
def test_customer_hears_once_who_comes_instead(change: Callable[[LinkStory, Technician], None]) -> None:
    story, other = a_promise()
    change(story, other)
    do_jobs()
    assert told(story) == [], "it may still be taken back"
    held = assignment_of(story.visit.pk)
    assert held is not None and held.technician_id == other.pk
    for _ in range(2):
        settle()
        tell_of_name(story.visit.pk, now=NOW)
        [words] = told(story)
    assert "Ewa" in words and "Nowak" not in words and "Jan" not in words
    newest = Told.objects.latest("at", "pk")
    assert (newest.technician_id, newest.told_from, newest.told_to) == (other.pk, story.visit.window_from, story.visit.window_to)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "a change: Ewa is coming to you, "), ("pl", "przyjedzie Ewa"), ("hu", "érkezik Önhöz: Ewa")]
)
def test_customer_is_told_in_his_language(language: str, words: str) -> None:
    story, other = a_promise(language)
    given(story, other)
    settle()
    assert words in told(story)[0]


def test_change_taken_back_soon_is_none() -> None:
    story, other = a_promise()
    given(story, other)
    do_jobs()
    given(story, story.technician)
    settle()
    assert told(story) == []


def test_who_had_heard_no_name_is_not_told_of_a_change() -> None:
    story, other = a_promise(named=False)
    given(story, other)
    do_jobs()
    assert waiting() == 0, "nothing is even looked at"
    remind_of_visit(story.visit.pk, now=clock.now())
    window = {"window_from": story.visit.window_from + timedelta(hours=1), "window_to": story.visit.window_to + timedelta(hours=1)}
    move_visit(story.visit.pk, actor=SYSTEM, now=NOW + timedelta(minutes=1), **window)
    do_jobs()
    given(story, story.technician)
    settle()
    assert told(story) == [], "a new time has been promised since, and nobody with it"


def test_nobody_is_told_while_nobody_comes_or_the_same_name_does() -> None:
    story, other = a_promise()
    given(story, other)
    unassign_visit(story.visit.pk, actor=SYSTEM, now=NOW)
    settle()
    assert told(story) == []
    change_technician(other.pk, name="Jan Nowak", actor=SYSTEM, now=NOW)
    given(story, other)
    settle()
    assert told(story) == []


def test_house_that_names_nobody_tells_nobody() -> None:
    story, other = a_promise()
    CustomerRules.objects.create(pk=1, technician_name_when="never")
    given(story, other)
    settle()
    assert told(story) == []


def test_who_cancelled_meanwhile_or_is_being_driven_to_hears_no_name_any_more() -> None:
    for end in (partial(cancel_visit, reason=CancelReason.OTHER), set_out):
        story, other = a_promise()
        given(story, other)
        end(story.visit.pk, actor=SYSTEM, now=NOW)
        tell_of_name(story.visit.pk, now=clock.now())
        assert told(story) == []
        do_jobs()


def test_name_read_on_the_page_counts_as_told() -> None:
    story, other = a_promise(named=False)
    note_opening(story.token, now=clock.now())
    given(story, other)
    settle()
    assert len(told(story)) == 1
    given(story, story.technician)
    do_jobs()
    note_opening(story.token, now=clock.now())
    settle()
    assert len(told(story)) == 1, "he has read there who comes"


def test_page_of_a_visit_days_ahead_named_nobody() -> None:
    story, other = a_promise(named=False, starts_in=AHEAD + timedelta(days=1))
    note_opening(story.token, now=clock.now())
    given(story, other)
    settle()
    assert told(story) == []


def test_page_read_while_nobody_was_to_come_named_nobody() -> None:
    story, other = a_promise(named=False)
    unassign_visit(story.visit.pk, actor=SYSTEM, now=NOW)
    note_opening(story.token, now=clock.now())
    given(story, other)
    settle()
    assert told(story) == []


def test_change_of_the_night_is_looked_at_in_the_morning(settings: Settings) -> None:
    story, other = a_promise()
    at(settings, NIGHT)
    given(story, other)
    settle()
    assert told(story) == []
    at(settings, NIGHT + timedelta(hours=9))
    settle()
    assert len(told(story)) == 1


def test_crew_counts_by_who_leads() -> None:
    story, other = a_promise()
    story.visit.order.job_type.crew_size = 2
    story.visit.order.job_type.save()
    assign_visit(story.visit.pk, other.pk, actor=SYSTEM, now=NOW, seat=2)
    settle()
    assert told(story) == []
