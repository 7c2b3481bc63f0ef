"""More uses of the console, a journey each: a chosen order, a finger, a lasso, many at once, the way back, risk, paper (F15, F17)."""

import io
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from blisko.access.rules import SYSTEM
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.services import add_shift
from blisko.kit import clock
from blisko.planning.models import Assignment, PlanTrial, PlanVersion, RiskAlert
from blisko.planning.queries import assignment_of
from blisko.planning.rules.alerts import LIVE
from blisko.planning.rules.runs import RunState
from blisko.planning.services import assign_visit, move_assignments
from blisko.planning.services.alerts import refresh_risks
from blisko.visits.models import Visit
from blisko.visits.services import arrive, finish, set_out
from blisko.visits.tests.make import a_visit
from tests.browser import DESK, assert_accessible, assert_fits
from tests.conftest import OpenPage, Photograph
from tests.journeys.console import WAIT, Two, at_the_plan, bar, clear_day, goes_to, lane, said, two_technicians
from tests.journeys.staff import PLACES, SECRET, Worker, a_person, a_promise, a_worker, morning, sign_in, until
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
ROUTE = (0x0B, 0x66, 0x52)  # --route of the light theme
LOOKS = [("en", "light"), ("pl", "dark"), ("hu", "light"), ("pl", "light"), ("hu", "dark")]


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "plan-hands-platform.log") as found:
        yield found


@pytest.fixture(autouse=True)
def cleared(house: Platform) -> Iterator[None]:
    yield
    clear_day()


@pytest.fixture
def two(house: Platform) -> Two:
    return two_technicians(house)


def mark_of(two: Two) -> str:
    return two.ten.order.customer.name.rpartition(" ")[2]


def is_pinned(visit: Visit) -> bool:
    made = assignment_of(visit.pk)
    return made is not None and made.pins.count() == 2


def over(what: Locator, share: float) -> tuple[float, float]:
    """Answer the point of a bar at this share of its width."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def order_of(worker: Worker, *visits: Visit) -> list[int]:
    """Answer the visits a technician has, in the order of his day."""
    made = [
        (one.during.lower, one.visit_id)
        for visit in visits
        if (one := assignment_of(visit.pk)) and one.technician_id == worker.technician.pk
    ]
    return [visit_id for _, visit_id in sorted(made)]


def without_scripts(browser: Browser, house: Platform, role: str = "dispatcher") -> Page:
    """Answer a page without scripts at which somebody has signed in."""
    page = browser.new_context(viewport=DESK, locale="en", timezone_id="Europe/Warsaw", java_script_enabled=False).new_page()  # type: ignore[arg-type]
    page.goto(f"{house.web}/accounts/login/")
    page.locator("[name=login]").fill(a_person(role))
    page.locator("[name=password]").fill(SECRET)
    page.locator("form.form button").click()
    return page


def test_visit_dropped_on_another_goes_before_it_and_says_so(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    page = at_the_plan(desk(), house)
    x, y = over(bar(page, two.nobody), 0.5)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3, y + 8, steps=3)
    page.mouse.move(*over(bar(page, two.noon), 0.25), steps=8)
    card = page.locator(".tl-answer")
    expect(card).to_be_visible(timeout=WAIT)
    expect(card.locator(".tl-card-place")).to_have_text(f"before {two.noon.order.customer.name}")
    photo(page, "journey-plan-before")
    assert_accessible(page)
    page.mouse.up()
    expect(lane(page, two.first).locator(f"[data-id='{two.nobody.pk}']")).to_be_visible(timeout=WAIT)
    assert order_of(two.first, two.ten, two.nobody, two.noon) == [two.ten.pk, two.nobody.pk, two.noon.pk]


def test_place_in_the_order_is_chosen_by_keyboard(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house, f"?text={mark_of(two)}")
    bar(page, two.eleven).focus()
    page.keyboard.press("m")
    rows = page.locator(".tl-row [data-head]").evaluate_all("all => all.map(one => one.dataset.head)")
    here, there = (rows.index(str(one.technician.pk)) for one in (two.second, two.first))
    for _ in range(abs(there - here)):
        page.keyboard.press("ArrowDown" if there > here else "ArrowUp")
    page.keyboard.press("Shift+B")
    place = page.locator(".tl-card-place")
    expect(place).to_have_text(f"before {two.ten.order.customer.name}", timeout=WAIT)
    page.keyboard.press("b")
    expect(place).to_have_text(f"before {two.noon.order.customer.name}", timeout=WAIT)
    page.keyboard.press("Enter")
    expect(lane(page, two.first).locator(f"[data-id='{two.eleven.pk}']")).to_be_focused(timeout=WAIT)
    assert order_of(two.first, two.ten, two.eleven, two.noon) == [two.ten.pk, two.eleven.pk, two.noon.pk]


def test_place_in_the_order_is_chosen_in_the_menu_and_without_scripts(house: Platform, two: Two, browser: Browser, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house)
    bar(page, two.nobody).focus()
    page.keyboard.press("Enter")
    menu = page.locator("dialog[open] [data-menu]")
    menu.locator("#go-before").select_option(str(two.eleven.pk))
    expect(menu.locator("form:has(#go-before) [data-answer]")).to_contain_text(f"before {two.eleven.order.customer.name}", timeout=WAIT)
    assert_accessible(page)
    menu.get_by_role("button", name="Insert").press("Enter")
    expect(lane(page, two.second).locator(f"[data-id='{two.nobody.pk}']")).to_be_visible(timeout=WAIT)
    plain = without_scripts(browser, house)
    plain.goto(f"{house.web}/plan/visits/{two.nobody.pk}/")
    plain.locator("#go-before").select_option(str(two.noon.pk))
    plain.get_by_role("button", name="Insert").click()
    plain.context.close()
    assert order_of(two.first, two.ten, two.nobody, two.noon) == [two.ten.pk, two.nobody.pk, two.noon.pk]


class Finger:
    """A finger on the glass."""

    def __init__(self, page: Page) -> None:
        self.page, self.session = page, page.context.new_cdp_session(page)

    def __call__(self, kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, rest: int) -> None:
        self("touchStart", *start)
        self.page.wait_for_timeout(rest)
        self._move(start, end)

    def flick(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Move at once: again, where a busy machine let the finger rest on the way."""
        for _ in range(20):
            begun = time.monotonic()
            self("touchStart", *start)
            self("touchMove", start[0], start[1] + 20)
            if time.monotonic() - begun < 0.3:  # less than it takes to be carried
                return self._move(start, end)
            self("touchCancel")
        raise AssertionError("the machine is too busy for a quick finger")

    def _move(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        for n in range(1, 9):
            self("touchMove", start[0] + (end[0] - start[0]) * n / 8, start[1] + (end[1] - start[1]) * n / 8)


def test_finger_that_rests_carries_a_visit_and_one_that_moves_scrolls(
    house: Platform, two: Two, browser: Browser, photo: Photograph
) -> None:
    context = browser.new_context(viewport={"width": 1180, "height": 820}, has_touch=True, locale="en", timezone_id="Europe/Warsaw")
    page = at_the_plan(context.new_page(), house)
    finger, held = Finger(page), page.locator("plan-timeline[dragging]")
    lane(page, two.second).scroll_into_view_if_needed()
    start, row = over(bar(page, two.noon), 0.3), lane(page, two.second).bounding_box()
    assert row
    end = (start[0], row["y"] + row["height"] / 2)
    finger.flick(start, end)
    expect(held).to_have_count(0)
    finger("touchEnd")
    assert goes_to(two.noon) == two.first.technician.pk
    start = over(bar(page, two.noon), 0.3)
    finger.drag(start, end, rest=600)
    expect(held).to_have_count(1)
    expect(page.locator(".tl-answer")).to_be_visible(timeout=WAIT)
    photo(page, "journey-plan-touch")
    finger("touchEnd")
    expect(lane(page, two.second).locator(f"[data-id='{two.noon.pk}']")).to_be_visible(timeout=WAIT)
    assert goes_to(two.noon) == two.second.technician.pk
    for _ in range(2):
        page.touchscreen.tap(*over(bar(page, two.eleven), 0.3))
    expect(page.locator("dialog[open] [data-menu]")).to_contain_text(two.eleven.order.customer.name, timeout=WAIT)
    assert_accessible(page)
    context.close()


def test_lasso_on_the_map_chooses_and_all_chosen_are_pinned_at_once(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    page = at_the_plan(desk(), house, f"?text={mark_of(two)}")
    chart, lasso = page.locator("#plan-map"), page.locator("[data-do=lasso]")
    expect(chart).to_have_attribute("view", "basemap", timeout=WAIT)
    page.wait_for_timeout(1200)  # until the map has settled
    lasso.click()
    expect(lasso).to_have_attribute("aria-pressed", "true")
    box = chart.bounding_box()
    assert box
    corners = [(0.02, 0.12), (0.98, 0.12), (0.98, 0.97), (0.02, 0.97), (0.02, 0.12)]
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    expect(page.locator(".map-lasso")).to_be_visible()
    photo(page, "journey-plan-lasso")
    page.mouse.up()
    chosen = (two.ten, two.noon, two.eleven)
    for visit in (*chosen, two.nobody):
        expect(bar(page, visit)).to_have_attribute("aria-selected", "true")
    bulk = page.locator("[data-part=bulk]")
    expect(bulk.locator("[data-part=bulk-count]")).to_have_text("4")
    page.locator(f".mark[aria-pressed=true][aria-label*='{two.nobody.order.customer.name}']").click()
    expect(bulk.locator("[data-part=bulk-count]")).to_have_text("3")
    assert_accessible(page)
    bulk.get_by_role("button", name="Pin", exact=True).click()
    expect(said(page)).to_contain_text("3 visits pinned", timeout=WAIT)
    assert all(is_pinned(visit) for visit in chosen)
    expect(bar(page, two.ten).locator("[data-name=pin]")).to_be_visible(timeout=WAIT)
    bulk.get_by_role("button", name="Unpin").click()
    expect(said(page)).to_contain_text("3 visits unpinned", timeout=WAIT)
    assert not any(is_pinned(visit) for visit in chosen)


def painted(chart: Locator, colour: tuple[int, int, int]) -> int:
    """How many pixels of the map have a colour, or nearly."""
    seen = Image.open(io.BytesIO(chart.screenshot())).convert("RGB")
    colours = seen.getcolors(seen.width * seen.height) or ()
    return sum(n for n, rgb in colours if max(abs(a - b) for a, b in zip(rgb, colour, strict=True)) < 12)


def test_routes_lie_on_the_map_from_the_first_and_that_of_a_chosen_visit_stands_out(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house, f"?text={mark_of(two)}")
    chart = page.locator("#plan-map")
    expect(chart.locator(".map-canvas")).to_have_attribute("data-routes", re.compile("[1-9]"), timeout=WAIT)
    before = painted(chart, ROUTE)
    bar(page, two.noon).click()
    until(lambda: painted(chart, ROUTE) > before + 200, "route that stands out")
    page.keyboard.press("Escape")
    until(lambda: painted(chart, ROUTE) < before + 100, "map without it")


def test_visits_are_chosen_on_the_map_and_pinned_by_keyboard_alone(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house, f"?text={mark_of(two)}")
    expect(page.locator("#plan-map")).to_have_attribute("view", "basemap", timeout=WAIT)
    page.locator("[data-do=lasso]").focus()
    page.keyboard.press("Enter")
    marks = page.locator("#plan-map .mark[data-press]")
    expect(marks).to_have_count(4)
    assert page.locator("#plan-map .mark[data-press][tabindex='0']").count() == 1
    page.locator("#plan-map .mark[data-press][tabindex='0']").focus()
    page.keyboard.press("Enter")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        if page.locator("#plan-map .mark:focus").get_attribute("aria-pressed") == "false":
            page.keyboard.press("Space")
    chosen = [visit for visit in (two.ten, two.noon, two.eleven, two.nobody) if bar(page, visit).get_attribute("aria-selected") == "true"]
    assert len(chosen) >= 2
    expect(page.locator("[data-part=bulk-count]")).to_have_text(str(len(chosen)))
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=bulk]")).to_be_hidden()
    bar(page, two.ten).focus()
    for visit in (two.ten, two.noon):
        bar(page, visit).focus()
        page.keyboard.press("Space")
    page.locator("[data-part=bulk]").get_by_role("button", name="Pin", exact=True).press("Enter")
    expect(said(page)).to_contain_text("2 visits pinned", timeout=WAIT)
    assert is_pinned(two.ten) and is_pinned(two.noon) and not is_pinned(two.eleven)


def test_many_are_pinned_given_swapped_and_taken_back_in_the_table_without_scripts(house: Platform, two: Two, browser: Browser) -> None:
    page = without_scripts(browser, house)
    page.goto(f"{house.web}/plan/table?text={mark_of(two)}")

    def do(name: str, *visits: Visit) -> None:
        for visit in visits:
            page.locator(f"input[name=visit][value='{visit.pk}']").check()
        page.locator("#bulk").get_by_role("button", name=name, exact=True).click()

    do("Pin", two.ten, two.noon)
    assert is_pinned(two.ten) and is_pinned(two.noon)
    expect(page.locator("tr", has_text=two.ten.order.customer.name)).to_contain_text("pinned")
    do("Unpin", two.ten, two.noon)
    assert not is_pinned(two.ten)
    do("Swap", two.noon, two.eleven)
    assert (goes_to(two.noon), goes_to(two.eleven)) == (two.second.technician.pk, two.first.technician.pk)
    page.locator("#bulk-technician").select_option(str(two.second.technician.pk))
    do("Give", two.nobody, two.ten)
    assert {goes_to(two.nobody), goes_to(two.ten)} == {two.second.technician.pk}
    do("Take back", two.nobody, two.ten)
    assert (goes_to(two.nobody), goes_to(two.ten)) == (None, None)
    do("Pin")
    expect(page.locator("body")).to_contain_text("Choose a visit")
    page.context.close()


def test_plan_is_printed_as_a_table(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    page = desk()
    sign_in(page, house.web, a_person("dispatcher"))
    page.goto(f"{house.web}/plan/table?text={mark_of(two)}")
    assert_accessible(page)
    photo(page, "journey-plan-table")
    page.emulate_media(media="print")
    expect(page.locator("#bulk")).to_be_hidden()
    expect(page.locator(".console-nav")).to_be_hidden()
    expect(page.locator("tr", has_text=two.noon.order.customer.name)).to_be_visible()
    photo(page, "journey-plan-paper")


def changed(two: Two) -> PlanVersion:
    """Answer the version before two changes by hand."""
    good = PlanVersion.objects.latest("pk")
    move_assignments([two.noon.pk], two.second.technician.pk, actor=SYSTEM, now=clock.now())
    move_assignments([two.eleven.pk], None, actor=SYSTEM, now=clock.now())
    return good


def test_earlier_version_is_seen_restored_and_that_is_undone_by_keyboard_alone(house: Platform, two: Two, desk: OpenPage) -> None:
    good = changed(two)
    page = at_the_plan(desk(), house)
    page.locator("#plan-pages").get_by_role("link", name="Versions").press("Enter")
    page.locator(f"a[href*='back={good.pk}']").press("Enter")
    what = page.locator("#back tr", has_text=two.noon.order.customer.name)
    expect(what.locator("td").nth(1)).to_contain_text(two.second.technician.name)
    expect(what.locator("td").nth(2)).to_contain_text(two.first.technician.name)
    assert_accessible(page)
    assert goes_to(two.eleven) is None, "nothing may change before it was agreed to"
    page.get_by_role("button", name=f"Go back to version {good.pk}").press("Enter")
    expect(page.locator("body")).to_contain_text(f"The plan has gone back to version {good.pk}.")
    assert (goes_to(two.noon), goes_to(two.eleven)) == (two.first.technician.pk, two.second.technician.pk)
    expect(page.locator("#versions tbody tr").first).to_contain_text(f"to version {good.pk}")
    page.goto(f"{house.web}/plan/")
    expect(bar(page, two.eleven)).to_be_visible(timeout=WAIT)
    bar(page, two.eleven).focus()
    page.keyboard.press("Control+z")
    expect(page.locator(f".tl-tray [data-id='{two.eleven.pk}']")).to_be_visible(timeout=WAIT)
    assert (goes_to(two.noon), goes_to(two.eleven)) == (two.second.technician.pk, None)


def test_way_back_that_others_have_overtaken_is_refused_and_it_works_without_scripts(house: Platform, two: Two, browser: Browser) -> None:
    good = changed(two)
    page = without_scripts(browser, house)
    page.goto(f"{house.web}/plan/versions/?back={good.pk}")
    move_assignments([two.eleven.pk], two.first.technician.pk, actor=SYSTEM, now=clock.now())
    page.get_by_role("button", name=f"Go back to version {good.pk}").click()
    expect(page.locator("main")).to_contain_text("Somebody has changed this day meanwhile")
    assert goes_to(two.noon) == two.second.technician.pk
    page.get_by_role("button", name=f"Go back to version {good.pk}").click()
    page.context.close()
    assert (goes_to(two.noon), goes_to(two.eleven)) == (two.first.technician.pk, two.second.technician.pk)


def endangered(house: Platform) -> Visit:
    """Answer a visit that the rest of the day, as it is played, makes late."""
    busy, _ = a_worker(house, "Jan Zajęty"), a_worker(house, "Ewa Wolna", face=False)
    now, at_work = clock.now(), a_promise("Zofia Pierwsza", worker=busy)
    customer = a_customer(now, name="Béla Második", language="hu", phone="+48601777888")
    second = a_visit(now, a_site(now, customer, lat=PLACES[3][0], lon=PLACES[3][1]), starts_in=timedelta(minutes=66), hours=0.1)
    assign_visit(second.pk, busy.technician.pk, actor=SYSTEM, now=now)
    busy.take(at_work, set_out, arrive)
    refresh_risks(timezone.localtime(now).date(), actor=SYSTEM, now=clock.now())
    return second


def test_what_is_at_risk_is_what_is_likely_to_be_late_and_leads_to_the_way_out_by_keyboard(
    house: Platform, desk: OpenPage, photo: Photograph
) -> None:
    second = endangered(house)
    page = at_the_plan(desk(), house)
    expect(page.locator("[data-part=count-risk]")).to_have_text("1", timeout=WAIT)
    page.locator("input[name=risk]").focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("risk=1"), timeout=WAIT)
    expect(page.locator(".tl-bar:not([data-pale])")).to_have_count(1, timeout=WAIT)
    bar(page, second).focus()
    expect(page.locator(".tl-card:not(.tl-answer)")).to_contain_text("likely to be late")
    expect(page.locator(".tl-card:not(.tl-answer)")).to_contain_text("is likely to run")
    photo(page, "journey-plan-risk")
    assert_accessible(page)
    page.keyboard.press("Enter")
    page.locator("dialog[open]").get_by_role("link", name="See what can be done").press("Enter")
    card = page.locator(f"#alert-{RiskAlert.objects.get(visit=second, state__in=LIVE).pk}")
    card.locator(".plan-ways > li", has_text="Ewa Wolna").get_by_role("button").press("Enter")
    until(lambda: not RiskAlert.objects.filter(visit=second, state__in=LIVE).exists(), "end of the danger")
    expect(card).to_have_count(0, timeout=WAIT)


def test_tray_shows_what_those_in_sight_could_do(house: Platform, two: Two, desk: OpenPage) -> None:
    unable = a_worker(house, "Olga Inna")
    unable.technician.levels.all().delete()
    page = at_the_plan(desk(), house)
    chip = page.locator(f".tl-tray [data-id='{two.nobody.pk}']")
    expect(chip).to_be_visible(timeout=WAIT)
    page.locator("#f-technician").select_option(str(unable.technician.pk))
    expect(chip).to_have_count(0, timeout=WAIT)
    expect(page.locator(".tl-tray")).to_contain_text("Nothing here for this filter.")
    page.locator("#f-technician").select_option(str(two.second.technician.pk))
    expect(chip).to_be_visible(timeout=WAIT)


def test_timeline_is_stretched_shrunk_and_narrowed_by_keyboard(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house)
    wide = bar(page, two.noon)
    wide.focus()
    before = wide.bounding_box()
    page.keyboard.press("+")
    page.keyboard.press("+")
    closer = wide.bounding_box()
    assert before and closer and closer["width"] > 1.4 * before["width"]
    page.locator("[data-do=fit]").press("Enter")
    page.locator("[data-do=dense]").press("Enter")
    expect(page.locator("[data-do=dense]")).to_have_attribute("aria-pressed", "true")
    narrow = wide.bounding_box()
    assert narrow and narrow["height"] < before["height"] and abs(narrow["width"] - before["width"]) < 2
    assert_accessible(page)


def test_crowded_map_is_accessible_and_its_marks_are_dots(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    for n in range(64):
        a_promise(f"Tłum {n}", place=(51.985 + n % 8 * 0.004, 19.22 + n // 8 * 0.005), starts_in=timedelta(hours=2 + n % 8))
    page = at_the_plan(desk(), house)
    expect(page.locator("#plan-map[crowded]")).to_have_count(1, timeout=WAIT)
    expect(page.locator("#plan-map")).to_have_attribute("view", "basemap", timeout=WAIT)
    photo(page, "journey-plan-crowd")
    assert_accessible(page)


def test_manager_sees_the_patterns_of_past_visits_and_chooses_how_far_back(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    now = clock.now()
    for n in range(10):
        worker = a_worker(house, f"Jan Wzorcowy {n}", face=False)
        visit = a_promise(f"Klient {n}", worker=worker, starts_in=timedelta(hours=1))
        for step, ago in ((set_out, 4), (arrive, 3), (finish, 1)):
            step(visit.pk, actor=SYSTEM, now=now - timedelta(hours=ago))
    for language, theme in LOOKS[:3]:
        page = desk(language=language, theme=theme)
        sign_in(page, house.web, a_person("manager"))
        page.goto(f"{house.web}/plan/patterns/")
        expect(page.locator("tbody tr").first).to_contain_text("10 / 10")
        page.locator("nav.segments a[href='?days=30']").press("Enter")
        expect(page.locator("nav.segments a[href='?days=30']")).to_have_attribute("aria-current", "page")
        expect(page.locator("tbody tr").first).to_contain_text("10 / 10")
        assert "Wzorcowy" not in page.locator("main").inner_text(), "patterns, not people"
        assert_accessible(page)
        photo(page, "journey-plan-patterns")


def a_day_too_full(house: Platform) -> Worker:
    """Answer the one technician of tomorrow, who has four promises to keep at one time."""
    worker, starts = a_worker(house, "Jan Jutrzejszy"), clock.now() + timedelta(days=1)
    add_shift(worker.technician.pk, starts_at=starts, ends_at=starts + timedelta(hours=8), actor=SYSTEM, now=clock.now())
    for n in range(4):
        a_promise(f"Klient {n}", place=PLACES[n % len(PLACES)], starts_in=timedelta(hours=26))
    return worker


def test_manager_tries_a_day_with_one_more_technician_and_chooses_a_preset(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    a_day_too_full(house)
    page = desk()
    sign_in(page, house.web, a_person("manager"))
    page.goto(f"{house.web}/plan/runs/")
    page.get_by_role("link", name="What if").press("Enter")
    page.locator("[name=seconds]").fill("30")
    page.locator("[name=like]").press("Tab")
    page.locator("form[action$=start] button").press("Enter")
    expect(page.locator("#trial progress")).not_to_have_attribute("value", "0", timeout=2 * WAIT)
    photo(page, "journey-plan-trying")
    assert_accessible(page)
    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.locator("#trial-state")).to_contain_text("stopped", timeout=WAIT)
    page.locator("[name=seconds]").fill("1")
    page.locator("form[action$=start] button").press("Enter")
    expect(page.locator("#more-title")).to_be_visible(timeout=2 * WAIT)
    assert page.locator("#trial").get_by_text(re.compile(r"more visits? would be served")).count() == 1
    tomorrow = Assignment.objects.filter(released_at=None, visit__window_from__gte=clock.now() + timedelta(hours=20))
    assert not tomorrow.exists(), "trying changes no plan"
    page.get_by_role("button", name=re.compile("Use this.*Promises first")).press("Enter")
    expect(page.locator("tr[aria-current] th")).to_contain_text("Promises first")
    for language, theme in LOOKS[:3]:
        page = desk(language=language, theme=theme)
        sign_in(page, house.web, a_person("manager"))
        page.goto(f"{house.web}/plan/trials/")
        photo(page, "journey-plan-what-if")
        assert_accessible(page)
        page.set_viewport_size({"width": 375, "height": 812})
        assert_fits(page)
        photo(page, "journey-plan-what-if-phone")
        assert_accessible(page)
        page.goto(f"{house.web}/plan/trials/?day=2030-01-01")
        photo(page, "journey-plan-what-if-empty")
        assert_accessible(page)


def test_day_is_tried_without_scripts(house: Platform, browser: Browser) -> None:
    worker = a_day_too_full(house)
    plain = without_scripts(browser, house)
    plain.goto(f"{house.web}/plan/trials/")
    plain.locator("[name=seconds]").fill("1")
    plain.locator("form[action$=start] button").click()
    until(lambda: PlanTrial.objects.filter(like=worker.technician, state=RunState.DONE).exists(), "trial that is done")
    plain.reload()
    expect(plain.locator("#more-title")).to_be_visible()
    assert plain.locator("#trial progress").count() == 0
    plain.context.close()


def test_alerts_and_the_way_back_are_looked_at_in_every_language(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    good = changed(two)
    endangered(house)
    for language, theme in LOOKS:
        page = desk(language=language, theme=theme)
        sign_in(page, house.web, a_person("dispatcher"))
        for path, name in {
            "/plan/alerts/": "alerts",
            f"/plan/versions/?back={good.pk}": "back",
            "/plan/table": "table",
            "/plan/": "risk",
        }.items():
            page.goto(f"{house.web}{path}")
            if name == "risk":
                expect(page.locator("plan-console[ready]")).to_have_count(1, timeout=WAIT)
            photo(page, f"journey-plan-{name}")
            assert_accessible(page)
