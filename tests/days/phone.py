"""What a telephone measured on the day: the truth, off by what its receiver admits, stamped by a clock that is not always right."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.days.truth import EAST, METRES_A_DEGREE, Day, Truth, metres_off, within

WITHIN = 0.68  # share of places that lie no farther off than the accuracy: Android's and iOS's own definition
RADIUS = math.sqrt(-2 * math.log(1 - WITHIN))  # that accuracy in standard deviations along one axis
MEMORY = 60.0  # seconds after which a receiver's error is mostly another one


class Kind(StrEnum):
    """What a record is."""

    FIX = "fix"
    MOCK = "mock"
    HEARTBEAT = "heartbeat"
    ODD = "odd"


@dataclass(frozen=True)
class Pace:
    """How often an app measures: seconds while moving and standing (None: not at all), metres; heartbeats in seconds while standing."""

    moving: float
    still: float | None
    metres: float = math.inf
    heartbeat: float | None = None
    always_beats: bool = False


@dataclass(frozen=True)
class Measured:
    """One record: true seconds since midnight, the same by the telephone's clock, degrees, metres, metres a second, degrees, percent."""

    at: float
    told: float
    lat: float
    lon: float
    accuracy: float
    speed: float
    heading: float
    battery: int
    moving: bool
    starts: bool = False
    kind: Kind = Kind.FIX
    odd: str = ""


@dataclass
class Receiver:
    """Satellites as one telephone hears them; its error wanders."""

    truth: Truth
    day: Day
    dice: Random
    off: tuple[float, float] = (0.0, 0.0)
    last: float = 0.0

    def measure(self, at: float, *, kind: Kind = Kind.FIX, starts: bool = False, odd: str = "") -> Measured:
        """Measure now."""
        place = self.truth.at(at)
        vague = within(at, self.day.vague)
        accuracy = float(self.dice.choice((400, 900, 1500) if vague else (4, 5, 6, 8, 12, 20)))
        keep = math.exp(-max(0.0, at - self.last) / MEMORY)
        self.last = at
        self.off = tuple(keep * one + math.sqrt(1 - keep**2) * self.dice.gauss(0, 1) for one in self.off)  # type: ignore[assignment]
        lat, lon = (
            place.lat + self.off[0] * accuracy / RADIUS / METRES_A_DEGREE,
            place.lon + self.off[1] * accuracy / RADIUS / EAST,
        )
        if kind == Kind.MOCK:
            lat, lon = 51.4, 21.15  # a town he has never been to, inside the area
        battery = max(3, round(100 - (at - self.day.begins) / 420))
        moving = self.truth.drives(at)
        told = at + self.day.off_by(at)
        lat, lon, speed, heading = round(lat, 7), round(lon, 7), round(place.speed, 2), round(place.heading, 1)
        return Measured(at, told, lat, lon, accuracy, speed, heading, battery, moving, starts, kind, odd)


def measured(truth: Truth, day: Day, pace: Pace, dice: Random, odd: tuple[str, ...], *, tells_mock: bool) -> Iterator[Measured]:
    """Answer a telephone's records in the order in which they were made, second by second of the day."""
    receiver, last, beat, runs, moved = Receiver(truth, day, dice), -math.inf, day.begins, False, False
    odds = {day.odd + nr * 20: name for nr, name in enumerate(odd)}
    place = truth.at(day.begins)
    for second in range(int(day.begins), int(day.ends)):
        at = float(second)
        if not day.measures(at):
            runs = False
            continue
        moving = truth.drives(at)
        each = pace.moving if moving else pace.still
        far = metres_off(*truth.at(at)[:2], place) >= pace.metres
        starts = not runs or moving != moved
        if at in odds:
            yield receiver.measure(at, kind=Kind.ODD, odd=odds[at])
        elif starts or far or (each is not None and at - last >= each):
            mocked = tells_mock and within(at, day.mocked)
            yield receiver.measure(at, kind=Kind.MOCK if mocked else Kind.FIX, starts=starts)
            last, beat, place = at, (beat if pace.always_beats else at), truth.at(at)
        elif pace.heartbeat is not None and at - beat >= pace.heartbeat and (pace.always_beats or not moving):
            yield receiver.measure(at, kind=Kind.HEARTBEAT)
            beat = at
        runs, moved = True, moving
