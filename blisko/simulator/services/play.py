"""Play a planned day on the platform's clock, through its public doors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from blisko.simulator.ports import Doors, Reader, Taken, Time, Worker
from blisko.simulator.rules.day import MINUTE, Day, Technician, Visit
from blisko.simulator.rules.driving import Place, place_after
from blisko.simulator.rules.phones import Phone, tunnels
from blisko.simulator.services.portraits import portrait
from blisko.simulator.services.report import Report
from blisko.simulator.services.telephone import Car, Telephone, until

AT_ONCE = 6  # requests while the day is being prepared
EMPTYING = 60.0  # seconds the phones get at the end of the day
KNOCKS = 6  # minutes at a door that nobody opens, or at a job that cannot be done
AFTER = {
    "set_out": "on_the_way",
    "arrive": "on_site",
    "finish": "done",
    "no_access": "no_access",
    "give_up": "not_completed",
    "need_another": "needs_another",
}
REACHED = ("booked", "on_the_way", "on_site")


@dataclass
class Under:
    """A visit under way: its id, and what has happened to it for others to wait for."""

    visit: Visit
    id: int
    set_out: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def over(self) -> None:
        """Let nobody wait for anything more of it."""
        for event in (self.set_out, self.arrived, self.ended):
            event.set()


class Play:
    """One day: prepared, then played by everybody at once. What goes wrong with one of them is reported, and the others go on."""

    def __init__(self, day: Day, doors: Doors, report: Report, time: Time, *, password: str, seed: int) -> None:
        self.day, self.doors, self.report, self.time = day, doors, report, time
        self.password, self.seed = password, seed
        self.ids: dict[str, int] = {}
        self.under: dict[str, list[Under]] = {one.code: [] for one in day.technicians}
        self._phones: list[tuple[Telephone, asyncio.Task[None]]] = []

    async def prepare_crew(self) -> None:
        """Let the depots, the technicians and their shifts be known."""
        for depot in self.day.depots:
            await self.doors.operator.open_depot(depot)
        for one in self.day.technicians:
            self.ids[one.code] = await self.doors.operator.employ(one, self.password)
            await self.doors.operator.give_shift(self.ids[one.code], self.day.begins, self.day.ends)

    async def prepare_visits(self) -> None:
        """Book and assign what was planned."""
        narrow = asyncio.Semaphore(AT_ONCE)

        async def one(visit: Visit) -> Under:
            async with narrow:
                return await self.promise(visit)

        for ready in await asyncio.gather(*[one(visit) for visit in self.day.visits]):
            self.under[ready.visit.technician].append(ready)
        await self._blunder()

    async def promise(self, visit: Visit) -> Under:
        """Book one visit and give it to its technician."""
        operator = self.doors.operator
        booked = await operator.book(visit, await operator.know(visit.customer))
        if await operator.assign(booked, self.ids[visit.technician], visit.starts, number=visit.number):
            self.report.assigned(visit.number, visit.technician)
        return Under(visit, booked)

    async def _blunder(self) -> None:
        """A dispatcher slips and gives a technician two visits at one time: the platform must refuse."""
        for code, mine in self.under.items():
            others = [one for other, theirs in self.under.items() if other != code for one in theirs]
            if (
                mine
                and others
                and await self.doors.operator.assign(others[0].id, self.ids[code], mine[0].visit.starts, number=f"slip-{code}")
            ):
                self.report.fault(f"{code} was given {others[0].visit.number} beside {mine[0].visit.number}")
            break

    async def run(self) -> None:
        """Play until the day is over or everybody has finished."""
        everybody = [self.guarded(self._technician(one), one.code) for one in self.day.technicians]
        for mine in self.under.values():
            everybody += [self.guarded(self._customer(one), one.visit.customer.number) for one in mine]
        await asyncio.gather(*everybody)

    async def end(self) -> None:
        """Switch the phones off and let them send what they still have."""
        for telephone, _ in self._phones:
            telephone.switch_off()
        if self._phones:
            _, late = await asyncio.wait([running for _, running in self._phones], timeout=EMPTYING)
            for running in late:
                running.cancel()
                self.report.fault("a phone could not empty its queue")

    async def guarded(self, work: Awaitable[None], who: str) -> None:
        """Do it; tell what stopped it."""
        try:
            await work
        except Exception as fault:  # noqa: BLE001  one person's trouble is not everybody's
            self.report.fault(f"{who}: {type(fault).__name__} {fault}"[:400])

    # Technicians

    async def at_work(self, one: Technician) -> tuple[Worker, Car]:
        """Sign a technician in and switch on the phone; it reports until this play is cancelled."""
        door = self.doors.worker(one, self.password)
        await door.sign_in()
        await door.show_face(portrait(one.name, woman=one.woman))
        address = await door.report_address(one.dialect.app)
        phone = Phone(one.dialect, one.code, Random(f"{self.seed}:{self.day.name}:{one.code}"))
        car = Car(lambda now: Place(*one.home))
        telephone = Telephone(phone, car, self.doors.listener(address), address, self.report, self.time)
        running = asyncio.create_task(self.guarded(telephone.run(self.day.begins, self.day.ends), f"{one.code}'s phone"))
        self._phones.append((telephone, running))
        return door, car

    async def _technician(self, one: Technician) -> None:
        try:
            door, car = await self.at_work(one)
            for under in self.under[one.code]:
                await until(under.visit.starts - timedelta(seconds=under.visit.way.seconds), self.time)
                await self.serve(door, car, under)
        finally:  # whatever stopped him, his customers do not wait for ever
            for under in self.under[one.code]:
                under.over()

    async def serve(self, door: Worker, car: Car, under: Under) -> None:
        """Drive to one visit and do it, from wherever it stands."""
        visit = under.visit
        state = await self.doors.operator.state(under.id)
        try:
            if state == "booked" and not await self._take(door, under, "set_out"):
                return
            under.set_out.set()
            if state in ("booked", "on_the_way"):
                await self.drive(car, under)
                if not await self._take(door, under, "arrive"):
                    return
            if state in REACHED:
                under.arrived.set()
                await until(self.time.now() + (visit.minutes if visit.temper.ends == "finish" else KNOCKS) * MINUTE, self.time)
                ending = visit.temper.ends if visit.temper.ends != "cancel" else "finish"
                await self._take(door, under, ending, visit.temper.end_note)
        finally:
            under.over()

    async def drive(self, car: Car, under: Under) -> None:
        """Move the car along the way to a visit."""
        way, left = under.visit.way, self.time.now()
        dark = tunnels(Random(under.visit.number), way.seconds)

        def signal(now: datetime) -> bool:
            return not any(start <= (now - left).total_seconds() < end for start, end in dark)

        car.place, car.signal = lambda now: place_after(way, (now - left).total_seconds()), signal
        car.moving = True
        await until(left + timedelta(seconds=way.seconds), self.time)
        car.moving = False

    async def _take(self, door: Worker, under: Under, step: str, note: str = "") -> bool:
        taken = await door.take(under.id, step, note)
        if taken == Taken.UNSURE and await self.doors.operator.state(under.id) == AFTER[step]:
            taken = Taken.YES
        if taken == Taken.YES:
            self.report.took(under.visit.number, step)
            return True
        self.report.count("refusals")
        return False

    # Customers

    async def _customer(self, under: Under) -> None:
        """Read the message, look, ask, answer: as this customer is."""
        temper, reader = under.visit.temper, self.doors.reader(under.visit.customer.phone)
        rng = Random(f"customer of {under.visit.number}")
        calls = asyncio.create_task(self.guarded(self._call_off(under, rng), under.visit.number)) if temper.ends == "cancel" else None
        if temper.opens == "booked":
            await until(self.time.now() + rng.uniform(1, 20) * MINUTE, self.time)
            if (link := await self._open_in_time(reader, under)) and temper.note:
                await reader.write(link, "note", text=temper.note)
                self.report.count("notes")
        if temper.opens in ("booked", "on_the_way"):
            await under.set_out.wait()
            await self._watch(reader, under)
        await under.ended.wait()
        if calls:
            await calls
        if temper.opens and temper.works is not None and await self.doors.operator.state(under.id) == "done":
            await until(self.time.now() + rng.uniform(1, 5) * MINUTE + temper.late, self.time)
            await self._answer(reader, under)

    async def _open(self, reader: Reader) -> str:
        link = await reader.link()
        await reader.open(link)
        return link

    async def _open_in_time(self, reader: Reader, under: Under) -> str:
        """Open the link; "" when the visit was over before a message with one came: called off as soon as booked, there never is one."""
        opening, over = asyncio.create_task(self._open(reader)), asyncio.create_task(under.ended.wait())
        await asyncio.wait({opening, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if opening.done():
            return opening.result()
        opening.cancel()
        return ""

    async def _watch(self, reader: Reader, under: Under) -> None:
        """Keep the page open until the technician is at the door."""
        if not (link := await self._open_in_time(reader, under)):
            return
        watching = asyncio.create_task(self._count_events(reader, link))
        await under.arrived.wait()
        watching.cancel()

    async def _count_events(self, reader: Reader, link: str) -> None:
        async for _ in reader.watch(link):
            self.report.count("events")

    async def _answer(self, reader: Reader, under: Under) -> None:
        temper = under.visit.temper
        link = await self._open(reader)
        await reader.write(link, "answer", works="yes" if temper.works else "no")
        self.report.answered(under.visit.number, bool(temper.works))
        if temper.rating:
            await reader.write(link, "rating", rating=str(temper.rating), comment=temper.comment)

    async def _call_off(self, under: Under, rng: Random) -> None:
        """She rings the hotline, and the operator calls the visit off; some do when the technician is already driving."""
        await until(under.visit.starts - rng.uniform(2, 45) * MINUTE, self.time)
        if await self.doors.operator.cancel(under.id, rng.choice(("fixed_itself", "not_home", "not_needed"))):
            self.report.took(under.visit.number, "cancel")
