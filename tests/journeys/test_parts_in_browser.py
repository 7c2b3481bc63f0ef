"""A technician counts his van with a thumb in a glove, and takes what his day wants from a depot."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from blisko.field.models import VanStock
from blisko.field.tests.make import assert_books_are_right
from tests.browser import assert_accessible, assert_fits, assert_sunlit
from tests.conftest import OpenPage, Photograph
from tests.journeys.staff import a_full_day, morning, sign_in, until
from tests.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "parts-platform.log") as found:
        yield found


def carried() -> dict[str, int]:
    return dict(VanStock.objects.values_list("part__code", "count"))


def test_technician_counts_takes_and_brings_back_and_the_day_says_all_there(house: Platform, phone: OpenPage, photo: Photograph) -> None:
    day = a_full_day(house)
    page = phone(language="en", theme="light")
    sign_in(page, house.web, day.busy.email)
    page.goto(f"{house.web}/t/")
    expect(page.get_by_text("some are missing")).to_be_visible()
    page.goto(f"{house.web}/t/parts/")
    page.get_by_role("button", name="One more: RJ45 plug").click(click_count=3)
    page.get_by_role("button", name="One fewer: RJ45 plug").click()
    page.get_by_role("button", name="Save what I counted").click()
    until(lambda: carried() == {"ONT": 1, "RJ45": 42}, "count")  # told by the telephone's queue
    page.goto(f"{house.web}/t/parts/")
    page.get_by_role("button", name=re.compile("I have taken them.*Baza")).click()
    until(lambda: carried() == {"ONT": 2, "RJ45": 42}, "parts taken")
    page.goto(f"{house.web}/t/parts/")
    expect(page.get_by_text("Everything your visits want is in the van.")).to_be_visible()
    for summary in page.locator("details summary").all():
        summary.click()
    assert_fits(page)
    assert_sunlit(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # what lies half under the bar can be scrolled
    assert_accessible(page)
    photo(page, "staff-my-parts-open")
    back = page.locator("form[data-operation=return_parts]")
    back.get_by_label("Part").select_option("RJ45")
    back.get_by_role("button", name="Bring back to the depot").click()
    until(lambda: carried() == {"ONT": 2, "RJ45": 41}, "parts brought back")
    page.goto(f"{house.web}/t/")
    expect(page.get_by_text("all there")).to_be_visible()
    assert_books_are_right()
