"""When the day before is."""

from datetime import date, datetime, time, timedelta, tzinfo

FROM, UNTIL = time(16, 0), time(20, 0)


def is_time_to_remind(now: datetime, zone: tzinfo) -> bool:
    """Tell whether it is late afternoon: people plan tomorrow then, and nobody is woken."""
    return FROM <= now.astimezone(zone).time() < UNTIL


def local_day(now: datetime, zone: tzinfo, *, days: int = 0) -> tuple[datetime, datetime]:
    """Answer the start and the end of today (or of `days` later) in `zone`; a day of a clock change has its own length."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
