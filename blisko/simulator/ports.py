"""The platform as the simulator meets it: four public doors, each of which keeps trying until the platform has answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from blisko.simulator.rules.day import Customer, Technician, Visit
from blisko.simulator.rules.ground import Depot
from blisko.simulator.rules.phones import Said


class Time(Protocol):
    """The platform's clock, which may run fast."""

    def now(self) -> datetime: ...

    def speed(self) -> float: ...


class Taken(StrEnum):
    """What became of a step; unsure when an earlier try of the same step may have gone through unheard."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Operator(Protocol):
    """The operator's own programs, at the API. Doing anything again changes nothing."""

    async def open_depot(self, one: Depot) -> None: ...

    async def employ(self, one: Technician, password: str) -> int:
        """Let a technician, his home and his van be known; answer his id."""

    async def give_shift(self, technician: int, starts: datetime, ends: datetime) -> None: ...

    async def know(self, one: Customer) -> int:
        """Answer the id of the site where the customer is served."""

    async def book(self, visit: Visit, site: int) -> int: ...

    async def assign(self, visit: int, technician: int, starts: datetime, *, number: str) -> bool:
        """Answer whether it went; False when the technician has another visit then."""

    async def cancel(self, visit: int, reason: str) -> bool: ...

    async def state(self, visit: int) -> str: ...


class Worker(Protocol):
    """A technician's own pages."""

    async def sign_in(self) -> None: ...

    async def show_face(self, picture: bytes) -> None: ...

    async def report_address(self, app: str) -> str: ...

    async def take(self, visit: int, step: str, note: str = "") -> Taken:
        """Take one step of a visit."""


class Listener(Protocol):
    """The address at which one phone reports."""

    async def send(self, said: Said) -> bool:
        """Answer whether the platform has acknowledged the records."""


class Reader(Protocol):
    """A customer with her telephone."""

    async def link(self) -> str:
        """Wait for a message with a link; answer the newest one's."""

    async def open(self, link: str) -> None: ...

    def watch(self, link: str) -> AsyncIterator[str]:
        """The kinds of events that the open page hears ("fix", "hint"), until the caller stops listening."""

    async def write(self, link: str, form: str, **fields: str) -> None: ...


class Doors(Protocol):
    """Opens doors."""

    @property
    def operator(self) -> Operator: ...

    def worker(self, one: Technician, password: str) -> Worker: ...

    def listener(self, address: str) -> Listener: ...

    def reader(self, phone: str) -> Reader: ...
