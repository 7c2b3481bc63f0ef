from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from blisko.customers.queries import addresses_of
from blisko.field.rules import first_name
from blisko.live.queries.delays import promised_of
from blisko.live.queries.house import delay_terms, quiet_ends, visibility_now
from blisko.live.queries.link import drive_eta
from blisko.live.rules.delays import agreeing
from blisko.live.rules.quiet import tell_from
from blisko.live.rules.visibility import names_him
from blisko.messaging.queries import browsers_told_of
from blisko.messaging.rules.delivery import Address, Channel, LinkTo, email, phone
from blisko.messaging.rules.templates import Value
from blisko.messaging.rules.words import day_words, time_words
from blisko.messaging.services import send_message
from blisko.planning.queries import assignment_of
from blisko.planning.services import note_told
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.planning.models import Assignment
    from blisko.visits.models import Visit

# Messages that make the customer expect somebody at some time; those that name him; those that leave or set another time than the window.
TELLS_WHO = frozenset({"visit_day_before", "visit_on_the_way", "visit_delayed", "visit_technician"})
TELLS_WHEN = TELLS_WHO | {"visit_booked", "visit_moved"}
TELLS_ETA = frozenset({"visit_on_the_way", "visit_delayed", "visit_technician"})
# What is no longer so, where it still sleeps, once one of these is written.
TIMES = ("visit_booked", "visit_moved")
OVERTAKES = dict.fromkeys(("visit_moved", "visit_cancelled", "visit_on_the_way", "visit_delayed"), TIMES)
SOMEBODY = {"en": "our technician", "pl": "nasz technik", "hu": "technikusunk"}


@transaction.atomic
def tell_customer(
    visit: "Visit",
    code: str,
    *,
    key: str,
    now: datetime,
    link: int | None = None,
    until: datetime | None = None,
    window: tuple[datetime, datetime] | None = None,
    coming: tuple[datetime, datetime] | None = None,
) -> int:
    """Write the customer one message about a visit: to the preferred telephone and to the e-mail address, in his language.

    What goes to the browsers he allowed it in comes on top: a notification is not certain, so it stands in for nothing.

    `key` names the happening: asked for twice, it is sent once. `link`: the id of the link's key. `window`: the one it is about, where
    that is not the visit's own. `coming`: when the technician is expected, where the sender knows. Answer how many were written.
    """
    customer = visit.order.customer
    language = customer.language if customer.language in SOMEBODY else "en"
    assignment = assignment_of(visit.pk)
    coming = coming or _coming(visit, assignment, now)
    values: dict[str, Value] = {
        **_when(window or (visit.window_from, visit.window_to), language),
        "name": customer.name,
        **_who(assignment if _is_named(visit) else None, coming, language),
    }
    if link is not None:
        values["link"] = LinkTo(link)
    to: list[Address] = [phone(number) for number in addresses_of(customer, "phone")[:1]]
    to += [email(address) for address in addresses_of(customer, "email")[:1]]
    said: dict[str, Any] = {"language": language, "context": values, "about": f"visit:{visit.pk}", "key": key, "until": until}
    quiet, old = tell_from(code, now, until, quiet_ends(now)), OVERTAKES.get(code, ())
    for address in [*to, *browsers_told_of(f"visit:{visit.pk}", now=now)]:
        send_message(code, to=address, now=now, not_before=now if address.channel is Channel.EMAIL else quiet, overtakes=old, **said)
    if to and code in TELLS_WHEN:
        named = assignment.technician_id if assignment and code in TELLS_WHO and _is_named(visit) else None
        span = coming if code in TELLS_ETA else (visit.window_from, visit.window_to)
        note_told(visit.pk, span, key=key, now=now, technician_id=named)
    return len(to)


def _is_named(visit: "Visit") -> bool:
    return names_him(visibility_now(), under_way=visit.state != VisitState.BOOKED)


def _when(window: tuple[datetime, datetime], language: str) -> dict[str, Value]:
    start, end = (timezone.localtime(moment) for moment in window)
    return {"day": day_words(start.date(), language), "from": time_words(start.time()), "to": time_words(end.time())}


def _coming(visit: "Visit", assignment: "Assignment | None", now: datetime) -> tuple[datetime, datetime]:
    """Answer when the technician is expected: as the drive says, else as promised; never against what was said minutes ago."""
    eta, window = drive_eta(visit, assignment, now=now) if assignment else None, (visit.window_from, visit.window_to)
    if eta is None:
        return window
    promised = promised_of(visit, now=now)
    return agreeing((eta.low, eta.high), promised, now, delay_terms())


def _who(assignment: "Assignment | None", coming: tuple[datetime, datetime], language: str) -> dict[str, Value]:
    found = first_name(assignment.technician.name) if assignment else ""
    span = "–".join(time_words(timezone.localtime(moment).time()) for moment in coming)
    return {"technician": found or SOMEBODY[language], "eta": span}
