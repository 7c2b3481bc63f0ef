"""A technician's telephone in his car: measures while he works, and empties its queue whenever there is signal."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from blisko.simulator.ports import Listener, Time
from blisko.simulator.rules.driving import Place
from blisko.simulator.rules.phones import Kind, Phone, oddity
from blisko.simulator.services.report import Report

MOVING, STANDING = 10.0, 120.0  # platform seconds between two records
SOONEST = 0.7  # real seconds between two records, however fast the clock runs
LOOK = 0.1  # real seconds between two looks at the queue
FIRST_WAIT, LONGEST_WAIT = 0.2, 3.0
EARLY = timedelta(minutes=10)


@dataclass
class Car:
    """Where a technician truly is, whether his phone has signal there, and whether he drives."""

    place: Callable[[datetime], Place]
    signal: Callable[[datetime], bool] = lambda now: True
    moving: bool = False


async def until(moment: datetime, time: Time) -> None:
    """Sleep until the platform's clock says so."""
    await asyncio.sleep(max(0.0, (moment - time.now()).total_seconds() / time.speed()))


class Telephone:
    """One phone with its report address."""

    def __init__(self, phone: Phone, car: Car, listener: Listener, address: str, report: Report, time: Time) -> None:
        self._phone, self._car, self._listener, self._report = phone, car, listener, report
        self._device = hashlib.sha256(address.rpartition("/")[2].encode()).hexdigest()
        self._time = time
        self._off = False

    async def run(self, begins: datetime, ends: datetime) -> None:
        """Measure during the shift and send until switched off and empty."""
        await until(begins, self._time)
        # A record from before the shift: acknowledged, counted, never written.
        self._phone.measure(begins.astimezone(UTC) - EARLY, self._car.place(self._time.now()), Kind.OFF_SHIFT)
        await asyncio.gather(self._measure(ends), self._send())

    def switch_off(self) -> None:
        """Measure no more; what is in the queue still goes out."""
        self._off = True

    async def _measure(self, ends: datetime) -> None:
        rng = self._phone.rng
        while not self._off and (now := self._time.now()) < ends:
            moving = self._car.moving
            kind = oddity(rng) if moving else rng.choice((Kind.FIX, Kind.HEARTBEAT))
            self._phone.measure(now, self._car.place(now), kind)
            pause = max((MOVING if moving else STANDING) / self._time.speed(), SOONEST)
            while pause > 0 and self._car.moving == moving and not self._off:
                await asyncio.sleep(min(pause, 0.2))
                pause -= 0.2

    async def _send(self) -> None:
        wait = FIRST_WAIT
        while not (self._off and not self._phone.queue):
            said = self._phone.say() if self._off or self._car.signal(self._time.now()) else None
            if said is None:
                await asyncio.sleep(LOOK)
            elif await self._listener.send(said):
                self._report.acknowledged(self._device, self._phone.dialect, said.records)
                self._phone.acknowledged(said)
                wait = FIRST_WAIT
            else:
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
