"""Which of a day's breaks are still to come."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from blisko.planning.rules.problem import Break

EATEN = 0.8  # a gap this share of a break long was the break


class Gone(Protocol):
    """A visit, as far as it says when somebody was busy with it."""

    @property
    def set_out_at(self) -> datetime | None: ...
    @property
    def arrived_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


def idle_times(ended: Sequence[Gone], then: Gone | None) -> tuple[list[tuple[datetime, datetime]], datetime | None]:
    """Answer the gaps between the visits that have `ended`, in order, and the one `then`; and since when there is a gap now."""
    pairs = pairwise([*ended, *([then] if then else [])])
    gaps = [(before.ended_at, after.set_out_at or after.arrived_at) for before, after in pairs]
    waits = bool(ended) and not (then and (then.set_out_at or then.arrived_at))
    return [(since, until) for since, until in gaps if since and until], ended[-1].ended_at if waits else None


def breaks_left(
    breaks: Iterable[Break], idle: Iterable[tuple[float, float]], idle_since: float | None, now: float
) -> tuple[tuple[Break, ...], float]:
    """Answer the breaks still to come and until when the one at hand lasts (`now`, when none is).

    Nobody taps "lunch", so it is read from the gaps between visits: `idle` are those that are over, `idle_since` one that is not.
    """
    left, busy = [], now
    gaps = list(idle)
    for one in breaks:
        eaten = next((gap for gap in gaps if gap[0] <= one.latest and gap[1] - max(gap[0], one.earliest) >= EATEN * one.seconds), None)
        if eaten is not None:
            gaps.remove(eaten)
        elif idle_since is not None and one.earliest <= now and max(idle_since, one.earliest) <= one.latest:
            busy = max(busy, max(idle_since, one.earliest) + one.seconds)
            idle_since = None
        elif now <= one.latest:
            left.append(one)
    return tuple(left), busy
