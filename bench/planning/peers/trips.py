"""A pick-up for solvers that know none: each technician is offered twice, once as he is and once coming from the pick-up.

"One of the two" is more than such a solver can be told. A few short rounds find out who wants which: who is used as both stays the
one that did more. The rest of the time is one last round; who is used as both even then gets all these stops in one route, to be mended
(`timetable.mended`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from bench.planning.instances import Routes
from blisko.planning.rules.problem import Plan, PlanShift, Problem

ROUNDS, SHARE = 4, 0.4  # rounds before the last, and the share of the time they have together
LOADED = "+"
PLENTY = 10**6


class Peer(Protocol):
    """A solver that knows no pick-ups, but a fee for using a shift."""

    def __call__(
        self, problem: Problem, seconds: float, seed: int, start: Plan | None = None, *, fees: dict[str, int] | None = None
    ) -> Routes: ...


def solve(peer: Peer, problem: Problem, seconds: float, seed: int, start: Plan | None = None) -> Routes:
    """Answer routes in which the pick-up, where there is one, comes first of all."""
    if not problem.pickups:
        return peer(problem, seconds, seed, start)
    offered = {shift.key: {"", LOADED} for shift in problem.shifts}
    for turn in range(ROUNDS):
        twice, fees = split(problem, offered)
        found = peer(twice, seconds * SHARE / ROUNDS, seed + turn, fees=fees)
        for key, ways in offered.items():
            done = {way: len(found.get(key + way, ())) for way in sorted(ways, reverse=True)}
            if all(done.values()) or (any(done.values()) and turn == ROUNDS - 1):
                offered[key] = {max(done, key=done.__getitem__)}
    once, fees = split(problem, offered)
    found = peer(once, seconds * (1 - SHARE), seed + ROUNDS, fees=fees)
    routes: dict[str, list[str]] = {}
    for key in sorted(found, reverse=True):
        if found[key]:
            first = [problem.pickups[0].key] if key.endswith(LOADED) else []
            routes.setdefault(key.removesuffix(LOADED), []).extend([*first, *found[key]])
    return routes


def split(problem: Problem, offered: Mapping[str, set[str]]) -> tuple[Problem, dict[str, int]]:
    """Answer the problem without its pick-up, and what it costs to have been there first: the seconds to it and at it."""
    shifts: list[PlanShift] = []
    fees = {}
    (pickup,) = problem.pickups
    for shift in problem.shifts:
        if "" in offered[shift.key]:
            shifts.append(shift)
        if LOADED in offered[shift.key]:
            way = int(problem.travel[shift.start, pickup.place])
            key, begins = shift.key + LOADED, max(shift.begins + way, pickup.opens) + pickup.seconds
            parts = {part: PLENTY for visit in problem.visits for part in visit.parts} if pickup.parts is None else pickup.parts
            stock = {part: shift.stock.get(part, 0) + parts.get(part, 0) for part in {*parts, *shift.stock}}
            loaded = replace(shift, key=key, start=pickup.place, begins=begins, tools=shift.tools | pickup.tools, stock=stock)
            shifts.append(loaded)
            fees[key] = way + pickup.seconds
    return replace(problem, shifts=tuple(shifts), pickups=()), fees
