"""A customer who was told a name is told when somebody else comes, whoever changed it."""

from datetime import datetime, timedelta

from django.db import transaction

from blisko.access.rules import SYSTEM
from blisko.field.rules import first_name
from blisko.kit import clock
from blisko.kit.events import ask_once
from blisko.live.queries.delays import promised_of
from blisko.live.queries.house import quiet_ends, visibility_now
from blisko.live.queries.names import name_heard
from blisko.live.rules.names import SETTLES, is_another
from blisko.live.rules.quiet import tell_from
from blisko.live.rules.visibility import names_him
from blisko.live.services.links import link_for
from blisko.live.services.telling import tell_customer
from blisko.planning.queries import assignment_of
from blisko.visits.queries import visit_by_id, visit_for
from blisko.visits.rules import VisitState

CODE, SETTLED = "visit_technician", "live.tell_name"


def ask_for_name(visit_id: int, *, now: datetime) -> None:
    """Have looked, as soon as it has settled, whether the customer has to hear another name; asked twice before, it is one look."""
    heard = name_heard(visit_by_id(visit_id), now=now)
    if heard is not None and heard.name:
        _look_in(SETTLES, visit_id)


@transaction.atomic
def tell_of_name(visit_id: int, *, now: datetime) -> None:
    """Tell the customer who comes instead of the one he had heard of, once; at night it is looked at again in the morning."""
    visit = visit_for(SYSTEM, visit_id, now=now, lock=True)
    comes = assignment_of(visit_id)
    if visit.state != VisitState.BOOKED or comes is None or not names_him(visibility_now(), under_way=False):
        return
    if not is_another(name_heard(visit, now=now), first_name(comes.technician.name)):
        return
    until = max(visit.window_to, comes.during.upper)
    if (then := tell_from(CODE, now, until, quiet_ends(now))) > now:
        _look_in(then - now, visit_id)
        return
    coming = promised_of(visit, now=now).counted_on
    key = f"{CODE}:assignment:{comes.pk}"
    tell_customer(visit, CODE, link=link_for(visit_id, now=now).pk, key=key, now=now, until=until, coming=coming)


def _look_in(wait: timedelta, visit_id: int) -> None:
    ask_once(SETTLED, "messages", f"{SETTLED}:{visit_id}", after=wait.total_seconds() / clock.speed(), visit_id=visit_id)
