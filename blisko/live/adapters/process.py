"""The `live` process: positions in, events out, over one memory."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from types import FrameType
from typing import Any
from urllib.parse import parse_qs

import msgspec
import psycopg
from django.utils import timezone
from psycopg import AsyncConnection

from blisko.kit import clock
from blisko.kit.plugs import plug
from blisko.kit.push import CHANNEL
from blisko.kit.tickets import read_ticket
from blisko.live.adapters.database import connect
from blisko.live.adapters.door import Door
from blisko.live.adapters.http import AWAY, NOT_ALLOWED, NOT_FOUND, PREFLIGHT, STREAM_START, Answer, Receive, Scope, Send
from blisko.live.adapters.watchers import Watchers
from blisko.live.errors import DatabaseAway
from blisko.live.ports import Fanout, Seen
from blisko.live.queries.memory import KnownDevice, Memory
from blisko.live.rules.fixes import Trip, is_fresh, may_show, start_of
from blisko.live.rules.records import Fix
from blisko.live.services.intake import Intake
from blisko.live.services.looks import note_looks

WATCHERS = 30_000
REFRESH_SECONDS = 30.0
RENEW_SECONDS = 30.0
RETRY_SECONDS = 0.5
LOOK_SECONDS = 60.0
BETWEEN_LOOKS = 1.0
HELLO = b"retry: 3000\n\n"
DAY = "day"
log = logging.getLogger(__name__)
HEALTHY = Answer(200, b'{"status":"ok"}', kind=b"application/json")
UNHEALTHY = Answer(503, b'{"status":"database away"}', kind=b"application/json")


class Live:
    """The ASGI application. One memory, one intake, one fan-out, and whoever listens."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.watchers = Watchers()
        self.intake = Intake(connect, timezone.get_default_timezone())
        self._fanout: Fanout | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stale: set[str] = set()
        self._stale_now = asyncio.Event()
        self._loaded = self._healthy = False
        self._ending = False
        self._asking: AsyncConnection[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path: str = scope["path"]
        if scope["method"] == "OPTIONS":
            await PREFLIGHT.send(send)
        elif path.startswith("/p/"):
            await (self._door.report(path[3:], scope, receive, send) if self._loaded else AWAY.send(send))
        elif path == "/stream" and scope["method"] == "GET":
            await self._stream(scope, receive, send)
        elif path == "/healthz":
            await (HEALTHY if self._healthy else UNHEALTHY).send(send)
        else:
            await NOT_FOUND.send(send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _start(self) -> None:
        self._fanout = plug("live.fanout")
        await self._fanout.start(self._deliver)
        self._door = Door(self.memory, self.intake, self._fanout.carry, self._learn)
        self.intake.start()
        self._stale = {"everything"}
        self._stale_now.set()
        works: list[Callable[[], Awaitable[None]]] = [self._listen, self._remember, self._tick, self._note]
        self._tasks = [asyncio.create_task(_for_ever(work)) for work in works]
        self._say_goodbye_early()

    def _say_goodbye_early(self) -> None:
        """End the streams as soon as the process is told to end: the server would wait for them in vain."""
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        loop = asyncio.get_running_loop()

        def goodbye(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._goodbye)
            server = before[signal.Signals(number)]
            if callable(server):
                server(number, frame)

        with suppress(ValueError):  # a server in a thread gets no signals
            for number in before:
                signal.signal(number, goodbye)

    def _goodbye(self) -> None:
        self._ending = True
        self.watchers.end_all()

    async def _stop(self) -> None:
        self._goodbye()
        await self.intake.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(psycopg.Error, OSError):
            async with await connect() as conn:
                await self._write_looks(conn)
        if self._fanout is not None:
            await self._fanout.stop()

    # What goes out

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        ticket = read_ticket(given, now=clock.now())
        if ticket is None:
            await NOT_ALLOWED.send(send)
            return
        task = asyncio.current_task()
        if len(self.watchers) >= WATCHERS or self._ending or task is None:
            await AWAY.send(send)
            return
        scope["headers"] = []  # held as long as the stream: a kilobyte each
        await send(STREAM_START)
        watcher = self.watchers.add(ticket, send, task)
        watcher.offer("hello", HELLO)
        if ticket.fixes:
            for topic in ticket.topics:
                for technician, kind, event in self._known(topic):
                    watcher.show(technician, kind, event, clock.now())
        try:
            while (await receive())["type"] != "http.disconnect":
                continue
        except asyncio.CancelledError:
            if not watcher.ended:
                raise
            task.uncancel()
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.watchers.drop(watcher)

    def _known(self, topic: str) -> list[tuple[int, str, bytes]]:
        """What a page that has just opened is told at once, and of whom."""
        now = clock.now()
        if topic == DAY:
            return [(who, f"fix:{who}", _fix_event(DAY, fix, now, technician=who)) for who, fix in self.memory.seen_at_work(now)]
        if topic.startswith("visit:") and topic[6:].isdigit():
            found = self.memory.trip_to(int(topic[6:]))
            fix = self.memory.last.get(found[0]) if found else None
            if found and fix is not None and may_show(fix, found[1], now, self.memory.shifts.get(found[0], ())):
                return [(found[0], "fix", _fix_event(topic, fix, now))]
        return []

    def _deliver(self, seen: Sequence[Seen]) -> None:
        watched_day = self.watchers.listens(DAY)
        for technician, fix in seen:
            trips = self._started(technician, fix)
            if not self.memory.note(technician, fix) or not (trips or watched_day):
                continue
            now, work = clock.now(), self.memory.shifts.get(technician, ())
            for trip in trips:
                topic = f"visit:{trip.visit_id}"
                if self.watchers.listens(topic) and may_show(fix, trip, now, work):
                    self.watchers.show(topic, "fix", _fix_event(topic, fix, now), technician, now)
            if watched_day and self.memory.works(technician, now):
                self.watchers.show(DAY, f"fix:{technician}", _fix_event(DAY, fix, now, technician=technician), technician, now)

    def _started(self, technician: int, fix: Fix) -> list[Trip]:
        trips = self.memory.trips.get(technician)
        if not trips:
            return []
        if any(trip.set_out_place is None for trip in trips):
            trips = self.memory.trips[technician] = [start_of(trip, fix) for trip in trips]
        return trips

    # What comes in from the other processes

    async def _listen(self) -> None:
        async with await connect() as conn:
            await conn.execute(f"LISTEN {CHANNEL}")
            self._forget("everything")
            async for note in conn.notifies():
                with suppress(ValueError):
                    for topic, hint in json.loads(note.payload):
                        self._hear(topic, hint)

    def _hear(self, topic: str, hint: str) -> None:
        if topic in ("keys", "shifts", "areas"):
            self._forget(topic)
        elif topic == "assignments" or topic.startswith("visit:"):
            self._forget("trips")
        if self.watchers.listens(topic):
            event = b"event: hint\ndata: " + msgspec.json.encode({"topic": topic, "hint": hint}) + b"\n\n"
            self.watchers.tell(topic, f"hint:{topic}:{hint}", event)

    def _forget(self, what: str) -> None:
        self._stale.add(what)
        self._stale_now.set()

    async def _remember(self) -> None:
        """Ask again for what has changed, at once when a hint says so, and for everything twice a minute."""
        async with await connect() as conn:
            self._asking = conn
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stale_now.wait(), REFRESH_SECONDS)
                stale = self._stale or {"everything"}
                self._stale = set()
                self._stale_now.clear()
                try:
                    await self._load(conn, stale)
                except psycopg.Error:
                    self._healthy = False
                    self._forget("everything")
                    raise
                self._loaded = self._healthy = True

    async def _learn(self, token_hash: bytes, now: datetime) -> KnownDevice | None:
        """Ask for a device nobody has told of yet; raises `DatabaseAway`."""
        if self._asking is None:
            raise DatabaseAway
        try:
            return await self.memory.learn_device(self._asking, token_hash, now)
        except psycopg.Error:
            raise DatabaseAway from None

    async def _load(self, conn: AsyncConnection[Any], stale: set[str]) -> None:
        everything = "everything" in stale
        now = clock.now()
        if everything or "keys" in stale:
            await self.memory.load_devices(conn)
        if everything or "shifts" in stale:
            await self.memory.load_shifts(conn, now)
        if everything:
            await self.memory.load_last(conn, now)
        if everything or "areas" in stale:
            await self.memory.load_ground(conn)
        if everything or "trips" in stale:
            await self.memory.load_trips(conn)

    async def _note(self) -> None:
        """Write down who was shown whom, once a minute and when a page has gone."""
        async with await connect() as conn:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.watchers.left.wait(), LOOK_SECONDS)
                await self._write_looks(conn)
                await asyncio.sleep(BETWEEN_LOOKS)

    async def _write_looks(self, conn: AsyncConnection[Any]) -> None:
        if looks := self.watchers.take_looks():
            try:
                await note_looks(conn, looks, timezone.get_default_timezone())
            except psycopg.Error:
                self.watchers.give_back(looks)
                raise

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.watchers.tick(clock.now(), timedelta(seconds=RENEW_SECONDS * clock.speed()))


def _fix_event(topic: str, fix: Fix, now: datetime, *, technician: int | None = None) -> bytes:
    """Answer the event of one position, rounded to a metre; only staff is told which technician."""
    said: dict[str, object] = {
        "topic": topic,
        "lat": round(fix.lat, 5),
        "lon": round(fix.lon, 5),
        "heading": None if fix.heading is None else round(fix.heading),
        "at": fix.fix_time.isoformat(timespec="seconds"),
        "age_s": max(0, round((now - fix.fix_time).total_seconds())),
        "fresh": is_fresh(fix.fix_time, now),
    }
    if technician is not None:
        said["technician"] = technician
    return b"event: fix\ndata: " + msgspec.json.encode(said) + b"\n\n"


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except (psycopg.Error, OSError) as fault:
            log.warning("the database is away", extra={"fault": type(fault).__name__, "during": getattr(work, "__name__", "")})
        except Exception:
            log.exception("a part of live stumbled and begins anew")
        await asyncio.sleep(RETRY_SECONDS)
