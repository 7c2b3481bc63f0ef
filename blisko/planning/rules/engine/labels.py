"""Labels along a route: with them one look tells whether, and at what price, a visit fits between two stops.

A label has one column per number of breaks already taken. Leaving a stop, a technician may take the breaks that are next on the way:
a break begins once he is free, not before its earliest and not after its latest moment; driving may be interrupted by it.
Earliest starts run forward and latest starts backward (Savelsbergh 1985; floating breaks as states). Earlier is never worse, since one
may wait: so a stop fits exactly when the earliest arrival after it is not later than the latest start there, windows or no windows.
"""

import numpy as np

from blisko.kit.compiled import bare, inlined
from blisko.planning.rules.engine.world import (
    BANNED,
    BEGINS,
    CALM,
    CLOSES,
    DONE,
    DUE,
    EARLY,
    ENDS,
    HI,
    HOME,
    LATEST,
    LEAVE,
    LO,
    LOADING,
    NBREAKS,
    NEVER,
    NWINDOWS,
    NXT,
    OPENS,
    PICK,
    PLACE,
    PRV,
    RANK,
    REAL,
    REST,
    REST_FROM,
    REST_LONG,
    REST_TO,
    SERVICE_OF,
    SHUTS,
    SOFT_AT,
    STEP,
    TOLD_FROM,
    TOLD_SHIFT,
    TOLD_TO,
    TRAVEL_OF,
    State,
    World,
)


@inlined
def serve(w: World, s: State, t: int, node: int) -> int:
    """Answer how long shift `t` stays at a node."""
    if node < w.nv:
        return w.service[w.shift[t, SERVICE_OF], node]
    if node >= w.nv + 2 * w.nt:
        return w.point[s.tour[t, PICK], LOADING]
    return 0


@inlined
def way(w: World, s: State, t: int, a: int, b: int) -> int:
    """Answer the travel time of shift `t` between two nodes."""
    return w.travel[w.shift[t, TRAVEL_OF], s.node[a, PLACE], s.node[b, PLACE]]


@inlined
def arrive(w: World, t: int, leaves: int, trip: int, taken: int, then: int) -> int:
    """Answer when shift `t` is ready at the other end if breaks `taken` … `then`-1 are taken on the way; NEVER if one comes too late."""
    if leaves >= NEVER:
        return NEVER
    free, ready = leaves, leaves + trip
    for b in range(taken, then):
        if free > w.shift[t, REST_TO + 3 * b]:
            return NEVER
        free = max(free, w.shift[t, REST_FROM + 3 * b]) + w.shift[t, REST_LONG + 3 * b]
        ready = max(ready, w.shift[t, REST_FROM + 3 * b]) + w.shift[t, REST_LONG + 3 * b]
    return ready


@bare
def leave_by(w: World, t: int, arrive_by: int, trip: int, taken: int, then: int) -> int:
    """Answer the latest leaving that is ready at the other end by `arrive_by` with breaks `taken` … `then`-1 on the way; -NEVER if none."""
    ready, free = arrive_by, NEVER
    for b in range(then - 1, taken - 1, -1):
        if w.shift[t, REST_FROM + 3 * b] + w.shift[t, REST_LONG + 3 * b] > min(ready, free):
            return -NEVER
        ready -= w.shift[t, REST_LONG + 3 * b]
        free = min(free - w.shift[t, REST_LONG + 3 * b], w.shift[t, REST_TO + 3 * b])
    return min(ready - trip, free)


@inlined
def begin(w: World, s: State, t: int, node: int, ready: int) -> int:
    """Answer when service at a node begins for who is ready at `ready`: in a window, never before what was told; NEVER when too late."""
    if ready >= NEVER:
        return NEVER
    if node >= w.nv:
        if node < w.nv + 2 * w.nt:
            return ready
        at = max(ready, w.point[s.tour[t, PICK], OPENS])
        return at if at <= w.point[s.tour[t, PICK], SHUTS] else NEVER
    at = max(ready, s.node[node, LO])
    if w.visit[node, TOLD_SHIFT] == t:
        at = max(at, w.visit[node, TOLD_FROM])
    n = w.visit[node, NWINDOWS]
    if n > 1:
        for i in range(n - 1):
            if at <= w.window[node, i, 1]:
                break
            at = max(at, w.window[node, i + 1, 0])
    return at if at <= s.node[node, HI] else NEVER


@bare
def forward(w: World, s: State, t: int, first: int) -> None:
    """Fill the earliest starts, and the work along them, from node `first` (whose labels stand) to the end of the route."""
    n = w.shift[t, NBREAKS]
    p = first
    while s.node[p, NXT] >= 0:
        q = s.node[p, NXT]
        forward_step(w, s, t, n, p, q, REAL)
        s.node[q, RANK] = s.node[p, RANK] + 1
        p = q


@bare
def forward_step(w: World, s: State, t: int, n: int, p: int, q: int, thought: np.int64) -> None:
    """Fill the labels of `q` from those of `p` before it; `thought`: THOUGHT for those with a pick-up that is only thought of, else 0."""
    trip, stay = way(w, s, t, p, q), serve(w, s, t, p)
    for k in range(n + 1):
        best, work, since = NEVER, 0, 0
        for i in range(k + 1):
            was = thought + STEP * i
            if s.node[p, EARLY + was] >= NEVER:
                continue
            at = begin(w, s, t, q, arrive(w, t, s.node[p, EARLY + was] + stay, trip, i, k))
            if at < best:
                best = at
                rests = 0
                for b in range(i, k):
                    rests += w.shift[t, REST_LONG + 3 * b]
                work = s.node[p, DONE + was] + stay + trip + rests
                since = s.node[p, LEAVE + was]
                if k > i:
                    since = min(since, w.shift[t, REST_TO + 3 * i] - s.node[p, DONE + was] - stay)
        here = thought + STEP * k
        s.node[q, EARLY + here] = best
        s.node[q, DONE + here] = work
        s.node[q, LEAVE + here] = min(since, _latest_here(w, s, t, q) - work)


@bare
def _latest_here(w: World, s: State, t: int, node: int) -> int:
    if node < w.nv:
        return s.node[node, HI]
    return w.point[s.tour[t, PICK], SHUTS] if node >= w.nv + 2 * w.nt else NEVER


@bare
def _within(w: World, s: State, node: int, by: int) -> int:
    """Answer the latest start at a node not after `by`."""
    by = min(by, s.node[node, HI])
    for i in range(w.visit[node, NWINDOWS] - 1, 0, -1):
        if by >= w.window[node, i, 0]:
            return by
        by = min(by, w.window[node, i - 1, 1])
    return by


@bare
def start_labels(w: World, s: State, t: int) -> None:
    """Fill the labels of a route's start."""
    a = w.nv + t
    for k in range(w.shift[t, NBREAKS] + 1):
        s.node[a, EARLY + STEP * k] = w.shift[t, BEGINS] if k == 0 else NEVER
        s.node[a, DONE + STEP * k] = 0
        s.node[a, LEAVE + STEP * k] = NEVER
        s.node[a, SOFT_AT + STEP * k] = s.node[a, EARLY + STEP * k]
        s.owed[a, k] = 0.0
    s.node[a, RANK] = 0


@bare
def backward(w: World, s: State, t: int) -> None:
    """Fill the latest starts, and what lies ahead, from the end of the route to its start."""
    n = w.shift[t, NBREAKS]
    q = w.nv + w.nt + t
    for k in range(n + 1):
        s.node[q, LATEST + STEP * k] = w.shift[t, CLOSES] if k == n else -NEVER
        s.node[q, CALM + STEP * k] = w.shift[t, ENDS] if k == n else -NEVER
        s.node[q, REST + STEP * k] = 0
        s.node[q, HOME + STEP * k] = 0
    while s.node[q, PRV] >= 0:
        p = s.node[q, PRV]
        backward_step(w, s, t, n, p, q)
        q = p


@bare
def backward_step(w: World, s: State, t: int, n: int, p: int, q: int) -> None:
    """Fill the labels of `p` from those of `q` after it."""
    trip, stay = way(w, s, t, p, q), serve(w, s, t, p)
    due, soonest = NEVER, -NEVER
    if p < w.nv:
        soonest, due = s.node[p, LO], w.visit[p, DUE]
        if w.visit[p, TOLD_SHIFT] == t:
            due = min(due, w.visit[p, TOLD_TO])
            soonest = max(soonest, w.visit[p, TOLD_FROM])
    elif p >= w.nv + 2 * w.nt:
        due = w.point[s.tour[t, PICK], SHUTS]
        soonest = w.point[s.tour[t, PICK], OPENS]
    for k in range(n + 1):
        latest, calm = -NEVER, -NEVER
        rest, home, rests = NEVER, NEVER, 0
        for m in range(k, n + 1):
            if m > k:
                rests += w.shift[t, REST_LONG + 3 * (m - 1)]
            by = leave_by(w, t, s.node[q, LATEST + STEP * m], trip, k, m) - stay
            if by > latest:
                latest = by
            calm = max(calm, leave_by(w, t, s.node[q, CALM + STEP * m], trip, k, m) - stay)
            if by > -NEVER // 2:
                rest = min(rest, stay + trip + rests + s.node[q, REST + STEP * m])
                home = min(home, max(s.node[q, HOME + STEP * m], soonest + stay + trip + rests + s.node[q, REST + STEP * m]))
        if p < w.nv:
            latest, calm = _within(w, s, p, latest), _within(w, s, p, min(calm, due))
        elif p >= w.nv + 2 * w.nt:
            latest, calm = min(latest, due), min(calm, due)
        s.node[p, LATEST + STEP * k] = latest
        s.node[p, CALM + STEP * k] = calm
        s.node[p, REST + STEP * k] = rest
        s.node[p, HOME + STEP * k] = home


@bare
def lateness(w: World, t: int, node: int, at: int) -> float:
    """Answer what it costs that shift `t` begins at a node (or ends its day) at `at`.

    Late by m minutes: broken + late · m · (1 + m / 60); outside what the customer was told: told_price; after the shift: over a second.
    """
    if node >= w.nv:
        over = at - w.shift[t, ENDS]
        return w.over * over if w.nv + w.nt <= node < w.nv + 2 * w.nt and over > 0 else 0.0
    cost = 0.0
    late = at - w.visit[node, DUE]
    if late > 0:
        cost = w.broken + w.late * late * (1.0 + late / 3600.0)
    if w.visit[node, TOLD_SHIFT] == t and at > w.visit[node, TOLD_TO]:
        cost += w.told_price
    return cost


@bare
def soft_step(w: World, s: State, t: int, p: int, q: int, a: int, b: int) -> None:
    """Carry the cheapest way to be on time from `p`, in scratch row `a` (starts and costs by breaks taken), on to `q`, in row `b`."""
    trip, stay, n = way(w, s, t, p, q), serve(w, s, t, p), w.shift[t, NBREAKS]
    for k in range(n + 1):
        best, when = BANNED, NEVER
        for i in range(k + 1):
            if s.x[a, i] >= NEVER:
                continue
            then = begin(w, s, t, q, arrive(w, t, s.x[a, i] + stay, trip, i, k))
            if then > s.node[q, LATEST + STEP * k]:
                continue
            price = s.c[a, i] + lateness(w, t, q, then)
            if price < best or (price == best and then < when):
                best, when = price, then
        s.x[b, k], s.c[b, k] = when, best


@bare
def load_soft(s: State, node: int, n: int, a: int) -> None:
    """Put the soft labels of a node into scratch row `a`."""
    for k in range(n + 1):
        s.x[a, k], s.c[a, k] = s.node[node, SOFT_AT + STEP * k], s.owed[node, k]


@bare
def store_soft(s: State, node: int, n: int, a: int) -> None:
    """Make scratch row `a` the soft labels of a node."""
    for k in range(n + 1):
        s.node[node, SOFT_AT + STEP * k], s.owed[node, k] = s.x[a, k], s.c[a, k]


@bare
def soft_labels(w: World, s: State, t: int) -> float:
    """Fill the cheapest starts along a whole route and answer what its lateness, overtime and broken words cost."""
    p, n, a, b = w.nv + t, w.shift[t, NBREAKS], 2, 3
    load_soft(s, p, n, a)
    while s.node[p, NXT] >= 0:
        q = s.node[p, NXT]
        soft_step(w, s, t, p, q, a, b)
        store_soft(s, q, n, b)
        a, b, p = b, a, q
    return s.owed[p, n]


@bare
def tail_cost(w: World, s: State, t: int, q: int, a: int) -> float:
    """Answer what lateness costs in all when service at `q` begins as in scratch row `a` (2 and 3 are used up)."""
    n, b = w.shift[t, NBREAKS], 2
    while s.node[q, NXT] >= 0:
        r = s.node[q, NXT]
        soft_step(w, s, t, q, r, a, b)
        a, b, q = b, 5 - b, r
    return s.c[a, n]


@bare
def step_back(w: World, s: State, t: int, q: int, k: int) -> int:
    """Answer how many breaks were taken before the stop ahead of `q` on the way that leads to `q` with `k` taken."""
    at, p, found = SOFT_AT if w.soft else EARLY, s.node[q, PRV], -1
    trip, stay = way(w, s, t, p, q), serve(w, s, t, p)
    for i in range(k + 1):
        was = s.node[p, at + STEP * i]
        if was < NEVER and begin(w, s, t, q, arrive(w, t, was + stay, trip, i, k)) == s.node[q, at + STEP * k]:
            if found < 0 or (w.soft and abs(s.owed[p, i] + lateness(w, t, q, s.node[q, at + STEP * k]) - s.owed[q, k]) < 1e-9):
                found = i
    return found


@bare
def span(w: World, s: State, t: int) -> int:
    """Answer how long route `t` takes from leaving to coming back.

    With nothing but single windows to keep it leaves as late as the earliest return allows (exact: Savelsbergh 1992); else as late
    as its first stop allows.
    """
    z, n = w.nv + w.nt + t, w.shift[t, NBREAKS]
    if plain(w, t):
        return max(s.node[z, EARLY] - s.node[z, LEAVE], s.node[z, DONE])
    q, k, last = z, n, s.node[z, (SOFT_AT if w.soft else EARLY) + STEP * n]
    while s.node[q, PRV] != w.nv + t:
        k = step_back(w, s, t, q, k)
        q = s.node[q, PRV]
    if k > 0:
        return last - w.shift[t, BEGINS]
    return last - s.node[q, SOFT_AT if w.soft else EARLY] + way(w, s, t, w.nv + t, q)


@inlined
def plain(w: World, t: int) -> bool:
    """Tell whether shift `t` has no breaks, and nothing soft to keep."""
    return w.shift[t, NBREAKS] == 0 and not w.soft
