"""Visits that wait for each other: jobs for two begin at one moment, later visits of an order after the earlier ones.

While both are planned, their windows are narrowed so that neither can move into the other's way: then every other check stays
one of one route. Taking one out gives the others their windows back.
"""

from blisko.kit.compiled import bare
from blisko.planning.rules.engine.fit import fit
from blisko.planning.rules.engine.routes import link, refresh
from blisko.planning.rules.engine.stock import first_free, stocked_at
from blisko.planning.rules.engine.world import (
    BANNED,
    EARLY,
    GAP,
    HI,
    LAST,
    LATEST,
    LO,
    MATE,
    NBREAKS,
    NEVER,
    NXT,
    PRICE_OF,
    REAL,
    ROUTE,
    RUINED,
    SERVICE_OF,
    SOFT_AT,
    STEP,
    TOUCHED,
    State,
    World,
)


@bare
def start_span(w: World, s: State, j: int) -> tuple[int, int]:
    """Answer between which moments a planned visit begins, whichever breaks come before it."""
    t = s.node[j, ROUTE]
    low, high = NEVER, -NEVER
    at = SOFT_AT if w.soft else EARLY
    for k in range(w.shift[t, NBREAKS] + 1):
        when = s.node[j, at + STEP * k]
        if when <= s.node[j, LATEST + STEP * k]:
            low, high = min(low, when), max(high, when)
    return low, high


@bare
def loosen(w: World, s: State, j: int) -> None:
    """Give the visits before `j`, which was taken out, as much of their windows back as others allow."""
    for i in range(w.earlier.shape[1]):
        a = w.earlier[j, i]
        if a < 0 or s.node[a, ROUTE] < 0:
            continue
        t = s.node[a, ROUTE]
        high = w.visit[a, LAST] if w.visit[a, MATE] < 0 else s.node[a, HI]
        for n in range(w.later.shape[1]):
            b = w.later[a, n]
            if b >= 0 and s.node[b, ROUTE] >= 0:
                high = min(high, s.node[b, LO] - w.visit[b, GAP] - w.service[w.shift[t, SERVICE_OF], a])
        s.node[a, HI] = high
        s.tour[t, TOUCHED] = 1
        s.tour[t, RUINED] = 1


@bare
def ready_for(w: World, s: State, j: int) -> int:
    """Answer the earliest start of `j` after the visits that come before it; NEVER while one of them is not planned."""
    least = w.window[j, 0, 0]
    for i in range(w.earlier.shape[1]):
        a = w.earlier[j, i]
        if a >= 0:
            if s.node[a, ROUTE] < 0:
                return NEVER
            least = max(least, start_span(w, s, a)[1] + w.service[w.shift[s.node[a, ROUTE], SERVICE_OF], a] + w.visit[j, GAP])
    return least


@bare
def tighten(w: World, s: State, j: int) -> None:
    """After `j` was planned: hold it to begin no earlier than now planned, and those before it to have ended by then."""
    if w.earlier[j, 0] < 0:
        return
    low = start_span(w, s, j)[0]
    s.node[j, LO] = max(s.node[j, LO], low)
    for i in range(w.earlier.shape[1]):
        a = w.earlier[j, i]
        if a >= 0:
            t = s.node[a, ROUTE]
            s.node[a, HI] = min(s.node[a, HI], s.node[j, LO] - w.visit[j, GAP] - w.service[w.shift[t, SERVICE_OF], a])
            s.tour[t, TOUCHED] = 1
            refresh(w, s, t)
    s.tour[s.node[j, ROUTE], TOUCHED] = 1
    refresh(w, s, s.node[j, ROUTE])


@bare
def places_for(w: World, s: State, j: int) -> int:
    """Collect places for `j` in `tries` and `prices`, the cheapest of each route, as many as there is room; answer how many."""
    n = 0
    for t in range(w.nt):
        if w.price[w.shift[t, PRICE_OF], j] >= BANNED:
            continue
        best, at = BANNED, -1
        p = first_free(w, s, t)
        while s.node[p, NXT] >= 0:
            if not w.stocked or stocked_at(w, s, t, p, j):
                d = fit(w, s, t, p, j, best, REAL)
                if d < best:
                    best, at = d, p
            p = s.node[p, NXT]
        if at >= 0 and n < s.prices.shape[0]:
            s.tries[n, 0], s.tries[n, 1], s.prices[n] = t, at, best
            n += 1
    return n


@bare
def put_pair(w: World, s: State, j: int) -> bool:
    """Plan both halves of a job for two at one moment with two technicians, where that costs least; tell whether it was possible."""
    i = w.visit[j, MATE]
    lo, when = max(ready_for(w, s, i), ready_for(w, s, j)), s.node[i, LO]
    best = w.worth[i] + w.worth[j]
    s.where[0] = -1
    step = max(1, (min(w.visit[i, LAST], w.visit[j, LAST]) - lo) // 8)
    for at in range(lo, min(w.visit[i, LAST], w.visit[j, LAST]) + 1, step) if lo < NEVER else range(0):
        s.node[j, LO] = s.node[j, HI] = s.node[i, LO] = s.node[i, HI] = at
        n = places_for(w, s, j)
        for t in range(w.nt):
            if n == 0 or w.price[w.shift[t, PRICE_OF], i] >= BANNED:
                continue
            p = first_free(w, s, t)
            while s.node[p, NXT] >= 0:
                d = fit(w, s, t, p, i, best, REAL) if not w.stocked or stocked_at(w, s, t, p, i) else BANNED
                for m in range(n):
                    if s.tries[m, 0] != t and d + s.prices[m] < best:
                        best, when = d + s.prices[m], at
                        s.where[0], s.where[1], s.where[2], s.where[3] = s.tries[m, 0], s.tries[m, 1], t, p
                p = s.node[p, NXT]
    pt, pp, qt, qp = s.where[0], s.where[1], s.where[2], s.where[3]
    if pt < 0:
        s.node[i, LO], s.node[i, HI] = w.window[i, 0, 0], w.visit[i, LAST]
        s.node[j, LO], s.node[j, HI] = w.window[j, 0, 0], w.visit[j, LAST]
        return False
    s.node[j, LO] = s.node[j, HI] = s.node[i, LO] = s.node[i, HI] = when
    link(s, pt, pp, j)
    link(s, qt, qp, i)
    s.tour[pt, TOUCHED] = s.tour[qt, TOUCHED] = 1
    refresh(w, s, pt)
    refresh(w, s, qt)
    tighten(w, s, j)
    tighten(w, s, i)
    return True
