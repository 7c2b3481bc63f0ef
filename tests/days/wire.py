"""The real door on a real socket, and the wire between it and a telephone, which can break."""

import socket
import struct
import threading
import time
from contextlib import suppress

import uvicorn

from blisko.kit import runner
from blisko.live.adapters.process import Live
from config.processes import DRAIN
from tests.days.apps import TOKEN
from tests.days.play import Attempt, Fault

PATIENCE = 60.0
HANG_UP = struct.pack("ii", 1, 0)


class Door:
    """`live` as `blisko live` starts it, but in this process: its clock is the test's."""

    def __init__(self) -> None:
        self.port = runner.free_port()
        self.live = Live()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start, and return when it is healthy."""
        self.live = Live()
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.live, host="127.0.0.1", port=self.port, loop="uvloop", http="httptools", ws="none", access_log=False,
                server_header=False, log_level="warning", backlog=4096, timeout_keep_alive=65, timeout_graceful_shutdown=DRAIN,
            )
        )  # fmt: skip
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + PATIENCE
        while not self._healthy():
            assert time.monotonic() < until
            time.sleep(0.02)

    def close(self) -> None:
        """End as on SIGTERM."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(PATIENCE)
            assert not self._thread.is_alive()
            self._server = None

    def _healthy(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), PATIENCE) as link:
            link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return link.recv(100).startswith(b"HTTP/1.1 200")
        return False


class Wire:
    """One telephone's connection, kept open as the apps keep it."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token.encode()
        self.answers: list[tuple[int, bytes]] = []
        self._link: socket.socket | None = None

    def carry(self, attempt: Attempt) -> bool:
        """Carry one request as far as its fault lets it, and answer whether a 2xx came back."""
        said = attempt.said.replace(TOKEN.encode(), self.token)
        if attempt.fault == Fault.GATEWAY:
            return False
        if attempt.fault == Fault.REFUSED:
            self.hang_up()
            with suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port), PATIENCE).close()
                raise AssertionError("somebody listens")
            return False
        if attempt.fault == Fault.CUT:
            self._cut(said[: attempt.cut + len(self.token) - len(TOKEN)], reset=attempt.cut % 2 == 0)
            return False
        answer = self._ask(said)
        if attempt.fault == Fault.LOST:
            self.hang_up()
            return False
        self.answers.append(answer)
        return 200 <= answer[0] < 300

    def hang_up(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _open(self) -> socket.socket:
        if self._link is None:
            self._link = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        return self._link

    def _cut(self, said: bytes, *, reset: bool) -> None:
        link = self._open()
        link.sendall(said)
        if reset:
            time.sleep(0.005)  # let what was sent arrive before the reset does
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP)
        self.hang_up()

    def _ask(self, said: bytes) -> tuple[int, bytes]:
        link, heard = self._open(), b""
        link.sendall(said)
        while b"\r\n\r\n" not in heard:
            heard += (part := link.recv(4096))
            assert part, heard
        head, _, body = heard.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
        while len(body) < length:
            body += link.recv(4096)
        if b"connection: close" in lines:
            self.hang_up()
        return int(head.split()[1]), body
