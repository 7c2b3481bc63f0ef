"""Whether a visit fits between two stops, and what it would cost there: constant time, whatever the route's length.

Only where somebody would come late, or out of hours, is the rest of the route walked to tell how late, and what that costs.
"""

import numpy as np

from blisko.kit.compiled import bare, inlined
from blisko.planning.rules.engine.labels import arrive, begin, lateness, load_soft, serve, tail_cost, way
from blisko.planning.rules.engine.world import (
    BANNED,
    BEGINS,
    CALM,
    DONE,
    EARLY,
    ENDS,
    HI,
    HOME,
    LABOUR,
    LATEST,
    LEAVE,
    LO,
    NBREAKS,
    NEVER,
    NXT,
    PICK,
    PRICE_OF,
    REAL,
    REST,
    REST_LONG,
    SERVICE_OF,
    SHUTS,
    SOFT,
    SPAN,
    STEP,
    State,
    World,
)


@inlined
def price_of(w: World, t: int, j: int) -> float:
    """Answer the points for giving visit `j` to shift `t`, wherever in its route."""
    return w.price[w.shift[t, PRICE_OF], j]


@inlined
def floor(w: World, s: State, t: int, j: int, detour: int, loading: int) -> float:
    """Answer what visit `j` costs in route `t` at least, with so many seconds of detour and loading: at best they fill time waited now."""
    longer = max(0, s.tour[t, LABOUR] + detour + loading + w.service[w.shift[t, SERVICE_OF], j] - s.tour[t, SPAN])
    return w.second * detour + w.work * longer + price_of(w, t, j)


@inlined
def quick_fit(w: World, s: State, t: int, p: int, j: int, bound: float) -> float:
    """As `fit`, written out in place: most places are too dear at first sight, and most routes have nothing but windows to keep."""
    q = s.node[p, NXT]
    trip, then = way(w, s, t, p, j), way(w, s, t, j, q)
    if floor(w, s, t, j, trip + then - way(w, s, t, p, q), 0) >= bound:
        return BANNED
    price = w.second * (trip + then - way(w, s, t, p, q)) + price_of(w, t, j)
    if w.soft or w.uneven > 0.0 or w.shift[t, NBREAKS] > 0:
        return BANNED if _too_late(w, s, t, p, j, q, trip, then) else fit(w, s, t, p, j, bound, REAL)
    return plain_fit(w, s, t, p, j, q, trip, then, price, bound)


@inlined
def plain_fit(w: World, s: State, t: int, p: int, j: int, q: int, trip: int, then: int, price: float, bound: float) -> float:
    """As `fit` where a route has nothing but windows to keep; `price`: of the ways and of giving the visit to the shift."""
    stay = serve(w, s, t, p)
    at = begin(w, s, t, j, s.node[p, EARLY] + stay + trip)
    ready = at + w.service[w.shift[t, SERVICE_OF], j] + then
    if at >= NEVER or ready > s.node[q, LATEST]:
        return BANNED
    if w.work > 0.0:
        upto = s.node[p, DONE] + stay + trip
        since = min(s.node[p, LEAVE], s.node[j, HI] - upto)
        upto += w.service[w.shift[t, SERVICE_OF], j] + then
        since = min(since, s.node[q, LATEST] - upto)
        end = max(ready + s.node[q, REST], s.node[q, HOME])
        price += w.work * (max(end - since, upto + s.node[q, REST]) - s.tour[t, SPAN])
    return price if price < bound else BANNED


@inlined
def _too_late(w: World, s: State, t: int, p: int, j: int, q: int, trip: int, then: int) -> bool:
    """Tell whether `j` cannot stand after `p` even if breaks took no time: what is seen at once needs no closer look."""
    soonest, latest = s.node[p, EARLY], s.node[q, LATEST]
    for k in range(1, w.shift[t, NBREAKS] + 1):
        soonest, latest = min(soonest, s.node[p, EARLY + STEP * k]), max(latest, s.node[q, LATEST + STEP * k])
    at = max(soonest + serve(w, s, t, p) + trip, s.node[j, LO])
    return at > s.node[j, HI] or at + w.service[w.shift[t, SERVICE_OF], j] + then > latest


@bare
def fit(w: World, s: State, t: int, p: int, j: int, bound: float, thought: np.int64) -> float:
    """Answer what it costs to put node `j` after `p` in route `t`; BANNED when it does not fit or costs `bound` or more.

    `thought`: THOUGHT to count with the pick-up that the route has not got yet, whose labels stand beside the real ones; else REAL.
    """
    q = s.node[p, NXT]
    trip, then = way(w, s, t, p, j), way(w, s, t, j, q)
    price = w.second * (trip + then - way(w, s, t, p, q))
    if j < w.nv:
        price += price_of(w, t, j)
    if (price >= bound and w.work == 0.0) or not _fits(w, s, t, p, j, q, trip, then, thought):
        return BANNED
    if w.soft and thought == REAL:
        price += _soft_price(w, s, t, p, j, q, trip, then)
    if w.work > 0.0:
        price += w.work * _longer(w, s, t, p, j, q, trip, then, thought)
    if w.uneven > 0.0:
        price += _uneven(w, t, s.tour[t, LABOUR] + serve(w, s, t, j) + trip + then - way(w, s, t, p, q)) - _uneven(w, t, s.tour[t, LABOUR])
    return price if price < bound else BANNED


@bare
def _uneven(w: World, t: int, labour: int) -> float:
    share = labour / max(1, w.shift[t, ENDS] - w.shift[t, BEGINS])
    return w.uneven * share * share


@bare
def _fits(w: World, s: State, t: int, p: int, j: int, q: int, trip: int, then: int, thought: np.int64) -> bool:
    """Fill the scratch rows: 0 the earliest starts at `j`, 1 the earliest readiness at `q`; tell whether the rest is possible."""
    n, stay, here, found = w.shift[t, NBREAKS], serve(w, s, t, p), serve(w, s, t, j), False
    for k in range(n + 1):
        at = NEVER
        for i in range(k + 1):
            leaves = s.node[p, EARLY + thought + STEP * i] + stay
            if leaves < NEVER:
                at = min(at, begin(w, s, t, j, arrive(w, t, leaves, trip, i, k)))
        s.x[0, k] = at
    for k in range(n + 1):
        ready = NEVER
        for i in range(k + 1):
            if s.x[0, i] < NEVER:
                ready = min(ready, arrive(w, t, s.x[0, i] + here, then, i, k))
        s.x[1, k] = ready
        found = found or ready <= s.node[q, LATEST + STEP * k]
    return found


@bare
def _soft_price(w: World, s: State, t: int, p: int, j: int, q: int, trip: int, then: int) -> float:
    """Answer how much more lateness, overtime and broken words would cost with `j` between `p` and `q`."""
    n, here, least = w.shift[t, NBREAKS], serve(w, s, t, j), BANNED
    load_soft(s, p, n, 3)
    _soft_to_new(w, s, t, p, j, trip)
    for k in range(n + 1):
        best, when = BANNED, NEVER
        for i in range(k + 1):
            if s.x[4, i] >= NEVER:
                continue
            ready = arrive(w, t, s.x[4, i] + here, then, i, k)
            if ready <= s.node[q, CALM + STEP * k]:
                least = min(least, s.c[4, i])
            at = begin(w, s, t, q, ready)
            price = s.c[4, i] + lateness(w, t, q, at) if at <= s.node[q, LATEST + STEP * k] else BANNED
            if price < best or (price == best and at < when):
                best, when = price, at
        s.x[5, k], s.c[5, k] = when, best
    if least > s.money[t, SOFT]:  # somebody comes late: walk on to tell how late
        least = min(least, tail_cost(w, s, t, q, 5))
    return least - s.money[t, SOFT]


@inlined
def _soft_to_new(w: World, s: State, t: int, p: int, j: int, trip: int) -> None:
    """Carry the labels in scratch row 3 from `p` to the new node `j`, in row 4."""
    stay = serve(w, s, t, p)
    for k in range(w.shift[t, NBREAKS] + 1):
        best, when = BANNED, NEVER
        for i in range(k + 1):
            if s.x[3, i] < NEVER:
                at = begin(w, s, t, j, arrive(w, t, s.x[3, i] + stay, trip, i, k))
                price = s.c[3, i] + lateness(w, t, j, at) if at < NEVER else BANNED
                if price < best or (price == best and at < when):
                    best, when = price, at
        s.x[4, k], s.c[4, k] = when, best


@bare
def _longer(w: World, s: State, t: int, p: int, j: int, q: int, trip: int, then: int, thought: np.int64) -> int:
    """Answer how much longer the route would take from leaving to coming back; exact where windows are single and no breaks float."""
    k, rests = 0, 0
    while s.x[1, k] > s.node[q, LATEST + STEP * k]:
        rests += w.shift[t, REST_LONG + 3 * k]
        k += 1
    upto = s.node[p, DONE + thought] + serve(w, s, t, p) + trip
    last = s.node[j, HI] if j < w.nv else w.point[s.tour[t, PICK], SHUTS]
    since = min(s.node[p, LEAVE + thought], last - upto)
    upto += serve(w, s, t, j) + then + rests
    since = min(since, s.node[q, LATEST + STEP * k] - upto)
    end = max(s.x[1, k] + s.node[q, REST + STEP * k], s.node[q, HOME + STEP * k])
    return max(end - since, upto + s.node[q, REST + STEP * k]) - s.tour[t, SPAN]
