"""What messaging's tests are made of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from blisko.access.rules import SYSTEM, Actor, ActorKind, KeyKind
from blisko.access.services import give_token
from blisko.messaging.models import Delivery
from blisko.messaging.rules.delivery import LinkTo, phone
from blisko.messaging.services import begin_attempt, hand_over, send_message, settle_attempt

# Before today, because jobs look at the real clock.
NOW = datetime(2026, 1, 12, 8, 0, tzinfo=UTC)
EWA = phone("+48 600 100 200")


def boss(*permissions: str) -> Actor:
    return Actor(ActorKind.PERSON, "user:1", "Boss", frozenset(permissions))


def link(now: datetime = NOW) -> LinkTo:
    key = give_token(KeyKind.LINK, holder="customer:1", opens="visit:42", by=SYSTEM, now=now, until=now + timedelta(days=9))
    return LinkTo(key.pk)


def values(**more: Any) -> dict[str, Any]:
    day = {"day": "poniedziałek, 23 listopada", "from": "10:00", "to": "12:00"}
    return {"name": "Ewa", "technician": "Łukasz", "eta": "10:20–10:50", **day, **more}


def message(code: str = "visit_booked", **more: Any) -> Delivery:
    given: dict[str, Any] = {
        "to": EWA,
        "language": "pl",
        "context": values(link=more.pop("link", None) or link()),
        "about": "visit:42",
        "key": "booked:42",
        "now": NOW,
    }
    return send_message(code, **{**given, **more})


def deliver(delivery_id: int, now: datetime = NOW) -> None:
    """What the job does, at a time of the test's own."""
    attempt = begin_attempt(delivery_id, now=now)
    if attempt is not None:
        settle_attempt(attempt, hand_over(attempt), now=now)
