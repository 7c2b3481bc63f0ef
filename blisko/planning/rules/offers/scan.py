import numpy as np
import numpy.typing as npt

from blisko.kit.compiled import compiled

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@compiled
def fits(
    free: Ints, latest: Ints, early: Ints, late: Ints, rest: Ints, breaks: int, to: int, back: int, seconds: int, opens: int, closes: int
) -> bool:
    """Tell whether a visit that may begin within opens…closes fits between two stops; breaks may be taken on either way."""
    for k in range(breaks + 1):
        now, left, taken = free[k], to, k
        if now < 0:
            continue
        while True:
            start = max(now + left, opens)
            if start <= closes:
                then, more, rested = start + seconds, back, taken
                while True:
                    if then + more <= latest[rested]:
                        return True
                    if rested == breaks:
                        break
                    begins = max(then, early[rested])
                    if begins > late[rested]:
                        break
                    more = max(0, more - (begins - then))
                    then = begins + rest[rested]
                    rested += 1
            if taken == breaks:
                break
            begins = max(now, early[taken])
            if begins > late[taken]:
                break
            left = max(0, left - (begins - now))
            now = begins + rest[taken]
            taken += 1
    return False


@compiled
def scan(
    free: Ints,
    latest: Ints,
    early: Ints,
    late: Ints,
    rest: Ints,
    breaks: Ints,
    straight: Ints,
    able: Mask,
    to: Ints,
    back: Ints,
    seconds: int,
    bands: Ints,
    price: Ints,
    where: Ints,
) -> None:
    """Put into `price` and `where`, for every band, the least detour and the gap that has it, where it is less than what stands there."""
    for gap in range(free.shape[0]):
        if not able[gap]:
            continue
        detour = to[gap] + back[gap] - straight[gap]
        for band in range(bands.shape[0]):
            if detour < price[band] and fits(
                free[gap],
                latest[gap],
                early[gap],
                late[gap],
                rest[gap],
                breaks[gap],
                to[gap],
                back[gap],
                seconds,
                bands[band, 0],
                bands[band, 1],
            ):
                price[band] = detour
                where[band] = gap


def warm() -> None:
    """Compile what `scan` needs, so that the first customer does not wait for it."""
    two, one = np.zeros((1, 3), np.int64), np.zeros(1, np.int64)
    pause = np.zeros((1, 2), np.int64)
    bands = np.zeros((1, 2), np.int64)
    scan(two, two, pause, pause, pause, one, one, np.zeros(1, np.bool_), one, one, 0, bands, np.zeros(1, np.int64), np.zeros(1, np.int64))
