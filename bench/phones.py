"""A crowd of phones in a process of its own: raw sockets kept alive, the next report sent when the last is acknowledged.

Prints one JSON line: seconds, acknowledged, refused, p50 and p99 of the answer in milliseconds.
"""

import asyncio
import json
import statistics
import sys
import time
from itertools import count

import uvloop


class Phone(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, crowd: "Crowd") -> None:
        self.crowd = crowd

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.crowd.phones.append(self)

    def send(self) -> None:
        self.sent = time.perf_counter()
        report = next(self.crowd.reports, None)
        if report is None:
            self.crowd.finish()
        else:
            self.transport.write(report)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        crowd = self.crowd
        crowd.waits.append(time.perf_counter() - self.sent)
        if data.startswith(b"HTTP/1.1 200"):
            crowd.acknowledged += 1
        else:
            crowd.refused += 1
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.crowd.finish()


class Crowd:
    """All phones and what they still have to say."""

    def __init__(self, reports: list[bytes], connections: int) -> None:
        self.reports = iter(reports)
        self.connections = self.open = connections
        self.phones: list[Phone] = []
        self.waits: list[float] = []
        self.acknowledged = self.refused = 0
        self.done = asyncio.Event()

    def finish(self) -> None:
        self.open -= 1
        if self.open == 0:
            self.done.set()


def reports(devices: int, each: int, port: int, newest: int, what: str) -> list[bytes]:
    """Every device's drive, one report a second, oldest first (Traccar Client 10's form); `nothing` sends empty bodies."""
    made = []
    serial = count()
    for second in range(each):
        for device in range(1, devices + 1):
            nr = next(serial)
            lat, lon = 52.2 + (nr * 7919 % 100_000) / 1e6, 21.0 + (nr * 104_729 % 100_000) / 1e6
            body = "" if what == "nothing" else f"id={device}&lat={lat:.6f}&lon={lon:.6f}&timestamp={newest - each + second}"
            body += body and "&accuracy=6&altitude=110.0&speed=14.02&bearing=87&batt=81"
            head = f"POST /p/bench-token-{device} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/x-www-form-urlencoded\r\n"
            made.append(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
    return made


async def crowd(port: int, connections: int, devices: int, each: int, newest: int, what: str) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    all_of_them = Crowd(reports(devices, each, port, newest, what), connections)
    for _ in range(connections):
        await loop.create_connection(lambda: Phone(all_of_them), "127.0.0.1", port)
    begun = time.perf_counter()
    for phone in list(all_of_them.phones):
        phone.send()
    await all_of_them.done.wait()
    took = time.perf_counter() - begun
    cuts = statistics.quantiles(all_of_them.waits, n=100)
    return {
        "seconds": took,
        "acknowledged": all_of_them.acknowledged,
        "refused": all_of_them.refused,
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(crowd(*map(int, sys.argv[1:6]), sys.argv[6]))))
