"""The second, later question: asked days after "yes", once, of those who may know something new (L9)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.customers.models import TimelineEntry
from blisko.kit.tests.work import do_jobs
from blisko.live import jobs
from blisko.live.models import CustomerRules, Edition
from blisko.live.queries.reminders import visits_to_ask_again
from blisko.live.services.reminders import ask_again
from blisko.live.tests.make import LinkStory, a_link
from blisko.messaging.models import Delivery
from blisko.visits.errors import AlreadyAnswered
from blisko.visits.models import LaterAnswer, Visit, VisitRequest
from blisko.visits.rules import CancelReason, OrderState
from blisko.visits.services import arrive, book_visit, cancel_visit, confirm_later, confirm_service, finish

DONE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DUE = DONE + timedelta(days=3, hours=1)  # eleven o'clock in Warsaw
pytestmark = pytest.mark.django_db
At = Callable[[datetime], datetime]


@pytest.fixture
def at(settings: Settings) -> At:
    def move(moment: datetime) -> datetime:
        settings.BLISKO_CLOCK = f"{moment.isoformat()}@{time.time()}*1"
        return moment

    move(DONE)
    return move


def a_finished(works: bool | None = True, *, answered: datetime = DONE, language: str = "en") -> LinkStory:
    """Answer a visit that was done, with the customer's first answer where there is one."""
    story = a_link(DONE, language=language)
    arrive(story.visit.pk, actor=SYSTEM, now=DONE)
    finish(story.visit.pk, actor=SYSTEM, now=DONE)
    if works is not None:
        confirm_service(story.visit.pk, works, asked="Does everything work?", language="en", actor=story.link_actor(DONE), now=answered)
    do_jobs()
    return story


def page(story: LinkStory) -> str:
    return Client().get(story.path).content.decode()


def tap(story: LinkStory, answer: str, *, name: str = "still") -> None:
    given = Client(enforce_csrf_checks=True).post(f"{story.path}/answer", {name: answer}, headers={"sec-fetch-site": "same-origin"})
    assert given.status_code == 303


def another_of(story: LinkStory, now: datetime) -> Visit:
    """Answer one more visit of the same order."""
    order, start = story.visit.order, now + timedelta(days=6)
    window = {"window_from": start, "window_to": start + timedelta(hours=2)}
    return book_visit(site_id=order.site_id, job_type=order.job_type.code, order_id=order.pk, actor=SYSTEM, now=now, **window)


def asked(story: LinkStory) -> list[str]:
    return list(Delivery.objects.filter(about=f"visit:{story.visit.pk}", code="visit_still_works").values_list("body", flat=True))


def test_question_waits_for_its_day_and_is_asked_once(at: At) -> None:
    story = a_finished()
    for early in (DONE + timedelta(hours=2), DUE - timedelta(hours=2)):
        assert visits_to_ask_again(now=at(early)) == []
        assert 'name="still"' not in page(story)
    now = at(DUE)
    assert visits_to_ask_again(now=now) == [story.visit.pk]
    for _ in range(2):
        jobs.look_at_the_last_days(0)
        do_jobs()
        ask_again(story.visit.pk, now=now)
    [words] = asked(story)
    assert "is everything still working after our visit?" in words
    assert visits_to_ask_again(now=now) == []
    assert 'name="still"' in page(story)


@pytest.mark.parametrize("hour", [5, 8, 17, 23])
def test_nobody_is_asked_early_or_late_in_the_day(at: At, hour: int) -> None:
    a_finished()
    assert visits_to_ask_again(now=at(DUE.replace(hour=hour) + timedelta(days=1))) == []


def test_who_never_answered_is_asked_too_and_finds_the_first_question(at: At) -> None:
    story = a_finished(None)
    assert visits_to_ask_again(now=at(DUE)) == [story.visit.pk]
    assert 'name="works"' in page(story) and 'name="still"' not in page(story)


def test_who_answered_only_then_is_not_asked_again_on_the_page(at: At) -> None:
    story = a_finished(answered=DUE)
    at(DUE + timedelta(minutes=5))
    assert 'name="still"' not in page(story)


def test_who_said_no_or_waits_for_another_visit_is_not_asked(at: At) -> None:
    broken, waiting = a_finished(False), a_finished()
    another_of(waiting, DONE)
    assert visits_to_ask_again(now=at(DUE)) == []
    for story in (broken, waiting):
        ask_again(story.visit.pk, now=DUE)
        assert not asked(story)
        assert 'name="still"' not in page(story)


def test_house_chooses_the_day_or_never(at: At) -> None:
    story = a_finished()
    CustomerRules.objects.create(pk=1, ask_again_after=1)
    assert visits_to_ask_again(now=at(DONE + timedelta(days=1, hours=1))) == [story.visit.pk]
    CustomerRules.objects.update(ask_again_after=0)
    assert visits_to_ask_again(now=at(DUE)) == []
    assert 'name="still"' not in page(story)


def test_old_visits_are_not_dug_up(at: At) -> None:
    a_finished()
    assert visits_to_ask_again(now=at(DUE + timedelta(days=3))) == []


def test_yes_is_kept_as_evidence_and_the_page_says_thanks(at: At) -> None:
    story = a_finished()
    issued = Edition.objects.filter(visit=story.visit).count()
    at(DUE)
    tap(story, "yes")
    tap(story, "no")  # a second tap changes nothing
    answer = LaterAnswer.objects.get(visit=story.visit)
    assert (answer.works, answer.asked, answer.language) == (True, "Is everything still working?", "en")
    assert "You answered: yes, everything is still working" in page(story)
    do_jobs()
    kept = TimelineEntry.objects.get(kind="later_answered")
    assert kept.facts["works"] is True and kept.facts["asked"] == answer.asked
    assert not VisitRequest.objects.exists()
    assert Edition.objects.filter(visit=story.visit).count() == issued + 1


def test_no_reopens_the_order_and_offers_a_visit_on_the_spot(at: At) -> None:
    story = a_finished()
    at(DUE)
    tap(story, "no")
    story.visit.order.refresh_from_db()
    assert story.visit.order.state == OrderState.OPEN
    assert VisitRequest.objects.get(visit=story.visit).reason == "stopped_working"
    shown = page(story)
    assert "We are sorry that it does not work" in shown
    assert f"{story.path}/move" in shown
    assert 'id="trouble"' in shown


def test_order_whose_repair_did_not_last_is_not_resolved_by_it(at: At) -> None:
    story = a_finished()
    at(DUE)
    tap(story, "no")
    another = another_of(story, DUE)
    cancel_visit(another.pk, actor=SYSTEM, now=DUE, reason=CancelReason.OPERATOR)
    another.order.refresh_from_db()
    assert another.order.state == OrderState.CANCELLED


def test_answer_before_it_is_asked_and_twice_at_once_are_refused(at: At) -> None:
    story = a_finished()
    tap(story, "no")
    assert not LaterAnswer.objects.exists()
    given = {"asked": "Still?", "language": "en", "actor": story.link_actor(DUE), "now": DUE}
    confirm_later(story.visit.pk, True, **given)
    with pytest.raises(AlreadyAnswered):
        confirm_later(story.visit.pk, False, **given)


@pytest.mark.parametrize("language", ["en", "pl", "hu"])
def test_question_fits_one_sms_in_every_language(at: At, language: str) -> None:
    story = a_finished(language=language)
    ask_again(story.visit.pk, now=at(DUE))
    assert Delivery.objects.get(code="visit_still_works").parts == 1
