"""When the technician will be there: an honest range, never a point and never in the past."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

FIVE = 5
NARROWEST = timedelta(minutes=FIVE)
# While nothing is heard he may stand still, so the late end moves away; the early end may not.
DRIFT = 0.5
OVERDUE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Eta:
    """An estimated arrival between `low` and `high`, both on whole five minutes.

    `soon`: it may be before the next five minutes begin, so only `high` is worth saying. `minutes`: (least, most) from now, in fives.
    `by_plan`: known from the plan and the time of setting out, not from a position.
    """

    low: datetime
    high: datetime
    soon: bool
    minutes: tuple[int, int]
    by_plan: bool


def eta_of(*, known_at: datetime, low_seconds: float, high_seconds: float, now: datetime, by_plan: bool = False) -> Eta | None:
    """Answer the ETA from a drive of `low_seconds` to `high_seconds` that began at `known_at` (the fix, or setting out).

    The early end is rounded down and the late end up to five minutes, so that rounding never narrows the range. The late end
    moves away by half of the age of what is known; it is five minutes after the early one at least. Neither end lies in the past:
    long after the late end nothing is known, and None is the honest answer.
    """
    age = max(timedelta(0), now - known_at)
    early = known_at + timedelta(seconds=low_seconds)
    late = known_at + timedelta(seconds=high_seconds) + age * DRIFT
    if late < now - OVERDUE:
        return None
    late = max(late, now + NARROWEST)
    low = floor_five(early)
    high = max(ceil_five(late), low + NARROWEST)
    soon = low <= now
    least = 0 if soon else int((early - now).total_seconds() // 60 // FIVE) * FIVE
    most = max(ceil((late - now).total_seconds() / 60 / FIVE) * FIVE, least + FIVE)
    return Eta(now if soon else low, high, soon, (least, most), by_plan)


def floor_five(moment: datetime) -> datetime:
    """Answer the last whole five minutes at or before a moment."""
    return moment.replace(minute=moment.minute - moment.minute % FIVE, second=0, microsecond=0)


def ceil_five(moment: datetime) -> datetime:
    """Answer the first whole five minutes at or after a moment."""
    low = floor_five(moment)
    return low if low == moment else low + timedelta(minutes=FIVE)


def kilometres(metres: float) -> float:
    """Answer a distance as a person says it: to 100 m below 10 km, to whole kilometres beyond."""
    return round(metres / 1000, 1) if metres < 10_000 else float(round(metres / 1000))
