"""How good is the estimate of a way? Fitted to Valhalla's tables on half of the places of each extract, tried on the other half.

python -m bench.detour [EXTRACT.osm.pbf …]
"""

import os
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_URL", "postgresql:///unused")

from blisko.planning.adapters.building import add_region
from blisko.planning.adapters.regions import RegionEngine
from blisko.planning.rules import ways
from blisko.planning.rules.ways import Point

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("BLISKO_DATA", ROOT.parent / "shared" / "data")) / "osm"
PLACES, SHORTEST = 300, 150
BANDS = np.array([150, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000])
STREETS = ("residential", "unclassified", "tertiary", "secondary")
NOW = datetime(2026, 11, 25, tzinfo=UTC)
# Where people live in the extracts we have; a stranger's extract is sampled all over its box.
BOXES = {"heidelberg": (49.36, 8.63, 49.44, 8.72)}
Numbers = npt.NDArray[np.float64]
Sample = tuple[Numbers, Numbers, Numbers]  # metres as the crow flies, metres by road, seconds


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or [DATA / "heidelberg.osm.pbf", DATA / "liechtenstein.osm.pbf"]
    samples = {}
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            region = add_region(file, Path(folder), now=NOW, say=lambda words: None)
            samples[region.name] = sample(RegionEngine(region, Path(folder)))
    learned = fit([one for one, _ in samples.values()])
    print("fitted: detour 1.2 + {:.2f} e^(−km / {:.1f}), speed {:.1f} + {:.1f} (1 − e^(−km / {:.0f})) m/s".format(*learned))
    for name, (_, other) in samples.items():
        tell(name, other)


def sample(engine: RegionEngine) -> tuple[Sample, Sample]:
    """Answer the ways between places on streets where people live, of two halves of the places."""
    south, west, north, east = BOXES.get(engine.region.name, engine.region.box)
    dice, found = random.Random(7), []
    while len(found) < PLACES:
        some = [{"lat": dice.uniform(south, north), "lon": dice.uniform(west, east), "search_cutoff": 150} for _ in range(100)]
        for one in engine._ask("locate", {"locations": some, "costing": "auto", "verbose": True}):
            for edge in one.get("edges") or []:
                kind = edge["edge"]["classification"]
                lived = kind["classification"] in STREETS and kind["use"] in ("road", "living_street")
                if lived and min(edge["outbound_reach"], edge["inbound_reach"]) >= 50:
                    found.append(Point(edge["correlated_lat"], edge["correlated_lon"]))
                    break
    half = PLACES // 2
    return _ways(engine, found[:half]), _ways(engine, found[half:PLACES])


def _ways(engine: RegionEngine, places: list[Point]) -> Sample:
    table, crow = engine.ways.matrix(places, places, at=NOW), ways.great_circles(places, places)
    kept = (crow > SHORTEST) & ~table.estimated & (table.seconds > 0)
    return crow[kept], table.metres[kept].astype(np.float64), table.seconds[kept].astype(np.float64)


def fit(samples: list[Sample]) -> list[float]:
    """Answer the five numbers of the curve; each band of length and each extract weighs the same, the error counts as a ratio."""
    crow, metres, seconds = (np.concatenate([one[part] for one in samples]) for part in range(3))
    weights = np.concatenate([_weights(one[0]) for one in samples])

    def detour(x: Numbers) -> Numbers:
        return crow * (1.2 + x[0] * np.exp(-crow / x[1]))

    def error(guess: Numbers, truth: Numbers) -> float:
        return float((weights * np.abs(np.log(guess / truth))).sum())

    far = _search(lambda x: error(detour(x), metres), [0.5, 3_000])
    road = detour(far)
    fast = _search(lambda x: error(road / (x[0] + x[1] * (1 - np.exp(-road / x[2]))), seconds), [8, 7, 5_000])
    return [far[0], far[1] / 1000, fast[0], fast[1], fast[2] / 1000]


def _weights(crow: Numbers) -> Numbers:
    bands = np.digitize(crow, BANDS)
    counts = np.bincount(bands)
    return 1.0 / counts[bands] / np.count_nonzero(counts)


def _search(loss: Callable[[Numbers], float], start: list[float]) -> Numbers:
    best = np.array(start, np.float64)
    least, steps = loss(best), np.full(len(start), 0.25)
    for _ in range(80):
        moved = False
        for at in range(len(start)):
            for factor in (1 + steps[at], 1 / (1 + steps[at])):
                tried = best.copy()
                tried[at] *= factor
                if (found := loss(tried)) < least - 1e-7:
                    best, least, moved = tried, found, True
        steps = steps if moved else steps / 2
    return best


def tell(name: str, other: Sample) -> None:
    """Print how the estimate that is built in, and the one before it, did on one extract."""
    crow, metres, seconds = other
    road, estimate = ways.by_road(crow)
    low, high = estimate * ways.ESTIMATE_EARLY, estimate * ways.ESTIMATE_LATE + ways.LAST_CORNER
    ratio = np.quantile(seconds / estimate, [0.1, 0.5, 0.9])
    print(f"\n{name}: {len(crow):,} ways")
    print(f"  time: mean error {_error(estimate, seconds):.1%}; Valhalla ÷ estimate 10/50/90 %: {ratio.round(2).tolist()}")
    print(f"  distance: mean error {_error(road, metres):.1%}; range holds {np.mean((low <= seconds) & (seconds <= high)):.1%}")
    before_road = crow * 1.34
    before = 60 + before_road / (7 + 12 * (1 - np.exp(-before_road / 15_000)))
    held = np.mean((before * 0.8 <= seconds) & (seconds <= before * 1.45 + 60))
    print(f"  before: mean error {_error(before, seconds):.1%}; range holds {held:.1%}")


def _error(guess: Numbers, truth: Numbers) -> float:
    return float(np.mean(np.abs(guess - truth) / truth))


if __name__ == "__main__":
    main()
