"""When telephones are left alone."""

from datetime import datetime, time, timedelta, tzinfo

# What is of use only now: it is told at any hour, as are answers to what the customer has just asked for.
AT_ANY_HOUR = frozenset({"visit_on_the_way", "visit_delayed", "visit_earlier", "link_renewed"})


def quiet_until(now: datetime, zone: tzinfo, starts: time, ends: time) -> datetime | None:
    """Answer when the quiet hours end that `now` lies in, by the clock in `zone`; None outside them, and where both are the same."""
    here = now.astimezone(zone)
    clock = here.time()
    asleep = starts <= clock < ends if starts <= ends else clock >= starts or clock < ends
    if not asleep:
        return None
    day = here.date() if clock < ends else here.date() + timedelta(days=1)
    return datetime.combine(day, ends, tzinfo=zone)


def tell_from(code: str, now: datetime, until: datetime | None, quiet_ends: datetime | None) -> datetime:
    """Answer when a telephone may ring with a message: after the quiet hours, unless it is of use only now or would come too late."""
    if quiet_ends is None or code in AT_ANY_HOUR or (until is not None and until <= quiet_ends):
        return now
    return quiet_ends
