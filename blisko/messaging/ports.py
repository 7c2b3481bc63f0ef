"""What messaging needs from outside: somebody who carries an SMS, an e-mail, a notification to a browser."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from blisko.messaging.rules.browsers import Browser
from blisko.messaging.rules.sms import Parts


@dataclass(frozen=True)
class OutgoingSms:
    """`phone`: +48600100200. `message`: real link included, so never to a log. `reference`: ours, the same at every attempt."""

    phone: str
    message: str
    reference: str
    parts: Parts
    language: str


@dataclass(frozen=True)
class OutgoingMail:
    """One letter in two forms; `reference` becomes its Message-ID."""

    address: str
    subject: str
    text: str
    html: str
    reference: str
    language: str


@dataclass(frozen=True)
class OutgoingNotice:
    """One notification. `url`: what a tap opens, the real link. `topic`: a later one of the same topic takes its place.

    `lasts`: how long, in real time, it is worth keeping for a browser that is away. `urgent`: it is worth waking a sleeping phone.
    """

    to: Browser
    title: str
    text: str
    url: str
    language: str
    topic: str
    lasts: timedelta
    urgent: bool
    reference: str


@dataclass(frozen=True)
class Accepted:
    """The carrier has it; `reference` is the carrier's own name for it, possibly empty."""

    reference: str = ""


@dataclass(frozen=True)
class Busy:
    """The carrier surely does not have it and may take it later."""

    why: str
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class Refused:
    """The carrier will never take it."""

    why: str


@dataclass(frozen=True)
class Gone(Refused):
    """The address will never take anything again: nobody is there any more."""


@dataclass(frozen=True)
class Unclear:
    """The carrier may or may not have it: the line broke after we had spoken."""

    why: str


Outcome = Accepted | Busy | Refused | Unclear


class SmsGateway(Protocol):
    """Carries one SMS; answers within 30 s and never raises for what happens outside.

    `repeatable`: the same reference twice makes one SMS, so that an attempt nobody knows the fate of may simply be made again.
    """

    @property
    def repeatable(self) -> bool: ...

    def send(self, sms: OutgoingSms) -> Outcome: ...


class Mailer(Protocol):
    """Carries one e-mail, under the same promises."""

    @property
    def repeatable(self) -> bool: ...

    def send(self, mail: OutgoingMail) -> Outcome: ...


class PushService(Protocol):
    """Carries one notification, under the same promises.

    `key`: the public key a browser binds its subscription to, in base64url; empty where this installation offers no notifications.
    """

    @property
    def repeatable(self) -> bool: ...

    @property
    def key(self) -> str: ...

    def send(self, notice: OutgoingNotice) -> Outcome: ...
