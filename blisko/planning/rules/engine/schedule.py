"""From the arrays back to a `Plan` with its times."""

from blisko.planning.rules.engine.labels import begin, plain, serve, step_back, way
from blisko.planning.rules.engine.world import COUNT, DONE, EARLY, LEAVE, NBREAKS, PICK, PLACE, PRV, SOFT_AT, STEP, Kept, State, World
from blisko.planning.rules.problem import Break, Plan, PlannedRoute, PlannedStop, Problem


def plan_from(problem: Problem, w: World, s: State, best: Kept) -> Plan:
    """Answer the plan whose labels stand in `s`."""
    routes = [_route(problem, w, s, t) for t in range(w.nt) if s.tour[t, COUNT]]
    left = tuple(problem.visits[j].key for j in sorted(int(x) for x in best.absent[: best.nabsent[0]]))
    return Plan(tuple(routes), left, float(best.cost[0]))


def _route(problem: Problem, w: World, s: State, t: int) -> PlannedRoute:
    """Answer one route: it leaves as late as keeps its times, or as makes it shortest where work has its price."""
    chain = _chain(w, s, t)
    shift = problem.shifts[t]
    a, z = w.nv + t, w.nv + w.nt + t
    leaves, p, used = shift.begins, a, 0
    first, start, breaks = chain[0]
    if breaks == 0:
        leaves = max(leaves, start - int(way(w, s, t, a, first)))
    if w.work > 0 and plain(w, t):
        leaves = max(leaves, min(int(s.node[z, LEAVE]), int(s.node[z, EARLY] - s.node[z, DONE])))
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


def _chain(w: World, s: State, t: int) -> list[tuple[int, int, int]]:
    """Answer (node, start, breaks taken by then) for every stop and the end of route `t`."""
    q, k, out = w.nv + w.nt + t, int(w.shift[t, NBREAKS]), []
    while s.node[q, PRV] >= 0:
        out.append((q, int(s.node[q, (SOFT_AT if w.soft else EARLY) + STEP * k]), k))
        k, q = int(step_back(w, s, t, q, k)), int(s.node[q, PRV])
    return out[::-1]


def _pauses(rests: tuple[Break, ...], leaves: int, trip: int) -> tuple[list[tuple[int, int]], int]:
    """Answer when the breaks on one leg begin and end, and when the technician is ready at the other end."""
    free, ready, out = leaves, leaves + trip, []
    for rest in rests:
        at = max(free, rest.earliest)
        free, ready = at + rest.seconds, max(ready, rest.earliest) + rest.seconds
        out.append((at, free))
    return out, ready
