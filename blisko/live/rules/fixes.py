"""Which fixes are kept, and which of them a customer may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from blisko.field.rules import left_of
from blisko.kit.earth import Place, metres_between
from blisko.live.rules.records import Fix, Reason

FUTURE_TOLERANCE = timedelta(minutes=2)
OLDEST = timedelta(days=7)
FRESH = timedelta(seconds=120)
SHOWN_FOR = timedelta(minutes=15)
HIDDEN_AROUND_START_M = 150.0
SHOWN_ACCURACY_M = 500.0
PRIVATE_MINUTES = (15, 30, 60)
BREAK_MINUTES = 30

Span = tuple[datetime, datetime]


def without(shifts: Sequence[Span], private: Sequence[Span]) -> list[Span]:
    """Answer what is left of the shifts, in order, when private times are taken out."""
    left = list(shifts)
    for one in private:
        left = [piece for shift in left for piece in left_of(shift, one)]
    return left


class Trip(NamedTuple):
    """One visit as far as its technician's position goes: the state, when he set out and from where, and where he lives."""

    visit_id: int
    state: str
    set_out_at: datetime | None
    set_out_place: Place | None
    home: Place | None = None


def why_not_kept(fix: Fix, shifts: Sequence[Span], now: datetime) -> Reason | None:
    """The reason to count this fix and forget its place, or `None` when it is kept.

    The shift is asked for the time of the fix, not of its arrival: a queue drained after hours holds the working
    day, and one drained in the morning holds the evening before.
    """
    if fix.fix_time > now + FUTURE_TOLERANCE:
        return Reason.FUTURE
    if fix.fix_time < now - OLDEST:
        return Reason.TOO_OLD
    return None if is_on_shift(shifts, fix.fix_time) else Reason.OFF_SHIFT


def is_on_shift(shifts: Sequence[Span], at: datetime) -> bool:
    """Whether one of the shifts (start included, end not) holds this moment."""
    return any(start <= at < end for start, end in shifts)


def may_show(fix: Fix, trip: Trip, now: datetime) -> bool:
    """Whether the customer of this visit may see this fix.

    Never before the technician set out, nor after he arrived; never a spoofed or a vague one, nor one too old to mean
    anything; never while he is still where he set out, which is his home or another customer's door; and never near his home.
    """
    if trip.state != "on_the_way" or trip.set_out_at is None or trip.set_out_place is None:
        return False
    if fix.mock or fix.fix_time < trip.set_out_at or now - fix.fix_time > SHOWN_FOR:
        return False
    if fix.accuracy is not None and fix.accuracy > SHOWN_ACCURACY_M:
        return False
    hidden = [place for place in (trip.set_out_place, trip.home) if place is not None]
    return all(metres_between((fix.lat, fix.lon), place) > HIDDEN_AROUND_START_M for place in hidden)


def start_of(trip: Trip, fix: Fix) -> Trip:
    """Answer the trip with a place it set out from: where nothing was known before, its first fix is that place."""
    if trip.set_out_place is not None or trip.set_out_at is None or fix.mock or fix.fix_time < trip.set_out_at:
        return trip
    return trip._replace(set_out_place=(fix.lat, fix.lon))


def is_fresh(fix_time: datetime, now: datetime) -> bool:
    """Whether a position may still be called "now"; later the page says when it was seen last."""
    return now - fix_time <= FRESH
