import uuid
from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.kit.events import emit
from blisko.kit.steps import take_step
from blisko.messaging.errors import NoSuchDelivery
from blisko.messaging.models import Delivery
from blisko.messaging.rules.delivery import DELIVERY_LIFE, DeliveryState
from blisko.messaging.services.sending import failure_of, tell_pages


@transaction.atomic
def record_receipt(actor: Actor, reference: str, *, arrived: bool, now: datetime, why: str = "") -> None:
    """Note a carrier's word that a message reached the phone or never will; `reference` is ours or the carrier's.

    A repeated or late receipt changes nothing. Refuses `NoSuchDelivery`.
    """
    require(actor, "messaging.report_receipts")
    delivery = _named(reference)
    step = "deliver" if arrived else "bounce"
    if step not in DELIVERY_LIFE.open_steps(DeliveryState(delivery.state)):
        return
    if arrived:
        take_step(delivery, step, by=actor, now=now, sent_at=delivery.sent_at or now, settled_at=now, last_error="")
    else:
        take_step(delivery, step, by=actor, now=now, why=why, last_error=(why or "not delivered")[:300], settled_at=now)
        emit(failure_of(delivery))
    tell_pages(delivery)


def _named(reference: str) -> Delivery:
    rows = Delivery.objects.select_for_update()
    try:
        found = rows.filter(reference=uuid.UUID(reference)).first()
    except ValueError:
        found = None
    found = found or (rows.filter(provider_reference=reference).order_by("-id").first() if reference else None)
    if found is None:
        raise NoSuchDelivery
    return found
