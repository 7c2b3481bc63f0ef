"""The little of HTTP that `live` needs, as ASGI messages made once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

OPEN_TO_PAGES: list[Header] = [(b"access-control-allow-origin", b"*")]  # the token or ticket is the credential, never a cookie
STREAM_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        *OPEN_TO_PAGES,
    ],
}


class Answer:
    """A whole response, made once and sent often."""

    __slots__ = ("_body", "_start")

    def __init__(self, status: int, body: bytes = b"", *, kind: bytes = b"text/plain; charset=utf-8", more: Sequence[Header] = ()) -> None:
        headers = [(b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store"), *OPEN_TO_PAGES, *more]
        if body:
            headers.append((b"content-type", kind))
        self._start = {"type": "http.response.start", "status": status, "headers": headers}
        self._body = {"type": "http.response.body", "body": body}

    async def send(self, send: Send) -> None:
        """Send it."""
        await send(self._start)
        await send(self._body)


OK = Answer(200)
OK_ARRAY = Answer(200, b"[]", kind=b"application/json")
OK_CLOSE = Answer(200, more=[(b"connection", b"close")])
PREFLIGHT = Answer(
    204,
    more=[
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", b"content-type"),
        (b"access-control-max-age", b"86400"),
    ],
)
NOT_FOUND = Answer(404, b"Not found.\n")
NOT_ALLOWED = Answer(403, b"This ticket has ended.\n")
TOO_MANY = Answer(429, b"Too many tries.\n", more=[(b"retry-after", b"60")])
TOO_SLOW = Answer(408, b"Please try again.\n", more=[(b"connection", b"close")])
AWAY = Answer(503, b"Please try again.\n", more=[(b"retry-after", b"5")])


async def read_body(receive: Receive, limit: int, drain: int) -> bytes | None:
    """Answer the request's body, or nothing when it is longer than `limit` bytes (up to `drain` of them are read away).

    Raises `ConnectionResetError` when the sender has gone before its end: half a body is none, and half a number is another one.
    """
    message = await _more_of(receive)
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and len(body) <= limit:
        return body
    size, parts = len(body), [body]
    while message.get("more_body") and size <= drain:
        message = await _more_of(receive)
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
    return b"".join(parts) if size <= limit else None


async def _more_of(receive: Receive) -> dict[str, Any]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ConnectionResetError
    return message
