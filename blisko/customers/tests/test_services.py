"""What we know of people and places: every way to learn it, change it, be refused, and forget."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.rules import NOBODY, SYSTEM, Actor
from blisko.access.services import give_key, run_retention
from blisko.accounts.tests.make import an_actor
from blisko.customers import queries, services
from blisko.customers.errors import BadPosition, NoSuchCustomer, NumberTaken
from blisko.customers.models import Consent, Contact, Customer, Site, TimelineEntry
from blisko.customers.tests.make import a_customer
from blisko.kit.phones import BadContact
from blisko.kit.tests.at_once import AtOnce

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AGENT, TECHNICIAN = an_actor("agent"), an_actor("technician")
VIEWER = Actor(AGENT.kind, "user:5", permissions=frozenset({"customers.see"}))
pytestmark = pytest.mark.django_db


def add(number: str = "K1", *, actor: Actor = AGENT, name: str = "Jan Nowak", phone: str = "", email: str = "") -> Customer:
    return services.add_customer(actor=actor, now=NOW, number=number, name=name, phone=phone, email=email)


def contacts_of(customer: Customer) -> list[tuple[str, str, bool]]:
    return list(Contact.objects.filter(customer=customer).order_by("pk").values_list("kind", "value", "preferred"))


def test_new_customer_is_kept_cleaned_and_written_down() -> None:
    customer = add(" K1 ", name=" Jan Nowak ", phone="601 100 200", email=" Jan@Example.COM ")
    assert (customer.number, customer.name, customer.language, customer.created_at) == ("K1", "Jan Nowak", "en", NOW)
    assert contacts_of(customer) == [("phone", "+48601100200", True), ("email", "jan@example.com", True)]
    assert AuditEntry.objects.filter(verb="add_customer", subject=f"customer:{customer.pk}", actor=AGENT.id).exists()
    assert contacts_of(add("K2")) == []


@pytest.mark.parametrize(
    ("phone", "email"), [("call me", ""), ("+48 1", ""), ("", "jan"), ("", "jan@"), ("+48 601 100 200", "a@b@c"), ("' OR 1=1", "")]
)
def test_customer_with_an_unreachable_contact_is_not_kept_at_all(phone: str, email: str) -> None:
    with pytest.raises(BadContact):
        add(phone=phone, email=email)
    assert not Customer.objects.exists()


def test_number_is_given_once() -> None:
    add("K1")
    with pytest.raises(NumberTaken) as no:
        add("K1", name="Somebody Else", phone="+48 601 100 200")
    assert no.value.details == {"number": "K1"}
    assert not Contact.objects.exists()


def test_only_who_edits_customers_adds_or_changes_them() -> None:
    customer = add()
    for actor in (VIEWER, TECHNICIAN, NOBODY):
        with pytest.raises(Forbidden):
            add("K2", actor=actor)
        with pytest.raises(Forbidden):
            services.change_customer(customer.pk, actor=actor, now=NOW, name="X", language="en")
        with pytest.raises(Forbidden):
            services.add_site(customer.pk, actor=actor, now=NOW, street="Polna 1", city="Łódź")


def test_changed_customer_prefers_the_contact_given_last_and_keeps_the_others() -> None:
    customer = add(phone="+48 601 100 200", email="old@example.com")
    for phone in ("+48 601 100 201", "+48 601 100 200"):
        services.change_customer(customer.pk, actor=AGENT, now=NOW, name=" Anna Nowak ", language="hu", phone=phone)
    changed = queries.customer_for(AGENT, customer.pk, now=NOW)
    assert (changed.name, changed.language) == ("Anna Nowak", "hu")
    assert contacts_of(customer) == [
        ("phone", "+48601100200", True), ("email", "old@example.com", True), ("phone", "+48601100201", False)
    ]  # fmt: skip
    assert queries.addresses_of(changed, "phone") == ["+48601100200", "+48601100201"]
    services.change_customer(customer.pk, actor=AGENT, now=NOW, name="Anna", language="hu", email="New@example.com")
    assert queries.addresses_of(changed, "email") == ["new@example.com", "old@example.com"]


def test_refused_change_changes_nothing() -> None:
    customer = add(phone="+48 601 100 200")
    with pytest.raises(BadContact):
        services.change_customer(customer.pk, actor=AGENT, now=NOW, name="X", language="hu", phone="+48 601 100 201", email="no")
    customer.refresh_from_db()
    assert (customer.name, customer.language) == ("Jan Nowak", "en")
    assert contacts_of(customer) == [("phone", "+48601100200", True)]
    with pytest.raises(NoSuchCustomer):
        services.change_customer(0, actor=AGENT, now=NOW, name="X", language="hu")


def test_place_is_kept_trimmed_and_never_half_on_the_map() -> None:
    customer = add()
    site = services.add_site(customer.pk, actor=AGENT, now=NOW, street=" Polna 1 ", city=" Łódź ", postcode=" 90-001 ", lat=51.7, lon=19.4)
    assert (site.address, site.lat, site.lon) == ("Polna 1, 90-001 Łódź", 51.7, 19.4)
    with pytest.raises(BadPosition):
        services.add_site(customer.pk, actor=AGENT, now=NOW, street="Polna 2", city="Łódź", lat=51.7)
    with pytest.raises(NoSuchCustomer):
        services.add_site(0, actor=AGENT, now=NOW, street="Polna 1", city="Łódź")
    assert Site.objects.count() == 1


def test_consent_is_added_never_changed_and_only_by_who_may_know_the_customer() -> None:
    customer = add()
    for given in (True, False):
        services.record_consent(customer.pk, "marketing", given, actor=AGENT, now=NOW, how="by telephone")
    assert list(Consent.objects.order_by("pk").values_list("purpose", "given", "at", "how")) == [
        ("marketing", True, NOW, "by telephone"),
        ("marketing", False, NOW, "by telephone"),
    ]
    with pytest.raises(NoSuchCustomer):
        services.record_consent(customer.pk, "marketing", True, actor=TECHNICIAN, now=NOW)
    give_key(TECHNICIAN.id, f"customer:{customer.pk}", by=SYSTEM, now=NOW)
    services.record_consent(customer.pk, "photos", True, actor=TECHNICIAN, now=NOW)
    assert Consent.objects.count() == 3


def test_happening_told_twice_stands_on_the_timeline_once_as_it_was_told_first() -> None:
    customer = a_customer(NOW)
    for kind in ("booked", "other"):
        services.tell_timeline(customer.pk, kind, subject="visit:7", at=NOW, facts={"window": "8–10"}, key="one")
    entry = queries.timeline_of(AGENT, customer.pk, now=NOW).get()
    assert (entry.kind, entry.facts, entry.visit_id) == ("booked", {"window": "8–10"}, 7)


def test_timeline_forgets_what_is_older_than_its_rule_and_nothing_else() -> None:
    customer = a_customer(NOW)
    for days in (1, 1094, 1096):
        services.tell_timeline(customer.pk, "booked", subject="visit:1", at=NOW - timedelta(days=days), facts={}, key=str(days))
    assert run_retention(now=NOW)["customers.timeline"] == 1
    assert sorted(TimelineEntry.objects.values_list("key", flat=True)) == ["1", "1094"]
    assert Customer.objects.filter(pk=customer.pk).exists()


def test_number_two_agents_give_at_once_is_given_once(at_once: AtOnce) -> None:
    said = at_once(*[lambda: add("K1", phone="+48 601 100 200")] * 3)
    assert sorted(type(one).__name__ for one in said) == ["Customer", "NumberTaken", "NumberTaken"]
    assert Contact.objects.count() == 1


def test_happening_told_twice_at_once_stands_there_once(at_once: AtOnce) -> None:
    customer = a_customer(NOW)
    said = at_once(*[lambda: services.tell_timeline(customer.pk, "booked", subject="visit:1", at=NOW, facts={}, key="one")] * 3)
    assert said == [None] * 3
    assert TimelineEntry.objects.count() == 1


def test_two_changes_at_once_leave_one_preferred_number(at_once: AtOnce) -> None:
    customer = add(phone="+48 601 100 200")
    numbers = ("+48601100201", "+48601100202")
    said = at_once(
        *(lambda n=n: services.change_customer(customer.pk, actor=AGENT, now=NOW, name="Jan", language="en", phone=n) for n in numbers)
    )
    assert all(isinstance(one, Customer) for one in said)
    assert Contact.objects.filter(customer=customer, preferred=True).count() == 1
