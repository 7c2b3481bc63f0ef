"""Slots by labels are exactly those a patient search finds: every gap, every band, played through (O5)."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blisko.planning.rules.problem import Break, PlanVisit, Weights
from blisko.planning.rules.ready import Fit, Needs, Ready, made_ready, offers_in, spans_from
from blisko.planning.rules.slots import FAR, NEVER, gaps_of, joined, kept_windows, latest_leaving, tables_of
from blisko.planning.rules.timing import names_of, timed
from blisko.planning.rules.ways import Point, crow_travel
from blisko.planning.rules.whatif import Board, board_of
from blisko.planning.rules.world import Held, Job, Worker, World, problem_of, travel_places
from blisko.planning.tests.days import DAY, EAST, HOUR, MIDNIGHT, a_job, a_problem, a_worker, at, held

BANDS = [(hour * HOUR, hour * HOUR + 2 * HOUR) for hour in range(8, 18, 2)]
SPOTS = [Point(52 + n / 50, 19 + n % 3 / 30) for n in range(12)]


def ways(world: World, *, estimated: bool = False) -> tuple[np.ndarray, list[Point]]:
    places = [*travel_places(world), SPOTS[-1]]
    if estimated:
        return crow_travel(places, places).seconds, places
    return np.array([[round(abs(a.lat - b.lat) * 30_000 + abs(a.lon - b.lon) * 20_000) for b in places] for a in places], np.int64), places


def fit_of(worker: Worker) -> Fit:
    return Fit(worker.skills, worker.tools, worker.zones, worker.stock)


def ready_of(*boards: Board, without: tuple[int, int] | None = None) -> Ready:
    gaps = joined([gaps_of(board, without=without) for board in boards])
    return made_ready(gaps, {worker.technician_id: fit_of(worker) for board in boards for worker in board.world.workers})


def by_patience(board: Board, needs: Needs, travel: np.ndarray, places: list[Point]) -> dict[int, int]:
    """The least detour of every band that can be served: each gap of each route with the visit in it, played from end to end."""
    found: dict[int, int] = {}
    kept = [kept_windows(board, visit) if visit.key in board.starts else visit for visit in board.problem.visits]
    row = len(board.problem.travel)
    wide = np.zeros((row + 1, row + 1), np.int64)
    wide[:row, :row] = board.problem.travel
    known = {place: number for number, place in enumerate(travel_places(board.world))}
    for place, number in known.items():
        wide[number, row], wide[row, number] = travel[places.index(place), -1], travel[-1, places.index(place)]
    for shift in board.problem.shifts:
        worker = next(one for one in board.world.workers if one.key == shift.key)
        if any(shift.skills.get(code, 0) < max(1, level) for code, level in needs.skills.items()) or worker.technician_id in needs.never:
            continue
        order = list(board.orders[shift.key])
        for band, (opens, closes) in enumerate(BANDS):
            new = PlanVisit("new", row, ((opens, closes),), needs.seconds)
            problem = replace(board.problem, visits=(*kept, new), travel=wide)
            names = names_of(problem)
            before = timed(problem, shift, order, names=names)
            driven = before.driven if before else 0
            if not order and shift.end is not None:
                driven = int(wide[shift.start, shift.end])
            for gap in range(len(shift.fixed), len(order) + 1):
                route = timed(problem, shift, [*order[:gap], ("visit", "new"), *order[gap:]], names=names)
                if route and not route.late and not route.overtime:
                    found[band] = min(found.get(band, FAR), route.driven - driven)
    return found


def a_random_board(dice: "np.random.Generator", *, estimated: bool = False) -> Board:
    workers = [
        Worker(
            10 + n, n, at(7 + int(dice.integers(0, 4))), at(15 + int(dice.integers(0, 3))), SPOTS[n],
            SPOTS[n] if dice.random() < 0.8 else None,
            breaks=((at(11), at(13.5), 30), (at(14), at(15), 15))[: int(dice.integers(0, 3))], skills={"fibre": int(dice.integers(0, 3))},
        )
        for n in range(1, 4)
    ]  # fmt: skip
    jobs = []
    for n in range(8):
        who, begins = int(dice.integers(1, 4)), 8 + int(dice.integers(0, 14)) / 2
        opens = begins - int(dice.integers(0, 3))
        told = (who, at(begins), at(begins + 1)) if dice.random() < 0.4 else None
        minutes = int(dice.choice([30, 60]))
        seat = (Held(who, at(begins), at(begins) + timedelta(minutes=minutes)),)
        jobs.append(Job(n + 1, SPOTS[4 + n % 7], ((at(opens), at(opens + 2)),), minutes, seat, told=told))
    world = World(DAY, MIDNIGHT, tuple(workers), tuple(jobs))
    travel, _ = ways(world, estimated=estimated)
    return board_of(world, problem_of(world, travel[:-1, :-1], weights=Weights(), now=at(6)))


@given(st.integers(0, 100_000))
@settings(max_examples=150, deadline=None)
def test_slots_by_labels_are_those_a_patient_search_finds(seed: int) -> None:
    dice = np.random.default_rng(seed)
    board = a_random_board(dice)
    needs = Needs(SPOTS[-1], int(dice.choice([1800, 5400])), {"fibre": int(dice.integers(0, 3))} if dice.random() < 0.5 else {})
    ready = ready_of(board)
    travel, places = ways(board.world)
    to = np.array([travel[places.index(gap.before.point), -1] if gap.before.point else 0 for gap in ready.gaps.gaps], np.int64)
    back = np.array([travel[-1, places.index(gap.behind.point)] if gap.behind.point else 0 for gap in ready.gaps.gaps], np.int64)
    offers = offers_in(ready, needs, np.array([BANDS], np.int64), ways=(to, back))
    assert {offer.band: offer.detour for offer in offers} == by_patience(board, needs, travel, places)


@given(st.integers(0, 100_000))
@settings(max_examples=100, deadline=None)
def test_slots_of_several_days_with_estimated_ways_are_those_a_patient_search_finds(seed: int) -> None:
    dice = np.random.default_rng(seed)
    boards = [a_random_board(dice, estimated=True) for _ in range(3)]
    never = frozenset(dice.integers(1, 4, int(dice.integers(0, 3))).tolist())
    needs = Needs(SPOTS[-1], int(dice.choice([1800, 5400])), {}, never=never)
    offers = offers_in(ready_of(*boards), needs, np.array([BANDS] * 3, np.int64))
    expected = [by_patience(board, needs, *ways(board.world, estimated=True)) for board in boards]
    assert [{one.band: one.detour for one in offers if one.day == day} for day in range(3)] == expected


def an_offer(workers: list[Worker], jobs: list[Job], needs: Needs, *, hour: float = 6, ways_to: int = 600) -> list[int]:
    world = World(DAY, MIDNIGHT, tuple(workers), tuple(jobs))
    ready = ready_of(board_of(world, a_problem(workers, jobs, hour=hour)))
    to = np.full(len(ready.gaps), ways_to, np.int64)
    return [offer.band for offer in offers_in(ready, needs, np.array([BANDS], np.int64), ways=(to, to))]


@pytest.mark.parametrize(
    ("more", "offered"),
    [
        ({}, True),
        ({"skills": {"fibre": 2}}, True),
        ({"skills": {"fibre": 3}}, False),
        ({"tools": frozenset({"ladder"})}, False),
        ({"parts": {"ont": 1}}, True),
        ({"parts": {"ont": 2}}, False),
        ({"zone": "north"}, True),
        ({"zone": "south"}, False),
        ({"never": frozenset({1})}, False),
        ({"only": frozenset({1})}, True),
        ({"only": frozenset({2})}, False),
    ],
)  # fmt: skip
def test_slot_is_offered_only_where_somebody_may_and_can(more: dict[str, object], offered: bool) -> None:
    worker = a_worker(skills={"fibre": 2}, stock={"ont": 2}, zones=frozenset({"north"}))
    busy = a_job(1, seats=held(12), parts={"ont": 1})
    needs = replace(Needs(EAST, 1800, {}), **more)  # type: ignore[arg-type]
    assert bool(an_offer([worker], [busy], needs)) is offered


def test_day_that_has_begun_offers_what_is_left_of_it_from_where_he_is() -> None:
    running = a_job(1, state="on_site", arrived_at=at(12), minutes=120, seats=held(12))
    done = a_job(2, state="done", ended_at=at(11), seats=held(10))
    assert an_offer([a_worker()], [running], Needs(EAST, 1800, {}), hour=12.5) == [3]
    assert an_offer([a_worker()], [done], Needs(EAST, 1800, {}), hour=12.5) == [2, 3]
    assert an_offer([a_worker()], [], Needs(EAST, 1800, {}), hour=20) == []
    lost = a_job(2, state="done", ended_at=at(11), seats=held(10), place=None)
    assert an_offer([a_worker(end=None)], [lost], Needs(None, 1800, {}), hour=12.5) == [2, 3]
    assert an_offer([a_worker(start=None)], [a_job(1, seats=held(10))], Needs(EAST, 1800, {})) == [0, 1, 2, 3]
    three = tuple((at(hour), at(hour + 1), 10) for hour in (9, 11, 13))
    assert an_offer([a_worker(breaks=three)], [], Needs(EAST, 1800, {})) == []


def test_visit_that_would_be_moved_leaves_its_place_to_itself() -> None:
    job = a_job(1, opens=8, minutes=420, seats=held(8.5))
    world = World(DAY, MIDNIGHT, (a_worker(),), (job,))
    board = board_of(world, a_problem([a_worker()], [job]))

    def offered(without: tuple[int, int] | None) -> list[int]:
        ready, needs = ready_of(board, without=without), Needs(EAST, 420 * 60, {})
        to = np.full(len(ready.gaps), 600, np.int64)
        return [one.band for one in offers_in(ready, needs, np.array([BANDS], np.int64), ways=(to, to))]

    assert offered(None) == []
    assert offered((1, 1)) == [0]


def test_one_who_is_not_asked_is_not_offered_and_of_whom_nothing_is_known_neither() -> None:
    world = World(DAY, MIDNIGHT, (a_worker(1), a_worker(2, begins=14)), ())
    gaps = gaps_of(board_of(world, a_problem(list(world.workers), [])))
    bands, needs = np.array([BANDS], np.int64), Needs(EAST, 1800, {}, parts={"ont": 1})
    ready = made_ready(gaps, {1: Fit(stock={"ont": 1}), 2: Fit()})
    assert {one.band for one in offers_in(ready, needs, bands)} == {0, 1, 2, 3}
    assert {one.band for one in offers_in(ready, needs, bands, besides=["1/101"])} == {3}
    assert {one.band for one in offers_in(ready, needs, bands, besides="7/107")} == {0, 1, 2, 3}
    assert {one.band for one in offers_in(made_ready(gaps, {2: Fit()}), needs, bands)} == {3}
    assert offers_in(made_ready(joined([]), {}), needs, bands) == offers_in(made_ready(tables_of([]), {}), needs, bands) == []


def test_band_is_offered_until_it_is_over() -> None:
    spans = spans_from([BANDS[:2], BANDS[:2]], [9 * HOUR, 10 * HOUR])
    assert spans.tolist() == [[[9 * HOUR, 10 * HOUR], [10 * HOUR, 12 * HOUR]], [[10 * HOUR, NEVER], [10 * HOUR, 12 * HOUR]]]


@pytest.mark.parametrize(
    ("breaks", "arrives", "leaves"),
    [
        ([], 10_000, 9_400),
        ([], NEVER, NEVER),
        ([Break(5_000, 8_000, 1_000)], 10_000, 8_000),
        ([Break(5_000, 9_000, 1_000)], 10_000, 8_400),
        ([Break(9_500, 9_900, 1_000)], 10_000, NEVER),
        ([Break(5_000, 8_000, 1_000), Break(5_500, 8_500, 500)], 10_000, 7_500),
        ([Break(5_000, 8_000, 1_000), Break(5_500, 5_900, 500)], 10_000, NEVER),
        ([], 100, NEVER),
    ],
)  # fmt: skip
def test_latest_leaving_takes_every_break_in_time(breaks: list[Break], arrives: int, leaves: int) -> None:
    assert latest_leaving(600, breaks, arrives) == leaves
