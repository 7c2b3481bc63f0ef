"""Districts: what kind of town grew where, when, and what people call it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from .geometry import Noise, Point
from .roads import Draft
from .terrain import Terrain, turned


@dataclass
class District:
    """A named part of town; `grain` is the direction its streets were laid out in, `reach` its pull on its surroundings."""

    name: str
    kind: str
    centre: Point
    grain: float
    reach: float
    postcode: str

    @property
    def label(self) -> Point:
        """Where its name stands on a map: beside the market square, not on it."""
        return self.centre if math.hypot(*self.centre) > 100 else (0.0, -190.0)


# name, kind, bearing from the river's direction in degrees, metres from the market, reach
PLAN = (
    ("Stare Miasto", "old", 90, 0, 0.85),
    ("Śródmieście", "inner", 92, 640, 1.0),
    ("Nowe Miasto", "inner", 172, 760, 1.0),
    ("Podgrodzie", "inner", 15, 760, 1.0),
    ("Zarzecze", "inner", -92, 900, 0.95),
    ("Zatorze", "grid", 100, 1430, 1.0),
    ("Osiedle Tysiąclecia", "estate", 45, 1480, 1.05),
    ("Osiedle Słoneczne", "estate", 146, 1500, 1.05),
    ("Osiedle Nadrzeczne", "estate", -38, 1560, 1.0),
    ("Fabryczna", "industrial", 27, 2350, 1.1),
    ("Młyny", "industrial", 166, 2330, 0.95),
    ("Ogrody", "allotments", 124, 1250, 0.5),
    ("Działki", "allotments", -66, 1760, 0.45),
    ("Wygoda", "grid", 66, 2250, 1.0),
    ("Lipki", "winding", 92, 2450, 1.0),
    ("Górki", "winding", 122, 2350, 1.0),
    ("Nowiny", "grid", 146, 2550, 0.9),
    ("Kolonia Leśna", "winding", -166, 2100, 1.0),
    ("Sady", "grid", -140, 1650, 1.0),
    ("Olszynka", "winding", -120, 2300, 1.0),
    ("Winnica", "winding", -92, 2150, 1.0),
    ("Łęgi", "grid", -60, 2400, 1.0),
    ("Rudki", "winding", -30, 2400, 1.0),
    ("Podlesie", "winding", 2, 2250, 0.95),
)
SPACING = {
    "old": 52.0,
    "inner": 98.0,
    "estate": 185.0,
    "grid": 82.0,
    "winding": 92.0,
    "industrial": 240.0,
    "allotments": 260.0,
    "rural": 620.0,
}
DEEP = {"old": 1.1, "inner": 1.35, "estate": 1.1, "grid": 1.9, "winding": 1.7, "industrial": 1.2, "allotments": 1.0, "rural": 1.2}


@dataclass
class Plan:
    """Answers what a place is."""

    districts: list[District]
    villages: list[Point]
    shake: tuple[Noise, Noise]
    limit: Noise
    radials: list[list[Point]]

    def district(self, p: Point) -> District:
        """The district a point belongs to."""
        x = p[0] + 130 * self.shake[0](*p)
        y = p[1] + 130 * self.shake[1](*p)
        return min(self.districts, key=lambda d: math.hypot(x - d.centre[0], y - d.centre[1]) / d.reach)

    def built(self, p: Point) -> bool:
        """Whether the town, or one of its villages, reaches a point."""
        r = math.hypot(*p)
        if r < 1700:
            return True
        if any(math.hypot(p[0] - v[0], p[1] - v[1]) < 330 * (1 + 0.35 * self.limit(*p)) for v in self.villages):
            return True
        bearing = math.atan2(p[1], p[0])
        pull = max(
            math.cos(min(abs(math.remainder(bearing - math.atan2(b, a), math.tau)) * 5, math.pi)) for a, b in (q[-1] for q in self.radials)
        )
        return r < 2480 + 430 * self.limit(*p) + 330 * pull

    def kind(self, p: Point) -> str:
        """Kind of town at a point: one of the keys of `SPACING`."""
        if not self.built(p):
            return "rural"
        if math.hypot(*p) < 372:
            return "old"
        here = self.district(p)
        if math.hypot(*p) > 3050:
            return "winding"
        return here.kind if here.kind != "old" else "inner"


def make_plan(rng: Random, land: Terrain, roads: list[Draft]) -> Plan:
    """Name the districts and decide where the town ends."""
    out = []
    for i, (name, kind, bearing, metres, reach) in enumerate(PLAN):
        t = math.radians(bearing + (rng.random() - 0.5) * 10)
        far = metres * (0.95 + 0.1 * rng.random())
        c = turned((far * math.cos(t), far * math.sin(t)), land.turn) if far else (0.0, 0.0)
        grain = land.turn + (rng.random() - 0.5) * (0.5 if kind in ("old", "inner") else 3.0)
        out.append(District(name, kind, c, grain, reach, f"99-{400 + 3 * i:03d}"))
    radials = [d.line for d in roads if d.role == "radial"]
    villages = []
    for line in radials:
        far_points = [p for p in line if 3500 < math.hypot(*p) < 4200 and max(abs(p[0]), abs(p[1])) < 4200 and not land.in_wood(p)]
        if far_points and rng.random() < 0.75:
            villages.append(far_points[int(rng.random() * len(far_points))])
    return Plan(out, villages, (Noise(rng, 420.0), Noise(rng, 420.0)), Noise(rng, 1300.0), radials)
