"""Tools and parts: what the van carries, and the detour by a pick-up point where that is not enough.

A route stops at a pick-up point once at most. From then on it has the point's tools and parts beside its own.
"""

from blisko.kit.compiled import bare, inlined
from blisko.planning.rules.engine.dice import throw
from blisko.planning.rules.engine.fit import fit, floor
from blisko.planning.rules.engine.labels import backward_step, forward_step, load_soft, soft_step, store_soft, way
from blisko.planning.rules.engine.routes import link, pick_node, refresh, unlink
from blisko.planning.rules.engine.world import (
    BANNED,
    DONE,
    EARLY,
    FROZEN,
    LEAVE,
    LOADING,
    MAYBE,
    MAYBE_COST,
    MAYBE_PICK,
    NBREAKS,
    NXT,
    PARTS,
    PICK,
    PICK_PLACE,
    PICK_TOOLS,
    PLACE,
    POINT_PARTS,
    PRV,
    RANK,
    REAL,
    STEP,
    THOUGHT,
    TOOLS,
    USED,
    VAN_PARTS,
    VAN_TOOLS,
    State,
    World,
)


@inlined
def van_has(w: World, s: State, t: int, j: int) -> bool:
    """Tell whether the van of `t` still has what `j` needs, on top of what its route takes before any pick-up."""
    if w.visit[j, TOOLS] & ~w.shift[t, VAN_TOOLS]:
        return False
    for k in range(w.parts):  # noqa: SIM110  compiled code has no generators
        if s.tour[t, USED + k] + w.visit[j, PARTS + k] > w.shift[t, VAN_PARTS + k]:
            return False
    return True


@inlined
def point_has(w: World, s: State, t: int, m: int, j: int) -> bool:
    """Tell whether van and pick-up point `m` together have what `j` needs on top of the whole route."""
    if w.visit[j, TOOLS] & ~(w.shift[t, VAN_TOOLS] | w.point[m, PICK_TOOLS]):
        return False
    for k in range(w.parts):
        if (
            w.point[m, POINT_PARTS + k] >= 0
            and s.tour[t, USED + w.parts + k] + w.visit[j, PARTS + k] > w.shift[t, VAN_PARTS + k] + w.point[m, POINT_PARTS + k]
        ):
            return False
    return True


@inlined
def stocked_at(w: World, s: State, t: int, p: int, j: int) -> bool:
    """Tell whether `j` right after `p` finds its tools and parts in route `t` as it stands."""
    m = s.tour[t, PICK]
    if m < 0:
        return van_has(w, s, t, j)
    if not point_has(w, s, t, m, j):
        return False
    return s.node[p, RANK] >= s.node[pick_node(w, t), RANK] or van_has(w, s, t, j)


@bare
def think_of_pickup(w: World, s: State, t: int) -> None:
    """Find where a pick-up would cost route `t` least, and fill the labels beyond it; `maybe` stays -1 when none fits."""
    s.tour[t, MAYBE], s.tour[t, MAYBE_PICK] = -1, -1
    node, best = pick_node(w, t), BANNED
    p = first_free(w, s, t)
    while s.node[p, NXT] >= 0:
        for m in range(w.point.shape[0]):
            s.tour[t, PICK], s.node[node, PLACE] = m, w.point[m, PICK_PLACE]
            price = fit(w, s, t, p, node, best, REAL)
            if price < best:
                best, s.tour[t, MAYBE], s.tour[t, MAYBE_PICK] = price, p, m
        p = s.node[p, NXT]
    s.tour[t, PICK] = -1
    p, m = s.tour[t, MAYBE], s.tour[t, MAYBE_PICK]
    if m < 0:
        return
    q = s.node[p, NXT]
    s.tour[t, PICK], s.node[node, PLACE] = m, w.point[m, PICK_PLACE]
    s.money[t, MAYBE_COST] = w.second * (way(w, s, t, p, node) + way(w, s, t, node, q) - way(w, s, t, p, q))
    n = w.shift[t, NBREAKS]
    forward_step(w, s, t, n, p, node, REAL)
    for k in range(n + 1):
        for label in (EARLY, DONE, LEAVE):
            s.node[node, label + THOUGHT + STEP * k] = s.node[node, label + STEP * k]
    forward_step(w, s, t, n, node, q, THOUGHT)
    while s.node[q, NXT] >= 0:
        forward_step(w, s, t, n, q, s.node[q, NXT], THOUGHT)
        q = s.node[q, NXT]
    s.tour[t, PICK] = -1


@inlined
def first_free(w: World, s: State, t: int) -> int:
    """Answer the last node of route `t` that stays where it is: nothing is put before or among those."""
    p = w.nv + t
    for _ in range(w.shift[t, FROZEN]):
        p = s.node[p, NXT]
    return p


@bare
def fit_behind_pickup(w: World, s: State, t: int, p: int, j: int, m: int, bound: float) -> float:
    """Answer what it costs to drive from `p` by pick-up point `m` straight to `j`."""
    node, q, n = pick_node(w, t), s.node[p, NXT], w.shift[t, NBREAKS]
    s.tour[t, PICK], s.node[node, PLACE] = m, w.point[m, PICK_PLACE]
    detour = way(w, s, t, p, node) + way(w, s, t, node, j) + way(w, s, t, j, q) - way(w, s, t, p, q)
    if floor(w, s, t, j, detour, w.point[m, LOADING]) >= bound:
        s.tour[t, PICK] = -1
        return BANNED
    price = w.second * (way(w, s, t, p, node) + way(w, s, t, node, q) - way(w, s, t, p, q))
    forward_step(w, s, t, n, p, node, REAL)
    if w.soft:
        backward_step(w, s, t, n, node, q)  # until when it may be reached there: what stands beside it is of where it stood last
        load_soft(s, p, n, 2)
        soft_step(w, s, t, p, node, 2, 3)
        store_soft(s, node, n, 3)
    s.node[node, NXT] = q
    price += fit(w, s, t, node, j, bound - price, REAL)
    s.node[node, NXT] = -1
    s.tour[t, PICK] = -1
    return price


@bare
def put_pickup(w: World, s: State, t: int, p: int, m: int) -> None:
    """Let route `t` stop at pick-up point `m` after `p`."""
    node = pick_node(w, t)
    s.tour[t, PICK], s.node[node, PLACE] = m, w.point[m, PICK_PLACE]
    link(s, t, p, node)


@bare
def tidy_pickup(w: World, s: State, t: int) -> None:
    """Drop the pick-up of route `t` when the van has enough without, else look at times whether it stands better elsewhere."""
    m, node = s.tour[t, PICK], pick_node(w, t)
    if m < 0:
        return
    lacks = first_lacking(w, s, t)
    if lacks < 0:
        unlink(s, node)
        s.tour[t, PICK] = -1
    elif throw(s.dice) < 0.3:
        _move_pickup(w, s, t, m, lacks)


@bare
def first_lacking(w: World, s: State, t: int) -> int:
    """Answer the first visit of route `t` that the van alone cannot serve, -1 when there is none."""
    tools, n = w.shift[t, VAN_TOOLS], w.parts
    for k in range(n):
        s.tour[w.nt, USED + k] = 0
    p = s.node[w.nv + t, NXT]
    while s.node[p, NXT] >= 0:
        if p < w.nv:
            if w.visit[p, TOOLS] & ~tools:
                return p
            for k in range(n):
                s.tour[w.nt, USED + k] += w.visit[p, PARTS + k]
                if s.tour[w.nt, USED + k] > w.shift[t, VAN_PARTS + k]:
                    return p
        p = s.node[p, NXT]
    return -1


@bare
def _move_pickup(w: World, s: State, t: int, m: int, lacks: int) -> None:
    """Put the pick-up of route `t` where it costs least before the visit that needs it."""
    node = pick_node(w, t)
    was = s.node[node, PRV]
    unlink(s, node)
    refresh(w, s, t)
    best, at = BANNED, was
    p = first_free(w, s, t)
    while p != lacks and s.node[p, NXT] >= 0:
        price = fit(w, s, t, p, node, best, REAL)
        if price < best:
            best, at = price, p
        p = s.node[p, NXT]
    s.tour[t, PICK] = m
    link(s, t, at, node)
