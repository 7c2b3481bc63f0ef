"""Every page of the staff in every language, light and dark: readable by everybody, and photographed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from blisko.field.models import Van
from blisko.planning.models import PlanVersion
from tests.browser import assert_accessible, assert_fits, assert_sunlit
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import LOOKS, FullDay, a_full_day, a_person, a_worker, asks_for_proof, in_danger, morning, proposed, sign_in
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "staff-pages-platform.log") as found:
        yield found


@pytest.fixture(scope="module")
def made() -> dict[str, FullDay]:
    return {}


@pytest.fixture
def full_day(house: Platform, made: dict[str, FullDay]) -> FullDay:
    """One busy day for the whole module."""
    if not made:
        made["day"] = a_full_day(house)
    return made["day"]


def look(page: Page, photo: Photograph, name: str) -> None:
    """Hold one page to what every page must be."""
    assert_fits(page)
    photo(page, f"staff-{name}")
    # What lies half under a bar that stays is no small target: it can be scrolled.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert_accessible(page)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_of_the_desk_is_clear(
    house: Platform, full_day: FullDay, desk: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    page, web = desk(language=language, theme=theme), house.web
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{web}/accounts/login/")
    look(page, photo, "sign-in")
    page.locator("[name=login]").fill("nobody@example.com")
    page.locator("[name=password]").fill("wrong")
    page.locator("form.form button").click()
    look(page, photo, "sign-in-refused")
    sign_in(page, web, a_person("admin", "Anna Administratorka"))
    customer = full_day.done.order.customer_id
    for name, path in {
        "day": "/day/",
        "day-unassigned": "/day/?only=unassigned",
        "day-empty": "/day/?day=2030-01-01",
        "visit-unassigned": f"/day/visits/{full_day.unassigned.pk}/",
        "visit-driving": f"/day/visits/{full_day.driving.pk}/",
        "visit-done": f"/day/visits/{full_day.done.pk}/",
        "book": "/day/book/",
        "customers": "/customers/",
        "customers-none": "/customers/?search=zzzz",
        "customer": f"/customers/{customer}/",
        "customer-broken": f"/customers/{full_day.broken.order.customer_id}/",
        "technicians": "/technicians/",
        "stock": "/stock/",
        "stock-movements": "/stock/movements/?only=differences",
        "stock-van": f"/stock/vans/{Van.objects.get(plate='EL 12345').pk}/",
        "stock-depot": "/stock/depots/baza/",
        "help": "/help/",
        "keys": "/keys/",
        "technician": f"/technicians/{full_day.busy.technician.pk}/",
    }.items():
        page.goto(f"{web}{path}")
        assert page.evaluate("document.documentElement.lang") == language
        if page.locator("blisko-map").count():
            expect(page.locator("blisko-map[view]")).to_be_visible(timeout=60_000)
        look(page, photo, name)
    page.goto(f"{web}/day/book/")
    page.locator("#id_number").fill("C-1")
    page.locator("#id_phone").fill("12")
    page.locator("#id_window_end").fill("09:00")
    page.locator("form.book-form button").last.click()
    look(page, photo, "book-refused")


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_about_the_plan_is_clear(
    house: Platform, full_day: FullDay, desk: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    page, web = desk(language=language, theme=theme), house.web
    page.set_viewport_size({"width": 1280, "height": 800})
    in_danger(full_day)
    proposed(full_day)
    versions = list(PlanVersion.objects.order_by("pk").values_list("pk", flat=True))
    sign_in(page, web, a_person("manager", "Marek Kierownik"))
    for name, path in {
        "plan": "/plan/",
        "plan-table": "/plan/table",
        "plan-alerts": "/plan/alerts/",
        "plan-versions": f"/plan/versions/?a={versions[0]}&b={versions[-1]}",
        "plan-versions-empty": "/plan/versions/?day=2030-01-01",
        "plan-runs": "/plan/runs/",
        "plan-trials": "/plan/trials/",
        "plan-patterns": "/plan/patterns/",
    }.items():
        page.goto(f"{web}{path}")
        assert page.evaluate("document.documentElement.lang") == language
        if page.locator("blisko-map").count():
            expect(page.locator("blisko-map[view]")).to_be_visible(timeout=60_000)
        look(page, photo, name)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_of_the_technician_is_clear(
    house: Platform, full_day: FullDay, phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    page, web = phone(language=language, theme=theme), house.web
    sign_in(page, web, full_day.busy.email)
    asks_for_proof()
    for name, path in {
        "my-day": "/t/",
        "my-visit": f"/t/visits/{full_day.ahead.pk}/",
        "my-visit-driving": f"/t/visits/{full_day.driving.pk}/",
        "my-parts": "/t/parts/",
        "my-phone": "/t/phone/",
        "known": "/t/me/",
        "my-swaps": "/t/swaps/",
        "my-swap-offer": f"/t/swaps/visits/{full_day.ahead.pk}/",
        "my-sick": "/t/sick/",
        "my-sick-sure": "/t/sick/?days=1",
    }.items():
        page.goto(f"{web}{path}")
        look(page, photo, name)
        assert_sunlit(page)
    page.goto(f"{web}/t/phone/")
    page.locator("details").first.locator("summary").click()
    look(page, photo, "my-phone-qr")
    page.context.clear_cookies()
    sign_in(page, web, a_worker(house, "Adam Wolny", face=False).email)
    look(page, photo, "my-day-empty")
