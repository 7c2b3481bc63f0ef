"""A technician's telephone and a console side by side: what he asks is there at once, and the answer comes back (F12)."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from blisko.kit import clock
from blisko.live.models import HelpMessage, HelpThread
from blisko.live.rules.help import HelpState
from blisko.messaging.models import Delivery
from tests.browser import assert_accessible, assert_fits, assert_sunlit
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import PATIENCE, a_person, a_promise, a_worker, morning, sign_in, until
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
WAIT = PATIENCE * 1000
SOON = 10_000  # milliseconds, five times what is promised: a busy machine is no fault of the house


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "help-platform.log") as found:
        yield found


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def took(began: float, what: str) -> None:
    print(f"{what}: {1000 * (time.monotonic() - began):.0f} ms from the tap")


def look(page: Page, photo: Photograph, name: str) -> None:
    assert_fits(page)
    photo(page, f"help-{name}")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert_accessible(page)


def look_at_sheet(page: Page, photo: Photograph, name: str) -> None:
    """Look at the sheet alone: what it half covers is not to be tapped before it is closed."""
    behind = "document.querySelectorAll('.technician-head, .bottom-bar, #visit > :not(#help)')"
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    assert_sunlit(page)
    assert_fits(page)
    photo(page, f"help-{name}")
    page.evaluate(f"{behind}.forEach((one) => {{ one.style.visibility = 'hidden'; }})")
    assert_accessible(page)
    page.evaluate(f"{behind}.forEach((one) => {{ one.style.visibility = ''; }})")


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark"), ("hu", "light")])
def test_message_photo_and_call_reach_the_console_at_once_and_the_answer_comes_back(
    house: Platform, phone: OpenPage, desk: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    worker = a_worker(house, "Piotr Pracowity")
    visit = a_promise("Łucja Żak", worker=worker)
    mine, console = phone(language=language, theme=theme), desk(language=language, theme=theme)
    sign_in(console, house.web, a_person("dispatcher", "Danuta Dyspozytor"))
    console.goto(f"{house.web}/day/")
    expect(console.locator("live-stream[state=live]")).to_have_count(1, timeout=WAIT)
    sign_in(mine, house.web, worker.email)
    mine.goto(f"{house.web}/t/visits/{visit.pk}/")
    expect(mine.locator("live-stream[state=live]")).to_have_count(1, timeout=WAIT)
    button = mine.locator("button[popovertarget=help]:visible").first
    box = button.bounding_box()
    assert box is not None and box["height"] >= 48 and box["width"] >= 48 and box["y"] > 740 / 2
    look(mine, photo, "card")
    button.click()
    sheet = mine.locator("#help")
    expect(sheet).to_be_visible()
    look_at_sheet(mine, photo, "sheet")
    sheet.locator("#help-text").fill("Brak sygnału w gniazdku, a w skrzynce świeci się na czerwono. Co sprawdzić?")
    began = time.monotonic()
    sheet.locator("form[data-operation=help] button").click()
    console.locator(".help-waits", has_text="Brak sygnału").wait_for(timeout=SOON)
    took(began, "message")
    look(console, photo, "bell")
    console.locator(".help-waits").click()
    card = console.locator("section[id^=help-]:has-text('Piotr Pracowity')").first
    expect(card).to_contain_text("Łucja Żak")
    card.locator("textarea").fill("Zaraz")
    began = time.monotonic()
    sheet.locator("input[type=file]").set_input_files({"name": "box.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    card.locator("img.said-photo").wait_for(timeout=SOON)
    took(began, "photo")
    expect(card.locator("textarea")).to_have_value("Zaraz")  # what is being written stays
    mine.evaluate("document.querySelector('help-call a').addEventListener('click', (event) => event.preventDefault())")
    began = time.monotonic()
    sheet.locator("help-call a").click()
    console.locator(".said", has=console.locator(".icon")).first.wait_for(timeout=SOON)
    took(began, "call")
    look(console, photo, "list")
    card.locator("form[action$='/take/'] button").click()
    expect(sheet.locator("[role=status]").first).to_contain_text("Danuta Dyspozytor", timeout=WAIT)
    card.locator("textarea").fill("Proszę przepiąć na port 3 i zmierzyć jeszcze raz.")
    began = time.monotonic()
    card.locator("form[action$='/answer/'] button").first.click()
    sheet.locator(".said", has_text="port 3").wait_for(timeout=SOON)
    took(began, "answer")
    look_at_sheet(mine, photo, "answered")
    mine.locator("#help [popovertargetaction=hide]").click()
    assert_sunlit(mine)
    look(mine, photo, "card-answered")
    card.locator("summary", has=console.locator(".icon")).last.click()
    card.locator("input[name=matter]").fill("Zły port w skrzynce.")
    card.locator("form[action$='/close/'] button").click()
    until(lambda: HelpThread.objects.get(visit=visit).state == HelpState.CLOSED, "closed thread")
    expect(console.locator("section[aria-labelledby=help-closed]")).to_contain_text("Zły port w skrzynce.")
    look(console, photo, "closed")


def test_help_written_without_a_network_waits_on_the_telephone_and_overtakes_pictures_once_there_is_one(
    house: Platform, phone: OpenPage, desk: OpenPage, photo: Photograph
) -> None:
    worker = a_worker(house, "Ewa Daleka")
    visit = a_promise("Jan Piwniczny", worker=worker)
    mine, console = phone(), desk()
    sign_in(console, house.web, a_person("dispatcher", "Danuta Dyspozytor"))
    console.goto(f"{house.web}/help/")
    expect(console.locator("live-stream[state=live]")).to_have_count(1, timeout=WAIT)
    sign_in(mine, house.web, worker.email)
    mine.goto(f"{house.web}/t/visits/{visit.pk}/")
    mine.locator("button[popovertarget=help]:visible").first.click()
    mine.context.set_offline(True)
    sheet = mine.locator("#help")
    sheet.locator("input[type=file]").set_input_files({"name": "box.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    expect(sheet.locator("img.said-photo")).to_be_visible()
    sheet.locator("#help-text").fill("Która to skrzynka?")
    sheet.locator("form[data-operation=help] button").click()
    mine.evaluate("document.querySelector('help-call a').addEventListener('click', (event) => event.preventDefault())")
    sheet.locator("help-call a").click()
    expect(sheet.locator(".said.is-unsent")).to_have_count(3)
    expect(sheet.locator("[data-after-call]")).to_be_visible()
    expect(mine.locator(".unsent:visible [data-count]")).to_have_text("3")
    look_at_sheet(mine, photo, "offline")
    assert not HelpThread.objects.filter(visit=visit).exists()
    mine.context.set_offline(False)
    card = console.locator("section:has-text('Ewa Daleka')").first
    expect(card.locator(".said")).to_have_count(3, timeout=WAIT)
    expect(sheet.locator(".said.is-unsent")).to_have_count(0, timeout=WAIT)
    lines = HelpMessage.objects.filter(thread__visit=visit).order_by("heard_at", "pk")
    assert [one.said for one in lines] == ["text", "rang", "photo"]
    expect(mine.locator("work-queue[state=sent]")).to_have_count(1, timeout=WAIT)


def test_help_nobody_answers_is_told_to_more_people_and_the_bell_says_so(
    house: Platform, phone: OpenPage, desk: OpenPage, photo: Photograph
) -> None:
    worker = a_worker(house, "Adam Sam")
    visit = a_promise("Maria Nowa", worker=worker)
    mine, console = phone(theme="dark"), desk(theme="dark")
    sign_in(console, house.web, a_person("dispatcher", "Danuta Dyspozytor"))
    console.goto(f"{house.web}/plan/")
    expect(console.locator("live-stream[state=live]")).to_have_count(1, timeout=WAIT)
    sign_in(mine, house.web, worker.email)
    mine.goto(f"{house.web}/t/visits/{visit.pk}/")
    mine.locator("button[popovertarget=help]:visible").first.click()
    mine.locator("#help [data-operation=help_call]:has([value=missed]) button").click()
    bell = console.locator(".help-waits", has_text="Adam Sam")
    expect(bell).to_contain_text("wants to be called back", timeout=WAIT)
    assert console.title().startswith("(")
    HelpThread.objects.filter(visit=visit).update(due_at=clock.now())  # five minutes are over
    expect(console.locator(".help-waits.banner-error", has_text="Adam Sam")).to_be_visible(timeout=WAIT)
    look(console, photo, "bell-escalated")
    expect(mine.locator("#help")).to_contain_text("More people have been told", timeout=WAIT)
    until(lambda: Delivery.objects.filter(code="help_waits", channel="email").exists(), "letter to dispatchers")
    bell.click()
    look(console, photo, "list-escalated")
    card = console.locator("section:has-text('Adam Sam')").first
    card.locator("button[name=spoke]").click()
    expect(console.locator(".help-waits", has_text="Adam Sam")).to_have_count(0, timeout=WAIT)
    expect(mine.locator("#help")).not_to_contain_text("More people have been told", timeout=WAIT)
