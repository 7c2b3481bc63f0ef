from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, ActorKind
from blisko.access.services import spend
from blisko.customers.rules import entry_key
from blisko.customers.services import tell_timeline
from blisko.visits.queries import visit_for

CALLS_AN_HOUR = 30


@transaction.atomic
def note_call(visit_id: int, *, masked: bool, actor: Actor, now: datetime) -> None:
    """Keep on the customer's timeline that one of the two tried to ring the other; refuses `TooFast` for who taps on and on."""
    visit = visit_for(actor, visit_id, now=now)
    spend(f"call:{actor.id}", limit=CALLS_AN_HOUR, per=3600, now=now)
    subject, by_customer = f"visit:{visit_id}", actor.kind == ActorKind.LINK
    facts = {"number": visit.number, "by": actor.name, "by_customer": by_customer, "masked": masked}
    key = entry_key("call_tried", f"{subject}:{actor.id}", now.replace(microsecond=0))
    tell_timeline(visit.order.customer_id, "call_tried", subject=subject, at=now, facts=facts, key=key)
