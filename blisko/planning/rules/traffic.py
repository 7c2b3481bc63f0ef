"""How far drives are from what the roads promise: one factor for the day, one for the route, one for each leg."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.chance import as_shape, normal_shape, shape_of
from blisko.planning.rules.effects import crossed_effects
from blisko.planning.rules.futures.shapes import Numbers

SHORTEST = 30.0  # seconds; who set out and arrived at once drove no leg
FENCE = math.log(6)  # who took six times as long did something else on the way, or forgot to tap
USUAL_DAY, USUAL_ROUTE, USUAL_LEG = 0.08, 0.10, 0.25
DOUBT = 0.3


@dataclass(frozen=True, slots=True)
class Drive:
    """One leg that was driven: day and route (technician and day) in words, seconds the roads promised and seconds it took."""

    day: str
    route: str
    promised: float
    seconds: float


@dataclass(frozen=True)
class Traffic:
    """The fit: log level, and the spreads of a day, a route and a leg around it; `shape` of the leg's rests."""

    level: float
    day: float
    route: float
    leg: float
    shape: Numbers
    legs: int = 0

    def as_json(self) -> dict[str, Any]:
        """Answer the fit as plain values to be kept."""
        return {name: getattr(self, name) for name in ("level", "day", "route", "leg", "legs")} | {"shape": self.shape.tolist()}


def traffic_from(kept: Mapping[str, Any]) -> Traffic:
    """Answer the fit that `as_json` wrote."""
    return Traffic(**{**kept, "shape": as_shape(kept["shape"])})


def unknown_traffic() -> Traffic:
    """Answer what is believed before any leg was seen."""
    return Traffic(0.0, USUAL_DAY, USUAL_ROUTE, USUAL_LEG, normal_shape())


def fit_traffic(drives: Sequence[Drive]) -> Traffic:
    """Fit the spreads to legs that were driven; absurd ones are left out."""
    kept = [drive for drive in drives if _plausible(drive)]
    if len(kept) < 20:
        return unknown_traffic()
    y = np.array([math.log(drive.seconds / drive.promised) for drive in kept])
    days, routes = _numbered([drive.day for drive in kept]), _numbered([drive.route for drive in kept])
    found = crossed_effects(y, [days, routes], spread=USUAL_LEG, doubt=DOUBT)
    leg = max(math.sqrt(found.within), 0.03)
    day, route = (math.sqrt(one.variance) for one in found.factors)
    return Traffic(found.level, day, route, leg, shape_of(found.rest / max(float(np.std(found.rest)), 0.03)), len(kept))


def today(traffic: Traffic, drives: Sequence[Drive]) -> tuple[dict[str, tuple[float, float]], tuple[float, float]]:
    """Answer what the legs driven so far today say: per route the (mean, spread) of its log factor; and that of a route not yet seen.

    Normal beliefs, updated: the day by every route's mean, then each route by its own legs and the day.
    """
    seen: dict[str, list[float]] = {}
    for drive in drives:
        if _plausible(drive):
            seen.setdefault(drive.route, []).append(math.log(drive.seconds / drive.promised) - traffic.level)
    weight, total = 1 / traffic.day**2, 0.0
    for rests in seen.values():
        sure = 1 / (traffic.route**2 + traffic.leg**2 / len(rests))
        weight += sure
        total += sure * sum(rests) / len(rests)
    day, doubt = total / weight, 1 / weight
    routes: dict[str, tuple[float, float]] = {}
    for route, rests in seen.items():
        noise = traffic.leg**2 / len(rests)
        share = traffic.route**2 / (traffic.route**2 + noise)
        mean = day + share * (sum(rests) / len(rests) - day)
        routes[route] = (traffic.level + mean, math.sqrt((1 - share) ** 2 * doubt + share * noise))
    return routes, (traffic.level + day, math.sqrt(doubt + traffic.route**2))


def _plausible(drive: Drive) -> bool:
    return drive.promised >= SHORTEST <= drive.seconds and abs(math.log(drive.seconds / drive.promised)) <= FENCE


def _numbered(names: Sequence[str]) -> npt.NDArray[np.intp]:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.intp)
