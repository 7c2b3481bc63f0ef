"""What our own trips teach: how long ways really took against what the roads had said, by length and hour."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.hours import Hours
from blisko.planning.rules.ways import ESTIMATE_EARLY, ESTIMATE_LATE, LAST_CORNER, ROAD_EARLY, ROAD_LATE, Floats

# Metres by road; a way belongs to the band it is shorter than.
BANDS = (1_000, 3_000, 8_000, 20_000)
BAND_COUNT = len(BANDS) + 1
LOW, MEDIAN, HIGH = 0, 1, 2
SHARES = (0.1, 0.5, 0.9)
# As many trips as what was believed before weighs.
WEIGHT = 30
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=3)
ODDEST = 5.0  # who took five times as long, or a fifth, did something else on the way, or tapped too late


@dataclass(frozen=True, slots=True)
class Trip:
    """One real way: seconds as the roads said and as it took, metres by road, in which hours, and whether it was only estimated."""

    expected: float
    real: float
    metres: float
    hours: Hours
    estimated: bool


Paces = npt.NDArray[np.float64]  # [estimated, hours, band, low-median-high]: times what the roads say


def prior_paces() -> Paces:
    """Answer what holds before any trip has taught anything."""
    paces = np.empty((2, len(Hours), BAND_COUNT, 3))
    paces[0] = ROAD_EARLY, 1.0, ROAD_LATE
    paces[1] = ESTIMATE_EARLY, 1.0, ESTIMATE_LATE
    return paces


def plausible(trip: Trip) -> bool:
    """Tell whether a trip can teach something: long enough to measure, and driven in one go."""
    lasted = SHORTEST.total_seconds() <= trip.real <= LONGEST.total_seconds()
    return lasted and trip.expected >= SHORTEST.total_seconds() and 1 / ODDEST <= trip.real / trip.expected <= ODDEST


def learned_paces(trips: list[Trip]) -> tuple[Paces, npt.NDArray[np.int64]]:
    """Answer the paces and how many trips each rests on.

    Each cell is shrunk towards all trips of its kind (known or estimated ways), and those towards what was believed before: n trips
    weigh n against `WEIGHT`. The late end is learned without the last minute that is always added to it.
    """
    paces = prior_paces()
    counts = np.zeros(paces.shape[:3], np.int64)
    kept = [trip for trip in trips if plausible(trip)]
    for kind in (0, 1):
        mine = [trip for trip in kept if trip.estimated == bool(kind)]
        if not mine:
            continue
        whole = _shrunk(mine, paces[kind, 0, 0])
        paces[kind] = whole
        for hours in Hours:
            for band in range(BAND_COUNT):
                cell = [trip for trip in mine if trip.hours == hours and band_of(trip.metres) == band]
                counts[kind, hours, band] = len(cell)
                if cell:
                    paces[kind, hours, band] = _shrunk(cell, whole)
    return paces, counts


def band_of(metres: float) -> int:
    """Answer the band of a way's length."""
    return int(np.searchsorted(BANDS, metres, side="right"))


def spread_of(
    paces: Paces, seconds: Floats, metres: Floats, estimated: npt.NDArray[np.bool_], hours: Hours
) -> tuple[Floats, Floats, Floats]:
    """Answer the low, median and high seconds of ways."""
    mine = paces[estimated.astype(np.intp), hours, np.searchsorted(BANDS, metres, side="right")]
    # Where nothing is driven, nothing can be late.
    corner = np.where(seconds > 0, LAST_CORNER, 0.0)
    return seconds * mine[..., LOW], seconds * mine[..., MEDIAN], seconds * mine[..., HIGH] + corner


def _shrunk(trips: list[Trip], towards: Floats) -> Floats:
    ratios = np.array([trip.real / trip.expected for trip in trips])
    late = np.array([max(trip.real - LAST_CORNER, 1.0) / trip.expected for trip in trips])
    seen = np.array([np.quantile(ratios, SHARES[LOW]), np.quantile(ratios, SHARES[MEDIAN]), np.quantile(late, SHARES[HIGH])])
    weight = len(trips) / (len(trips) + WEIGHT)
    found: Floats = np.exp(weight * np.log(seen) + (1 - weight) * np.log(towards))
    # The median lies within its own range, whatever the shrinking did.
    found[LOW], found[HIGH] = min(found[LOW], found[MEDIAN]), max(found[HIGH], found[MEDIAN])
    return found
