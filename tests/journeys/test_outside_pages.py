"""What managers see first, and what other systems are told: every page in every language, light and dark; and a link truly opened."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from blisko.access.rules import SYSTEM
from blisko.access.services import reveal_token
from blisko.kit import clock
from blisko.live.models import LinkOpening
from blisko.live.services.links import link_for
from blisko.webhooks.models import Call, Endpoint
from blisko.webhooks.rules import VisitEventType
from blisko.webhooks.services import add_endpoint
from tests.browser import assert_accessible, assert_fits
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import LOOKS, FullDay, a_full_day, a_person, morning, sign_in
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "outside-pages-platform.log") as found:
        yield found


@pytest.fixture(scope="module")
def made() -> dict[str, FullDay]:
    return {}


@pytest.fixture
def full_day(house: Platform, made: dict[str, FullDay]) -> FullDay:
    """One busy day for the whole module, told to a system that is not there."""
    if not made:
        add_endpoint("CRM", "https://crm.operator.invalid/hooks", list(VisitEventType), actor=SYSTEM, now=clock.now())
        made["day"] = a_full_day(house)
    return made["day"]


def look(page: Page, photo: Photograph, name: str) -> None:
    assert_fits(page)
    photo(page, f"outside-{name}")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert_accessible(page)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_figures_and_webhooks_are_clear(
    house: Platform, full_day: FullDay, desk: OpenPage, phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    web = house.web
    person = a_person("admin", f"Anna {language}")
    wait_for(lambda: Call.objects.filter(attempts__gt=0).exists())
    hook, tried = Endpoint.objects.get(), Call.objects.filter(attempts__gt=0).order_by("pk").first()
    assert tried is not None
    pages = {
        "figures": "/figures/",
        "figures-by-team": "/figures/?group=team",
        "figures-none": "/figures/?first=2020-01-01&last=2020-01-02",
        "figures-wrong": "/figures/?first=2020-01-01&last=2026-01-02",
        "figure": "/figures/works/",
        "figure-missing": "/figures/works/?missing=1",
        "webhooks": "/webhooks/",
        "webhook": f"/webhooks/{hook.pk}/",
        "webhook-edit": f"/webhooks/{hook.pk}/edit/",
        "webhook-message": f"/webhooks/messages/{tried.pk}/",
    }
    for open_page, size in ((desk, "wide"), (phone, "narrow")):
        page = open_page(language=language, theme=theme)
        sign_in(page, web, person)
        for name, path in pages.items():
            page.goto(f"{web}{path}")
            assert page.evaluate("document.documentElement.lang") == language
            look(page, photo, f"{name}-{size}-{language}-{theme}")


def test_link_counts_as_opened_when_somebody_sees_it(
    house: Platform, full_day: FullDay, phone: OpenPage, photo: Photograph
) -> None:
    visit = full_day.unassigned
    token = reveal_token(link_for(visit.pk, now=clock.now()).pk)
    page = phone()
    assert not LinkOpening.objects.filter(visit=visit).exists()
    page.goto(f"{house.web}/v/{token}")
    look(page, photo, "link-with-calendar")
    wait_for(lambda: LinkOpening.objects.filter(visit=visit).exists())
    page.reload()
    wait_for(lambda: LinkOpening.objects.get(visit=visit).count == 2)


def wait_for(true: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)
