"""Eleven o'clock on a planned field day: one technician falls sick, two jobs run long, one customer cancels, one emergency comes.

What has begun is kept: each technician's head is the visit he is at or on his way to. Every customer whose visit is still to come was
told who comes and when, give or take a quarter of an hour.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bench.planning.instances import Routes
from bench.planning.timetable import orders
from blisko.planning.rules.problem import Plan, PlannedRoute, PlannedStop, PlanShift, PlanVisit, Problem

NOW = 11 * 3600
OVERRUN, GIVE, LATE = 45 * 60, 15 * 60, 60 * 60
EMERGENCY = "emergency"


@dataclass(frozen=True)
class Head:
    """A technician at eleven: stops behind him, and the one he is at or on his way to, if any."""

    shift: PlanShift
    behind: tuple[PlannedStop, ...]
    current: PlannedStop | None


def at_eleven(problem: Problem, plan: Plan) -> list[Head]:
    """Answer where everybody stands; whoever has somewhere to be is taken to drive there at once."""
    routes = {route.shift: route for route in plan.routes}
    return [_head(problem, shift, routes.get(shift.key)) for shift in problem.shifts]


def _head(problem: Problem, shift: PlanShift, route: PlannedRoute | None) -> Head:
    behind: list[PlannedStop] = []
    current: PlannedStop | None = None
    place = shift.start
    for stop in route.stops if route else ():
        if stop.place is None or (current is not None and current.ends > NOW):
            break
        leaves = stop.arrives - int(problem.travel[place, stop.place])
        if leaves > NOW:
            break
        behind += [current] if current else []
        current, place = stop, stop.place
    if current is not None and current.ends <= NOW:
        behind, current = [*behind, current], None
    return Head(shift, tuple(behind), current)


def disturb(problem: Problem, plan: Plan, seed: int) -> Problem:
    """Answer what is to be planned anew; the same seed is the same bad luck."""
    dice = random.Random(seed)
    heads = at_eleven(problem, plan)
    coming = {route.shift: len(route.stops) for route in plan.routes}
    sick = max(heads, key=lambda head: coming.get(head.shift.key, 0) - len(head.behind))
    working = [head for head in heads if head is not sick]
    long = {head.current.key for head in dice.sample([h for h in working if h.current and h.current.starts <= NOW], 2) if head.current}
    done = {stop.key for head in heads for stop in head.behind}
    if sick.current and sick.current.starts <= NOW:
        done.add(sick.current.key)
    fixed = {head.current.key for head in working if head.current}
    visits = {visit.key: visit for visit in problem.visits if visit.key not in done}
    del visits[dice.choice(sorted(set(visits) - fixed))]
    told = _told(plan)
    shifts = tuple(_from_here(head, {visit.key: visit.parts for visit in problem.visits}) for head in working)
    return replace(problem, shifts=shifts, visits=(*_still(visits.values(), fixed, long, told), _emergency(problem, dice)))


def _told(plan: Plan) -> dict[str, tuple[str, int, int]]:
    return {stop.key: (route.shift, stop.starts - GIVE, stop.starts + GIVE) for route in plan.routes for stop in route.stops}


def _still(visits: Iterable[PlanVisit], fixed: set[str], long: set[str], told: dict[str, tuple[str, int, int]]) -> Iterator[PlanVisit]:
    for visit in visits:
        if visit.key in fixed:
            yield replace(visit, seconds=visit.seconds + OVERRUN * (visit.key in long))
        else:
            yield replace(visit, late=LATE, told=told.get(visit.key))


def _emergency(problem: Problem, dice: random.Random) -> PlanVisit:
    where = dice.choice(problem.visits).place
    return PlanVisit(EMERGENCY, where, ((NOW, NOW + 7200),), 2700, late=LATE, skills={"0": 1}, worth=10.0)


def _from_here(head: Head, parts: dict[str, Mapping[str, int]]) -> PlanShift:
    """Answer the rest of a shift: from where the last stop was left, or is left at eleven."""
    shift, stock = head.shift, dict(head.shift.stock)
    for stop in head.behind:
        for part, count in parts[stop.key].items():
            stock[part] -= count
    place, free = (head.behind[-1].place, head.behind[-1].ends) if head.behind else (shift.start, shift.begins)
    assert place is not None
    if head.current is None:
        return replace(shift, start=place, begins=max(NOW, free), stock=stock)
    return replace(shift, start=place, begins=free, stock=stock, fixed=(head.current.key,))


def left_of(plan: Plan, problem: Problem) -> Routes:
    """Answer what of a plan's orders is still to be planned, by whom is still there."""
    shifts, visits = {shift.key for shift in problem.shifts}, {visit.key for visit in problem.visits}
    return {shift: [key for key in keys if key in visits] for shift, keys in orders(plan).items() if shift in shifts}


def settled(problem: Problem) -> Problem:
    """Answer the same with each head done: shifts begin where and when it ends. For solvers that cannot be told what is fixed."""
    visits = {visit.key: visit for visit in problem.visits}
    shifts = []
    for shift in problem.shifts:
        if shift.fixed:
            visit = visits.pop(shift.fixed[0])
            arrives = shift.begins + int(problem.travel[shift.start, visit.place])
            ends = max(arrives, visit.windows[0][0]) + visit.seconds
            stock = {part: count - visit.parts.get(part, 0) for part, count in shift.stock.items()}
            shifts.append(replace(shift, start=visit.place, begins=ends, stock=stock, fixed=()))
        else:
            shifts.append(shift)
    return replace(problem, shifts=tuple(shifts), visits=tuple(visits.values()))
