"""The way by car from door to door in the generated city."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

from .city import City
from .geometry import Grid, Line, Point, at, distance, length, part, to_degrees, to_line, to_metres

PACE = 0.82  # share of the speed limit that traffic really makes between junctions
JUNCTION = 2.5  # seconds lost at each


@dataclass(frozen=True)
class Spot:
    """A place on a street: index of the road, metres along it, metres away from the point that was asked for."""

    road: int
    s: float
    away: float


@dataclass(frozen=True)
class Route:
    """A drive: points as (longitude, latitude), the second at which each is reached, metres and seconds in all."""

    points: tuple[Point, ...]
    times: tuple[float, ...]
    metres: float
    seconds: float


class Streets:
    """The streets of a city as a graph; built once, asked often."""

    def __init__(self, city: City) -> None:
        self.nodes, self.roads = city.nodes, city.roads
        self.metres = [length(r.line) for r in city.roads]
        self.pace = [r.maxspeed / 3.6 * PACE for r in city.roads]
        self.grid = Grid(120.0)
        self.arcs: list[list[tuple[int, float, int, bool]]] = [[] for _ in city.nodes]
        for k, r in enumerate(city.roads):
            if not r.open_to_cars:
                continue
            self.grid.add(r.line, k)
            cost = self.metres[k] / self.pace[k] + JUNCTION
            self.arcs[r.a].append((r.b, cost, k, True))
            if not r.oneway:
                self.arcs[r.b].append((r.a, cost, k, False))
        self.fastest = max((p for p, r in zip(self.pace, city.roads, strict=True) if r.open_to_cars), default=1.0)

    def snap(self, lon: float, lat: float) -> Spot:
        """The nearest place on a street that cars can reach and leave (degrees)."""
        p = to_metres(lon, lat)
        k, radius = -1, 60.0
        while k < 0:
            k = self.grid.nearest(p, radius)[1]
            radius *= 3
            if radius > 100_000:
                raise ValueError("no street to drive on")
        away, s = to_line(p, self.roads[k].line)
        return Spot(k, s, away)

    def nearest_node(self, lon: float, lat: float) -> int:
        """The nearer end of the nearest street (degrees in, index of the node out)."""
        spot = self.snap(lon, lat)
        road = self.roads[spot.road]
        return road.a if spot.s * 2 < self.metres[spot.road] else road.b

    def route(self, start: Point, end: Point) -> Route:
        """The quickest drive between two points (longitude, latitude), along streets in their direction."""
        a, b = self.snap(*start), self.snap(*end)
        legs = self._quickest(a, b)
        points: Line = []
        times: list[float] = []
        clock = total = 0.0
        for road, lo, hi in legs:
            line = self.roads[road].line
            leg = part(line, lo, hi) if lo <= hi else part(line, hi, lo)[::-1]
            for i, p in enumerate(leg):
                if i:
                    step = distance(leg[i - 1], p)
                    clock, total = clock + step / self.pace[road], total + step
                if not points or distance(points[-1], p) > 0.01:
                    points.append(p)
                    times.append(clock)
            clock += JUNCTION
        seconds = max(clock - JUNCTION, 0.0)
        return Route(tuple(to_degrees(p) for p in points), tuple(times), total, seconds)

    def _quickest(self, a: Spot, b: Spot) -> list[tuple[int, float, float]]:
        """Stretches of road (index, from, to in metres) by A* over travel time."""
        first, last = self.roads[a.road], self.roads[b.road]
        goal = at(last.line, b.s)[0]
        ends = {last.a: b.s / self.pace[b.road]}
        if not last.oneway:
            ends[last.b] = min(ends.get(last.b, math.inf), (self.metres[b.road] - b.s) / self.pace[b.road])
        found, where = math.inf, -1
        if a.road == b.road and (b.s >= a.s or not first.oneway):
            found = abs(b.s - a.s) / self.pace[a.road]
        best = self._leaving(a)
        came: dict[int, tuple[int, int, bool]] = {}
        queue = [(cost + distance(self.nodes[node], goal) / self.fastest, node) for node, cost in best.items()]
        heapq.heapify(queue)
        done: set[int] = set()
        while queue:
            bound, node = heapq.heappop(queue)
            if bound >= found:
                break
            if node in done:
                continue
            done.add(node)
            here = best[node]
            if here + ends.get(node, math.inf) < found:
                found, where = here + ends[node], node
            for to, cost, road, forward in self.arcs[node]:
                if here + cost < best.get(to, math.inf):
                    best[to] = here + cost
                    came[to] = (node, road, forward)
                    heapq.heappush(queue, (here + cost + distance(self.nodes[to], goal) / self.fastest, to))
        if math.isinf(found):
            raise ValueError("no way by car")
        return self._legs(a, b, where, came)

    def _leaving(self, a: Spot) -> dict[int, float]:
        """The ends of the street one may leave it by, and the seconds until one is there."""
        road, pace = self.roads[a.road], self.pace[a.road]
        out = {road.b: (self.metres[a.road] - a.s) / pace + JUNCTION}
        if not road.oneway:
            out[road.a] = min(out.get(road.a, math.inf), a.s / pace + JUNCTION)
        return out

    def _legs(self, a: Spot, b: Spot, where: int, came: dict[int, tuple[int, int, bool]]) -> list[tuple[int, float, float]]:
        if where < 0:
            return [(a.road, a.s, b.s)]
        middle: list[tuple[int, float, float]] = []
        node = where
        while node in came:
            node, road, forward = came[node]
            middle.append((road, 0.0, self.metres[road]) if forward else (road, self.metres[road], 0.0))
        first, last = self.roads[a.road], self.roads[b.road]
        out_at = self.metres[a.road] if node == first.b else 0.0
        if first.a == first.b and not first.oneway and a.s < self.metres[a.road] / 2:
            out_at = 0.0
        in_at = 0.0 if where == last.a else self.metres[b.road]
        return [(a.road, a.s, out_at), *reversed(middle), (b.road, in_at, b.s)]
