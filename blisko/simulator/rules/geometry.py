"""Plane geometry of the generated city, in metres east and north of the market square."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

Point = tuple[float, float]
Line = list[Point]

HOME = (19.2, 52.0)  # longitude and latitude of the market square, in the plain north of Łódź
_EAST, _NORTH = 1 / 68_678.0, 1 / 111_257.0  # degrees per metre at 52° N (WGS 84)


def to_degrees(p: Point) -> Point:
    """Longitude and latitude of a point in metres from the market square."""
    return round(HOME[0] + p[0] * _EAST, 7), round(HOME[1] + p[1] * _NORTH, 7)


def to_metres(lon: float, lat: float) -> Point:
    """Metres east and north of the market square."""
    return (lon - HOME[0]) / _EAST, (lat - HOME[1]) / _NORTH


def distance(a: Point, b: Point) -> float:
    """Metres between two points."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def length(line: Sequence[Point]) -> float:
    """Metres along a line."""
    return sum(distance(a, b) for a, b in zip(line, line[1:], strict=False))


def at(line: Sequence[Point], s: float) -> tuple[Point, Point]:
    """The point `s` metres along a line and the unit direction there."""
    left = s
    last = len(line) - 2
    for i, (a, b) in enumerate(zip(line, line[1:], strict=False)):
        d = distance(a, b)
        if (left <= d or i == last) and d > 0:
            t = min(max(left / d, 0.0), 1.0)
            way = ((b[0] - a[0]) / d, (b[1] - a[1]) / d)
            return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t), way
        left -= d
    return line[-1], (1.0, 0.0)


def part(line: Sequence[Point], start: float, end: float) -> Line:
    """The piece of a line between two distances along it."""
    out: Line = [at(line, start)[0]]
    s = 0.0
    for a, b in zip(line, line[1:], strict=False):
        s += distance(a, b)
        if start + 0.01 < s < end - 0.01:
            out.append(b)
    out.append(at(line, end)[0])
    return out


def offset(line: Sequence[Point], d: float) -> Line:
    """A parallel line, `d` metres to the left (negative: to the right)."""
    out: Line = []
    last = len(line) - 1
    for i, p in enumerate(line):
        a, b = line[max(i - 1, 0)], line[min(i + 1, last)]
        n = distance(a, b) or 1.0
        out.append((p[0] - (b[1] - a[1]) / n * d, p[1] + (b[0] - a[0]) / n * d))
    return out


def resampled(line: Sequence[Point], step: float) -> Line:
    """The same line with a point about every `step` metres."""
    total = length(line)
    n = max(int(total / step), 1)
    out: Line = [line[0]]
    i, before = 0, 0.0
    for k in range(1, n):
        s = total * k / n
        while i < len(line) - 2 and before + distance(line[i], line[i + 1]) < s:
            before += distance(line[i], line[i + 1])
            i += 1
        t = (s - before) / (distance(line[i], line[i + 1]) or 1.0)
        a, b = line[i], line[i + 1]
        out.append((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t))
    return [*out, line[-1]]


def thinned(line: Sequence[Point], tolerance: float) -> Line:
    """The line without the points that bend it by less than `tolerance` metres (Douglas–Peucker)."""
    if len(line) < 3:
        return list(line)
    keep = {0, len(line) - 1}
    todo = [(0, len(line) - 1)]
    while todo:
        i, j = todo.pop()
        far, worst = -1, tolerance
        for k in range(i + 1, j):
            d = to_segment(line[k], line[i], line[j])[0]
            if d > worst:
                far, worst = k, d
        if far >= 0:
            keep.add(far)
            todo += [(i, far), (far, j)]
    return [p for k, p in enumerate(line) if k in keep]


def to_segment(p: Point, a: Point, b: Point) -> tuple[float, float]:
    """Distance from a point to a segment, and how far along it (0 to 1) the foot lies."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    q = dx * dx + dy * dy
    t = 0.0 if q == 0 else min(max(((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / q, 0.0), 1.0)
    return math.hypot(p[0] - a[0] - dx * t, p[1] - a[1] - dy * t), t


def to_line(p: Point, line: Sequence[Point]) -> tuple[float, float]:
    """Distance from a point to a line, and the metres along it at which the foot lies."""
    best, where, s = math.inf, 0.0, 0.0
    for a, b in zip(line, line[1:], strict=False):
        d, t = to_segment(p, a, b)
        n = distance(a, b)
        if d < best:
            best, where = d, s + n * t
        s += n
    return best, where


def crossing(a: Point, b: Point, c: Point, d: Point) -> tuple[float, float] | None:
    """Where segments ab and cd cross, as fractions of each, or nothing."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    k = rx * sy - ry * sx
    if abs(k) < 1e-9:
        return None
    qx, qy = c[0] - a[0], c[1] - a[1]
    t, u = (qx * sy - qy * sx) / k, (qx * ry - qy * rx) / k
    return (t, u) if 0.0 <= t <= 1.0 and 0.0 <= u <= 1.0 else None


def crossings(one: Sequence[Point], other: Sequence[Point]) -> list[float]:
    """Metres along `one` at which it crosses `other`."""
    out, s = [], 0.0
    for a, b in zip(one, one[1:], strict=False):
        n = distance(a, b)
        x0, y0 = a
        far = n + 60.0  # no planned line has longer segments than this
        for c, d in zip(other, other[1:], strict=False):
            if abs(c[0] - x0) < far and abs(c[1] - y0) < far and (hit := crossing(a, b, c, d)):
                out.append(s + n * hit[0])
        s += n
    return sorted(out)


def area(ring: Sequence[Point]) -> float:
    """Square metres of a ring, positive when it runs anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def middle(ring: Sequence[Point]) -> Point:
    """The centre of gravity of a ring."""
    k = area(ring)
    if abs(k) < 1e-6:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    x = y = 0.0
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        w = a[0] * b[1] - b[0] * a[1]
        x, y = x + (a[0] + b[0]) * w, y + (a[1] + b[1]) * w
    return x / (6 * k), y / (6 * k)


def inside(p: Point, ring: Sequence[Point]) -> bool:
    """Whether a point lies in a ring (even-odd rule)."""
    x, y = p
    odd = False
    a = ring[-1]
    for b in ring:
        if (a[1] > y) != (b[1] > y) and x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]:
            odd = not odd
        a = b
    return odd


def box(centre: Point, way: Point, long: float, deep: float) -> Line:
    """The four corners of a rectangle, `long` metres along `way`, `deep` across, anticlockwise."""
    (cx, cy), (ux, uy) = centre, way
    lx, ly, dx, dy = ux * long / 2, uy * long / 2, -uy * deep / 2, ux * deep / 2
    return [
        (cx - lx - dx, cy - ly - dy),
        (cx + lx - dx, cy + ly - dy),
        (cx + lx + dx, cy + ly + dy),
        (cx - lx + dx, cy - ly + dy),
    ]


def overlap(one: Sequence[Point], other: Sequence[Point], slack: float = 0.0) -> bool:
    """Whether two convex rings overlap by more than `slack` metres (separating axes)."""
    for ring in (one, other):
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
            nx, ny = b[1] - a[1], a[0] - b[0]
            n = math.hypot(nx, ny) or 1.0
            left = [(p[0] * nx + p[1] * ny) / n for p in one]
            right = [(p[0] * nx + p[1] * ny) / n for p in other]
            if max(left) <= min(right) + slack or max(right) <= min(left) + slack:
                return False
    return True


@dataclass
class Grid:
    """Segments found by place, so that a question about one spot does not ask the whole city."""

    cell: float
    cells: dict[tuple[int, int], list[tuple[Point, Point, int]]] = field(default_factory=dict)

    def add(self, line: Sequence[Point], tag: int) -> None:
        """Remember each segment of a line under a tag."""
        for a, b in zip(line, line[1:], strict=False):
            for key in self._touched(a, b):
                self.cells.setdefault(key, []).append((a, b, tag))

    def _touched(self, a: Point, b: Point) -> Iterator[tuple[int, int]]:
        c = self.cell
        for i in range(int(min(a[0], b[0]) // c), int(max(a[0], b[0]) // c) + 1):
            for j in range(int(min(a[1], b[1]) // c), int(max(a[1], b[1]) // c) + 1):
                yield i, j

    def near(self, p: Point, radius: float) -> Iterator[tuple[Point, Point, int]]:
        """Segments that may lie within `radius` metres; one may come more than once."""
        c = self.cell
        for i in range(int((p[0] - radius) // c), int((p[0] + radius) // c) + 1):
            for j in range(int((p[1] - radius) // c), int((p[1] + radius) // c) + 1):
                yield from self.cells.get((i, j), ())

    def nearest(self, p: Point, radius: float) -> tuple[float, int]:
        """Distance and tag of the nearest segment within `radius`, else infinity and -1."""
        best, who = math.inf, -1
        for a, b, tag in self.near(p, radius):
            d = to_segment(p, a, b)[0]
            if d < best:
                best, who = d, tag
        return (best, who) if best <= radius else (math.inf, -1)


class Noise:
    """Smooth randomness over the plane, between -1 and 1 (value noise on a lattice of 64 × 64)."""

    def __init__(self, rng: Random, wavelength: float) -> None:
        self.scale = 1.0 / wavelength
        self.values = [rng.random() * 2 - 1 for _ in range(64 * 64)]

    def __call__(self, x: float, y: float) -> float:
        x, y = x * self.scale, y * self.scale
        i, j = math.floor(x), math.floor(y)
        u, v = x - i, y - j
        u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
        row, up = (j & 63) * 64, ((j + 1) & 63) * 64
        a, b = self.values[row + (i & 63)], self.values[row + ((i + 1) & 63)]
        c, d = self.values[up + (i & 63)], self.values[up + ((i + 1) & 63)]
        return (a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v


def blob(rng: Random, centre: Point, radius: float, stretch: float = 1.5, rough: float = 0.28) -> Line:
    """An irregular closed shape about a point, for a lake or a wood."""
    turn = rng.random() * math.pi
    waves = [(k, rng.random() * math.tau, rough * (0.5 + rng.random()) / k**0.7) for k in (2, 3, 4, 5, 7, 9)]
    out: Line = []
    for i in range(56):
        t = math.tau * i / 56
        r = radius * (1 + sum(m * math.sin(k * t + ph) for k, ph, m in waves))
        x, y = r * math.cos(t) * stretch, r * math.sin(t)
        out.append((centre[0] + x * math.cos(turn) - y * math.sin(turn), centre[1] + x * math.sin(turn) + y * math.cos(turn)))
    return out
