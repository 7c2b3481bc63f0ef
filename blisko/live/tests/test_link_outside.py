"""The link outside our own page: issued to the operator's app, as a document, in a frame, in a calendar."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from icalendar import Calendar
from pytest_django import Settings

from blisko.access.errors import Forbidden, UnknownKey
from blisko.access.models import Answered, AuditEntry, Key
from blisko.access.queries import opens
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.accounts.tests.make import an_actor
from blisko.customers.tests.make import a_site
from blisko.kit import clock
from blisko.live.api import LinkFields
from blisko.live.queries.link import seen_by_link
from blisko.live.rules.stages import FIELDS, Stage, shows
from blisko.live.services.app_links import issue_app_link, issue_app_links, revoke_app_link
from blisko.live.services.links import link_for
from blisko.live.tests.make import LinkStory, a_link
from blisko.live.tests.scenes import NEVER, SCENES, scene
from blisko.visits.errors import NoSuchVisit
from blisko.visits.rules import CancelReason
from blisko.visits.services import cancel_visit, move_visit
from blisko.visits.tests.make import a_visit

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
APP = an_actor("admin", "user:77")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    at(settings, NOW)


def at(settings: Settings, moment: datetime) -> None:
    settings.BLISKO_CLOCK = f"{moment.isoformat()}@{time.time()}*1"


def asked(
    path: str, body: dict[str, Any] | None = None, *, scopes: tuple[str, ...] = ("live.issue_links",), **headers: str
) -> HttpResponse:
    token = reveal_token(issue_api_key("app", scopes, actor=SYSTEM, now=NOW).pk)
    headers = {"authorization": f"Bearer {token}", **headers}
    if body is None:
        return Client().get(f"/api/v1{path}", headers=headers)
    return Client().post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def path_of(url: str) -> str:
    return url.removeprefix("http://localhost:8000").partition("?")[0]


# Issued links


def test_app_opens_a_visit_for_its_customer_for_some_minutes(settings: Settings) -> None:
    story = a_link(NOW)
    customer = story.visit.order.customer_id
    made = asked(f"/visits/{story.visit.pk}/links", {"minutes": 15, "customer_id": customer}).json()
    assert made["until"] == "2026-11-24T08:27:00Z"[:16] + made["until"][16:]
    page = Client().get(path_of(made["url"]))
    assert page.status_code == 200
    assert story.visit.number in page.text
    assert AuditEntry.objects.filter(verb="give_token", subject=f"visit:{story.visit.pk}", detail__key=made["id"]).exists()
    at(settings, NOW + timedelta(minutes=16))
    assert Client().get(path_of(made["url"])).status_code == 410
    assert Client().get(story.path).status_code == 200, "the link that was sent lives on"


def test_link_of_another_customers_visit_is_not_issued() -> None:
    story = a_link(NOW)
    other = a_site(NOW).customer_id
    assert asked(f"/visits/{story.visit.pk}/links", {"customer_id": other}).status_code == 404
    assert asked("/visits/999999/links", {}).status_code == 404
    with pytest.raises(NoSuchVisit):
        issue_app_link(story.visit.pk, minutes=5, embeddable=False, actor=APP, now=NOW, customer_id=other)


def test_issuing_has_a_scope_of_its_own() -> None:
    story = a_link(NOW)
    for path, body in (("links", {}), ("links", None), ("link-view", None)):
        assert asked(f"/visits/{story.visit.pk}/{path}", body, scopes=("visits.see_all", "visits.book")).status_code == 403
    for issue in (lambda who: issue_app_links(1, minutes=5, embeddable=False, actor=who, now=NOW),):
        with pytest.raises(Forbidden):
            issue(an_actor("dispatcher"))
    assert asked(f"/visits/{story.visit.pk}", scopes=("live.issue_links",)).status_code == 404, "it opens nothing else"


def test_issued_link_gives_its_issuer_no_key_and_does_not_become_the_one_that_is_sent() -> None:
    story = a_link(NOW)
    issue_app_link(story.visit.pk, minutes=5, embeddable=False, actor=APP, now=NOW)
    assert not opens(APP, f"visit:{story.visit.pk}", now=NOW)
    assert reveal_token(link_for(story.visit.pk, now=NOW).pk) == story.token


def test_links_of_all_visits_ahead_of_a_customer() -> None:
    site = a_site(NOW)
    later, sooner = a_visit(NOW, site, starts_in=timedelta(days=3)), a_visit(NOW, site, starts_in=timedelta(days=1))
    over = a_visit(NOW, site)
    cancel_visit(over.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    made = asked(f"/customers/{site.customer_id}/links", {}).json()
    assert [one["visit_id"] for one in made] == [sooner.pk, later.pk]
    assert len({one["url"] for one in made}) == 2


def test_links_are_listed_without_their_tokens_and_revoked() -> None:
    story = a_link(NOW)
    first = asked(f"/visits/{story.visit.pk}/links", {}).json()
    second = asked(f"/visits/{story.visit.pk}/links", {"embeddable": True}).json()
    listed = asked(f"/visits/{story.visit.pk}/links")
    assert [(one["id"], one["embeddable"]) for one in listed.json()] == [(second["id"], True), (first["id"], False)]
    assert "url" not in listed.text
    token = reveal_token(issue_api_key("app", ["live.issue_links"], actor=SYSTEM, now=NOW).pk)
    headers = {"authorization": f"Bearer {token}"}
    for status in (204, 404):
        assert Client().delete(f"/api/v1/visits/{story.visit.pk}/links/{first['id']}", headers=headers).status_code == status
    assert Client().get(path_of(first["url"])).status_code == 410
    assert Client().get(path_of(second["url"])).status_code == 200
    with pytest.raises(UnknownKey):
        revoke_app_link(story.visit.pk, Key.objects.order_by("pk").first().pk, actor=APP, now=NOW)  # type: ignore[union-attr]


def test_no_token_rests_in_the_database_not_even_in_kept_answers() -> None:
    story = a_link(NOW)
    made = [asked(f"/visits/{story.visit.pk}/links", {}, **{"idempotency-key": "one"}).json() for _ in range(2)]
    assert made[0]["url"] != made[1]["url"]
    assert not Answered.objects.exists()


# In a frame


def test_only_embeddable_links_may_be_framed_and_only_by_the_sites_named(settings: Settings) -> None:
    story = a_link(NOW)
    plain, framed = (path_of(asked(f"/visits/{story.visit.pk}/links", {"embeddable": yes}).json()["url"]) for yes in (False, True))
    for path in (plain, framed, story.path):
        page = Client().get(path)
        assert page["X-Frame-Options"] == "DENY", "off by default"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    settings.BLISKO_EMBED_BY = ["https://app.operator.example"]
    page = Client(enforce_csrf_checks=True).get(framed)
    assert "X-Frame-Options" not in page
    assert "frame-ancestors https://app.operator.example;" in page["Content-Security-Policy"] + ";"
    assert "frame-ancestors 'none'" not in page["Content-Security-Policy"]
    assert not page.cookies
    for path in (plain, story.path):
        assert Client().get(path)["X-Frame-Options"] == "DENY"
    answer = Client(enforce_csrf_checks=True).post(f"{framed}/note", {"text": "hello"}, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303, "forms work in a frame, without a cookie"
    assert not answer.cookies


# The document


@pytest.mark.parametrize("name", SCENES)
def test_page_document_and_api_never_disagree(settings: Settings, name: str) -> None:
    story = scene(settings, name)
    stage = SCENES[name][0]
    behind = Client().get(f"{story.path}/visit.json")
    given = asked(f"/visits/{story.visit.pk}/link-view")
    assert behind["Cache-Control"] == "no-store"
    document, answer = behind.json(), given.json()
    assert abs(datetime.fromisoformat(document.pop("at")) - datetime.fromisoformat(answer.pop("at"))) < timedelta(seconds=5)
    other = {field for field in document["fields"] if document["fields"][field] != answer["fields"].get(field)}
    assert not other, [(document["fields"][field], answer["fields"].get(field)) for field in other]
    assert document == answer
    assert document["stage"] == stage
    assert set(document["fields"]) == {field for field in FIELDS if shows(stage, field)}
    view = seen_by_link(story.token, now=clock.now())[1]
    assert {field for field, value in document["fields"].items() if value} == {field for field, value in view.items() if value}
    for words in (behind.text, given.text):
        assert not [each for each in NEVER if each in words]
        # A dispute has an answer of its own, and what is held a window.
        inside = {field for field, around in (("answer", "dispute"), ("window", "held")) if view.get(around)}
        for field in FIELDS.keys() - {field for field in FIELDS if shows(stage, field)} - inside:
            assert f'"{field}":' not in words.replace('": ', '":')


def test_every_field_of_the_table_is_documented() -> None:
    assert set(LinkFields.model_fields) == set(FIELDS)
    described = Client().get("/api/v1/openapi.json").json()["components"]["schemas"]["LinkView"]
    assert set(described["properties"]) == {"visit_id", "stage", "steps", "at", "language", "fields"}


def test_ended_link_has_no_document_and_no_calendar(settings: Settings) -> None:
    story = a_link(NOW)
    at(settings, NOW + timedelta(days=30))
    for what in ("visit.json", "visit.ics"):
        answer = Client().get(f"{story.path}/{what}", headers={"accept": "application/json"})
        assert answer.status_code == 410
        assert "Lipowa" not in answer.text


# The calendar


def entry(story: LinkStory, query: str = "") -> Any:
    answer = Client().get(f"{story.path}/visit.ics{query}")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.content)
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n"), "lines end as RFC 5545 wants"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert [each["tzid"] for each in found.walk("VTIMEZONE")] == ["Europe/Warsaw"]
    [event] = found.walk("VEVENT")
    return event


def test_calendar_follows_the_visit_under_one_name() -> None:
    story = a_link(NOW, starts_in=timedelta(days=4))
    before = entry(story)
    assert before["dtstart"].dt.isoformat() == "2026-11-28T09:12:00+01:00"
    assert before["dtend"].dt - before["dtstart"].dt == timedelta(hours=2)
    assert (before["sequence"], before["status"]) == (0, "CONFIRMED")
    assert before["location"] == story.visit.order.site.address
    for n in (1, 2):
        day = NOW + timedelta(days=4 + n)
        move_visit(story.visit.pk, window_from=day, window_to=day + timedelta(hours=2), actor=SYSTEM, now=NOW)
        after = entry(story)
        assert (after["uid"], after["sequence"]) == (before["uid"], n)
        assert after["dtstart"].dt == day
    cancel_visit(story.visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.NOT_NEEDED)
    gone = entry(story)
    assert (gone["uid"], gone["sequence"], gone["status"]) == (before["uid"], 3, "CANCELLED")
    assert "location" not in gone


def test_another_link_to_the_visit_is_the_same_entry() -> None:
    story = a_link(NOW)
    token = reveal_token(issue_app_link(story.visit.pk, minutes=5, embeddable=False, actor=APP, now=NOW).pk)
    assert entry(LinkStory(story.visit, story.technician, token))["uid"] == entry(story)["uid"]


@pytest.mark.parametrize(
    ("language", "summary", "call"),
    [
        ("en", "Fibre repair · Blisko", "Call us: +48 22 555 01 00"),
        ("pl", "Naprawa światłowodu · Blisko", "Zadzwoń do nas: +48 22 555 01 00"),
        ("hu", "Optikai hálózat javítása · Blisko", "Hívjon minket: +48 22 555 01 00"),
    ],
)
def test_calendar_speaks_the_customers_language(language: str, summary: str, call: str) -> None:
    found = entry(a_link(NOW, language=language))
    assert found["summary"] == summary
    assert call in found["description"]


@pytest.mark.parametrize("name", SCENES)
def test_calendar_holds_nothing_of_the_technician(settings: Settings, name: str) -> None:
    story = scene(settings, name)
    words = Client().get(f"{story.path}/visit.ics").text
    for secret in (*NEVER, "Xawery", "602300400", "52.0"):
        assert secret not in words.replace("\r\n ", "")


def test_page_leads_to_the_calendar_while_the_visit_is_ahead() -> None:
    page = Client().get(a_link(NOW, starts_in=timedelta(days=4)).path).text
    assert "/visit.ics?lang=en" in page
    assert 'href="webcal://localhost:8000/v/' in page


# Previews


@pytest.mark.parametrize("stage", Stage)
def test_page_gives_link_previews_nothing(settings: Settings, stage: Stage) -> None:
    for name in (name for name, (its, _, _) in SCENES.items() if its == stage):
        story = scene(settings, name)
        page = Client().get(story.path).text.lower()
        for words in ("og:", "twitter:", "oembed", "application/ld+json", 'name="description"', 'rel="canonical"'):
            assert words not in page
        head = page.partition("</head>")[0]
        for secret in ("lipowa", "xawery", story.visit.number.lower()):
            assert secret not in head
