import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from blisko.field.rules import Outline
from blisko.kit.fields import outline_of
from blisko.live.queries.positions import NEWEST
from blisko.live.rules.clocks import Heard
from blisko.live.rules.fixes import ANYWHERE, HOME_METRES, OLDEST, Ground, Span, Trip, is_on_shift, without
from blisko.live.rules.records import Fix
from blisko.live.rules.visibility import STREAMED

DEVICES = """
SELECT k.token_hash, d.id, d.technician_id, k.until
  FROM live_device d JOIN access_key k ON k.id = d.key_id
 WHERE k.kind = 'device' AND k.revoked_at IS NULL AND d.revoked_at IS NULL AND k.token_hash IS NOT NULL
"""
DEVICE = f"{DEVICES} AND k.token_hash = %s"
SHIFTS = "SELECT technician_id, starts_at, ends_at FROM field_shift WHERE ends_at > %s AND starts_at < %s"
PRIVATE = "SELECT technician_id, starts_at, ends_at FROM live_privatetime WHERE ends_at > %s AND starts_at < %s"
HOMES = "SELECT technician_id, lat, lon FROM field_home"
HOME_RULE = "SELECT home_metres FROM live_positionrules"
AREAS = "SELECT id, outline::text FROM field_workarea"
# Who has no region by his team belongs to the only one there is (`field.rules.region_or_only`).
WHOSE_AREAS = """
SELECT t.id, array_agg(a.id)
  FROM field_technician t
  LEFT JOIN field_team m ON m.id = t.team_id
  JOIN field_workarea a ON a.region_id IS NULL
    OR a.region_id = coalesce(m.region_id, (SELECT min(id) FROM field_region HAVING count(*) = 1))
 GROUP BY t.id
"""
TRIPS = """
SELECT a.technician_id, v.id, v.state, v.set_out_at, p.lat, p.lon, h.lat, h.lon
  FROM visits_visit v
  JOIN planning_assignment a ON a.visit_id = v.id AND a.released_at IS NULL
  LEFT JOIN field_home h ON h.technician_id = a.technician_id
  LEFT JOIN LATERAL (
       SELECT f.lat, f.lon FROM live_device d JOIN live_fix f ON f.device_id = d.id
        WHERE d.technician_id = a.technician_id AND NOT f.mock
          AND f.fix_time BETWEEN v.set_out_at - interval '30 minutes' AND v.set_out_at + interval '12 hours'
        ORDER BY f.fix_time > v.set_out_at, abs(extract(epoch FROM f.fix_time - v.set_out_at)) LIMIT 1) p ON true
 WHERE v.state = 'on_the_way' AND v.set_out_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM live_customerrules WHERE grid > 0 OR NOT position_when = ANY(%s))
"""


class KnownDevice(NamedTuple):
    """A telephone that may report."""

    device_id: int
    technician_id: int
    until: datetime | None


class Memory:
    """What `live` must know at every report and cannot ask for each time: a lookup a request cost more than half the rate."""

    def __init__(self) -> None:
        self.devices: dict[bytes, KnownDevice] = {}
        self.shifts: dict[int, list[Span]] = {}
        self.trips: dict[int, list[Trip]] = {}
        self.last: dict[int, Fix] = {}
        self.heard: dict[int, Heard] = {}
        self._ground: dict[int, Ground] = {}
        self._whose: dict[int, int] = {}
        self._learning = asyncio.Lock()

    async def load_devices(self, conn: AsyncConnection[Any]) -> None:
        """Learn every device and the hash of its token."""
        rows = await (await conn.execute(DEVICES)).fetchall()
        self.devices = {bytes(row[0]): KnownDevice(*row[1:]) for row in rows}

    async def learn_device(self, conn: AsyncConnection[Any], token_hash: bytes, now: datetime) -> KnownDevice | None:
        """Ask for one device that is not known, and for all its first fix is judged by: a phone may knock before any hint of it."""
        row = await (await conn.execute(DEVICE, [token_hash])).fetchone()
        if row is None:
            return None
        await self.load_shifts(conn, now)
        await self.load_ground(conn)
        return self.devices.setdefault(token_hash, KnownDevice(*row[1:]))

    async def load_shifts(self, conn: AsyncConnection[Any], now: datetime) -> None:
        """Learn the shifts whose fixes may still arrive, less what was private of them; one after the other, so that the newest stays.

        Who was last seen outside of them is forgotten.
        """
        async with self._learning:
            shifts, private = defaultdict[int, list[Span]](list), defaultdict[int, list[Span]](list)
            for words, spans in ((SHIFTS, shifts), (PRIVATE, private)):
                for technician, starts, ends in await (await conn.execute(words, (now - OLDEST, now + timedelta(days=2)))).fetchall():
                    spans[technician].append((starts, ends))
            self.shifts = {technician: without(spans, private.get(technician, ())) for technician, spans in shifts.items()}
            self.last = {one: fix for one, fix in self.last.items() if self.works(one, fix.fix_time)}

    async def load_ground(self, conn: AsyncConnection[Any]) -> None:
        """Learn where whose places may be kept, and forget who was last seen elsewhere; one after the other, too."""
        async with self._learning:
            await self._load_ground(conn)

    async def _load_ground(self, conn: AsyncConnection[Any]) -> None:
        [metres] = await (await conn.execute(HOME_RULE)).fetchone() or [HOME_METRES]
        homes: dict[int, tuple[float, float]] = {row[0]: row[1:] for row in await (await conn.execute(HOMES)).fetchall()}
        areas: dict[int, Outline] = {nr: outline_of(said) for nr, said in await (await conn.execute(AREAS)).fetchall()}
        whose: dict[int, list[int]] = dict(await (await conn.execute(WHOSE_AREAS)).fetchall()) if areas else {}
        self._ground = {
            one: Ground([areas[nr] for nr in whose.get(one, ()) if nr in areas], homes.get(one), metres)
            for one in homes.keys() | whose.keys()
        }
        self.last = {one: fix for one, fix in self.last.items() if self.ground_of(one).why_not(fix) is None}

    def ground_of(self, technician: int) -> Ground:
        """Answer where a technician's places may be kept."""
        return self._ground.get(technician, ANYWHERE)

    def works(self, technician: int, at: datetime) -> bool:
        """Tell whether a technician is on shift, and neither private nor on a break."""
        return is_on_shift(self.shifts.get(technician, ()), at)

    def seen_at_work(self, now: datetime) -> list[tuple[int, Fix]]:
        """Answer who is at work now and was seen at work: nobody's place is shown after his shift, on a break or in private time."""
        return [(one, fix) for one, fix in self.last.items() if self.works(one, now) and self.works(one, fix.fix_time)]

    async def load_trips(self, conn: AsyncConnection[Any]) -> None:
        """Learn who is on the way to which visit, and where he set out; nobody, where the house shows no places as they are."""
        rows = await (await conn.execute(TRIPS, [list(STREAMED)])).fetchall()
        trips: dict[int, list[Trip]] = {}
        for technician, visit, state, set_out_at, *places in rows:
            start, home = (None if lat is None else (lat, lon) for lat, lon in (places[:2], places[2:]))
            trips.setdefault(technician, []).append(Trip(visit, state, set_out_at, start, home))
        self.trips = trips
        self._whose = {trip.visit_id: technician for technician, his in trips.items() for trip in his}

    async def load_last(self, conn: AsyncConnection[Any], now: datetime) -> None:
        """Learn where everybody was seen last."""
        rows = await (await conn.execute(NEWEST, (now - timedelta(hours=12), [], True))).fetchall()
        for row in rows:
            self.note(row[0], Fix(*row[1:]))

    def note(self, technician: int, fix: Fix) -> bool:
        """Remember a fix if it is newer than what is known; a late old one never moves anybody back."""
        known = self.last.get(technician)
        if fix.mock or (known is not None and known.fix_time >= fix.fix_time):
            return False
        self.last[technician] = fix
        return True

    def forget(self, technician: int, since: datetime) -> None:
        """Forget where somebody was last seen, if that was after `since`: it was taken back, and what is left is read again soon."""
        known = self.last.get(technician)
        if known is not None and known.fix_time > since:
            del self.last[technician]

    def trip_to(self, visit_id: int) -> tuple[int, Trip] | None:
        """Answer (technician, trip) of a visit somebody is on the way to."""
        technician = self._whose.get(visit_id)
        if technician is None:
            return None
        return next(((technician, trip) for trip in self.trips[technician] if trip.visit_id == visit_id), None)
