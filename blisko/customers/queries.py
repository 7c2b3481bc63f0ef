from datetime import datetime

from django.db.models import Q, QuerySet

from blisko.access.queries import opens
from blisko.access.rules import Actor, require
from blisko.customers.errors import NoSuchCustomer, NoSuchSite
from blisko.customers.models import Customer, Site, TimelineEntry
from blisko.kit.marks import Question


def customer_for(actor: Actor, customer_id: int, *, now: datetime) -> Customer:
    """Answer a customer the actor may know: by permission or by a key; else `NoSuchCustomer`."""
    if not actor.may("customers.see") and not opens(actor, f"customer:{customer_id}", now=now):
        raise NoSuchCustomer
    customer = Customer.objects.prefetch_related("contacts", "sites", "services").filter(pk=customer_id).first()
    if customer is None:
        raise NoSuchCustomer
    return customer


def customers_for(actor: Actor, *, search: str = "") -> QuerySet[Customer]:
    """Answer the customers the actor may see, by name; `search` looks in name, number, contacts and addresses."""
    require(actor, "customers.see")
    found = Customer.objects.prefetch_related("contacts", "sites").order_by("name", "pk")
    for word in search.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(number__icontains=word)
            | Q(contacts__value__icontains=word)
            | Q(sites__street__icontains=word)
            | Q(sites__city__icontains=word)
        )
    return found.distinct()


def customer_by_number(actor: Actor, number: str) -> Customer:
    """Answer the customer with the operator's own number."""
    require(actor, "customers.see")
    customer = Customer.objects.filter(number=number).first()
    if customer is None:
        raise NoSuchCustomer(details={"number": number})
    return customer


def timeline_of(actor: Actor, customer_id: int, *, now: datetime) -> QuerySet[TimelineEntry]:
    """Answer what happened to a customer, newest first."""
    customer_for(actor, customer_id, now=now)
    return TimelineEntry.objects.filter(customer_id=customer_id).order_by("-at", "-id")


def addresses_of(customer: Customer, kind: str) -> list[str]:
    """Answer the customer's telephone numbers or e-mail addresses, the preferred first."""
    return list(customer.contacts.filter(kind=kind).order_by("-preferred", "pk").values_list("value", flat=True))


def site_for(actor: Actor, site_id: int, *, now: datetime) -> Site:
    """Answer a site of a customer the actor may know; else `NoSuchSite`."""
    site = Site.objects.select_related("customer").filter(pk=site_id).first()
    if site is None or not (actor.may("customers.see") or opens(actor, f"customer:{site.customer_id}", now=now)):
        raise NoSuchSite
    return site


def site_by_id(site_id: int) -> Site:
    """Answer a site for the house's own use."""
    return Site.objects.get(pk=site_id)


def site_place(site_id: int) -> Question:
    """Ask for a site's degrees north and east, street and postcode, as a list; None where there is none; for the house's own use."""
    return Question("SELECT json_build_array(lat, lon, street, postcode) FROM customers_site WHERE id = %s", (site_id,))
