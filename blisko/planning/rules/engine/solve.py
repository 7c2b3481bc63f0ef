"""Solve a problem within a time or a number of rounds."""

import math
from collections.abc import Callable
from dataclasses import replace
from operator import itemgetter
from random import Random
from typing import TypeAlias

import numpy as np

from blisko.planning.rules.engine.build import MUST, kept_from, state_from, world_from
from blisko.planning.rules.engine.cross import cheapest, crossed, fittest, parents
from blisko.planning.rules.engine.fit import fit
from blisko.planning.rules.engine.linked import ready_for, start_span, tighten
from blisko.planning.rules.engine.routes import link, pick_node, refresh
from blisko.planning.rules.engine.schedule import plan_from
from blisko.planning.rules.engine.search import anneal, begin_search, go_back, total
from blisko.planning.rules.engine.stock import put_pickup, stocked_at
from blisko.planning.rules.engine.world import (
    BANNED,
    CLOSES,
    EARLY,
    FROZEN,
    GAP,
    HI,
    LAST,
    LO,
    MATE,
    NBREAKS,
    NEVER,
    PICK,
    PICK_PLACE,
    PLACE,
    PRICE_OF,
    RANK,
    REAL,
    ROUTE,
    SERVICE_OF,
    STEP,
    TOUCHED,
    Kept,
    State,
    World,
)
from blisko.planning.rules.problem import Plan, Problem

# First and last temperature, in prices of the way to a near neighbour: where driving has its price, and where time away from home has.
DRIVING, WORKING = (4.0, 0.2), (3.0, 0.1)
SMOOTH = ((0.4, 0.3), (0.7, 0.15), (0.9, 0.05), (math.inf, 0.0))  # up to which share of the search, which share of the price of time
FEW, MANY, STRIDE = 10, 20_000, 0.01  # rounds between two looks at the clock, at least and at most; share of a cooling they should take
SHORT = 0.05  # of all; a cooling that takes less looks at the clock no more often than one this long would, since a look costs rounds
# Where time away from home has its price, the valley a search comes down into decides more than how long it looks around there. So with
# at least EACH rounds a visit for each, up to MOST searches begin from nothing in the FIRST share of the time. Then plans are crossed:
# each child goes on for CHILD of the time from where AGAIN of its cooling was done, and takes the place of the dearest.
FIRST, MOST, EACH, AGAIN, CHILD = 0.5, 8, 180, 0.8, 0.006
APART = 1_000_003  # between the seeds of two of them
Tick: TypeAlias = Callable[[float, Callable[[], Plan]], bool]


def solve(
    problem: Problem,
    *,
    clock: Callable[[], float],
    seconds: float = 10.0,
    iterations: int | None = None,
    seed: int = 1,
    start: Plan | None = None,
    tick: Tick | None = None,
    heat: tuple[float, float] | None = None,
) -> Plan:
    """Answer the best plan found in `seconds` by `clock` (seconds that only grow), or in exactly so many `iterations`.

    `start`: a plan to go on from; what no longer fits in it is planned anew. `tick(share done, show)` answers False to stop early;
    `show()` answers the best plan so far. The same seed and `iterations` give the same plan.
    """
    effort = Effort(clock, seconds, iterations, tick)
    if not problem.shifts or not problem.visits:
        worth = math.fsum(v.worth * (MUST if v.must else 1.0) for v in problem.visits) * problem.weights.left_out
        return Plan((), tuple(v.key for v in problem.visits), worth)
    real = world_from(problem)
    best = _Search(problem, real, seed, start, heat)
    many = effort.searches(best) if start is None and problem.weights.work > 0 else 1
    if many == 1:
        effort.cool(best, 0.0, 1.0, best.show)
        return replace(best.show(), iterations=effort.rounds)
    found: list[Plan] = []

    def look(search: _Search, warm: float, until: float) -> bool:
        more = effort.cool(search, warm, until, lambda: cheapest([*found, search.show()]))
        found.append(search.show())
        return more

    more = look(best, 0.0, FIRST / many)
    for n in range(1, many):
        more = more and look(_Search(problem, real, seed + n * APART, None, heat), 0.0, FIRST * (n + 1) / many)
    dice, found = Random(seed), fittest(found, many)
    while more and (share := effort.share()) < 1.0:
        child = crossed(problem, real.close, *parents(found, dice), dice)
        more = look(_Search(problem, real, dice.randrange(APART), child, heat), AGAIN, min(1.0, share + CHILD))
        found = fittest(found, many)
    return replace(cheapest(found), iterations=effort.rounds)


class Effort:
    """What may be spent on a plan, by the clock or in rounds, and what was."""

    def __init__(self, clock: Callable[[], float], seconds: float, iterations: int | None, tick: Tick | None) -> None:
        self.clock, self.seconds, self.iterations, self.tick = clock, seconds, iterations, tick
        self.began, self.rounds, self.chunk = clock(), 0, FEW

    def share(self) -> float:
        """Answer which share is spent."""
        if self.iterations is not None:
            return self.rounds / self.iterations if self.iterations else 1.0
        return (self.clock() - self.began) / self.seconds

    def searches(self, search: "_Search") -> int:
        """Answer how many searches may begin from nothing: by so many rounds, or by how many the first one does in a moment."""
        rounds = self.iterations
        if rounds is None:
            self.run(search, 0.0, 0.0, FEW, STRIDE / 10)  # a process's first call loads what is compiled, and says nothing of its speed
            begun, done = self.share(), self.rounds
            while self.share() < begun + STRIDE:
                self.run(search, 0.0, 0.0, self.chunk, STRIDE / 10)
            rounds = int((self.rounds - done) / (self.share() - begun))
        return max(1, min(MOST, int(FIRST * rounds / (EACH * search.w.nv))))

    def cool(self, search: "_Search", warm: float, until: float, show: Callable[[], Plan]) -> bool:
        """Cool a search down, `warm` of which was done before, until a share of all is spent; tell whether to go on."""
        since = share = self.share()
        stride = STRIDE * max(until - since, SHORT)
        while share < until:
            if self.iterations is None:
                rounds, ahead = self.chunk, min(until, share + stride)
            else:
                rounds = max(1, min(MANY, math.ceil(until * self.iterations) - self.rounds))
                ahead = min(until, (self.rounds + rounds) / self.iterations)
            here, there = (warm + (1.0 - warm) * (x - since) / (until - since) for x in (share, ahead))
            self.run(search, here, there, rounds, stride)
            share = self.share()
            if self.tick is not None and not self.tick(min(1.0, share), show):
                return False
        return True

    def run(self, search: "_Search", here: float, there: float, rounds: int, share: float) -> None:
        """Do so many rounds of a search, and reckon how many of them (`chunk`) would take a share of all."""
        begun = self.clock()
        search.run(here, there, rounds)
        self.rounds += rounds
        faster = share * self.seconds / max(self.clock() - begun, 1e-6)
        self.chunk = max(FEW, min(MANY, int(self.chunk * min(4.0, max(0.25, faster)))))


class _Search:
    """One search: the plan it stands at, the best one so far, and the prices it goes by at present."""

    def __init__(self, problem: Problem, real: World, seed: int, start: Plan | None, heat: tuple[float, float] | None) -> None:
        self.problem, self.real = problem, real
        self.w = _smoother(self.real, 0.0)
        self.s = state_from(problem, self.w, seed)
        _take_over(problem, self.w, self.s, start)
        self.now, self.best = kept_from(self.w, self.s), kept_from(self.w, self.s)
        begin_search(self.w, self.s, self.now, self.best)
        unit = _unit(self.w, self.s)
        self.hot, self.cold = (degree * unit for degree in heat or (WORKING if problem.weights.work > 0 else DRIVING))

    def run(self, here: float, there: float, rounds: int) -> None:
        """Do so many rounds at the prices that go with `here`, while the share of the cooling that is done goes from `here` to `there`."""
        smoother = _smoother(self.real, here)
        if self.w.second != smoother.second:
            self.w = smoother
            self._price_again(self.w)
        cooler = self.cold / self.hot
        anneal(self.w, self.s, self.now, self.best, rounds, self.hot * cooler**here, self.hot * cooler**there)

    def show(self) -> Plan:
        """Answer the best plan so far at its real price; the search may go on afterwards."""
        self._price_again(self.real)
        self._return_to(self.real, self.best)
        plan = plan_from(self.problem, self.real, self.s, self.best)
        self._price_again(self.w)
        return plan

    def _price_again(self, w: World) -> None:
        """Work out what the plans kept cost by other prices, and stand at the present one again."""
        self.s.known[:] = 0
        for kept in (self.best, self.now):
            self._return_to(w, kept)
            kept.cost[0] = total(w, self.s)

    def _return_to(self, w: World, kept: Kept) -> None:
        self.s.tour[:, TOUCHED] = 1
        go_back(w, self.s, kept)


def _smoother(w: World, share: float) -> World:
    """Answer the world with a price on driving where only time away from home has one: waiting hides what a change is worth.

    The price falls from step to step and is gone for the last tenth.
    """
    extra = next(part for upto, part in SMOOTH if share < upto)
    return w._replace(second=w.second + extra * w.work) if w.work > 0 else w


def _unit(w: World, s: State) -> float:
    """Answer the price of the way to a near neighbour: what temperatures are measured in."""
    if w.nv < 2:
        return 1.0
    n = min(5, w.close.shape[1] - 1)
    places = s.node[: w.nv, PLACE]
    near = w.travel[0][places, places[w.close[:, n]]]
    return max(1e-6, float(np.mean(near)) * (w.second + w.work))


def _take_over(problem: Problem, w: World, s: State, start: Plan | None) -> None:
    """Put the stops that stay, and what still fits of the plan given, into their routes: by its times, since some wait for others."""
    index = {visit.key: j for j, visit in enumerate(problem.visits)}
    points = {point.key: m for m, point in enumerate(problem.pickups)}
    ends = [_stay(w, s, t, [index[key] for key in shift.fixed]) for t, shift in enumerate(problem.shifts)]
    number = {shift.key: t for t, shift in enumerate(problem.shifts)}
    routes = [route for route in (start.routes if start else ()) if route.shift in number]
    given = [(stop.starts, number[route.shift], stop) for route in routes for stop in route.stops]
    waiting: dict[int, tuple[int, int]] = {}
    for at, t, stop in sorted(given, key=itemgetter(0)):
        if stop.kind == "pickup" and stop.key in points and s.tour[t, PICK] < 0:
            ends[t] = _pick_up(w, s, t, ends[t], points[stop.key])
        elif stop.kind == "visit" and (j := index.get(stop.key, -1)) >= 0 and s.node[j, ROUTE] < 0:
            mate = int(w.visit[j, MATE])
            if mate < 0:
                ends[t] = _append(w, s, t, ends[t], j, at)
            elif mate not in waiting:
                waiting[j] = at, t
            elif waiting[mate][0] == at and waiting[mate][1] != t:
                _append_pair(w, s, ends, (waiting[mate][1], mate), (t, j), at)
    gone = [j for j in range(w.nv) if s.node[j, ROUTE] < 0]
    s.absent[: len(gone)] = gone
    s.nabsent[0] = len(gone)


def _stay(w: World, s: State, t: int, fixed: list[int]) -> int:
    """Put the visits that stay at the head of route `t`; answer its last node then. The day is longer where they need it."""
    refresh(w, s, t)
    p = w.nv + t
    for j in fixed:
        link(s, t, p, j)
        p = j
    refresh(w, s, t)
    if fixed and s.node[w.nv + w.nt + t, EARLY + STEP * (w.shift[t, NBREAKS])] > w.shift[t, CLOSES]:
        w.shift[t, CLOSES] = s.node[w.nv + w.nt + t, EARLY + STEP * (w.shift[t, NBREAKS])]
        refresh(w, s, t)
    return p


def _pick_up(w: World, s: State, t: int, p: int, m: int) -> int:
    """Stop at pick-up point `m` after `p` if that is possible; answer the last node then."""
    node = pick_node(w, t)
    s.tour[t, PICK], s.node[node, PLACE] = m, w.point[m, PICK_PLACE]
    if s.node[p, RANK] < w.shift[t, FROZEN] or fit(w, s, t, p, node, BANNED, REAL) >= BANNED:
        s.tour[t, PICK] = -1
        return p
    put_pickup(w, s, t, p, m)
    refresh(w, s, t)
    return node


def _append(w: World, s: State, t: int, p: int, j: int, at: int) -> int:
    """Put `j` after `p` if it may stand there, once those it waits for are planned; answer the last node then."""
    s.node[j, LO] = _ready_by(w, s, j, at)
    if s.node[j, LO] >= NEVER or not _may_stand(w, s, t, p, j):
        return p
    link(s, t, p, j)
    refresh(w, s, t)
    tighten(w, s, j)
    return j


def _append_pair(w: World, s: State, ends: list[int], one: tuple[int, int], other: tuple[int, int], at: int) -> None:
    """Put both halves of a job for two at the ends of their routes, to begin at one moment, if both may stand there."""
    both = (one, other)
    least = max(_ready_by(w, s, j, at) for _, j in both)
    for _, j in both:
        s.node[j, LO] = s.node[j, HI] = at
    if at < least or not all(_may_stand(w, s, t, ends[t], j) for t, j in both):
        for _, j in both:
            s.node[j, LO], s.node[j, HI] = w.window[j, 0, 0], w.visit[j, LAST]
        return
    for t, j in both:
        link(s, t, ends[t], j)
        ends[t] = j
        refresh(w, s, t)
    for _, j in both:
        tighten(w, s, j)


def _ready_by(w: World, s: State, j: int, at: int) -> int:
    """Hold those that `j` waits for to end before it begins at `at`, where they can; answer its earliest start then, or NEVER."""
    for a in (int(a) for a in w.earlier[j] if a >= 0 and s.node[a, ROUTE] >= 0):
        t = int(s.node[a, ROUTE])
        by = at - int(w.visit[j, GAP]) - int(w.service[w.shift[t, SERVICE_OF], a])
        if start_span(w, s, a)[0] <= by < s.node[a, HI]:
            s.node[a, HI] = by
            refresh(w, s, t)
    return int(ready_for(w, s, j))


def _may_stand(w: World, s: State, t: int, p: int, j: int) -> bool:
    if w.price[w.shift[t, PRICE_OF], j] >= BANNED or s.node[p, RANK] < w.shift[t, FROZEN]:
        return False
    return (not w.stocked or bool(stocked_at(w, s, t, p, j))) and fit(w, s, t, p, j, BANNED, REAL) < BANNED
