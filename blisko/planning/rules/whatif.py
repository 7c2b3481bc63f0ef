"""What would become of a day if somebody moved, swapped or added a visit by hand: times, promises, customers to be told, refusals.

Nobody is moved without need: a visit begins no earlier than it is planned now, and later only where its technician comes later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from blisko.kit.errors import Refusal
from blisko.planning.errors import LacksParts, LacksSkills, NotPlannable, OffShift, Unwished
from blisko.planning.rules.lines import Change, Line, Seat, changes_between, late_by, present_lines, present_plan, to_be_told
from blisko.planning.rules.problem import Plan, PlannedRoute, PlanShift, Problem
from blisko.planning.rules.timing import Names, Timed, lacks, names_of, route_price, timed
from blisko.planning.rules.world import BOOKED, Job, World, moment_of, seat_of, technician_of

Stop = tuple[str, str]
Orders = Mapping[str, Sequence[Stop]]
ANY_LATENESS = 7 * 24 * 3600
ROUNDS = 8  # of those who wait for each other, until all of them agree


@dataclass(frozen=True)
class Board:
    """A day as it is planned: the order of every shift, and when each visit is planned to begin and to end."""

    world: World
    problem: Problem
    names: Names
    jobs: Mapping[int, Job]
    shifts: Mapping[str, PlanShift]
    orders: Mapping[str, tuple[Stop, ...]]
    starts: Mapping[str, int]
    ends: Mapping[str, int]

    def shifts_of(self, technician_id: int) -> list[PlanShift]:
        """Answer what is left of a technician's shifts today."""
        return [shift for shift in self.shifts.values() if technician_of(shift.key) == technician_id]

    def shift_with(self, key: str) -> str | None:
        """Answer the shift that has a visit now."""
        return next((shift for shift, order in self.orders.items() if ("visit", key) in order), None)


@dataclass(frozen=True)
class Planned:
    """When a visit of a touched technician would take place."""

    visit_id: int
    seat: int
    technician_id: int
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Consequences:
    """What a change by hand would bring, compared with the plan as it is.

    `minutes`: driven more, `overtime_minutes`: worked more after shifts' ends (below nothing: less). `windows_broken`: visits whose promise
    would break and does not as things are; `windows_kept`: the other way round. `customers_told`: visits whose customers heard of another
    technician or time. `refusal`: why it may not be done at all. `schedule`: the days of all whom it touches. `points`: the price in the
    weights in force, what is broken and told included.
    """

    minutes: int
    windows_broken: tuple[int, ...]
    windows_kept: tuple[int, ...]
    customers_told: tuple[int, ...]
    overtime_minutes: int
    refusal: Refusal | None
    schedule: tuple[Planned, ...]
    changes: tuple[Change, ...]
    routes: tuple[PlannedRoute, ...]
    points: float


def board_of(world: World, problem: Problem) -> Board:
    """Answer the day as it is planned; promises may be broken on it, because a person decides."""
    loose = replace(problem, visits=tuple(replace(visit, late=ANY_LATENESS) for visit in problem.visits))
    plan = present_plan(world, problem)
    orders: dict[str, tuple[Stop, ...]] = {shift.key: () for shift in problem.shifts}
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for route in plan.routes:
        orders[route.shift] = tuple(("visit", stop.key) for stop in route.stops)
        starts.update((stop.key, stop.starts) for stop in route.stops)
        ends.update((stop.key, stop.ends) for stop in route.stops)
    jobs = {job.visit_id: job for job in world.jobs}
    return Board(world, loose, names_of(loose), jobs, {shift.key: shift for shift in problem.shifts}, orders, starts, ends)


def as_it_stands(board: Board) -> Plan:
    """Answer the plan as it will take place if nobody changes it: later where somebody comes later, and loading where he must."""
    timed_routes = [_timed(board, board.shifts[shift], order, board.starts) for shift, order in board.orders.items() if order]
    routes = tuple(one.route for one in timed_routes if one)
    done = {stop.key for route in routes for stop in route.stops if stop.kind == "visit"}
    return Plan(routes, tuple(visit.key for visit in board.problem.visits if visit.key not in done), 0.0)


def moved(board: Board, keys: Sequence[str], shift: PlanShift, *, before: str | None = None, starts: int | None = None) -> Orders:
    """Answer the orders when visits go to a shift: before another visit, or where `starts` falls, else where it costs least."""
    orders = {one: [stop for stop in order if stop[1] not in keys] for one, order in board.orders.items()}
    mine = orders[shift.key]
    if before is None and starts is None:
        for key in keys:
            mine = min(_insertions(mine, key, len(shift.fixed)), key=lambda order: _price(board, shift, order))
        orders[shift.key] = mine
        return orders
    at = len(mine)
    for place, (_, key) in enumerate(mine):
        if key == before or (before is None and starts is not None and board.starts[key] >= starts):
            at = place
            break
    at = max(at, len(shift.fixed))
    orders[shift.key] = [*mine[:at], *(("visit", key) for key in keys), *mine[at:]]
    return orders


def placings(board: Board, key: str, shift: PlanShift) -> list[Orders]:
    """Answer the orders for every place of a shift's route at which one visit could stand."""
    mine = [stop for stop in board.orders[shift.key] if stop[1] != key]
    rest = {one: [stop for stop in order if stop[1] != key] for one, order in board.orders.items()}
    return [rest | {shift.key: order} for order in _insertions(mine, key, len(shift.fixed))]


def swapped(board: Board, one: str, other: str) -> Orders:
    """Answer the orders when two visits change places."""
    trade = {("visit", one): ("visit", other), ("visit", other): ("visit", one)}
    return {shift: [trade.get(stop, stop) for stop in order] for shift, order in board.orders.items()}


def without(board: Board, keys: Iterable[str]) -> Orders:
    """Answer the orders when visits are nobody's any more."""
    gone = set(keys)
    return {shift: [stop for stop in order if stop[1] not in gone] for shift, order in board.orders.items()}


def _insertions(order: Sequence[Stop], key: str, head: int) -> list[list[Stop]]:
    return [[*order[:at], ("visit", key), *order[at:]] for at in range(head, len(order) + 1)]


def _price(board: Board, shift: PlanShift, order: Sequence[Stop]) -> float:
    route = _timed(board, shift, order, board.starts)
    return float("inf") if route is None else route_price(board.problem, route, shift, board.names)


def consequences_of(board: Board, orders: Orders, keys: Sequence[str], *, floors: Mapping[str, int] | None = None) -> Consequences:
    """Answer what these orders bring, moved on purpose: the visits `keys`, which may begin earlier than now but not before `floors`."""
    earliest = {key: starts for key, starts in board.starts.items() if key not in keys} | dict(floors or {})
    stops = {("visit", key) for key in keys}
    touched = [shift for shift, order in board.orders.items() if tuple(orders[shift]) != order or stops & set(order)]
    after = _settled(board, orders, touched, earliest)
    before = {shift: _timed(board, board.shifts[shift], board.orders[shift], board.starts) for shift in after}
    lines, present, expected = _lines(board, after), present_lines(board.world), _lines(board, before)
    kept_keys = {key for order in orders.values() for _, key in order}
    gone = {seat_of(key) for key in keys if key not in kept_keys}
    left_out = {visit_id for visit_id, seat in gone if seat == 1 and to_be_told(board.jobs[visit_id], None)}
    kept = {seat: line for seat, line in present.items() if seat not in gone}
    return Consequences(
        minutes=round((_sum(after, "driven") - _sum(before, "driven")) / 60),
        windows_broken=tuple(sorted(_late(board, lines) - _late(board, expected))),
        windows_kept=tuple(sorted(_late(board, expected) - _late(board, lines))),
        customers_told=tuple(sorted((_told_again(board, lines) | left_out) - _told_again(board, expected))),
        overtime_minutes=round((_sum(after, "overtime") - _sum(before, "overtime")) / 60),
        refusal=_refusal(board, orders, after, keys),
        schedule=tuple(Planned(*seat, line.technician_id, line.starts, line.ends) for seat, line in _in_order(lines)),
        changes=changes_between(present, kept | lines),
        routes=tuple(route.route for route in after.values() if route),
        points=round(
            _points(board, after) - _points(board, before) + board.problem.weights.left_out * _fewer(board, present, kept | lines), 1
        ),
    )


def _in_order(lines: Mapping[Seat, Line]) -> list[tuple[Seat, Line]]:
    return sorted(lines.items(), key=lambda one: (one[1].technician_id, one[1].starts))


def _fewer(board: Board, before: Mapping[Seat, Line], after: Mapping[Seat, Line]) -> float:
    """Answer by how much more is left out after than before, in visits of usual worth."""
    worth = {seat_of(visit.key): visit.worth for visit in board.problem.visits}
    return sum(worth.get(seat, 0.0) for seat in before) - sum(worth.get(seat, 0.0) for seat in after)


def _timed(board: Board, shift: PlanShift, order: Sequence[Stop], earliest: Mapping[str, int]) -> Timed | None:
    """Answer the times of an order, loading on the way where something is missing; without breaks rather than not at all."""
    tried: list[Sequence[Stop]] = [order]
    missing = lacks(board.problem, shift, order, board.names)
    if any(kind in ("tool", "part") for _, kind, _ in missing):
        last = next(n for n, stop in enumerate(order) if stop[1] == missing[0][0])
        loaded = [
            [*order[:at], ("pickup", pickup.key), *order[at:]]
            for pickup in board.problem.pickups
            for at in range(len(shift.fixed), last + 1)
        ]
        tried = [one for one in loaded if not _wants(board, shift, one)] or tried
    for rested in (shift, replace(shift, breaks=())):
        found = [one for each in tried if (one := timed(board.problem, rested, each, earliest=earliest, names=board.names))]
        if found:
            return min(found, key=lambda one: route_price(board.problem, one, shift, board.names))
    return None


def _wants(board: Board, shift: PlanShift, order: Sequence[Stop]) -> list[str]:
    return [code for _, kind, code in lacks(board.problem, shift, order, board.names) if kind in ("tool", "part")]


def _settled(board: Board, orders: Orders, touched: Sequence[str], earliest: Mapping[str, int]) -> dict[str, Timed | None]:
    """Answer the routes touched, once whoever works together begins together and whoever waits has waited."""
    floors, routes = dict(earliest), dict[str, Timed | None]()
    waiting = list(touched)
    for _ in range(ROUNDS):
        for shift in waiting:
            routes[shift] = _timed(board, board.shifts[shift], orders[shift], floors)
        begins, ends = dict(board.starts), dict(board.ends)
        for route in routes.values():
            for stop in route.route.stops if route else ():
                if stop.kind == "visit":
                    begins[stop.key], ends[stop.key] = stop.starts, stop.ends
        late = _behind(board, begins, ends)
        floors.update(late)
        waiting = [shift for shift, order in orders.items() if any(stop[1] in late for stop in order)]
        if not waiting:
            return routes
    return routes  # they never agree: each as far as it got


def _behind(board: Board, begins: Mapping[str, int], ends: Mapping[str, int]) -> dict[str, int]:
    """Answer who would begin before somebody else lets him, and when he may."""
    found: dict[str, int] = {}
    for visit in board.problem.visits:
        if visit.key not in begins:
            continue
        floor = max([begins.get(visit.crew, 0), *(ends[one] + visit.gap for one in visit.after if one in ends)])
        if begins[visit.key] < floor:
            found[visit.key] = floor
    return found


def _lines(board: Board, routes: Mapping[str, Timed | None]) -> dict[Seat, Line]:
    lines: dict[Seat, Line] = {}
    present = present_lines(board.world)
    for shift, route in routes.items():
        for stop in route.route.stops if route else ():
            if stop.kind == "visit":
                seat = seat_of(stop.key)
                starts, ends = (moment_of(moment, board.world.midnight) for moment in (stop.starts, stop.ends))
                running = board.jobs[seat[0]].running and seat in present
                lines[seat] = present[seat] if running else Line(technician_of(shift), starts, ends)
    return lines


def _late(board: Board, lines: Mapping[Seat, Line]) -> set[int]:
    return {visit_id for (visit_id, _), line in lines.items() if late_by(board.jobs[visit_id], line.starts)}


def _told_again(board: Board, lines: Mapping[Seat, Line]) -> set[int]:
    return {visit_id for (visit_id, seat), line in lines.items() if seat == 1 and to_be_told(board.jobs[visit_id], line)}


def _sum(routes: Mapping[str, Timed | None], what: str) -> int:
    return sum(int(getattr(route, what)) for route in routes.values() if route)


def _points(board: Board, routes: Mapping[str, Timed | None]) -> float:
    return sum(route_price(board.problem, route, board.shifts[shift], board.names) for shift, route in routes.items() if route)


def _refusal(board: Board, orders: Orders, after: Mapping[str, Timed | None], keys: Sequence[str]) -> Refusal | None:
    """Answer why it may not be done: of the visits moved what their technician lacks, of his day what does not fit into it."""
    for visit_id, _ in map(seat_of, keys):
        if board.jobs[visit_id].state != BOOKED:
            return NotPlannable(details={"state": board.jobs[visit_id].state})
    for shift, route in after.items():
        mine = [key for key in keys if ("visit", key) in orders[shift]]
        if not mine:
            continue
        order = [(stop.kind, stop.key) for stop in route.route.stops if stop.kind != "break"] if route else orders[shift]
        if no := _lacking(lacks(board.problem, board.shifts[shift], order, board.names), mine):
            return no
        ends = board.shifts[shift].ends + board.shifts[shift].overtime
        stops = {stop.key: stop for stop in route.route.stops if stop.kind == "visit"} if route else {}
        if any(key not in stops or stops[key].ends > ends for key in mine):
            return OffShift()
    return None


def _lacking(missing: Iterable[tuple[str, str, str]], mine: Sequence[str]) -> Refusal | None:
    found: dict[str, list[str]] = {}
    for key, kind, code in missing:
        if key in mine:
            found.setdefault(kind, []).append(code)
    if "skill" in found:
        return LacksSkills(details={"skills": found["skill"]})
    if "wish" in found:
        return Unwished()
    parts = [*found.get("tool", []), *found.get("part", [])]
    return LacksParts(details={"parts": parts}) if parts else None
