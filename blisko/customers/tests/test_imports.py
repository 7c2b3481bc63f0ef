"""Lines that become customers, one by one and together."""

import time
from datetime import UTC, datetime
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from blisko.access.rules import SYSTEM, Actor
from blisko.accounts.tests.make import an_actor
from blisko.customers.models import Customer, Site
from blisko.customers.queries import addresses_of, customer_by_number
from blisko.customers.services import add_customer
from blisko.customers.services.imports import CustomerImporter
from blisko.imports.ports import Outcome, Refused
from blisko.imports.rules.cells import Row
from blisko.kit.tests.at_once import AtOnce

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
VIEWER = Actor(an_actor("agent").kind, "user:5", permissions=frozenset({"customers.see"}))
pytestmark = pytest.mark.django_db


def land(*lines: dict[str, object], actor: Actor = SYSTEM) -> list[str]:
    """Land lines in one batch; answer how each went, a refused one by the name of its refusal."""
    rows = [Row(number, cells, {}, ZoneInfo("Europe/Warsaw")) for number, cells in enumerate(lines, 2)]
    return [how_of(outcome) for outcome in CustomerImporter().land(rows, actor=actor, now=NOW)]


def how_of(outcome: Outcome) -> str:
    return type(outcome.why).__name__ if isinstance(outcome, Refused) else str(outcome)


def a_line(number: str = "K1", name: str = "Jan Nowak", **more: object) -> dict[str, object]:
    return {"number": number, "name": name, **more}


PLACE = {"street": "Polna 1", "city": "Łódź"}


def test_each_line_lands_or_is_refused_for_itself() -> None:
    assert land(
        a_line("K1", phone="601 100 200", email="Jan@Example.com", language="polski", **PLACE, lat="51,7", lon=19.4),
        a_line("K2"),
        a_line("", "Nobody"),
        a_line("K4", phone="none"),
        a_line("K5", email="none"),
        a_line("K6", language="klingon"),
        a_line("K7", street="Polna 1"),
        a_line("K8", **PLACE, lat=51.7),
    ) == ["added", "added", "EmptyCell", "BadContact", "BadContact", "NotReadable", "EmptyCell", "BadPosition"]
    customer = customer_by_number(SYSTEM, "K1")
    assert (customer.language, addresses_of(customer, "phone"), addresses_of(customer, "email")) == (
        "pl", ["+48601100200"], ["jan@example.com"],
    )  # fmt: skip
    assert customer.sites.get().lat == 51.7


def test_sheet_of_refused_lines_adds_nobody() -> None:
    assert land(a_line(""), a_line("K1", "")) == ["EmptyCell", "EmptyCell"]
    assert not Customer.objects.exists()


def test_known_customer_takes_over_what_is_new_and_nothing_else() -> None:
    line = a_line(phone="601 100 200", language="pl", **PLACE)
    assert land(line) == ["added"]
    assert land(line) == ["known"]
    assert land({**line, "street": "POLNA 1"}) == ["known"]
    assert land({**line, "name": "Anna Nowak"}) == ["changed"]
    assert land({**line, "name": "Anna Nowak", "language": "hu"}) == ["changed"]
    assert land({**line, "name": "Anna Nowak", "language": "hu", "email": "anna@example.com"}) == ["changed"]
    assert land({**line, "name": "Anna Nowak", "language": "hu", "street": "Polna 2"}) == ["changed"]
    customer = customer_by_number(SYSTEM, "K1")
    assert (customer.name, customer.language, addresses_of(customer, "email")) == ("Anna Nowak", "hu", ["anna@example.com"])
    assert list(Site.objects.order_by("pk").values_list("street", flat=True)) == ["Polna 1", "Polna 2"]


def test_change_the_importing_person_may_not_make_is_refused_for_that_line() -> None:
    land(a_line())
    assert land(a_line(name="Anna Nowak"), a_line("K2", ""), actor=VIEWER) == ["Forbidden", "EmptyCell"]
    assert customer_by_number(SYSTEM, "K1").name == "Jan Nowak"


def test_number_that_comes_twice_in_one_batch_is_landed_line_by_line() -> None:
    assert land(a_line("K1"), a_line("K1"), a_line("K1", "Anna Nowak"), a_line("K2", ""), a_line("K3")) == [
        "added", "known", "changed", "EmptyCell", "added",
    ]  # fmt: skip
    assert land(a_line("K4"), a_line("K4", "Anna Nowak"), actor=VIEWER) == ["added", "Forbidden"]


def test_same_sheet_landed_twice_at_once_adds_everybody_once(at_once: AtOnce) -> None:
    said = at_once(*[lambda: land(a_line("K1"), a_line("K2"))] * 2)
    assert sorted(map(str, said)) == ["['added', 'added']", "['known', 'known']"]
    assert Customer.objects.count() == 2


def test_number_somebody_else_is_just_taking_is_refused_for_its_line(at_once: AtOnce) -> None:
    said: list[list[str]] = []
    importing = Thread(target=lambda: said.extend(at_once(lambda: land(a_line("K1"), a_line("K1"), a_line("K2")))))  # type: ignore[arg-type]
    with transaction.atomic():
        add_customer(actor=SYSTEM, now=NOW, number="K2", name="Somebody Else")
        importing.start()
        until = time.monotonic() + 20
        while not _somebody_waits():
            assert time.monotonic() < until, "the import does not wait for the other number"
            time.sleep(0.02)
    importing.join()
    assert said == [["added", "known", "NumberTaken"]]
    assert customer_by_number(SYSTEM, "K2").name == "Somebody Else"


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # Of this database: whoever waits there holds something there, too. (The list of sessions does not change within a transaction.)
        here = "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE datname = current_database()"
        cursor.execute(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid' AND pid IN ({here})")
        return bool(cursor.fetchone()[0])
