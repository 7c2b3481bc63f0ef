"""What customers decide on the link, on telephones, on the real platform: move, cancel, book again, wait, notes, photos, calls (O4–O7)."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from blisko.access.rules import SYSTEM
from blisko.access.services import revoke_key
from blisko.customers.models import TimelineEntry
from blisko.kit import clock
from blisko.live.services.links import link_for
from blisko.messaging.models import DemoMessage
from blisko.planning.models import Assignment, SavedTrip
from blisko.planning.queries import assignment_of
from blisko.visits.models import JobType, Photo, Visit, WorkOrder
from blisko.visits.rules import VisitState
from blisko.visits.services import arrive, finish, report_no_access, set_out
from tests.browser import assert_accessible, assert_fits, assert_readable, open_phone
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import (
    LOOKS,
    PLACES,
    a_person,
    a_picture,
    a_promise,
    a_worker,
    an_invitation,
    link_of,
    morning,
    sign_in,
    until,
    works_tomorrow,
)
from tests.journeys.stages import Stages, in_language
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
AT_ONCE = 12.0  # seconds on a busy machine: long before a page asks by itself, which is every 30
HOUR = timedelta(hours=1)
PATIENCE_MS = 40_000
DOUBLE = 200
SLACK = 1.0  # both pages are looked at one after the other


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "choices-platform.log") as found:
        yield found


def looked_at(page: Page, photo: Photograph, name: str) -> None:
    assert_fits(page)
    photo(page, f"choices-{name}")
    assert_accessible(page)


def reason(page: Page, code: str) -> Locator:
    return page.locator(f'button[name=reason][value="{code}"]')


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_customer_books_the_first_time_from_the_link_he_was_sent(
    house: Platform, phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    worker = a_worker(house, face=False)
    works_tomorrow(worker)
    visit = an_invitation("Zofia Wiśniewska", language=language)
    number = visit.order.customer.contacts.get(kind="phone").value
    sent = until(lambda: DemoMessage.objects.filter(address=number).first(), "SMS")
    assert "/v/" in sent.text
    page = phone(language=language, theme=theme)
    page.goto(link_of(house, visit))
    looked_at(page, photo, "invited")
    page.locator("a.button-primary").click()
    looked_at(page, photo, "invited-times")
    page.locator(".slot").first.click()
    looked_at(page, photo, "invited-chosen")
    page.goto(link_of(house, visit))
    looked_at(page, photo, "invited-held")
    page.locator("#held .button-primary").dblclick()
    expect(page.locator("nav.pair a").first).to_be_visible()
    booked = Visit.objects.get(pk=visit.pk)
    assert (booked.state, booked.choose_until) == (VisitState.BOOKED, None)
    held = assignment_of(visit.pk)
    assert held is not None and booked.window_from <= held.during.lower <= booked.window_to
    until(lambda: DemoMessage.objects.filter(address=number).count() == 2, "confirmation")


def test_customer_who_needs_no_visit_says_so_before_one_is_booked(house: Platform, phone: OpenPage, photo: Photograph) -> None:
    visit = an_invitation("Nagy Péterné", language="hu")
    page = phone(language="hu")
    page.goto(link_of(house, visit))
    page.locator("nav.pair a").click()
    looked_at(page, photo, "invited-cancel")
    reason(page, "fixed_itself").click()
    expect(page.locator("h1")).to_be_visible()
    looked_at(page, photo, "invited-cancelled")
    assert Visit.objects.get(pk=visit.pk).state == VisitState.CANCELLED


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_customer_moves_the_visit_to_a_time_at_which_somebody_really_comes(
    house: Platform, phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    worker = a_worker(house, face=False)
    works_tomorrow(worker)
    visit = a_promise("Zofia Wiśniewska", worker=worker, starts_in=2 * HOUR, language=language)
    page = phone(language=language, theme=theme)
    page.goto(link_of(house, visit))
    looked_at(page, photo, "today")
    page.locator("nav.pair a").first.click()
    expect(page.locator(".slot").first).to_be_visible()
    page.locator(".slots-all summary").click()
    looked_at(page, photo, "times")
    page.locator(".slot").first.click()
    expect(page.locator(".button-big")).to_be_visible()
    looked_at(page, photo, "held")
    chosen = page.locator(".promise-time").inner_text()
    page.locator(".button-big").click()
    expect(page.locator(".promise-time")).to_have_text(chosen)
    moved = Visit.objects.get(pk=visit.pk)
    planned = assignment_of(visit.pk)
    assert moved.window_from != visit.window_from
    assert planned is not None
    assert moved.window_from <= planned.during.lower <= moved.window_to
    looked_at(page, photo, "moved")
    until(lambda: DemoMessage.objects.filter(text__contains=chosen.partition("–")[0], address__startswith="+4860").exists(), "SMS about it")


def test_two_phones_that_move_one_visit_at_once_leave_one_promise(house: Platform, phone: OpenPage) -> None:
    worker = a_worker(house, face=False)
    works_tomorrow(worker)
    visit = a_promise("Piotr Zieliński", worker=worker, starts_in=2 * HOUR)
    mine, hers = phone(language="en"), phone(language="en")
    for page in (mine, hers):
        page.goto(link_of(house, visit, "en").replace("?", "/move?"))
        page.locator(".slots-all summary").click()
    mine.locator(".slot-small").nth(-1).click()
    expect(mine.locator(".button-big")).to_be_visible()
    hers.locator(".slot-small").nth(-2).click()
    expect(hers.locator(".button-big")).to_be_visible()
    hers_chosen = hers.locator(".promise-time").inner_text()
    mine.locator(".button-big").click()  # confirms what is held now: hers, for both of them
    expect(mine.locator(".promise-time")).to_have_text(hers_chosen)
    hers.locator(".button-big").click()
    expect(hers.locator(".promise-time")).to_have_text(hers_chosen)
    assert Assignment.objects.filter(visit=visit, released_at=None).count() == 1
    assert TimelineEntry.objects.filter(subject=f"visit:{visit.pk}", kind="visit_moved").count() <= 1


def test_two_customers_never_get_the_same_time(house: Platform, phone: OpenPage) -> None:
    worker = a_worker(house, "Tomasz Wójcik", face=False)
    works_tomorrow(worker, hours=2)
    days = 24 * HOUR
    one, two = (a_promise(name, starts_in=5 * days) for name in ("Ewa Nowak", "Maria Lewandowska"))
    mine, hers = phone(language="en"), phone(language="en")
    for page, visit in ((mine, one), (hers, two)):
        page.goto(link_of(house, visit, "en").replace("?", "/move?"))
    tomorrow = f"{timezone.localtime(clock.now() + days):%-d}"
    mine.locator(f'.slot:has-text("{tomorrow}")').last.click()
    expect(mine.locator(".button-big")).to_be_visible()
    same = hers.locator(f'.slot:has-text("{tomorrow}")').last
    if same.count():
        same.click()
        expect(hers.locator(".banner-warn, .button-big").first).to_be_visible()
    mine.locator(".button-big").click()
    expect(mine.locator(".promise-time")).to_be_visible()
    if hers.locator(".button-big").count():
        hers.locator(".button-big").click()
    rows = Assignment.objects.filter(released_at=None, technician=worker.technician)
    spans = sorted((row.during.lower, row.during.upper) for row in rows)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_cancelling_on_the_way_takes_one_tap_more_and_reaches_technician_and_dispatcher_at_once(
    house: Platform, phone: OpenPage, desk: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    worker = a_worker(house, face=False)
    visit = a_promise("Kovács Béla", worker=worker, place=PLACES[1], language=language)
    technician, console = phone(language="pl"), desk(language="en")
    sign_in(technician, house.web, worker.email)
    technician.goto(f"{house.web}/t/visits/{visit.pk}/")
    sign_in(console, house.web, a_person("dispatcher"))
    console.goto(f"{house.web}/day/visits/{visit.pk}/")
    worker.report(PLACES[5])
    worker.take(visit, set_out)
    page = phone(language=language, theme=theme)
    page.goto(link_of(house, visit))
    page.locator("nav.pair a").nth(1).click()
    looked_at(page, photo, "why")
    reason(page, "fixed_itself").click()
    expect(page.locator(".button-danger")).to_be_visible()
    assert Visit.objects.get(pk=visit.pk).state == VisitState.ON_THE_WAY
    looked_at(page, photo, "sure")
    expect(technician.locator(".pill-sun")).to_be_visible()
    began = time.monotonic()
    page.locator(".button-danger").click()
    for watching in (technician, console):
        words = "odwołana" if watching is technician else "cancelled"
        expect(watching.locator("main")).to_contain_text(words, timeout=PATIENCE_MS, ignore_case=True)
        assert time.monotonic() - began < AT_ONCE + SLACK
    expect(page.locator("s")).to_be_visible()
    saved = until(lambda: SavedTrip.objects.filter(pk=visit.pk).first(), "saved trip")
    assert saved.by_customer
    assert saved.on_the_way
    page.reload()
    looked_at(page, photo, "cancelled")


@pytest.mark.parametrize("language", ["en", "pl", "hu"])
def test_who_is_not_at_home_is_offered_another_time_and_books_again_after_cancelling(
    house: Platform, phone: OpenPage, photo: Photograph, language: str
) -> None:
    worker = a_worker(house, face=False)
    works_tomorrow(worker)
    visit = a_promise("Aleksandra Konstantynopolitańczykowianeczka", worker=worker, starts_in=2 * HOUR, language=language)
    page = phone(language=language)
    page.goto(link_of(house, visit))
    page.locator("nav.pair a").nth(1).click()
    reason(page, "not_home").click()
    expect(page.locator("a.button-primary")).to_be_visible()
    looked_at(page, photo, "not-home")
    page.locator("a.button-primary").click()
    expect(page.locator(".slot").first).to_be_visible()
    page.go_back()
    page.locator(".button-danger").click()
    expect(page.locator("s")).to_be_visible()
    assert Visit.objects.get(pk=visit.pk).end_reason == "not_home"
    page.locator('main a.button[href*="/move"]').click()
    page.locator(".slot").first.click()
    looked_at(page, photo, "again")
    page.locator(".button-big").click()
    expect(page.locator("nav.pair a").first).to_be_visible()
    another = Visit.objects.filter(order=visit.order).exclude(pk=visit.pk).get()
    assert assignment_of(another.pk) is not None
    assert another.number in page.locator("main").inner_text()


def test_at_the_door_the_customer_may_still_cancel_and_no_trip_is_called_saved(house: Platform, phone: OpenPage) -> None:
    worker = a_worker(house, face=False)
    visit = a_promise("Zofia Wiśniewska", worker=worker, language="en")
    worker.take(visit, set_out, arrive)
    page = phone(language="en")
    page.goto(link_of(house, visit))
    page.locator("nav.pair a").click()
    assert reason(page, "not_home").count() == 0
    reason(page, "not_needed").click()
    expect(page.locator("h1")).to_contain_text("at your place")
    page.locator(".button-danger").click()
    expect(page.locator("h1")).to_have_text("The visit is cancelled")
    entry = until(lambda: TimelineEntry.objects.filter(subject=f"visit:{visit.pk}", kind="visit_cancelled").first(), "entry")
    assert entry.facts["by_customer"] is True
    assert not SavedTrip.objects.filter(pk=visit.pk).exists()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_no_it_does_not_work_offers_the_next_times_on_the_spot(
    house: Platform, phone: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    worker = a_worker(house, face=False)
    works_tomorrow(worker)
    visit = a_promise("Emily Carter", worker=worker, language=language)
    worker.take(visit, set_out, arrive, finish)
    page = phone(language=language, theme=theme)
    page.goto(link_of(house, visit))
    page.locator(".answer-no").click()
    expect(page.locator("a.button-primary")).to_be_visible()
    looked_at(page, photo, "no-again")
    page.locator("a.button-primary").click()
    page.locator(".slot").first.click()
    page.locator(".button-big").click()
    expect(page.locator("nav.pair a").first).to_be_visible()
    another = Visit.objects.filter(order=visit.order).exclude(pk=visit.pk).get()
    assert another.state == VisitState.BOOKED
    page.goto(link_of(house, visit))
    assert page.locator('main a.button[href*="/move"]').count() == 0  # never a third one


def test_who_waits_is_told_of_something_earlier_and_takes_it_with_one_tap(
    house: Platform, phone: OpenPage, photo: Photograph
) -> None:
    worker = a_worker(house, "Wojciech Nowak", face=False)
    works_tomorrow(worker)
    visit = a_promise("Maria Lewandowska", worker=None, starts_in=4 * 24 * HOUR, language="pl")
    page = phone(language="pl")
    page.goto(link_of(house, visit))
    page.locator("#waiting button").click()
    expect(page.locator("#waiting button[name=stop]")).to_be_visible()
    number = visit.order.customer.contacts.get(kind="phone").value
    until(lambda: DemoMessage.objects.filter(text__contains="wczesniejszy termin", address=number).exists(), "SMS")
    page.reload()
    expect(page.locator("#held")).to_be_visible()
    looked_at(page, photo, "earlier")
    page.locator("#held .button-primary").click()
    expect(page.locator("#held")).to_have_count(0)
    moved = Visit.objects.get(pk=visit.pk)
    assert moved.window_from < visit.window_from
    assert assignment_of(visit.pk) is not None


@pytest.mark.parametrize("language", ["en", "pl", "hu"])
def test_note_photo_and_call_reach_the_technicians_card(house: Platform, phone: OpenPage, photo: Photograph, language: str) -> None:
    worker = a_worker(house, face=False)
    visit = a_promise("Piotr Zieliński", worker=worker, language=language)
    technician, page = phone(language="pl"), phone(language=language)
    sign_in(technician, house.web, worker.email)
    technician.goto(f"{house.web}/t/visits/{visit.pk}/")
    page.goto(link_of(house, visit))
    page.locator("#photos summary").click()
    page.locator("#photos-file").set_input_files(
        [
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_picture()},
            {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"},
        ]
    )
    page.locator("#photos-caption").fill("Gniazdko w przedpokoju")
    looked_at(page, photo, "photo-form")
    page.locator("#photos form button").click()
    expect(page.locator("#photos img")).to_have_count(1)
    expect(page.locator("#photos .banner-warn")).to_be_visible()
    looked_at(page, photo, "photo-sent")
    expect(technician.locator(".photos img")).to_have_count(1, timeout=PATIENCE_MS)
    photo(technician, "choices-technician-photo")
    assert b"secret" not in Photo.objects.get(visit=visit).file.open("rb").read()
    page.locator("#notes summary").click()
    page.locator("#note").fill("Domofon nie działa")
    page.locator("#notes form button").click()
    expect(technician.locator(".note-customer")).to_contain_text("Domofon", timeout=PATIENCE_MS)
    page.evaluate("document.querySelector('ring-up a').addEventListener('click', (e) => e.preventDefault())")
    page.locator("ring-up a").click()
    until(lambda: TimelineEntry.objects.filter(subject=f"visit:{visit.pk}", kind="call_tried").exists(), "call on the timeline")
    technician.evaluate("document.querySelector('ring-up a').addEventListener('click', (e) => e.preventDefault())")
    technician.locator("ring-up a").click()
    until(lambda: TimelineEntry.objects.filter(subject=f"visit:{visit.pk}", kind="call_tried").count() == 2, "his call on it")


def test_everything_can_be_decided_without_scripts(house: Platform, browser: Browser) -> None:
    worker = a_worker(house, face=False)
    works_tomorrow(worker)
    visit = a_promise("Emily Carter", worker=worker, starts_in=2 * HOUR, language="en")
    context = open_phone(browser, scripts=False)
    page = context.new_page()
    page.goto(link_of(house, visit))
    page.get_by_role("link", name="Another time").click()
    page.locator(".slot").first.click()
    page.get_by_role("button", name="Other times").click()
    page.locator(".slot").nth(1).click()
    page.get_by_role("button", name="Take this time").click()
    assert Visit.objects.get(pk=visit.pk).window_from != visit.window_from
    page.get_by_role("link", name="Cancel").click()
    reason(page, "other").click()
    expect(page.locator("h1")).to_have_text("The visit is cancelled")
    context.close()


def test_when_no_time_is_free_the_page_says_whom_to_ring(house: Platform, phone: OpenPage, photo: Photograph) -> None:
    visit = a_promise("Ewa Nowak", starts_in=2 * HOUR, language="hu")
    rare = JobType.objects.create(code="rare", names={"en": "Rare"}, skills=["nobody-can"])
    WorkOrder.objects.filter(pk=visit.order_id).update(job_type=rare)
    page = phone(language="hu")
    page.goto(link_of(house, visit, "hu").replace("?", "/move?"))
    looked_at(page, photo, "none-free")
    expect(page.locator('main a[href^="tel:"]')).to_be_visible()


def test_link_that_has_ended_and_one_whose_visit_is_over_say_so(house: Platform, phone: OpenPage, photo: Photograph) -> None:
    worker = a_worker(house, face=False)
    visit = a_promise("Tomasz Wójcik", worker=worker, language="pl")
    address = link_of(house, visit)
    page = phone(language="pl")
    worker.take(visit, set_out, report_no_access)
    page.goto(f"{address}/cancel")
    expect(page.locator("main")).to_contain_text("Teraz nie ma tu nic")
    photo(page, "choices-over")
    link_key = link_for(visit.pk, now=clock.now())
    revoke_key(link_key.pk, by=SYSTEM, now=clock.now())
    for part in ("", "/move", "/cancel"):
        page.goto(address + part)
        expect(page.locator("main")).to_be_visible()
        assert "Tomasz" not in page.content()
        assert visit.number not in page.content()
    photo(page, "choices-ended")


# WCAG 1.4.4: letters of double size on the screen of a small telephone, in the languages of long words.


@pytest.mark.timeout(600)
def test_every_page_can_be_read_with_letters_of_double_size(house: Platform, phone: OpenPage, photo: Photograph) -> None:
    stages, wrong = Stages(house, "pl"), []
    pages = {language: phone(language=language, theme=theme) for language, theme in LOOKS if language != "en"}
    for name, path in stages.pages.items():
        address = f"{house.web}{path()}"
        for language, page in pages.items():
            page.goto(in_language(address, language))
            expect(page.locator("h1")).to_be_visible()
            assert page.evaluate("document.documentElement.lang") == language
            for letters in (100, DOUBLE):
                try:
                    assert_readable(page, letters=letters)
                except AssertionError as unreadable:
                    wrong.append(f"{name}: {unreadable}")
            photo(page, f"letters-{name}")
    assert not wrong, "\n".join(wrong)
