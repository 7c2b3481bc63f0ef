"""The whole generated city, from its seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from .blocks import Block, make_blocks
from .buildings import Building, build
from .details import add_drives, add_paths, drives, make_oneways
from .districts import SPACING, District, Plan, make_plan
from .geometry import HOME, Point, at, to_degrees, to_line
from .growth import Field, Town, grow, make_field
from .names import CITY
from .naming import Address, name_streets, number_houses
from .network import (
    Edge,
    Network,
    compact,
    dissolved,
    faces,
    joined,
    merged_corners,
    planar,
    strong_core,
    trimmed,
    without_twins,
)  # fmt: skip
from .roads import SPEEDS, Draft, make_roads
from .terrain import HALF, Terrain, make_terrain

VERSION = 2  # raised whenever the same seed gives another city


@dataclass
class Road:
    """A stretch of street between two nodes of the city: line in metres, name ("" for none), speed limit in km/h.

    `open_to_cars` is true only where every other such stretch can be driven to and from.
    """

    a: int
    b: int
    line: list[Point]
    kind: str
    name: str
    maxspeed: int
    oneway: bool
    bridge: bool
    level: int
    open_to_cars: bool


@dataclass
class City:
    """A town that exists nowhere; everything in metres from the market square, which lies at `home` (longitude, latitude)."""

    seed: int
    name: str
    home: Point
    bounds: tuple[float, float, float, float]
    nodes: list[Point]
    roads: list[Road]
    blocks: list[Block]
    buildings: list[Building]
    addresses: list[Address]
    house_of: list[int]
    land: Terrain
    districts: list[District]
    villages: list[Point]


def make_city(seed: int) -> City:
    """Generate the city of a seed; the same seed gives the same city everywhere."""
    rng = Random(seed)
    land = make_terrain(rng)
    drafts = make_roads(rng, land)
    land.lakes = [lake for lake in land.lakes if all(to_line(p, d.line)[0] > 30 for d in drafts if d.role != "ramp" for p in lake[::4])]
    plan = make_plan(rng, land, drafts)
    field = make_field(rng, land, plan, drafts)
    drafts += _streets(rng, land, plan, field, drafts)
    net = _network(rng, land, field, drafts)
    rings, found = faces(net)
    blocks, sides = make_blocks(rng, rings, land, plan, field), list(found)
    add_drives(rng, net, blocks, sides)
    add_paths(rng, net, blocks, sides)
    make_oneways(rng, net, [field.kind(*at(e.line, e.metres / 2)[0]) for e in net.edges])
    houses = build(rng, net, blocks, sides, land, field)
    called = name_streets(rng, net, drafts, plan)
    numbered = number_houses(net, drafts, called, houses, plan)
    w, s = to_degrees((-HALF, -HALF))
    e, n = to_degrees((HALF, HALF))
    roads = _roads(net, drafts, called, plan)
    return City(
        seed, CITY, HOME, (w, s, e, n), net.nodes, roads, blocks, houses, [a for _, a in numbered], [i for i, _ in numbered],
        land, plan.districts, plan.villages,
    )  # fmt: skip


def _streets(rng: Random, land: Terrain, plan: Plan, field: Field, roads: list[Draft]) -> list[Draft]:
    """Collectors first, then the streets between them, then the lanes of the country."""
    town = Town(land, field)
    for d in roads:
        if d.level or d.role in ("ramp", "square"):
            town.walls.add(d.line, 0)
        town.occupy(d.line)
    urban = tuple(k for k in SPACING if k != "rural")
    drafts = grow(rng, town, plan, tuple(k for k in urban if k != "old"), 3.6, "tertiary", 3000, 3000)
    drafts += grow(rng, town, plan, urban, 1.0, "residential", 20_000)
    drafts += grow(rng, town, plan, tuple(SPACING), 1.0, "unclassified", 3000, 4000)

    def reach(draft: Draft, end: Point) -> float:
        kind = field.kind(*end)
        return 320.0 if draft.role != "street" else 520.0 if kind == "rural" else SPACING[kind] * 1.15

    joined([*roads, *drafts], reach, town.barred)
    return drafts


def _network(rng: Random, land: Terrain, field: Field, drafts: list[Draft]) -> Network:
    net = planar(drafts)

    def keep(edge: Edge, end: Point) -> bool:
        if edge.level or edge.kind == "motorway_link":
            return True
        kind = field.kind(*end)
        return edge.metres > 330 if kind == "rural" else kind in ("grid", "winding", "estate") and 45 < edge.metres < 150

    trimmed(net, keep)
    merged_corners(net, 16.0)
    without_twins(net)
    trimmed(net, keep)
    core = strong_core(net, drives)
    net.edges = [e for e in net.edges if e.level or e.kind == "motorway_link" or (core[e.a] and core[e.b])]
    _demote(net)
    dissolved(net)
    compact(net)
    return net


def _demote(net: Network) -> None:
    """A collector that collects too little is a street like others."""
    built: dict[int, float] = {}
    for e in net.edges:
        built[e.street] = built.get(e.street, 0.0) + e.metres
    for e in net.edges:
        if e.kind == "tertiary" and built[e.street] < 650:
            e.kind = "residential"


def _roads(net: Network, drafts: list[Draft], called: list[int], plan: Plan) -> list[Road]:
    core = strong_core(net, drives)
    out = []
    for e, name in zip(net.edges, called, strict=True):
        mid = at(e.line, e.metres / 2)[0]
        speed = SPEEDS[e.kind]
        if e.kind in ("primary", "secondary", "tertiary") and (math.hypot(*mid) > 3000 or not plan.built(mid)):
            speed = 90 if e.kind != "tertiary" else 70
        line = [(round(p[0], 2), round(p[1], 2)) for p in e.line]
        label = drafts[name].name if name >= 0 else ("A7" if e.kind == "motorway" else "")
        open_ = core[e.a] and core[e.b] and drives(e)
        out.append(Road(e.a, e.b, line, e.kind, label, speed, e.oneway, e.bridge, e.level, open_))
    net.nodes = [(round(p[0], 2), round(p[1], 2)) for p in net.nodes]
    return out
