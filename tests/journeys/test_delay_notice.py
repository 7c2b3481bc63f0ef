"""A delay told before the customer asks, and answered on a telephone in each of its three ways (F3)."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.services import add_shift
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit import clock
from blisko.live.models import CustomerRules, DelayNotice
from blisko.messaging.models import DemoMessage
from blisko.planning.services import assign_visit
from blisko.visits.models import Visit
from blisko.visits.rules import VisitState
from blisko.visits.services import arrive, set_out
from blisko.visits.tests.make import a_visit
from tests.browser import assert_accessible, assert_fits
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import morning
from tests.journeys.test_customer_link import HOME, NAMES, link_in_sms, until
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
MINUTE = timedelta(minutes=1)
# What the heading says of a delay, what who waits is told, and the reason given when cancelling.
WORDS = {
    "en": ("is coming later than promised", "Thank you for waiting"),
    "pl": ("przyjedzie później, niż obiecaliśmy", "Dziękujemy za cierpliwość"),
    "hu": ("az ígértnél később érkezik", "Köszönjük, hogy megvár minket"),
}
SMS = {"en": "new arrival estimate", "pl": "zmiana: ", "hu": "modosult érkezés"}


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    """A platform at nine in the morning."""
    with morning(artefacts / "delay-platform.log") as found:
        yield found


@pytest.fixture
def late(house: Platform, settings: Settings) -> Callable[[str], tuple[Visit, str]]:
    """Tell how a job runs long before a visit: answer that visit and the link from its customer's SMS."""

    settings.BLISKO_CLOCK = house.env["BLISKO_CLOCK"]

    def tell(language: str) -> tuple[Visit, str]:
        now = clock.now()
        CustomerRules.objects.update_or_create(pk=1, defaults={"gap": 0})  # what was booked a moment ago is late already
        number = f"+4861{int(now.timestamp() * 1000) % 10_000_000:07d}"
        technician = a_technician(now, shift=False)
        add_shift(technician.pk, starts_at=now - 60 * MINUTE, ends_at=now + timedelta(hours=9), actor=SYSTEM, now=now)
        customer = a_customer(now, name=NAMES[language], language=language, phone=number)
        before = a_visit(now, a_site(now, a_customer(now), lat=52.0102, lon=19.2361), starts_in=MINUTE)
        visit = a_visit(now, a_site(now, customer, lat=HOME[0], lon=HOME[1]), starts_in=2 * MINUTE, hours=0.25)
        for one in (visit, before):
            assign_visit(one.pk, technician.pk, actor=SYSTEM, now=now)
        link = link_in_sms(number)
        for step in (set_out, arrive):
            step(before.pk, actor=actor_of(technician), now=clock.now())
        until(lambda: DemoMessage.objects.filter(address=number, text__contains=SMS[language]).exists(), "SMS about the delay")
        return visit, link

    return tell


def shown(page: Page, photo: Photograph, name: str) -> None:
    assert_fits(page)
    photo(page, f"delay-{name}")
    assert_accessible(page)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark"), ("hu", "light")])
def test_customer_waits_for_who_is_late(
    late: Callable[[str], tuple[Visit, str]], phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    visit, link = late(language)
    page, (later, thanks) = phone(language=language, theme=theme), WORDS[language]
    page.goto(link)
    expect(page.locator("h1")).to_contain_text(later)
    expect(page.locator("#delay a[href*='/move']")).to_be_visible()
    shown(page, photo, "told")
    page.locator("#delay form button").click()
    expect(page.locator("#delay")).to_contain_text(thanks)
    shown(page, photo, "waits")
    assert DelayNotice.objects.get(visit=visit).answer == "wait"


@pytest.mark.parametrize("language", ["en", "pl", "hu"])
def test_customer_moves_a_visit_that_is_late(
    late: Callable[[str], tuple[Visit, str]], phone: OpenPage, photo: Photograph, language: str
) -> None:
    visit, link = late(language)
    page = phone(language=language)
    page.goto(link)
    page.locator("#delay a[href*='/move']").click()
    page.locator("button[name=window]").first.click()
    page.locator("form[action*='/confirm'] button").click()
    expect(page).not_to_have_url(re.compile("/move"))
    expect(page.locator("#delay")).to_have_count(0)
    until(lambda: DelayNotice.objects.get(visit=visit).answer == "move", "answer")


@pytest.mark.parametrize("language", ["en", "pl", "hu"])
def test_customer_cancels_a_visit_that_is_late(
    late: Callable[[str], tuple[Visit, str]], phone: OpenPage, photo: Photograph, language: str
) -> None:
    visit, link = late(language)
    page = phone(language=language)
    page.goto(link)
    page.locator("#delay a[href*='/cancel']").click()
    page.locator("button[value=not_needed]").click()
    expect(page.locator("#delay")).to_have_count(0)
    until(lambda: DelayNotice.objects.get(visit=visit).answer == "cancel", "answer")
    visit.refresh_from_db()
    assert visit.state == VisitState.CANCELLED
