"""The customer lets his browser be told from the link, with one tap, and ends it with one (O1, F3, F8)."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.customers.models import TimelineEntry
from blisko.kit.plugs import plug
from blisko.kit.tests.work import do_jobs
from blisko.live.rules.delays import Expected
from blisko.live.services.delays import tell_of_delay
from blisko.live.services.links import TELLINGS_AN_HOUR, link_for, renew_link, revoke_link
from blisko.live.templatetags.live import channel_icon, channel_words
from blisko.live.tests.make import LinkStory, a_link
from blisko.messaging.models import Delivery, Subscription
from blisko.messaging.rules.browsers import mark_of
from blisko.messaging.rules.delivery import Channel
from blisko.messaging.tests.push_service import PushService, UserAgent, a_push_service
from blisko.visits.rules import CancelReason
from blisko.visits.services import cancel_visit, set_out

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BOSS = an_actor("dispatcher", "user:5")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    settings.BLISKO_PUSH_PRIVATE = True
    plug.cache_clear()
    with a_push_service() as found:
        yield found
    plug.cache_clear()


def tell(story: LinkStory, user: UserAgent, *, client: Client | None = None, **more: str) -> int:
    form = {"endpoint": user.browser.endpoint, "p256dh": user.browser.p256dh, "auth": user.browser.auth, **more}
    return int((client or Client()).post(f"{story.path}/notices", form).status_code)


def codes(story: LinkStory, channel: str) -> list[str]:
    do_jobs()
    found = Delivery.objects.filter(about=f"visit:{story.visit.pk}", channel=channel, state="sent").order_by("pk")
    return list(found.values_list("code", flat=True))


def test_what_is_told_by_sms_is_told_in_the_browser_as_well(service: PushService) -> None:
    story, user = a_link(NOW, language="pl"), UserAgent(service.origin)
    do_jobs()
    assert tell(story, user) == tell(story, user) == 204
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW)
    do_jobs()
    cancel_visit(story.visit.pk, actor=SYSTEM, now=NOW + MINUTE, reason=CancelReason.OTHER)
    assert codes(story, "push") == codes(story, "sms")[1:] == ["visit_on_the_way", "visit_cancelled"]
    first, second = service.told(user)
    assert first["title"] == "Technik już jedzie" and first["url"].endswith(story.path) and first["lang"] == "pl"
    assert second["title"] == "Wizyta odwołana" and second["tag"] == first["tag"]
    said = TimelineEntry.objects.filter(kind="message_sent", facts__channel="push")
    assert said.count() == 2 and "push:" not in str([entry.facts for entry in said])


def test_later_delay_takes_the_place_of_the_earlier(service: PushService) -> None:
    story, user = a_link(NOW), UserAgent(service.origin)
    tell(story, user)
    for late, at in ((30 * MINUTE, NOW - 20 * MINUTE), (90 * MINUTE, NOW)):
        comes = story.visit.window_to + late
        assert tell_of_delay(story.visit.pk, Expected(comes, comes + MINUTE, comes + 2 * MINUTE), now=at)
    assert codes(story, "push") == ["visit_delayed", "visit_delayed", "visit_booked"]
    assert len({one.headers["Topic"] for one in service.heard}) == len({one["tag"] for one in service.told(user)}) == 1
    assert len({one["title"] for one in service.told(user)}) == 3


def test_gone_browser_is_not_told_again_and_the_sms_still_comes(service: PushService) -> None:
    story, user = a_link(NOW), UserAgent(service.origin)
    tell(story, user)
    service.status = 410
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW)
    assert codes(story, "push") == [] and codes(story, "sms")[-1] == "visit_on_the_way"
    assert not Subscription.objects.exists()
    assert not TimelineEntry.objects.filter(kind="message_failed").exists(), "the customer was told all the same"


def test_page_offers_it_and_knows_its_own_browser(service: PushService) -> None:
    story, user = a_link(NOW), UserAgent(service.origin)
    before = Client().get(story.path).content.decode()
    assert "Tell me here as well" in before and 'told=""' in before and re.search(r'key="[\w-]{87}"', before)
    tell(story, user)
    after = Client().get(story.path).content.decode()
    assert f'told="{mark_of(user.browser.endpoint)}"' in after and user.browser.endpoint not in after
    assert Client().post(f"{story.path}/notices", {"endpoint": user.browser.endpoint, "stop": "1"}).json() == {"more": False}
    assert 'told=""' in Client().get(story.path).content.decode()
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW)
    assert codes(story, "push") == []


def test_visit_that_is_over_offers_it_no_more_but_it_can_still_be_ended(service: PushService) -> None:
    story, user = a_link(NOW), UserAgent(service.origin)
    tell(story, user)
    cancel_visit(story.visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OTHER)
    page = Client().get(story.path).content.decode()
    assert "Tell me here as well" not in page and "tell me here" in page
    assert tell(story, UserAgent(service.origin, "two")) == 410
    assert tell(story, user, stop="1") == 200 and not Subscription.objects.exists()


def test_foreign_form_bad_browser_and_too_many_tries_are_refused(service: PushService, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    story, user = a_link(NOW), UserAgent(service.origin)
    assert Client().get(f"{story.path}/notices").status_code == 405
    assert tell(story, user, client=Client(headers={"sec-fetch-site": "cross-site"})) == 403
    assert tell(story, user, p256dh="no key") == 422
    assert tell(story, user, endpoint="file:///etc/passwd") == 422
    statuses = [tell(story, user) for _ in range(TELLINGS_AN_HOUR + 1)]
    assert statuses[0] == 204 and statuses[-1] == 429
    for secret in (user.browser.endpoint, user.browser.auth):
        assert secret not in caplog.text


def test_ended_and_renewed_links_tell_no_browser_any_more(service: PushService) -> None:
    story, other, user = a_link(NOW), a_link(NOW), UserAgent(service.origin)
    do_jobs()
    tell(story, user)
    tell(other, user)
    renew_link(story.visit.pk, actor=BOSS, now=NOW)
    revoke_link(other.visit.pk, actor=BOSS, now=NOW)
    assert not Subscription.objects.exists()
    assert codes(story, "push") == [] and codes(story, "sms")[-1] == "link_renewed"
    assert tell(story, user) == 410 and link_for(story.visit.pk, now=NOW)


def test_worker_rules_over_the_links_alone_and_may_fetch_nothing() -> None:
    found = Client().get("/v/notices.js")
    assert found.status_code == 200 and found["Content-Type"].startswith("text/javascript")
    assert set(found["Content-Security-Policy"].split("; ")) == {"default-src 'none'", "frame-ancestors 'none'"}
    assert found["Cache-Control"] == "no-cache" and "Service-Worker-Allowed" not in found
    words = found.content.decode()
    assert "showNotification" in words and "import" not in words and "export" not in words
    for never in ('addEventListener(`fetch`', "caches", "indexedDB", "importScripts", "fetch("):
        assert never not in words


def test_staff_see_by_which_channel_each_message_went() -> None:
    assert len({str(channel_words(one)) for one in Channel}) == len({channel_icon(one) for one in Channel}) == len(Channel)
