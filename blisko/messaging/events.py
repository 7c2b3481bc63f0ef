"""What messaging tells the floors above."""

from dataclasses import dataclass

from blisko.kit.events import Event


@dataclass(frozen=True)
class DeliverySent(Event):
    """A carrier took the message. `about`: what it is about, e.g. "visit:42"."""

    delivery_id: int
    code: str
    channel: str
    about: str


@dataclass(frozen=True)
class DeliveryFailed(Event):
    """The message will not reach anybody by itself. `why`: the last error; "opted out" and "too late" are ours."""

    delivery_id: int
    code: str
    channel: str
    about: str
    why: str
