"""A small honest planner: every visit where it costs least. The fake beside the engine, for tests and for want of anything better."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from blisko.planning.ports import Tick
from blisko.planning.rules.checker import costs
from blisko.planning.rules.problem import Plan, PlannedStop, PlanShift, PlanVisit, Problem
from blisko.planning.rules.timing import Timed, lacks, names_of, route_price, timed

Stop = tuple[str, str]


class GreedySolver:
    """Cheapest insertion, once through; it sends no crews and knows no second thoughts."""

    def solve(
        self,
        problem: Problem,
        *,
        seconds: float,
        seed: int = 1,
        start: Plan | None = None,
        iterations: int | None = None,
        tick: Tick | None = None,
    ) -> Plan:
        state = _State(problem)
        if start is not None:
            state.keep(start)
        waiting = sorted(state.waiting.values(), key=lambda one: (not one.must, -one.worth, len(one.after), one.windows[-1][1], one.key))
        for number, visit in enumerate(waiting):
            if tick is not None and not tick(number / len(waiting), None):
                break
            state.place(visit)
        return state.plan()


@dataclass
class _State:
    problem: Problem
    orders: dict[str, list[Stop]] = field(default_factory=dict)
    routes: dict[str, Timed] = field(default_factory=dict)
    waiting: dict[str, PlanVisit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = names_of(self.problem)
        self.waiting = dict(self.names.visits)
        for shift in self.problem.shifts:
            self.orders[shift.key] = [("visit", key) for key in shift.fixed]
            for key in shift.fixed:
                del self.waiting[key]
            if found := self._timed(shift, self.orders[shift.key]):
                self.routes[shift.key] = found

    def keep(self, start: Plan) -> None:
        """Take over what still holds of an earlier plan, route by route."""
        shifts = {shift.key: shift for shift in self.problem.shifts}
        for route in start.routes:
            shift, loading = shifts[route.shift], list[Stop]()
            for stop in route.stops:
                if stop.kind == "pickup":
                    loading = [("pickup", stop.key)]
                elif stop.kind == "visit" and (visit := self.waiting.get(stop.key)):
                    if self._take(shift, [*self.orders[shift.key], *loading, ("visit", stop.key)], visit):
                        loading = []

    def place(self, visit: PlanVisit) -> None:
        """Give a visit to whoever does it at the least price, if that is less than leaving it out."""
        offers = ((price, shift.key, order) for shift in self.problem.shifts for price, order in self._offers(shift, visit))
        best = min(offers, key=lambda offer: offer[0], default=None)
        if best is not None and (visit.must or best[0] < self.problem.weights.left_out * visit.worth):
            shift = next(one for one in self.problem.shifts if one.key == best[1])
            self._take(shift, best[2], visit)

    def plan(self) -> Plan:
        made = tuple(self.routes[key].route for key in self.orders if key in self.routes)
        out = tuple(key for key in self.names.visits if key in self.waiting)
        return replace(Plan(made, out, 0.0), cost=costs(self.problem, Plan(made, out, 0.0)).total)

    def _take(self, shift: PlanShift, order: list[Stop], visit: PlanVisit) -> bool:
        found = self._timed(shift, order)
        if found is None or visit.crew:
            return False
        self.orders[shift.key], self.routes[shift.key] = order, found
        del self.waiting[visit.key]
        return True

    def _offers(self, shift: PlanShift, visit: PlanVisit) -> Iterator[tuple[float, list[Stop]]]:
        before = self.routes.get(shift.key)
        was = route_price(self.problem, before, shift, self.names) if before else 0.0
        order = self.orders[shift.key]
        for at in range(len(shift.fixed), len(order) + 1):
            for tried in self._loaded(shift, [*order[:at], ("visit", visit.key), *order[at:]]):
                if found := self._timed(shift, tried):
                    yield route_price(self.problem, found, shift, self.names) - was, tried

    def _loaded(self, shift: PlanShift, order: list[Stop]) -> Iterator[list[Stop]]:
        """Answer the order itself, and where something is missing the order with one stop to load before whoever needs it first."""
        yield order
        if any(kind == "pickup" for kind, _ in order):
            return
        missing = lacks(self.problem, shift, order, self.names)
        if missing and {kind for _, kind, _ in missing} <= {"tool", "part"}:
            at = next(n for n, stop in enumerate(order) if stop[1] == missing[0][0])
            if at >= len(shift.fixed):
                for pickup in self.problem.pickups:
                    yield [*order[:at], ("pickup", pickup.key), *order[at:]]

    def _timed(self, shift: PlanShift, order: list[Stop]) -> Timed | None:
        if not order or lacks(self.problem, shift, order, self.names):
            return None
        ends = {key: stop.ends for key, stop in self._elsewhere(shift).items()}
        here = {key for _, key in order}
        floors: dict[str, int] = {}
        for kind, key in order:
            if kind == "visit":
                visit = self.names.visits[key]
                if any(one not in ends and one not in here for one in visit.after):
                    return None
                floors[key] = max([0, *(ends[one] + visit.gap for one in visit.after if one in ends)])
        found = timed(self.problem, shift, order, earliest=floors, names=self.names)
        return found if found and found.overtime <= shift.overtime and self._in_turn(shift, found) else None

    def _in_turn(self, shift: PlanShift, found: Timed) -> bool:
        """Tell whether whoever waits for another still does, once this route is as it would be."""
        stops = self._elsewhere(shift) | {stop.key: stop for stop in found.route.stops if stop.kind == "visit"}
        planned = [visit for visit in self.problem.visits if visit.after and visit.key in stops]
        return all(one in stops and stops[one].ends + v.gap <= stops[v.key].starts for v in planned for one in v.after)

    def _elsewhere(self, shift: PlanShift) -> dict[str, PlannedStop]:
        routes = (one.route for key, one in self.routes.items() if key != shift.key)
        return {stop.key: stop for route in routes for stop in route.stops if stop.kind == "visit"}
