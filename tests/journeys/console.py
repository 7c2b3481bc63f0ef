"""A small day on the dispatcher's console, and the hands that work there."""

from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob

from blisko.access.rules import SYSTEM
from blisko.field.models import Shift
from blisko.kit import clock
from blisko.planning.queries import assignment_of
from blisko.visits.models import Visit
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import cancel_visit
from tests.journeys.staff import PATIENCE, PLACES, Worker, a_person, a_promise, a_worker, sign_in
from tests.platform import Platform

WAIT = PATIENCE * 1000


@dataclass(frozen=True)
class Two:
    """Two technicians; the first has a visit at ten and one at noon, the second one at eleven; one is given to nobody."""

    first: Worker
    second: Worker
    ten: Visit
    noon: Visit
    eleven: Visit
    nobody: Visit


def two_technicians(house: Platform) -> Two:
    """Answer a small day of its own: names carry a mark, so that tests do not see each other's."""
    mark = f"{clock.now():%f}"
    first, second = a_worker(house, f"Jan A{mark}"), a_worker(house, f"Ewa B{mark}", face=False)
    ten = a_promise(f"Zofia Dziesiąta {mark}", worker=first, place=PLACES[0], starts_in=timedelta(hours=1))
    noon = a_promise(f"Piotr Południowy {mark}", worker=first, place=PLACES[1], starts_in=timedelta(hours=3))
    eleven = a_promise(f"Kovács Béla {mark}", worker=second, place=PLACES[2], starts_in=timedelta(hours=2))
    return Two(first, second, ten, noon, eleven, a_promise(f"Emily Nobody {mark}", place=PLACES[3], starts_in=timedelta(hours=5)))


def clear_day() -> None:
    """Let nobody work and nobody wait any more, so that every test sees few rows."""
    now = clock.now()
    for visit in Visit.objects.filter(state=VisitState.BOOKED):
        cancel_visit(visit.pk, actor=SYSTEM, now=now, reason=CancelReason.NOT_NEEDED)
    Shift.objects.all().delete()


def quiet() -> bool:
    """Whether no repair is being thought about any more."""
    return not ProcrastinateJob.objects.filter(queue_name="repairs", status__in=("todo", "doing")).exists()


def at_the_plan(page: Page, house: Platform, query: str = "", name: str = "Danuta Dyspozytor") -> Page:
    """Sign a dispatcher in and open the plan."""
    sign_in(page, house.web, a_person("dispatcher", name))
    page.goto(f"{house.web}/plan/{query}")
    expect(page.locator("plan-console[ready]")).to_have_count(1, timeout=WAIT)
    return page


def bar(page: Page, visit: Visit) -> Locator:
    return page.locator(f".tl-bar[data-id='{visit.pk}']")


def lane(page: Page, worker: Worker) -> Locator:
    return page.locator(f".tl-row:has([data-head='{worker.technician.pk}']) .tl-lane")


def goes_to(visit: Visit) -> int | None:
    """Answer who has a visit now."""
    made = assignment_of(visit.pk)
    return made.technician_id if made else None


def carry(page: Page, what: Locator, worker: Worker, *, hold: bool = True) -> None:
    """Take a bar with the mouse and hold it over another lane, at the time it has."""
    lane(page, worker).scroll_into_view_if_needed()
    what.scroll_into_view_if_needed()
    here, there = what.bounding_box(), lane(page, worker).bounding_box()
    assert here and there
    x, y = here["x"] + min(12.0, here["width"] / 2), here["y"] + here["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3, y + 8, steps=3)
    page.mouse.move(x, there["y"] + there["height"] / 2, steps=8)
    if not hold:
        page.mouse.up()


def said(page: Page) -> Locator:
    return page.locator("[data-part=said]")
