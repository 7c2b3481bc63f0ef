import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

import psycopg
from psycopg import AsyncConnection

from blisko.kit.earth import EARTH_RADIUS_M
from blisko.live.errors import DatabaseAway
from blisko.live.rules.clocks import Doubt
from blisko.live.rules.fixes import HOME_METRES
from blisko.live.rules.records import Fix, Reason

FLUSH_REPORTS = 2_000
WAITING_REPORTS = 20_000
FLUSH_SECONDS = 15
RETRY_SECONDS = 0.25
COLUMNS = "device_id, lat, lon, fix_time, source, accuracy, altitude, speed_mps, heading, battery, mock, moving, transition, received_at"
TYPES = "int8 int4 int8 float8 float8 timestamptz varchar float8 float8 float8 float8 int2 bool bool varchar timestamptz".split()
STAGING = f"""
CREATE TEMP TABLE IF NOT EXISTS live_staging ON COMMIT DELETE ROWS AS
SELECT 0::bigint AS technician_id, 0 AS nr, {COLUMNS} FROM live_fix WHERE false
"""  # noqa: S608 - made of constants, as are the two below
COPY = f"COPY live_staging (technician_id, nr, {COLUMNS}) FROM STDIN (FORMAT BINARY)"
# OFFSET 0 keeps this one index lookup a row; a shift lasts a day at most (`field.services.add_shift`).
ON_SHIFT = """(
    SELECT FROM field_shift h WHERE h.technician_id = s.technician_id
       AND h.starts_at BETWEEN s.fix_time - interval '25 hours' AND s.fix_time AND s.fix_time < h.ends_at
       AND NOT EXISTS (
           SELECT FROM live_privatetime p WHERE p.technician_id = s.technician_id AND s.fix_time < p.ends_at AND p.starts_at <= s.fix_time)
    OFFSET 0)"""
# Metres between two places as `kit.earth.metres_between` has them.
NEAR_HOME = f"""(
    SELECT FROM field_home h WHERE h.technician_id = {{technician}} AND 2 * {EARTH_RADIUS_M} * asin(least(1, sqrt(
           power(sin(radians({{place}}.lat - h.lat) / 2), 2)
           + cos(radians(h.lat)) * cos(radians({{place}}.lat)) * power(sin(radians({{place}}.lon - h.lon) / 2), 2))))
           <= coalesce((SELECT home_metres FROM live_positionrules), {HOME_METRES})
    OFFSET 0)"""  # noqa: S608
AT_HOME = NEAR_HOME.format(technician="s.technician_id", place="s")
# Whose areas as in `queries.memory`.
IN_AREA = """coalesce((
    SELECT bool_or(a.outline @> point(s.lon, s.lat)) FROM field_workarea a
     WHERE a.region_id IS NULL OR a.region_id = (
           SELECT coalesce(m.region_id, (SELECT min(id) FROM field_region HAVING count(*) = 1))
             FROM field_technician t LEFT JOIN field_team m ON m.id = t.team_id WHERE t.id = s.technician_id)), true)"""
KEPT = f"EXISTS {ON_SHIFT} AND NOT EXISTS {AT_HOME} AND {IN_AREA}"
# All this is asked for again here: memory may be a moment behind, and a place that must not be kept is never written.
KEEP = f"INSERT INTO live_fix ({COLUMNS}) SELECT {COLUMNS} FROM live_staging s WHERE {KEPT} ON CONFLICT DO NOTHING"  # noqa: S608
NOT_KEPT = f"""
SELECT nr, CASE WHEN NOT EXISTS {ON_SHIFT} THEN '{Reason.OFF_SHIFT}' WHEN EXISTS {AT_HOME} THEN '{Reason.NEAR_HOME}'
           ELSE '{Reason.OUT_OF_AREA}' END
  FROM live_staging s WHERE NOT ({KEPT})
"""  # noqa: S608
COUNT = """
INSERT INTO live_unusablecount AS c (device_id, day, reason, count, last_at)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::int[], %s::timestamptz[])
ON CONFLICT (device_id, day, reason) DO UPDATE SET count = c.count + excluded.count, last_at = greatest(c.last_at, excluded.last_at)
"""
# What a clock said before it was found to be wrong.
WITHDRAW = "DELETE FROM live_fix WHERE device_id = %s AND received_at > %s AND fix_time <= received_at - %s"
HEARD = "UPDATE live_device SET heard_at = %s WHERE id = ANY(%s) AND (heard_at IS NULL OR heard_at < %s)"
log = logging.getLogger(__name__)


class Kept(NamedTuple):
    """What one request brought: fixes to keep, reasons to count, whether it was a sign of life, and what of before is doubted now."""

    device_id: int
    technician_id: int
    at: datetime
    fixes: Sequence[Fix]
    counts: Sequence[Reason]
    alive: bool
    doubt: Doubt | None = None


Connect = Callable[[], Awaitable[AsyncConnection[Any]]]
Waiting = tuple[Kept, "asyncio.Future[Sequence[Fix]]"]


class Intake:
    """Group commit: reports wait for the flush under way, then go down together and are answered after its commit."""

    def __init__(self, connect: Connect, zone: tzinfo) -> None:
        self._connect, self._zone = connect, zone
        self._conn: AsyncConnection[Any] | None = None
        self._waiting: list[Waiting] = []
        self._something = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what waits, then end."""
        await asyncio.gather(*(done for _, done in self._waiting), return_exceptions=True)
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._drop()

    def keep(self, report: Kept) -> "asyncio.Future[Sequence[Fix]]":
        """Answer a future of the fixes that were kept, done once they are durable; refuse `DatabaseAway` when too many wait."""
        if len(self._waiting) >= WAITING_REPORTS:
            raise DatabaseAway
        done: asyncio.Future[Sequence[Fix]] = asyncio.get_running_loop().create_future()
        self._waiting.append((report, done))
        self._something.set()
        return done

    async def _run(self) -> None:
        while True:
            await self._something.wait()
            batch, self._waiting = self._waiting[:FLUSH_REPORTS], self._waiting[FLUSH_REPORTS:]
            if not self._waiting:
                self._something.clear()
            try:
                await self._flush(batch)
            except BaseException as fault:
                _tell(batch, fault if isinstance(fault, DatabaseAway) else DatabaseAway())
                if not isinstance(fault, Exception):
                    raise
                if not isinstance(fault, DatabaseAway):
                    log.error("a flush failed", extra={"fault": type(fault).__name__})
                await self._drop()
                await asyncio.sleep(RETRY_SECONDS)

    async def _flush(self, batch: Sequence[Waiting]) -> None:
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                if self._conn is None:
                    self._conn = await self._connect()
                    await self._conn.execute(STAGING)
                unkept = await keep_reports(self._conn, [report for report, _ in batch], self._zone)
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError, TimeoutError):
            raise DatabaseAway from None
        except psycopg.Error as fault:
            await self._one_by_one(batch, fault)
            return
        for nr, (report, done) in enumerate(batch):
            if not done.done():
                done.set_result(report.fixes if not unkept else [fix for i, fix in enumerate(report.fixes) if (nr, i) not in unkept])

    async def _one_by_one(self, batch: Sequence[Waiting], fault: psycopg.Error) -> None:
        """Find the one report the database will not have, count it and let the others pass: no queue stands still for it."""
        log.error("a report was refused by the database", extra={"sqlstate": fault.sqlstate})
        if len(batch) > 1:
            for one in batch:
                await self._flush([one])
            return
        [(report, done)] = batch
        if report.fixes:
            await self._flush([(report._replace(fixes=(), counts=[*report.counts, Reason.REFUSED]), done)])
        elif not done.done():
            done.set_result(())

    async def _drop(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(Exception):
                await conn.close()


def _tell(batch: Sequence[Waiting], fault: DatabaseAway) -> None:
    for _, done in batch:
        if not done.done():
            done.set_exception(fault)


async def keep_reports(conn: AsyncConnection[Any], reports: Sequence[Kept], zone: tzinfo) -> dict[tuple[int, int], str]:
    """Write a batch in one transaction; answer (report, fix) numbers of the fixes that must not be kept after all, and why.

    `zone` decides which day a count belongs to.
    """
    counts: dict[tuple[int, Any, str], tuple[int, datetime]] = {}
    unkept: dict[tuple[int, int], str] = {}
    index = [(nr, i) for nr, report in enumerate(reports) for i in range(len(report.fixes))]
    async with conn.transaction():
        if index:
            kept = await _copy(conn, reports)
            if kept < len(index):
                rows = await (await conn.execute(NOT_KEPT)).fetchall()
                unkept = {index[nr]: reason for nr, reason in rows}
        for nr, report in enumerate(reports):
            late = [unkept[nr, i] for i in range(len(report.fixes)) if (nr, i) in unkept] if unkept else []
            if report.doubt is not None:
                withdrawn = await conn.execute(WITHDRAW, (report.device_id, report.doubt.since, report.doubt.late))
                late += [report.doubt.reason] * withdrawn.rowcount
            for reason in (*report.counts, *late):
                key = (report.device_id, report.at.astimezone(zone).date(), str(reason))
                count, last = counts.get(key, (0, report.at))
                counts[key] = (count + 1, max(last, report.at))
        if counts:
            columns = zip(*[(*key, *counts[key]) for key in sorted(counts)], strict=True)
            await conn.execute(COUNT, [list(column) for column in columns])
        if alive := [report for report in reports if report.alive]:
            at = max(report.at for report in alive)
            await conn.execute(HEARD, (at, sorted({report.device_id for report in alive}), at))
    return unkept


async def _copy(conn: AsyncConnection[Any], reports: Sequence[Kept]) -> int:
    nr = 0
    async with conn.cursor() as cursor:
        async with cursor.copy(COPY) as copy:
            copy.set_types(TYPES)
            for report in reports:
                for fix in report.fixes:
                    await copy.write_row((report.technician_id, nr, report.device_id, *fix, report.at))
                    nr += 1
        await cursor.execute(KEEP)
        return cursor.rowcount
