"""From the arrays back to a `Plan` with its times."""

import numpy as np

from blisko.kit.compiled import bare
from blisko.planning.rules.engine.labels import arrive, begin, lateness, serve, way
from blisko.planning.rules.engine.world import (
    COUNT,
    DONE,
    EARLY,
    LEAVE,
    NBREAKS,
    NEVER,
    PICK,
    PLACE,
    PRV,
    SOFT_AT,
    STEP,
    Ints,
    Kept,
    State,
    World,
)
from blisko.planning.rules.problem import Break, Plan, PlannedRoute, PlannedStop, Problem


@bare
def trace(w: World, s: State, t: int, nodes: Ints, starts: Ints, taken: Ints) -> int:
    """Fill the stops of route `t` from its end backwards (first row: the end): node, start, breaks taken up to it; answer how many."""
    q, k, n = w.nv + w.nt + t, w.shift[t, NBREAKS], 0
    at = SOFT_AT if w.soft else EARLY
    while s.node[q, PRV] >= 0:
        nodes[n], starts[n], taken[n] = q, s.node[q, at + STEP * k], k
        n += 1
        p = s.node[q, PRV]
        trip, stay, found = way(w, s, t, p, q), serve(w, s, t, p), -1
        for i in range(k + 1):
            if (
                s.node[p, at + STEP * i] < NEVER
                and begin(w, s, t, q, arrive(w, t, s.node[p, at + STEP * i] + stay, trip, i, k)) == s.node[q, at + STEP * k]
            ):
                if found < 0 or not w.soft or abs(s.owed[p, i] + lateness(w, t, q, s.node[q, at + STEP * k]) - s.owed[q, k]) < 1e-9:
                    found = i
        q, k = p, found
    return n


def plan_from(problem: Problem, w: World, s: State, best: Kept, iterations: int) -> Plan:
    """Answer the plan whose labels stand in `s`."""
    routes = [_route(problem, w, s, t) for t in range(w.nt) if s.tour[t, COUNT]]
    left = tuple(problem.visits[j].key for j in sorted(int(x) for x in best.absent[: best.nabsent[0]]))
    return Plan(tuple(routes), left, float(best.cost[0]), iterations)


def _route(problem: Problem, w: World, s: State, t: int) -> PlannedRoute:
    """Answer one route: it leaves as late as keeps its times, or as makes it shortest where work has its price."""
    size = int(s.tour[t, COUNT]) + 2
    nodes, starts, taken = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    n = trace(w, s, t, nodes, starts, taken)
    chain = list(zip(nodes[:n].tolist(), starts[:n].tolist(), taken[:n].tolist(), strict=True))[::-1]
    shift = problem.shifts[t]
    a, z = w.nv + t, w.nv + w.nt + t
    leaves, p, used = shift.begins, a, 0
    if chain[0][2] == 0:
        leaves = max(leaves, chain[0][1] - int(way(w, s, t, a, chain[0][0])))
    if w.work > 0:
        last = int(w.shift[t, NBREAKS])
        leaves = max(leaves, min(int(s.node[z, LEAVE + STEP * last]), int(s.node[z, EARLY + STEP * last] - s.node[z, DONE + STEP * last])))
    free, stops = leaves, []
    for node, start, breaks in chain:
        rests = shift.breaks[used:breaks]
        pauses, ready = _pauses(rests, free, int(way(w, s, t, p, node)))
        stops += [PlannedStop("break", f"break {used + i}", None, at, at, end) for i, (at, end) in enumerate(pauses)]
        used = breaks
        if node == z:
            return PlannedRoute(shift.key, leaves, ready, tuple(stops))
        begins = max(start, int(begin(w, s, t, node, ready)))
        free = begins + int(serve(w, s, t, node))
        kind, key = ("visit", problem.visits[node].key) if node < w.nv else ("pickup", problem.pickups[s.tour[t, PICK]].key)
        stops.append(PlannedStop(kind, key, int(s.node[node, PLACE]), ready, begins, free))
        p = node
    raise AssertionError("a route ends at its end")


def _pauses(rests: tuple[Break, ...], leaves: int, trip: int) -> tuple[list[tuple[int, int]], int]:
    """Answer when the breaks on one leg begin and end, and when the technician is ready at the other end."""
    free, ready, out = leaves, leaves + trip, []
    for rest in rests:
        at = max(free, rest.earliest)
        free, ready = at + rest.seconds, max(ready, rest.earliest) + rest.seconds
        out.append((at, free))
    return out, ready
