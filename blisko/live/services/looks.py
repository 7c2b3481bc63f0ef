"""Who was shown where technicians were: written coarsely, from pages and from open streams."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg import AsyncConnection

from blisko.access.services import keep_days
from blisko.live.models import PositionLook
from blisko.live.rules.looks import APART, EVERY, Look, Shown, merged

NOTE = """
INSERT INTO live_positionlook AS l (technician_id, day, who, name, first_at, last_at, times)
SELECT u.technician_id, u.day, u.who, u.name, u.first_at, u.last_at, 1
  FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
       AS u (technician_id, day, who, name, first_at, last_at)
  JOIN field_technician t ON t.id = u.technician_id
    ON CONFLICT (technician_id, day, who) DO UPDATE
   SET last_at = greatest(l.last_at, excluded.last_at), first_at = least(l.first_at, excluded.first_at), name = excluded.name,
       times = l.times + (excluded.first_at >= l.last_at + %s)::int
 WHERE excluded.last_at >= l.last_at + %s
"""


@transaction.atomic
def note_shown(shown: Shown, *, now: datetime) -> None:
    """Note that a page has just shown somebody where technicians are; asked again within a minute it writes nothing."""
    looks = [Look(technician, shown.who, shown.name, now, now) for technician in shown.technicians]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, _columns(looks, timezone.get_default_timezone()))


async def note_looks(conn: AsyncConnection[Any], looks: Iterable[Look], zone: tzinfo) -> None:
    """Note what open streams have shown; `zone` decides which day it belongs to."""
    await conn.execute(NOTE, _columns(looks, zone))


def _columns(looks: Iterable[Look], zone: tzinfo) -> list[Any]:
    rows = [(one.technician_id, day, who, one.name[:120], one.first_at, one.last_at) for (_, day, who), one in merged(looks, zone).items()]
    return [*([row[nr] for row in rows] for nr in range(6)), APART, EVERY]


@keep_days("live.looks", 90, "Who was shown where technicians were")
def purge_looks(before: datetime) -> int:
    """Forget who looked before this moment; answer how many rows."""
    return PositionLook.objects.filter(last_at__lt=before).delete()[0]
