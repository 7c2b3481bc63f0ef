"""An SMS gateway as a process of its own: takes JSON, form or query, de-duplicates by reference, and misbehaves on request."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

ROOT = Path(__file__).resolve().parents[3]


class Gateway:
    """The test's end of the gateway. Next answers: a status number, "drop" (accept, then cut the line), "hang", "deaf" (hang untaken)."""

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self.process = process

    def reset(self) -> None:
        httpx.post(f"{self.url}/test/reset").raise_for_status()

    def next(self, *answers: int | str, retry_after: int | None = None) -> None:
        httpx.post(f"{self.url}/test/next", json={"answers": answers, "retry_after": retry_after}).raise_for_status()

    @property
    def calls(self) -> list[dict[str, str]]:
        return httpx.get(f"{self.url}/test/calls").json()

    @property
    def sent(self) -> list[dict[str, str]]:
        """What really left: one message per reference."""
        return httpx.get(f"{self.url}/test/sent").json()

    def wait_for_calls(self, number: int) -> None:
        until = time.monotonic() + 20
        while len(self.calls) < number:
            assert time.monotonic() < until, self.calls
            time.sleep(0.02)


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    process = subprocess.Popen([sys.executable, "-m", "blisko.messaging.tests.gateway"], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert process.stdout
        port = int(process.stdout.readline())
        yield Gateway(f"http://127.0.0.1:{port}", process)
    finally:
        process.kill()
        process.wait()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    calls: list[dict[str, object]] = []
    sent: dict[str, dict[str, object]] = {}
    answers: list[int | str] = []
    retry_after: int | None = None
    lock = threading.Lock()

    def do_GET(self) -> None:
        if self.path == "/test/calls":
            return self._say(200, self.calls)
        if self.path == "/test/sent":
            return self._say(200, list(self.sent.values()))
        return self._take({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/test/reset":
            type(self).calls, type(self).sent, type(self).answers = [], {}, []
            return self._say(200, {})
        if self.path == "/test/next":
            wanted = json.loads(body)
            type(self).answers, type(self).retry_after = list(wanted["answers"]), wanted["retry_after"]
            return self._say(200, {})
        kind = self.headers.get("Content-Type", "")
        return self._take(json.loads(body) if "json" in kind else _flat(body) if "form" in kind else {"body": body})

    def _take(self, fields: dict[str, object]) -> None:
        call = {**_flat(urlsplit(self.path).query), **fields, "method": self.command, "auth": self.headers.get("Authorization", "")}
        with self.lock:
            self.calls.append(call)
            answer = self.answers.pop(0) if self.answers else 200
        if answer == "deaf":
            return time.sleep(60)
        if isinstance(answer, str) or answer == 200:
            self.sent.setdefault(str(call.get("reference", len(self.sent))), call)
        if answer == "drop":
            self.close_connection = True
            return self.connection.close()
        if answer == "hang":
            return time.sleep(60)
        assert isinstance(answer, int)
        return self._say(answer, {"status": "queued" if answer == 200 else "error", "id": f"gw-{len(self.sent)}"})

    def _say(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status in (429, 503) and self.retry_after:
            self.send_header("Retry-After", str(self.retry_after))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _flat(query: str) -> dict[str, object]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
