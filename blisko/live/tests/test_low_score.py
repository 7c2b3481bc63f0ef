"""A low score reaches a person: on the day's page at once, with stars and words, until somebody answers it."""

import time
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.accounts.services import add_user
from blisko.customers.models import TimelineEntry
from blisko.kit import clock
from blisko.kit.steps import steps_of
from blisko.kit.tests.work import do_jobs
from blisko.live.models import CustomerRules
from blisko.live.tests.make import LinkStory, a_link
from blisko.visits.models import VisitRequest
from blisko.visits.rules import RequestState
from blisko.visits.services import arrive, confirm_service, finish

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
WORDS = "left dust <b>everywhere</b>"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"


def rated(stars: int, *, works: bool = True) -> LinkStory:
    """Let a customer say so and give stars, by his link."""
    story = a_link(NOW)
    arrive(story.visit.pk, actor=SYSTEM, now=NOW)
    finish(story.visit.pk, actor=SYSTEM, now=NOW)
    confirm_service(story.visit.pk, works, asked="Does everything work?", language="en", actor=story.link_actor(NOW), now=NOW)
    Client().post(f"{story.path}/rating", {"rating": str(stars), "comment": WORDS}, headers={"sec-fetch-site": "same-origin"})
    do_jobs()
    return story


def dispatcher() -> Client:
    user = add_user(actor=SYSTEM, now=clock.now(), email="dispatcher@example.com", name="Dana", roles=["dispatcher"])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_low_score_stands_on_the_day_until_it_is_answered() -> None:
    story, desk = rated(2), dispatcher()
    request = VisitRequest.objects.get(visit=story.visit)
    page = desk.get("/day/").content.decode()
    assert f'id="wish-{request.pk}"' in page
    assert "A low score" in page and "2 of 5 stars" in page
    assert "left dust &lt;b&gt;everywhere&lt;/b&gt;" in page
    assert "low_score" in TimelineEntry.objects.filter(subject=f"visit:{story.visit.pk}").values_list("kind", flat=True)
    desk.post(f"/day/requests/{request.pk}/", {"dismiss": "1"})
    request.refresh_from_db()
    assert request.state == RequestState.DISMISSED
    assert steps_of(request).get().by.startswith("user:")
    assert f'id="wish-{request.pk}"' not in desk.get("/day/").content.decode()


@pytest.mark.parametrize(("stars", "limit", "seen"), [(3, 2, False), (3, 3, True), (1, 0, False), (2, 1, False), (5, 5, True)])
def test_the_house_says_which_score_is_low(stars: int, limit: int, seen: bool) -> None:
    CustomerRules.objects.create(pk=1, low_score=limit)
    assert VisitRequest.objects.filter(visit=rated(stars).visit).exists() == seen


def test_low_score_promises_the_customer_no_visit() -> None:
    assert "What happens next" not in Client().get(rated(1).path).content.decode()


def test_stars_after_no_stand_beside_the_request_that_waits() -> None:
    story = rated(1, works=False)
    assert VisitRequest.objects.get(visit=story.visit).reason == "does_not_work"
    page = dispatcher().get("/day/").content.decode()
    assert "1 of 5 stars" in page and "left dust" in page
