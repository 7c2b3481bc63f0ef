"""Going back to an earlier version of a day's plan: what can be as it was, and what stays as it is because the day has moved on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from blisko.planning.rules.lines import Change, Line, Seat

Span = tuple[datetime, datetime]
MINUTE = timedelta(minutes=1)


class Stays(StrEnum):
    """Why a visit stays as it is planned now."""

    BEGUN = "begun"  # or over, or called off
    NEWER = "newer"  # nobody had heard of it then
    PAST = "past"  # its time of then is over
    PROMISED = "promised"  # the time of then breaks today's promise
    ABSENT = "absent"  # who did it then does not work at that time any more
    BUSY = "busy"  # who did it then has something else to do at that time now


@dataclass(frozen=True, slots=True)
class Since:
    """What has become of a visit: whether it still waits to be done, whether the version knew it, and when it is promised now."""

    waits: bool
    known: bool
    windows: tuple[Span, ...]

    def keeps(self, line: Line) -> bool:
        """Tell whether a line keeps the promise, as clocks show both."""
        return any(starts - MINUTE < line.starts < ends + MINUTE for starts, ends in self.windows)


@dataclass(frozen=True, slots=True)
class WayBack:
    """What going back changes, and which visits stay as they are and why."""

    changes: tuple[Change, ...]
    stays: Mapping[int, Stays]


def way_back(
    changes: Sequence[Change],
    visits: Mapping[int, Since],
    shifts: Mapping[int, Sequence[Span]],
    lines: Mapping[Seat, Line],
    *,
    now: datetime,
) -> WayBack:
    """Answer which of the changes that lead back still can be made.

    `shifts`: of technicians, when they work now. `lines`: the plan as it stands, of everybody concerned. A visit goes back with all its
    seats or not at all, and whoever finds his place taken stays, which may take the place of the next.
    """
    stays: dict[int, Stays] = {}
    for one in changes:
        if why := _hindrance(one, visits[one.visit_id], shifts, now):
            stays.setdefault(one.visit_id, why)
    while True:
        going = [one for one in changes if one.visit_id not in stays]
        found = _crowded(going, lines)
        if not found:
            return WayBack(tuple(going), stays)
        stays.update(dict.fromkeys(found, Stays.BUSY))


def _hindrance(change: Change, visit: Since, shifts: Mapping[int, Sequence[Span]], now: datetime) -> Stays | None:
    line = change.becomes
    if not visit.waits:
        return Stays.BEGUN
    if line is None:
        return None if visit.known else Stays.NEWER
    if line.starts < now:
        return Stays.PAST
    if not visit.keeps(line) and (change.was is None or visit.keeps(change.was)):
        return Stays.PROMISED
    works = any(starts <= line.starts < ends for starts, ends in shifts.get(line.technician_id, ()))
    return None if works else Stays.ABSENT


def _crowded(going: Iterable[Change], lines: Mapping[Seat, Line]) -> set[int]:
    """Answer the visits on their way back whose place somebody else's visit has."""
    back = {(one.visit_id, one.seat): one.becomes for one in going}
    plan = {**lines, **back}
    return {
        seat[0]
        for seat, line in back.items()
        if line is not None and any(other is not None and seat != each and _touch(line, other) for each, other in plan.items())
    }


def _touch(one: Line, other: Line) -> bool:
    return one.technician_id == other.technician_id and one.starts < other.ends and other.starts < one.ends
