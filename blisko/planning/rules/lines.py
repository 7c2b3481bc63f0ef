"""A plan as lines of a calendar: who does which visit from when to when, what changed, and who has to be told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from blisko.planning.rules.problem import Plan, PlannedRoute, PlannedStop, Problem
from blisko.planning.rules.world import Job, World, moment_of, seat_of, seconds_of, technician_of, visit_key

Seat: TypeAlias = tuple[int, int]  # visit, seat
Expects: TypeAlias = tuple[int | None, datetime, datetime]  # whom (None: nobody by name), between when


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody does a visit from `starts` to `ends`."""

    technician_id: int
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One seat of one visit before and after; None: nobody's."""

    visit_id: int
    seat: int
    was: Line | None
    becomes: Line | None

    @property
    def handed_over(self) -> bool:
        """Whether another technician (or nobody, or somebody at last) does it, not only at another time."""
        return (self.was and self.was.technician_id) != (self.becomes and self.becomes.technician_id)


def present_lines(world: World) -> dict[Seat, Line]:
    """Answer the plan as it stands, of visits that still take place."""
    return {
        (job.visit_id, seat): Line(held.technician_id, held.starts, held.ends)
        for job in world.jobs
        if job.plannable
        for seat, held in enumerate(job.seats, start=1)
        if held is not None
    }


def lines_of(world: World, plan: Plan) -> dict[Seat, Line]:
    """Answer a plan as lines; a running visit keeps who is at it and since when, only its end moves."""
    jobs = {job.visit_id: job for job in world.jobs}
    found = {seat: line for seat, line in present_lines(world).items() if jobs[seat[0]].running}
    for route in plan.routes:
        for stop in route.stops:
            if stop.kind == "visit":
                seat = seat_of(stop.key)
                starts, ends = moment_of(stop.starts, world.midnight), moment_of(stop.ends, world.midnight)
                found[seat] = (
                    _running(jobs[seat[0]], found[seat], ends) if seat in found else Line(technician_of(route.shift), starts, ends)
                )
    return found


def _running(job: Job, line: Line, ends: datetime) -> Line:
    return Line(line.technician_id, min(job.arrived_at or line.starts, ends), ends)


def changes_between(before: Mapping[Seat, Line], after: Mapping[Seat, Line]) -> tuple[Change, ...]:
    """Answer what differs, in the order of visits."""
    seats = sorted({*before, *after})
    return tuple(Change(*seat, before.get(seat), after.get(seat)) for seat in seats if before.get(seat) != after.get(seat))


def changes_in_a_row(versions: Iterable[Iterable[Change]]) -> tuple[Change, ...]:
    """Answer what several versions, one after the other, changed in all."""
    first: dict[Seat, Line | None] = {}
    last: dict[Seat, Line | None] = {}
    for version in versions:
        for change in version:
            first.setdefault((change.visit_id, change.seat), change.was)
            last[change.visit_id, change.seat] = change.becomes
    return tuple(Change(*seat, first[seat], last[seat]) for seat in sorted(first) if first[seat] != last[seat])


def undone(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Answer the changes that take these back."""
    return tuple(Change(one.visit_id, one.seat, one.becomes, one.was) for one in changes)


def to_be_told(job: Job, line: Line | None) -> bool:
    """Tell whether a customer who was told a name and a time has to be told anew, if the visit were planned so."""
    return job.told is not None and is_told_otherwise(job.told, line)


def is_told_otherwise(told: Expects, line: Line | None) -> bool:
    """Tell whether what a customer was told (whom, if anybody by name, and between when) is no longer so."""
    technician_id, starts, ends = told
    if line is None:
        return True
    return (technician_id is not None and line.technician_id != technician_id) or not starts <= line.starts <= ends


def late_by(job: Job, starts: datetime) -> int:
    """Answer the seconds by which a start breaks the promise: after the last window that had begun, or before the first; 0 within one."""
    begun = [end for begin, end in job.windows if begin <= starts]
    if not begun:
        return seconds_of(job.windows[0][0], starts)
    return max(0, seconds_of(starts, max(begun)))


def present_plan(world: World, problem: Problem) -> Plan:
    """Answer the plan as it stands in the words of the problem, as far as both know the visits: where a solver starts from."""
    lines = {visit_key(*seat): line for seat, line in present_lines(world).items()}
    of_whom = defaultdict(list)
    for key, line in lines.items():
        of_whom[line.technician_id].append(key)
    visits = {visit.key: visit for visit in problem.visits}
    planned: set[str] = set()
    routes = []
    for shift in problem.shifts:
        stops = []
        known = dict.fromkeys([*of_whom[technician_of(shift.key)], *(key for key in shift.fixed if key in lines)])
        for key in sorted(known, key=lambda key: (key not in shift.fixed, lines[key].starts)):
            line = lines[key]
            starts, ends = seconds_of(line.starts, world.midnight), seconds_of(line.ends, world.midnight)
            mine = key in shift.fixed or starts <= shift.ends + shift.overtime
            if mine and key in visits and key not in planned:
                planned.add(key)
                stops.append(PlannedStop("visit", key, visits[key].place, starts, starts, ends))
        if stops:
            routes.append(PlannedRoute(shift.key, shift.begins, stops[-1].ends, tuple(stops)))
    return Plan(tuple(routes), tuple(key for key in visits if key not in planned), 0.0)


def packed(changes: Iterable[Change]) -> list[list[Any]]:
    """Answer changes as JSON: [visit, seat, was, becomes] with lines as [technician, from, to]."""
    return [[one.visit_id, one.seat, _packed(one.was), _packed(one.becomes)] for one in changes]


def _packed(line: Line | None) -> list[Any] | None:
    return None if line is None else [line.technician_id, line.starts.isoformat(), line.ends.isoformat()]


def unpacked(rows: Iterable[list[Any]]) -> tuple[Change, ...]:
    """Read what `packed` wrote."""
    return tuple(Change(visit_id, seat, _unpacked(was), _unpacked(becomes)) for visit_id, seat, was, becomes in rows)


def _unpacked(row: list[Any] | None) -> Line | None:
    return None if row is None else Line(row[0], datetime.fromisoformat(row[1]), datetime.fromisoformat(row[2]))


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Answer a plan as JSON, to be kept while a run is under way."""
    return {
        "routes": [
            [one.shift, one.leaves, one.back, [[s.kind, s.key, s.place, s.arrives, s.starts, s.ends] for s in one.stops]]
            for one in plan.routes
        ],
        "left_out": list(plan.left_out),
        "cost": plan.cost,
    }


def plan_from_json(words: Mapping[str, Any]) -> Plan:
    """Read what `plan_as_json` wrote."""
    routes = tuple(
        PlannedRoute(shift, leaves, back, tuple(PlannedStop(*stop) for stop in stops)) for shift, leaves, back, stops in words["routes"]
    )
    return Plan(routes, tuple(words["left_out"]), words["cost"])


def fitting(plan: Plan, problem: Problem) -> Plan:
    """Answer what of an older plan still speaks of this problem's shifts and visits: where to go on from after the world has moved.

    Whatever leads a route now leads it; times are the older plan's.
    """
    visits = {visit.key: visit for visit in problem.visits}
    pickups = {pickup.key: pickup for pickup in problem.pickups}
    heads = {key for shift in problem.shifts for key in shift.fixed}
    old = {route.shift: route for route in plan.routes}
    routes = []
    planned: set[str] = set()
    for shift in problem.shifts:
        route = old.get(shift.key)
        stops = [PlannedStop("visit", key, visits[key].place, shift.begins, shift.begins, shift.begins) for key in shift.fixed]
        for stop in route.stops if route else ():
            known = pickups if stop.kind == "pickup" else visits if stop.kind == "visit" else {}
            if stop.key in known and stop.key not in heads:
                stops.append(stop)
        if stops:
            routes.append(PlannedRoute(shift.key, shift.begins, stops[-1].ends, tuple(stops)))
            planned.update(stop.key for stop in stops)
    return Plan(tuple(routes), tuple(key for key in visits if key not in planned), plan.cost)
