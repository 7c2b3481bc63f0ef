from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from blisko.access.rules import Actor, require
from blisko.access.services import keep_days, write_audit
from blisko.customers import queries
from blisko.customers.errors import NumberTaken
from blisko.customers.events import CustomerAdded
from blisko.customers.models import Consent, Contact, Customer, Site, TimelineEntry
from blisko.customers.rules import check_position
from blisko.kit.events import emit
from blisko.kit.phones import clean_email, clean_phone
from blisko.kit.push import push


@transaction.atomic
def add_customer(
    *, actor: Actor, now: datetime, number: str, name: str, language: str = "en", phone: str = "", email: str = ""
) -> Customer:
    """Begin to know a customer; the first telephone number and e-mail address are the preferred ones."""
    require(actor, "customers.edit")
    try:
        with transaction.atomic():
            customer = Customer.objects.create(number=number.strip(), name=name.strip(), language=language, created_at=now)
    except IntegrityError:
        raise NumberTaken(details={"number": number}) from None
    for kind, value in (("phone", clean_phone(phone) if phone else ""), ("email", clean_email(email) if email else "")):
        if value:
            Contact.objects.create(customer=customer, kind=kind, value=value, preferred=True)
    emit(CustomerAdded(customer_id=customer.pk, at=now))
    write_audit(actor, "add_customer", f"customer:{customer.pk}", now=now)
    return customer


@transaction.atomic
def change_customer(
    customer_id: int, *, actor: Actor, now: datetime, name: str, language: str, phone: str = "", email: str = ""
) -> Customer:
    """Change name and language; a telephone number or e-mail address given becomes the preferred one."""
    require(actor, "customers.edit")
    customer = queries.customer_for(actor, customer_id, now=now)
    customer.name, customer.language = name.strip(), language
    customer.save(update_fields=["name", "language"])
    for kind, value in (("phone", clean_phone(phone) if phone else ""), ("email", clean_email(email) if email else "")):
        if value:
            customer.contacts.filter(kind=kind).update(preferred=False)
            Contact.objects.update_or_create(customer=customer, kind=kind, value=value, defaults={"preferred": True})
    write_audit(actor, "change_customer", f"customer:{customer.pk}", now=now)
    return customer


@transaction.atomic
def add_site(
    customer_id: int,
    *,
    actor: Actor,
    now: datetime,
    street: str,
    city: str,
    postcode: str = "",
    lat: float | None = None,
    lon: float | None = None,
    access_notes: str = "",
) -> Site:
    """Add a place where we serve the customer."""
    require(actor, "customers.edit")
    check_position(lat, lon)
    customer = queries.customer_for(actor, customer_id, now=now)
    return Site.objects.create(
        customer=customer, street=street.strip(), city=city.strip(), postcode=postcode.strip(), lat=lat, lon=lon, access_notes=access_notes
    )


@transaction.atomic
def record_consent(customer_id: int, purpose: str, given: bool, *, actor: Actor, now: datetime, how: str = "") -> None:
    """Write down that the customer agreed to or refused a purpose."""
    customer = queries.customer_for(actor, customer_id, now=now)
    Consent.objects.create(customer=customer, purpose=purpose, given=given, at=now, how=how)


@transaction.atomic
def tell_timeline(customer_id: int, kind: str, *, subject: str, at: datetime, facts: Mapping[str, object], key: str) -> None:
    """Write one happening on the customer's timeline; the same `key` a second time changes nothing."""
    _, new = TimelineEntry.objects.get_or_create(
        key=key, defaults={"customer_id": customer_id, "kind": kind, "subject": subject, "at": at, "facts": dict(facts)}
    )
    if new:
        push(f"customer:{customer_id}")


@keep_days("customers.timeline", 1095, "What happened to a customer (timeline)")
def _forget_timeline(before: datetime) -> int:
    return TimelineEntry.objects.filter(at__lt=before).delete()[0]
