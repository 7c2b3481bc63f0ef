"""Ways to carry kept fixes to whoever watches: inside one process, or through PostgreSQL to several."""

import asyncio
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg

from blisko.live.adapters.database import connect
from blisko.live.ports import Deliver, Seen
from blisko.live.rules.records import Fix

CHANNEL = "blisko_fixes"
PAYLOAD_FIXES = 60  # of about 110 bytes each: a NOTIFY carries 8,000 bytes
RETRY_SECONDS = 1.0
log = logging.getLogger(__name__)


class LocalFanout:
    """One `live` process: what it keeps, it shows."""

    async def start(self, deliver: Deliver) -> None:
        self._deliver = deliver

    def carry(self, seen: Sequence[Seen]) -> None:
        self._deliver(seen)

    async def stop(self) -> None:
        return


class NotifyFanout:
    """Several `live` processes over one database; a picture that waits is replaced by a newer one, never queued."""

    def __init__(self) -> None:
        self._self = f"{os.getpid()}.{os.urandom(4).hex()}"
        self._waiting: dict[int, Seen] = {}
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._tasks = [asyncio.create_task(_for_ever(work)) for work in (self._send, self._listen)]

    def carry(self, seen: Sequence[Seen]) -> None:
        self._deliver(seen)
        self._waiting |= {one.technician_id: one for one in seen}
        self._something.set()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self) -> None:
        async with await connect() as conn:
            while True:
                await self._something.wait()
                self._something.clear()
                waiting, self._waiting = list(self._waiting.values()), {}
                for start in range(0, len(waiting), PAYLOAD_FIXES):
                    part = waiting[start : start + PAYLOAD_FIXES]
                    await conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, encode(self._self, part)))

    async def _listen(self) -> None:
        async with await connect() as conn:
            await conn.execute(f"LISTEN {CHANNEL}")
            async for note in conn.notifies():
                sender, seen = decode(note.payload)
                if sender != self._self:
                    self._deliver(seen)


def encode(sender: str, seen: Sequence[Seen]) -> str:
    """Answer the payload of one NOTIFY: the sender and what a picture needs of each fix."""
    rows = [
        (
            one.technician_id,
            one.fix.lat,
            one.fix.lon,
            round(one.fix.fix_time.timestamp(), 3),
            one.fix.accuracy,
            one.fix.heading,
            one.fix.mock,
        )
        for one in seen
    ]
    return msgspec.json.encode([sender, rows]).decode()


def decode(payload: str) -> tuple[str, list[Seen]]:
    """Answer (sender, what was seen) of one NOTIFY."""
    said: Any = msgspec.json.decode(payload)
    return said[0], [
        Seen(row[0], Fix(row[1], row[2], datetime.fromtimestamp(row[3], UTC), accuracy=row[4], heading=row[5], mock=row[6]))
        for row in said[1]
    ]


async def _for_ever(work: Any) -> None:
    while True:
        with suppress(psycopg.Error, OSError):
            await work()
        log.info("the way to the other live processes is being opened again")
        await asyncio.sleep(RETRY_SECONDS)
