"""Who is asked to take a visit: exactly those who can, as plain counting finds it too; and when a dispatcher has to say yes (F14)."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from blisko.planning.errors import BadSwapRules
from blisko.planning.rules.problem import Weights
from blisko.planning.rules.swaps import Approval, Taking, check_swap_rules, needs_approval, rested, taking_of
from blisko.planning.rules.ways import Point
from blisko.planning.rules.whatif import board_of
from blisko.planning.rules.world import Held, Shelf, World, moment_of, problem_of, technician_of, travel_places
from blisko.planning.tests.days import DAY, HOME, MIDNIGHT, WEST, a_job, at, held, problem_on
from blisko.planning.tests.days import a_worker as day_worker
from blisko.planning.tests.swap_days import NOON, a_random_worker, a_random_world, can_take, planned, random_travel

REST = timedelta(hours=11)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_swap_is_offered_exactly_to_those_for_whom_it_is_feasible(seed: int) -> None:
    dice = random.Random(seed)
    bare = a_random_world(dice, shelf=dice.random() < 0.3)
    travel = random_travel(bare, dice)
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
            taking = taking_of(board, {str(job.visit_id): job.windows[0]}, who, others=others, rest=REST)
            feasible = rest[who] >= 11 and can_take(world, problem, shift, [str(job.visit_id)], orders[shift.key], board.starts)
            assert (taking is not None) == feasible
            event("asked" if feasible else "not asked")
            if taking:
                assert taking.done <= moment_of(shift.ends, MIDNIGHT)
                assert taking.brings.windows_broken == ()


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9))
def test_shift_is_offered_exactly_to_those_for_whom_it_is_feasible(seed: int) -> None:
    dice = random.Random(seed)
    bare = a_random_world(dice, shelf=dice.random() < 0.2)
    free = a_random_worker(dice, 4, Point(51.0, 18.0), ends=15)  # who would take the hours, too
    whole = replace(bare, workers=(*bare.workers, free))
    travel = random_travel(whole, dice)
    rows = [travel_places(whole).index(place) for place in travel_places(bare)]
    world = replace(planned(bare, travel[np.ix_(rows, rows)], dice), workers=whole.workers)
    problem = problem_of(world, travel, weights=Weights(), now=at(NOON))
    board = board_of(world, problem)
    promised = {str(job.visit_id): job.windows[0] for job in world.jobs}
    rest = {nr: dice.choice([9, 11, 14]) for nr in (1, 2, 3, 4)}
    for giver, order in board.orders.items():
        keys = [key for _, key in order]
        for shift in problem.shifts:
            who = technician_of(shift.key)
            if not keys or shift.key == giver:
                continue
            next_shift = moment_of(shift.ends, MIDNIGHT) + timedelta(hours=rest[who])
            others = [(next_shift, next_shift + timedelta(hours=8))]
            taking = taking_of(board, {key: promised[key] for key in keys}, who, others=others, rest=REST)
            own = [key for _, key in board.orders[shift.key]]
            feasible = rest[who] >= 11 and can_take(world, problem, shift, keys, own, board.starts)
            assert (taking is not None) == feasible
            event(f"{len(keys)} visits {'asked' if feasible else 'not asked'}")
            if taking:
                assert {change.visit_id for change in taking.brings.changes if change.handed_over} == {int(key) for key in keys}
                assert taking.brings.windows_broken == ()


def test_who_is_at_a_customers_longer_than_planned_is_asked_as_anybody_is() -> None:
    here = a_job(2, opens=8, seats=held(9, 2), state="on_site", set_out_at=at(9.5), arrived_at=at(9.8), minutes=90)
    world = World(DAY, MIDNIGHT, (day_worker(1), day_worker(2)), (a_job(1, opens=11, seats=held(11)), here))
    board = board_of(world, problem_on(world, hour=10.5))
    taking = taking_of(board, {"1": (at(11), at(13))}, 2, others=[], rest=REST)
    assert taking is not None and [stop.key for route in taking.brings.routes for stop in route.stops] == ["2", "1"]


def test_who_works_or_waits_for_somebody_begins_when_it_was_planned() -> None:
    two = (Held(2, at(10), at(11)), Held(3, at(10), at(11)))
    jobs = (a_job(1, opens=12, seats=held(13), after=2), a_job(2, seats=two), a_job(4, opens=11, seats=held(11.5, 4)))
    world = World(DAY, MIDNIGHT, tuple(day_worker(nr) for nr in (1, 2, 3, 4, 5)), jobs)
    board = board_of(world, problem_on(world))
    waits = taking_of(board, {"1": (at(12), at(14))}, 5, others=[], rest=REST)
    assert waits is not None and waits.done == at(14), "not at twelve, although he could"
    along = taking_of(board, {"2:2": (at(10), at(12))}, 5, others=[], rest=REST)
    assert along is not None and along.done == at(11)
    for who, seat in ((2, "2:2"), (3, "2")):
        assert taking_of(board, {seat: (at(10), at(12))}, who, others=[], rest=REST) is None, "he goes there himself"
    first = taking_of(board, {"4": (at(11), at(13))}, 2, others=[], rest=REST)
    assert first is not None and first.later == (), "the crew begins at ten"


@pytest.mark.parametrize(("parts", "leads"), [(1, True), (0, False)])
def test_other_one_of_two_leads_from_then_on_only_with_what_it_takes(parts: int, leads: bool) -> None:
    two = (Held(1, at(10), at(11)), Held(2, at(10), at(11)))
    fibre = {"fibre": 1}
    workers = (
        day_worker(1, stock={"ont": 1}, skills=fibre),
        day_worker(2, stock={"ont": parts}, skills=fibre),
        day_worker(3, stock={"ont": 0}),
    )
    depot = Shelf(1, HOME, at(6), at(18), 10, parts={"ont": 5})
    job = a_job(1, seats=two, parts={"ont": 1}, skills=fibre)
    world = World(DAY, MIDNIGHT, workers, (job,), (depot,))
    board = board_of(world, problem_on(world))
    taking = taking_of(board, {"1": (at(10), at(12))}, 3, others=[], rest=REST)
    assert (taking is not None) == leads
    if taking:
        assert [(one.seat, one.becomes and one.becomes.technician_id) for one in taking.brings.changes] == [(1, 2), (2, 3)]


def test_other_one_of_two_who_cannot_be_there_in_time_leads_nobody() -> None:
    two = (Held(1, at(10), at(11)), Held(2, at(10), at(11)))
    jobs = (a_job(1, seats=two, skills={"fibre": 1}), a_job(2, opens=8, seats=held(9, 2), place=WEST))
    workers = (day_worker(1, skills={"fibre": 1}), day_worker(2, skills={"fibre": 1}), day_worker(3))
    board = board_of(world := World(DAY, MIDNIGHT, workers, jobs), problem_on(world))
    assert taking_of(board, {"1": (at(10), at(12))}, 3, others=[], rest=REST) is None


def test_no_other_time_that_would_suit_takes_the_place_of_what_was_promised() -> None:
    windows = ((at(10), at(10 + 1 / 12)), (at(10 + 1 / 3), at(12)))
    job = replace(a_job(1, seats=held(10)), windows=windows)
    taker = day_worker(2, breaks=((at(9 + 5 / 6), at(11.5), 30),))  # who rests first would be home sooner
    world = World(DAY, MIDNIGHT, (day_worker(1), taker), (job,))
    board = board_of(world, problem_on(world))
    assert taking_of(board, {"1": windows[0]}, 2, others=[], rest=REST) is None
    assert taking_of(board, {"1": windows[1]}, 2, others=[], rest=REST) is not None


@pytest.mark.parametrize(("before", "after", "holds"), [(11, 11, True), (10.5, 20, False), (20, 10.5, False), (12, 12, True)])
def test_rest_holds_before_and_after_a_day(before: float, after: float, holds: bool) -> None:
    others = [(at(-20), at(8 - before)), (at(16 + after), at(50))]
    assert rested((at(8), at(16)), others, REST) is holds


def a_taking(minutes: int, later: tuple[int, ...] = ()) -> Taking:
    return Taking(minutes, minutes, None, at(12), later, told=0, brings=None, board=None)  # type: ignore[arg-type]


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
