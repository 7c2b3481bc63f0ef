from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.kit.events import emit
from blisko.kit.steps import take_step
from blisko.messaging.errors import NoSuchDelivery
from blisko.messaging.models import Delivery
from blisko.messaging.services.sending import enqueue_delivery, failure_of, tell_pages


@transaction.atomic
def resend_delivery(actor: Actor, delivery_id: int, *, now: datetime) -> None:
    """Send a doubtful or given-up message again, at a person's word; what made it late no longer counts."""
    delivery = _decided(actor, delivery_id, "resend_message", now)
    take_step(delivery, "resend", by=actor, now=now, attempts=0, next_attempt_at=now, useful_until=None, last_error="", settled_at=None)
    enqueue_delivery(delivery.pk)


@transaction.atomic
def mark_delivery_sent(actor: Actor, delivery_id: int, *, now: datetime) -> None:
    """Take a person's word that a doubtful message did go out."""
    delivery = _decided(actor, delivery_id, "mark_message_sent", now)
    take_step(delivery, "mark_sent", by=actor, now=now, sent_at=delivery.started_at, settled_at=now)


@transaction.atomic
def give_up_delivery(actor: Actor, delivery_id: int, *, now: datetime) -> None:
    """Let a message be: it is not to be sent any more."""
    delivery = _decided(actor, delivery_id, "give_up_message", now)
    take_step(delivery, "give_up", by=actor, now=now, last_error="given up by a person", settled_at=now)
    emit(failure_of(delivery))


def _decided(actor: Actor, delivery_id: int, verb: str, now: datetime) -> Delivery:
    require(actor, "messaging.resolve_doubt")
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NoSuchDelivery
    write_audit(actor, verb, f"messaging.delivery:{delivery.pk}", now=now)
    tell_pages(delivery)
    return delivery
