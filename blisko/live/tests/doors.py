"""A real `live` process over the test's database, and the phones and pages that knock at it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection

from blisko.access.rules import SYSTEM
from blisko.kit import runner
from blisko.live.services import issue_device

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 10.0
Events = list[tuple[str, dict[str, Any]]]


@dataclass
class LiveProcess:
    """One running `live`: its port, its process and everything it wrote to its log."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    def ask(
        self,
        path: str,
        body: bytes | None = None,
        *,
        method: str | None = None,
        headers: dict[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> tuple[int, bytes]:
        """Answer (status, body) of one request, sent from an address of this machine."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE, source_address=(address, 0))
        try:
            link.request(method or ("GET" if body is None else "POST"), path, body, headers or {})
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def report(self, token: str, query: str = "", body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Report as a phone does, again and again; the process may need a moment to learn of a new phone."""
        until = time.monotonic() + PATIENCE
        while True:
            status, said = self.ask(f"/p/{token}" + (f"?{query}" if query else ""), body, headers=headers)
            if status not in (404, 429, 503) or time.monotonic() > until:
                return status, said
            time.sleep(0.05)


@dataclass
class Stream:
    """An open page's ear."""

    socket: socket.socket
    heard: bytes = b""

    def listen(self, seconds: float = 0.4) -> Events:
        """Answer every event so far, after listening for a while more."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                part = self.socket.recv(65536)
            except TimeoutError:
                break
            if not part:
                break
            self.heard += part
        return self.said()

    def wait_for(self, wanted: Callable[[Events], bool]) -> Events:
        """Listen until the events so far are as wanted."""
        until = time.monotonic() + PATIENCE
        while not wanted(events := self.listen(0.1)):
            assert time.monotonic() < until, self.heard
        return events

    def said(self) -> Events:
        events = []
        for block in self.heard.replace(b"\r\n", b"\n").split(b"\n\n"):
            lines = block.split(b"\n")
            names = [line[7:].decode() for line in lines if line.startswith(b"event: ")]
            datas = [line[6:] for line in lines if line.startswith(b"data: ")]
            if names and datas:
                events.append((names[0], json.loads(datas[0])))
        return events


@contextmanager
def listening(live: LiveProcess, ticket: str) -> Iterator[Stream]:
    """Open `/stream` with a ticket."""
    with socket.create_connection(("127.0.0.1", live.port), PATIENCE) as link:
        link.sendall(f"GET /stream?ticket={quote(ticket)} HTTP/1.1\r\nhost: test\r\n\r\n".encode())
        stream = Stream(link)
        until = time.monotonic() + PATIENCE
        while b"retry:" not in stream.heard and b" 403 " not in stream.heard and b" 503 " not in stream.heard:
            stream.listen(0.05)
            assert time.monotonic() < until, stream.heard
        yield stream


@contextmanager
def live_process(folder: Path, name: str, **more: str) -> Iterator[LiveProcess]:
    """Run `live` over the test's database."""
    known = connection.settings_dict
    query = urlencode({"host": known["HOST"], "port": known["PORT"] or "5432"})
    url = f"postgresql://{quote(known['USER'])}:{quote(known['PASSWORD'])}@/{known['NAME']}?{query}"
    port = runner.free_port()
    log = folder / f"{name}.log"
    env = os.environ | {"DATABASE_URL": url, "BLISKO_CLOCK": "", **more}
    with log.open("wb") as out:
        command = [sys.executable, "-m", "config.cli", "live", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
    live = LiveProcess(port, process, log)
    try:
        _wait_healthy(live)
        yield live
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_healthy(live: LiveProcess) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and live.process.poll() is None:
        try:
            if live.ask("/healthz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(live.log.read_text())


def a_phone(technician_id: int, now: datetime, app: str = "traccar") -> tuple[int, str]:
    """Answer (device id, token) of a phone just set up."""
    setup = issue_device(technician_id, app, actor=SYSTEM, now=now)
    return setup.device.pk, setup.how.type_in.partition("/p/")[2].partition("?")[0]
