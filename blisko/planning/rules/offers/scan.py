import math

import numpy as np
import numpy.typing as npt

from blisko.kit.compiled import compiled

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
ASK = -1  # the way is not known: it is estimated
CLOSE = 900  # seconds of detour at least, within which is looked first


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
def may_fit(soonest: int, last: int, to: int, back: int, seconds: int, opens: int, closes: int) -> bool:
    """Tell whether a visit would fit if nobody took a break: where not, it does not fit at all; `to`, `back`: at least so long."""
    start = max(soonest + to, opens)
    fine: bool = start <= closes and start + seconds + back <= last
    return fine


@compiled
def chord(spots: Floats, spot: int, place: Floats) -> float:
    """Answer how far apart two places are straight through a ball of radius 1; both are unit vectors."""
    x, y, z = spots[spot, 0] - place[0], spots[spot, 1] - place[1], spots[spot, 2] - place[2]
    return math.sqrt(x * x + y * y + z * z)


@compiled
def estimate(apart: float, ball: Floats) -> int:
    """Answer the seconds a way takes by the estimate of `rules.ways`, whose constants are in `ball` (metres, metres a second)."""
    crow = 2 * ball[0] * math.asin(min(1.0, apart / 2))
    metres = crow * (ball[1] + ball[2] * math.exp(-crow / ball[3]))
    return int(np.rint(metres / (ball[4] + ball[5] * (1 - math.exp(-metres / ball[6])))))


@compiled
def at_least(known: int, spot: int, speed: float, spots: Floats, place: Floats, ball: Floats) -> int:
    """Answer seconds that a way takes for certain: as straight and as fast as no estimate is."""
    seconds = known if known != ASK else ball[0] * chord(spots, spot, place) * ball[1] / (ball[4] + ball[5]) - 1
    return math.floor(seconds * speed)


@compiled
def exactly(known: int, spot: int, speed: float, spots: Floats, place: Floats, ball: Floats) -> int:
    """Answer the seconds a way takes whoever drives it at his `speed`."""
    seconds = known if known != ASK else estimate(chord(spots, spot, place), ball)
    return math.ceil(seconds * speed)


@compiled
def scan(
    free: Ints, latest: Ints, early: Ints, late: Ints, rest: Ints, breaks: Ints, straight: Ints, soonest: Ints, last: Ints, day: Rows,
    asked: Mask, to: Ints, back: Ints, speed: Floats, start: Rows, end: Rows, spots: Floats, place: Floats, ball: Floats,
    seconds: int, bands: Ints, price: Ints, where: Ints,
) -> None:  # fmt: skip
    """Put into `price` and `where`, for every day and band, the least detour and the gap that has it, where less than what stands there.

    `to`, `back`: seconds there from before each gap and on from there, or `ASK` where they are estimated. `bands`: seconds, [day, band,
    opens or closes]. Gaps close by come first, so that few far away deserve a closer look.
    """
    for far in range(2):
        for gap in range(free.shape[0]):
            if not asked[gap]:
                continue
            its, speeds = day[gap], speed[gap]
            to_least = at_least(to[gap], start[gap], speeds, spots, place, ball)
            back_least = at_least(back[gap], end[gap], speeds, spots, place, ball)
            least = to_least + back_least - straight[gap]
            if (least > CLOSE) != (far == 1):
                continue
            there = onward = detour = -1
            for band in range(bands.shape[1]):
                opens, closes = bands[its, band, 0], bands[its, band, 1]
                if least >= price[its, band] or not may_fit(soonest[gap], last[gap], to_least, back_least, seconds, opens, closes):
                    continue
                if there < 0:
                    there = exactly(to[gap], start[gap], speeds, spots, place, ball)
                    onward = exactly(back[gap], end[gap], speeds, spots, place, ball)
                    detour = there + onward - straight[gap]
                if detour < price[its, band] and fits(
                    free[gap], latest[gap], early[gap], late[gap], rest[gap], breaks[gap], there, onward, seconds, opens, closes
                ):
                    price[its, band] = detour
                    where[its, band] = gap


def warm() -> None:
    """Compile what the search needs, so that the first customer does not wait for it."""
    three, one, row = np.zeros((1, 3), np.int64), np.zeros(1, np.int64), np.zeros(1, np.intp)
    pause, asked, spot = np.zeros((1, 2), np.int64), np.zeros(1, np.bool_), np.zeros((1, 3))
    bands, price = np.zeros((1, 1, 2), np.int64), np.zeros((1, 1), np.int64)
    labels = (three, three, pause, pause, pause, one, one, one, one, row, asked)
    scan(*labels, one, one, np.ones(1), row, row, spot, spot[0], np.ones(7), 0, bands, price, price)
