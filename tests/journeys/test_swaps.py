"""A visit, or a whole shift, goes from one telephone to another, with a dispatcher's yes; who is sick says so in two taps (F14)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from blisko.access.rules import SYSTEM
from blisko.kit import clock
from blisko.planning.queries import assignment_of
from blisko.planning.rules.swaps import Approval
from blisko.planning.services import change_swap_rules
from tests.browser import assert_accessible, assert_fits
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import PATIENCE, a_person, a_promise, a_worker, morning, sign_in
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "swaps-platform.log") as found:
        yield found


def look(page: Page, photo: Photograph, name: str) -> None:
    assert_fits(page)
    photo(page, f"swap-{name}")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert_accessible(page)


@pytest.mark.parametrize(("language", "theme"), [("pl", "light"), ("hu", "dark")])
def test_visit_goes_from_hand_to_hand(
    house: Platform, phone: OpenPage, desk: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    change_swap_rules(approval=Approval.ALWAYS, minutes=15, rest_hours=11, actor=SYSTEM, now=clock.now())
    one, other = a_worker(house), a_worker(house, "Ágnes Nagy")
    visit = a_promise("Zofia Wiśniewska", worker=one, starts_in=timedelta(hours=2))
    mine, theirs, console = (each(language=language, theme=theme) for each in (phone, phone, desk))
    sign_in(theirs, house.web, other.email)
    theirs.goto(f"{house.web}/t/")
    sign_in(mine, house.web, one.email)
    mine.goto(f"{house.web}/t/visits/{visit.pk}/")
    look(mine, photo, "card")
    mine.locator("details.more:has(a[href*='/t/swaps/']) > summary").click()
    mine.locator(f"a[href='/t/swaps/visits/{visit.pk}/']").click()
    mine.locator("#swap-note").fill("Muszę odebrać dziecko.")
    look(mine, photo, "offer")
    mine.locator("main form button").click()
    expect(mine.locator("#swaps form")).to_have_count(1)
    look(mine, photo, "mine")
    hint = theirs.locator("#visits a.button-primary[href='/t/swaps/']")
    expect(hint).to_be_visible(timeout=PATIENCE * 1000)  # by itself
    look(theirs, photo, "hint")
    hint.click()
    look(theirs, photo, "asked")
    theirs.locator("#swaps button.button-primary").click()
    expect(theirs.locator("#swaps [role=status]")).to_be_visible()
    look(theirs, photo, "accepted")
    sign_in(console, house.web, a_person("dispatcher", "Danuta Dyspozytor"))
    console.goto(f"{house.web}/plan/alerts/")
    look(console, photo, "to-approve")
    console.locator("form[action*='/plan/swaps/'] button.button-primary").click()
    expect(console.locator("form[action*='/plan/swaps/']")).to_have_count(0)
    held = assignment_of(visit.pk)
    assert held is not None and held.technician_id == other.technician.pk
    theirs.goto(f"{house.web}/t/sick/")
    look(theirs, photo, "sick")
    theirs.locator("main form button").first.click()
    look(theirs, photo, "sick-sure")
    theirs.locator("button[name=sure]").click()
    expect(theirs.locator("main [role=status]").first).to_be_visible()
    look(theirs, photo, "sick-done")
    console.goto(f"{house.web}/plan/alerts/")
    expect(console.locator("section[id^=sick-]").first).to_contain_text("Zofia Wiśniewska")
    look(console, photo, "sick-desk")


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark"), ("hu", "light")])
def test_shift_goes_from_hand_to_hand(
    house: Platform, phone: OpenPage, desk: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    change_swap_rules(approval=Approval.ALWAYS, minutes=15, rest_hours=11, actor=SYSTEM, now=clock.now())
    one, other = a_worker(house), a_worker(house, "Ágnes Nagy")
    visits = [
        a_promise(name, worker=one, starts_in=timedelta(hours=hours))
        for name, hours in (("Zofia Wiśniewska", 2), ("Adam Mazur", 4), ("Kovács Éva", 5.5))
    ]
    mine, theirs, console = (each(language=language, theme=theme) for each in (phone, phone, desk))
    sign_in(theirs, house.web, other.email)
    theirs.goto(f"{house.web}/t/")
    sign_in(mine, house.web, one.email)
    mine.goto(f"{house.web}/t/swaps/")
    look(mine, photo, "shifts")
    mine.locator("a[href*='/t/swaps/shifts/']").first.click()
    mine.locator("#swap-note").fill("Muszę odebrać dziecko.")
    look(mine, photo, "shift-offer")
    mine.locator("main form button").click()
    expect(mine.locator("#swaps form")).to_have_count(1)
    look(mine, photo, "shift-mine")
    hint = theirs.locator("#visits a.button-primary[href='/t/swaps/']")
    expect(hint).to_be_visible(timeout=PATIENCE * 1000)  # by itself
    look(theirs, photo, "shift-hint")
    hint.click()
    look(theirs, photo, "shift-asked")
    theirs.locator("#swaps button.button-primary").click()
    expect(theirs.locator("#swaps [role=status]")).to_be_visible()
    sign_in(console, house.web, a_person("dispatcher", "Danuta Dyspozytor"))
    console.goto(f"{house.web}/plan/alerts/")
    look(console, photo, "shift-to-approve")
    console.locator("form[action*='/plan/swaps/'] button.button-primary").click()
    expect(console.locator("form[action*='/plan/swaps/']")).to_have_count(0)
    theirs.goto(f"{house.web}/t/")
    for visit in visits:
        held = assignment_of(visit.pk)
        assert held is not None and held.technician_id == other.technician.pk
        expect(theirs.locator(f"a[href='/t/visits/{visit.pk}/']")).to_be_visible()
