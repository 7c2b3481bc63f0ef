"""Streets that grew: streamlines of a field of directions, laid between the roads that were there first.

Method: Chen, Esch, Wonka, Müller, Zhang, "Interactive Procedural Street Modeling", SIGGRAPH 2008,
with spacing and grain that follow the district.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from .districts import DEEP, SPACING, Plan
from .geometry import Grid, Line, Noise, Point, crossing, resampled, thinned
from .roads import Draft
from .terrain import HALF, Terrain

STEP, CELL = 12.0, 50.0
SIDE = int(2 * HALF / CELL) + 3


@dataclass
class Field:
    """Directions on a raster (as cosine and sine of twice the angle), bilinear between, and the kind of town."""

    cos: list[float]
    sin: list[float]
    kinds: list[str]

    def direction(self, x: float, y: float, across: bool) -> Point:
        """The unit direction of streets here, along the grain or across it."""
        u, v = (x + HALF) / CELL, (y + HALF) / CELL
        i, j = min(max(int(u), 0), SIDE - 2), min(max(int(v), 0), SIDE - 2)
        u, v, k = u - i, v - j, j * SIDE + i
        w = ((1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v)
        c = w[0] * self.cos[k] + w[1] * self.cos[k + 1] + w[2] * self.cos[k + SIDE] + w[3] * self.cos[k + SIDE + 1]
        s = w[0] * self.sin[k] + w[1] * self.sin[k + 1] + w[2] * self.sin[k + SIDE] + w[3] * self.sin[k + SIDE + 1]
        t = math.atan2(s, c) / 2 + (math.pi / 2 if across else 0.0)
        return math.cos(t), math.sin(t)

    def kind(self, x: float, y: float) -> str:
        """The kind of town at a place, from the raster."""
        i, j = int((x + HALF) / CELL + 0.5), int((y + HALF) / CELL + 0.5)
        return self.kinds[min(max(j, 0), SIDE - 1) * SIDE + min(max(i, 0), SIDE - 1)]


def make_field(rng: Random, land: Terrain, plan: Plan, roads: list[Draft]) -> Field:
    """Blend the grain of districts with the lie of roads, river and railway."""
    n = SIDE * SIDE
    cos, sin = [0.0] * n, [0.0] * n
    guides = [(d.line, 1.3, 230.0) for d in roads if d.role in ("radial", "ring", "avenue")]
    guides += [(land.river, 1.6, 200.0), (land.rails[0], 1.2, 160.0)]
    guides += [(d.line, 1.2, 90.0) for d in roads if d.role == "planty"]
    guides += [(d.line[:2], 5.0, 150.0) for d in roads if d.role == "square"]
    for line, weight, reach in guides:
        _splat(cos, sin, resampled(line, 40.0), weight, reach)
    swirl, slight = Noise(rng, 520.0), Noise(rng, 300.0)
    kinds = []
    for j in range(SIDE):
        for i in range(SIDE):
            x, y = i * CELL - HALF, j * CELL - HALF
            kinds.append(plan.kind((x, y)))
            near = plan.district((x, y))
            t = 2 * near.grain
            k = j * SIDE + i
            c, s = cos[k] + 0.9 * math.cos(t), sin[k] + 0.9 * math.sin(t)
            wild = {"winding": 1.15, "rural": 0.5, "old": 0.3}.get(kinds[-1], 0.12)
            t = math.atan2(s, c) + 2 * (wild * swirl(x, y) + 0.1 * slight(x, y))
            cos[k], sin[k] = math.cos(t), math.sin(t)
    return Field(cos, sin, kinds)


def _splat(cos: list[float], sin: list[float], line: Line, weight: float, reach: float) -> None:
    best: dict[int, tuple[float, float]] = {}
    span = int(2 * reach / CELL) + 1
    for a, b in zip(line, line[1:], strict=False):
        t = math.atan2(b[1] - a[1], b[0] - a[0])
        ci, cj = int((a[0] + HALF) / CELL), int((a[1] + HALF) / CELL)
        for j in range(max(cj - span, 0), min(cj + span + 1, SIDE)):
            for i in range(max(ci - span, 0), min(ci + span + 1, SIDE)):
                d = math.hypot(i * CELL - HALF - a[0], j * CELL - HALF - a[1])
                k = j * SIDE + i
                if d < 2 * reach and (k not in best or d < best[k][0]):
                    best[k] = (d, t)
    for k, (d, t) in best.items():
        w = weight * math.exp(-((d / reach) ** 2))
        cos[k] += w * math.cos(2 * t)
        sin[k] += w * math.sin(2 * t)


@dataclass
class Town:
    """The streets drawn so far, found by place and direction."""

    land: Terrain
    lay: Field
    edge: float = HALF
    points: dict[tuple[int, int], list[tuple[float, float, float, float]]] = field(default_factory=dict)
    walls: Grid = field(default_factory=lambda: Grid(100.0))
    far: dict[tuple[int, int], list[tuple[float, float, float, float]]] = field(default_factory=dict)

    def occupy(self, line: Line) -> None:
        """Remember where a street runs and which way."""
        for a, b in zip(line, line[1:], strict=False):
            n = math.hypot(b[0] - a[0], b[1] - a[1]) or 1.0
            way = (b[0] - a[0]) / n, (b[1] - a[1]) / n
            for k in range(max(int(n / STEP), 1)):
                x, y = a[0] + way[0] * STEP * k, a[1] + way[1] * STEP * k
                self.points.setdefault((int(x // 60), int(y // 60)), []).append((x, y, *way))
                if k % 4 == 0 or n < STEP * 2:
                    self.far.setdefault((int(x // 200), int(y // 200)), []).append((x, y, *way))

    def crowded(self, x: float, y: float, way: Point, gap: float) -> bool:
        """Whether a street of about the same direction runs within `gap` metres."""
        store, c = (self.points, 60) if gap < 130 else (self.far, 200)
        for i in range(int((x - gap) // c), int((x + gap) // c) + 1):
            for j in range(int((y - gap) // c), int((y + gap) // c) + 1):
                for px, py, dx, dy in store.get((i, j), ()):
                    if (
                        abs(px - x) < gap
                        and abs(py - y) < gap
                        and abs(dx * way[0] + dy * way[1]) > 0.72
                        and (px - x) ** 2 + (py - y) ** 2 < gap * gap
                    ):
                        return True
        return False

    def barred(self, a: Point, b: Point) -> bool:
        """Whether a step would leave the map or cross water, railway or motorway."""
        if max(abs(b[0]), abs(b[1])) > self.edge or self.land.to_river(b) < 9 or self.land.to_rail(b) < 14 or self.land.in_lake(b):
            return True
        return any(crossing(a, b, c, d) is not None for c, d, _ in self.walls.near(b, STEP))


def trace(town: Town, start: Point, across: bool, gap: float, kinds: tuple[str, ...], most: float) -> Line:
    """Follow the field both ways from a start until something stops the street."""
    halves: list[Line] = []
    for sign in (1.0, -1.0):
        line, (x, y) = [start], start
        before = town.lay.direction(x, y, across)
        before = before[0] * sign, before[1] * sign
        for _ in range(int(most / STEP)):
            mx, my = x + before[0] * STEP / 2, y + before[1] * STEP / 2
            way = town.lay.direction(mx, my, across)
            if way[0] * before[0] + way[1] * before[1] < 0:
                way = -way[0], -way[1]
            if way[0] * before[0] + way[1] * before[1] < 0.8:
                break
            to = x + way[0] * STEP, y + way[1] * STEP
            here = town.lay.kind(*to)
            if town.barred((x, y), to) or here not in kinds:
                break
            if town.crowded(*to, way, gap * 0.62 * _spread(here, across, kinds)):
                break
            (x, y), before = to, way
            line.append(to)
        halves.append(line)
    return [*reversed(halves[1]), *halves[0][1:]]


def _spread(kind: str, across: bool, kinds: tuple[str, ...]) -> float:
    return (DEEP[kind] if across else 1.0) * (SPACING[kind] if len(kinds) > 1 else 1.0)


def grow(
    rng: Random, town: Town, plan: Plan, kinds: tuple[str, ...], scale: float, way: str, seeds: int, most: float = 1800.0
) -> list[Draft]:
    """Fill the town with streets `scale` times as far apart as its districts ask, until no place is left."""
    drafts: list[Draft] = []
    todo: list[tuple[Point, bool]] = []
    chance = [((rng.random() * 2 - 1) * HALF, (rng.random() * 2 - 1) * HALF) for _ in range(seeds)]
    chance.sort(key=lambda p: -math.hypot(*p))
    while todo or chance:
        (start, across) = todo.pop() if todo else (chance.pop(), rng.random() < 0.5)
        kind = town.lay.kind(*start)
        if kind not in kinds:
            continue
        gap = SPACING[kind] * scale * (DEEP[kind] if across else 1.0)
        ahead = town.lay.direction(*start, across)
        if town.barred(start, start) or town.crowded(*start, ahead, gap * 0.92):
            continue
        line = trace(town, start, across, scale, kinds, most)
        if len(line) * STEP < max(0.8 * SPACING[kind], 60.0):
            continue
        town.occupy(line)
        drafts.append(Draft(line, way))
        for k in range(2, len(line) - 1, 5):
            todo += _beside(town, line, k, scale, across)
    for draft in drafts:
        draft.line = thinned(draft.line, 0.7)
    return drafts


def _beside(town: Town, line: Line, k: int, scale: float, across: bool) -> list[tuple[Point, bool]]:
    (x, y), (ax, ay), (bx, by) = line[k], line[k - 1], line[k + 1]
    n = math.hypot(bx - ax, by - ay) or 1.0
    kind = town.lay.kind(x, y)
    d = SPACING[kind] * scale * (DEEP[kind] if across else 1.0)
    nx, ny = -(by - ay) / n * d, (bx - ax) / n * d
    return [((x + nx, y + ny), across), ((x - nx, y - ny), across), ((x, y), not across)]
