"""A receiver of webhooks as a real HTTP server that is well, slow, wrong or away, as it is told to be."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from blisko.kit import runner

Manner = int | str


@dataclass
class Receiver:
    """Its manner: a status number, "hang" (no answer), "garbage" (no HTTP), "close" (hangs up), "drip" (a byte now and then), "huge"."""

    port: int
    manner: Manner = 200
    manner_of: dict[int, Manner] = field(default_factory=dict)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?from=blisko"

    def order(self, visit_id: int) -> list[int]:
        """The sequence numbers of a visit as they were taken, each once."""
        return list(dict.fromkeys(one["sequence"] for one in self.taken if one["visit_id"] == visit_id))


@contextmanager
def serving(receiver: Receiver) -> Iterator[Receiver]:
    """Let the receiver listen; afterwards its port refuses."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = json.loads(body)
            receiver.heard.append((dict(self.headers), body))
            _answer(self, receiver, receiver.manner_of.get(told["visit_id"], receiver.manner), told)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def a_receiver(manner: Manner = 200) -> Receiver:
    """Answer a receiver with a port of its own, not listening yet."""
    return Receiver(runner.free_port(), manner)


def _answer(handler: BaseHTTPRequestHandler, receiver: Receiver, manner: Manner, told: dict[str, Any]) -> None:
    handler.close_connection = True
    if manner == "hang":
        time.sleep(1.5)
    elif manner == "garbage":
        handler.wfile.write(b"\x00\x01 this is not HTTP\r\n\r\n")
    elif manner == "drip":
        for byte in b"HTTP/1.1 200 OK\r\n" * 9:
            time.sleep(0.05)
            try:
                handler.wfile.write(bytes([byte]))
            except OSError:
                return
    elif manner == "huge":
        handler.send_response(200)
        handler.end_headers()
        receiver.taken.append(told)
        try:
            for _ in range(10_000):
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            return
    elif isinstance(manner, int):
        if 200 <= manner < 300:
            receiver.taken.append(told)
        handler.send_response(manner)
        for name, value in receiver.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "5")
        handler.end_headers()
        handler.wfile.write(b"words")
