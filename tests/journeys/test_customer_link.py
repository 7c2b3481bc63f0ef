"""The customer's link from the SMS to "everything works", on a telephone, through the real platform."""

import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from blisko.access.rules import SYSTEM
from blisko.access.services import reveal_token
from blisko.customers.models import TimelineEntry
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.models import Technician
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit import clock
from blisko.live.models import CustomerRules
from blisko.live.rules.provisioning import App
from blisko.live.services import issue_device
from blisko.messaging.models import DemoMessage
from blisko.planning.services import assign_visit
from blisko.simulator.services.city import write_city
from blisko.visits.models import Visit, VisitRequest
from blisko.visits.rules import CancelReason
from blisko.visits.services import arrive, cancel_visit, finish, move_visit, report_no_access, set_out
from blisko.visits.tests.make import a_visit
from tests.browser import assert_accessible, assert_fits, open_phone
from tests.conftest import OpenPage, Photograph
from tests.database import HOME as HOME_FOLDER
from tests.journeys.staff import LOOKS
from tests.platform import Platform, running

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 40
NOON = clock_time(12)
# Along the streets of the generated city, towards Lipowa.
WAY = [(52.00581, 19.22769), (52.00405, 19.22835), (52.00016, 19.23220), (51.99631, 19.23803)]
HOME = (51.99296, 19.25881)
NAMES = {"en": "Emily Carter", "pl": "Zofia Wiśniewska", "hu": "Szabó Anna"}
# What the heading says: today, on the way, on site, done, answered.
WORDS = {
    "en": ["coming today", "is on the way", "is at your place", "Does everything work?", "Thank you"],
    "pl": ["Dziś przyjedzie", "już jedzie", "jest na miejscu", "Czy wszystko działa?", "Dziękujemy"],
    "hu": ["érkezik Önhöz", "úton van Önhöz", "megérkezett", "Minden rendben működik?", "Köszönjük"],
}


@dataclass
class Story:
    """A visit on the running platform, its technician with a telephone, and the link from the customer's SMS."""

    platform: Platform
    visit: Visit
    technician: Technician
    phone_token: str
    link: str

    def take(self, step: Callable[..., Visit], **more: str) -> None:
        step(self.visit.pk, actor=actor_of(self.technician), now=clock.now(), **more)

    def report(self, place: tuple[float, float], at: datetime | None = None, heading: int = 200) -> None:
        """Send a position as the technician's telephone does, to the live process."""
        moment = at or clock.now()
        said = {"id": "1", "lat": place[0], "lon": place[1], "timestamp": int(moment.timestamp()), "accuracy": 8, "bearing": heading}
        url = f"{self.platform.live}/p/{self.phone_token}?{urllib.parse.urlencode(said)}"
        with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=10) as answer:
            assert answer.status == 200


def until(found: Callable[[], object], what: str) -> object:
    """Answer what `found` finds, asking again until it does."""
    end = time.monotonic() + PATIENCE
    while not (thing := found()):
        assert time.monotonic() < end, f"no {what} within {PATIENCE} s"
        time.sleep(0.1)
    return thing


def link_in_sms(number: str) -> str:
    def newest() -> str | None:
        message = DemoMessage.objects.filter(address=number, text__contains="/v/").order_by("-id").first()
        return re.search(r"https?://\S+/v/[\w-]+", message.text)[0] if message else None

    return str(until(newest, f"SMS to {number}"))


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    """The platform with the generated city as its map."""
    city = write_city(HOME_FOLDER / "city", seed=1)
    with running(artefacts / "link-platform.log", BLISKO_MAP_FILE=str(city.mbtiles)) as found:
        yield found


@pytest.fixture
def story(house: Platform) -> Callable[[str], Story]:
    def tell(language: str) -> Story:
        now = clock.now()
        # It is whatever hour it is: no message waits for morning.
        CustomerRules.objects.update_or_create(pk=1, defaults={"quiet_from": NOON, "quiet_to": NOON})
        number = f"+4860{time.time_ns() % 10_000_000:07d}"
        customer = a_customer(now, name=NAMES[language], language=language, phone=number)
        visit = a_visit(now, a_site(now, customer, lat=HOME[0], lon=HOME[1]), starts_in=timedelta(minutes=1))
        technician = a_technician(now)
        assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=now)
        device = issue_device(technician.pk, App.OSMAND, actor=actor_of(technician), now=now).device
        return Story(house, visit, technician, reveal_token(device.key_id), link_in_sms(number))

    return tell


def place_of(page: Page) -> str:
    return page.locator(".map-spot:has(.mark-technician)").evaluate("spot => spot.style.transform")


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_customer_watches_the_technician_come_and_says_that_everything_works(
    story: Callable[[str], Story], phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    told, page = story(language), phone(language=language, theme=theme)
    coming, on_the_way, on_site, done, thanks = WORDS[language]

    def stage(name: str, heading: str) -> None:
        expect(page.locator("h1")).to_contain_text(heading, timeout=PATIENCE * 1000)
        assert page.evaluate("document.documentElement.lang") == language
        assert_fits(page)
        photo(page, f"link-{name}")
        assert_accessible(page)

    page.goto(told.link)
    stage("today", coming)
    told.report(WAY[0])
    told.take(set_out)
    expect(page.locator("h1")).to_contain_text(on_the_way, timeout=PATIENCE * 1000)
    stage("setting-out", on_the_way)
    told.report(WAY[1], heading=205)
    told.report(WAY[2], at=clock.now() + timedelta(seconds=1), heading=215)
    page.reload()
    expect(page.locator(".mark-technician")).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.locator("blisko-map[view=still]")).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.locator(".map-credit")).not_to_be_empty()
    before = place_of(page)
    told.report(WAY[3], at=clock.now() + timedelta(seconds=3))
    until(lambda: place_of(page) != before, "movement of the technician's mark")
    said = page.locator("seen-ago").inner_text()
    until(lambda: page.locator("seen-ago").inner_text() != said, "tick of the age")
    stage("on-the-way", on_the_way)
    told.take(arrive)
    stage("on-site", on_site)
    assert page.locator("blisko-map").count() == 0
    told.take(finish)
    stage("done", done)
    page.locator(".answer-yes").click()
    stage("answered", thanks)
    page.locator("label[for=rating-5]").click()
    page.locator("#comment").fill("👍")
    page.locator("form.card button").click()
    expect(page.locator(".stars-shown")).to_be_visible()
    stage("closed", thanks)
    entry = until(lambda: TimelineEntry.objects.filter(subject=f"visit:{told.visit.pk}", kind="service_confirmed").first(), "evidence")
    assert entry.facts["works"] is True
    assert entry.facts["language"] == language
    assert entry.facts["link"].startswith("key:")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_customer_says_no_and_a_request_is_left(story: Callable[[str], Story], phone: OpenPage, photo: Photograph, theme: str) -> None:
    told, page = story("pl"), phone(language="pl", theme=theme)
    for step in (set_out, arrive, finish):
        told.take(step)
    page.goto(told.link)
    page.locator(".answer-no").click()
    expect(page.locator("h1")).to_contain_text("Przykro nam")
    photo(page, "link-no")
    assert_accessible(page)
    page.locator("#trouble").fill("Na routerze świeci się czerwona lampka.")
    page.locator("form:has(#trouble) button").click()
    expect(page.locator(".quote")).to_contain_text("czerwona lampka")
    photo(page, "link-no-told")
    assert_accessible(page)
    assert VisitRequest.objects.get(visit=told.visit).reason == "does_not_work"


def test_map_is_a_picture_until_somebody_takes_it_in_hand(story: Callable[[str], Story], phone: OpenPage, photo: Photograph) -> None:
    told = story("en")
    told.report(WAY[1])
    told.take(set_out)
    told.report(WAY[2], at=clock.now() + timedelta(seconds=1))
    page, asked = phone(language="en"), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(told.link)
    expect(page.locator("blisko-map[view=still]")).to_be_visible(timeout=PATIENCE * 1000)
    assert [url for url in asked if "/map/tiles/" in url] and not [url for url in asked if "/assets/basemap" in url]
    page.locator(".map-still canvas").focus()
    page.keyboard.press("+")
    expect(page.locator("blisko-map[view=basemap]")).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.locator(".map-still")).to_have_count(0)
    expect(page.locator(".map-canvas .mark-technician")).to_be_visible()
    photo(page, "link-map-in-hand")


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_other_end_is_told_kindly(
    story: Callable[[str], Story], phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    page = phone(language=language, theme=theme)
    shut, called_off = story(language), story(language)
    for step in (set_out, arrive, report_no_access):
        shut.take(step)
    cancel_visit(called_off.visit.pk, actor=SYSTEM, now=clock.now(), reason=CancelReason.OPERATOR)
    for name, told in (("no-access", shut), ("cancelled", called_off)):
        page.goto(told.link)
        photo(page, f"link-{name}")
        assert_accessible(page)
    page.goto(f"{shut.platform.web}/v/nothing-is-here")
    photo(page, "link-unknown")
    assert_accessible(page)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_days_before_the_visit_are_told_with_the_window(
    story: Callable[[str], Story], phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    page, told = phone(language=language, theme=theme), story(language)
    for name, days in (("day-before", 1), ("booked", 4)):
        start = clock.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=days)
        move_visit(told.visit.pk, window_from=start, window_to=start + timedelta(hours=2), actor=SYSTEM, now=clock.now())
        page.goto(told.link)
        expect(page.locator("main")).to_contain_text(f"{timezone.localtime(start):%H:%M}")
        expect(page.locator("blisko-map")).to_have_count(0)
        photo(page, f"link-{name}")
        assert_accessible(page)


def test_page_without_scripts_tells_everything_in_words(story: Callable[[str], Story], browser: Browser, artefacts: Path) -> None:
    told = story("en")
    told.report(WAY[0])
    told.take(set_out)
    told.report(WAY[2], at=clock.now() + timedelta(seconds=1))
    context = open_phone(browser, scripts=False)
    page = context.new_page()
    page.goto(told.link)
    expect(page.locator("h1")).to_have_text("Jan is on the way")
    assert "km away" in page.inner_text("main")
    assert "ago" in page.inner_text("seen-ago") or "just now" in page.inner_text("seen-ago")
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "30"
    page.screenshot(path=artefacts / "screens" / "link-without-scripts-en-light.png", full_page=True)
    for step in (arrive, finish):
        told.take(step)
    page.reload()
    page.locator(".answer-yes").click()
    expect(page.locator("h1")).to_contain_text("Thank you")
    context.close()
