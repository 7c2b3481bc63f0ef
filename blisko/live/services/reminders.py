from datetime import datetime

from django.db import transaction

from blisko.access.rules import SYSTEM
from blisko.live.services.links import link_for
from blisko.live.services.telling import tell_customer
from blisko.visits.queries import visit_for
from blisko.visits.rules import VisitState


@transaction.atomic
def remind_of_visit(visit_id: int, *, now: datetime) -> None:
    """Tell the customer who comes tomorrow and when; a visit that was moved is told anew, the same window only once."""
    visit = visit_for(SYSTEM, visit_id, now=now, lock=True)
    if visit.state != VisitState.BOOKED or visit.window_from <= now:
        return
    link = link_for(visit_id, now=now)
    key = f"visit_day_before:visit:{visit_id}:{visit.window_from.isoformat()}"
    tell_customer(visit, "visit_day_before", link=link.pk, key=key, now=now, until=visit.window_from)
