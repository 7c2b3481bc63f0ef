"""A customer lets his browser be told, on a telephone: asked for with a tap, shown by the real service worker, ended with a tap."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from blisko.access.rules import SYSTEM
from blisko.access.services import reveal_token
from blisko.kit import clock
from blisko.live.services.links import link_for
from blisko.messaging.models import Delivery, DemoMessage, Subscription
from blisko.messaging.tests.push_service import PushService, UserAgent, a_push_service
from blisko.visits.models import Visit
from blisko.visits.rules import CancelReason
from blisko.visits.services import cancel_visit, set_out
from tests.browser import assert_accessible, open_phone
from tests.conftest import Photograph
from tests.journeys.staff import LOOKS, PATIENCE, a_promise, a_worker, morning, until
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
# The offer, its taking, its end, and what the notification says.
WORDS = {
    "en": ["Tell me here as well", "This browser shows you", "Don't tell me here", "On the way to you"],
    "pl": ["Powiadamiaj także tutaj", "Ta przeglądarka pokazuje", "Nie powiadamiaj tutaj", "Technik już jedzie"],
    "hu": ["Itt is szóljanak", "Ez a böngésző is", "Itt már ne szóljanak", "Technikusunk úton van Önhöz"],
}
# Chromium would ask Google's server for a subscription; this one is the test's own, with keys the test has.
SUBSCRIBES = """given => {
  let now = null;
  const made = {
    endpoint: given.endpoint,
    toJSON: () => ({ endpoint: given.endpoint, keys: given.keys }),
    unsubscribe: async () => { now = null; sessionStorage.removeItem("subscribed"); return true; },
  };
  if (sessionStorage.getItem("subscribed")) now = made;
  PushManager.prototype.getSubscription = async () => now;
  PushManager.prototype.subscribe = async function (options) {
    sessionStorage.setItem("subscribed", String(options.userVisibleOnly) + new Uint8Array(options.applicationServerKey).length);
    return (now = made);
  };
}"""


TAP = """async () => {
  const [notification] = await registration.getNotifications();
  const done = new Promise((tell) => {
    WindowClient.prototype.focus = async function () { tell(this.url); };
    Clients.prototype.openWindow = async (url) => tell(url);
  });
  dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  return done;
}"""


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with a_push_service() as found:
        yield found


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "notices-platform.log", BLISKO_PUSH_PRIVATE="1") as found:
        yield found


@pytest.fixture
def telephone(browser: Browser, house: Platform, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Opens a page on a telephone whose owner says yes when he is asked, with a push service of the test's own."""
    contexts = []

    def take_out(language: str, theme: str, user: UserAgent, *, allows: bool = True) -> Page:
        context = open_phone(browser, language=language, theme=theme)
        contexts.append(context)
        if allows:
            context.grant_permissions(["notifications"], origin=house.web)
        given = {"endpoint": user.browser.endpoint, "keys": {"p256dh": user.browser.p256dh, "auth": user.browser.auth}}
        context.add_init_script(f"({SUBSCRIBES})({json.dumps(given)})")
        return context.new_page()

    yield take_out
    for context in contexts:
        context.close()


class Worker:
    """The page's service worker, as the browser's own tools reach it."""

    def __init__(self, page: Page, web: str) -> None:
        self.page, self.web = page, web
        self.registrations: list[dict[str, Any]] = []
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.on("ServiceWorker.workerRegistrationUpdated", lambda said: self.registrations.extend(said["registrations"]))
        self.session.send("ServiceWorker.enable")

    def deliver(self, said: dict[str, Any]) -> None:
        """Hand the worker what a push service hands to a browser, once it is read; again while nothing came of it, as such services do."""
        state = "async () => (await navigator.serviceWorker.getRegistration('/v/'))?.active?.state"
        until(lambda: self.page.evaluate(state) == "activated", "worker")
        [scope] = {one["registrationId"] for one in self.registrations if one["scopeURL"] == f"{self.web}/v/"}
        what = {"origin": self.web, "registrationId": scope, "data": json.dumps(said)}

        def took() -> bool:
            self.session.send("ServiceWorker.deliverPushMessage", what)
            self.page.wait_for_timeout(500)
            return said["title"] in [one["title"] for one in self.shown()]

        until(took, "notification on the screen")

    def shown(self) -> list[dict[str, Any]]:
        """What the telephone shows."""
        look = """async () => (await (await navigator.serviceWorker.getRegistration('/v/')).getNotifications())
            .map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, data }))"""
        return list(self.page.evaluate(look))


    def tapped(self) -> str:
        """Tap the notification, and answer what the worker brings forward or opens; without a finger Chromium would let it do neither."""
        return str(self.page.context.service_workers[0].evaluate(TAP))


def address_of(visit: Visit, web: str) -> str:
    return f"{web}/v/{reveal_token(link_for(visit.pk, now=clock.now()).pk)}"


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_customer_is_told_in_the_browser_as_well_and_ends_it_with_a_tap(
    house: Platform, service: PushService, telephone: Any, photo: Photograph, language: str, theme: str
) -> None:
    offer, told, end, title = WORDS[language]
    jan, user = a_worker(house), UserAgent(service.origin, f"{language}-{theme}")
    visit = a_promise("Zofia Wiśniewska", worker=jan, language=language)
    page = telephone(language, theme, user)
    page.goto(address_of(visit, house.web))
    worker = Worker(page, house.web)
    button = page.get_by_role("button", name=offer)
    expect(button).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0, "nothing before a tap"
    photo(page, "notices-offer")
    assert_accessible(page)
    button.click()
    expect(page.get_by_role("button", name=end)).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.get_by_text(told)).to_be_visible()
    expect(button).to_be_hidden()
    assert page.evaluate("sessionStorage.getItem('subscribed')") == "true65"
    photo(page, "notices-on")
    assert_accessible(page)

    jan.take(visit, set_out)
    [said] = until(lambda: service.told(user), "notification")
    assert said["title"] == title and said["lang"] == language
    worker.deliver(said)
    [shown] = worker.shown()
    assert (shown["title"], shown["body"], shown["data"]["url"]) == (title, said["body"], address_of(visit, house.web))
    assert DemoMessage.objects.filter(address=visit.order.customer.contacts.first().value, text__contains="/v/").count() >= 1

    page.reload()
    expect(page.get_by_text(told)).to_be_visible()
    page.get_by_role("button", name=end).click()
    expect(page.get_by_role("button", name=offer)).to_be_visible(timeout=PATIENCE * 1000)
    assert not Subscription.objects.filter(about=f"visit:{visit.pk}").exists()
    assert page.evaluate("sessionStorage.getItem('subscribed')") is None, "the browser has given its subscription back"
    cancel_visit(visit.pk, actor=SYSTEM, now=clock.now(), reason=CancelReason.OPERATOR)
    until(lambda: Delivery.objects.filter(about=f"visit:{visit.pk}", code="visit_cancelled", channel="sms", state="sent").exists(), "SMS")
    assert len(service.told(user)) == 1


def test_a_later_notification_takes_the_place_of_the_earlier_and_a_tap_opens_the_link(
    house: Platform, service: PushService, telephone: Any
) -> None:
    user = UserAgent(service.origin, "twice")
    jan = a_worker(house)
    visit = a_promise("Emily Carter", worker=jan, language="en", starts_in=timedelta(hours=1))
    page = telephone("en", "light", user)
    page.goto(address_of(visit, house.web))
    worker = Worker(page, house.web)
    page.get_by_role("button", name=WORDS["en"][0]).click()
    expect(page.get_by_role("button", name=WORDS["en"][2])).to_be_visible(timeout=PATIENCE * 1000)
    jan.take(visit, set_out)
    until(lambda: service.told(user), "notification")
    cancel_visit(visit.pk, actor=SYSTEM, now=clock.now(), reason=CancelReason.OPERATOR)
    both = until(lambda: found if len(found := service.told(user)) == 2 else None, "second notification")
    for said in both:
        worker.deliver(said)
    assert [one["title"] for one in worker.shown()] == ["The visit is cancelled"], "the later notification alone"
    assert worker.tapped() == address_of(visit, house.web), "the open page is brought forward"
    assert worker.shown() == []
    page.goto(f"{house.web}/verify")
    worker.deliver(said)
    assert worker.tapped() == address_of(visit, house.web), "the link is opened anew"


def test_who_says_no_is_not_asked_again(house: Platform, service: PushService, telephone: Any, photo: Photograph) -> None:
    visit = a_promise("Emily Carter", language="en")
    page = telephone("en", "light", UserAgent(service.origin, "no"), allows=False)
    page.add_init_script("Notification.requestPermission = async () => 'denied'")
    page.goto(address_of(visit, house.web))
    offer = page.get_by_role("button", name=WORDS["en"][0])
    if page.evaluate("Notification.permission") == "default":
        offer.click()
        expect(page.get_by_text("Your browser does not allow notifications")).to_be_visible()
        photo(page, "notices-refused")
        assert_accessible(page)
    else:
        expect(offer).to_be_hidden()
    assert not Subscription.objects.filter(about=f"visit:{visit.pk}").exists()


def test_browser_that_cannot_be_told_shows_no_offer(house: Platform, service: PushService, telephone: Any) -> None:
    visit = a_promise("Emily Carter", language="en")
    page = telephone("en", "light", UserAgent(service.origin, "old"))
    page.add_init_script("delete window.PushManager")
    page.goto(address_of(visit, house.web))
    page.wait_for_function("!!customElements.get('tell-here')")
    expect(page.locator("#tell button:visible")).to_have_count(0)
