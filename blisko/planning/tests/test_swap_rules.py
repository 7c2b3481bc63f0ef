"""Who is asked to take a visit: exactly those who can, as plain counting finds it too; and when a dispatcher has to say yes (F14)."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from blisko.planning.adapters.greedy import GreedySolver
from blisko.planning.errors import BadSwapRules
from blisko.planning.rules.checker import faults
from blisko.planning.rules.lines import lines_of
from blisko.planning.rules.problem import Plan, PlannedRoute, PlannedStop, PlanShift, PlanVisit, Problem, Weights
from blisko.planning.rules.swaps import Approval, Taking, check_swap_rules, needs_approval, rested, taking_of
from blisko.planning.rules.ways import Point
from blisko.planning.rules.whatif import board_of
from blisko.planning.rules.world import Held, Job, Worker, World, moment_of, problem_of, technician_of, travel_places
from blisko.planning.tests.days import DAY, MIDNIGHT, at

REST = timedelta(hours=11)
NOON = 6


def a_random_world(dice: random.Random) -> World:
    spots = [Point(52.0 + dice.random(), 19.0 + dice.random()) for _ in range(9)]
    workers = tuple(
        Worker(
            100 + nr,
            nr,
            at(8),
            at(dice.choice([13, 15])),
            start=spots[nr],
            end=dice.choice([spots[nr], None]),
            overtime=dice.choice([0, 60]),
            breaks=((at(10), at(12), 30),) if dice.random() < 0.6 else (),
            skills={"fibre": dice.choice([1, 2, 2])} if dice.random() < 0.9 else {},
            tools=frozenset({"ladder"} if dice.random() < 0.7 else ()),
            stock={"ont": dice.choice([0, 1, 2])},
            zones=frozenset({"north"} if dice.random() < 0.2 else ()),
        )
        for nr in (1, 2, 3)
    )
    return World(DAY, MIDNIGHT, workers, tuple(a_random_job(dice, nr, spots[3 + nr]) for nr in range(1, 6)))


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


def planned(world: World, travel: "np.ndarray[tuple[int, int], np.dtype[np.int64]]", dice: random.Random) -> World:
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


def stands(problem: Problem, shift: PlanShift, order: list[PlanVisit], rests: tuple[int, ...], floors: dict[str, int]) -> PlannedRoute:
    """One day in the earliest way: `rests[n]` is before which stop the n-th break lies."""
    time, place, stops = shift.begins, shift.start, []
    for nr in range(len(order) + 1):
        visit = order[nr] if nr < len(order) else None
        goal = visit.place if visit else shift.end
        way = int(problem.travel[place][goal]) if place is not None and goal is not None else 0
        arrives = time + way
        for key, (pause, before) in enumerate(zip(shift.breaks, rests, strict=True), start=1):
            if before == nr:
                begins = max(time, pause.earliest)
                stops.append(PlannedStop("break", str(key), None, begins, begins, begins + pause.seconds))
                arrives, time = max(arrives + pause.seconds, begins + pause.seconds), begins + pause.seconds
        if visit is None:
            return PlannedRoute(shift.key, shift.begins, arrives, tuple(stops))
        starts = max(arrives, visit.windows[0][0], floors.get(visit.key, 0))
        stops.append(PlannedStop("visit", visit.key, visit.place, arrives, starts, starts + visit.seconds))
        time, place = starts + visit.seconds, visit.place
    raise AssertionError


def can_take(world: World, problem: Problem, shift: PlanShift, key: str, orders: dict[str, list[str]], floors: dict[str, int]) -> bool:
    """Count through every place in the day and every way to rest, and ask the checker."""
    visits = {visit.key: replace(visit, late=0, told=None) for visit in problem.visits}
    told = {str(job.visit_id): job.told for job in world.jobs}
    alone = replace(shift, overtime=0)
    others = {one: floors[one] for one in orders[shift.key]}
    for place in range(len(orders[shift.key]) + 1):
        order = [visits[one] for one in [*orders[shift.key][:place], key, *orders[shift.key][place:]]]
        for rests in product(range(len(order) + 1), repeat=len(shift.breaks)):
            route = stands(problem, alone, order, rests, others)
            small = replace(problem, shifts=(alone,), visits=tuple(order))
            promised = all(
                said is None or said[1] <= moment_of(stop.starts, MIDNIGHT) <= said[2]
                for stop in route.stops
                if stop.kind == "visit" and stop.key != key
                for said in [told[stop.key]]
            )
            if promised and not faults(small, Plan((route,), (), 0.0)):
                return True
    return False


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_swap_is_offered_exactly_to_those_for_whom_it_is_feasible(seed: int) -> None:
    dice = random.Random(seed)
    bare = a_random_world(dice)
    places = travel_places(bare)
    travel = np.array([[0 if a == b else dice.randrange(300, 2400) for b in places] for a in places], dtype=np.int64)
    world = planned(bare, travel, dice)
    problem = problem_of(world, travel, weights=Weights(), now=at(NOON))
    board = board_of(world, problem)
    rest = {nr: dice.choice([9, 11, 14]) for nr in (1, 2, 3)}  # hours until each one's next shift
    for job in world.jobs:
        held = job.seats[0]
        if held is None:
            continue
        orders = {shift: [key for _, key in order] for shift, order in board.orders.items()}
        for shift in problem.shifts:
            who = technician_of(shift.key)
            if who == held.technician_id:
                continue
            next_shift = moment_of(shift.ends, MIDNIGHT) + timedelta(hours=rest[who])
            others = [(next_shift, next_shift + timedelta(hours=8))]
            taking = taking_of(board, job.visit_id, job.windows[0], who, others=others, rest=REST)
            feasible = rest[who] >= 11 and can_take(world, problem, shift, str(job.visit_id), orders, dict(board.starts))
            assert (taking is not None) == feasible
            event("asked" if feasible else "not asked")
            if taking:
                assert taking.done <= moment_of(shift.ends, MIDNIGHT)
                assert taking.brings.windows_broken == ()


@pytest.mark.parametrize(("before", "after", "holds"), [(11, 11, True), (10.5, 20, False), (20, 10.5, False), (12, 12, True)])
def test_rest_holds_before_and_after_a_day(before: float, after: float, holds: bool) -> None:
    others = [(at(-20), at(8 - before)), (at(16 + after), at(50))]
    assert rested((at(8), at(16)), others, REST) is holds


def a_taking(minutes: int, later: tuple[int, ...] = ()) -> Taking:
    return Taking(minutes, minutes, None, at(12), later, told=False, brings=None, board=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("approval", "taking", "asks"),
    [
        (Approval.NEVER, a_taking(90, (4,)), False),
        (Approval.COSTLY, a_taking(15), False),
        (Approval.COSTLY, a_taking(16), True),
        (Approval.COSTLY, a_taking(-5, (4,)), True),
        (Approval.ALWAYS, a_taking(-5), True),
    ],
)
def test_dispatcher_is_asked_as_the_rules_say(approval: Approval, taking: Taking, asks: bool) -> None:
    assert needs_approval(approval, 15, taking) is asks


@pytest.mark.parametrize(("minutes", "rest"), [(-1, 11), (601, 11), (15, 25), (15, -1)])
def test_rules_nobody_could_mean_are_refused(minutes: int, rest: int) -> None:
    with pytest.raises(BadSwapRules):
        check_swap_rules(minutes, rest)
    check_swap_rules(600, 24)
