"""What is told to other systems and how long we try: types, signature, addresses, waits, lifecycles."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from blisko.kit.addresses import may_be_called
from blisko.kit.life import Life
from blisko.webhooks.errors import BadEndpoint

PERMISSIONS = {"webhooks.manage": "Send visit events to other systems: addresses, secrets, replay"}
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_REST = timedelta(minutes=5)
PATIENCE = 3  # rounds without one good answer, after which a receiver is only asked with one message at a time
AT_ONCE = 8  # visits told of side by side
CLAIM = timedelta(seconds=60)  # longer than an attempt can take; afterwards its process is taken for dead
OLD_SECRET_LASTS = timedelta(days=1)
LONGEST_URL = 500


class VisitEventType(StrEnum):
    INVITED = "visit.invited"
    BOOKED = "visit.booked"
    MOVED = "visit.moved"
    CHANGED = "visit.changed"
    ASSIGNED = "visit.assigned"
    RELEASED = "visit.released"
    ON_THE_WAY = "visit.on_the_way"
    TURNED_BACK = "visit.turned_back"
    ARRIVED = "visit.arrived"
    DONE = "visit.done"
    CANCELLED = "visit.cancelled"
    NO_ACCESS = "visit.no_access"
    NOT_COMPLETED = "visit.not_completed"
    NEEDS_ANOTHER = "visit.needs_another"
    CONFIRMED = "visit.confirmed"
    RATED = "visit.rated"
    NOTE_WRITTEN = "visit.note_written"
    PHOTO_ADDED = "visit.photo_added"
    FOLLOW_UP_ASKED = "visit.follow_up_asked"
    CONFIRMED_LATER = "visit.confirmed_later"
    DISPUTE_OPENED = "visit.dispute_opened"
    DISPUTE_ANSWERED = "visit.dispute_answered"


class EndpointState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


class CallState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    SKIPPED = "skipped"


E, C = EndpointState, CallState
ENDPOINT_LIFE = Life(E.ACTIVE, {(E.ACTIVE, "pause"): E.PAUSED, (E.PAUSED, "resume"): E.ACTIVE, (E.PAUSED, "remove"): E.REMOVED})
CALL_LIFE = Life(
    C.WAITING,
    {
        (C.WAITING, "deliver"): C.DELIVERED,
        (C.WAITING, "skip"): C.SKIPPED,
        (C.DELIVERED, "replay"): C.WAITING,
        (C.SKIPPED, "replay"): C.WAITING,
    },
)


def signature(secrets: Sequence[str], at: datetime, body: bytes) -> str:
    """Answer the value of the signature's header: `t=1764061920,v1=…`, with one `v1` (HMAC-SHA256 in hex) for every secret that counts.

    Signed is the timestamp (unix seconds), a dot, and the body to the byte.
    """
    stamp = str(int(at.timestamp()))
    signed = stamp.encode() + b"." + body
    return ",".join([f"t={stamp}", *(f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" for secret in secrets)])


def check_endpoint(url: str, types: Sequence[str], *, private: bool) -> None:
    """Refuse `BadEndpoint` unless the address is one we may call and every event is known; `private` allows http and private networks."""
    if not may_be_called(url, private=private, longest=LONGEST_URL):
        raise BadEndpoint(details={"url": url[:LONGEST_URL]})
    if unknown := sorted(set(types) - set(VisitEventType)):
        raise BadEndpoint(details={"events": unknown})
    if not types:
        raise BadEndpoint(details={"events": []})


def wait_after(attempts: int, chance: float, asked: timedelta | None = None) -> timedelta:
    """Answer the wait after failed attempt number `attempts` (from 1): doubling from 5 s to 1 h, its upper half spread by `chance`.

    Never sooner than the receiver `asked`, up to the longest wait. There is no last attempt: a person may skip a message, we do not.
    """
    full: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    spread = full / 2 + full / 2 * chance
    return max(spread, min(asked, LONGEST_WAIT)) if asked else spread


def rest_after(rounds: int) -> timedelta:
    """Answer how long a receiver is left alone after so many rounds without one good answer."""
    return min(FIRST_WAIT * 2 ** min(rounds - PATIENCE, 20), LONGEST_REST) if rounds >= PATIENCE else timedelta(0)


def calls_at_once(rounds: int) -> int:
    """Answer how many messages a round takes: one where a receiver has been failing, so that a dead one costs next to nothing."""
    return 1 if rounds >= PATIENCE else AT_ONCE
