"""What is added once the blocks are known: drives into yards, paths through parks, one-way streets."""

from __future__ import annotations

import math
from random import Random

from .blocks import Block
from .geometry import Grid, Line, Point, at, distance, inside, part
from .network import Edge, Network, strong_core

YARDS = ("estate", "industrial", "retail", "hospital", "school", "allotments")


def drives(edge: Edge) -> bool:
    """Whether cars may use an edge."""
    return edge.kind != "footway"


def add_drives(rng: Random, net: Network, blocks: list[Block], sides: list[tuple[int, int]]) -> None:
    """Lead a service road from the street into each large yard."""
    beside: dict[int, list[int]] = {}
    for k, pair in enumerate(sides):
        for b in pair:
            beside.setdefault(b, []).append(k)
    grid = Grid(60.0)
    for k, e in enumerate(net.edges):
        grid.add(e.line, k)
    for b, block in enumerate(blocks):
        if block.use not in YARDS or block.size < 8_000:
            continue
        fits = [
            k for k in dict.fromkeys(beside.get(b, [])) if net.edges[k].kind in ("residential", "tertiary") and net.edges[k].metres > 60
        ]
        fits.sort(key=lambda k: -net.edges[k].metres)
        for k in fits[: 1 + int(block.size / 40_000)]:
            _lead_in(rng, net, block, sides, k, grid)


def _lead_in(rng: Random, net: Network, block: Block, sides: list[tuple[int, int]], k: int, grid: Grid) -> None:
    edge = net.edges[k]
    cut = edge.metres * (0.35 + 0.3 * rng.random())
    start, way = at(edge.line, cut)
    for side in (1.0, -1.0):
        to: Line = [start]
        while len(to) < 14:
            p = start[0] - way[1] * side * 14 * len(to), start[1] + way[0] * side * 14 * len(to)
            if not inside(p, block.ring) or any(tag != k for _, tag in [grid.nearest(p, 16.0)] if tag >= 0):
                break
            to.append(p)
        if len(to) < 4:
            continue
        a, b = _split(net, sides, k, cut), len(net.nodes)
        net.nodes.append(to[-1])
        net.edges.append(Edge(a, b, [net.nodes[a], to[-1]], "service", -1, 0.0))
        sides.append((-1, -1))
        grid.add(net.edges[-1].line, len(net.edges) - 1)
        return


def _split(net: Network, sides: list[tuple[int, int]], k: int, cut: float) -> int:
    """Cut an edge in two and give the node between."""
    e = net.edges[k]
    n = len(net.nodes)
    first, second = part(e.line, 0.0, cut), part(e.line, cut, e.metres)
    net.nodes.append(first[-1])
    second[0] = first[-1]
    second[-1] = net.nodes[e.b]
    net.edges.append(Edge(n, e.b, second, e.kind, e.street, e.s + cut, e.level, e.oneway, e.bridge))
    sides.append(sides[k])
    e.b, e.line = n, first
    return n


def add_paths(rng: Random, net: Network, blocks: list[Block], sides: list[tuple[int, int]]) -> None:
    """Let paths cross the parks and the cemeteries from corner to corner."""
    place = {p: n for n, p in enumerate(net.nodes)}
    for block in blocks:
        if block.use not in ("park", "cemetery"):
            continue
        doors = [place[p] for p in block.ring if p in place]
        if len(doors) < 3:
            continue
        c = block.centre
        r = min(distance(p, c) for p in block.ring) * 0.35
        if not inside(c, block.ring) or r < 6:
            continue
        round_ = [(c[0] + r * math.cos(math.tau * i / 12), c[1] + r * math.sin(math.tau * i / 12)) for i in range(12)]
        first = len(net.nodes)
        net.nodes += round_
        for i in range(12):
            _path(net, sides, [first + i, first + (i + 1) % 12], [])
        for door in doors:
            if rng.random() < 0.75:
                p = net.nodes[door]
                i = min(range(12), key=lambda i: distance(round_[i], p))
                bend = (p[0] + round_[i][0]) / 2 + (rng.random() - 0.5) * r, (p[1] + round_[i][1]) / 2 + (rng.random() - 0.5) * r
                if inside(bend, block.ring):
                    _path(net, sides, [door, first + i], [bend])


def _path(net: Network, sides: list[tuple[int, int]], ends: list[int], between: list[Point]) -> None:
    a, b = ends
    net.edges.append(Edge(a, b, [net.nodes[a], *between, net.nodes[b]], "footway", -1, 0.0))
    sides.append((-1, -1))


def make_oneways(rng: Random, net: Network, kind_at: list[str]) -> None:
    """Make some streets of the old and inner town one-way, none that would cut somebody off."""
    whole = strong_core(net, drives)
    choice: dict[int, float] = {}
    for e, kind in zip(net.edges, kind_at, strict=True):
        if e.kind == "residential" and kind in ("old", "inner") and e.street >= 0:
            if e.street not in choice:
                choice[e.street] = rng.random()
            e.oneway = choice[e.street] < (0.5 if kind == "old" else 0.28)
    while True:
        core = strong_core(net, drives)
        lost = [
            e for e in net.edges if e.oneway and e.kind == "residential" and not (core[e.a] and core[e.b]) and whole[e.a] and whole[e.b]
        ]
        if not lost:
            return
        for e in lost:
            e.oneway = False
