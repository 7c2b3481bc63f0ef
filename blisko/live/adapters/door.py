"""Where telephones report: `/p/<token>`, whatever they speak."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeGuard

from blisko.kit import clock
from blisko.live.adapters.http import AWAY, NOT_FOUND, OK, OK_ARRAY, OK_CLOSE, TOO_MANY, TOO_SLOW, Answer, Receive, Scope, Send, read_body
from blisko.live.adapters.report import ARRAY, Report, read_report
from blisko.live.errors import DatabaseAway
from blisko.live.ports import Seen
from blisko.live.queries.memory import KnownDevice, Memory
from blisko.live.rules.clocks import Doubt, Told, judge_all
from blisko.live.rules.fixes import is_on_shift, why_not_kept
from blisko.live.rules.records import Fix, Heartbeat, Reason, Record, Unusable
from blisko.live.services.intake import Intake, Kept

BODY_LIMIT = 64 * 1024
BODY_DRAIN = 4 * 1024 * 1024
BODY_SECONDS = 10
STRANGERS_A_MINUTE = 60
STRANGERS_KNOWN = 10_000
Learn = Callable[[bytes, datetime], Awaitable[KnownDevice | None]]
log = logging.getLogger(__name__)


class Strangers:
    """Counts tries with unknown tokens per address and real minute; phones with a known token are never counted."""

    def __init__(self) -> None:
        self._minute, self._tries = 0, dict[str, int]()

    def too_many(self, address: str) -> bool:
        """Count one try and tell whether the address has had enough for this minute."""
        minute = int(time.monotonic()) // 60
        if minute != self._minute or len(self._tries) > STRANGERS_KNOWN:
            self._minute, self._tries = minute, {}
        tries = self._tries[address] = self._tries.get(address, 0) + 1
        return tries > STRANGERS_A_MINUTE


class Door:
    """Turns one request into kept fixes and counted reasons, and answers once both are durable.

    2xx for whatever an authenticated phone sends: a queue that waits for one bad report would wait for ever.
    503 only when the phone should keep its report. No place and no token is ever logged.
    `learn`: asks the database for a device by the hash of its token; raises `DatabaseAway`.
    """

    def __init__(self, memory: Memory, intake: Intake, seen: Callable[[Sequence[Seen]], None], learn: Learn) -> None:
        self._memory, self._intake, self._seen, self._learn = memory, intake, seen, learn
        self._strangers = Strangers()

    async def report(self, token: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one report."""
        now = clock.now()
        device = await self._device(token, scope["client"][0] if scope.get("client") else "", now)
        if isinstance(device, Answer):
            await device.send(send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(receive, BODY_LIMIT, BODY_DRAIN)
        except TimeoutError:
            await TOO_SLOW.send(send)
            return
        except ConnectionResetError:
            return
        if body is None:
            report, answer = Report([Unusable(Reason.TOO_LARGE)], b""), OK_CLOSE
        else:
            report = _read(scope["query_string"], body, scope["headers"], now)
            answer = OK_ARRAY if report.answer is ARRAY else OK
        try:
            kept = self._sort(device, report, now)
            if kept.fixes or kept.counts or kept.alive:
                fixes = await self._intake.keep(kept)
                if kept.doubt is not None and kept.doubt.since is not None:
                    self._memory.forget(device.technician_id, kept.doubt.since)
                if fixes:
                    self._seen([Seen(device.technician_id, fix) for fix in fixes])
        except DatabaseAway:
            answer = AWAY
        await answer.send(send)

    async def _device(self, token: str, address: str, now: datetime) -> KnownDevice | Answer:
        """Answer whose token it is, or what to say to a stranger; who is not known is asked for, as often as strangers may try."""
        token_hash = hashlib.sha256(token.encode("ascii", "replace")).digest()
        device = self._memory.devices.get(token_hash)
        if _welcome(device, now):
            return device
        if self._strangers.too_many(address):
            return TOO_MANY
        try:
            device = device or await self._learn(token_hash, now)
        except DatabaseAway:
            return AWAY
        return device if _welcome(device, now) else NOT_FOUND

    def _sort(self, device: KnownDevice, report: Report, at: datetime) -> Kept:
        shifts, ground = self._memory.shifts.get(device.technician_id, ()), self._memory.ground_of(device.technician_id)
        fixes: list[Fix] = []
        counts: list[Reason] = []
        alive = False
        doubts = self._doubts(device, report, at)
        for record, doubt in zip(report.records, doubts, strict=True):
            if isinstance(record, Fix):
                if reason := why_not_kept(record, shifts, at, ground) or (doubt and doubt.reason):
                    counts.append(reason)
                else:
                    fixes.append(record)
            elif isinstance(record, Unusable):
                counts.append(record.reason)
            elif isinstance(record, Heartbeat):
                if is_on_shift(shifts, at):
                    alive = True
                else:
                    counts.append(Reason.OFF_SHIFT)
        earlier = [doubt for doubt in doubts if doubt and doubt.since]
        return Kept(device.device_id, device.technician_id, at, fixes, counts, alive, earlier[-1] if earlier else None)

    def _doubts(self, device: KnownDevice, report: Report, at: datetime) -> list[Doubt | None]:
        """Learn of a phone's clock from a report, and answer for each record of it why that is not believed."""
        heard, times = self._memory.heard, [_measured(record) for record in report.records]
        now, doubts = judge_all(heard.get(device.device_id), [Told(one, at) for one in times if one])
        if now is not None:
            heard[device.device_id] = now
        told = iter(doubts)
        return [next(told) if one else None for one in times]


def _measured(record: Record) -> datetime | None:
    """When a record was measured by the phone's clock, where it says so."""
    if isinstance(record, Fix):
        return record.fix_time
    return record.at if isinstance(record, Heartbeat) else None


def _welcome(device: KnownDevice | None, now: datetime) -> TypeGuard[KnownDevice]:
    return device is not None and (device.until is None or device.until > now)


def _read(query: bytes, body: bytes, headers: Sequence[tuple[bytes, bytes]], now: datetime) -> Report:
    try:
        return read_report(query, body, headers, now)
    except Exception as fault:  # noqa: BLE001 - a report we stumble over must not block its phone, and its trace would hold a place
        log.error("a report could not be read", extra={"fault": type(fault).__name__})
        return Report([Unusable(Reason.UNREADABLE)], ARRAY)
