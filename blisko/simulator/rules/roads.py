"""The roads that were there first: market square, walls' ring, radials, outer ring, quays and motorway."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from .geometry import Line, Noise, Point, at, crossings, distance, length, offset, part, resampled, thinned
from .terrain import HALF, Terrain, turned

SPEEDS = {
    "motorway": 120, "motorway_link": 60, "primary": 50, "secondary": 50, "tertiary": 50,
    "residential": 30, "unclassified": 70, "service": 20, "footway": 5,
}  # km/h  # fmt: skip
WIDTHS = {
    "motorway": 11.0, "motorway_link": 6.0, "primary": 15.0, "secondary": 12.0, "tertiary": 10.0,
    "residential": 8.0, "unclassified": 6.0, "service": 5.0, "footway": 2.5,
}  # metres, kerb to kerb with pavements  # fmt: skip


@dataclass
class Draft:
    """One street as it was drawn, before crossings cut it: class, level (1: motorway) and what it is called after."""

    line: Line
    kind: str
    role: str = "street"
    level: int = 0
    oneway: bool = False
    bridges: list[tuple[float, float]] = field(default_factory=list)
    joints: list[float] = field(default_factory=list)
    name: str = ""


def make_square(rng: Random, turn: float) -> list[Draft]:
    """The market square, about 110 by 90 metres, turned a little against the river."""
    lean = turn + (rng.random() - 0.5) * 0.5
    w, h = 50 + 8 * rng.random(), 40 + 8 * rng.random()
    ring = [turned(p, lean) for p in ((-w, -h), (w, -h * 0.94), (w * 1.04, h), (-w * 0.97, h), (-w, -h))]
    return [Draft(ring, "residential", "square", name="Rynek")]


def make_planty(rng: Random, turn: float) -> Draft:
    """The oval street where the town wall stood."""
    wave = [rng.random() * math.tau for _ in range(3)]
    ring = []
    for i in range(73):
        t = math.tau * i / 72
        r = 1 + 0.04 * math.sin(2 * t + wave[0]) + 0.05 * math.sin(3 * t + wave[1])
        ring.append(turned((400 * r * math.cos(t), 345 * r * math.sin(t)), turn))
    return Draft([*ring[:-1], ring[0]], "tertiary", "planty", name="Podwale")


def make_gates(square: Line, radials: list[Draft]) -> list[Draft]:
    """Streets from the corners of the market square to where the roads enter through the old wall."""
    out: list[Draft] = []
    for corner in square[:4]:
        gates = sorted((d.line[0] for d in radials if distance(d.line[0], (0.0, 0.0)) < 480), key=lambda p: distance(p, corner))
        gate = next((g for g in gates if all(distance(g, o.line[-1]) > 60 for o in out)), None)
        if gate:
            mid = (corner[0] * 0.62 + gate[0] * 0.5), (corner[1] * 0.62 + gate[1] * 0.5)
            out.append(Draft([corner, mid, gate], "residential", "gate"))
    return out


def wander(rng: Random, land: Terrain, start: Point, goal: float, first: float, shy: bool) -> Line:
    """A road out of town towards a bearing; a `shy` one keeps away from the river."""
    noise, line, way = Noise(rng, 420.0), [start], first
    x, y = start
    for step in range(260):
        bend = 0.16 * math.remainder(goal - way, math.tau) + 0.11 * noise(step * 25.0, 0.0)
        if shy and step > 4:
            ahead = land.to_river((x + 90 * math.cos(way), y + 90 * math.sin(way)), 300.0)
            if ahead < 170:
                left, right = (land.to_river((x + 60 * math.cos(way + w), y + 60 * math.sin(way + w)), 500.0) for w in (1, -1))
                bend += 0.2 if left > right else -0.2
        way += bend
        x, y = x + 25 * math.cos(way), y + 25 * math.sin(way)
        line.append((x, y))
        if max(abs(x), abs(y)) > HALF:
            break
    return line


def _gate(planty: Line, bearing: float) -> Point:
    return max(planty, key=lambda p: p[0] * math.cos(bearing) + p[1] * math.sin(bearing))


def make_radials(rng: Random, land: Terrain, planty: Line) -> list[Draft]:
    """Five roads out of the northern side, one over the old bridge that parts into three."""
    out, kinds = [], ["primary", "tertiary", "primary", "secondary", "secondary"]
    for degrees, kind in zip((6, 44, 82, 128, 172), kinds, strict=True):
        goal = math.radians(degrees + (rng.random() - 0.5) * 14) + land.turn
        start = _gate(planty, goal)
        out.append(Draft(wander(rng, land, start, goal, goal, shy=True), kind, "radial"))
    south = math.radians(-90 + (rng.random() - 0.5) * 16) + land.turn
    start = _gate(planty, south)
    bridge = resampled([start, (start[0] + 560 * math.cos(south), start[1] + 560 * math.sin(south))], 40.0)
    fork = bridge[-1]
    out.append(Draft([*bridge[:-1], *wander(rng, land, fork, south + 0.1, south, shy=False)], "primary", "radial"))
    for lean, kind in ((0.95, "secondary"), (-0.9, "tertiary")):
        out.append(Draft(wander(rng, land, fork, south + lean, south + lean * 0.8, shy=True), kind, "radial"))
    return out


def make_ring(rng: Random, land: Terrain, quays: list[Draft]) -> list[Draft]:
    """The outer ring, and the inner avenues from quay to quay round the north of the centre."""
    wave = [rng.random() * math.tau for _ in range(4)]

    def circle(radius: float, low: float, high: float, rough: float) -> Line:
        ring = []
        for i in range(int((high - low) * radius / 30) + 1):
            t = low + i * 30 / radius
            r = radius * (1 + rough * (math.sin(2 * t + wave[0]) + 0.7 * math.sin(3 * t + wave[1]) + 0.5 * math.sin(5 * t + wave[2])))
            ring.append(turned((r * 1.08 * math.cos(t), r * math.sin(t)), land.turn))
        return ring

    outer = circle(1850, 0.0, math.tau - 0.01, 0.045)
    n = len(outer)
    outer = [*outer[n // 8 :], *outer[: n // 8]]
    starts = [0, n // 4, n // 2, 3 * n // 4, n]
    ring = [Draft([*outer[i:j], outer[j % n]], "primary", "ring") for i, j in zip(starts, starts[1:], strict=False)]
    inner = [
        Draft(_to_quay(circle(815, math.radians(-62), math.radians(242), 0.02), quays[0].line), "secondary", "avenue"),
        Draft(_to_quay(circle(1120, math.radians(-185), math.radians(5), 0.03), quays[-1].line), "tertiary", "avenue"),
    ]
    return [*ring, *inner]


def _to_quay(arc: Line, quay: Line) -> Line:
    """The middle of an arc, up to where it meets a quay on either side."""
    total, meets = length(arc), crossings(arc, quay)
    low = max((s for s in meets if s < total / 2), default=total * 0.12)
    high = min((s for s in meets if s > total / 2), default=total * 0.88)
    return part(arc, low, high)


def make_quays(land: Terrain) -> list[Draft]:
    """Streets along both banks for as far as the town reaches."""
    out = []
    for side in (1, -1):
        line = offset(land.river, side * (land.width / 2 + 24))
        keep = [p for p in line if math.hypot(*p) < (1650 if side > 0 else 1350)]
        if len(keep) > 4:
            out.append(Draft(thinned(keep, 1.5), "residential", "quay"))
    return out


def make_motorway(rng: Random, land: Terrain, radials: list[Draft]) -> list[Draft]:
    """Two carriageways past the town, with a diamond of ramps where the first two radials pass below."""
    away = math.radians(58 + 10 * rng.random()) + land.turn
    far, noise = 3050 + 250 * rng.random(), Noise(rng, 2400.0)
    axis = []
    for i in range(-150, 151):
        s = i * 50.0
        d = far + 240 * noise(s, 7.0) + 0.00002 * s * s
        axis.append((d * math.cos(away) - s * math.sin(away), d * math.sin(away) + s * math.cos(away)))
    axis = [p for p in axis if max(abs(p[0]), abs(p[1])) <= HALF]
    up, down = offset(axis, -9.0), list(reversed(offset(axis, 9.0)))
    out = [Draft(up, "motorway", "motorway", 1, True, name="A7"), Draft(down, "motorway", "motorway", 1, True, name="A7")]
    for radial in radials[:4]:
        for s in crossings(axis, radial.line)[:1]:
            if 700 < s < length(axis) - 700:
                for way in out[:2]:
                    out += make_ramps(way, radial)
    return out


def make_ramps(way: Draft, road: Draft) -> list[Draft]:
    """One way off before the crossing and one way on after it, for one carriageway."""
    s = crossings(way.line, road.line)[0]
    t = crossings(road.line, way.line)[0]
    right = at(offset(way.line, -60.0), s)[0]
    foot = min((at(road.line, t + d)[0] for d in (-75.0, 75.0)), key=lambda p: distance(p, right))
    out = []
    for sign in (-1, 1):
        first = at(way.line, s + sign * 420)[0]
        way.joints.append(s + sign * 420)
        beside = [at(offset(way.line, -w), s + sign * d)[0] for d, w in ((330, 9.0), (230, 24.0), (120, 50.0), (60, 66.0))]
        line = [first, *beside, foot]
        out.append(Draft(line if sign < 0 else line[::-1], "motorway_link", "ramp", 0, True))
    return out


def make_roads(rng: Random, land: Terrain) -> list[Draft]:
    """Every road that was planned as such, bridged over the river and cut at the edge of the map."""
    planty = make_planty(rng, land.turn)
    radials = make_radials(rng, land, planty.line)
    square, quays = make_square(rng, land.turn), make_quays(land)
    drafts = [*square, planty, *make_gates(square[0].line, radials), *radials, *make_ring(rng, land, quays), *quays]
    motorway = make_motorway(rng, land, [radials[1], radials[2], radials[0], radials[3]])
    for draft in drafts:
        if draft.role != "square":
            draft.line = resampled(draft.line, 20.0)
    for draft in drafts:
        if draft.role != "quay":
            draft.bridges = _over_river_and_rail(draft, land)
    for draft in motorway:
        if draft.level:
            below = [d.line for d in drafts if d.role not in ("square", "gate")] + [land.rails[0]]
            draft.bridges = merged([(s - 24, s + 24) for line in below for s in crossings(draft.line, line)])
    return [*drafts, *motorway]


def _over_river_and_rail(draft: Draft, land: Terrain) -> list[tuple[float, float]]:
    half = land.width / 2 + 16
    over = [(s - half, s + half) for s in crossings(draft.line, land.river)]
    if draft.kind in ("primary", "secondary"):
        over += [(s - 26, s + 26) for s in crossings(draft.line, land.rails[0])]
    return merged(over)


def merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans in order, those that touch made one."""
    out: list[tuple[float, float]] = []
    for lo, hi in sorted(spans):
        if out and lo <= out[-1][1] + 30:
            out[-1] = (out[-1][0], max(hi, out[-1][1]))
        else:
            out.append((lo, hi))
    return out
