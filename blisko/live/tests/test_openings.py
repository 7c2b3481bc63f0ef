"""That a link was opened is noted from real eyes and hands alone."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.errors import UnknownKey
from blisko.access.services import run_retention
from blisko.live.models import LinkOpening
from blisko.live.rules.robots import is_robot
from blisko.live.services.openings import note_opening
from blisko.live.tests.make import LinkStory, a_link

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
ROBOTS = [
    "",
    "WhatsApp/2.24.20.89 A",
    "facebookexternalhit/1.1",
    "Slackbot-LinkExpanding 1.0",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Windows NT) BingPreview/1.0b",
    "python-requests/2.32",
    "curl/8.9",
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def story(settings: Settings) -> LinkStory:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    return a_link(NOW)


@pytest.mark.parametrize("agent", ROBOTS)
def test_robot_is_known_and_leaves_no_opening(story: LinkStory, agent: str) -> None:
    assert is_robot(agent)
    for method in ("get", "head"):
        getattr(Client(), method)(story.path, headers={"user-agent": agent})
    Client().post(f"{story.path}/opened", headers={"user-agent": agent})
    assert not LinkOpening.objects.exists()


def test_browser_that_only_fetches_leaves_no_opening(story: LinkStory) -> None:
    assert not is_robot(BROWSER)
    for more in ({}, {"purpose": "prefetch"}, {"sec-purpose": "prefetch;prerender"}):
        for address in ("", "/now", "/visit.json", "/visit.ics", "/opened"):
            Client().get(story.path + address, headers={"user-agent": BROWSER, **more})
    assert not LinkOpening.objects.exists()


def test_page_before_somebodys_eyes_is_noted_with_first_and_last_time(story: LinkStory) -> None:
    assert f'to="{story.path}/opened?lang=en"' in Client().get(story.path).text
    answers = [Client().post(f"{story.path}/opened", headers={"user-agent": BROWSER}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204] * 3
    row = LinkOpening.objects.get(visit=story.visit)
    assert row.count == 3
    assert row.first_at < row.last_at


def test_first_form_without_scripts_is_noted_too(story: LinkStory) -> None:
    assert Client().post(f"{story.path}/note", {"text": "hello"}, headers={"user-agent": BROWSER}).status_code == 303
    assert LinkOpening.objects.get().visit_id == story.visit.pk


def test_form_of_another_site_and_ended_link_note_nothing(story: LinkStory) -> None:
    headers = {"user-agent": BROWSER, "sec-fetch-site": "cross-site"}
    assert Client().post(f"{story.path}/opened", headers=headers).status_code == 403
    assert Client().post("/v/guessed/opened", headers={"user-agent": BROWSER}).status_code == 404
    with pytest.raises(UnknownKey):
        note_opening("guessed", now=NOW)
    assert not LinkOpening.objects.exists()


def test_openings_are_forgotten_in_time(story: LinkStory) -> None:
    note_opening(story.token, now=NOW)
    run_retention(now=NOW + timedelta(days=399))
    assert LinkOpening.objects.exists()
    run_retention(now=NOW + timedelta(days=402))
    assert not LinkOpening.objects.exists()
