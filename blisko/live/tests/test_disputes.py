"""From the report to the dispute, to whoever answers it, and back to the customer (O9)."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.accounts.services import add_user
from blisko.customers.models import TimelineEntry
from blisko.live.handlers import announce_answer, note_dispute
from blisko.live.tests.make import LinkStory, a_link
from blisko.messaging.models import Delivery
from blisko.visits.events import DisputeAnswered, DisputeOpened
from blisko.visits.models import Dispute
from blisko.visits.services import arrive, finish, set_out

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"


def disputed() -> LinkStory:
    story = a_link(NOW)
    actor = story.technician_actor()
    set_out(story.visit.pk, actor=actor, now=NOW)
    arrive(story.visit.pk, actor=actor, now=NOW)
    finish(story.visit.pk, actor=actor, now=NOW, note="New socket")
    sent = Client(enforce_csrf_checks=True).post(f"{story.path}/dispute", {"reason": "not_done", "text": "No <b>socket</b> at all"})
    assert sent["Location"] == f"{story.path}/report#dispute"
    return story


def signed_in(role: str) -> Client:
    user = add_user(actor=SYSTEM, now=NOW, email=f"{role}@example.com", name=role.title(), roles=[role])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_customer_disputes_on_the_report_and_reads_what_he_said() -> None:
    story = disputed()
    page = Client().get(f"{story.path}/report").content.decode()
    assert "No &lt;b&gt;socket&lt;/b&gt; at all" in page
    assert f'action="{story.path}/dispute' not in page
    Client().post(f"{story.path}/dispute", {"reason": "times", "text": "Twice"})
    Client().post(f"{a_link(NOW).path}/dispute", {"reason": "times", "text": "Too early"})
    assert Dispute.objects.get().reason == "not_done"


def test_nonsense_and_other_sites_open_no_dispute() -> None:
    story = disputed()
    Dispute.objects.all().delete()
    for data in ({"reason": "nonsense", "text": "x"}, {"reason": "times", "text": " "}, {}):
        assert Client().post(f"{story.path}/dispute", data).status_code == 303
    foreign = Client().post(f"{story.path}/dispute", {"reason": "times", "text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert Client().get(f"{story.path}/dispute").status_code == 405
    assert not Dispute.objects.exists()


def test_dispatcher_answers_with_the_evidence_beside_it_and_the_customer_is_told() -> None:
    story = disputed()
    dispute = Dispute.objects.get()
    note_dispute(DisputeOpened(dispute.pk, story.visit.pk, NOW))
    client = signed_in("dispatcher")
    assert story.visit.number in client.get("/day/disputes/").content.decode()
    page = client.get(f"/day/disputes/{dispute.pk}/").content.decode()
    assert "New socket" in page
    address = f"/day/disputes/{dispute.pk}/answer/"
    assert client.post(address, {"how": "accept", "answer": " "}).status_code == 422
    assert client.post(address, {"how": "perhaps", "answer": "x"}).status_code == 302
    assert client.post(address, {"how": "accept", "answer": "We come again tomorrow."}).status_code == 302
    assert client.post(address, {"how": "decline", "answer": "No."}).status_code == 409
    for _ in range(2):
        announce_answer(DisputeAnswered(dispute.pk, story.visit.pk, True, NOW + timedelta(hours=1)))
    assert Delivery.objects.filter(code="dispute_answered", channel="sms").count() == 1
    assert set(TimelineEntry.objects.filter(kind__startswith="dispute").values_list("kind", flat=True)) == {
        "dispute_opened",
        "dispute_answered",
    }
    assert "We come again tomorrow." in Client().get(f"{story.path}/report").content.decode()


def test_disputes_are_closed_to_who_may_not_answer_them() -> None:
    disputed()
    dispute = Dispute.objects.get()
    for role in ("technician", "agent"):
        client = signed_in(role)
        for address in ("/day/disputes/", f"/day/disputes/{dispute.pk}/"):
            assert client.get(address).status_code == 403
        assert client.post(f"/day/disputes/{dispute.pk}/answer/", {"how": "accept", "answer": "x"}).status_code == 403
    assert Client().get("/day/disputes/").status_code == 302
    assert signed_in("dispatcher").get(f"/day/disputes/{10**9}/").status_code == 404
