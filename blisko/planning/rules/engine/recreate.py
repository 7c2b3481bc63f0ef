"""Put visits back, one after the other, each where it costs least; now and then the best place is overlooked (blinks)."""

from blisko.kit.compiled import bare, inlined
from blisko.planning.rules.engine.dice import throw
from blisko.planning.rules.engine.fit import fit, floor, plain_fit, price_of, quick_fit
from blisko.planning.rules.engine.labels import serve, way
from blisko.planning.rules.engine.linked import put_pair, ready_for, tighten
from blisko.planning.rules.engine.routes import link, pick_node, refresh
from blisko.planning.rules.engine.stock import first_free, fit_behind_pickup, point_has, put_pickup, stocked_at, think_of_pickup, van_has
from blisko.planning.rules.engine.world import (
    COUNT,
    EARLY,
    FROZEN,
    HI,
    LABOUR,
    LAST,
    LATEST,
    LO,
    LOADING,
    MATE,
    MAYBE,
    MAYBE_COST,
    MAYBE_PICK,
    NBREAKS,
    NEARBY_FROM,
    NEVER,
    NXT,
    OPENS,
    PICK,
    PICK_PLACE,
    PLACE,
    PRINT,
    PRV,
    RANK,
    ROUTE,
    SEEN,
    SERVICE_OF,
    SPAN,
    STEP,
    THOUGHT,
    TOUCHED,
    TRAVEL_OF,
    TWIN,
    State,
    World,
)

BLINK = 0.01


@bare
def recreate(w: World, s: State) -> None:
    """Put every absent visit back that fits for less than leaving it out."""
    n = s.nabsent[0]
    how = throw(s.dice)
    for x in range(n):
        s.key[x] = order_key(w, s, s.absent[x], how)
        s.row[x] = s.absent[x]
    sort_rows(s, n)
    s.nabsent[0] = 0
    for x in range(n):
        j = s.row[x]
        if s.node[j, ROUTE] < 0 and not put_back(w, s, j):
            s.absent[s.nabsent[0]] = j
            s.nabsent[0] += 1
    if w.linked:
        again_linked(w, s)


@bare
def sort_rows(s: State, n: int) -> None:
    """Sort the first `n` of `row` by their `key` (Shell 1959, gaps of Ciura 2001): few at a time, seldom many."""
    for gap in (3605, 1577, 701, 301, 132, 57, 23, 10, 4, 1):
        for i in range(gap, n):
            key, row, k = s.key[i], s.row[i], i
            while k >= gap and s.key[k - gap] > key:
                s.key[k], s.row[k] = s.key[k - gap], s.row[k - gap]
                k -= gap
            s.key[k], s.row[k] = key, row


@bare
def order_key(w: World, s: State, j: int, how: float) -> float:
    """Answer a visit's place in the order of putting back: at random, by worth, by window, by length, far ones or close ones first."""
    noise = throw(s.dice)
    if how < 0.3:
        return noise
    if how < 0.45:
        return -w.worth[j] * (1.0 + 0.1 * noise) - w.service[0, j]
    if how < 0.6:
        return (w.visit[j, LAST] - w.window[j, 0, 0]) * (1.0 + 1e-3 * noise)
    if how < 0.7:
        return w.window[j, 0, 0] + noise
    if how < 0.8:
        return -w.visit[j, LAST] + noise
    home = w.travel[0, s.node[w.nv, PLACE], s.node[j, PLACE]]
    return -home + noise if how < 0.93 else home + noise


@bare
def again_linked(w: World, s: State) -> None:
    """Try those once more that had to wait for others to be planned first, and forget whoever came back with a partner."""
    n, left = s.nabsent[0], 0
    for x in range(n):
        j = s.absent[x]
        if s.node[j, ROUTE] < 0 and (w.earlier[j, 0] < 0 or not put_back(w, s, j)):
            s.absent[left] = j
            left += 1
    s.nabsent[0] = left
    n, left = left, 0
    for x in range(n):
        if s.node[s.absent[x], ROUTE] < 0:
            s.absent[left] = s.absent[x]
            left += 1
    s.nabsent[0] = left


@bare
def put_back(w: World, s: State, j: int) -> bool:
    """Plan visit `j` where it costs least; tell whether that was less than leaving it out."""
    if w.linked:
        if w.visit[j, MATE] >= 0:
            return put_pair(w, s, j)
        least = ready_for(w, s, j)
        if least >= NEVER:
            return False
        s.node[j, LO] = least
    if w.nv <= NEARBY_FROM:
        best_place(w, s, j)
    else:
        best_place_nearby(w, s, j)
    t, p, m = s.where[0], s.where[1], s.where[2]
    if t < 0:
        return False
    s.tour[t, TOUCHED] = 1
    if m >= 0:
        if not s.where[3] and s.tour[t, MAYBE] == -2:
            think_of_pickup(w, s, t)
        put_pickup(w, s, t, p if s.where[3] else s.tour[t, MAYBE], m)
        if s.where[3]:
            p = s.node[p, NXT]
    link(s, t, p, j)
    refresh(w, s, t)
    if w.linked:
        tighten(w, s, j)
    return True


@bare
def best_place(w: World, s: State, j: int) -> None:
    """Look at every place of every route and leave the best in `where`; its shift stays -1 when leaving the visit out costs less.

    What a route that has not changed since had to offer is known. Now and then the best place of a route is overlooked.
    """
    best, free = w.worth[j], w.free[j]
    s.where[0] = -1
    s.tour[w.nt, SEEN] += 1
    if free:
        for i in range(w.nt):
            t = w.able[j, i]
            if t < 0:
                break
            if s.known[j, t] == s.tour[t, PRINT] and s.known_price[j, t] < best and s.known_place[j, t, 0] >= 0:
                s.there[0], s.there[1], s.there[2] = s.known_place[j, t, 0], s.known_place[j, t, 1], s.known_place[j, t, 2]
                best = take(w, s, t, j, best, s.known_price[j, t])
    for i in range(w.nt):
        t = w.able[j, i]
        if t < 0:
            break
        known = free and s.known[j, t] == s.tour[t, PRINT] and (s.known_place[j, t, 0] >= 0 or s.known_price[j, t] >= best)
        if known or floor(w, s, t, j, 0, 0) >= best or (s.tour[t, COUNT] == 0 and tried(w, s, t)):
            continue
        price = look_along(w, s, t, j, best, -1)
        if free:
            s.known[j, t], s.known_price[j, t], s.known_place[j, t, 0] = s.tour[t, PRINT], price, -1
        if price < best:
            if free:
                s.known_place[j, t, 0], s.known_place[j, t, 1], s.known_place[j, t, 2] = s.there[0], s.there[1], s.there[2]
            best = take(w, s, t, j, best, price)


@inlined
def take(w: World, s: State, t: int, j: int, best: float, price: float) -> float:
    """Choose the place in `there` of route `t`, or overlook it and choose the next best of the route, if that is better than `best`."""
    if throw(s.dice) < BLINK:
        price = look_along(w, s, t, j, best, s.there[0])
        if price >= best:
            return best
    s.where[0], s.where[1], s.where[2], s.where[3] = t, s.there[0], s.there[1], s.there[2]
    return price


@bare
def look_along(w: World, s: State, t: int, j: int, best: float, skip: int) -> float:
    """Answer the price of the best place in route `t` other than after `skip`, left in `there`, or `best` when all cost as much."""
    p, m = first_free(w, s, t), s.tour[t, PICK]
    if w.stocked:
        if m >= 0 and not point_has(w, s, t, m, j):
            return best
        if not van_has(w, s, t, j):
            if m < 0:
                return look_along_by_pickup(w, s, t, p, j, best, skip)
            p = pick_node(w, t)
    if w.soft or w.uneven > 0.0 or w.shift[t, NBREAKS] > 0:
        while s.node[p, NXT] >= 0:
            price = quick_fit(w, s, t, p, j, best) if p != skip else best
            if price < best:
                best = price
                s.there[0], s.there[1] = p, -1
            p = s.node[p, NXT]
        return best
    return look_plain(w, s, t, p, j, best, skip)


@bare
def look_along_by_pickup(w: World, s: State, t: int, p: int, j: int, best: float, skip: int) -> float:
    """As `look_along`, from `p` on, for a visit that needs more than the van has, where nothing is picked up yet."""
    while s.node[p, NXT] >= 0 and w.point.shape[0] > 0:
        if p != skip:
            best = look_by_pickup(w, s, t, p, j, best)
        p = s.node[p, NXT]
    return best


@bare
def look_plain(w: World, s: State, t: int, p: int, j: int, best: float, skip: int) -> float:
    """As `look_along`, from `p` on, in a route that has nothing but windows to keep: most places are seen by their times not to fit."""
    speed, here, soonest, latest = w.shift[t, TRAVEL_OF], s.node[j, PLACE], s.node[j, LO], s.node[j, HI]
    given, stay = price_of(w, t, j), w.service[w.shift[t, SERVICE_OF], j]
    idle = s.tour[t, LABOUR] + stay - s.tour[t, SPAN]
    q = s.node[p, NXT]
    while q >= 0 and s.node[p, EARLY] <= latest:
        if s.node[q, LATEST] >= soonest + stay and p != skip:
            trip, then = w.travel[speed, s.node[p, PLACE], here], w.travel[speed, here, s.node[q, PLACE]]
            detour = trip + then - w.travel[speed, s.node[p, PLACE], s.node[q, PLACE]]
            price = w.second * detour + given
            if price + w.work * max(0, idle + detour) < best:
                price = plain_fit(w, s, t, p, j, q, trip, then, price, best)
                if price < best:
                    best = price
                    s.there[0], s.there[1] = p, -1
        p, q = q, s.node[q, NXT]
    return best


@bare
def best_place_nearby(w: World, s: State, j: int) -> None:
    """As `best_place`, but look only before and after visits near `j`, and into routes that are still empty."""
    best = w.worth[j]
    s.where[0] = -1
    s.tour[w.nt, SEEN] += 1
    for i in range(w.near.shape[1]):
        c = w.near[j, i]
        t = s.node[c, ROUTE]
        if t < 0 or price_of(w, t, j) >= best:
            continue
        for p in (c, s.node[c, PRV]):
            if s.node[p, RANK] >= w.shift[t, FROZEN] and throw(s.dice) >= BLINK:
                best = look_here(w, s, t, p, j, best)
    for t in range(w.nt):
        if s.tour[t, COUNT] == 0 and price_of(w, t, j) < best and not tried(w, s, t):
            best = look_here(w, s, t, w.nv + t, j, best)


@inlined
def tried(w: World, s: State, t: int) -> bool:
    """Tell whether an empty route just like `t` was looked at already in this round of looking."""
    twin = w.shift[t, TWIN]
    known = s.tour[twin, SEEN] == s.tour[w.nt, SEEN]
    s.tour[twin, SEEN] = s.tour[w.nt, SEEN]
    return known


@inlined
def look_here(w: World, s: State, t: int, p: int, j: int, best: float) -> float:
    """As `look`, and choose the place when it is better than the best so far."""
    price = look(w, s, t, p, j, best)
    if price < best:
        s.where[0], s.where[1], s.where[2], s.where[3] = t, s.there[0], s.there[1], s.there[2]
    return price


@inlined
def look(w: World, s: State, t: int, p: int, j: int, best: float) -> float:
    """Answer the price of the better of the best place so far and the one after `p` in route `t`, which goes to `there` if it is that."""
    if not w.stocked or stocked_at(w, s, t, p, j):
        price = quick_fit(w, s, t, p, j, best)
        if price < best:
            best = price
            s.there[0], s.there[1] = p, -1
        return best
    return look_by_pickup(w, s, t, p, j, best)


@inlined
def look_by_pickup(w: World, s: State, t: int, p: int, j: int, best: float) -> float:
    """As `look`, where `j` needs more than the van has: with a pick-up straight before it, or where one costs the route least."""
    if s.tour[t, PICK] >= 0:
        return best
    soonest, n = s.node[p, EARLY], w.shift[t, NBREAKS]
    for k in range(1, n + 1):
        soonest = min(soonest, s.node[p, EARLY + STEP * k])
    soonest += serve(w, s, t, p)
    if soonest + way(w, s, t, p, j) <= s.node[j, HI]:
        best = look_behind_thought(w, s, t, p, j, best)
        for m in range(w.point.shape[0]):
            to = w.travel[w.shift[t, TRAVEL_OF], s.node[p, PLACE], w.point[m, PICK_PLACE]]
            on = w.travel[w.shift[t, TRAVEL_OF], w.point[m, PICK_PLACE], s.node[j, PLACE]]
            if max(soonest + to, w.point[m, OPENS]) + w.point[m, LOADING] + on <= s.node[j, HI] and point_has(w, s, t, m, j):
                price = fit_behind_pickup(w, s, t, p, j, m, best)
                if price < best:
                    best = price
                    s.there[0], s.there[1], s.there[2] = p, m, 1
    return best


@bare
def look_behind_thought(w: World, s: State, t: int, p: int, j: int, best: float) -> float:
    """Answer the price of the better of the best place so far and the one after `p` with a pick-up where one costs the route least."""
    if s.tour[t, MAYBE] == -2:
        think_of_pickup(w, s, t)
    m = s.tour[t, MAYBE_PICK]
    if m >= 0 and s.node[p, RANK] > s.node[s.tour[t, MAYBE], RANK] and point_has(w, s, t, m, j):
        price = s.money[t, MAYBE_COST] + fit(w, s, t, p, j, best - s.money[t, MAYBE_COST], THOUGHT)
        if price < best:
            best = price
            s.there[0], s.there[1], s.there[2] = p, m, 0
    return best
