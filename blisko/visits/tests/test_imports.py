"""Lines that become visits of customers we know."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from blisko.access.rules import SYSTEM, Actor
from blisko.accounts.tests.make import an_actor
from blisko.customers.models import Customer, Site
from blisko.customers.tests.make import a_customer, a_site
from blisko.imports.ports import Refused
from blisko.imports.rules.cells import Row
from blisko.visits import services
from blisko.visits.models import Visit
from blisko.visits.rules import CancelReason
from blisko.visits.services.imports import VisitImporter
from blisko.visits.tests.make import a_job_type

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    a_job_type()
    return a_site(NOW).customer


def a_line(customer: Customer, number: str = "A1", **more: object) -> dict[str, object]:
    window = {"window_from": "2026-11-24 10:00", "window_to": "24.11.2026 12:00"}
    return {"number": number, "customer": customer.number, "job_type": "Naprawa ŚWIATŁOWODU", **window, **more}


def land(*lines: dict[str, object], actor: Actor = SYSTEM) -> list[str]:
    rows = [Row(number, cells, {}, ZoneInfo("Europe/Warsaw")) for number, cells in enumerate(lines, 2)]
    outcomes = VisitImporter().land(rows, actor=actor, now=NOW)
    return [type(one.why).__name__ if isinstance(one, Refused) else str(one) for one in outcomes]


def test_visit_lands_at_the_first_place_known_under_any_name_of_its_job(customer: Customer) -> None:
    a_site(NOW, customer)
    assert land(a_line(customer, description="Cellar."), a_line(customer, "A2", job_type="fibre-REPAIR")) == ["added", "added"]
    visit = Visit.objects.select_related("order").get(number="A1")
    assert (visit.order.site, visit.order.description) == (Site.objects.order_by("pk")[0], "Cellar.")
    assert (visit.window_from, visit.window_to) == (datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 11, tzinfo=UTC))


def test_visit_lands_at_the_place_the_line_names_made_when_new(customer: Customer) -> None:
    there = {"street": "ULICA Lipowa 5", "city": "Blisków"}
    new = {"street": "Polna 1", "city": "Łódź", "postcode": "90-001", "lat": "51,7", "lon": 19.4}
    assert land(a_line(customer, "A1", **there), a_line(customer, "A2", **new), a_line(customer, "A3", **new)) == ["added"] * 3
    assert list(Visit.objects.order_by("number").values_list("order__site__street", flat=True)) == ["ulica Lipowa 5", "Polna 1", "Polna 1"]
    assert Site.objects.count() == 2


def test_each_bad_line_is_refused_for_itself_and_leaves_nothing(customer: Customer) -> None:
    nowhere = a_customer(NOW)
    assert land(
        a_line(customer, ""),
        a_line(customer, job_type=""),
        a_line(customer, job_type="roofing"),
        a_line(customer, window_from="tomorrow"),
        a_line(customer, window_to="2026-11-24 09:00"),
        {**a_line(customer), "customer": "nobody"},
        a_line(nowhere),
        a_line(customer, street="Polna 1"),
        a_line(customer, street="Polna 1", city="Łódź", lat=95, lon=19),
    ) == [
        "EmptyCell", "EmptyCell", "NoSuchJobType", "NotATime", "BadWindow", "NoSuchCustomer", "EmptyCell", "EmptyCell", "BadPosition",
    ]  # fmt: skip
    assert not Visit.objects.exists()
    assert Site.objects.count() == 1


def test_known_visit_is_moved_while_it_is_booked_and_left_alone_when_it_has_ended(customer: Customer) -> None:
    later = a_line(customer, window_to="2026-11-24 13:00")
    assert land(a_line(customer), a_line(customer), later) == ["added", "known", "changed"]
    visit = Visit.objects.get(number="A1")
    services.set_out(visit.pk, actor=SYSTEM, now=NOW)
    assert land(a_line(customer)) == ["WrongMoment"]
    services.cancel_visit(visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    assert land(a_line(customer)) == ["known"]


def test_line_lands_only_for_who_may_book(customer: Customer) -> None:
    viewer = Actor(SYSTEM.kind.PERSON, "user:5", permissions=frozenset({"visits.see_all", "customers.see"}))
    assert land(a_line(customer), actor=viewer) == ["Forbidden"]
    assert land(a_line(customer), actor=an_actor("dispatcher")) == ["added"]


def test_line_says_what_a_visit_is_worth_and_which_it_waits_for(customer: Customer) -> None:
    first, second = a_line(customer, "A1", priority="Pilny", must="tak"), a_line(customer, "A2", after="A1", must="nem")
    assert land(first, second, a_line(customer, "A3", priority="huge"), a_line(customer, "A4", after="A9")) == [
        "added", "added", "NotReadable", "NoSuchVisit",
    ]  # fmt: skip
    one, two = Visit.objects.get(number="A1"), Visit.objects.get(number="A2")
    assert [(v.priority, v.must, v.after) for v in (one, two)] == [("urgent", True, None), ("normal", False, one)]
    assert one.order == two.order
    assert land(first, a_line(customer, "A1"), a_line(customer, "A1", priority="low")) == ["known", "known", "changed"]
    one.refresh_from_db()
    assert (one.priority, one.must) == ("low", True)
    services.set_out(one.pk, actor=SYSTEM, now=NOW)
    assert land(first) == ["known"]
