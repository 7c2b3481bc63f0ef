"""The pages where a person sees what is told, and tells it again."""

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.accounts.models import Role, User
from blisko.kit.tests.work import do_jobs
from blisko.live.tests.make import a_link
from blisko.webhooks.models import Call, Endpoint
from blisko.webhooks.rules import VisitEventType
from blisko.webhooks.services import reveal_secret
from blisko.webhooks.tests.make import ADMIN, NOW, an_endpoint
from blisko.webhooks.tests.receiver import Receiver

pytestmark = pytest.mark.django_db
ALL = [str(each) for each in VisitEventType]


def signed_in(role: str) -> Client:
    user = User.objects.create_user(f"{role}@example.com", "a long password", name="Ewa")
    user.roles.add(Role.objects.get(code=role))
    client = Client()
    client.force_login(user)
    return client


def test_only_whoever_may_sees_and_changes_webhooks(receiver: Receiver) -> None:
    endpoint = an_endpoint(receiver)
    a_link(NOW, assigned=False)
    do_jobs()
    call = Call.objects.get()
    manager = signed_in("manager")
    pages = ["/webhooks/", f"/webhooks/{endpoint.pk}/", f"/webhooks/{endpoint.pk}/edit/", f"/webhooks/messages/{call.pk}/"]
    for page in pages:
        assert Client().get(page).status_code == 302
        assert manager.get(page).status_code == 403
    changes = [f"/webhooks/{endpoint.pk}/{what}/" for what in ("decide", "rotate", "remove", "replay")]
    for page in [*changes, f"/webhooks/messages/{call.pk}/decide/"]:
        data = {"decision": "skip" if "messages" in page else "pause", "since": "2026-11-24T08:00"}
        assert manager.post(page, data).status_code == 403
        assert manager.get(page).status_code == 405
    assert Endpoint.objects.get().state == "active"


def test_endpoint_is_added_and_its_secret_shown_once() -> None:
    admin = signed_in("admin")
    assert "No system is told of visits yet" in admin.get("/webhooks/").text
    made = admin.post("/webhooks/", {"name": "App", "url": "https://example.com/hooks", "types": ALL})
    endpoint = Endpoint.objects.get()
    secret = reveal_secret(endpoint.pk, actor=ADMIN, now=NOW)
    assert secret in made.text
    assert made["Cache-Control"] == "no-store"
    assert secret not in admin.get(f"/webhooks/{endpoint.pk}/").text
    changed = admin.post(f"/webhooks/{endpoint.pk}/rotate/").text
    newer = reveal_secret(endpoint.pk, actor=ADMIN, now=NOW)
    assert newer != secret
    assert newer in changed
    assert "signs until" in changed


def test_address_into_our_own_network_is_refused_unless_allowed(settings: Settings) -> None:
    settings.BLISKO_WEBHOOK_PRIVATE = False
    admin = signed_in("admin")
    for url in ("http://example.com/", "https://127.0.0.1/", "https://localhost/"):
        page = admin.post("/webhooks/", {"name": "App", "url": url, "types": ALL})
        assert page.status_code == 422
        assert "public https address" in page.text
    assert admin.post("/webhooks/", {"name": "App", "url": "https://example.com/", "types": []}).status_code == 422
    assert not Endpoint.objects.exists()


def test_person_sees_the_body_and_why_it_was_not_taken_and_sends_again(receiver: Receiver) -> None:
    receiver.manner = 500
    endpoint = an_endpoint(receiver)
    story = a_link(NOW)
    do_jobs()
    admin = signed_in("admin")
    assert "messages wait" in admin.get("/webhooks/").text
    page = admin.get(f"/webhooks/{endpoint.pk}/").text
    assert "HTTP 500" in page
    first, second = Call.objects.order_by("pk")
    body = admin.get(f"/webhooks/messages/{first.pk}/").text
    assert story.visit.number in body
    assert "words" in body
    assert "waits behind an earlier one" in admin.get(f"/webhooks/messages/{second.pk}/").text
    receiver.manner = 200
    assert admin.post(f"/webhooks/messages/{first.pk}/decide/", {"decision": "replay"}).status_code == 302
    do_jobs()
    assert receiver.order(story.visit.pk) == [1, 2]
    assert admin.post(f"/webhooks/messages/{first.pk}/decide/", {"decision": "burn"}).status_code == 404
    assert admin.get("/webhooks/messages/999999/").status_code == 404
    for query in ("state=troubled", "state=waiting", "state=delivered", f"visit={story.visit.pk}", "visit=x", "page=7"):
        assert admin.get(f"/webhooks/{endpoint.pk}/?{query}").status_code == 200


def test_person_pauses_changes_replays_and_removes(receiver: Receiver) -> None:
    endpoint = an_endpoint(receiver)
    a_link(NOW)
    do_jobs()
    admin, here = signed_in("admin"), f"/webhooks/{endpoint.pk}/"
    assert admin.post(f"{here}replay/", {"since": "2026-11-24T00:00"}).status_code == 302
    assert "2 messages will be sent again" in admin.get(here).text
    do_jobs()
    assert len(receiver.taken) == 4
    admin.post(f"{here}replay/", {"since": "soon"})
    assert "Give a day and a time" in admin.get(here).text
    changed = {"name": "Warehouse", "url": "https://example.com/", "types": ["visit.done"]}
    assert admin.post(f"{here}edit/", changed).status_code == 302
    assert "Warehouse" in admin.get(f"{here}edit/").text
    assert admin.post(f"{here}edit/", {**changed, "url": "x"}).status_code == 422
    assert admin.post(f"{here}decide/", {"decision": "burn"}).status_code == 404
    assert admin.post(f"{here}remove/").status_code == 409, "it is not paused"
    admin.post(f"{here}rotate/")
    assert admin.post(f"{here}decide/", {"decision": "end-old"}).status_code == 302
    for decision in ("pause", "resume", "pause"):
        assert admin.post(f"{here}decide/", {"decision": decision}).status_code == 302
    assert "Paused" in admin.get("/webhooks/").text
    assert admin.post(f"{here}remove/").status_code == 302
    assert admin.get(here).status_code == 404
    assert not Call.objects.exists()
