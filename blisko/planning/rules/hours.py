"""The hours of a day that drive alike."""

from datetime import datetime, timedelta
from enum import IntEnum

FREE_DAYS = (5, 6)  # Saturday, Sunday: nobody hurries to work


class Hours(IntEnum):
    """A stretch of the day in which ways take about the same time."""

    NIGHT = 0
    MORNING = 1
    MIDDAY = 2
    AFTERNOON = 3
    EVENING = 4


# Until which local hour each lasts.
_UNTIL = ((6, Hours.NIGHT), (10, Hours.MORNING), (14, Hours.MIDDAY), (18, Hours.AFTERNOON), (22, Hours.EVENING), (24, Hours.NIGHT))


def hours_of(local: datetime) -> Hours:
    """Answer the stretch of the day of a local time; the peaks are on working days."""
    found = next(hours for until, hours in _UNTIL if local.hour < until)
    quiet = local.weekday() in FREE_DAYS and found in (Hours.MORNING, Hours.AFTERNOON)
    return Hours.MIDDAY if quiet else found


_MIDDLE = {Hours.NIGHT: 2, Hours.MORNING: 8, Hours.MIDDAY: 12, Hours.AFTERNOON: 16, Hours.EVENING: 20}


def middle_of(local: datetime) -> datetime:
    """Answer the time of that day which stands for all the hours that drive like `local`."""
    return local.replace(hour=_MIDDLE[hours_of(local)], minute=0, second=0, microsecond=0)


def drives_at(midnight: datetime, now: datetime) -> datetime:
    """Answer the time that stands for the drives of a day which began at `midnight`: its noon, or now where that is later."""
    return max(midnight + timedelta(hours=12), now)
