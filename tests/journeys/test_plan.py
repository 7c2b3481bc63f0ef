"""The dispatcher's console, one journey a use: by mouse, by keyboard alone, by two people at once, without scripts (F15, F17)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from blisko.access.rules import SYSTEM
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.services import add_shift
from blisko.kit import clock
from blisko.planning.models import PlanRun, PlanVersion, Proposal, RiskAlert
from blisko.planning.queries import assignment_of
from blisko.planning.rules.alerts import AlertState
from blisko.planning.rules.runs import ProposalState, RunState
from blisko.planning.services import assign_visit, move_assignments
from blisko.planning.services.alerts import refresh_risks
from blisko.visits.services import arrive, set_out
from blisko.visits.tests.make import a_visit
from tests.browser import assert_accessible, assert_fits, open_desk
from tests.conftest import OpenPage, Photograph
from tests.journeys.console import WAIT, Two, at_the_plan, bar, carry, clear_day, goes_to, lane, quiet, said, two_technicians
from tests.journeys.staff import LOOKS, PLACES, SECRET, a_person, a_promise, a_worker, morning, sign_in, until
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
SOON = 2000  # milliseconds until a change is seen by others
LAPTOP, WALL = {"width": 1280, "height": 800}, {"width": 2560, "height": 1440}


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "plan-platform.log") as found:
        yield found


@pytest.fixture(autouse=True)
def cleared(house: Platform) -> Iterator[None]:
    yield
    clear_day()


@pytest.fixture
def two(house: Platform) -> Two:
    return two_technicians(house)


def test_drag_shows_what_it_would_mean_before_the_drop_and_is_undone(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    page = at_the_plan(desk(), house)
    carry(page, bar(page, two.noon), two.second)
    card = page.locator(".tl-answer")
    expect(card).to_be_visible(timeout=WAIT)
    expect(card).to_have_attribute("data-ok", "true")
    expect(card.locator("li").first).not_to_be_empty()
    assert goes_to(two.noon) == two.first.technician.pk, "nothing may change before the drop"
    photo(page, "journey-plan-drag")
    assert_accessible(page)
    page.mouse.up()
    expect(lane(page, two.second).locator(f"[data-id='{two.noon.pk}']")).to_be_visible(timeout=WAIT)
    expect(said(page)).to_contain_text(two.second.technician.name)
    assert goes_to(two.noon) == two.second.technician.pk
    page.locator("button[data-do=undo]").click()
    expect(lane(page, two.first).locator(f"[data-id='{two.noon.pk}']")).to_be_visible(timeout=WAIT)
    assert goes_to(two.noon) == two.first.technician.pk


def test_drag_is_called_off_with_escape(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house)
    carry(page, bar(page, two.noon), two.second)
    expect(page.locator("plan-timeline[dragging]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".tl-ghost, .tl-spot")).to_have_count(0)
    assert goes_to(two.noon) == two.first.technician.pk


def test_everything_a_drag_does_is_done_by_keyboard_alone(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house, f"?text={two.ten.order.customer.name.rpartition(' ')[2]}")
    bar(page, two.nobody).focus()
    page.keyboard.press("m")
    expect(page.locator("plan-timeline[lifting]")).to_have_count(1)
    rows = page.locator(".tl-row [data-head]").evaluate_all("all => all.map(one => one.dataset.head)")
    for _ in range(rows.index(str(two.second.technician.pk))):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".tl-answer")).to_be_visible(timeout=WAIT)
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(lane(page, two.second).locator(f"[data-id='{two.nobody.pk}']")).to_be_focused(timeout=WAIT)
    assert goes_to(two.nobody) == two.second.technician.pk
    page.keyboard.press("Enter")
    menu = page.locator("dialog[open] [data-menu]")
    expect(menu).to_be_visible(timeout=WAIT)
    assert_accessible(page)
    menu.get_by_role("button", name="Pin", exact=True).press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0, timeout=WAIT)
    made = assignment_of(two.nobody.pk)
    assert made is not None
    assert made.pins.count() == 2
    expect(bar(page, two.nobody)).to_be_focused(timeout=WAIT)
    page.keyboard.press("Enter")
    menu.get_by_role("button", name="Take back").press("Enter")
    expect(page.locator(f".tl-tray [data-id='{two.nobody.pk}']")).to_be_visible(timeout=WAIT)
    assert goes_to(two.nobody) is None
    page.keyboard.press("Control+z")
    expect(lane(page, two.second).locator(f"[data-id='{two.nobody.pk}']")).to_be_visible(timeout=WAIT)
    assert goes_to(two.nobody) == two.second.technician.pk


def test_swap_of_two_visits_is_chosen_by_keyboard(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house)
    bar(page, two.noon).focus()
    page.keyboard.press("Space")
    bar(page, two.eleven).focus()
    page.keyboard.press("Space")
    bulk = page.locator("[data-part=bulk]")
    expect(bulk.locator("[data-part=bulk-count]")).to_have_text("2")
    bulk.get_by_role("button", name="Swap").press("Enter")
    expect(lane(page, two.second).locator(f"[data-id='{two.noon.pk}']")).to_be_visible(timeout=WAIT)
    assert (goes_to(two.noon), goes_to(two.eleven)) == (two.second.technician.pk, two.first.technician.pk)


def test_rubber_band_chooses_and_all_chosen_are_given_at_once(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    page = at_the_plan(desk(), house)
    row = lane(page, two.first)
    row.scroll_into_view_if_needed()
    box, last = row.bounding_box(), bar(page, two.noon).bounding_box()
    first = bar(page, two.ten).bounding_box()
    assert box and last and first
    page.mouse.move(first["x"] - 8, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] / 2, box["y"] + box["height"] - 3, steps=8)
    page.mouse.up()
    for visit in (two.ten, two.noon):
        expect(bar(page, visit)).to_have_attribute("aria-selected", "true")
    expect(bar(page, two.eleven)).to_have_attribute("aria-selected", "false")
    bulk = page.locator("[data-part=bulk]")
    expect(bulk.locator("[data-part=bulk-count]")).to_have_text("2")
    photo(page, "journey-plan-bulk")
    assert_accessible(page)
    bulk.locator("#bulk-technician").select_option(str(two.second.technician.pk))
    bulk.get_by_role("button", name="Give").click()
    expect(lane(page, two.second).locator(".tl-bar")).to_have_count(3, timeout=WAIT)
    assert {goes_to(one) for one in (two.ten, two.noon, two.eleven)} == {two.second.technician.pk}


def test_filters_stay_in_the_address(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house)
    one = str(two.second.technician.pk)
    page.locator("#f-technician").select_option(one)
    expect(page.locator(".tl-row")).to_have_count(1, timeout=WAIT)
    assert f"technician={one}" in page.url
    page.locator("#f-text").fill("Kovács")
    expect(page).to_have_url(re.compile("text=Kov"), timeout=WAIT)
    page.reload()
    expect(page.locator("plan-console[ready]")).to_have_count(1, timeout=WAIT)
    expect(page.locator("#f-technician")).to_have_value(one)
    expect(page.locator("#f-text")).to_have_value("Kovács")
    expect(page.locator(".tl-row")).to_have_count(1)
    page.go_back()
    page.go_back()
    expect(page.locator("#f-technician")).to_have_value("", timeout=WAIT)
    expect(lane(page, two.first)).to_be_visible(timeout=WAIT)


def test_two_people_see_each_other_and_each_others_changes(house: Platform, two: Two, browser: Browser, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house, name="Danuta Pierwsza")
    context = open_desk(browser)
    try:
        other = at_the_plan(context.new_page(), house, name="Bogdan Drugi")
        expect(page.locator("[data-part=onlookers]")).to_contain_text("Bogdan Drugi", timeout=WAIT)
        bar(other, two.eleven).click()
        expect(bar(page, two.eleven).locator(".tl-watch")).to_be_visible(timeout=WAIT)
        with other.expect_response(lambda answer: answer.url.endswith("/plan/move")):
            carry(other, bar(other, two.noon), two.second, hold=False)
        expect(lane(page, two.second).locator(f"[data-id='{two.noon.pk}']")).to_be_visible(timeout=SOON)
        other.goto("about:blank")
        expect(page.locator("[data-part=onlookers]")).not_to_contain_text("Bogdan Drugi", timeout=WAIT)
    finally:
        context.close()


def test_refused_drop_is_told_and_changes_nothing(house: Platform, two: Two, desk: OpenPage) -> None:
    page = at_the_plan(desk(), house)
    page.route("**/plan/move", lambda route: route.abort())
    carry(page, bar(page, two.noon), two.second, hold=False)
    expect(said(page)).to_contain_text("no connection", timeout=WAIT)
    page.unroute("**/plan/move")
    page.context.set_offline(True)
    expect(page.locator("[data-part=offline]")).to_be_visible(timeout=WAIT)
    assert_accessible(page)
    page.context.set_offline(False)
    expect(page.locator("[data-part=offline]")).to_be_hidden(timeout=WAIT)
    assert goes_to(two.noon) == two.first.technician.pk


def test_table_does_the_same_without_scripts(house: Platform, two: Two, browser: Browser) -> None:
    context = browser.new_context(viewport=LAPTOP, locale="en", timezone_id="Europe/Warsaw", java_script_enabled=False)
    try:
        page = context.new_page()
        email = a_person("dispatcher")
        page.goto(f"{house.web}/accounts/login/")
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(SECRET)
        page.locator("form.form button").click()
        page.goto(f"{house.web}/plan/table?text={two.nobody.order.customer.name.rpartition(' ')[2]}")
        page.locator("tr", has_text="Emily Nobody").get_by_role("link", name="Assign").click()
        page.locator("#to-technician").select_option(str(two.first.technician.pk))
        page.locator(".plan-ask").click()
        expect(page.locator("form:has(#to-technician) [data-answer]")).not_to_be_empty()
        page.locator("form[data-asks] .button-primary").click()
        expect(page.locator(".banner, .toast, [role=status]").first).to_be_attached()
    finally:
        context.close()
    assert goes_to(two.nobody) == two.first.technician.pk


def test_alert_says_why_and_one_tap_keeps_the_promise(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    busy, free = a_worker(house, "Jan Zajęty"), a_worker(house, "Ewa Wolna", face=False)
    now, at_work = clock.now(), a_promise("Zofia Pierwsza", worker=busy)
    customer = a_customer(now, name="Béla Második", language="hu", phone="+48601777888")
    second = a_visit(now, a_site(now, customer, lat=PLACES[3][0], lon=PLACES[3][1]), starts_in=timedelta(minutes=66), hours=0.1)
    assign_visit(second.pk, busy.technician.pk, actor=SYSTEM, now=now)
    busy.take(at_work, set_out, arrive)
    refresh_risks(timezone.localtime(now).date(), actor=SYSTEM, now=clock.now())
    page = desk()
    sign_in(page, house.web, a_person("dispatcher"))
    page.goto(f"{house.web}/plan/alerts/")
    card = page.locator("section.card", has=page.locator("h2", has_text="Béla Második"))
    expect(card).to_contain_text("likely to be late", timeout=WAIT)
    expect(card.locator("p.strong").first).to_contain_text("The job at ulica Lipowa 5 is likely to run")
    ways = card.locator(".plan-ways > li")
    assert 1 <= ways.count() <= 3
    photo(page, "journey-plan-alert")
    assert_accessible(page)
    card.get_by_role("button", name="I look after it").press("Enter")
    expect(card).to_contain_text("looks after it", timeout=WAIT)
    ways.filter(has_text="Ewa Wolna").first.get_by_role("button").click()
    expect(card).to_have_count(0, timeout=WAIT)
    assert goes_to(second) == free.technician.pk
    assert RiskAlert.objects.get(visit=second).state == AlertState.APPLIED


def test_proposed_repair_is_taken_and_another_is_left(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    def open_one() -> Proposal | None:
        return next((one for one in Proposal.objects.filter(state=ProposalState.OPEN) if str(two.nobody.pk) in str(one.changes)), None)

    until(lambda: quiet() and open_one(), "proposal for the visit nobody goes to")
    proposal = open_one()
    assert proposal is not None
    page = desk()
    sign_in(page, house.web, a_person("dispatcher"))
    page.goto(f"{house.web}/plan/alerts/")
    card = page.locator("section.card", has=page.locator("h2", has_text="A repair is proposed")).filter(has_text="Emily Nobody")
    expect(card).to_have_count(1, timeout=WAIT)
    photo(page, "journey-plan-proposal")
    assert_accessible(page)
    card.get_by_role("button", name="Do this").click()
    until(lambda: goes_to(two.nobody), "technician for the visit that was proposed to be given away")
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.TAKEN
    until(quiet, "rest")
    later = a_promise("Tomasz Później", place=PLACES[4], starts_in=timedelta(hours=6))
    left = page.locator("section.card", has=page.locator("h2", has_text="A repair is proposed")).filter(has_text="Tomasz Później")
    expect(left).to_have_count(1, timeout=2 * WAIT)
    left.get_by_role("button", name="Leave the plan as it is").press("Enter")
    expect(left).to_have_count(0, timeout=WAIT)
    assert goes_to(later) is None


def test_versions_are_compared_and_what_changed_is_seen(house: Platform, two: Two, desk: OpenPage, photo: Photograph) -> None:
    move_assignments([two.noon.pk], two.second.technician.pk, actor=SYSTEM, now=clock.now())
    move_assignments([two.nobody.pk], two.first.technician.pk, actor=SYSTEM, now=clock.now())
    after, before = PlanVersion.objects.order_by("-pk")[:2]
    page = desk()
    sign_in(page, house.web, a_person("dispatcher"))
    page.goto(f"{house.web}/plan/versions/?version={before.pk}")
    moved = page.locator("#difference tr", has_text=two.noon.order.customer.name)
    expect(moved.locator("td").nth(1)).to_contain_text(two.first.technician.name)
    expect(moved.locator("td").nth(2)).to_contain_text(two.second.technician.name)
    assert_accessible(page)
    page.locator(f"input[name=a][value='{before.pk}']").check()
    page.locator(f"input[name=b][value='{after.pk}']").check()
    page.get_by_role("button", name="Compare").press("Enter")
    expect(page.locator("#difference-title")).to_have_text(f"From version {before.pk} to version {after.pk}")
    expect(page.locator("#difference tr", has_text=two.nobody.order.customer.name)).to_contain_text(two.first.technician.name)
    photo(page, "journey-plan-versions")


def test_planning_run_is_started_seen_and_stopped(house: Platform, desk: OpenPage, photo: Photograph) -> None:
    worker, tomorrow = a_worker(house, "Jan Jutrzejszy"), clock.now() + timedelta(days=1)
    add_shift(worker.technician.pk, starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=8), actor=SYSTEM, now=clock.now())
    waiting = a_promise("Emily Tomorrow", place=PLACES[2], starts_in=timedelta(hours=26))
    page = desk()
    sign_in(page, house.web, a_person("admin"))
    page.goto(f"{house.web}/plan/runs/")
    page.locator("[name=seconds]").fill("60")
    page.locator("form.card .button-primary").click()
    run = PlanRun.objects.latest("pk")
    row = page.locator(f"#run-{run.pk}")
    expect(row.locator("progress")).not_to_have_attribute("value", "0", timeout=2 * WAIT)
    photo(page, "journey-plan-run")
    assert_accessible(page)
    row.get_by_role("button", name="Stop").press("Enter")
    expect(row.get_by_role("button", name="Stop")).to_have_count(0, timeout=WAIT)
    assert PlanRun.objects.get(pk=run.pk).state == RunState.CANCELLED
    assert goes_to(waiting) is None, "a stopped run changes nothing"
    page.locator("[name=seconds]").fill("2")
    page.locator("form.card .button-primary").click()
    expect(page.locator("#runs tbody tr").first).to_contain_text("What it changed", timeout=2 * WAIT)
    assert goes_to(waiting) == worker.technician.pk


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_plan_fits_a_laptop_and_a_wall_in_every_language(
    house: Platform, two: Two, desk: OpenPage, photo: Photograph, language: str, theme: str
) -> None:
    page = at_the_plan(desk(language=language, theme=theme), house)
    for name, size in {"laptop": LAPTOP, "wall": WALL}.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        expect(bar(page, two.noon)).to_be_attached()
        assert_fits(page)
        expect(page.locator(".plan-roads .pill")).to_be_attached()  # no region is prepared here: ways are estimated, and it says so
        photo(page, f"journey-plan-{name}")
        assert_accessible(page)
