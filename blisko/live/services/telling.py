from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from blisko.customers.queries import addresses_of
from blisko.field.rules import first_name
from blisko.live.queries.link import drive_eta
from blisko.messaging.rules.delivery import Address, LinkTo, email, phone
from blisko.messaging.rules.templates import Value
from blisko.messaging.rules.words import day_words, time_words
from blisko.messaging.services import send_message
from blisko.planning.queries import assignment_of

if TYPE_CHECKING:
    from blisko.visits.models import Visit

SOMEBODY = {"en": "our technician", "pl": "nasz technik", "hu": "technikusunk"}


@transaction.atomic
def tell_customer(visit: "Visit", code: str, *, key: str, now: datetime, link: int | None = None, until: datetime | None = None) -> int:
    """Write the customer one message about a visit: to the preferred telephone and to the e-mail address, in his language.

    `key` names the happening: asked for twice, it is sent once. `link`: the id of the link's key. Answer how many were written.
    """
    customer = visit.order.customer
    language = customer.language if customer.language in SOMEBODY else "en"
    values: dict[str, Value] = {**_when(visit, language), "name": customer.name, **_who(visit, language, now)}
    if link is not None:
        values["link"] = LinkTo(link)
    to: list[Address] = [phone(number) for number in addresses_of(customer, "phone")[:1]]
    to += [email(address) for address in addresses_of(customer, "email")[:1]]
    for address in to:
        send_message(code, to=address, language=language, context=values, about=f"visit:{visit.pk}", key=key, now=now, until=until)
    return len(to)


def _when(visit: "Visit", language: str) -> dict[str, Value]:
    start, end = timezone.localtime(visit.window_from), timezone.localtime(visit.window_to)
    return {"day": day_words(start.date(), language), "from": time_words(start.time()), "to": time_words(end.time())}


def _who(visit: "Visit", language: str, now: datetime) -> dict[str, Value]:
    assignment = assignment_of(visit.pk)
    found = first_name(assignment.technician.name) if assignment else ""
    eta = drive_eta(visit, assignment, now=now) if assignment else None
    low, high = (eta.low, eta.high) if eta else (visit.window_from, visit.window_to)
    span = f"{time_words(timezone.localtime(low).time())}–{time_words(timezone.localtime(high).time())}"
    return {"technician": found or SOMEBODY[language], "eta": span}
