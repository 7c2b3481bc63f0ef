from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from blisko.live.rules.records import Fix


class Seen(NamedTuple):
    """One kept fix of one technician, on its way to whoever watches."""

    technician_id: int
    fix: Fix


Deliver = Callable[[Sequence[Seen]], None]


class Fanout(Protocol):
    """Carries kept fixes to every `live` process of the house, this one included; what is lost on the way was only a picture."""

    async def start(self, deliver: Deliver) -> None:
        """Begin to hand what any process carries to `deliver`."""

    def carry(self, seen: Sequence[Seen]) -> None:
        """Send kept fixes off; never waits and never raises."""

    async def stop(self) -> None:
        """End, without waiting for what is on the way."""


class Dial(NamedTuple):
    """What a telephone rings: `uri` (`tel:` or the like); `masked`: neither side sees the other's own number."""

    uri: str
    masked: bool


class Calls(Protocol):
    """Connects a customer and a technician with one tap."""

    def dial(self, *, visit_id: int, number: str, by_customer: bool) -> Dial:
        """Answer what to ring so that `number` (E.164) answers; asked anew each time a page is drawn."""


class Paper(Protocol):
    """Makes documents for people."""

    def tagged_pdf(self, html: str, css: str) -> bytes:
        """Answer the page, laid out by `css`, as PDF; language, title and author are those of `<html lang>`, `<title>` and `<meta>`."""
