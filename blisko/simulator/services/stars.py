"""Visit after visit for the newcomer's telephones, so that the demo never runs dry."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random

from blisko.simulator.ports import Worker
from blisko.simulator.rules.day import MINUTE, Technician
from blisko.simulator.rules.driving import place_after
from blisko.simulator.rules.naming import Address
from blisko.simulator.rules.stars import STARS, Star, far_enough, star_home, star_visit
from blisko.simulator.rules.streets import Streets
from blisko.simulator.services.play import Play, Under
from blisko.simulator.services.telephone import Car, until

PAUSE = 8 * MINUTE  # between two visits of one star
BOOKED_BEFORE = 6 * MINUTE  # setting out
LAST = 40 * MINUTE  # before the end of the day nobody new is promised anything


class Stars:
    """The stars of one day, each with a technician of her own."""

    def __init__(self, play: Play, addresses: Sequence[Address], streets: Streets, crew: Sequence[Technician]) -> None:
        self._play, self._addresses, self._streets = play, addresses, streets
        self._pairs = list(zip(STARS, crew, strict=False))
        self._at_work: dict[str, tuple[Worker, Car]] = {}
        self._ready: dict[str, Under] = {}
        self._since = self._play.time.now()

    async def prepare(self) -> None:
        """Book everybody's first visit, and wait until the telephones have rung."""
        for star, one in self._pairs:  # their faces belong on the first page that is opened
            self._at_work[star.letter] = await self._play.at_work(one)
        await asyncio.gather(*[self._promise(star, one, 1, self._play.time.now() + star.first) for star, one in self._pairs])
        await asyncio.gather(*[self._play.doors.reader(star.phone).link() for star, _ in self._pairs])
        self._since = self._play.time.now()

    async def run(self) -> None:
        """Serve all stars until the day ends."""
        await asyncio.gather(*[self._play.guarded(self._serve(star, one), star.name) for star, one in self._pairs])

    async def _promise(self, star: Star, one: Technician, turn: int, leaves: datetime) -> Under:
        play = self._play
        home = star_home(play.seed, star.letter, self._addresses)
        _, way = far_enough(Random(f"{play.day.name}{star.letter}{turn}"), self._addresses, self._streets, home)
        starts = leaves + timedelta(seconds=way.seconds)
        ready = await play.promise(star_visit(star, turn, play.day.name, home, one.code, starts, way))
        self._ready[star.letter] = ready
        return ready

    async def _serve(self, star: Star, one: Technician) -> None:
        play = self._play
        door, car = self._at_work[star.letter]
        leaves = self._since + star.first
        for turn in count(1):
            ready = self._ready.pop(star.letter, None)
            if ready is None:
                leaves = self._play.time.now() + BOOKED_BEFORE
                if leaves > play.day.ends - LAST:
                    return
                ready = await self._promise(star, one, turn, leaves)
                self._ready.pop(star.letter, None)
            start = place_after(ready.visit.way, 0)
            car.place = lambda now, start=start: start  # type: ignore[misc]
            await until(leaves, play.time)
            await play.serve(door, car, ready)
            await until(self._play.time.now() + PAUSE, play.time)
