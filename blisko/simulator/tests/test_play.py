"""Whatever stops one person of the simulated day, the others go on and the day ends."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from blisko.simulator.ports import Doors, Listener, Operator, Reader, Taken, Worker
from blisko.simulator.rules.city import City
from blisko.simulator.rules.day import Customer, Day, Technician, Visit, plan_day
from blisko.simulator.rules.phones import Said
from blisko.simulator.rules.streets import Streets
from blisko.simulator.services.play import Play
from blisko.simulator.services.report import Report

pytestmark = pytest.mark.xdist_group("city")
BEGINS = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
AWAY = "T02"  # cannot sign in


class LateEvening:
    """A clock on which the day is over, so that nobody sleeps."""

    def now(self) -> datetime:
        return BEGINS + timedelta(hours=20)

    def speed(self) -> float:
        return 1e9


class Office(Operator):
    """An operator who keeps what technicians say."""

    def __init__(self) -> None:
        self.states: dict[int, str] = {}
        self.called_off: set[int] = set()

    async def employ(self, one: Technician, password: str) -> int:
        return int(one.code[1:])

    async def give_shift(self, technician: int, starts: datetime, ends: datetime) -> None:
        return

    async def know(self, one: Customer) -> int:
        return int(one.number[-3:])

    async def book(self, visit: Visit, site: int) -> int:
        self.states[site] = "cancelled" if site in self.called_off else "booked"
        return site

    async def assign(self, visit: int, technician: int, starts: datetime, *, number: str) -> bool:
        return not number.startswith("slip")

    async def cancel(self, visit: int, reason: str) -> bool:
        return False

    async def state(self, visit: int) -> str:
        return self.states[visit]


class Person(Worker, Listener, Reader):
    """Anybody who comes to a door."""

    def __init__(self, office: Office, code: str = "") -> None:
        self.office, self.code = office, code

    async def sign_in(self) -> None:
        if self.code == AWAY:
            raise ConnectionError("nobody opens")

    async def show_face(self, picture: bytes) -> None:
        return

    async def report_address(self, app: str) -> str:
        return "http://platform/p/token"

    async def take(self, visit: int, step: str, note: str = "") -> Taken:
        self.office.states[visit] = {"finish": "done"}.get(step, step)
        return Taken.YES

    async def send(self, said: Said) -> bool:
        return True

    async def link(self) -> str:
        return "/v/link"

    async def open(self, link: str) -> None:
        return

    async def watch(self, link: str) -> AsyncIterator[str]:
        yield "hint"

    async def write(self, link: str, form: str, **fields: str) -> None:
        return


class Unreached(Person):
    """A customer to whom no message ever comes: her visit was called off as soon as it was booked."""

    async def link(self) -> str:
        return await asyncio.Event().wait() and ""


class Rooms(Doors):
    """Doors behind which there is nothing but the office; some visits are called off before anybody was told of them."""

    def __init__(self, called_off: Iterable[Visit] = ()) -> None:
        self.office = Office()
        self.phones = {one.customer.phone for one in called_off}
        self.office.called_off = {int(one.customer.number[-3:]) for one in called_off}

    @property
    def operator(self) -> Operator:
        return self.office

    def worker(self, one: Technician, password: str) -> Worker:
        return Person(self.office, one.code)

    def listener(self, address: str) -> Listener:
        return Person(self.office)

    def reader(self, phone: str) -> Reader:
        return Unreached(self.office) if phone in self.phones else Person(self.office)


def play_whole(day: Day, doors: Doors, report: Report) -> None:
    # A thread of its own, for a browser test before this one may have left a loop running in ours.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asyncio.wait_for(play(day, doors, report), 30)).result()


async def play(day: Day, doors: Doors, report: Report) -> None:
    playing = Play(day, doors, report, LateEvening(), password="secret", seed=7)
    await playing.prepare_crew()
    await playing.prepare_visits()
    await playing.run()
    await playing.end()


def test_day_ends_when_a_technician_cannot_come_to_work(city: City, streets: Streets) -> None:
    day = plan_day(city.addresses, streets, 7, BEGINS, BEGINS + timedelta(hours=8), technicians=3, visits=12)
    theirs = {one.number for one in day.visits if one.technician == AWAY}
    assert 0 < len(theirs) < len(day.visits)
    doors, report = Rooms(), Report()
    play_whole(day, doors, report)
    assert report.faults == [f"{AWAY}: ConnectionError nobody opens"]
    served = {number for number, step in report.steps if step == "set_out"}
    assert served == {one.number for one in day.visits} - theirs


def test_day_ends_when_a_visit_is_called_off_before_its_customer_was_told(city: City, streets: Streets) -> None:
    day = plan_day(city.addresses, streets, 7, BEGINS, BEGINS + timedelta(hours=8), technicians=3, visits=12)
    first = {opens: next(one for one in day.visits if one.temper.opens == opens) for opens in ("booked", "on_the_way")}
    report = Report()
    play_whole(day, Rooms(first.values()), report)
    assert report.faults == [f"{AWAY}: ConnectionError nobody opens"]
    assert not {number for number, _ in report.steps} & {one.number for one in first.values()}
