"""A change by hand in plain values: crews, those who wait for others, loading on the way, breaks that cannot be held."""

from blisko.kit.errors import Refusal
from blisko.planning.errors import LacksParts, LacksSkills, OffShift
from blisko.planning.rules.repairs import LAST, RepairKind, nearest_technicians, repairs_of
from blisko.planning.rules.terms import Terms, difference
from blisko.planning.rules.whatif import Board, board_of, consequences_of, moved, swapped, without
from blisko.planning.rules.world import Held, Job, Shelf, Worker, World, narrowed
from blisko.planning.tests.days import DAY, EAST, HOUR, MIDNIGHT, WEST, a_job, a_worker, at, held, problem_on


def a_board(workers: list[Worker], jobs: list[Job], *, hour: float = 6, shelves: tuple[Shelf, ...] = ()) -> Board:
    world = World(DAY, MIDNIGHT, tuple(workers), tuple(jobs), shelves)
    return board_of(world, problem_on(world, hour=hour))


def starts_of(board: Board, key: str, shift: str, *, starts: int = LAST) -> dict[tuple[int, int], float]:
    orders = moved(board, [key], board.shifts[shift], starts=starts)
    brings = consequences_of(board, orders, [key])
    assert brings.refusal is None
    return {(one.visit_id, one.seat): (one.starts - MIDNIGHT).total_seconds() / HOUR for one in brings.schedule}


def test_two_who_work_together_still_begin_together_when_one_is_held_up() -> None:
    both = (Held(1, at(11), at(12)), Held(2, at(11), at(12)))
    board = a_board([a_worker(), a_worker(2)], [a_job(1, seats=both), a_job(2, opens=10)])
    found = starts_of(board, "2", "1/101", starts=10 * HOUR)
    assert found[1, 1] == 11
    late = a_board([a_worker(), a_worker(2)], [a_job(1, seats=both), a_job(2, opens=10, minutes=120)])
    found = starts_of(late, "2", "1/101", starts=10 * HOUR)
    assert found[1, 1] == found[1, 2] == 12


def test_who_waits_for_another_visit_waits_for_it_wherever_it_goes() -> None:
    first, then = a_job(1, seats=held(10)), a_job(2, seats=held(11.5, 2), after=1, gap=30)
    board = a_board([a_worker(), a_worker(2)], [first, then, a_job(3, opens=8)])
    assert starts_of(board, "1", "2/102", starts=11 * HOUR) == {(1, 1): 10, (2, 1): 11.5}
    assert starts_of(board, "3", "1/101", starts=8 * HOUR) == {(3, 1): 8 + 600 / HOUR, (1, 1): 10}
    slow = a_board([a_worker(), a_worker(2)], [first, then, a_job(3, opens=9.5)])
    found = starts_of(slow, "3", "1/101", starts=9 * HOUR)
    assert (found[1, 1], found[2, 1]) == (10.5, 12)


def test_two_who_wait_for_each_other_for_ever_are_shown_as_far_as_they_got() -> None:
    board = a_board([a_worker(), a_worker(2)], [a_job(1, seats=held(10), after=2), a_job(2, seats=held(11, 2), after=1)])
    assert isinstance(consequences_of(board, moved(board, ["1"], board.shifts["1/101"]), ["1"]).refusal, OffShift)


def test_loading_on_the_way_is_part_of_the_price_and_nothing_to_load_is_a_refusal() -> None:
    shelf = Shelf(5, WEST, at(7), at(15), 10, frozenset({"ladder"}), {"ont": 3})
    job = a_job(1, parts={"ont": 1}, tools=frozenset({"ladder"}))
    empty, full = a_worker(stock={"ont": 0}), a_worker(2, stock={"ont": 1}, tools=frozenset({"ladder"}))
    board = a_board([empty, full], [job], shelves=(shelf,))
    with_depot, without_depot = (
        consequences_of(board, moved(board, ["1"], board.shifts[shift], starts=LAST), ["1"]) for shift in ("1/101", "2/102")
    )
    assert (with_depot.refusal, without_depot.refusal) == (None, None)
    assert with_depot.minutes - without_depot.minutes == 10
    assert [stop.kind for stop in with_depot.routes[0].stops] == ["pickup", "visit"]
    alone = a_board([empty], [job])
    refusal = consequences_of(alone, moved(alone, ["1"], alone.shifts["1/101"], starts=LAST), ["1"]).refusal
    assert isinstance(refusal, LacksParts)
    assert refusal.details == {"parts": ["ladder", "ont"]}


def test_lack_of_somebody_who_is_not_moved_is_no_refusal() -> None:
    board = a_board([a_worker()], [a_job(1, seats=held(10), skills={"fibre": 1}), a_job(2, opens=12)])
    assert consequences_of(board, moved(board, ["2"], board.shifts["1/101"], starts=LAST), ["2"]).refusal is None
    refused = consequences_of(board, moved(board, ["1"], board.shifts["1/101"], starts=LAST), ["1"]).refusal
    assert isinstance(refused, LacksSkills)
    assert isinstance(refused, Refusal)


def test_break_nobody_can_hold_is_left_out_rather_than_the_day() -> None:
    board = a_board([a_worker(breaks=((at(12), at(12.1), 30), (at(12), at(12.2), 30)))], [a_job(1)], hour=9)
    brings = consequences_of(board, moved(board, ["1"], board.shifts["1/101"]), ["1"])
    assert [stop.kind for stop in brings.routes[0].stops] == ["visit"]


def test_visit_nobody_does_any_more_costs_its_worth_and_tells_its_customer() -> None:
    job = a_job(1, seats=held(10), told=(1, at(10), at(12)))
    board = a_board([a_worker()], [job])
    brings = consequences_of(board, without(board, ["1"]), ["1"])
    assert (brings.customers_told, brings.schedule, len(brings.changes)) == ((1,), (), 1)
    assert brings.points > 800


def test_repairs_ask_the_nearest_who_are_able_and_offer_a_swap_where_it_helps() -> None:
    able = {"fibre": 1}
    workers = [a_worker(skills=able), a_worker(2, skills=able, start=None, end=None), a_worker(3), a_worker(4, skills=able, start=EAST)]
    world = World(
        DAY,
        MIDNIGHT,
        tuple(workers),
        (a_job(1, skills=able, seats=held(11)), a_job(2, seats=held(10, 2), place=WEST), a_job(3, place=None)),
    )
    assert nearest_technicians(world, 1) == [4, 1, 2]
    assert nearest_technicians(world, 3) == [1, 2, 3, 4]
    running = a_job(1, opens=8, minutes=240, state="on_site", arrived_at=at(8), seats=held(8))
    at_risk, easy = a_job(2, opens=9, seats=held(9.5)), a_job(3, opens=10, minutes=30, seats=held(10, 2))
    board = a_board([a_worker(ends=14), a_worker(2)], [running, at_risk, easy], hour=10)
    found = repairs_of(board, 2)
    assert [(one.kind, one.technician_id) for one in found] == [(RepairKind.MOVE, 2), (RepairKind.SWAP, 2)]
    assert 2 in found[0].brings.windows_kept
    assert all(repair.brings.points < 0 for repair in found)
    assert len(found) <= 3


def test_board_narrowed_to_some_holds_whom_they_work_with_and_wait_for() -> None:
    crew = a_job(1, seats=(Held(1, at(9), at(10)), Held(2, at(9), at(10))))
    jobs = (crew, a_job(2, after=1), a_job(3, seats=held(12, 2)), a_job(4, seats=held(9, 3)), a_job(5, after=9))
    world = narrowed(World(DAY, MIDNIGHT, (a_worker(), a_worker(2), a_worker(3)), jobs), [1], [])
    assert [job.visit_id for job in world.jobs] == [1, 2, 3]
    assert [worker.technician_id for worker in world.workers] == [1, 2]


def test_swap_of_orders_leaves_all_others_where_they_are() -> None:
    board = a_board([a_worker(), a_worker(2)], [a_job(1, seats=held(10)), a_job(2, seats=held(12)), a_job(3, seats=held(10, 2))])
    assert swapped(board, "1", "3") == {"1/101": [("visit", "3"), ("visit", "2")], "2/102": [("visit", "1")]}


def test_difference_of_two_plans_is_what_is_more_or_less_in_the_second() -> None:
    assert difference(Terms(2, 1, 100, 5, 0, 300.5), Terms(0, 2, 90, 5, 1, 200.0)) == Terms(-2, 1, -10, 0, 1, -100.5)
