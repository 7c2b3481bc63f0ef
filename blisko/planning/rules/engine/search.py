"""The search itself: ruin, recreate, keep or go back, ever less daring (simulated annealing)."""

import math

from blisko.kit.compiled import bare
from blisko.planning.rules.engine.dice import throw
from blisko.planning.rules.engine.recreate import recreate
from blisko.planning.rules.engine.routes import pick_node, refresh, unlink
from blisko.planning.rules.engine.ruin import ruin
from blisko.planning.rules.engine.stock import first_lacking
from blisko.planning.rules.engine.swap import swap_routes
from blisko.planning.rules.engine.world import COST, COUNT, HI, PICK, TOUCHED, Kept, State, World

# Share of rounds that let two technicians exchange their routes. Where parts can be picked up it is worth less than the rounds it takes
# (16 of Pillac's instances, 10 s, one seed: 0.71 % above the published best in the mean without, 0.90 % with it).
SWAPS = 0.2


@bare
def total(w: World, s: State) -> float:
    """Answer what the plan costs: its routes and whom it leaves out."""
    cost = 0.0
    for t in range(w.nt):
        cost += s.money[t, COST]
    for x in range(s.nabsent[0]):
        cost += w.worth[s.absent[x]]
    return cost


@bare
def keep(w: World, s: State, k: Kept, cost: float) -> None:
    """Keep the plan as it stands."""
    for i in range(s.node.shape[0]):
        for c in range(HI + 1):
            k.node[i, c] = s.node[i, c]
    for t in range(w.nt):
        k.tour[t, 0], k.tour[t, 1] = s.tour[t, PICK], s.tour[t, COUNT]
    k.nabsent[0] = s.nabsent[0]
    for x in range(s.nabsent[0]):
        k.absent[x] = s.absent[x]
    k.cost[0] = cost


@bare
def go_back(w: World, s: State, k: Kept) -> None:
    """Undo what was changed since `keep`; the routes touched are worked out again."""
    for i in range(s.node.shape[0]):
        for c in range(HI + 1):
            s.node[i, c] = k.node[i, c]
    s.nabsent[0] = k.nabsent[0]
    for x in range(k.nabsent[0]):
        s.absent[x] = k.absent[x]
    for t in range(w.nt):
        s.tour[t, PICK], s.tour[t, COUNT] = k.tour[t, 0], k.tour[t, 1]
        if s.tour[t, TOUCHED] == 1:
            refresh(w, s, t)


@bare
def untouched(w: World, s: State) -> None:
    for t in range(w.nt):
        s.tour[t, TOUCHED] = 0


@bare
def drop_pickups(w: World, s: State) -> None:
    """Take pick-ups that nothing needs out of the routes just changed."""
    for t in range(w.nt):
        if s.tour[t, TOUCHED] == 1 and s.tour[t, PICK] >= 0 and first_lacking(w, s, t) < 0:
            unlink(s, pick_node(w, t))
            s.tour[t, PICK] = -1
            refresh(w, s, t)


@bare
def begin_search(w: World, s: State, now: Kept, best: Kept) -> None:
    """Work out the plan given, do without pick-ups that nothing in it needs, put in what fits, and keep it as the first."""
    for t in range(w.nt):
        refresh(w, s, t)
        s.tour[t, TOUCHED] = 1
    if w.point.shape[0] > 0:
        drop_pickups(w, s)
    recreate(w, s)
    untouched(w, s)
    cost = total(w, s)
    keep(w, s, now, cost)
    keep(w, s, best, cost)


@bare
def anneal(w: World, s: State, now: Kept, best: Kept, rounds: int, hot: float, cold: float) -> None:
    """Do so many rounds at temperatures falling from `hot` to `cold` points."""
    cool = (cold / hot) ** (1.0 / max(1, rounds)) if hot > 0 else 1.0
    heat = hot
    for _ in range(rounds):
        untouched(w, s)
        if w.linked or w.point.shape[0] > 0 or throw(s.dice) >= SWAPS or not swap_routes(w, s, heat):
            ruin(w, s)
        recreate(w, s)
        if w.stocked and w.point.shape[0] > 0:
            drop_pickups(w, s)
        cost = total(w, s)
        if cost < now.cost[0] - heat * math.log(max(throw(s.dice), 1e-300)):
            keep(w, s, now, cost)
            if cost < best.cost[0] - 1e-9:
                keep(w, s, best, cost)
        else:
            go_back(w, s, now)
        heat *= cool
