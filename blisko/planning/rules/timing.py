"""When a route in a given order takes place, and what it amounts to: for a dispatcher's drag and for small problems.

It goes through one order, breaks included; choosing orders is the engine's trade.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from blisko.planning.rules.problem import Break, PickUp, PlannedRoute, PlannedStop, PlanShift, PlanVisit, Problem, Weights

Order = Sequence[tuple[str, str]]  # ("visit" | "pickup", key)


@dataclass(frozen=True, slots=True)
class Timed:
    """A route with its times, and what it amounts to in seconds: driven, after the shift's end, and late (visit key → seconds)."""

    route: PlannedRoute
    driven: int
    overtime: int
    late: Mapping[str, int]


class _Label(NamedTuple):
    """One way to have come this far: since when free, what lateness has cost, and the stops so far (the last one first)."""

    free: int
    cost: float
    taken: int
    trail: "_Trail | None"


class _Trail(NamedTuple):
    stop: PlannedStop
    before: "_Trail | None"


class Names(NamedTuple):
    """A problem's visits and pick-ups by key."""

    visits: Mapping[str, PlanVisit]
    pickups: Mapping[str, PickUp]


def names_of(problem: Problem) -> Names:
    """Answer who is who in a problem."""
    return Names({visit.key: visit for visit in problem.visits}, {pickup.key: pickup for pickup in problem.pickups})


def way_between(problem: Problem, shift: PlanShift, a: int, b: int) -> int:
    """Answer the whole seconds this shift takes from one place to another."""
    return math.ceil(int(problem.travel[a, b]) * shift.speed)


def start_within(visit: PlanVisit, arrives: int) -> tuple[int, int] | None:
    """Answer the start and how late it is for who arrives then: within a window, at the next one's beginning, or late if allowed."""
    for begins, ends in visit.windows:
        if arrives <= ends:
            return max(arrives, begins), 0
    late = arrives - visit.windows[-1][1]
    return (arrives, late) if late <= visit.late else None


def late_price(weights: Weights, seconds: int) -> float:
    """Answer what a promise broken by so many seconds costs."""
    minutes = seconds / 60
    return weights.broken + weights.late * minutes * (1 + minutes / 60) if seconds else 0.0


def lacks(problem: Problem, shift: PlanShift, order: Order, names: Names | None = None) -> list[tuple[str, str, str]]:
    """Answer what is missing: (visit, kind, code), kind one of skill, tool, part, zone, wish."""
    visits, pickups = names or names_of(problem)
    found: list[tuple[str, str, str]] = []
    tools, stock, endless = set(shift.tools), dict(shift.stock), False
    for kind, key in order:
        if kind == "pickup":
            pickup = pickups[key]
            tools |= pickup.tools
            endless = pickup.parts is None
            for part, count in (pickup.parts or {}).items():
                stock[part] = stock.get(part, 0) + count
            continue
        visit = visits[key]
        found += [(key, "skill", code) for code, level in sorted(visit.skills.items()) if shift.skills.get(code, 0) < max(1, level)]
        found += [(key, "tool", code) for code in sorted(visit.tools - tools)]
        for part, count in sorted(visit.parts.items()):
            stock[part] = stock.get(part, 0) - count
            if stock[part] < 0 and not endless:
                found.append((key, "part", part))
        if visit.zone and shift.zones and visit.zone not in shift.zones:
            found.append((key, "zone", visit.zone))
        if shift.key in visit.never or (visit.only and shift.key not in visit.only):
            found.append((key, "wish", ""))
    return found


def timed(
    problem: Problem, shift: PlanShift, order: Order, *, earliest: Mapping[str, int] | None = None, names: Names | None = None
) -> Timed | None:
    """Answer the cheapest times of a route in this order with every break taken, or None where there are none.

    `earliest`: starts before which a visit shall not be begun. Overtime is counted, never refused.
    """
    visits, pickups = names or names_of(problem)
    labels = [_Label(shift.begins, 0.0, 0, None)]
    place = shift.start
    for kind, key in order:
        there = visits[key].place if kind == "visit" else pickups[key].place
        way = way_between(problem, shift, place, there)
        labels = _best(
            after
            for label in labels
            for onway, arrives in _driven(shift.breaks, label, way)
            if (after := _stopped(problem, shift, (visits, pickups), (kind, key), there, onway, arrives, earliest or {})) is not None
        )
        place = there
    home = 0 if shift.end is None else way_between(problem, shift, place, shift.end)
    ends = [(back, label) for one in labels for label, back in _driven(shift.breaks, one, home) if label.taken == len(shift.breaks)]
    if not ends:
        return None
    back, last = min(ends, key=lambda end: (end[1].cost + problem.weights.overtime * max(0, end[0] - shift.ends) / 60, end[0]))
    return _told(problem, shift, last, back, names or Names(visits, pickups)) if order else None


def drives(breaks: Sequence[Break], free: int, taken: int, way: int) -> Iterator[tuple[int, int]]:
    """Answer how a way may be driven: with none, one, … of the next breaks in it, as (breaks taken then, moment of arriving)."""
    yield taken, free + way
    now, left = free, way
    for number in range(taken, len(breaks)):
        begins = max(now, breaks[number].earliest)
        if begins > breaks[number].latest:
            return
        left = max(0, left - (begins - now))
        now = begins + breaks[number].seconds
        yield number + 1, now + left


def _driven(breaks: Sequence[Break], label: _Label, way: int) -> Iterator[tuple[_Label, int]]:
    """Answer every way to drive on, each with the moment of arriving."""
    now, trail = label.free, label.trail
    for taken, arrives in drives(breaks, label.free, label.taken, way):
        if taken > label.taken:
            pause = breaks[taken - 1]
            begins = max(now, pause.earliest)
            now = begins + pause.seconds
            trail = _Trail(PlannedStop("break", str(taken), None, begins, begins, now), trail)
        yield _Label(now, label.cost, taken, trail), arrives


def _stopped(
    problem: Problem,
    shift: PlanShift,
    names: tuple[Mapping[str, PlanVisit], Mapping[str, PickUp]],
    stop: tuple[str, str],
    place: int,
    label: _Label,
    arrives: int,
    earliest: Mapping[str, int],
) -> _Label | None:
    kind, key = stop
    if kind == "pickup":
        pickup = names[1][key]
        starts, late, seconds = max(arrives, pickup.opens), 0, pickup.seconds
        if starts > pickup.closes:
            return None
    else:
        visit = names[0][key]
        seconds = visit.seconds_by.get(shift.key, visit.seconds)
        found = start_within(visit, max(arrives, earliest.get(key, arrives)))
        if found is None:
            return None
        starts, late = found
    made = PlannedStop(kind, key, place, arrives, starts, starts + seconds)
    return _Label(made.ends, label.cost + late_price(problem.weights, late), label.taken, _Trail(made, label.trail))


def _best(labels: Iterator[_Label]) -> list[_Label]:
    """Keep the labels no other one beats: none that took as many breaks was free no later at no higher cost."""
    kept: list[_Label] = []
    for label in sorted(labels, key=lambda one: (one.taken, one.free, one.cost)):
        if not any(other.taken == label.taken and other.cost <= label.cost for other in kept):
            kept.append(label)
    return kept


def _told(problem: Problem, shift: PlanShift, last: _Label, back: int, names: Names) -> Timed:
    stops: list[PlannedStop] = []
    trail = last.trail
    while trail is not None:
        stops.append(trail.stop)
        trail = trail.before
    stops.reverse()
    leaves = shift.begins
    if stops[0].kind != "break":
        wait = stops[0].starts - stops[0].arrives
        leaves += wait
        stops[0] = PlannedStop(stops[0].kind, stops[0].key, stops[0].place, stops[0].starts, stops[0].starts, stops[0].ends)
    driven, place = 0, shift.start
    for stop in stops:
        if stop.place is not None:
            driven += way_between(problem, shift, place, stop.place)
            place = stop.place
    driven += 0 if shift.end is None else way_between(problem, shift, place, shift.end)
    late = {s.key: found[1] for s in stops if s.kind == "visit" and (found := start_within(names.visits[s.key], s.starts)) and found[1]}
    return Timed(PlannedRoute(shift.key, leaves, back, tuple(stops)), driven, max(0, back - shift.ends), late)


def route_price(problem: Problem, timed_route: Timed, shift: PlanShift, names: Names) -> float:
    """Answer what one route costs in points by the problem's weights."""
    weights, route = problem.weights, timed_route.route
    work = route.back - route.leaves
    price = weights.minute * timed_route.driven / 60 + weights.overtime * timed_route.overtime / 60 + weights.work * work / 60
    price += sum(late_price(weights, seconds) for seconds in timed_route.late.values())
    labour = timed_route.driven + sum(stop.ends - stop.starts for stop in route.stops if stop.kind != "break")
    price += weights.uneven * (labour / (shift.ends - shift.begins)) ** 2
    for stop in route.stops:
        if stop.kind == "visit":
            visit = names.visits[stop.key]
            if visit.told and not (visit.told[0] == shift.key and visit.told[1] <= stop.starts <= visit.told[2]):
                price += weights.told_twice
            if visit.preferred and shift.key not in visit.preferred:
                price += weights.disliked
    return price
