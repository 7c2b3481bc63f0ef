"""The house around the telephone: the shift, the visits and what the technician does, each at its time, and the customer who watches."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings

from blisko.access.rules import SYSTEM
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.services import add_shift, set_home, set_work_area
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit.tickets import stream_ticket
from blisko.live.queries.positions import last_fix, shown_fix, work_of
from blisko.live.rules.records import Fix
from blisko.live.services.private import go_private, take_break
from blisko.live.tests.doors import Stream, a_phone
from blisko.planning.services import assign_visit
from blisko.visits.services import arrive, book_visit, finish, set_out
from blisko.visits.tests.make import a_job_type
from tests.days.truth import AREA_EAST_KM, DRIVES, HOME, MIDNIGHT, Day, Drive, Truth, clock, moment, place_of
from tests.days.wire import PATIENCE, Door, Wire

LOOK = 60.0  # seconds between two looks of the customer
Event = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What the customer was shown at a moment (seconds since midnight)."""

    at: float
    fix: Fix


def set_clock(seconds: float) -> None:
    """Let it be so many seconds after midnight, and let the clock stand until it is set again."""
    settings.BLISKO_CLOCK = f"{moment(seconds).isoformat()}@0*0"


def wait_for(what: Callable[[], bool]) -> None:
    """Return once it is so."""
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.005)


@dataclass
class House:
    """One technician's day at the operator."""

    truth: Truth
    day: Day
    door: Door
    app: str
    looks: list[Look] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        night = moment(clock(5))
        set_clock(clock(5))
        self.technician = a_technician(night, shift=False)
        self.actor = actor_of(self.technician)
        add_shift(self.technician.pk, starts_at=moment(self.day.shift[0]), ends_at=moment(self.day.shift[1]), actor=SYSTEM, now=night)
        set_home(self.technician.pk, lat=HOME[0], lon=HOME[1], actor=SYSTEM, now=night)
        corners = [place_of(east * 1000, north * 1000) for east, north in ((-9, -9), (AREA_EAST_KM, -9), (AREA_EAST_KM, 30), (-9, 30))]
        # The town he has never been to is an area of its own: what tells it from a right place is that it is spoofed.
        ring = [[lon, lat] for lat, lon in corners]
        far = [[21.1, 51.3], [21.2, 51.3], [21.2, 51.5], [21.1, 51.5]]
        for name, shape in (("here", ring), ("far", far)):
            set_work_area(name, name=name, shape={"type": "Polygon", "coordinates": [[*shape, shape[0]]]}, actor=SYSTEM, now=night)
        self.device, token = a_phone(self.technician.pk, night, self.app)
        self.wire = Wire(self.door.port, token)
        self._due = sorted(self._events(), key=lambda one: one[0])
        self._stream: Stream | None = None

    def until(self, seconds: float) -> None:
        """Let everything happen that is due by then, each at its time, and set the clock."""
        while self._due and self._due[0][0] <= seconds:
            at, happen = self._due.pop(0)
            set_clock(at)
            happen()
        set_clock(seconds)

    def _events(self) -> list[tuple[float, Callable[[], object]]]:
        day = self.day
        events: list[tuple[float, Callable[[], object]]] = [
            (day.on_break[0], lambda: self._rest(take_break, day.on_break[0])),
            (day.private[0], lambda: self._rest(partial(go_private, 15), day.private[0])),
            (day.refused[0], self._stop),
            (day.gateway[1], self.door.open),
        ]
        for drive, arrives in zip(DRIVES, self.truth.arrivals, strict=True):
            if drive.visit:
                events += self._visit(drive, arrives)
        return events

    def _visit(self, drive: Drive, arrives: float) -> list[tuple[float, Callable[[], object]]]:
        """Book a visit at the end of a drive, and answer what happens with it."""
        night = moment(clock(5))
        lat, lon = place_of(drive.over[-1][0] * 1000, drive.over[-1][1] * 1000)
        a_job_type()
        window = MIDNIGHT + timedelta(seconds=drive.leaves + 1200)
        visit = book_visit(
            actor=SYSTEM, now=night, site_id=a_site(night, a_customer(night), lat=lat, lon=lon).pk, job_type="fibre-repair",
            window_from=window, window_to=window + timedelta(hours=1), minutes=20,
        )  # fmt: skip
        assign_visit(visit.pk, self.technician.pk, actor=SYSTEM, now=night, starts_at=window)
        set_out_at = drive.leaves
        looks = [set_out_at + LOOK * nr for nr in range(1, int((arrives - set_out_at) / LOOK))]
        return [
            (set_out_at, lambda: self._set_out(visit.pk, set_out_at)),
            (set_out_at + 1, lambda: self._listen(visit.pk)),
            *((at, lambda at=at: self._look(visit.pk, set_out_at, at)) for at in looks),
            (arrives, self._hush),
            (arrives, lambda: arrive(visit.pk, actor=SYSTEM, now=moment(arrives))),
            (arrives + 60, lambda: finish(visit.pk, actor=SYSTEM, now=moment(arrives + 60))),
        ]

    def _rest(self, begin: Callable[..., object], at: float) -> None:
        """Let him be alone; a moment of the day is far too short for `live` to hear of it."""
        begin(actor=self.actor, now=moment(at))
        wait_for(lambda: not self.door.live.memory.works(self.technician.pk, moment(at)))

    def _set_out(self, visit: int, at: float) -> None:
        set_out(visit, actor=SYSTEM, now=moment(at))
        wait_for(lambda: self.door.live.memory.trip_to(visit) is not None)

    def _look(self, visit: int, set_out_at: float, at: float) -> None:
        now, technician = moment(at), self.technician.pk
        last = last_fix(technician, now=now)
        work = work_of([technician], since=last.fix_time, now=now)[technician] if last else []
        trip = {"visit_id": visit, "state": "on_the_way", "set_out_at": moment(set_out_at), "technician_id": technician}
        fix = shown_fix(last, work, now=now, **trip)
        if fix is not None:
            self.looks.append(Look(at, fix))

    def _listen(self, visit: int) -> None:
        ticket = stream_ticket([f"visit:{visit}"], until=moment(self.day.ends))
        link = socket.create_connection(("127.0.0.1", self.door.port), 10)
        link.sendall(f"GET /stream?ticket={quote(ticket)} HTTP/1.1\r\nhost: test\r\n\r\n".encode())
        self._stream = Stream(link)

    def _hush(self) -> None:
        """Keep what the page was told, and close it."""
        if self._stream is not None:
            events = self._stream.listen(0.05)
            self.told += [said for name, said in events if name == "fix"]
            self._stream.socket.close()
            self._stream = None

    def _stop(self) -> None:
        self._hush()
        self.door.close()
