"""Houses along the streets, slabs in the estates, halls in the works, sheds in the allotments."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from .blocks import Block
from .geometry import Grid, Line, Point, area, at, box, distance, inside, length, offset, overlap, to_segment
from .growth import Field
from .network import Edge, Network
from .roads import WIDTHS
from .terrain import Terrain


@dataclass
class Building:
    """A footprint in metres, its use, its height in metres; `edge` and `s` say on which street it stands, `left` on which side."""

    ring: Line
    use: str
    height: float
    edge: int = -1
    s: float = 0.0
    left: bool = True
    name: str = ""


@dataclass(frozen=True)
class Row:
    """How houses stand along a street: frontage, depth, setback, gap (low and high, metres), storeys, odds of a gap and of a wing."""

    front: tuple[float, float]
    deep: tuple[float, float]
    back: tuple[float, float]
    gap: tuple[float, float]
    floors: tuple[int, int]
    gaps: float
    wing: float


ROWS = {
    "old": Row((9, 16), (10, 13), (0.6, 0.9), (4, 8), (2, 4), 0.06, 0.35),
    "inner": Row((14, 26), (12, 14), (1.2, 1.8), (5, 14), (3, 6), 0.16, 0.3),
    "grid": Row((10, 14), (9, 11), (4.5, 6.5), (5, 11), (1, 3), 1.0, 0.22),
    "winding": Row((10, 15), (9, 12), (6, 10), (8, 16), (1, 2), 1.0, 0.3),
    "rural": Row((10, 16), (8, 11), (7, 16), (70, 330), (1, 2), 1.0, 0.3),
}


@dataclass
class Lots:
    """The ground that is still free."""

    land: Terrain
    net: Network
    streets: Grid = field(default_factory=lambda: Grid(24.0))
    built: dict[tuple[int, int], list[tuple[float, float, float, Line]]] = field(default_factory=dict)
    out: list[Building] = field(default_factory=list)
    sidings: Grid = field(default_factory=lambda: Grid(100.0))

    def __post_init__(self) -> None:
        for k, e in enumerate(self.net.edges):
            self.streets.add(e.line, k)
        for rail in self.land.rails:
            self.sidings.add(rail, 0)

    def free(self, ring: Line, apart: float) -> bool:
        """Whether a rectangle stands clear of streets, water, rails and other houses by `apart` metres."""
        x0, y0 = (ring[0][0] + ring[2][0]) / 2, (ring[0][1] + ring[2][1]) / 2
        half = distance(ring[0], ring[2]) / 2
        grown = _grown(ring, apart) if apart else ring
        i, j = int(x0 // 60), int(y0 // 60)
        reach = 1 if half < 60 else 2
        for x in range(i - reach, i + reach + 1):
            for y in range(j - reach, j + reach + 1):
                for cx, cy, r, other in self.built.get((x, y), ()):
                    if (cx - x0) ** 2 + (cy - y0) ** 2 < (r + half + apart) ** 2 and overlap(grown, other, 0.3):
                        return False
        if not self.off_streets(ring):
            return False
        if self.land.to_river((x0, y0), 140.0) < half + 6 or self.sidings.nearest((x0, y0), half + 11)[1] >= 0:
            return False
        return not self.land.in_lake((x0, y0))

    def off_streets(self, ring: Line) -> bool:
        """Whether a rectangle stands clear of every street."""
        for p in _outline(ring):
            for a, b, k in self.streets.near(p, 8.0):
                if to_segment(p, a, b)[0] < WIDTHS[self.net.edges[k].kind] / 2 + 0.4:
                    return False
        return True

    def take(self, building: Building, *rects: Line) -> None:
        """Build, and let nobody else build there."""
        for ring in rects or (building.ring,):
            x, y = (ring[0][0] + ring[2][0]) / 2, (ring[0][1] + ring[2][1]) / 2
            self.built.setdefault((int(x // 60), int(y // 60)), []).append((x, y, distance(ring[0], ring[2]) / 2, ring))
        self.out.append(building)


def _outline(ring: Line) -> Line:
    out: Line = [((ring[0][0] + ring[2][0]) / 2, (ring[0][1] + ring[2][1]) / 2)]
    step = 14.0 if distance(ring[0], ring[2]) < 34 else 5.5
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        n = int(distance(a, b) / step) + 1
        out += [(a[0] + (b[0] - a[0]) * k / n, a[1] + (b[1] - a[1]) * k / n) for k in range(n)]
    return out


def _grown(ring: Line, by: float) -> Line:
    cx, cy = (ring[0][0] + ring[2][0]) / 2, (ring[0][1] + ring[2][1]) / 2
    return [(p[0] + math.copysign(by, p[0] - cx) * 0.7, p[1] + math.copysign(by, p[1] - cy) * 0.7) for p in ring]


def pick(rng: Random, span: tuple[float, float]) -> float:
    """A value between low and high."""
    return span[0] + (span[1] - span[0]) * rng.random()


def line_street(rng: Random, lots: Lots, k: int, edge: Edge, left: bool, row: Row, use: str) -> None:
    """Set houses along one side of one edge."""
    total = edge.metres
    base = WIDTHS[edge.kind] / 2
    s, back = 4.0 + 3 * rng.random(), pick(rng, row.back)
    while s < total - 4:
        front, deep = pick(rng, row.front), pick(rng, row.deep)
        if s + front > total - 2:
            front = max(total - 2 - s, row.front[0] * 0.8)
        p, way = at(edge.line, s + front / 2)
        side = 1.0 if left else -1.0
        away = (base + back + deep / 2) * side
        centre = p[0] - way[1] * away, p[1] + way[0] * away
        ring = box(centre, way, front, deep)
        if not lots.free(ring, 0.0 if row.gaps < 1 else 1.5):
            s += 3.0
            continue
        floors = row.floors[0] + int(rng.random() * (row.floors[1] - row.floors[0] + 1))
        house = Building(ring, use, round(2.5 + 3.1 * floors, 1), k, edge.s + s + front / 2, left)
        lots.take(house, *_with_wing(rng, lots, house, row, centre, way, side, front, deep))
        s += front + (pick(rng, row.gap) if rng.random() < row.gaps else 0.1)
        if row.gaps == 1.0 and rng.random() < 0.3:
            back = pick(rng, row.back)


def _with_wing(
    rng: Random, lots: Lots, house: Building, row: Row, centre: Point, way: Point, side: float, front: float, deep: float
) -> list[Line]:
    main = house.ring
    if rng.random() > row.wing:
        return [main]
    wide, long = front * (0.35 + 0.15 * rng.random()), deep * (0.5 + 0.7 * rng.random())
    end = 1.0 if rng.random() < 0.5 else -1.0
    shift, away = end * (front - wide) / 2, side * (deep + long) / 2
    at_ = centre[0] + way[0] * shift - way[1] * away, centre[1] + way[1] * shift + way[0] * away
    wing = box(at_, way, wide, long)
    if not lots.free(box(at_, way, wide, long - 0.8), 0.0):
        return [main]
    house.ring = _ell(centre, way, side, end, (front, deep, wide, long))
    return [main, wing]


def _ell(centre: Point, way: Point, side: float, end: float, sizes: tuple[float, float, float, float]) -> Line:
    front, deep, wide, long = sizes
    f, d = front / 2 * end, deep / 2 * side
    w, lo = wide * end, long * side
    corners = [(-f, -d), (f, -d), (f, d + lo), (f - w, d + lo), (f - w, d), (-f, d)]
    ring = [(centre[0] + way[0] * u - way[1] * v, centre[1] + way[1] * u + way[0] * v) for u, v in corners]
    return ring if area(ring) > 0 else ring[::-1]


def longest_side(ring: Line) -> Point:
    """The direction of the longest straight side of a block."""
    a, b = max(zip(ring, [*ring[1:], ring[0]], strict=True), key=lambda s: distance(*s))
    n = distance(a, b) or 1.0
    return (b[0] - a[0]) / n, (b[1] - a[1]) / n


def fill(
    rng: Random, lots: Lots, block: Block, spec: tuple[tuple[float, float], tuple[float, float], float, float, float, int, str]
) -> None:
    """Stand rectangles (long, deep) in rows across a block: row pitch, gap, odds, storeys, use."""
    long, deep, pitch, gap, odds, floors, use = spec
    ux, uy = longest_side(block.ring)
    us = [p[0] * ux + p[1] * uy for p in block.ring]
    vs = [-p[0] * uy + p[1] * ux for p in block.ring]
    v = min(vs) + pitch * 0.4
    while v < max(vs):
        u = min(us) + 8 + 10 * rng.random()
        while u < max(us):
            a, b = pick(rng, long), pick(rng, deep)
            c = (u + a / 2) * ux - v * uy, (u + a / 2) * uy + v * ux
            ring = box(c, (ux, uy), a, b)
            room = box(c, (ux, uy), a + 10, b + 10) if deep[1] > 8 else ring
            if rng.random() < odds and all(inside(p, block.ring) for p in room) and lots.free(room, 0.0):
                lots.take(Building(ring, use, round(2.6 + 2.9 * floors * (0.6 + 0.6 * rng.random()), 1)))
                u += a + gap
            else:
                u += max(gap * 0.5, 4.0)
        v += pitch


FILLS = {
    "estate": ((38.0, 86.0), (11.5, 13.0), 46.0, 16.0, 0.8, 6, "apartments"),
    "industrial": ((34.0, 110.0), (22.0, 46.0), 62.0, 22.0, 0.75, 3, "industrial"),
    "railway": ((30.0, 80.0), (14.0, 24.0), 60.0, 40.0, 0.25, 2, "industrial"),
    "allotments": ((4.0, 6.5), (3.5, 5.0), 22.0, 13.0, 0.8, 1, "shed"),
    "school": ((40.0, 62.0), (14.0, 18.0), 44.0, 30.0, 0.7, 3, "school"),
    "hospital": ((44.0, 80.0), (15.0, 20.0), 42.0, 24.0, 0.85, 5, "hospital"),
    "retail": ((60.0, 120.0), (40.0, 60.0), 80.0, 40.0, 0.8, 2, "retail"),
}


def build(rng: Random, net: Network, blocks: list[Block], sides: list[tuple[int, int]], land: Terrain, field: Field) -> list[Building]:
    """Build the whole town, landmarks first."""
    lots = Lots(land, net)
    landmarks(rng, lots, blocks)
    for block in blocks:
        if block.use in FILLS:
            fill(rng, lots, block, FILLS[block.use])
    for k, edge in enumerate(net.edges):
        if edge.level or edge.bridge or edge.kind in ("motorway_link", "service", "footway"):
            continue
        for side, left in zip(sides[k], (True, False), strict=True):
            use = blocks[side].use if side >= 0 else field.kind(*at(edge.line, edge.metres / 2)[0])
            if use in ("riverside", "railway"):
                use = blocks[side].kind
            if use in ROWS and (use != "rural" or edge.kind in ("secondary", "tertiary", "unclassified", "residential")):
                line_street(rng, lots, k, edge, left, ROWS[use], "house" if use in ("grid", "winding", "rural") else "apartments")
    yards(rng, lots, blocks)
    return lots.out


def yards(rng: Random, lots: Lots, blocks: list[Block]) -> None:
    """Outbuildings in the courtyards of the old and inner town."""
    for block in blocks:
        if block.use not in ("old", "inner"):
            continue
        way = longest_side(block.ring)
        for _ in range(min(int(block.size / 900), 24)):
            t, p = rng.random(), block.ring[int(rng.random() * len(block.ring))]
            c = block.centre[0] + (p[0] - block.centre[0]) * t * 0.8, block.centre[1] + (p[1] - block.centre[1]) * t * 0.8
            ring = box(c, way, 7 + 16 * rng.random(), 6 + 4 * rng.random())
            if inside(c, block.ring) and lots.free(ring, 2.0):
                lots.take(Building(ring, "outbuilding", 4.0))


def landmarks(rng: Random, lots: Lots, blocks: list[Block]) -> None:
    """Town hall in the square, a church beside it, churches in the districts, the station."""
    square = next((b for b in blocks if b.use == "square"), None)
    if square:
        way = longest_side(square.ring)
        c = square.centre[0] + way[0] * 12, square.centre[1] + way[1] * 12
        lots.take(Building(box(c, way, 34, 19), "civic", 24.0, name="Ratusz"))
    saints = iter(
        ("Kościół Mariacki", "Kościół św. Jana", "Kościół św. Anny", "Kościół św. Marcina", "Kościół św. Jadwigi", "Kościół św. Floriana")
    )
    wanted = [("old", 330.0)] + [("inner", 1100.0)] * 2 + [("grid", 3000.0), ("estate", 3000.0), ("winding", 3500.0)]
    for kind, far in wanted:
        fits = [b for b in blocks if b.use == kind and 60 < math.hypot(*b.centre) < far and 1800 < b.size < 30_000]
        if not fits:
            continue
        block = fits[int(rng.random() * len(fits))]
        _church(lots, block, next(saints))
        block.use = "church"
    rail = offset(lots.land.rails[0], -17.0)
    half = length(rail) / 2
    for along in (0, -60, 60, -120, 120, -180, 180):
        p, way = at(rail, half + along)
        ring = box(p, way, 74, 15)
        if lots.off_streets(box(p, way, 90, 28)):
            lots.take(Building(ring, "station", 12.0, name="Blisków Główny"))
            return


def _church(lots: Lots, block: Block, name: str) -> None:
    way = longest_side(block.ring)
    (cx, cy), (ux, uy) = block.centre, way
    shape = [
        (-22, -7),
        (4, -7),
        (4, -13),
        (13, -13),
        (13, -7),
        (20, -7),
        (24, -3),
        (24, 3),
        (20, 7),
        (13, 7),
        (13, 13),
        (4, 13),
        (4, 7),
        (-22, 7),
    ]
    ring = [(cx + ux * u - uy * v, cy + uy * u + ux * v) for u, v in shape]
    if all(inside(p, block.ring) for p in ring):
        lots.take(Building(ring, "church", 28.0, name=name), box(block.centre, way, 54, 34))
