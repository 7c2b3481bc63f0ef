"""What really happened on one working day: where the technician was, and what befell his telephone."""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

MIDNIGHT = datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/Warsaw"))
METRES_A_DEGREE = 111_195.0
HOME = (52.0, 19.2)
EAST = METRES_A_DEGREE * math.cos(math.radians(HOME[0]))
AREA_EAST_KM = 20.0

Span = tuple[float, float]
Km = tuple[float, float]


def clock(hour: int, minute: int = 0, second: int = 0) -> float:
    """Seconds since midnight."""
    return hour * 3600.0 + minute * 60 + second


def moment(seconds: float) -> datetime:
    """The moment so many seconds after midnight."""
    return MIDNIGHT + timedelta(seconds=seconds)


def place_of(east: float, north: float) -> tuple[float, float]:
    """Degrees of a place so many metres from home."""
    return HOME[0] + north / METRES_A_DEGREE, HOME[1] + east / EAST


class Place(NamedTuple):
    """A true place: degrees, metres a second, degrees from north."""

    lat: float
    lon: float
    speed: float
    heading: float


@dataclass(frozen=True)
class Drive:
    """When he leaves (seconds since midnight), over which places, kilometres east and north of home; a visit waits where `visit`."""

    leaves: float
    over: Sequence[Km]
    visit: bool = True


DRIVES = (
    Drive(clock(7, 2), [(6, 4)], visit=False),
    Drive(clock(8, 10), [(13, 9)]),
    Drive(clock(9, 20), [(4, 12)]),
    Drive(clock(10, 25), [(12, 16)]),
    Drive(clock(11, 32), [(17, 14)], visit=False),
    Drive(clock(12, 5), [(9, 7)]),
    Drive(clock(13, 0), [(16, 3)], visit=False),
    Drive(clock(14, 5), [(24, 6), (18, 9)]),
    Drive(clock(15, 0), [(8, 3)]),
    Drive(clock(15, 57), [(0, 0)], visit=False),
)


@dataclass(frozen=True)
class Day:
    """What befell the telephone, as spans of true seconds since midnight."""

    begins: float = clock(6, 45)
    ends: float = clock(16, 40)
    shift: Span = (clock(7), clock(16))
    on_break: Span = (clock(11, 30), clock(12))
    private: Span = (clock(15, 40), clock(15, 55))
    tunnel: Span = (clock(8, 16), clock(8, 19, 30))
    vague: Span = (clock(8, 19, 30), clock(8, 20))
    no_network: tuple[Span, ...] = (
        (clock(7, 6), clock(7, 14)),
        (clock(8, 16), clock(8, 19, 40)),
        (clock(9, 24), clock(9, 40)),
        (clock(10, 35), clock(10, 40)),
        (clock(14, 20), clock(14, 38)),
        (clock(15, 13), clock(15, 16, 30)),
        (clock(15, 50), clock(16, 10)),
    )
    battery_dead: Span = (clock(12, 40), clock(13, 45))
    killed: Span = (clock(14, 28), clock(14, 33))
    reinstalled: float = clock(15, 16)
    lost: Span = (clock(15, 12), clock(15, 16))  # what may not have been sent when the app was installed anew
    mocked: Span = (clock(12, 10), clock(12, 14))
    clock_off: tuple[tuple[Span, float], ...] = (
        ((clock(7, 5), clock(7, 24)), 5 * 60.0),
        ((clock(8, 40), clock(9, 28)), 3 * 3600.0),
        ((clock(10, 5), clock(11, 10)), -50 * 60.0),
        ((clock(13, 45), clock(13, 57)), -65 * 60.0),
    )
    odd: float = clock(11, 20)
    refused: Span = (clock(15, 2), clock(15, 3, 30))
    gateway: Span = (clock(15, 3, 30), clock(15, 5))
    answers_lost: Span = (clock(15, 18), clock(15, 19))

    def off_by(self, at: float) -> float:
        """How far the telephone's clock is ahead, in seconds."""
        return next((off for span, off in self.clock_off if within(at, span)), 0.0)

    def measures(self, at: float) -> bool:
        """Whether the app runs and its receiver hears satellites."""
        return not any(within(at, span) for span in (self.tunnel, self.battery_dead, self.killed))

    def sendable_from(self, at: float) -> float:
        """The first moment from then on at which the app runs and its telephone believes to have a network."""
        spans = (*self.no_network, self.battery_dead, self.killed)
        while (hit := next((span for span in spans if within(at, span)), None)) is not None:
            at = hit[1]
        return at

    @property
    def wakes(self) -> list[float]:
        """When a network comes back or the app starts again."""
        return sorted(span[1] for span in (*self.no_network, self.battery_dead, self.killed))


def within(at: float, span: Span) -> bool:
    """Whether a span, its end excluded, holds a moment."""
    return span[0] <= at < span[1]


@dataclass
class Truth:
    """Where he was, second by second; the same for the same seed."""

    seed: int = 7
    times: list[float] = field(default_factory=list)
    points: list[Km] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        dice, here = Random(self.seed), (0.0, 0.0)
        self.times, self.points = [0.0], [here]
        for drive in DRIVES:
            now = drive.leaves
            self._reach(now, here)
            for goal in ((east * 1000.0, north * 1000.0) for east, north in drive.over):
                while here != goal:
                    here, now = self._street(dice, here, goal, now)
            self.arrivals.append(now)

    def at(self, seconds: float) -> Place:
        """The true place."""
        i = bisect.bisect_right(self.times, seconds)
        if i in (0, len(self.times)):
            return Place(*place_of(*self.points[i - 1 if i else 0]), 0.0, 0.0)
        (x1, y1), (x2, y2), begin, end = *self.points[i - 1 : i + 1], *self.times[i - 1 : i + 1]
        share, metres = (seconds - begin) / (end - begin), math.hypot(x2 - x1, y2 - y1)
        lat, lon = place_of(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share)
        return Place(lat, lon, metres / (end - begin), math.degrees(math.atan2(x2 - x1, y2 - y1)) % 360)

    def drives(self, seconds: float) -> bool:
        """Whether he is on a drive, a wait at its lights included."""
        return any(drive.leaves <= seconds < end for drive, end in zip(DRIVES, self.arrivals, strict=True))

    def _street(self, dice: Random, here: Km, goal: Km, now: float) -> tuple[Km, float]:
        """Drive one street, and wait at its end now and then."""
        axis = 0 if here[0] != goal[0] and (here[1] == goal[1] or dice.random() < 0.5) else 1
        left = goal[axis] - here[axis]
        metres = min(abs(left), dice.uniform(200, 900))
        there = list(here)
        there[axis] = goal[axis] if metres == abs(left) else here[axis] + math.copysign(metres, left)
        now += metres / dice.uniform(9, 16)
        self._reach(now, (there[0], there[1]))
        if dice.random() < 0.2 and (there[0], there[1]) != goal:
            now += dice.uniform(5, 35)
            self._reach(now, (there[0], there[1]))
        return (there[0], there[1]), now

    def _reach(self, at: float, point: Km) -> None:
        self.times.append(at)
        self.points.append(point)


def metres_off(lat: float, lon: float, place: Place) -> float:
    """Metres between a place and a true one nearby."""
    return math.hypot((lat - place.lat) * METRES_A_DEGREE, (lon - place.lon) * EAST)
