"""How one message lives, how long we try, and what becomes of an attempt."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from blisko.kit.life import Life
from blisko.messaging.errors import BadAddress


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    PUSH = "push"


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    GIVEN_UP = "given_up"


_S = DeliveryState
# `deliver` and `bounce` are the gateway's receipt, which may overtake the answer to our own call.
DELIVERY_LIFE = Life(
    _S.QUEUED,
    {
        (_S.QUEUED, "start"): _S.SENDING,
        (_S.QUEUED, "give_up"): _S.GIVEN_UP,
        (_S.SENDING, "accept"): _S.SENT,
        (_S.SENDING, "fail"): _S.FAILED,
        (_S.SENDING, "give_up"): _S.GIVEN_UP,
        (_S.SENDING, "interrupt"): _S.QUEUED,
        (_S.SENDING, "doubt"): _S.IN_DOUBT,
        (_S.SENDING, "deliver"): _S.DELIVERED,
        (_S.SENDING, "bounce"): _S.GIVEN_UP,
        (_S.FAILED, "start"): _S.SENDING,
        (_S.FAILED, "give_up"): _S.GIVEN_UP,
        (_S.SENT, "deliver"): _S.DELIVERED,
        (_S.SENT, "bounce"): _S.GIVEN_UP,
        (_S.IN_DOUBT, "accept"): _S.SENT,
        (_S.IN_DOUBT, "deliver"): _S.DELIVERED,
        (_S.IN_DOUBT, "bounce"): _S.GIVEN_UP,
        (_S.IN_DOUBT, "resend"): _S.QUEUED,
        (_S.IN_DOUBT, "mark_sent"): _S.SENT,
        (_S.IN_DOUBT, "give_up"): _S.GIVEN_UP,
        (_S.GIVEN_UP, "resend"): _S.QUEUED,
    },
)
WAITING = (_S.QUEUED, _S.FAILED)

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
# An attempt older than this is its process's death: every adapter answers or times out well before.
ATTEMPT_LASTS = timedelta(seconds=60)
# A later message to the same address waits this long for an earlier one, then goes first.
ORDER_HOLDS = timedelta(minutes=10)
# These say again what another channel says more surely: where nobody knows what became of one, it is let be, and nobody is asked.
BESIDE = frozenset({Channel.PUSH})


@dataclass(frozen=True)
class Address:
    """Where words go: a number as +48600100200, an e-mail address, or a browser's subscription. Raises `BadAddress` for anything else."""

    channel: Channel
    value: str

    def __post_init__(self) -> None:
        if not _ADDRESS[self.channel].fullmatch(self.value):
            raise BadAddress(details={"channel": str(self.channel)})


_ADDRESS = {
    Channel.SMS: re.compile(r"\+[1-9][0-9]{6,14}"),
    Channel.PUSH: re.compile(r"push:[1-9][0-9]{0,18}"),
    Channel.EMAIL: re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,190}"),
}


@dataclass(frozen=True)
class LinkTo:
    """A capability link named by its key; the token itself is known only at the moment of sending."""

    key_id: int

    @property
    def stand_in(self) -> str:
        return f"{{link:{self.key_id}}}"


def phone(number: str) -> Address:
    """Answer the address behind a telephone number written with spaces, dashes or brackets."""
    return Address(Channel.SMS, re.sub(r"[\s\-().\u00a0]", "", number))


def email(address: str) -> Address:
    """Answer an e-mail address, its domain in lower case as mail servers compare it."""
    name, _, domain = address.strip().rpartition("@")
    return Address(Channel.EMAIL, f"{name}@{domain.lower()}")


def browser(subscription_id: int) -> Address:
    """Answer the address of a browser that shows messages: the name of its subscription, which tells nothing of it."""
    return Address(Channel.PUSH, f"push:{subscription_id}")


def masked(address: str) -> str:
    """Answer an address fit for a log or a list: +48•••••••00, j•••@example.com."""
    if _ADDRESS[Channel.PUSH].fullmatch(address):
        return address
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"{address[:3]}{'•' * max(len(address) - 5, 0)}{address[-2:]}"


def wait_before(attempt: int, chance: float, asked: timedelta | None = None) -> timedelta:
    """Answer the wait after failed attempt number `attempt` (from 1): doubling, capped, and spread by `chance` in [0, 1).

    "Full jitter" over the upper half, so that a gateway back on its feet is not run over. Never sooner than the gateway `asked`.
    """
    full: timedelta = min(FIRST_WAIT * 2 ** min(attempt - 1, 20), LONGEST_WAIT)
    spread = full / 2 + full / 2 * chance
    return max(spread, min(asked, LONGEST_WAIT)) if asked else spread


_ARRIVED = frozenset({"delivered", "delivrd", "delivery_ok", "ok", "success", "read"})
_NEVER = frozenset({"failed", "undelivered", "undeliv", "undeliverable", "rejected", "rejectd", "expired", "deleted", "blocked", "error"})


def receipt_says(status: str) -> bool | None:
    """Answer whether a receipt's status means "arrived" or "never will"; none for a step in between (SMPP's and common words)."""
    word = status.strip().lower()
    return True if word in _ARRIVED else False if word in _NEVER else None
