"""Which of a day's breaks are still to come."""

from collections.abc import Iterable

from blisko.planning.rules.problem import Break

EATEN = 0.8  # a gap this share of a break long was the break


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
