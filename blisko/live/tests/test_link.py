"""The customer's link: who gets in, what a tap does, and what twice does."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from blisko.access.errors import EndedKey, Forbidden
from blisko.access.models import Key
from blisko.access.queries import key_by_token
from blisko.access.rules import SYSTEM, KeyKind
from blisko.access.services import reveal_token
from blisko.accounts.tests.make import an_actor
from blisko.live.services.links import link_for, renew_link, revoke_link
from blisko.live.tests.make import LinkStory, a_link
from blisko.live.tests.scenes import well_known
from blisko.visits.models import Confirmation, Note, VisitRequest
from blisko.visits.queries import visit_by_id
from blisko.visits.services import arrive, finish, move_visit, set_out

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"


@pytest.fixture
def story() -> LinkStory:
    return a_link(NOW)


def finished(story: LinkStory) -> LinkStory:
    actor = story.technician_actor()
    set_out(story.visit.pk, actor=actor, now=NOW)
    arrive(story.visit.pk, actor=actor, now=NOW)
    finish(story.visit.pk, actor=actor, now=NOW)
    return story


def tap(story: LinkStory, what: str, data: dict[str, str], **headers: str) -> HttpResponse:
    return Client(enforce_csrf_checks=True).post(f"{story.path}/{what}", data, headers=headers)


def test_link_opens_without_cookies_and_is_kept_out_of_every_store(story: LinkStory) -> None:
    page = Client().get(story.path)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert "sessionid" not in page.cookies
    assert "Disallow: /v/" in Client().get("/robots.txt").content.decode()


def test_link_speaks_the_customers_language_and_any_other_when_asked() -> None:
    story = a_link(NOW, language="hu")
    assert '<html lang="hu"' in Client().get(story.path).content.decode()
    page = Client().get(f"{story.path}?lang=pl")
    assert '<html lang="pl"' in page.content.decode()
    assert page["Content-Language"] == "pl"
    assert '<html lang="hu"' in Client().get(f"{story.path}?lang=xx").content.decode()


def test_looking_changes_nothing(story: LinkStory) -> None:
    finished(story)
    for address in ("", "/", "/now", "/photo"):
        for method in ("get", "head"):
            getattr(Client(), method)(story.path + address)
    for address in ("/note", "/answer", "/rating"):
        assert Client().get(story.path + address, {"works": "yes", "text": "x", "rating": "5"}).status_code == 405
    assert not Confirmation.objects.exists()
    assert not Note.objects.exists()


def test_link_ends_14_days_after_the_window_and_moves_with_the_visit(story: LinkStory) -> None:
    key = key_by_token(story.token, kind=KeyKind.LINK, now=NOW)
    assert key.until == story.visit.window_to + timedelta(days=14)
    later = NOW + timedelta(days=3)
    move_visit(story.visit.pk, window_from=later, window_to=later + timedelta(hours=2), actor=SYSTEM, now=NOW)
    assert link_for(story.visit.pk, now=NOW).pk == key.pk
    assert Key.objects.get(pk=key.pk).until == later + timedelta(hours=2, days=14)
    with pytest.raises(EndedKey):
        key_by_token(story.token, kind=KeyKind.LINK, now=later + timedelta(days=15))


def test_ended_link_says_so_and_whom_to_call(story: LinkStory) -> None:
    dispatcher = an_actor("dispatcher")
    assert revoke_link(story.visit.pk, actor=dispatcher, now=NOW) == 1
    page = Client().get(story.path)
    assert page.status_code == 410
    assert "tel:+48225550100" in page.content.decode()
    assert "Lipowa" not in page.content.decode()
    assert tap(story, "answer", {"works": "yes"}).status_code == 410


def test_renewed_link_replaces_the_old_one_and_is_sent(story: LinkStory) -> None:
    key = renew_link(story.visit.pk, actor=an_actor("dispatcher"), now=NOW)
    assert Client().get(story.path).status_code == 410
    assert Client().get(f"/v/{reveal_token(key.pk)}").status_code == 200
    with pytest.raises(Forbidden):
        renew_link(story.visit.pk, actor=an_actor("technician"), now=NOW)


def test_answer_is_kept_as_evidence_without_any_cookie(story: LinkStory) -> None:
    finished(story)
    answer = tap(story, "answer?lang=pl", {"works": "yes"})
    assert answer.status_code == 303
    assert answer["Location"] == f"{story.path}?lang=pl#main"
    kept = Confirmation.objects.get(visit=story.visit)
    assert (kept.works, kept.language, kept.asked) == (True, "pl", "Czy wszystko działa?")
    assert kept.by == f"key:{key_by_token(story.token, kind=KeyKind.LINK, now=NOW).pk}"
    assert abs(kept.at - NOW) < timedelta(minutes=1)


def test_second_tap_shows_the_same_thanks(story: LinkStory) -> None:
    finished(story)
    first, second = tap(story, "answer", {"works": "yes"}), tap(story, "answer", {"works": "no"})
    assert (first.status_code, second.status_code) == (303, 303)
    assert Confirmation.objects.get(visit=story.visit).works
    for _ in range(2):
        assert tap(story, "rating", {"rating": "4", "comment": "kind"}).status_code == 303
    kept = Confirmation.objects.get(visit=story.visit)
    assert (kept.rating, kept.comment) == (4, "kind")


def test_no_opens_a_request_that_the_dispatcher_sees(story: LinkStory) -> None:
    finished(story)
    tap(story, "answer", {"works": "no"})
    assert VisitRequest.objects.get(visit=story.visit).reason == "does_not_work"
    assert visit_by_id(story.visit.pk).order.state == "open"
    page = Client().get(story.path).content.decode()
    assert "What happens next" in page
    tap(story, "note", {"text": "the light on the box is red"})
    page = Client().get(story.path).content.decode()
    assert "the light on the box is red" in page
    assert "What does not work?" not in page


@pytest.mark.parametrize("data", [{}, {"works": "perhaps"}, {"rating": "9"}, {"rating": "five"}, {"text": "  "}])
def test_tap_that_says_nothing_changes_nothing(story: LinkStory, data: dict[str, str]) -> None:
    finished(story)
    for what in ("answer", "rating", "note"):
        assert tap(story, what, data).status_code == 303
    assert not Confirmation.objects.exists()
    assert not Note.objects.exists()


def test_answer_before_the_end_is_not_kept(story: LinkStory) -> None:
    assert tap(story, "answer", {"works": "yes"}).status_code == 303
    assert not Confirmation.objects.exists()


def test_note_reaches_the_visit_once_however_often_it_is_sent(story: LinkStory) -> None:
    for _ in range(3):
        assert tap(story, "note", {"text": "The intercom <b>is broken</b>"}).status_code == 303
    note = Note.objects.get(visit=story.visit)
    assert note.by_customer
    page = Client().get(story.path).content.decode()
    assert "The intercom &lt;b&gt;is broken&lt;/b&gt;" in page


def test_notes_of_technicians_stay_inside(story: LinkStory) -> None:
    Note.objects.create(visit=story.visit, by="user:1", by_name="Jan", text="dog bites", at=NOW)
    assert "dog bites" not in Client().get(story.path).content.decode()


def test_flood_of_notes_is_stopped_and_told(story: LinkStory) -> None:
    answers = [tap(story, "note", {"text": f"note {n}"}).status_code for n in range(25)]
    assert answers.count(303) == 20
    assert answers[-1] == 429


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 303),
        ({}, 303),
    ],
)
def test_form_of_another_site_is_turned_away(story: LinkStory, headers: dict[str, str], status: int) -> None:
    assert tap(story, "note", {"text": "hello"}, **headers).status_code == status
    assert Note.objects.exists() == (status == 303)


def test_key_of_another_kind_is_no_link(story: LinkStory) -> None:
    Key.objects.update(kind=KeyKind.DEVICE)
    assert Client().get(story.path).status_code == 404


def test_narrower_window_is_shown_only_where_recent_days_say_that_it_holds() -> None:
    story = a_link(NOW, starts_in=timedelta(hours=1))

    def said() -> bool:
        return "Most probably" in Client().get(f"{story.path}?lang=en").content.decode()

    assert not said()
    well_known(story)
    assert said()
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW)
    assert not said()
