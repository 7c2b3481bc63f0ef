"""A day's work as staff does it: the dispatcher at the desk, the technician on the telephone, the administrator."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from blisko.access.models import AuditEntry
from blisko.access.rules import SYSTEM
from blisko.accounts.models import Role
from blisko.field.tests.make import actor_of
from blisko.kit import clock
from blisko.live.models import Fix
from blisko.live.rules.provisioning import App
from blisko.live.services import issue_device
from blisko.messaging.models import DemoMessage
from blisko.visits.models import Visit, VisitRequest
from blisko.visits.rules import CancelReason
from blisko.visits.services import arrive, cancel_visit, finish, set_out
from blisko.visits.tests.make import a_job_type
from tests.browser import assert_accessible, open_phone
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import PATIENCE, PLACES, a_person, a_promise, a_worker, morning, say, sign_in, until
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
WAIT = PATIENCE * 1000


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "staff-day-platform.log") as found:
        yield found


def unloaded(page: Page) -> Callable[[], bool]:
    """Mark the page; answer a question whether it is still the same document: it has changed without being loaded anew."""
    page.evaluate("window.sameDocument = true")
    return lambda: page.evaluate("window.sameDocument === true")


def test_dispatcher_books_for_a_new_customer_assigns_and_sees_the_message_go(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    a_job_type()
    worker, page = a_worker(house, "Jan Kowalski"), desk()
    sign_in(page, house.web, a_person("dispatcher", "Danuta Dyspozytor"))
    expect(page.locator("h1")).to_contain_text("Today")
    page.locator(".console-head .button-primary").click()
    page.locator("#id_number").fill("C-2026-1")
    page.locator("#id_window_end").fill("09:00")
    page.locator(".book-form .button-primary").click()
    for field, words in {"name": "give the name", "phone": "telephone number or an e-mail", "street": "street and number"}.items():
        expect(page.locator(f".field:has(#id_{field}) .field-error")).to_contain_text(words)
    assert_accessible(page)
    today = timezone.localtime(clock.now()).date().isoformat()
    told = {
        "name": "Ágnes Kovács", "phone": "+48 601 222 333", "street": "Lipowa 12", "city": "Blisków", "lat": "51.99296", "lon": "19.25881",
        "description": "Od wczoraj nie ma internetu.", "day": today, "window_start": "11:00", "window_end": "10:00",
    }  # fmt: skip
    for field, words in told.items():
        page.locator(f"#id_{field}").fill(words)
    page.locator("#id_language").select_option("hu")
    page.locator(".book-form .button-primary").click()
    expect(page.locator(".field:has(#id_window_end) .field-error")).to_contain_text("must end after it starts")
    page.locator("#id_window_end").fill("13:00")
    page.locator(".book-form .button-primary").click()
    expect(page.locator("h1")).to_have_text("Ágnes Kovács")
    page.locator("#technician").select_option(str(worker.technician.pk))
    page.locator("#assign button").click()
    expect(page.locator(".facts")).to_contain_text("Jan Kowalski, 11:00–12:00")
    same = unloaded(page)
    expect(page.locator("section:has(h2:text('Messages')) li")).to_contain_text("Confirmation", timeout=WAIT)
    expect(page.locator("section:has(h2:text('Messages')) .pill")).to_have_text("sent", timeout=WAIT)
    assert same()
    photo(page, "journey-booked")
    visit = Visit.objects.get(order__customer__number="C-2026-1")
    assert DemoMessage.objects.get(address="+48601222333").text
    page.goto(f"{house.web}/day/")
    row = page.locator(f"#row-{visit.pk}")
    expect(row).to_contain_text("Jan Kowalski")
    expect(row.locator(".message-sent")).to_have_count(1)


def test_refused_assignment_is_told_beside_the_form(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    worker = a_worker(house, "Ewa Zajęta")
    for name in ("Pierwszy Klient", "Drugi Klient", "Trzeci Klient"):
        a_promise(name, worker=worker, starts_in=timedelta(hours=5))
    late = a_promise("Czwarty Klient", starts_in=timedelta(hours=5))
    page = desk()
    sign_in(page, house.web, a_person("dispatcher"))
    page.goto(f"{house.web}/day/visits/{late.pk}/")
    page.locator("#technician").select_option(str(worker.technician.pk))
    with page.expect_response(lambda answer: "/assign/" in answer.url) as answer:
        page.locator("#assign button").click()
    assert answer.value.status == 409
    expect(page.locator("#assign [role=alert]")).to_contain_text("already has a visit at that time")
    expect(page.locator("#technician")).to_have_value(str(worker.technician.pk))
    photo(page, "journey-double-booked")
    assert_accessible(page)
    page.locator("summary", has_text="Move the visit").click()
    page.locator("#id_window_end").fill("08:00")
    page.locator("details[open] .button-primary").click()
    expect(page.locator("details[open] .field-error")).to_contain_text("must end after it starts")
    assert_accessible(page)


def test_list_and_map_follow_the_technician_without_a_reload(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    worker = a_worker(house, "Marek Jadący")
    visit = a_promise("Zofia Wiśniewska", worker=worker)
    worker.report(PLACES[1])
    page = desk()
    sign_in(page, house.web, a_person("dispatcher"))
    page.goto(f"{house.web}/day/")
    expect(page.locator("blisko-map[view]")).to_be_visible(timeout=60_000)
    mark = page.locator(".map-spot:has([aria-label='Marek Jadący'])")
    expect(mark).to_be_visible()
    expect(page.locator(f"#row-{visit.pk} .pill").first).to_have_text("Booked")
    same = unloaded(page)

    def place() -> str:
        return str(mark.evaluate("spot => spot.style.transform"))

    before = place()
    worker.report(PLACES[3], at=clock.now() + timedelta(seconds=2), heading=200)
    until(lambda: place() != before, "movement of the technician's mark")
    worker.take(visit, set_out)
    expect(page.locator(f"#row-{visit.pk} .pill").first).to_have_text("On the way", timeout=WAIT)
    expect(page.locator(f".mark-visit[href='/day/visits/{visit.pk}/']")).to_have_attribute("data-tone", "sun", timeout=WAIT)
    expect(page.locator(".crew .person", has_text="Marek Jadący")).to_contain_text("On the way: Zofia Wiśniewska")
    assert same()
    photo(page, "journey-map")
    page.locator(f".mark-visit[href='/day/visits/{visit.pk}/']").dispatch_event("click")
    expect(page.locator("h1")).to_have_text("Zofia Wiśniewska")


def test_dispatcher_answers_a_no_with_another_visit(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    worker = a_worker(house, "Adam Szybki")
    visit = a_promise("Maria Zmartwiona", worker=worker)
    worker.take(visit, set_out, arrive, finish)
    page = desk()
    sign_in(page, house.web, a_person("dispatcher"))
    page.goto(f"{house.web}/day/")
    same = unloaded(page)
    say(visit, works=False, comment="Nadal nie działa.")
    wish = page.locator(".wish", has_text="Maria Zmartwiona")
    expect(wish).to_contain_text("The customer says it does not work", timeout=WAIT)
    expect(wish).to_contain_text("Nadal nie działa.")
    assert same()
    wish.locator("summary").click()
    # What is being typed stays when somebody else's visit changes meanwhile.
    wish.locator("input[type=time]").first.fill("15:00")
    other = a_promise("Ktoś Inny", starts_in=timedelta(hours=1))
    expect(page.locator(f"#row-{other.pk}")).to_be_visible(timeout=WAIT)
    expect(wish.locator("input[type=time]").first).to_have_value("15:00")
    wish.locator("input[type=time]").last.fill("17:00")
    photo(page, "journey-wish")
    assert_accessible(page)
    wish.locator(".button-primary").click()
    expect(page.locator(".facts")).to_contain_text("Tomorrow, 15:00–17:00")
    request = VisitRequest.objects.get(visit=visit)
    assert request.state == "booked" and request.booked_visit is not None
    assert request.booked_visit.order_id == visit.order_id


def test_dispatcher_sends_a_new_link_and_ends_it(house: Platform, desk: OpenPage) -> None:
    visit = a_promise("Helena Zgubiła", language="en")
    number = visit.order.customer.contacts.get().value
    page = desk()
    sign_in(page, house.web, a_person("dispatcher"))
    page.goto(f"{house.web}/day/visits/{visit.pk}/")

    def links() -> list[str]:
        texts = DemoMessage.objects.filter(address=number).order_by("pk").values_list("text", flat=True)
        return [word.rstrip(".") for text in texts for word in text.split() if "/v/" in word]

    until(lambda: len(links()) == 1, "first SMS")
    page.get_by_role("button", name="Send a new link").click()
    expect(page.locator(".toast")).to_contain_text("The old one has ended")
    until(lambda: len(links()) == 2, "second SMS")
    first, second = links()
    assert page.request.get(first).status == 410
    assert page.request.get(second).status == 200
    page.goto(f"{house.web}/day/visits/{visit.pk}/")
    page.get_by_role("button", name="End the link").click()
    expect(page.locator(".toast")).to_contain_text("has ended")
    assert page.request.get(second).status == 410


def test_technician_works_through_his_visit_at_the_thumb(house: Platform, phone: OpenPage, photo: Photograph) -> None:
    worker = a_worker(house, "Piotr Pracowity")
    visit = a_promise("Łucja Żak", worker=worker)
    page = phone()
    sign_in(page, house.web, worker.email)
    expect(page.locator("h1")).to_have_text("My day")
    page.locator(".job").click()
    expect(page.locator("h2").first).to_have_text("ulica Lipowa 5")
    assert page.locator("ring-up a.button-call").get_attribute("href") == f"tel:{visit.order.customer.contacts.get().value}"
    assert str(page.locator("a[href^='geo:']").get_attribute("href")).startswith("geo:51.992960,19.258810?q=")
    thumb = page.locator(".technician-actions .button-primary:visible")
    for words, state in (("Set out", "on_the_way"), ("I have arrived", "on_site"), ("Finish", "done")):
        expect(thumb).to_have_text(words)
        box = thumb.bounding_box()
        assert box is not None and box["y"] > 740 / 2 and box["y"] + box["height"] <= 740 - 56, f"“{words}” is not at the thumb"
        photo(page, f"journey-thumb-{state}")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")  # at its end nothing lies below the bar, wherever letters broke before
        assert_accessible(page)
        thumb.click()
        until(lambda: Visit.objects.get(pk=visit.pk).state == state, state)  # noqa: B023 - asked at once
        if state == "on_site":
            page.locator("#note-text").fill("Wymieniono gniazdko.")
            page.get_by_role("button", name="Save the note").click()
            expect(page.locator(".note:not(.is-unsent)")).to_contain_text("Wymieniono gniazdko.")
    expect(thumb).to_have_count(0)
    expect(page.locator("#visit")).to_contain_text("This visit has ended.")


def test_technician_reports_that_nobody_opened(house: Platform, phone: OpenPage) -> None:
    worker = a_worker(house)
    visit = a_promise("Nikt Niema", worker=worker)
    worker.take(visit, set_out)
    page = phone()
    sign_in(page, house.web, worker.email)
    page.goto(f"{house.web}/t/visits/{visit.pk}/")
    page.locator("summary", has_text="Something else happened").click()
    page.locator("#note-no_access").fill("Domofon milczy.")
    page.get_by_role("button", name="No access").click()
    expect(page.locator(".pill").first).to_have_text("No access")
    until(lambda: Visit.objects.get(pk=visit.pk).end_note == "Domofon milczy.", "note at the end")


def test_cancelled_visit_reaches_the_open_telephone_at_once(house: Platform, phone: OpenPage) -> None:
    worker = a_worker(house)
    visit = a_promise("Jednak Działa", worker=worker)
    page = phone()
    sign_in(page, house.web, worker.email)
    page.goto(f"{house.web}/t/visits/{visit.pk}/")
    expect(page.locator(".technician-actions .button-primary:visible")).to_have_text("Set out")
    same = unloaded(page)
    cancel_visit(visit.pk, actor=SYSTEM, now=clock.now(), reason=CancelReason.FIXED_ITSELF)
    expect(page.locator(".technician-actions")).to_have_count(0, timeout=WAIT)
    assert same()


def test_technician_sets_up_a_telephone_by_its_code(house: Platform, phone: OpenPage, photo: Photograph) -> None:
    worker, page = a_worker(house), phone()
    sign_in(page, house.web, worker.email)
    page.locator(".bottom-bar a").last.click()
    page.locator("#app").select_option("owntracks")
    page.get_by_role("button", name="Add a phone").click()
    added = page.locator(".card .card", has_text="OwnTracks")
    added.locator("summary").click()
    expect(added.locator("img.qr")).to_be_visible()
    assert added.locator("img.qr").evaluate("picture => picture.naturalWidth") > 0
    photo(page, "journey-qr")
    assert_accessible(page)
    added.get_by_role("button", name="Stop listening").click()
    expect(page.locator(".card .card", has_text="OwnTracks")).to_have_count(0)


def test_open_page_reports_where_the_telephone_is_on_the_platforms_clock(house: Platform, browser: Browser) -> None:
    worker = a_worker(house)
    device = issue_device(worker.technician.pk, App.PAGE, actor=actor_of(worker.technician), now=clock.now()).device
    context = open_phone(browser)
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 52.001, "longitude": 19.23, "accuracy": 9})
    page = context.new_page()
    sign_in(page, house.web, worker.email)
    expect(page.locator("report-here[state=reporting]")).to_have_count(1, timeout=WAIT)
    context.set_geolocation({"latitude": 52.004, "longitude": 19.23, "accuracy": 9})
    until(lambda: Fix.objects.filter(device=device).count() == 2, "second position of the open page")
    newest = Fix.objects.filter(device=device).latest("fix_time")
    assert (round(newest.lat, 3), round(newest.lon, 3)) == (52.004, 19.23)
    assert abs(newest.fix_time - clock.now()) < timedelta(seconds=PATIENCE)
    context.close()


def test_admin_lets_agents_assign_and_changes_a_text(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    visit, page, agents = a_promise("Klient Agenta"), desk(), desk()
    sign_in(agents, house.web, a_person("agent", "Agata Agentka"))
    role = Role.objects.get(code="agent")
    sign_in(page, house.web, a_person("admin", "Anna Administratorka"))
    page.goto(f"{house.web}/admin/accounts/role/{role.pk}/change/")
    for permission in ("live.see_day", "planning.assign", "field.see"):
        page.locator(f"input[value='{permission}']").check()
    photo(page, "journey-role")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    agents.goto(f"{house.web}/day/visits/{visit.pk}/")
    expect(agents.locator("#assign")).to_be_visible()
    page.goto(f"{house.web}/messages/texts/visit_booked/sms/en/")
    page.locator("#id_body").fill("We come {day}, {window}: {link}")
    expect(page.locator("#preview")).to_contain_text("We come", timeout=WAIT)
    photo(page, "journey-text")
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Saved")
    customer = a_promise("Emily Reader", language="en").order.customer
    until(lambda: DemoMessage.objects.filter(address=customer.contacts.get().value, text__startswith="We come").exists(), "the new text")


def test_admin_lets_a_program_in_and_out(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    page = desk()
    sign_in(page, house.web, a_person("admin"))
    page.locator(".nav-link", has_text="API keys").click()
    page.locator("#id_name").fill("billing")
    page.locator("input[value='customers.see']").check()
    page.get_by_role("button", name="Issue a key").click()
    token = page.locator("code.token").inner_text()
    photo(page, "journey-token")
    assert_accessible(page)
    bearer = {"Authorization": f"Bearer {token}"}
    assert page.request.get(f"{house.web}/api/v1/customers", headers=bearer).status == 200
    page.goto(f"{house.web}/keys/")
    assert token not in page.content()
    page.locator("li", has_text="billing").get_by_role("button", name="End this key").click()
    expect(page.locator(".pill", has_text="Ended")).to_be_visible()
    assert page.request.get(f"{house.web}/api/v1/customers", headers=bearer).status == 401
    assert AuditEntry.objects.filter(verb="revoke_key").exists()
