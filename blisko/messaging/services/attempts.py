import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from blisko.access.rules import SYSTEM
from blisko.kit.events import emit
from blisko.kit.plugs import plug
from blisko.kit.steps import take_step
from blisko.messaging.events import DeliverySent
from blisko.messaging.models import Delivery
from blisko.messaging.ports import Accepted, Busy, Gone, Outcome, Refused, Unclear
from blisko.messaging.queries.deliveries import held_by_earlier, next_in_line, overdue_delivery_ids, wants_no_messages
from blisko.messaging.rules.delivery import (
    ATTEMPT_LASTS,
    BESIDE,
    DELIVERY_LIFE,
    MOST_ATTEMPTS,
    ORDER_HOLDS,
    WAITING,
    Address,
    Channel,
    DeliveryState,
    wait_before,
)
from blisko.messaging.services.letters import letter_of
from blisko.messaging.services.sending import enqueue_delivery, give_up_sending, platform_time, tell_pages
from blisko.messaging.services.subscriptions import forget_subscription

log = logging.getLogger(__name__)
PLUGS = {Channel.SMS: "messaging.sms", Channel.EMAIL: "messaging.mail", Channel.PUSH: "messaging.push"}
SWEEP_GRACE = timedelta(seconds=30)
SWEEP_LIMIT = 500


@dataclass(frozen=True)
class Attempt:
    """One attempt under way: the delivery is `sending` since `started_at`, and committed so."""

    delivery: Delivery
    started_at: datetime


@transaction.atomic
def begin_attempt(delivery_id: int, *, now: datetime) -> Attempt | None:
    """Mark the delivery as being sent, for one caller only; answer none when there is nothing to do now.

    An attempt whose process died is first judged: made again where the carrier knows our reference, put before a person where not.
    """
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        return None
    if delivery.state == DeliveryState.SENDING:
        _judge_lost_attempt(delivery, now)
    if delivery.state not in WAITING or delivery.next_attempt_at > now + platform_time(timedelta(seconds=1)):
        return None
    if why := _pointless(delivery, now):
        give_up_sending(delivery, why, now)
        _settled(delivery, now)
        return None
    if held_by_earlier(delivery, now - platform_time(ORDER_HOLDS)):
        return None
    take_step(
        delivery,
        "start",
        by=SYSTEM,
        now=now,
        attempts=delivery.attempts + 1,
        started_at=now,
        next_attempt_at=now + platform_time(ATTEMPT_LASTS),
    )
    return Attempt(delivery, now)


def hand_over(attempt: Attempt) -> Outcome:
    """Give the message to its carrier, its real link in it, outside any transaction; never raises."""
    delivery = attempt.delivery
    try:
        letter = letter_of(delivery, attempt.started_at)
    except ObjectDoesNotExist:
        return Refused("the link has ended")
    try:
        outcome: Outcome = plug(PLUGS[Channel(delivery.channel)]).send(letter)
    except Exception as fault:  # noqa: BLE001  (whatever a carrier does, the delivery moves on)
        # Only its name is kept: the fault's own words may hold the message.
        log.error("carrier raised %s", type(fault).__name__, extra={"delivery": delivery.pk})
        return Unclear(type(fault).__name__)
    return outcome


@transaction.atomic
def settle_attempt(attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    """Write down what became of an attempt: sent, to be tried again, given up, or in doubt."""
    delivery = Delivery.objects.select_for_update().get(pk=attempt.delivery.pk)
    if isinstance(outcome, Accepted):
        if "accept" in DELIVERY_LIFE.open_steps(DeliveryState(delivery.state)):
            take_step(
                delivery,
                "accept",
                by=SYSTEM,
                now=now,
                sent_at=now,
                settled_at=now,
                provider_reference=outcome.reference[:200],
                last_error="",
            )
            emit(DeliverySent(delivery.pk, delivery.code, delivery.channel, delivery.about))
    elif delivery.state != DeliveryState.SENDING or delivery.started_at != attempt.started_at:
        return
    elif isinstance(outcome, Refused):
        give_up_sending(delivery, outcome.why, now)
        if isinstance(outcome, Gone):
            forget_subscription(delivery.address)
    elif isinstance(outcome, Unclear) and not _repeatable(delivery):
        _doubt(delivery, outcome.why, now)
    else:
        _try_later(delivery, outcome, now)
    _settled(delivery, now)


def rescue_overdue(*, now: datetime) -> int:
    """Queue again what should have moved by now: its job was lost, or its process died in the middle. Answer how many."""
    ids = overdue_delivery_ids(now - platform_time(SWEEP_GRACE), SWEEP_LIMIT)
    for delivery_id in ids:
        with transaction.atomic():
            row = Delivery.objects.filter(pk=delivery_id).select_for_update(skip_locked=True).first()
            if row is not None:
                Delivery.objects.filter(pk=row.pk).update(next_attempt_at=now)
                enqueue_delivery(row.pk)
    return len(ids)


def _judge_lost_attempt(delivery: Delivery, now: datetime) -> None:
    if delivery.started_at is not None and now - delivery.started_at < platform_time(ATTEMPT_LASTS):
        return
    if _repeatable(delivery):
        take_step(delivery, "interrupt", by=SYSTEM, now=now, why="the attempt was lost", next_attempt_at=now)
    else:
        _doubt(delivery, "the attempt was lost", now)
        _settled(delivery, now)


def _doubt(delivery: Delivery, why: str, now: datetime) -> None:
    if delivery.channel in BESIDE:
        return give_up_sending(delivery, why, now)
    take_step(delivery, "doubt", by=SYSTEM, now=now, why=why, last_error=why[:300], settled_at=now)
    return None


def _try_later(delivery: Delivery, outcome: Busy | Unclear, now: datetime) -> None:
    if delivery.attempts >= MOST_ATTEMPTS:
        return give_up_sending(delivery, outcome.why, now)
    asked = outcome.retry_after if isinstance(outcome, Busy) else None
    wait = wait_before(delivery.attempts, random.random(), asked)
    take_step(
        delivery, "fail", by=SYSTEM, now=now, why=outcome.why, last_error=outcome.why[:300], next_attempt_at=now + platform_time(wait)
    )
    enqueue_delivery(delivery.pk, wait)
    return None


def _settled(delivery: Delivery, now: datetime) -> None:
    tell_pages(delivery)
    if delivery.state not in WAITING and (waiting := next_in_line(delivery, now)):
        enqueue_delivery(waiting)


def _pointless(delivery: Delivery, now: datetime) -> str:
    if delivery.useful_until is not None and now > delivery.useful_until:
        return "too late"
    return "opted out" if wants_no_messages(Address(Channel(delivery.channel), delivery.address)) else ""


def _repeatable(delivery: Delivery) -> bool:
    return bool(plug(PLUGS[Channel(delivery.channel)]).repeatable)
