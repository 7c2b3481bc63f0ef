"""Which fixes are kept, and which of them a customer may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from blisko.field.rules import Outline, is_inside, left_of
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
HOME_METRES = 200

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


class Ground(NamedTuple):
    """Where a technician's places may be kept: inside one of the areas (anywhere, where there is none), and not around his home."""

    areas: Sequence[Outline] = ()
    home: Place | None = None
    home_metres: float = HOME_METRES

    def why_not(self, fix: Fix) -> Reason | None:
        """The reason not to keep a place of it."""
        if self.home is not None and metres_between((fix.lat, fix.lon), self.home) <= self.home_metres:
            return Reason.NEAR_HOME
        if self.areas and not any(is_inside(fix.lat, fix.lon, area) for area in self.areas):
            return Reason.OUT_OF_AREA
        return None


ANYWHERE = Ground()


def why_not_kept(fix: Fix, shifts: Sequence[Span], now: datetime, ground: Ground = ANYWHERE) -> Reason | None:
    """The reason to count this fix and forget its place, or `None` when it is kept.

    The shift is asked for the time of the fix, not of its arrival: a queue drained after hours holds the working
    day, and one drained in the morning holds the evening before.
    """
    if fix.fix_time > now + FUTURE_TOLERANCE:
        return Reason.FUTURE
    if fix.fix_time < now - OLDEST:
        return Reason.TOO_OLD
    return ground.why_not(fix) if is_on_shift(shifts, fix.fix_time) else Reason.OFF_SHIFT


def is_still_there(fix: Fix, work: Sequence[Span], now: datetime) -> bool:
    """Tell whether somebody has worked on from when a fix was measured until now: no break, no private time, no end of a shift since."""
    return any(start <= fix.fix_time < end and start <= now < end for start, end in work)


def is_on_shift(shifts: Sequence[Span], at: datetime) -> bool:
    """Whether one of the shifts (start included, end not) holds this moment."""
    return any(start <= at < end for start, end in shifts)


def may_show(fix: Fix, trip: Trip, now: datetime, work: Sequence[Span]) -> bool:
    """Whether the customer of this visit may see this fix; `work`: the technician's shifts less what was private of them.

    Never before he set out, nor after he arrived; never from before a break, a private time or the end of his shift, nor while one
    lasts; never a spoofed or a vague one, nor one too old to mean anything; never while he is still where he set out, which is his home
    or another customer's door; and never near his home.
    """
    if trip.state != "on_the_way" or trip.set_out_at is None or trip.set_out_place is None:
        return False
    if fix.mock or fix.fix_time < trip.set_out_at or now - fix.fix_time > SHOWN_FOR:
        return False
    if fix.accuracy is not None and fix.accuracy > SHOWN_ACCURACY_M:
        return False
    if not is_still_there(fix, work, now):
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
