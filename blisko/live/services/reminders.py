from datetime import datetime

from django.db import transaction

from blisko.access.rules import SYSTEM
from blisko.live.queries.reminders import ASK_AGAIN, DAY_BEFORE, INVITED, is_worth_asking
from blisko.live.rules.reminders import ASKED_LATE
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
    key = f"{DAY_BEFORE}:visit:{visit_id}:{visit.window_from.isoformat()}"
    tell_customer(visit, DAY_BEFORE, link=link.pk, key=key, now=now, until=visit.window_from)


@transaction.atomic
def remind_of_choosing(visit_id: int, *, now: datetime) -> None:
    """Ask a customer once more to choose a time, shortly before the time for it is over."""
    visit = visit_for(SYSTEM, visit_id, now=now, lock=True)
    if visit.state == VisitState.INVITED:
        link = link_for(visit_id, now=now)
        tell_customer(visit, INVITED, link=link.pk, key=f"{INVITED}:again:visit:{visit_id}", now=now, until=visit.choose_until)


@transaction.atomic
def ask_again(visit_id: int, *, now: datetime) -> None:
    """Ask the customer, days after a visit, whether everything still works; once."""
    visit = visit_for(SYSTEM, visit_id, now=now, lock=True)
    if visit.state == VisitState.DONE and is_worth_asking(visit):
        link = link_for(visit_id, now=now)
        tell_customer(visit, ASK_AGAIN, link=link.pk, key=f"{ASK_AGAIN}:visit:{visit_id}", now=now, until=now + ASKED_LATE)
