"""Let two technicians exchange their routes: what one of them may not or cannot do is planned anew. For days without pick-up points."""

from blisko.kit.compiled import bare
from blisko.planning.rules.engine.dice import pick
from blisko.planning.rules.engine.fit import fit, price_of
from blisko.planning.rules.engine.labels import way
from blisko.planning.rules.engine.routes import link, refresh, unlink
from blisko.planning.rules.engine.stock import stocked_at
from blisko.planning.rules.engine.world import (
    BANNED,
    COUNT,
    FROZEN,
    NXT,
    PRV,
    REAL,
    TOUCHED,
    TWIN,
    State,
    World,
)


@bare
def swap_routes(w: World, s: State, heat: float) -> bool:
    """Exchange two whole routes; False (and nothing done) when the dice chose two that cannot differ, or that live too far away:
    the ways from and to their homes alone would cost more than `heat` points.
    """
    a, b = pick(s.dice, w.nt), pick(s.dice, w.nt)
    if s.tour[a, COUNT] == 0 or w.shift[a, TWIN] == w.shift[b, TWIN] or w.shift[a, FROZEN] > 0 or w.shift[b, FROZEN] > 0:
        return False
    if (w.second + w.work) * (_from_home(w, s, a, b) + _from_home(w, s, b, a) - _from_home(w, s, a, a) - _from_home(w, s, b, b)) > heat:
        return False
    n = _unload(w, s, a, 0)
    m = _unload(w, s, b, n)
    _load(w, s, b, 0, n)
    _load(w, s, a, n, m)
    return True


@bare
def _from_home(w: World, s: State, t: int, who: int) -> int:
    """Answer the travel time of `who` to the first stop of route `t` and from its last; 0 for an empty route."""
    if s.tour[t, COUNT] == 0:
        return 0
    first, last = s.node[w.nv + t, NXT], s.node[w.nv + w.nt + t, PRV]
    return way(w, s, who, w.nv + who, first) + way(w, s, who, last, w.nv + w.nt + who)


@bare
def _unload(w: World, s: State, t: int, x: int) -> int:
    """Write the visits of route `t` from `row[x]` on and empty it; answer where the row ends."""
    p = s.node[w.nv + t, NXT]
    while s.node[p, NXT] >= 0:
        q = s.node[p, NXT]
        s.row[x] = p
        x += 1
        unlink(s, p)
        p = q
    s.tour[t, TOUCHED] = 1
    refresh(w, s, t)
    return x


@bare
def _load(w: World, s: State, t: int, x: int, upto: int) -> None:
    """Give the visits of the row to route `t` in their order; those it may not have, or comes too late for, are absent."""
    p = w.nv + t
    for i in range(x, upto):
        j = s.row[i]
        if price_of(w, t, j) < BANNED and (not w.stocked or stocked_at(w, s, t, p, j)) and fit(w, s, t, p, j, BANNED, REAL) < BANNED:
            link(s, t, p, j)
            refresh(w, s, t)
            p = j
        else:
            s.absent[s.nabsent[0]] = j
            s.nabsent[0] += 1
