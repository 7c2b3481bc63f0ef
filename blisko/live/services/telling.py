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
from blisko.planning.services import note_told

if TYPE_CHECKING:
    from blisko.planning.models import Assignment
    from blisko.visits.models import Visit

# Messages that make the customer expect somebody at some time; those that name him; those whose time is that of the drive.
TELLS_WHEN = frozenset({"visit_booked", "visit_moved", "visit_day_before", "visit_on_the_way"})
TELLS_WHO = frozenset({"visit_day_before", "visit_on_the_way"})
TELLS_ETA = frozenset({"visit_on_the_way"})
SOMEBODY = {"en": "our technician", "pl": "nasz technik", "hu": "technikusunk"}


@transaction.atomic
def tell_customer(visit: "Visit", code: str, *, key: str, now: datetime, link: int | None = None, until: datetime | None = None) -> int:
    """Write the customer one message about a visit: to the preferred telephone and to the e-mail address, in his language.

    `key` names the happening: asked for twice, it is sent once. `link`: the id of the link's key. Answer how many were written.
    """
    customer = visit.order.customer
    language = customer.language if customer.language in SOMEBODY else "en"
    assignment = assignment_of(visit.pk)
    coming = _coming(visit, assignment, now)
    values: dict[str, Value] = {**_when(visit, language), "name": customer.name, **_who(assignment, coming, language)}
    if link is not None:
        values["link"] = LinkTo(link)
    to: list[Address] = [phone(number) for number in addresses_of(customer, "phone")[:1]]
    to += [email(address) for address in addresses_of(customer, "email")[:1]]
    for address in to:
        send_message(code, to=address, language=language, context=values, about=f"visit:{visit.pk}", key=key, now=now, until=until)
    if to and code in TELLS_WHEN:
        named = assignment.technician_id if assignment and code in TELLS_WHO else None
        span = coming if code in TELLS_ETA else (visit.window_from, visit.window_to)
        note_told(visit.pk, span, key=key, now=now, technician_id=named)
    return len(to)


def _when(visit: "Visit", language: str) -> dict[str, Value]:
    start, end = timezone.localtime(visit.window_from), timezone.localtime(visit.window_to)
    return {"day": day_words(start.date(), language), "from": time_words(start.time()), "to": time_words(end.time())}


def _coming(visit: "Visit", assignment: "Assignment | None", now: datetime) -> tuple[datetime, datetime]:
    """Answer when the technician is expected: as the drive says, else as promised."""
    eta = drive_eta(visit, assignment, now=now) if assignment else None
    return (eta.low, eta.high) if eta else (visit.window_from, visit.window_to)


def _who(assignment: "Assignment | None", coming: tuple[datetime, datetime], language: str) -> dict[str, Value]:
    found = first_name(assignment.technician.name) if assignment else ""
    span = "–".join(time_words(timezone.localtime(moment).time()) for moment in coming)
    return {"technician": found or SOMEBODY[language], "eta": span}
