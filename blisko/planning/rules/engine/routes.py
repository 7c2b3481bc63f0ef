"""Routes as chains of nodes: put a node in, take it out, and bring a route's labels and price up to date."""

from blisko.kit.compiled import bare, inlined
from blisko.planning.rules.engine.fit import price_of
from blisko.planning.rules.engine.labels import backward, forward, serve, soft_labels, span, start_labels, way
from blisko.planning.rules.engine.world import (
    BEGINS,
    CLOSES,
    COST,
    COUNT,
    EARLY,
    ENDS,
    HI,
    LABOUR,
    LO,
    MAYBE,
    NBREAKS,
    NXT,
    PARTS,
    PICK,
    PRINT,
    PRV,
    ROUTE,
    SOFT,
    SPAN,
    STEP,
    USED,
    State,
    World,
)


@inlined
def link(s: State, t: int, p: int, j: int) -> None:
    """Put `j` after `p` in route `t`; labels are out of date until `refresh`."""
    q = s.node[p, NXT]
    s.node[p, NXT], s.node[j, PRV], s.node[j, NXT], s.node[q, PRV] = j, p, q, j
    s.node[j, ROUTE] = t
    s.tour[t, COUNT] += 1


@inlined
def unlink(s: State, j: int) -> None:
    """Take `j` out of its route; labels are out of date until `refresh`."""
    p, q = s.node[j, PRV], s.node[j, NXT]
    s.node[p, NXT], s.node[q, PRV] = q, p
    s.tour[s.node[j, ROUTE], COUNT] -= 1
    s.node[j, ROUTE] = -1


@inlined
def pick_node(w: World, t: int) -> int:
    """Answer the node that stands for the pick-up stop of route `t`."""
    return w.nv + 2 * w.nt + t


@inlined
def stamp(mark: int, number: int) -> int:
    """Answer the print of a row of numbers that goes on by one more: 64 bits, so that two rows as good as never share one."""
    mark = (mark ^ number) * 6364136223846793005 + 1442695040888963407
    return mark ^ (mark >> 29)


@bare
def refresh(w: World, s: State, t: int) -> None:
    """Bring labels, stock and price of route `t` up to date."""
    a, z = w.nv + t, w.nv + w.nt + t
    s.tour[t, MAYBE] = -2
    start_labels(w, s, t)
    backward(w, s, t)
    forward(w, s, t, a)
    if s.node[a, NXT] == z:
        s.money[t, COST] = s.money[t, SOFT] = 0.0
        s.tour[t, LABOUR] = s.tour[t, SPAN] = 0
        s.tour[t, PRINT] = 1
        for k in range(2 * w.parts):
            s.tour[t, USED + k] = 0
        return
    s.money[t, SOFT] = soft_labels(w, s, t) if w.soft else 0.0
    if w.stocked:
        count_stock(w, s, t)
    travel, given, busy, mark = 0, 0.0, 0, s.tour[t, PICK]
    p = a
    while p != z:
        q = s.node[p, NXT]
        travel += way(w, s, t, p, q)
        busy += serve(w, s, t, p)
        if q < w.nv:
            given += price_of(w, t, q)
        mark = stamp(mark, q)
        if w.linked:
            mark = stamp(stamp(mark, s.node[q, LO]), s.node[q, HI])
        p = q
    s.tour[t, LABOUR], s.tour[t, PRINT] = travel + busy, mark | 1
    s.money[t, COST] = w.second * travel + given + s.money[t, SOFT]
    if w.work > 0.0:
        s.tour[t, SPAN] = span(w, s, t)
        s.money[t, COST] += w.work * s.tour[t, SPAN]
    if w.uneven > 0.0:
        share = s.tour[t, LABOUR] / max(1, w.shift[t, ENDS] - w.shift[t, BEGINS])
        s.money[t, COST] += w.uneven * share * share


@bare
def count_stock(w: World, s: State, t: int) -> None:
    """Count the parts of route `t`: from the van before a pick-up, and in all."""
    for k in range(2 * w.parts):
        s.tour[t, USED + k] = 0
    p, after = s.node[w.nv + t, NXT], False
    while s.node[p, NXT] >= 0:
        if p >= w.nv:
            after = True
        else:
            for k in range(w.parts):
                s.tour[t, USED + w.parts + k] += w.visit[p, PARTS + k]
                if not after:
                    s.tour[t, USED + k] += w.visit[p, PARTS + k]
        p = s.node[p, NXT]


@bare
def feasible(w: World, s: State, t: int) -> bool:
    """Tell whether route `t` can be driven at all."""
    a, z, n = w.nv + t, w.nv + w.nt + t, w.shift[t, NBREAKS]
    return s.node[a, NXT] == z or s.node[z, EARLY + STEP * n] <= w.shift[t, CLOSES]
