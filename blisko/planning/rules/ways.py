"""How long ways take: what a way and a table of ways are, and the estimate where no road engine is there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from blisko.kit.earth import EARTH_RADIUS_M, metres_between
from blisko.planning.rules.problem import Matrix

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Fitted against Valhalla on two extracts; the error of each is in docs/decisions/0007.
DETOUR_FAR, DETOUR_MORE, DETOUR_M = 1.2, 0.62, 8_500.0
SPEED_NEAR, SPEED_MORE, SPEED_M = 8.8, 13.0, 25_000.0
BALL = np.array([EARTH_RADIUS_M, DETOUR_FAR, DETOUR_MORE, DETOUR_M, SPEED_NEAR, SPEED_MORE, SPEED_M])  # for who compiles the estimate
# Of what was estimated, 8 in 10 lie between; the late end has a minute more for the last corner.
ESTIMATE_EARLY, ESTIMATE_LATE = 0.65, 1.6
# The same for what a road engine says, which knows the roads and not the traffic.
ROAD_EARLY, ROAD_LATE = 0.80, 1.45
LAST_CORNER = 60.0


class Trouble(StrEnum):
    """Why estimates stand where a road engine should have answered."""

    NONE = ""
    AWAY = "away"  # it does not answer
    REFUSED = "refused"  # it does not take the question
    BROKEN = "broken"  # a prepared region cannot be opened
    MISSING = "missing"  # there are regions, and no engine on this machine


class Point(NamedTuple):
    """A position in degrees (WGS 84)."""

    lat: float
    lon: float


Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """A way by road: seconds (median), metres, a range of seconds meant to hold 8 times in 10, and how it is known.

    `line`: (lat, lon) pairs from start to end; two points when only estimated. `trouble`: why it is only estimated, where a road
    engine should have answered. Ranges of legs are never added up: the sum of ranges is not the range of the sum.
    """

    seconds: float
    metres: float
    low: float
    high: float
    line: Line
    estimated: bool
    trouble: Trouble = Trouble.NONE


@dataclass(frozen=True, slots=True)
class Travel:
    """Ways from each start (row) to each end (column): whole seconds (median) and metres, and which of them are only estimated.

    `trouble`: why estimates stand where a road engine should have answered.
    """

    seconds: Matrix
    metres: Matrix
    estimated: Mask
    trouble: Trouble = Trouble.NONE

    @property
    def by_estimate(self) -> bool:
        """True when any of it is only estimated."""
        return bool(self.estimated.any())

    def part(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> "Travel":
        """Answer some rows and columns of it."""
        picked = np.ix_(rows, columns)
        return Travel(self.seconds[picked], self.metres[picked], self.estimated[picked], self.trouble)


@dataclass(frozen=True, slots=True)
class RoadsSeen:
    """What the roads are made of: who answers, for which region, of which make and age.

    `provider`: estimate, valhalla, valhalla-server or osrm-server. `region`: names, or the server's address. `hourly`: the provider
    knows the hours of the day itself. `estimated`: everything is an estimate. `trouble`: why the provider does not answer now.
    """

    provider: str
    region: str = ""
    version: str = ""
    data_at: datetime | None = None
    hourly: bool = False
    estimated: bool = False
    trouble: Trouble = Trouble.NONE

    @property
    def source(self) -> str:
        """The name under which answers may be kept: the same as long as the same question has the same answer."""
        return f"{self.provider}|{self.region}|{self.version}"


ESTIMATE = RoadsSeen("estimate", estimated=True)


def road_leg(seconds: float, metres: float, line: Line) -> Leg:
    """Answer a way as a road engine knows it, with the range that stands until our own trips have taught a better one."""
    return Leg(seconds, metres, seconds * ROAD_EARLY, seconds * ROAD_LATE + LAST_CORNER, line, False)


def crow_leg(a: Point, b: Point, trouble: Trouble = Trouble.NONE) -> Leg:
    """Answer the honest fallback: great circle × detour at a speed that rises with distance; marked as estimated."""
    metres, seconds = (float(each) for each in by_road(np.float64(metres_between(a, b))))
    line = ((a.lat, a.lon), (b.lat, b.lon))
    return Leg(seconds, metres, seconds * ESTIMATE_EARLY, seconds * ESTIMATE_LATE + LAST_CORNER, line, True, trouble)


def crow_travel(starts: Sequence[Point] | Floats, ends: Sequence[Point] | Floats, trouble: Trouble = Trouble.NONE) -> Travel:
    """Answer the honest fallback for many ways at once (points, or rows of degrees); all of it marked as estimated."""
    metres, seconds = by_road(great_circles(starts, ends))
    shape = (len(starts), len(ends))
    return Travel(np.rint(seconds).astype(np.int64), np.rint(metres).astype(np.int64), np.ones(shape, np.bool_), trouble)


def completed(seconds: Floats, metres: Floats, starts: Sequence[Point], ends: Sequence[Point]) -> Travel:
    """Answer a road engine's table; where it knows no way (NaN) stands the estimate, marked as such."""
    missing = np.isnan(seconds) | np.isnan(metres)
    if not missing.any():
        return Travel(np.rint(seconds).astype(np.int64), np.rint(metres).astype(np.int64), missing)
    crow = crow_travel(starts, ends)
    return Travel(
        np.where(missing, crow.seconds, np.rint(np.nan_to_num(seconds))).astype(np.int64),
        np.where(missing, crow.metres, np.rint(np.nan_to_num(metres))).astype(np.int64),
        missing,
    )


def blocks(rows: int, columns: int, *, side: int, cells: int) -> list[tuple[slice, slice]]:
    """Answer how a table is cut so that no block has more than `side` rows, `side` columns or `cells` cells."""
    wide = min(columns, side, cells) or 1
    high = min(side, max(1, cells // wide))
    return [
        (slice(top, min(top + high, rows)), slice(left, min(left + wide, columns)))
        for top in range(0, rows, high)
        for left in range(0, columns, wide)
    ]


def great_circles(starts: Sequence[Point] | Floats, ends: Sequence[Point] | Floats) -> Floats:
    lat1, lon1 = np.radians(np.array(starts, np.float64).reshape(-1, 2)).T
    lat2, lon2 = np.radians(np.array(ends, np.float64).reshape(-1, 2)).T
    half = np.sin((lat2 - lat1[:, None]) / 2) ** 2 + np.cos(lat1)[:, None] * np.cos(lat2) * np.sin((lon2 - lon1[:, None]) / 2) ** 2
    found: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return found


def unit_vectors(points: Sequence[Point]) -> Floats:
    """Answer where places are on a ball of radius 1, one row each: x, y, z."""
    lat, lon = np.radians(np.array(points, np.float64).reshape(-1, 2)).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def by_road(crow: Floats | np.float64) -> tuple[Floats, Floats]:
    """Answer metres by road and the seconds they take from metres as the crow flies."""
    metres = crow * (DETOUR_FAR + DETOUR_MORE * np.exp(-crow / DETOUR_M))
    seconds = metres / (SPEED_NEAR + SPEED_MORE * (1 - np.exp(-metres / SPEED_M)))
    return np.asarray(metres), np.asarray(seconds)


def rounded(point: Point) -> tuple[int, int]:
    """Answer the place of a point, to about ten metres: whole 1/10,000 of a degree."""
    return math.floor(point.lat * 10_000 + 0.5), math.floor(point.lon * 10_000 + 0.5)
