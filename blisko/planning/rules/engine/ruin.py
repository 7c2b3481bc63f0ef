"""Take visits out: strings of neighbours from routes near each other (SISR: Christiaens and Vanden Berghe 2020)."""

from blisko.kit.compiled import bare
from blisko.planning.rules.engine.dice import pick, throw
from blisko.planning.rules.engine.linked import loosen
from blisko.planning.rules.engine.routes import refresh, unlink
from blisko.planning.rules.engine.stock import first_free, first_lacking, put_pickup, think_of_pickup, tidy_pickup
from blisko.planning.rules.engine.world import (
    COUNT,
    FROZEN,
    HI,
    LAST,
    LO,
    MATE,
    MAYBE,
    MAYBE_PICK,
    NXT,
    PICK,
    RANK,
    ROUTE,
    RUINED,
    TOUCHED,
    State,
    World,
)

REMOVED = 10.0  # visits taken out in the mean
LONGEST = 10.0  # of a string
SPLIT = 0.5  # share of strings with a piece kept in the middle
GROW = 0.5  # how readily that piece grows
WHOLE = 0.1  # share of ruins that empty the first route, when it is not longer than MOST_WHOLE
MOST_WHOLE = 20.0
HOPE = 0.15  # share of routes that pick up before anything asks for it
DROP = 0.05  # share of routes that do without their pick-up


@bare
def take_out(w: World, s: State, j: int) -> None:
    """Take visit `j` out of its route, with those that cannot be planned without it."""
    t = s.node[j, ROUTE]
    s.tour[t, TOUCHED] = s.tour[t, RUINED] = 1
    unlink(s, j)
    s.absent[s.nabsent[0]] = j
    s.nabsent[0] += 1
    if w.linked:
        s.node[j, LO], s.node[j, HI] = w.window[j, 0, 0], w.visit[j, LAST]
        if w.visit[j, MATE] >= 0 and s.node[w.visit[j, MATE], ROUTE] >= 0:
            take_out(w, s, w.visit[j, MATE])
        for i in range(w.later.shape[1]):
            if w.later[j, i] >= 0 and s.node[w.later[j, i], ROUTE] >= 0:
                take_out(w, s, w.later[j, i])
        loosen(w, s, j)


@bare
def ruin(w: World, s: State) -> None:
    """Take about ten visits out of routes around one place, and bring those routes up to date."""
    planned, used = 0, 0
    for t in range(w.nt):
        s.tour[t, RUINED] = 0
        planned += s.tour[t, COUNT] - w.shift[t, FROZEN]
        used += 1 if s.tour[t, COUNT] > w.shift[t, FROZEN] else 0
    if used == 0:
        return
    longest = min(LONGEST, max(1.0, planned / used))
    strings = int(1.0 + throw(s.dice) * (4.0 * REMOVED / (1.0 + longest) - 1.0))
    whole = throw(s.dice) < WHOLE
    seed = pick(s.dice, w.nv)
    if s.nabsent[0] > 0 and throw(s.dice) < 0.2:
        seed = s.absent[pick(s.dice, s.nabsent[0])]
    for i in range(w.close.shape[1]):
        c = w.close[seed, i]
        t = s.node[c, ROUTE]
        if t < 0 or s.tour[t, RUINED] == 1 or s.node[c, RANK] <= w.shift[t, FROZEN]:
            continue
        _take_string(w, s, t, c, MOST_WHOLE if whole else longest)
        whole = False
        s.tour[t, RUINED] = 1
        strings -= 1
        if strings == 0:
            break
    for t in range(w.nt):
        if s.tour[t, RUINED] == 1:
            if w.stocked and w.point.shape[0] > 0:
                _doubt_pickup(w, s, t)
            refresh(w, s, t)


@bare
def _doubt_pickup(w: World, s: State, t: int) -> None:
    """Now and then let route `t` pick up before anything asks for it, or do without and give up what needs it; else tidy it."""
    if s.tour[t, PICK] < 0:
        if throw(s.dice) < HOPE:
            refresh(w, s, t)
            think_of_pickup(w, s, t)
            if s.tour[t, MAYBE_PICK] >= 0:
                put_pickup(w, s, t, s.tour[t, MAYBE], s.tour[t, MAYBE_PICK])
        return
    if w.shift[t, FROZEN] == 0 and throw(s.dice) < DROP:
        lacks = first_lacking(w, s, t)
        while lacks >= 0:
            take_out(w, s, lacks)
            lacks = first_lacking(w, s, t)
    tidy_pickup(w, s, t)


@bare
def _take_string(w: World, s: State, t: int, c: int, longest: float) -> None:
    """Take a string of visits with `c` in it (or around a piece that stays) out of route `t`."""
    m, at = 0, 0
    p = s.node[first_free(w, s, t), NXT]
    while s.node[p, NXT] >= 0:
        if p < w.nv:
            if p == c:
                at = m
            s.row[m] = p
            m += 1
        p = s.node[p, NXT]
    length = m if longest == MOST_WHOLE and m <= longest else min(m, int(1.0 + throw(s.dice) * min(float(m), longest)))
    stays = 0
    if 1 < length < m and throw(s.dice) < SPLIT:
        stays = 1
        while length + stays < m and throw(s.dice) < GROW:
            stays += 1
    span = length + stays
    low, high = max(0, at - span + 1), min(at, m - span)
    first = low + pick(s.dice, high - low + 1)
    skip = first + (pick(s.dice, length + 1) if stays else span)
    for i in range(first, first + span):
        if (i < skip or i >= skip + stays) and s.node[s.row[i], ROUTE] == t:
            take_out(w, s, s.row[i])
