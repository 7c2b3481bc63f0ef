import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app as queue

from blisko.access.rules import SYSTEM
from blisko.kit import clock
from blisko.kit.events import emit
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.messaging.events import DeliveryFailed
from blisko.messaging.models import Delivery
from blisko.messaging.queries.deliveries import wants_no_messages
from blisko.messaging.queries.texts import filled_body, kind_of, text_in_force
from blisko.messaging.rules.delivery import Address, Channel, DeliveryState, LinkTo
from blisko.messaging.rules.sms import count
from blisko.messaging.rules.templates import TOKEN_LENGTH, Value, fill, tame, values_for, with_link

DELIVER = "messaging.deliver"


@transaction.atomic
def send_message(
    code: str,
    *,
    to: Address,
    language: str,
    context: Mapping[str, Value],
    about: str,
    key: str,
    now: datetime,
    until: datetime | None = None,
    not_before: datetime | None = None,
    overtakes: Collection[str] = (),
) -> Delivery:
    """Write a message and queue it, both in the caller's transaction; nothing leaves before commit.

    `context`: a value for every placeholder of the message, the link as `LinkTo(key_id)`; brand and phone are ours, the window
    is made of `from` and `to`. `about`: what it is about ("visit:42"). `key`: names the event; with the same recipient it makes
    one message however often it is asked for. `until`: when it would be too late to send. `not_before`: when it may leave, where
    that is later than now. `overtakes`: messages about the same that this one makes untrue; they are taken back where they still
    wait for their hour. Refuses `NoSuchTemplate`, `BadTemplate`.
    """
    kind = kind_of(code)
    ours = {"brand": settings.BLISKO_BRAND, "phone": settings.BLISKO_HOTLINE}
    values = values_for(kind, {**ours, **context})
    text, spoken = text_in_force(code, to.channel, language)
    link = values.get("link")
    body = filled_body(kind, to.channel, text, values)
    link = link if isinstance(link, LinkTo) else None
    delivery, new = Delivery.objects.get_or_create(
        key=delivery_key(key, to),
        defaults={
            "code": code,
            "channel": to.channel,
            "address": to.value,
            "language": spoken,
            "subject": tame(fill(kind, text.subject, values)),
            "body": body,
            "link_key": link.key_id if link else None,
            "parts": count(with_link(body, link, capability_url("x" * TOKEN_LENGTH))).parts if to.channel is Channel.SMS else 1,
            "about": about,
            "created_at": now,
            "next_attempt_at": max(now, not_before or now),
            "useful_until": until,
        },
    )
    if new:
        _set_off(delivery, overtakes, now)
    tell_pages(delivery)
    return delivery


def _set_off(delivery: Delivery, overtakes: Collection[str], now: datetime) -> None:
    _take_back(delivery, overtakes, now)
    if wants_no_messages(Address(Channel(delivery.channel), delivery.address)):
        give_up_sending(delivery, "opted out", now)
    else:
        enqueue_delivery(delivery.pk, (delivery.next_attempt_at - now) / clock.speed())


def _take_back(delivery: Delivery, codes: Collection[str], now: datetime) -> None:
    """Give up older messages of these kinds, about the same and to the same address, that wait for their hour."""
    asleep = Delivery.objects.filter(state=DeliveryState.QUEUED, attempts=0, next_attempt_at__gt=now, code__in=codes, pk__lt=delivery.pk)
    for older in asleep.filter(about=delivery.about, channel=delivery.channel, address=delivery.address).select_for_update():
        take_step(older, "give_up", by=SYSTEM, now=now, why="overtaken", last_error="overtaken", settled_at=now)


def delivery_key(key: str, to: Address) -> str:
    """Answer the idempotency key of an event's message to one recipient."""
    return f"{key[:150]}|{to.channel}|{hashlib.sha256(to.value.encode()).hexdigest()[:24]}"


def capability_url(token: str) -> str:
    """Answer the address a capability token opens."""
    return f"{settings.BLISKO_PUBLIC_URL}/v/{token}"


def enqueue_delivery(delivery_id: int, wait: timedelta | None = None) -> None:
    """Queue the delivery's job in the caller's transaction; `wait` is real time, whatever the platform's clock does."""
    later = {"seconds": wait.total_seconds()} if wait else None
    queue.configure_task(DELIVER, queue="messages", schedule_in=later).defer(delivery_id=delivery_id)


def platform_time(wait: timedelta) -> timedelta:
    """Answer how much platform time passes in `wait` of real time."""
    return wait * clock.speed()


@transaction.atomic
def give_up_sending(delivery: Delivery, why: str, now: datetime) -> None:
    """Stop trying, and tell the floors above."""
    take_step(delivery, "give_up", by=SYSTEM, now=now, why=why, last_error=why[:300], settled_at=now)
    emit(failure_of(delivery))


def failure_of(delivery: Delivery) -> DeliveryFailed:
    """Answer the event that a delivery will not reach anybody."""
    return DeliveryFailed(delivery.pk, delivery.code, delivery.channel, delivery.about, delivery.last_error)


def tell_pages(delivery: Delivery) -> None:
    """Let open pages ask again: those about the same thing, and the list of deliveries."""
    push("messages")
    if delivery.about:
        push(delivery.about)
