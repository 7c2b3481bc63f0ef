"""When the day before is, and when to ask again."""

from datetime import date, datetime, time, timedelta, tzinfo

FROM, UNTIL = time(16, 0), time(20, 0)
ASK_FROM, ASK_UNTIL = time(10, 0), time(18, 0)
LAST_CALL = timedelta(hours=36)  # so long before the time to choose is over whoever was invited earlier is reminded, once
ASKED_LATE = timedelta(days=2)  # a question that could not be asked on its day is worth asking this long


def is_time_to_remind(now: datetime, zone: tzinfo) -> bool:
    """Tell whether it is late afternoon: people plan tomorrow then, and nobody is woken."""
    return FROM <= now.astimezone(zone).time() < UNTIL


def is_time_to_ask(now: datetime, zone: tzinfo) -> bool:
    """Tell whether it is the middle of the day: who is asked now can look whether everything works."""
    return ASK_FROM <= now.astimezone(zone).time() < ASK_UNTIL


def is_asked_again(ended_at: datetime | None, answered_at: datetime, after: timedelta | None, now: datetime) -> bool:
    """Tell whether "is everything still working?" is a question by now: `after` the visit, to whom the first one came earlier."""
    if ended_at is None or after is None:
        return False
    return answered_at < ended_at + after <= now


def is_last_call(invited_at: datetime, until: datetime, now: datetime) -> bool:
    """Tell whether to remind a customer of choosing: his time runs out, and he was not invited just now."""
    return now < until <= now + LAST_CALL and invited_at <= now - LAST_CALL


def local_day(now: datetime, zone: tzinfo, *, days: int = 0) -> tuple[datetime, datetime]:
    """Answer the start and the end of today (or of `days` later) in `zone`; a day of a clock change has its own length."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
