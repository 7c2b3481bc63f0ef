"""What was there before the town: the river, the lakes, the woods and the railway."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from .geometry import Grid, Line, Noise, Point, blob, distance, inside, offset, resampled, thinned

HALF = 4600.0  # metres from the market square to the edge of the map


@dataclass
class Terrain:
    """The land under the city; `turn` is the direction in which the river runs there, in radians."""

    turn: float
    river: Line
    width: float
    banks: Line
    lakes: list[Line]
    woods: list[Line]
    rails: list[Line]
    wet: Grid
    tracks: Grid

    def to_river(self, p: Point, reach: float = 80.0) -> float:
        """Metres from a point to the river's nearer bank, infinity when the river's middle is beyond reach."""
        return self.wet.nearest(p, reach)[0] - self.width / 2

    def to_rail(self, p: Point, reach: float = 60.0) -> float:
        """Metres from a point to the main track, infinity beyond reach."""
        return self.tracks.nearest(p, reach)[0]

    def in_lake(self, p: Point) -> bool:
        """Whether a point lies in a lake or within its shore."""
        return any(inside(p, lake) for lake in self.lakes)

    def in_wood(self, p: Point) -> bool:
        """Whether a point lies in a wood."""
        return any(inside(p, wood) for wood in self.woods)


def turned(p: Point, angle: float) -> Point:
    """A point turned about the market square."""
    c, s = math.cos(angle), math.sin(angle)
    return p[0] * c - p[1] * s, p[0] * s + p[1] * c


def walk(start: Point, heading: float, bend: list[float], step: float) -> Line:
    """The line of one who turns by each bend in radians and walks a step after it."""
    out, (x, y), way = [start], start, heading
    for b in bend:
        x, y = x + step * math.cos(way + b), y + step * math.sin(way + b)
        out.append((x, y))
    return out


def make_river(rng: Random, turn: float) -> Line:
    """A sine-generated meander (Langbein and Leopold 1966): tame in town, free in the country."""
    halves = []
    for heading in (0.0, math.pi):
        phase, long, wild = rng.random() * math.tau, 1500 + 500 * rng.random(), 0.75 + 0.35 * rng.random()
        bends, s = [], 0.0
        for _ in range(420):
            s += 20
            tame = min(max((s - 500) / 1800, 0.12), 1.0)
            bends.append(wild * tame * math.sin(math.tau * s / long + phase) + 0.12 * math.sin(s / 230 + 2 * phase))
        halves.append(walk((0.0, -590.0), heading, bends, 20.0))
    line = [*reversed(halves[1]), *halves[0][1:]]
    return resampled([turned(p, turn) for p in line], 25.0)


def make_rails(rng: Random, turn: float) -> list[Line]:
    """A main line north of the centre, and the station's sidings beside it."""
    lean, bow = (rng.random() - 0.5) * 0.16, 250 + 250 * rng.random()
    line = []
    for i in range(-70, 71):
        x = i * 100.0
        line.append((x, 1010 + lean * x + bow * (1 - math.exp(-((x / 2600) ** 2))) * (1 if x > 0 else -0.2)))
    main = resampled([turned(p, turn) for p in line], 50.0)
    mid = len(main) // 2
    yard = []
    for k, (lo, hi) in enumerate(((-9, 9), (-7, 8), (-6, 5)), start=1):
        side = offset(main[mid + lo : mid + hi], 6.0 * k)
        yard.append([main[mid + lo - 2], *side, main[mid + hi + 1]])
    return [main, *yard]


def make_woods(rng: Random, river: Grid, lakes: list[Line]) -> list[Line]:
    """Woods around the town, none in the river."""
    out: list[Line] = []
    start = rng.random() * math.tau
    for k in range(22):
        t = start + math.tau * k / 11 + rng.random() * 0.3
        size = 260 + 380 * rng.random()
        r = 3150 + 1500 * rng.random() + (700 if k >= 11 else 0)
        c = (r * math.cos(t), r * math.sin(t))
        clear = river.nearest(c, size * 1.1)[0] == math.inf and not any(distance(c, lake[0]) < size + 350 for lake in lakes)
        if max(abs(c[0]), abs(c[1])) < HALF + 300 and clear:
            out.append(blob(rng, c, size, 1.3 + 0.4 * rng.random()))
    return out


def make_terrain(rng: Random) -> Terrain:
    """Lay the land out from a seeded source of chance."""
    turn = (rng.random() - 0.5) * 1.1
    river, rails = make_river(rng, turn), make_rails(rng, turn)
    width = 52 + 16 * rng.random()
    wobble = Noise(rng, 260.0)
    widths = [width / 2 * (1 + 0.16 * wobble(*p)) for p in river]
    left = _bank(river, widths, 1)
    banks = thinned([*left, *reversed(_bank(river, widths, -1))], 0.6)
    wet, tracks = Grid(100.0), Grid(100.0)
    wet.add(river, 0)
    tracks.add(rails[0], 0)
    lakes: list[Line] = []
    for where, size in ((1.84, 330.0), (4.28, 190.0), (0.44, 120.0)):
        c = turned((2750 * math.cos(where), 2750 * math.sin(where)), turn + (rng.random() - 0.5) * 0.3)
        if wet.nearest(c, 480.0)[0] > 470 and tracks.nearest(c, 480.0)[0] > 470:
            lakes.append(blob(rng, c, size * (0.8 + 0.4 * rng.random()), 1.5, 0.2))
    return Terrain(turn, river, width, banks, lakes, make_woods(rng, wet, lakes), rails, wet, tracks)


def _bank(river: Line, widths: list[float], side: int) -> Line:
    return [offset(river[max(i - 1, 0) : i + 2], side * w)[min(i, 1)] for i, w in enumerate(widths)]
