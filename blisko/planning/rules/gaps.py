"""Where a visit fits between what a technician does already."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def first_gap(
    window: tuple[datetime, datetime],
    length: timedelta,
    busy: Sequence[tuple[datetime, datetime]],
    work: Sequence[tuple[datetime, datetime]],
) -> datetime | None:
    """Answer the earliest start inside the window (the start must lie in it) free of `busy` and within one stretch of `work`."""
    starts = [window[0], *(end for _, end in busy), *(start for start, _ in work)]
    for start in sorted(s for s in starts if window[0] <= s < window[1]):
        end = start + length
        if all(end <= b or start >= e for b, e in busy) and any(b <= start and end <= e for b, e in work):
            return start
    return None
