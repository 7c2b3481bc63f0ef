"""After the visit, on a telephone: the report, its PDF, a dispute and its answer, and whether it still works (F5, O8, O9, L9)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from blisko.kit import clock
from blisko.live.models import Edition
from blisko.messaging.models import Delivery
from blisko.visits.models import Confirmation, Dispute, LaterAnswer, Visit
from blisko.visits.services import add_photo, arrive, finish, set_out, write_note
from tests.browser import assert_accessible, assert_fits
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import LOOKS, a_person, a_picture, a_promise, a_worker, actor_of, link_of, morning, say, sign_in, until
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "report-platform.log") as found:
        yield found


def looked_at(page: Page, photo: Photograph, name: str) -> None:
    assert_fits(page)
    photo(page, f"report-{name}")
    assert_accessible(page)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_customer_opens_the_report_keeps_its_pdf_and_disputes_it(
    house: Platform, phone: OpenPage, desk: OpenPage, photo: Photograph, tmp_path: Path, language: str, theme: str
) -> None:
    worker = a_worker(house, face=False)
    visit = a_promise("Zofia Wiśniewska", worker=worker, language=language)
    worker.take(visit, set_out, arrive)
    me = actor_of(worker.technician)
    add_photo(visit.pk, a_picture(), actor=me, now=clock.now(), caption="Nowe gniazdko")
    write_note(visit.pk, "Wymieniono gniazdko, sygnał −18 dBm.", actor=me, now=clock.now())
    worker.take(visit, finish)
    until(lambda: Edition.objects.filter(visit=visit).exists(), "edition without the answer")
    say(visit, works=True, rating=5)
    until(lambda: Edition.objects.filter(visit=visit, number__gte=2).exists(), "edition with the answer")
    page = phone(language=language, theme=theme)
    page.goto(link_of(house, visit, language))
    page.locator('main a[href*="/report?"]').click()
    expect(page.locator("a[download]")).to_be_visible()
    assert "Wymieniono gniazdko" in page.locator("main").inner_text()
    looked_at(page, photo, "page")
    with page.expect_download() as found:
        page.locator("a[download]").click()
    kept = tmp_path / "report.pdf"
    found.value.save_as(kept)
    assert kept.read_bytes().startswith(b"%PDF-")
    page.locator("#dispute summary").click()
    page.locator("#text").fill("Gniazdko nadal jest luźne.")
    looked_at(page, photo, "dispute")
    page.locator("#dispute button").click()
    expect(page.locator("#dispute .quote")).to_contain_text("luźne")
    looked_at(page, photo, "disputed")
    verified(page, house, photo, kept, language)
    answered(house, desk(language=language, theme=theme), photo, Dispute.objects.get(visit=visit))
    page.goto(link_of(house, visit, language).replace("?", "/report?"))
    expect(page.locator("#dispute")).to_contain_text("Przyjedziemy jutro")
    number = visit.order.customer.contacts.get(kind="phone").value
    until(lambda: Delivery.objects.filter(code="dispute_answered", address=number, state="sent").exists(), "message about the answer")


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_customer_is_asked_days_later_whether_it_still_works(
    house: Platform, phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    worker = a_worker(house, face=False)
    for answer in ("yes", "no"):
        visit = a_promise("Zofia Wiśniewska", worker=worker, language=language, starts_in=timedelta(minutes=5 if answer == "yes" else 240))
        worker.take(visit, set_out, arrive, finish)
        say(visit, works=True, rating=5)
        Visit.objects.filter(pk=visit.pk).update(ended_at=clock.now() - timedelta(days=4))
        Confirmation.objects.filter(visit=visit).update(at=clock.now() - timedelta(days=4))
        page = phone(language=language, theme=theme)
        page.goto(link_of(house, visit, language))
        looked_at(page, photo, "still")
        page.locator(f"button[name=still][value={answer}]").click()
        expect(page.locator("button[name=still]")).to_have_count(0)
        looked_at(page, photo, f"still-{answer}")
        expect(page.locator('main a[href*="/move?"]')).to_have_count(1 if answer == "no" else 0)
        assert LaterAnswer.objects.get(visit=visit).works is (answer == "yes")


def verified(page: Page, platform: Platform, photo: Photograph, kept: Path, language: str) -> None:
    """Whether the copy is what was issued; one changed byte is not."""
    changed = kept.with_name("changed.pdf")
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(bytes(content))
    for file, verdict in ((kept, "good"), (changed, "bad")):
        page.goto(f"{platform.web}/verify?lang={language}")
        page.locator("input[type=file]").set_input_files(file)
        page.locator("form:has(input[type=file]) button").click()
        expect(page.locator(".banner-success" if verdict == "good" else ".banner-error").first).to_be_visible()
        looked_at(page, photo, f"verify-{verdict}")
        assert not re.search("Wiśniewska|Lipowa", page.content())


def answered(platform: Platform, console: Page, photo: Photograph, dispute: Dispute) -> None:
    """A dispatcher finds it in the menu, sees the evidence, and answers."""
    sign_in(console, platform.web, a_person("dispatcher"))
    console.locator('nav a[href="/day/disputes/"]').click()
    console.locator(f'a[href="/day/disputes/{dispute.pk}/"]').click()
    looked_at(console, photo, "evidence")
    console.locator("textarea[name=answer]").fill("Przyjedziemy jutro i poprawimy.")
    console.locator("button[name=how][value=accept]").click()
    until(lambda: Dispute.objects.get(pk=dispute.pk).state == "accepted", "answer")
