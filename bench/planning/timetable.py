"""Times for routes that are only orders of stops, which is what most solvers answer; and the least mending of those that do not fit.

Exact for one route: as early as possible, keeping for each number of breaks already taken the earliest moment it is possible.
Crews and precedence are no part of it; no peer is asked for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.planning.instances import Routes
from blisko.planning.rules.problem import Break, PickUp, Plan, PlannedRoute, PlannedStop, PlanShift, PlanVisit, Problem

Stop = PlanVisit | PickUp


@dataclass(frozen=True)
class _So:
    """One way to have come so far: free at `free`, with the stops behind."""

    free: int
    stops: tuple[PlannedStop, ...] = ()


def timetable(problem: Problem, routes: Routes) -> Plan:
    """Answer the plan that does these stops in this order; who is nowhere, or in a route that does not fit, is left out."""
    desk = Desk(problem)
    planned = [route for key, stops in routes.items() if stops and (route := desk.seat(key, stops))]
    return desk.plan(planned)


def mended(problem: Problem, routes: Routes) -> tuple[Plan, int]:
    """Answer a plan with as few visits dropped as simple trying finds, and how many routes did not fit.

    A route that does not fit drops the visit of least worth that makes it fit, or of least worth until it does; when any was dropped,
    all that are left out are tried again in every route, where the detour is shortest.
    """
    desk = Desk(problem)
    kept = {key: list(stops) for key, stops in routes.items() if stops}
    broken = [key for key, stops in kept.items() if desk.seat(key, stops) is None]
    for key in broken:
        while kept[key] and desk.seat(key, kept[key]) is None:
            kept[key] = desk.lighter(key, kept[key])
    if broken:
        done = {key for stops in kept.values() for key in stops}
        for visit in sorted((visit for visit in problem.visits if visit.key not in done), key=lambda visit: -visit.worth):
            desk.squeeze(visit, kept)
    return timetable(problem, kept), len(broken)


def orders(plan: Plan) -> Routes:
    """Answer a plan's stops in their order, without breaks."""
    return {route.shift: [stop.key for stop in route.stops if stop.kind != "break"] for route in plan.routes}


class Desk:
    """One problem and who is who in it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.shifts = {shift.key: shift for shift in problem.shifts}
        self.stops: dict[str, Stop] = {one.key: one for one in (*problem.visits, *problem.pickups)}

    def plan(self, planned: Sequence[PlannedRoute]) -> Plan:
        done = {stop.key for route in planned for stop in route.stops}
        return Plan(tuple(planned), tuple(visit.key for visit in self.problem.visits if visit.key not in done), 0.0)

    def seat(self, key: str, stops: Sequence[str]) -> PlannedRoute | None:
        """Answer the route with times, or None when it does not fit its shift, windows, breaks, skills or stock."""
        shift = self.shifts[key]
        if not self._equipped(shift, stops):
            return None
        ways = {0: _So(shift.begins)}
        here = shift.start
        for name in stops:
            stop = self.stops[name]
            ways = self._drive(shift, ways, here, stop.place)
            ways = {taken: after for taken, so in ways.items() if (after := _served(shift, stop, so))}
            here = stop.place
        ways = self._drive(shift, ways, here, here if shift.end is None else shift.end)
        home = ways.get(len(shift.breaks))
        if home is None or home.free > shift.ends + shift.overtime:
            return None
        return self._late(shift, PlannedRoute(key, shift.begins, home.free, home.stops))

    def _way(self, shift: PlanShift, a: int, b: int) -> int:
        return -int(-(int(self.problem.travel[a, b]) * shift.speed) // 1)

    def _drive(self, shift: PlanShift, ways: dict[int, _So], a: int, b: int) -> dict[int, _So]:
        """Answer the earliest arrivals by the number of breaks taken, on the way or where it ends."""
        found: dict[int, _So] = {}
        for taken, so in ways.items():
            for count, there in enumerate(_rests(shift.breaks[taken:], so, self._way(shift, a, b)), taken):
                if count not in found or there.free < found[count].free:
                    found[count] = there
        return found

    def _equipped(self, shift: PlanShift, stops: Sequence[str]) -> bool:
        tools, parts, endless = set(shift.tools), dict(shift.stock), False
        for name in stops:
            stop = self.stops[name]
            if isinstance(stop, PickUp):
                tools |= stop.tools
                endless = endless or stop.parts is None
                parts |= {part: parts.get(part, 0) + count for part, count in (stop.parts or {}).items()}
                continue
            parts |= {part: parts.get(part, 0) - count for part, count in stop.parts.items()}
            if not (may(shift, stop) and stop.tools <= tools and (endless or min(parts.values(), default=0) >= 0)):
                return False
        return True

    def _late(self, shift: PlanShift, route: PlannedRoute) -> PlannedRoute:
        """Leave as late as the same return allows, where the length of the day has a price (and no break makes it a puzzle)."""
        if not self.problem.weights.work or shift.breaks:
            return route
        ends, place, stops = route.back, shift.end, []
        for planned in reversed(route.stops):
            stop = self.stops[planned.key]
            spans = stop.windows if isinstance(stop, PlanVisit) else ((stop.opens, stop.closes),)
            last = ends - (0 if place is None else self._way(shift, stop.place, place)) - (planned.ends - planned.starts)
            begins = max(min(last, end) for begin, end in spans if begin <= last)
            begins = max(begins, planned.starts)
            stops.append(replace(planned, arrives=begins, starts=begins, ends=begins + planned.ends - planned.starts))
            ends, place = begins, stop.place
        leaves = ends - (0 if place is None else self._way(shift, shift.start, place))
        return replace(route, leaves=leaves, stops=tuple(reversed(stops)))

    def lighter(self, key: str, stops: list[str]) -> list[str]:
        """Answer the route without one visit: the least worth of those that help, else the least worth of all."""
        tries = [(self.worth(name), stops[:nr] + stops[nr + 1 :]) for nr, name in enumerate(stops)]
        return min([one for one in tries if self.seat(key, one[1])] or tries, key=lambda one: one[0])[1]

    def worth(self, name: str) -> float:
        stop = self.stops[name]
        return stop.worth if isinstance(stop, PlanVisit) else 1e9

    def squeeze(self, visit: PlanVisit, routes: dict[str, list[str]]) -> None:
        """Put a visit where its detour is shortest, if it fits anywhere."""
        travel = self.problem.travel
        places = []
        for shift in self.problem.shifts:
            stops = routes.get(shift.key, [])
            line = [shift.start, *(self.stops[name].place for name in stops), shift.start if shift.end is None else shift.end]
            for nr, (a, b) in enumerate(zip(line, line[1:], strict=False)):
                if may(shift, visit):
                    places.append((travel[a, visit.place] + travel[visit.place, b] - travel[a, b], shift.key, nr))
        for _, key, nr in sorted(places):
            stops = routes.get(key, [])
            if self.seat(key, tried := [*stops[:nr], visit.key, *stops[nr:]]):
                routes[key] = tried
                return


def may(shift: PlanShift, visit: PlanVisit) -> bool:
    """Answer whether a technician may do a visit at all; tools and parts may come on the way."""
    return (
        all(shift.skills.get(skill, 0) >= level for skill, level in visit.skills.items())
        and (not visit.only or shift.key in visit.only)
        and shift.key not in visit.never
        and (not visit.zone or not shift.zones or visit.zone in shift.zones)
    )


def _rests(breaks: Sequence[Break], so: _So, way: int) -> Iterator[_So]:
    """Answer the arrival without a break, with the next one, with the next two …; each as soon as it may begin."""
    yield _So(so.free + way, so.stops)
    now, left, stops = so.free, way, so.stops
    for pause in breaks:
        begins = max(now, pause.earliest)
        if begins > pause.latest:
            return
        left = max(0, left - (begins - now))
        now = begins + pause.seconds
        stops = (*stops, PlannedStop("break", "", None, begins, begins, now))
        yield _So(now + left, stops)


def _served(shift: PlanShift, stop: Stop, so: _So) -> _So | None:
    """Answer how it stands after a stop that begins as soon as it may; None when it may no more."""
    if isinstance(stop, PickUp):
        kind, spans, seconds = "pickup", [(stop.opens, stop.closes)], stop.seconds
    else:
        kind, spans = "visit", [(begin, end + stop.late) for begin, end in stop.windows]
        seconds = stop.seconds_by.get(shift.key, stop.seconds)
    starts = min((max(so.free, begin) for begin, end in spans if so.free <= end), default=None)
    if starts is None:
        return None
    return _So(starts + seconds, (*so.stops, PlannedStop(kind, stop.key, stop.place, so.free, starts, starts + seconds)))
