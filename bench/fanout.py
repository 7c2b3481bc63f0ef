"""From a position posted to the event read by an open page, at 1,000, 5,000 and 10,000 open customer pages; memory per page.

`python -m bench.fanout [fixes per second]`: about two minutes. Loopback only. Every page watches one of 2,500 visits on the way;
each time runs from the post being written to the event being read, both in this process, so it holds the durable commit too.
"""

import asyncio
import os
import resource
import statistics
import sys
import time
from collections import deque
from datetime import datetime, timedelta
from urllib.parse import quote

import psutil
import psycopg
import uvloop

from bench.ground import ground, live
from blisko.kit.tickets import stream_ticket

TECHNICIANS = 2_500
LEVELS = (1_000, 5_000, 10_000)
SECONDS = 12
WARM = 2
POSTERS = 64
ON_THE_WAY = """
SET session_replication_role = replica;
INSERT INTO visits_visit (number, order_id, state, window_from, window_to, minutes, set_out_at, end_reason, end_note, created_at)
SELECT 'B' || id, 1, 'on_the_way', now(), now() + interval '2 hours', 60, now() - interval '1 minute', '', '', now()
  FROM field_technician ORDER BY id;
INSERT INTO planning_assignment (visit_id, technician_id, during, made_at, made_by)
SELECT v.id, t.id, tstzrange(now(), now() + interval '1 hour'), now(), 'bench'
  FROM field_technician t JOIN visits_visit v ON v.number = 'B' || t.id;
INSERT INTO live_fix (device_id, fix_time, lat, lon, received_at, source, mock)
SELECT id, now() - interval '70 seconds', 52, 21, now(), 'traccar10', false FROM live_device;
RESET session_replication_role;
ANALYZE
"""


class Page(asyncio.Protocol):
    """One open page: reads events and notes when each position arrived."""

    def __init__(self, field: "Field", visit: int) -> None:
        self.field, self.visit = field, visit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self.field.opening(self.visit))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if b"retry:" in data:
            self.field.opened.release()
        now = time.perf_counter()
        start = data.find(b'"lat":')
        while start >= 0:
            end = data.find(b",", start)
            sent = self.field.sent.get(data[start + 6 : end])
            if sent is not None:
                self.field.delays.append((sent, now - sent))
            start = data.find(b'"lat":', end)


class Poster(asyncio.Protocol):
    """One kept-alive connection of phones."""

    def __init__(self, field: "Field") -> None:
        self.field = field

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.field.idle.append(self)

    def data_received(self, data: bytes) -> None:
        self.field.acknowledged += data.startswith(b"HTTP/1.1 200")
        self.field.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self in self.field.idle:
            self.field.idle.remove(self)


class Field:
    """All pages and phones, and what was sent when."""

    def __init__(self, port: int, tickets: dict[int, str]) -> None:
        self.port, self.tickets = port, tickets
        self.acknowledged = self.late = self.nr = 0
        self.sent: dict[bytes, float] = {}
        self.delays: list[tuple[float, float]] = []
        self.opened = asyncio.Semaphore(0)
        self.idle: deque[Poster] = deque()
        self.open_pages = 0

    def opening(self, visit: int) -> bytes:
        return f"GET /stream?ticket={quote(self.tickets[visit])} HTTP/1.1\r\nhost: bench\r\n\r\n".encode()

    async def open_up_to(self, pages: int) -> None:
        loop = asyncio.get_running_loop()
        visits = list(self.tickets)
        while self.open_pages < pages:
            wanted = [visits[(self.open_pages + i) % len(visits)] for i in range(min(100, pages - self.open_pages))]
            await asyncio.gather(*(loop.create_connection(lambda v=v: Page(self, v), "127.0.0.1", self.port) for v in wanted))
            self.open_pages += len(wanted)
            for _ in wanted:
                await self.opened.acquire()

    def post(self) -> None:
        if not self.idle:
            self.late += 1
            return
        device = self.nr % TECHNICIANS + 1
        self.nr += 1
        lat = f"{52.1 + self.nr / 1e5:.5f}".rstrip("0")
        stamp = int(time.time() * 1000)
        body = f"id={device}&lat={lat}&lon=21.1&timestamp={stamp}&accuracy=6&speed=14.02&bearing=87&batt=81"
        head = f"POST /p/bench-token-{device} HTTP/1.1\r\nhost: bench\r\ncontent-length: {len(body)}\r\n\r\n"
        request = (head + body).encode()
        self.sent[lat.encode()] = time.perf_counter()
        self.idle.popleft().transport.write(request)  # type: ignore[attr-defined]

    async def drive(self, rate: int) -> list[float]:
        """Post so many fixes a second; answer the delays in ms after the warm-up."""
        self.delays = []
        begun = time.perf_counter()
        done = 0
        while (passed := time.perf_counter() - begun) < SECONDS:
            while done < passed * rate:
                self.post()
                done += 1
            await asyncio.sleep(0.001)
        await asyncio.sleep(1)
        return [delay * 1000 for sent, delay in self.delays if sent - begun > WARM]


async def measure(port: int, process: psutil.Process, tickets: dict[int, str], rate: int) -> None:
    field = Field(port, tickets)
    loop = asyncio.get_running_loop()
    for _ in range(POSTERS):
        await loop.create_connection(lambda: Poster(field), "127.0.0.1", port)
    await field.drive(rate)
    empty = process.memory_info().rss
    for pages in LEVELS:
        await field.open_up_to(pages)
        await asyncio.sleep(1)
        memory = process.memory_info().rss
        before, acknowledged, begun = process.cpu_times(), field.acknowledged, time.perf_counter()
        delays = await field.drive(rate)
        after, took = process.cpu_times(), time.perf_counter() - begun
        cuts = statistics.quantiles(delays, n=100)
        cpu = (after.user + after.system - before.user - before.system) / took
        print(
            f"{pages:6d} pages: {(field.acknowledged - acknowledged) / SECONDS:.0f} fixes/s, {len(delays)} events,"
            f" posted → event read p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms; live at {cpu:.0%} of a core;"
            f" {(memory - empty) / pages / 1024:.1f} kB a page ({memory / 2**20:.0f} MB in all); {field.late} posts late"
        )


def main(rate: int = 500) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ground(TECHNICIANS) as env:
        os.environ |= {**env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        with psycopg.connect(env["DATABASE_URL"], autocommit=True) as conn:
            for statement in ON_THE_WAY.split(";"):
                conn.execute(statement)  # type: ignore[arg-type]
            visits = [row[0] for row in conn.execute("SELECT id FROM visits_visit ORDER BY id").fetchall()]
        until = datetime.now().astimezone() + timedelta(hours=1)
        tickets = {visit: stream_ticket([f"visit:{visit}"], until=until) for visit in visits}
        with live(env) as (port, process):
            uvloop.run(measure(port, process, tickets, rate))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
