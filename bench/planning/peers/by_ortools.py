"""OR-Tools 9.15, routing with guided local search. Kept: skills, tools, parts, pick-ups anywhere in a route, windows, breaks, shifts, and
lateness at an even price. Not told: what somebody was told. It throws no dice: a seed changes nothing."""

from dataclasses import dataclass

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from bench.planning.instances import Routes
from bench.planning.peers.kinds import parts, points, second_driven, second_worked
from bench.planning.timetable import may, orders
from blisko.planning.rules.problem import Plan, PlanVisit, Problem

FULL = 10**6  # where each count begins; a pick-up takes it back to nothing, and no van is empty again
MUST = 10**12


@dataclass
class _Model:
    """A problem as nodes: first the visits, then one copy of the pick-up for each shift, then every start and end."""

    problem: Problem
    copies: int
    places: list[int]
    manager: pywrapcp.RoutingIndexManager
    routing: pywrapcp.RoutingModel
    scale: float


def solve(problem: Problem, seconds: float, seed: int, start: Plan | None = None) -> Routes:
    """Answer routes; with `start` the search begins with that plan."""
    model = _model(problem)
    _clock(model)
    for part in parts(problem):
        has = [shift.stock.get(part, 0) for shift in problem.shifts]
        _count(model, f"part {part}", [visit.parts.get(part, 0) for visit in problem.visits], has)
    for tool in sorted({tool for visit in problem.visits for tool in visit.tools}):
        has = [len(problem.visits) * (tool in shift.tools) for shift in problem.shifts]
        _count(model, f"tool {tool}", [tool in visit.tools for visit in problem.visits], has)
    _who(model)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(round(seconds * 1000))
    model.routing.CloseModelWithParameters(search)
    found = None if start is None else _begin(model, _orders(model, start))
    if found is not None:
        found = model.routing.SolveFromAssignmentWithParameters(found, search)
    else:
        found = model.routing.SolveWithParameters(search)
    if found is None:  # no time for anything: what it was given to begin with stands
        return {} if start is None else orders(start)
    return _read(model, found)


def _model(problem: Problem) -> _Model:
    assert len(problem.pickups) <= 1
    assert not any(shift.fixed for shift in problem.shifts)
    visits, copies = len(problem.visits), len(problem.shifts) * len(problem.pickups)
    places = [visit.place for visit in problem.visits] + [pickup.place for pickup in problem.pickups for _ in problem.shifts]
    starts = [len(places) + 2 * nr for nr in range(len(problem.shifts))]
    for shift in problem.shifts:
        assert shift.end is not None
        places += [shift.start, shift.end]
    manager = pywrapcp.RoutingIndexManager(len(places), len(problem.shifts), starts, [nr + 1 for nr in starts])
    model = _Model(problem, copies, places, manager, pywrapcp.RoutingModel(manager), points(problem))
    for nr, visit in enumerate(problem.visits):
        price = MUST if visit.must else round(problem.weights.left_out * visit.worth * model.scale)
        model.routing.AddDisjunction([manager.NodeToIndex(nr)], price)
    for nr in range(copies):
        model.routing.AddDisjunction([manager.NodeToIndex(visits + nr)], 0)
    return model


def _clock(model: _Model) -> None:
    problem, routing, manager = model.problem, model.routing, model.manager
    assert all(shift.speed == 1 for shift in problem.shifts)
    stays = [visit.seconds for visit in problem.visits] + [pickup.seconds for pickup in problem.pickups for _ in problem.shifts]
    stays += [0] * (len(model.places) - len(stays))
    ways = problem.travel[np.ix_(model.places, model.places)]
    drive = routing.RegisterTransitMatrix((ways * round(second_driven(problem) * model.scale)).tolist())
    routing.SetArcCostEvaluatorOfAllVehicles(drive)
    ends = max(shift.ends + shift.overtime for shift in problem.shifts)
    routing.AddDimension(routing.RegisterTransitMatrix((ways + np.array(stays)[:, None]).tolist()), ends, ends, False, "time")
    time = routing.GetDimensionOrDie("time")
    if second_worked(problem):
        time.SetSpanCostCoefficientForAllVehicles(round(second_worked(problem) * model.scale))
    for nr, visit in enumerate(problem.visits):
        _window(model, time, manager.NodeToIndex(nr), visit)
    for nr in range(model.copies):
        pickup = problem.pickups[0]
        time.CumulVar(manager.NodeToIndex(len(problem.visits) + nr)).SetRange(pickup.opens, pickup.closes)
    at = [stays[manager.IndexToNode(index)] for index in range(routing.Size())]
    for nr, shift in enumerate(problem.shifts):
        for index in (routing.Start(nr), routing.End(nr)):
            time.CumulVar(index).SetRange(shift.begins, shift.ends + shift.overtime)
            routing.AddVariableMinimizedByFinalizer(time.CumulVar(index))
        pauses = [
            routing.solver().FixedDurationIntervalVar(pause.earliest, pause.latest, pause.seconds, False, f"{shift.key} {which}")
            for which, pause in enumerate(shift.breaks)
        ]
        if pauses:
            time.SetBreakIntervalsOfVehicle(pauses, nr, at)


def _window(model: _Model, time: pywrapcp.RoutingDimension, index: int, visit: PlanVisit) -> None:
    moment = time.CumulVar(index)
    moment.SetRange(visit.windows[0][0], visit.windows[-1][1] + visit.late)
    for (_, ends), (begins, _) in zip(visit.windows, visit.windows[1:], strict=False):
        if ends + visit.late < begins - 1:
            moment.RemoveInterval(ends + visit.late + 1, begins - 1)
    if visit.late:  # a first minute late costs the broken promise, too: OR-Tools has one even price
        weights = model.problem.weights
        price = (weights.late + weights.broken / 30) / 60
        time.SetCumulVarSoftUpperBound(index, visit.windows[-1][1], round(price * model.scale))


def _count(model: _Model, name: str, takes: list[int], stock: list[int]) -> None:
    """What is used of a part or a tool so far never passes what the van has, unless it has been to the pick-up."""
    steps = [int(count) for count in takes] + [-FULL] * model.copies
    steps += [0] * (len(model.places) - len(steps))
    transit = model.routing.RegisterUnaryTransitVector(steps)
    made = model.routing.AddDimensionWithVehicleCapacity(transit, 0, [FULL + count for count in stock], False, name)
    assert made, f"{name} is counted twice"
    dimension = model.routing.GetDimensionOrDie(name)
    for nr in range(len(stock)):
        dimension.CumulVar(model.routing.Start(nr)).SetValue(FULL)


def _who(model: _Model) -> None:
    problem = model.problem
    for nr, visit in enumerate(problem.visits):
        allowed = [row for row, shift in enumerate(problem.shifts) if may(shift, visit)]
        if len(allowed) < len(problem.shifts):
            model.routing.VehicleVar(model.manager.NodeToIndex(nr)).SetValues([-1, *allowed])
    for nr in range(model.copies):
        model.routing.VehicleVar(model.manager.NodeToIndex(len(problem.visits) + nr)).SetValues([-1, nr])


def _begin(model: _Model, nodes: list[list[int]]) -> pywrapcp.Assignment | None:
    """Answer the routes to begin with; when they cannot be read together, those that can be read alone."""
    read = model.routing.ReadAssignmentFromRoutes
    if (found := read(nodes, True)) is not None:
        return found
    alone = [[order if row == nr else [] for row in range(len(nodes))] for nr, order in enumerate(nodes)]
    return read([order if read(only, True) is not None else [] for only, order in zip(alone, nodes, strict=True)], True)


def _orders(model: _Model, start: Plan) -> list[list[int]]:
    """Answer a plan's visits as node numbers, one list for each shift."""
    nr = {visit.key: row for row, visit in enumerate(model.problem.visits)}
    planned = {route.shift: [nr[stop.key] for stop in route.stops if stop.key in nr] for route in start.routes}
    return [[model.manager.NodeToIndex(node) for node in planned.get(shift.key, [])] for shift in model.problem.shifts]


def _read(model: _Model, found: pywrapcp.Assignment) -> Routes:
    problem, routing = model.problem, model.routing
    routes = {}
    for nr, shift in enumerate(problem.shifts):
        keys, index = [], found.Value(routing.NextVar(routing.Start(nr)))
        while not routing.IsEnd(index):
            node = model.manager.IndexToNode(index)
            keys.append(problem.visits[node].key if node < len(problem.visits) else problem.pickups[0].key)
            index = found.Value(routing.NextVar(index))
        if keys:
            routes[shift.key] = keys
    return routes
