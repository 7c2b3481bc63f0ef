"""Who was shown where somebody was: looks of one person on one day are one row, and within five minutes one look."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

APART = timedelta(minutes=5)
EVERY = timedelta(minutes=1)  # a row is not written more often than this, however often a page asks


class Shown(NamedTuple):
    """A page or document that shows where technicians are: to whom (id and name, as `PositionLook` has them), and whom."""

    who: str
    name: str
    technicians: tuple[int, ...]


class Look(NamedTuple):
    """One person was shown one technician's place, from when to when."""

    technician_id: int
    who: str
    name: str
    first_at: datetime
    last_at: datetime


def merged(looks: Iterable[Look], zone: tzinfo) -> dict[tuple[int, date, str], Look]:
    """Answer one look per technician, local day and person, in the order in which rows are to be locked."""
    found: dict[tuple[int, date, str], Look] = {}
    for look in looks:
        key = (look.technician_id, look.last_at.astimezone(zone).date(), look.who)
        other = found.get(key, look)
        found[key] = look._replace(first_at=min(look.first_at, other.first_at), last_at=max(look.last_at, other.last_at))
    return dict(sorted(found.items()))
