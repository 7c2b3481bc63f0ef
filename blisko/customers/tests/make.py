"""Plain factory functions for tests."""

from datetime import datetime
from itertools import count

from blisko.access.rules import SYSTEM
from blisko.customers.models import Customer, Site
from blisko.customers.services import add_customer, add_site

_numbers = count(1)


def a_customer(
    now: datetime, *, name: str = "Zofia Wiśniewska", language: str = "pl", phone: str = "+48 601 100 200", email: str = ""
) -> Customer:
    return add_customer(actor=SYSTEM, now=now, number=f"C{next(_numbers)}", name=name, language=language, phone=phone, email=email)


def a_site(now: datetime, customer: Customer | None = None, *, lat: float | None = 52.0, lon: float | None = 19.2) -> Site:
    customer = customer or a_customer(now)
    return add_site(customer.pk, actor=SYSTEM, now=now, street="ulica Lipowa 5", postcode="99-300", city="Blisków", lat=lat, lon=lon)
