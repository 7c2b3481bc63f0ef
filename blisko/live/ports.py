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
