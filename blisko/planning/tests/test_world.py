"""What the house knows of a day becomes a problem: now, running, ended, pinned, told, lost, late."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from blisko.planning.rules.checker import faults
from blisko.planning.rules.lines import (
    Change,
    Line,
    changes_between,
    changes_in_a_row,
    fitting,
    late_by,
    lines_of,
    packed,
    plan_as_json,
    plan_from_json,
    present_lines,
    present_plan,
    to_be_told,
    undone,
    unpacked,
)
from blisko.planning.rules.problem import Break, Plan, PlannedRoute, PlannedStop, PlanShift, PlanVisit
from blisko.planning.rules.world import (
    Job,
    Shelf,
    Worker,
    World,
    moment_of,
    seat_of,
    seconds_of,
    visit_key,
)
from blisko.planning.tests.days import DAY, HOME, HOUR, MIDNIGHT, WEST, a_job, a_problem, a_worker, at, held

WARSAW = ZoneInfo("Europe/Warsaw")


def one_shift(job: Job, *, hour: float = 6, **more: object) -> PlanShift:
    [shift] = a_problem([a_worker(**more)], [job], hour=hour).shifts  # type: ignore[arg-type]
    return shift


def one_visit(job: Job, *workers: Worker) -> PlanVisit:
    return next(visit for visit in a_problem(list(workers) or [a_worker()], [job]).visits if visit.key == "1")


def test_noon_is_thirteen_hours_away_on_the_day_clocks_go_back_and_eleven_when_they_go_forward() -> None:
    for day, hours in ((date(2026, 10, 25), 13), (date(2026, 3, 29), 11), (DAY, 12)):
        midnight, noon = (datetime(day.year, day.month, day.day, hour, tzinfo=WARSAW) for hour in (0, 12))
        assert seconds_of(noon, midnight) == hours * HOUR
        assert moment_of(hours * HOUR, midnight) == noon


@pytest.mark.parametrize(("visit", "seat", "key"), [(42, 1, "42"), (42, 2, "42:2")])
def test_key_names_visit_and_seat(visit: int, seat: int, key: str) -> None:
    assert (visit_key(visit, seat), seat_of(key)) == (key, (visit, seat))


def test_coming_day_is_planned_whole() -> None:
    problem = a_problem([a_worker(overtime=30, breaks=((at(11), at(14), 30),))], [a_job()])
    [shift], [visit] = problem.shifts, problem.visits
    assert (shift.key, shift.begins, shift.ends, shift.overtime) == ("1/101", 8 * HOUR, 16 * HOUR, 1800)
    assert shift.breaks == (Break(11 * HOUR, 14 * HOUR, 1800),)
    assert (visit.key, visit.windows, visit.seconds) == ("1", ((10 * HOUR, 12 * HOUR),), HOUR)
    assert problem.travel[shift.start, visit.place] == 600


def test_visit_takes_as_long_as_its_technician_takes() -> None:
    visit = one_visit(a_job(minutes_by={1: 90, 7: 30}), a_worker(), a_worker(2))
    assert (visit.seconds, visit.seconds_by) == (HOUR, {"1/101": 1.5 * HOUR})
    running = a_job(state="on_site", arrived_at=at(9), seats=held(9), minutes_by={1: 90})
    assert [one.seconds for one in a_problem([a_worker()], [running], hour=10).visits] == [1800]
    on_the_way = a_job(state="on_the_way", set_out_at=at(9), seats=held(10), minutes_by={1: 90})
    assert [one.seconds for one in a_problem([a_worker()], [on_the_way], hour=9).visits] == [1.5 * HOUR]


def test_shift_goes_on_from_now_and_from_where_the_last_visit_ended() -> None:
    assert one_shift(a_job(), hour=9).begins == 9 * HOUR
    done = a_job(2, place=WEST, state="done", ended_at=at(9.5), seats=held(9))
    problem = a_problem([a_worker(breaks=((at(8), at(9), 30), (at(9), at(11), 15)))], [a_job(), done], hour=9.75)
    [shift] = problem.shifts
    assert problem.travel[shift.start, problem.visits[0].place] == 600
    assert shift.start not in (shift.end, problem.visits[0].place)
    assert (shift.begins, len(problem.visits)) == (9.75 * HOUR, 1)
    assert shift.breaks == ()  # he has had a quarter of an hour for it


LUNCH = (at(11), at(14), 30)


@pytest.mark.parametrize(
    ("ended", "set_out", "hour", "left", "begins"),
    [
        (11.0, 11.5, 12.0, (), 12.0),  # eaten between two visits
        (11.0, 11.2, 12.0, (Break(12 * HOUR, 14 * HOUR, 1800),), 12.0),  # too short a gap
        (11.5, None, 11.75, (), 12.0),  # at it
        (10.0, None, 10.5, (Break(11 * HOUR, 14 * HOUR, 1800),), 10.5),  # not yet due
        (11.0, None, 12.0, (), 12.0),  # had time for it since
    ],
)
def test_break_that_is_taken_is_not_planned_again(
    ended: float, set_out: float | None, hour: float, left: tuple[Break, ...], begins: float
) -> None:
    done = a_job(2, state="done", ended_at=at(ended), seats=held(9))
    then = [] if set_out is None else [a_job(3, state="on_site", set_out_at=at(set_out), arrived_at=at(set_out), seats=held(11))]
    [shift] = a_problem([a_worker(breaks=(LUNCH,))], [a_job(seats=held(13)), done, *then], hour=hour).shifts
    assert (shift.breaks, shift.begins) == (left, begins * HOUR)


def test_shift_that_is_over_is_gone_unless_somebody_is_still_at_work() -> None:
    assert a_problem([a_worker()], [a_job()], hour=17).shifts == ()
    late = a_job(state="on_site", arrived_at=at(15.5), seats=held(15))
    shift = one_shift(late, hour=17, breaks=((at(11), at(14), 30),))
    assert shift.fixed == ("1",)
    assert (shift.breaks, shift.overtime) == ((), 60 * 60 + 300 + 600 + 1800)


def test_running_visit_leads_with_what_is_left_of_it() -> None:
    for arrived, left in ((9.5, 1800), (8.0, 300)):
        problem = a_problem([a_worker()], [a_job(state="on_site", arrived_at=at(arrived), seats=held(9)), a_job(2)], hour=10)
        [shift], visit = problem.shifts, problem.visits[0]
        assert (shift.fixed, shift.start, shift.begins) == (("1",), visit.place, 10 * HOUR)
        assert (visit.seconds, visit.windows[0][0], visit.must) == (left, 0, True)


@pytest.mark.parametrize(("set_out", "there"), [(9.9, 9.9 * HOUR + 600), (9.0, 10 * HOUR)])
def test_who_is_on_the_way_is_there_when_the_way_is_done(set_out: float, there: float) -> None:
    job = a_job(opens=11, state="on_the_way", set_out_at=at(set_out), seats=held(11))
    problem = a_problem([a_worker(ends=11)], [job], hour=10)
    [shift], [visit] = problem.shifts, problem.visits
    assert (shift.begins, visit.windows[0][0], visit.seconds) == (round(there), 11 * HOUR, HOUR)
    assert shift.overtime == HOUR + 600
    plan = Plan(
        (
            PlannedRoute(
                shift.key, shift.begins, 12 * HOUR + 600, (PlannedStop("visit", "1", visit.place, shift.begins, 11 * HOUR, 12 * HOUR),)
            ),
        ),
        (),
        0,
    )
    assert faults(problem, plan) == []


def test_running_visit_of_two_shifts_belongs_to_the_one_it_was_begun_in() -> None:
    early, late = a_worker(ends=12), Worker(201, 1, at(14), at(18), HOME, HOME)
    for arrived, fixed in ((9.0, [("1",), ()]), (14.5, [(), ("1",)]), (7.5, [("1",), ()])):
        job = a_job(state="on_site", arrived_at=at(arrived), seats=held(9))
        assert [shift.fixed for shift in a_problem([early, late], [job], hour=9).shifts[-2:]] == fixed
    nobody_knows = a_job(state="on_site", seats=held(9))
    assert a_problem([early], [nobody_knows], hour=9).shifts[0].fixed == ("1",)


def test_running_visit_of_somebody_without_a_shift_is_not_planned() -> None:
    assert a_problem([a_worker()], [a_job(state="on_site", arrived_at=at(9), seats=held(9, 2))]).visits == ()


def test_cancelled_and_ended_visits_are_not_planned() -> None:
    assert a_problem([a_worker()], [a_job(state="cancelled"), a_job(2, state="no_access", ended_at=at(9))]).visits == ()


def test_pins_keep_the_technician_and_the_time() -> None:
    two = (a_worker(), a_worker(2))
    kept = one_visit(a_job(seats=held(11, keeps_technician=True)), *two)
    assert (kept.only, kept.windows) == (frozenset({"1/101"}), ((10 * HOUR, 12 * HOUR),))
    timed = one_visit(a_job(seats=held(11, keeps_time=True)), *two)
    assert (timed.only, timed.windows) == (frozenset(), ((11 * HOUR, 11 * HOUR),))


def test_wishes_become_shifts_and_whoever_alone_may_but_is_not_there_keeps_all_others_away() -> None:
    two = (a_worker(), a_worker(2))
    wished = one_visit(a_job(never=frozenset({1}), preferred=frozenset({2}), only=frozenset({2, 3})), *two)
    assert (wished.never, wished.preferred, wished.only) == ({"1/101"}, {"2/102"}, {"2/102"})
    assert one_visit(a_job(only=frozenset({3})), *two).never == {"1/101", "2/102"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, None),
        ((None, at(10), at(12)), None),
        ((3, at(10), at(12)), None),
        ((1, at(10), at(12)), ("1/101", 10 * HOUR, 12 * HOUR)),
        ((1, at(17), at(18)), ("1/201", 17 * HOUR, 18 * HOUR)),
        ((1, at(22), at(23)), ("1/101", 22 * HOUR, 23 * HOUR)),
    ],
)  # fmt: skip
def test_told_is_a_shift_of_who_was_named(told: tuple[int | None, datetime, datetime] | None, expected: object) -> None:
    assert one_visit(a_job(told=told), a_worker(), Worker(201, 1, at(16.5), at(20))).told == expected


def test_crew_is_two_visits_and_only_who_leads_needs_skills_and_parts() -> None:
    job = a_job(seats=(None, None), skills={"fibre": 2}, parts={"ont": 1}, tools=frozenset({"ladder"}))
    lead, second = a_problem([a_worker(), a_worker(2)], [job]).visits
    assert (lead.key, lead.crew, second.key, second.crew) == ("1", "1:2", "1:2", "1")
    assert (lead.skills, second.skills, second.parts, second.tools) == ({"fibre": 2}, {}, {}, frozenset())
    assert lead.worth + second.worth == 1


def test_what_comes_before_is_named_while_it_is_still_to_come() -> None:
    first, second = a_job(2, seats=(None, None)), a_job(1, after=2, gap=10)
    assert one_visit(second).after == ()  # the other is of another day
    both = {visit.key: visit for visit in a_problem([a_worker()], [first, second]).visits}
    assert (both["1"].after, both["1"].gap) == (("2", "2:2"), 600)
    ended = replace(first, state="done", ended_at=at(9))
    assert a_problem([a_worker()], [ended, second], hour=10).visits[-1].after == ()
    running = replace(first, state="on_site", arrived_at=at(9), seats=held(9))
    assert a_problem([a_worker()], [running, second], hour=10).visits[-1].after == ("2",)
    strange = replace(running, seats=held(9, 7))
    assert a_problem([a_worker()], [strange, second], hour=10).visits[-1].after == ()


def test_unknown_places_cost_a_guess_and_an_unknown_home_nothing() -> None:
    problem = a_problem([a_worker(start=None, end=None)], [a_job(place=None), a_job(2, place=None), a_job(3)])
    [shift], (one, two, three) = problem.shifts, problem.visits
    assert shift.end is None
    assert {int(problem.travel[shift.start, visit.place]) for visit in (one, two, three)} == {0}
    assert {int(problem.travel[a.place, b.place]) for a, b in ((one, two), (two, three), (three, one))} == {1200}
    assert a_problem([], []).travel.shape == (1, 1)


def test_van_nobody_counts_has_enough_and_a_depot_is_a_pick_up() -> None:
    shelf = Shelf(5, WEST, at(7), at(15), 10, frozenset({"ladder"}), {"ont": 3})
    problem = a_problem([a_worker(), a_worker(2, stock={"ont": 0})], [a_job(parts={"ont": 2})], shelves=(shelf,))
    uncounted, counted = problem.shifts
    assert uncounted.stock["ont"] > 1000
    assert counted.stock == {"ont": 0}
    [pickup] = problem.pickups
    assert (pickup.key, pickup.opens, pickup.seconds, pickup.parts) == ("5", 7 * HOUR, 600, {"ont": 3})


# Lines


def test_plan_becomes_lines_and_a_running_visit_keeps_its_beginning() -> None:
    running = a_job(1, state="on_site", arrived_at=at(9.25), seats=held(9.5))
    strange = a_job(3, state="on_the_way", set_out_at=at(9), seats=held(9, 7))
    world = World(DAY, MIDNIGHT, (a_worker(),), (running, a_job(2), strange))
    stops = (
        PlannedStop("visit", "1", 1, 0, 10 * HOUR, 11 * HOUR),
        PlannedStop("break", "1", None, 0, 0, 0),
        PlannedStop("visit", "2", 1, 0, 12 * HOUR, 13 * HOUR),
    )
    lines = lines_of(world, Plan((PlannedRoute("1/101", 0, 0, stops),), (), 0))
    assert lines == {(1, 1): Line(1, at(9.25), at(11)), (2, 1): Line(1, at(12), at(13)), (3, 1): Line(7, at(9), at(10))}
    changes = changes_between(present_lines(world), lines)
    assert [(one.visit_id, one.handed_over) for one in changes] == [(1, False), (2, True)]
    assert unpacked(packed(changes)) == changes
    assert [one.was for one in undone(changes)] == [one.becomes for one in changes]


def test_changes_in_a_row_that_end_where_they_began_are_none() -> None:
    a, b = Line(1, at(9), at(10)), Line(2, at(9), at(10))
    there, back, other = Change(1, 1, a, b), Change(1, 1, b, a), Change(2, 1, None, a)
    assert changes_in_a_row([[there], [other], [back]]) == (other,)
    assert not Change(1, 1, a, Line(1, at(11), at(12))).handed_over
    assert Change(1, 1, a, None).handed_over


@pytest.mark.parametrize(
    ("told", "line", "anew"),
    [
        (None, Line(1, at(9), at(10)), False),
        ((1, at(9), at(11)), None, True),
        ((1, at(9), at(11)), Line(1, at(11), at(12)), False),
        ((1, at(9), at(11)), Line(2, at(10), at(11)), True),
        ((None, at(9), at(11)), Line(2, at(10), at(11)), False),
        ((None, at(9), at(11)), Line(2, at(12), at(13)), True),
    ],
)  # fmt: skip
def test_customer_is_told_anew_when_somebody_else_or_at_another_time(
    told: tuple[int | None, datetime, datetime] | None, line: Line | None, anew: bool
) -> None:
    assert to_be_told(a_job(told=told), line) is anew


@pytest.mark.parametrize(("hour", "late"), [(10, 0), (12, 0), (12.5, 1800), (9.5, 1800), (15, 0), (16.5, 1800)])
def test_late_is_outside_every_promised_window(hour: float, late: int) -> None:
    job = replace(a_job(), windows=((at(10), at(12)), (at(14), at(16))))
    assert late_by(job, at(hour)) == late


def test_present_plan_is_told_in_the_words_of_the_problem() -> None:
    running = a_job(3, state="on_site", arrived_at=at(9), seats=held(9))
    jobs = (a_job(1, seats=held(12)), a_job(2, seats=held(10.5)), running, a_job(4), a_job(5, seats=held(9, 9)))
    world = World(DAY, MIDNIGHT, (a_worker(), a_worker(2)), jobs)
    problem = a_problem(list(world.workers), list(jobs), hour=9.5)
    plan = present_plan(world, problem)
    assert [(route.shift, [stop.key for stop in route.stops]) for route in plan.routes] == [("1/101", ["3", "2", "1"])]
    assert plan.left_out == ("4", "5")
    assert plan_from_json(plan_as_json(plan)) == plan


def test_present_plan_of_two_shifts_of_one_person_gives_each_its_own_visits() -> None:
    workers, jobs = (a_worker(ends=12), Worker(201, 1, at(14), at(18), HOME, HOME)), (a_job(2, seats=held(15)), a_job(1, seats=held(10)))
    plan = present_plan(World(DAY, MIDNIGHT, workers, jobs), a_problem(list(workers), list(jobs)))
    assert [(route.shift, [stop.key for stop in route.stops]) for route in plan.routes] == [("1/101", ["1"]), ("1/201", ["2"])]


def test_older_plan_is_fitted_to_a_changed_day() -> None:
    problem = a_problem([a_worker(), a_worker(2)], [a_job(1), a_job(2)])
    old = Plan(
        (
            PlannedRoute(
                "1/101",
                0,
                9,
                tuple(
                    PlannedStop(kind, key, 1, 1, 2, 3) for kind, key in (("visit", "1"), ("visit", "9"), ("pickup", "4"), ("break", "1"))
                ),
            ),
            PlannedRoute("3/103", 0, 9, (PlannedStop("visit", "2", 1, 1, 2, 3),)),
        ),
        (),
        1.0,
    )
    fitted = fitting(old, problem)
    assert [(route.shift, [stop.key for stop in route.stops]) for route in fitted.routes] == [("1/101", ["1"])]
    assert fitted.left_out == ("2",)
    begun = a_problem([a_worker(), a_worker(2)], [a_job(1, state="on_site", arrived_at=at(9), seats=held(9, 2)), a_job(2)], hour=10)
    assert [(route.shift, [stop.key for stop in route.stops]) for route in fitting(old, begun).routes] == [("2/102", ["1"])]
