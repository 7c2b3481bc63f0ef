from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from blisko.access.rules import SYSTEM, Actor, require
from blisko.field.queries import homes_of, shifts_between, technician_for
from blisko.live import models
from blisko.live.errors import NoSuchDevice
from blisko.live.rules.fixes import Span, Trip, is_still_there, may_show, start_of, without
from blisko.live.rules.records import Fix

NEWEST = """
SELECT d.technician_id, f.lat, f.lon, f.fix_time, f.source, f.accuracy, f.altitude, f.speed_mps, f.heading, f.battery,
       f.mock, f.moving, f.transition
  FROM live_device d
 CROSS JOIN LATERAL (
       SELECT * FROM live_fix WHERE device_id = d.id AND fix_time > %s AND NOT mock ORDER BY fix_time DESC LIMIT 1) f
 WHERE d.technician_id = ANY(%s) OR %s
 ORDER BY f.fix_time
"""
START = """
SELECT f.lat, f.lon FROM live_device d JOIN live_fix f ON f.device_id = d.id
 WHERE d.technician_id = %(technician)s AND NOT f.mock
   AND f.fix_time BETWEEN %(set_out)s - interval '30 minutes' AND %(set_out)s + interval '12 hours'
 ORDER BY f.fix_time > %(set_out)s, abs(extract(epoch FROM f.fix_time - %(set_out)s)) LIMIT 1
"""
MOMENT = timedelta(microseconds=1)


class Position(NamedTuple):
    """Where a technician was last seen."""

    technician_id: int
    fix: Fix


def positions_of(actor: Actor, *, now: datetime, within: timedelta = timedelta(hours=12)) -> list[Position]:
    """Answer where everybody who works was last seen within the last hours, and in the same stretch of work: nothing from before a break,
    a private time or another shift, nor while one of them lasts; spoofed fixes do not count."""
    require(actor, "live.see_positions")
    newest = _newest([], everybody=True, since=now - within)
    work = work_of(newest, since=now - within, now=now)
    return [one for who, one in newest.items() if is_still_there(one.fix, work[who], now)]


def last_fix(technician_id: int, *, now: datetime, within: timedelta = timedelta(hours=12)) -> Fix | None:
    """Answer a technician's newest real fix for the house's own use; a customer is shown `shown_fix`."""
    found = _newest([technician_id], everybody=False, since=now - within).get(technician_id)
    return found.fix if found else None


def shown_fix(
    fix: Fix | None, work: Sequence[Span], *, visit_id: int, state: str, set_out_at: datetime | None, technician_id: int, now: datetime
) -> Fix | None:
    """Answer a technician's last position where the customer of this visit may see it, or nothing; `work`: see `work_of`."""
    if fix is None or set_out_at is None:
        return None
    place, home = _set_out_place(technician_id, set_out_at), homes_of([technician_id]).get(technician_id)
    trip = Trip(visit_id, state, set_out_at, place, home)
    return fix if may_show(fix, start_of(trip, fix), now, work) else None


def work_of(technician_ids: Iterable[int], *, since: datetime, now: datetime) -> dict[int, list[Span]]:
    """Answer the shifts of technicians from then until now, less breaks and private times; for the house's own use."""
    people = list(technician_ids)
    shifts = _spans(shifts_between(SYSTEM, since, now + MOMENT).filter(technician__in=people))
    private = _spans(models.PrivateTime.objects.filter(technician__in=people, ends_at__gt=since, starts_at__lte=now))
    return {one: without(shifts[one], private[one]) for one in people}


def _spans(rows: QuerySet[Any]) -> defaultdict[int, list[Span]]:
    found = defaultdict[int, list[Span]](list)
    for technician_id, starts, ends in rows.values_list("technician_id", "starts_at", "ends_at"):
        found[technician_id].append((starts, ends))
    return found


def technician_whose_phones(actor: Actor, technician_id: int) -> None:
    """Refuse unless the actor may see and set up this technician's phones: his own, or anybody's with the permission."""
    technician = technician_for(actor, technician_id)
    if actor.id != f"user:{technician.user_id}":
        require(actor, "live.see_positions")


def device_for(actor: Actor, device_id: int) -> models.Device:
    """Answer a device to whoever may set it up."""
    device = models.Device.objects.filter(pk=device_id).first()
    if device is None:
        raise NoSuchDevice
    technician_whose_phones(actor, device.technician_id)
    return device


def devices_of(actor: Actor, technician_id: int) -> QuerySet[models.Device]:
    """Answer the phones that report for a technician, newest first."""
    technician_whose_phones(actor, technician_id)
    return models.Device.objects.filter(technician_id=technician_id, revoked_at=None).order_by("-issued_at", "-pk")


def unusable_counts_of(actor: Actor, technician_id: int, *, since: datetime) -> QuerySet[models.UnusableCount]:
    """Answer what a technician's phones sent that was not kept: per device, day and reason, newest first."""
    technician_whose_phones(actor, technician_id)
    counts = models.UnusableCount.objects.filter(device__technician_id=technician_id, day__gte=since.date())
    return counts.select_related("device").order_by("-day", "device_id", "reason")


def _newest(technicians: Iterable[int], *, everybody: bool, since: datetime) -> dict[int, Position]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [since, list(technicians), everybody])
        # Oldest first, so that the newest of several phones stays.
        return {row[0]: Position(row[0], Fix(*row[1:])) for row in cursor.fetchall()}


def _set_out_place(technician_id: int, set_out_at: datetime) -> tuple[float, float] | None:
    with connection.cursor() as cursor:
        cursor.execute(START, {"technician": technician_id, "set_out": set_out_at})
        found: tuple[float, float] | None = cursor.fetchone()
        return found
