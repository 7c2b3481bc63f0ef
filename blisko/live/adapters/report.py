"""A telephone's HTTP request, read as far as fields or JSON; what it means is decided in the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote_plus

import msgspec

from blisko.live.rules.dialects import record_in_fields, records_in_json, speaks_owntracks
from blisko.live.rules.records import Ignored, Reason, Record, Unusable

ARRAY, EMPTY = b"[]", b""


class Report(NamedTuple):
    """The records of one request and the body its sender waits for."""

    records: list[Record]
    answer: bytes


def read_report(query: bytes, body: bytes, headers: Iterable[tuple[bytes, bytes]], now: datetime) -> Report:
    """Read one request by its content, not by its content type: phones are updated overnight.

    `query` is the raw query string, `headers` have lower-case names. Never raises, whatever arrives.
    """
    body = body.strip()
    if body[:1] in (b"{", b"["):
        return _read_json(body, now)
    if not body:
        fields = fields_in(query)
        if fields and not (fields.keys() <= {"u", "d"}):
            return Report([record_in_fields(fields, now, form=False)], EMPTY)
        from_owntracks = bool(fields) or any(name in (b"x-limit-u", b"x-limit-d") for name, _ in headers)
        return Report([Ignored("empty")], ARRAY if from_owntracks else EMPTY)
    if b"=" not in body:
        return Report([Unusable(Reason.UNREADABLE)], EMPTY)
    return Report([record_in_fields(fields_in(query) | fields_in(body), now, form=True)], EMPTY)


def _read_json(body: bytes, now: datetime) -> Report:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Report([Unusable(Reason.UNREADABLE)], ARRAY)
    return Report(records_in_json(said, now), ARRAY if speaks_owntracks(said) else EMPTY)


def fields_in(raw: bytes) -> dict[str, str]:
    """Answer each field of a query or a form with its first value; `parse_qsl` does the same four times slower."""
    found: dict[str, str] = {}
    for part in raw.decode("utf-8", "replace").split("&"):
        key, equals, value = part.partition("=")
        if not equals:
            continue
        if "%" in value or "+" in value:
            value = unquote_plus(value)
        if "%" in key or "+" in key:
            key = unquote_plus(key)
        found.setdefault(key, value)
    return found
