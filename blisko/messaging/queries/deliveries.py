from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from blisko.access.rules import Actor, require
from blisko.kit.models import Step
from blisko.kit.steps import steps_of
from blisko.messaging.errors import NoSuchDelivery
from blisko.messaging.models import UNSETTLED, Delivery, OptOut
from blisko.messaging.rules.delivery import WAITING, Address, Channel, DeliveryState, masked


@dataclass(frozen=True)
class MessageState:
    """How far one message got, for pages of other apps. `address` is masked; `at`: when it left, else when it was written."""

    id: int
    code: str
    channel: str
    address: str
    state: DeliveryState
    at: datetime
    why: str


def deliveries_about(actor: Actor, about: str) -> list[MessageState]:
    """Answer the messages about one thing ("visit:42"), oldest first."""
    return deliveries_by_subject(actor, [about]).get(about, [])


def deliveries_by_subject(actor: Actor, abouts: Iterable[str]) -> dict[str, list[MessageState]]:
    """Answer the messages about many things at once, oldest first, by what they are about."""
    require(actor, "messaging.see_deliveries")
    found: dict[str, list[MessageState]] = {}
    for row in Delivery.objects.filter(about__in=list(abouts)).order_by("id"):
        found.setdefault(row.about, []).append(
            MessageState(
                id=row.pk,
                code=row.code,
                channel=row.channel,
                address=masked(row.address),
                state=DeliveryState(row.state),
                at=row.sent_at or row.created_at,
                why=row.last_error,
            )
        )
    return found


def deliveries_for(actor: Actor, *, state: str = "", channel: str = "", address: str = "", about: str = "") -> QuerySet[Delivery]:
    """Answer what went out, newest first, narrowed by whatever is given; `address` by its end."""
    require(actor, "messaging.see_deliveries")
    given = {"state": state, "channel": channel, "about": about, "address__endswith": address.replace(" ", "")}
    return Delivery.objects.filter(**{name: value for name, value in given.items() if value}).order_by("-id")


def delivery_for(actor: Actor, delivery_id: int) -> Delivery:
    """Answer one delivery, or refuse `NoSuchDelivery`."""
    require(actor, "messaging.see_deliveries")
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row is None:
        raise NoSuchDelivery
    return row


def delivery_steps(actor: Actor, delivery: Delivery) -> QuerySet[Step]:
    """Answer the way of one delivery, oldest step first."""
    require(actor, "messaging.see_deliveries")
    return steps_of(delivery)


def doubts_for(actor: Actor) -> QuerySet[Delivery]:
    """Answer the messages nobody knows the fate of, oldest first: a person has to decide."""
    require(actor, "messaging.see_deliveries")
    return Delivery.objects.filter(state=DeliveryState.IN_DOUBT).order_by("created_at", "id")


def opt_outs_for(actor: Actor) -> QuerySet[OptOut]:
    """Answer the addresses that want no messages, newest first."""
    require(actor, "messaging.resolve_doubt")
    return OptOut.objects.order_by("-at")


def wants_no_messages(address: Address) -> bool:
    """Tell whether the owner of this address opted out."""
    return OptOut.objects.filter(channel=address.channel, address=address.value).exists()


def is_opted_out(actor: Actor, delivery: Delivery) -> bool:
    """Tell whether the owner of a delivery's address wants no more messages."""
    require(actor, "messaging.see_deliveries")
    return wants_no_messages(Address(Channel(delivery.channel), delivery.address))


def overdue_delivery_ids(before: datetime, limit: int) -> list[int]:
    """Answer deliveries that should have moved before that moment: their job or its process was lost."""
    rows = Delivery.objects.filter(UNSETTLED, next_attempt_at__lt=before).order_by("next_attempt_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def held_by_earlier(delivery: Delivery, since: datetime) -> bool:
    """Tell whether an earlier message to the same address, written after `since`, is still on its way; one that sleeps is not."""
    earlier = Delivery.objects.filter(channel=delivery.channel, address=delivery.address, pk__lt=delivery.pk)
    asleep = Q(state=DeliveryState.QUEUED, attempts=0, next_attempt_at__gt=delivery.next_attempt_at)
    woken = Q(attempts=0, next_attempt_at__gte=since)
    return earlier.filter(UNSETTLED).filter(Q(created_at__gte=since) | woken).exclude(asleep).exists()


def next_in_line(delivery: Delivery, now: datetime) -> int | None:
    """Answer the message that waited behind this one, if any."""
    later = Delivery.objects.filter(channel=delivery.channel, address=delivery.address, pk__gt=delivery.pk)
    return later.filter(state__in=WAITING, next_attempt_at__lte=now).order_by("pk").values_list("pk", flat=True).first()
