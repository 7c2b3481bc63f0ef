"""From drawn lines to a network: ends joined, crossings cut, stubs trimmed, corners merged."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from .geometry import Grid, Line, Point, at, crossing, distance, length, part
from .roads import Draft
from .terrain import HALF


@dataclass
class Edge:
    """A stretch of street between two nodes; `street` is the index of its draft, `s` the metres along it where it begins."""

    a: int
    b: int
    line: Line
    kind: str
    street: int
    s: float
    level: int = 0
    oneway: bool = False
    bridge: bool = False

    @property
    def metres(self) -> float:
        """Its length."""
        return length(self.line)


@dataclass
class Network:
    """Nodes and edges; an edge that went is None until `compact` is called."""

    nodes: list[Point] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    places: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def node(self, p: Point, tolerance: float = 1.2) -> int:
        """The node at a point, made if there is none."""
        i, j = int(p[0] // 4), int(p[1] // 4)
        for di in (-1, 0, 1):
            for dj in (-1, 0, 1):
                for n in self.places.get((i + di, j + dj), ()):
                    if distance(self.nodes[n], p) < tolerance:
                        return n
        self.nodes.append(p)
        self.places.setdefault((i, j), []).append(len(self.nodes) - 1)
        return len(self.nodes) - 1

    def around(self) -> list[list[int]]:
        """For each node, the indices of its edges."""
        out: list[list[int]] = [[] for _ in self.nodes]
        for k, e in enumerate(self.edges):
            out[e.a].append(k)
            if e.b != e.a:
                out[e.b].append(k)
        return out


def joined(drafts: list[Draft], reach: Callable[[Draft, Point], float], barred: Callable[[Point, Point], bool]) -> None:
    """Lead each loose end on until it meets a street, if one lies ahead within reach."""
    grid = Grid(60.0)
    for k, d in enumerate(drafts):
        if not d.level:
            grid.add(d.line, k)
    for k, d in enumerate(drafts):
        if d.level or d.line[0] == d.line[-1]:
            continue
        for first in (False, True):
            line = d.line[::-1] if first else d.line
            more = _ahead(grid, line, k, reach(d, line[-1]), barred)
            if more:
                d.line = [*line, more][::-1] if first else [*line, more]
                if first and d.bridges:
                    s = distance(line[-1], more)
                    d.bridges = [(lo + s, hi + s) for lo, hi in d.bridges]
                grid.add([line[-1], more], k)


def _ahead(grid: Grid, line: Line, me: int, reach: float, barred: Callable[[Point, Point], bool]) -> Point | None:
    end = line[-1]
    back = at(line[::-1], 14.0)[0]
    n = distance(back, end) or 1.0
    way = (end[0] - back[0]) / n, (end[1] - back[1]) / n
    start = end[0] - way[0] * 3, end[1] - way[1] * 3
    stop = end[0] + way[0] * reach, end[1] + way[1] * reach
    best = math.inf
    for c, d, tag in grid.near(end, reach + 3):
        if tag != me and (hit := crossing(start, stop, c, d)) is not None:
            best = min(best, hit[0])
    if best == math.inf:
        return None
    t = best * (reach + 3) + 1.0
    to = start[0] + way[0] * t, start[1] + way[1] * t
    return None if t > 20 and _blocked(end, to, barred) else to


def _blocked(a: Point, b: Point, barred: Callable[[Point, Point], bool]) -> bool:
    n = max(int(distance(a, b) / 10), 1)
    path = [(a[0] + (b[0] - a[0]) * k / n, a[1] + (b[1] - a[1]) * k / n) for k in range(n + 1)]
    return any(barred(p, q) for p, q in zip(path, path[1:], strict=False))


def planar(drafts: list[Draft]) -> Network:
    """Cut every draft where another of its level crosses it, and at its joints and bridgeheads."""
    cuts: list[list[float]] = [[0.0, length(d.line), *d.joints, *(s for b in d.bridges for s in b)] for d in drafts]
    grid: dict[tuple[int, int], list[tuple[int, int, float, Point, Point]]] = {}
    for k, draft in enumerate(drafts):
        s = 0.0
        for j, (a, b) in enumerate(zip(draft.line, draft.line[1:], strict=False)):
            seen: dict[tuple[int, int], bool] = {}
            for x in range(int(min(a[0], b[0]) // 50), int(max(a[0], b[0]) // 50) + 1):
                for y in range(int(min(a[1], b[1]) // 50), int(max(a[1], b[1]) // 50) + 1):
                    for i, jj, ss, c, d in grid.get((x, y), ()):
                        if drafts[i].level != draft.level or (i == k and jj >= j - 1) or (i, jj) in seen:
                            continue
                        seen[i, jj] = True
                        if hit := crossing(a, b, c, d):
                            cuts[k].append(s + hit[0] * distance(a, b))
                            cuts[i].append(ss + hit[1] * distance(c, d))
                    grid.setdefault((x, y), []).append((k, j, s, a, b))
            s += distance(a, b)
    net = Network()
    for k, draft in enumerate(drafts):
        _cut(net, k, draft, sorted(cuts[k]))
    return net


def _cut(net: Network, k: int, draft: Draft, cuts: list[float]) -> None:
    total = length(draft.line)
    for lo, hi in zip(cuts, cuts[1:], strict=False):
        if hi - lo < 0.5 or lo < 0 or hi > total + 0.01:
            continue
        line = part(draft.line, lo, hi)
        a, b = net.node(line[0]), net.node(line[-1])
        if a == b and hi - lo < 30:
            continue
        line[0], line[-1] = net.nodes[a], net.nodes[b]
        mid = (lo + hi) / 2
        bridge = any(x <= mid <= y for x, y in draft.bridges)
        net.edges.append(Edge(a, b, line, draft.kind, k, lo, draft.level, draft.oneway, bridge))


def trimmed(net: Network, keep: Callable[[Edge, Point], bool]) -> None:
    """Take away dead ends that nobody would build, until none is left; `keep` sees the edge and its loose end."""
    while True:
        around = net.around()
        gone = [False] * len(net.edges)
        for n, es in enumerate(around):
            if len(es) == 1 and not gone[es[0]]:
                edge = net.edges[es[0]]
                if not (max(abs(net.nodes[n][0]), abs(net.nodes[n][1])) > HALF - 60) and not keep(edge, net.nodes[n]):
                    gone[es[0]] = True
        if not any(gone):
            return
        net.edges = [e for e, g in zip(net.edges, gone, strict=True) if not g]


def merged_corners(net: Network, closer: float) -> None:
    """Make nodes that are joined by less than `closer` metres of street one."""
    root = _roots(net, closer)
    weight = _weights(net)
    members: dict[int, list[int]] = {}
    for n, r in enumerate(root):
        members.setdefault(r, []).append(n)
    for group in members.values():
        if len(group) > 1:
            w = sum(weight[n] for n in group)
            p = sum(net.nodes[n][0] * weight[n] for n in group) / w, sum(net.nodes[n][1] * weight[n] for n in group) / w
            for n in group:
                net.nodes[n] = p
    kept: list[Edge] = []
    for e in net.edges:
        e.a, e.b = root[e.a], root[e.b]
        if e.a == e.b and e.metres < 4 * closer:
            continue
        e.line[0], e.line[-1] = net.nodes[e.a], net.nodes[e.b]
        kept.append(e)
    net.edges = kept


def _roots(net: Network, closer: float) -> list[int]:
    """For each node the one that stands for all it is merged with."""
    root = list(range(len(net.nodes)))

    def find(n: int) -> int:
        while root[n] != n:
            root[n] = root[root[n]]
            n = root[n]
        return n

    for e in net.edges:
        if e.metres < closer and not e.bridge and not e.level and e.kind != "motorway_link":
            root[find(e.b)] = find(e.a)
    return [find(n) for n in range(len(root))]


def _weights(net: Network) -> list[float]:
    """How little each node may move: the greater the road, the heavier."""
    rank = {"motorway": 5, "motorway_link": 4, "primary": 3, "secondary": 2, "tertiary": 1}
    weight = [1.0] * len(net.nodes)
    for e in net.edges:
        for n in (e.a, e.b):
            weight[n] = max(weight[n], 8.0 ** rank.get(e.kind, 0))
    return weight


def without_twins(net: Network) -> None:
    """Of two edges that join the same nodes nearly side by side, keep the more important."""
    best: dict[tuple[int, int], Edge] = {}
    kept: list[Edge] = []
    for e in net.edges:
        key = (min(e.a, e.b), max(e.a, e.b))
        other = best.get(key)
        if (
            other is not None
            and e.a != e.b
            and not e.level
            and distance(at(e.line, e.metres / 2)[0], at(other.line, other.metres / 2)[0]) < 18
        ):
            continue
        best[key] = e
        kept.append(e)
    net.edges = kept


def dissolved(net: Network) -> None:
    """Make two stretches of one street that meet where nothing else does into one."""
    around = net.around()
    for n, es in enumerate(around):
        if len(es) != 2:
            continue
        one, two = net.edges[es[0]], net.edges[es[1]]
        same = one.street == two.street and one.bridge == two.bridge and one.kind == two.kind and one is not two
        if not same or one.a == one.b or two.a == two.b:
            continue
        first, second = (one, two) if one.b == n and two.a == n else (two, one)
        if first.b != n or second.a != n or first.a == second.b:
            continue
        first.line = [*first.line, *second.line[1:]]
        first.b = second.b
        k_first, k_second = (es[0], es[1]) if first is one else (es[1], es[0])
        around[second.b] = [k_first if k == k_second else k for k in around[second.b]]
        around[n] = []
        second.street = -1
    net.edges = [e for e in net.edges if e.street >= 0]


def compact(net: Network) -> None:
    """Drop nodes without an edge and number the others anew, in the order of the edges."""
    number: dict[int, int] = {}
    for e in net.edges:
        for n in (e.a, e.b):
            number.setdefault(n, len(number))
    old = net.nodes
    net.nodes = [old[n] for n in number]
    for e in net.edges:
        e.a, e.b = number[e.a], number[e.b]
    net.places = {}


def strong_core(net: Network, drives: Callable[[Edge], bool]) -> list[bool]:
    """For each node, whether it belongs to the largest part in which every node reaches every other by car (Kosaraju)."""
    n = len(net.nodes)
    out: list[list[int]] = [[] for _ in range(n)]
    into: list[list[int]] = [[] for _ in range(n)]
    for e in net.edges:
        if drives(e):
            for a, b in ((e.a, e.b),) if e.oneway else ((e.a, e.b), (e.b, e.a)):
                out[a].append(b)
                into[b].append(a)
    group: list[int] = [-1] * n
    sizes: list[int] = []
    for start in reversed(_finished(out)):
        if group[start] >= 0:
            continue
        group[start] = len(sizes)
        sizes.append(0)
        todo = [start]
        while todo:
            node = todo.pop()
            sizes[-1] += 1
            for to in into[node]:
                if group[to] < 0:
                    group[to] = group[start]
                    todo.append(to)
    biggest = max(range(len(sizes)), key=lambda g: sizes[g]) if sizes else -1
    return [g == biggest for g in group]


def _finished(out: list[list[int]]) -> list[int]:
    """Nodes in the order in which a walk in depth leaves them for good."""
    seen, order = [False] * len(out), []
    for start in range(len(out)):
        if seen[start]:
            continue
        seen[start] = True
        stack = [(start, 0)]
        while stack:
            node, k = stack.pop()
            if k == len(out[node]):
                order.append(node)
                continue
            stack.append((node, k + 1))
            to = out[node][k]
            if not seen[to]:
                seen[to] = True
                stack.append((to, 0))
    return order


def faces(net: Network) -> tuple[list[Line], list[tuple[int, int]]]:
    """The blocks between streets, and for each edge the block on its left and on its right (-1: outside)."""
    ends: list[list[tuple[float, int, bool]]] = [[] for _ in net.nodes]
    for k, e in enumerate(net.edges):
        if e.level or e.kind == "motorway_link":
            continue
        for line, n, forward in ((e.line, e.a, True), (e.line[::-1], e.b, False)):
            p = line[1] if distance(line[0], line[1]) > 0.5 or len(line) < 3 else line[2]
            ends[n].append((math.atan2(p[1] - line[0][1], p[0] - line[0][0]), k, forward))
    place: dict[tuple[int, bool], tuple[int, int]] = {}
    for n, star in enumerate(ends):
        star.sort()
        for i, (_, k, forward) in enumerate(star):
            place[k, forward] = (n, i)
    sides = [[-1, -1] for _ in net.edges]
    rings: list[Line] = []
    done: dict[tuple[int, bool], bool] = {}
    for begin in place:
        if begin in done:
            continue
        ring, half, owners = [], begin, []
        while half not in done:
            done[half] = True
            k, forward = half
            e = net.edges[k]
            ring += (e.line if forward else e.line[::-1])[:-1]
            owners.append(half)
            n, i = place[k, not forward]
            star = ends[n]
            _, k2, f2 = star[(i - 1) % len(star)]
            half = (k2, f2)
        if len(ring) > 2 and _signed(ring) > 50:
            rings.append(ring)
            for k, forward in owners:
                sides[k][0 if forward else 1] = len(rings) - 1
    return rings, [(a, b) for a, b in sides]


def _signed(ring: Line) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2
