"""Hints to the browser: after commit, `push("visit:42")` tells open pages to ask again.

Hints are not durable (a page also asks again by itself). They leave in batches from one thread per process,
because a NOTIFY inside every transaction would halve the commit rate.
"""

import json
import logging
import queue
import threading
import time

import psycopg
from django.db import connection, transaction

CHANNEL = "blisko_push"
PAYLOAD_LIMIT = 7900
log = logging.getLogger(__name__)


def push(topic: str, hint: str = "changed") -> None:
    """Send `hint` to everybody watching `topic`, once the transaction has committed."""
    transaction.on_commit(lambda: _sender.add(topic, hint))


class _Sender:
    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._conn: psycopg.Connection | None = None
        self._where: dict[str, object] = {}

    def add(self, topic: str, hint: str) -> None:
        if self._conn is None or self._conn.closed:
            params = connection.get_connection_params()
            self._where = {name: params[name] for name in ("dbname", "user", "password", "host", "port") if params.get(name)}
        self._waiting.put((topic, hint))
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="push", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get())
            for attempt in range(5):
                try:
                    if self._conn is None or self._conn.closed:
                        self._conn = psycopg.connect(**self._where, autocommit=True)  # type: ignore[arg-type]
                    for payload in payloads(batch):
                        self._conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
                    break
                except psycopg.Error as fault:
                    log.info("hints wait for the database: %s", type(fault).__name__)
                    self._conn = None
                    time.sleep(0.2 * 2**attempt)

    def hang_up(self) -> None:
        if self._conn is not None:
            self._conn.close()


def payloads(batch: list[tuple[str, str]]) -> list[str]:
    """Answer `batch` without repetitions as JSON lists, each short enough for one NOTIFY."""
    out: list[str] = []
    now: list[tuple[str, str]] = []
    for one in dict.fromkeys(batch):
        if now and len(json.dumps([*now, one]).encode()) > PAYLOAD_LIMIT:
            out.append(json.dumps(now))
            now = []
        now.append(one)
    return [*out, json.dumps(now)] if now else out


_sender = _Sender()


def hang_up() -> None:
    """Close this process's connection for hints; the next hint opens another."""
    _sender.hang_up()
