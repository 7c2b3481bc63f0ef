"""What each block between streets is used for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from .districts import Plan
from .geometry import Line, Point, area, inside, middle
from .growth import Field
from .names import PARKS
from .terrain import Terrain

# one block in so many becomes this, in this kind of town, if its area (square metres) lies between
SPECIAL = (
    ("school", ("inner", "grid", "estate", "winding"), 0.022, 8_000, 40_000),
    ("park", ("inner", "grid", "estate", "winding"), 0.05, 6_000, 160_000),
    ("cemetery", ("grid", "winding"), 0.012, 14_000, 80_000),
    ("hospital", ("inner", "estate", "grid"), 0.012, 14_000, 60_000),
    ("retail", ("estate", "grid", "industrial"), 0.03, 14_000, 70_000),
    ("pitch", ("grid", "estate", "winding"), 0.012, 12_000, 60_000),
)


@dataclass
class Block:
    """The ground between streets: its use is a kind of town or one of the special uses."""

    ring: Line
    use: str
    kind: str
    size: float
    centre: Point
    name: str = ""


def without_spikes(ring: Line) -> Line:
    """The ring without the paths that lead to a dead end and back."""
    out: Line = []
    for p in ring:
        if len(out) > 1 and math.hypot(out[-2][0] - p[0], out[-2][1] - p[1]) < 0.05:
            out.pop()
        elif not out or math.hypot(out[-1][0] - p[0], out[-1][1] - p[1]) > 0.05:
            out.append(p)
    while len(out) > 3 and math.hypot(out[-1][0] - out[1][0], out[-1][1] - out[1][1]) < 0.05:
        out = out[1:-1]
    return out


def make_blocks(rng: Random, rings: list[Line], land: Terrain, plan: Plan, field: Field) -> list[Block]:
    """Decide what every block is for."""
    out = []
    for raw in rings:
        ring = without_spikes(raw)
        if len(ring) < 3:
            out.append(Block(raw, "none", "rural", 0.0, raw[0]))
            continue
        size, centre = abs(area(ring)), middle(ring)
        kind = _kind(ring, centre, field)
        use = kind
        chance, whole = rng.random(), len(ring) > len(raw) - 2  # a dead end leads into no park
        for name, kinds, share, low, high in SPECIAL:
            if kind in kinds and low < size < high and whole:
                if chance < share:
                    use = name
                    break
                chance -= share
        if math.hypot(*centre) < 25 and size < 20_000:
            use = "square"
        elif size > 260_000 and kind != "industrial":
            use = "rural"
        if size > 40_000 and any(inside(p, ring) for p in land.river[::4]):
            use = "riverside"
        elif 20_000 < size < 700_000 and kind != "rural" and sum(inside(p, ring) for p in land.rails[0][::3]) >= 2:
            use = "railway"
        out.append(Block(ring, use, kind, size, centre))
    _grant_parks(out)
    _name(out)
    return out


def _kind(ring: Line, centre: Point, field: Field) -> str:
    votes = [field.kind(*centre)] * 3 + [
        field.kind((p[0] + centre[0]) / 2, (p[1] + centre[1]) / 2) for p in ring[:: max(len(ring) // 6, 1)]
    ]
    return max(sorted(dict.fromkeys(votes)), key=votes.count)


def _grant_parks(blocks: list[Block]) -> None:
    """A town of this size has one large park near its middle, whatever chance says."""
    candidates = [b for b in blocks if b.kind == "inner" and b.use == "inner" and b.size > 15_000]
    candidates.sort(key=lambda b: (math.hypot(*b.centre) > 1300, -b.size))
    for block in candidates[:2]:
        block.use = "park"


def _name(blocks: list[Block]) -> None:
    """Name the larger parks, and the places people ask the way to."""
    parks = iter(PARKS)
    for block in sorted((b for b in blocks if b.use == "park"), key=lambda b: -b.size):
        block.name = next(parks, "")
    number = 0
    for block in sorted(blocks, key=lambda b: math.hypot(*b.centre)):
        if block.use == "school":
            number += 1
            block.name = f"Szkoła Podstawowa nr {number}"
    for use, said in (("hospital", ("Szpital Miejski", "Szpital Dziecięcy")), ("cemetery", ("Cmentarz Komunalny", "Cmentarz Stary"))):
        for block, name in zip((b for b in blocks if b.use == use), said, strict=False):
            block.name = name
