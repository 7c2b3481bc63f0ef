from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from blisko.access.queries import open_keys, opens
from blisko.access.rules import Actor
from blisko.kit.plugs import plug
from blisko.messaging.models import Subscription
from blisko.messaging.rules.delivery import Address, browser


@dataclass(frozen=True)
class Offer:
    """What a page needs to let its browser be told: the key to subscribe with, and the marks of those that are told already."""

    key: str
    told: tuple[str, ...]


def push_offer(actor: Actor, about: str, *, now: datetime) -> Offer | None:
    """Answer what whoever may open one thing needs to be told of it in his browser; none where there are no notifications."""
    key: str = plug("messaging.push").key
    if not key or not opens(actor, about, now=now):
        return None
    return Offer(key, tuple(_open(now).filter(about=about).order_by("pk").values_list("mark", flat=True)))


def browsers_told_of(about: str, *, now: datetime) -> list[Address]:
    """Answer the browsers that show the messages about one thing, while their links are open."""
    return [browser(pk) for pk in _open(now).filter(about=about).order_by("pk").values_list("pk", flat=True)]


def subscription_at(address: str, *, now: datetime) -> Subscription:
    """Answer the subscription at an address while its link is open, else raise `Subscription.DoesNotExist`."""
    return _open(now).get(pk=int(address.rpartition(":")[2]))


def _open(now: datetime) -> QuerySet[Subscription]:
    return Subscription.objects.filter(key__in=open_keys(now))
