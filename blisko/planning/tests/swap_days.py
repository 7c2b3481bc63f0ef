"""Random days for swaps, and whether somebody can take visits, counted through by hand and judged by the independent checker."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, permutations, product

import numpy as np

from blisko.planning.adapters.greedy import GreedySolver
from blisko.planning.rules.checker import faults
from blisko.planning.rules.lines import lines_of
from blisko.planning.rules.problem import Matrix, PickUp, Plan, PlannedRoute, PlannedStop, PlanShift, PlanVisit, Problem, Weights
from blisko.planning.rules.ways import Point
from blisko.planning.rules.world import Held, Job, Shelf, Worker, World, moment_of, problem_of, travel_places
from blisko.planning.tests.days import DAY, MIDNIGHT, at

NOON = 6
Stops = Sequence[PlanVisit | PickUp]


def a_random_world(dice: random.Random, *, shelf: bool = False) -> World:
    spots = [Point(52.0 + dice.random(), 19.0 + dice.random()) for _ in range(10)]
    workers = tuple(a_random_worker(dice, nr, spots[nr]) for nr in (1, 2, 3))
    parts = dice.choice([None, {"ont": 2}])
    shelves = (Shelf(90, spots[9], at(8), at(14), 10, frozenset({"ladder"}), parts),) if shelf else ()
    return World(DAY, MIDNIGHT, workers, tuple(a_random_job(dice, nr, spots[3 + nr]) for nr in range(1, 6)), shelves)


def a_random_worker(dice: random.Random, nr: int, home: Point, *, begins: float = 8, ends: float | None = None) -> Worker:
    return Worker(
        100 + nr,
        nr,
        at(begins),
        at(ends or dice.choice([13, 15])),
        start=home,
        end=dice.choice([home, None]),
        overtime=dice.choice([0, 60]),
        breaks=((at(10), at(12), 30),) if dice.random() < 0.6 else (),
        skills={"fibre": dice.choice([1, 2, 2])} if dice.random() < 0.9 else {},
        tools=frozenset({"ladder"} if dice.random() < 0.7 else ()),
        stock={"ont": dice.choice([0, 1, 2])},
        zones=frozenset({"north"} if dice.random() < 0.2 else ()),
    )


def a_random_job(dice: random.Random, nr: int, place: Point) -> Job:
    opens = dice.choice([8, 9, 10, 11, 12])
    return Job(
        nr,
        place=place,
        windows=((at(opens), at(opens + dice.choice([1, 2]))),),
        minutes=dice.choice([30, 60, 90]),
        seats=(None,),
        skills={"fibre": dice.choice([1, 1, 2])} if dice.random() < 0.5 else {},
        tools=frozenset({"ladder"} if dice.random() < 0.2 else ()),
        parts={"ont": 1} if dice.random() < 0.4 else {},
        zone=dice.choice(["", "", "north", "south"]),
        never=frozenset({dice.choice([1, 2, 3])} if dice.random() < 0.2 else ()),
    )


def planned(world: World, travel: Matrix, dice: random.Random) -> World:
    """The same day with what a planner made of it, and some customers told of it."""
    draft = problem_of(world, travel, weights=Weights(), now=at(NOON))
    lines = lines_of(world, GreedySolver().solve(draft, seconds=1))
    jobs = []
    for job in world.jobs:
        line = lines.get((job.visit_id, 1))
        if line is None:
            jobs.append(job)
            continue
        said = (line.technician_id, line.starts - timedelta(minutes=10), line.starts + timedelta(minutes=20))
        told = said if dice.random() < 0.4 else None
        jobs.append(replace(job, seats=(Held(line.technician_id, line.starts, line.ends),), told=told))
    return replace(world, jobs=tuple(jobs))


def random_travel(world: World, dice: random.Random) -> Matrix:
    places = travel_places(world)
    return np.array([[0 if a == b else dice.randrange(300, 2400) for b in places] for a in places], dtype=np.int64)


def stands(problem: Problem, shift: PlanShift, order: Stops, rests: tuple[int, ...], floors: Mapping[str, int]) -> PlannedRoute:
    """One day in the earliest way: `rests[n]` is before which stop the n-th break lies."""
    time, place, stops = shift.begins, shift.start, []
    for nr in range(len(order) + 1):
        goal = order[nr].place if nr < len(order) else shift.end
        way = int(problem.travel[place][goal]) if place is not None and goal is not None else 0
        arrives = time + way
        for key, (pause, before) in enumerate(zip(shift.breaks, rests, strict=True), start=1):
            if before == nr:
                begins = max(time, pause.earliest)
                stops.append(PlannedStop("break", str(key), None, begins, begins, begins + pause.seconds))
                arrives, time = max(arrives + pause.seconds, begins + pause.seconds), begins + pause.seconds
        if nr == len(order):
            return PlannedRoute(shift.key, shift.begins, arrives, tuple(stops))
        stop = order[nr]
        kind, opens = ("pickup", stop.opens) if isinstance(stop, PickUp) else ("visit", stop.windows[0][0])
        starts = max(arrives, opens, floors.get(stop.key, 0))
        stops.append(PlannedStop(kind, stop.key, stop.place, arrives, starts, starts + stop.seconds))
        time, place = starts + stop.seconds, stop.place
    raise AssertionError


def mixed(own: Sequence[PlanVisit], more: Sequence[PlanVisit], pickups: Sequence[PickUp]) -> Iterator[list[PlanVisit | PickUp]]:
    """Every order in which `more` may come to `own`, which keeps its order, with no stop for loading or one, anywhere."""
    for shuffled in permutations(more):
        for places in combinations(range(len(own) + len(more)), len(more)):
            mine, theirs = iter(own), iter(shuffled)
            order: list[PlanVisit | PickUp] = [next(theirs if nr in places else mine) for nr in range(len(own) + len(more))]
            yield order
            yield from ([*order[:nr], one, *order[nr:]] for one in pickups for nr in range(len(order) + 1))


def can_take(world: World, problem: Problem, shift: PlanShift, more: Sequence[str], own: Sequence[str], floors: Mapping[str, int]) -> bool:
    """Count through every order and every way to rest, and ask the checker."""
    visits = {visit.key: replace(visit, late=0, told=None) for visit in problem.visits}
    told = {str(job.visit_id): job.told for job in world.jobs}
    alone, others = replace(shift, overtime=0), {one: floors[one] for one in own}
    mine, theirs = [visits[one] for one in own], [visits[one] for one in more]
    wanted = sum((Counter(visit.parts) for visit in [*mine, *theirs]), Counter())
    short = wanted - Counter(shift.stock) or any(visit.tools - shift.tools for visit in [*mine, *theirs])
    for order in mixed(mine, theirs, problem.pickups if short else ()):  # nobody loads without need
        for rests in product(range(len(order) + 1), repeat=len(shift.breaks)):
            route = stands(problem, alone, order, rests, others)
            small = replace(problem, shifts=(alone,), visits=tuple(one for one in order if isinstance(one, PlanVisit)))
            promised = all(
                said is None or said[1] <= moment_of(stop.starts, MIDNIGHT) <= said[2]
                for stop in route.stops
                if stop.kind == "visit" and stop.key in own
                for said in [told[stop.key]]
            )
            if promised and not faults(small, Plan((route,), (), 0.0)):
                return True
    return False
