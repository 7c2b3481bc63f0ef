"""The made-up operator (F6, F9, F15, F16, O7): the same seed is the same weeks, nothing is counted twice, every plan is valid."""

from collections import Counter
from dataclasses import replace

import pytest

from bench.operator.__main__ import asked, lines, runs
from bench.operator.book import BY_PHONE, DAY_WINDOW, ENDINGS, POLICIES, Diary, TwiceEnded
from bench.operator.day import Working
from bench.operator.demand import Appointment, Order, at_home, calls, word
from bench.operator.planner import Effort, InvalidPlan, Planner, learn
from bench.operator.weeks import Weeks
from bench.operator.world import BEGINS, DAY, HOUR, rush, town
from blisko.planning.rules.problem import Plan

NEAREST, HALVES, BLISKO = POLICIES
pytestmark = [pytest.mark.xdist_group("operator"), pytest.mark.timeout(600)]  # the first one compiles the engine
SMALL = ["--technicians", "4", "--days", "2", "--seeds", "3", "--night", "200", "--live", "60"]


@pytest.fixture(scope="module")
def weeks() -> list[Weeks]:
    return list(runs(asked(SMALL)))


def test_every_visit_ends_once_and_every_call_is_heard(weeks: list[Weeks]) -> None:
    place = town(3, 4)
    called = {order.key for of_day in calls(place, 7, 28) for order in of_day}
    for run in weeks:
        assert {visit.order.key for visit in run.all_visits} == called
        assert len({visit.key for visit in run.all_visits}) == len(run.all_visits)
        assert all((visit.how in ENDINGS) == bool(visit.how) for visit in run.all_visits)
        assert all(visit.how for visit in run.all_visits if visit.day < 7)
        done = Counter(visit.order.key for visit in run.all_visits if visit.how in ("done", "cancelled", "needless"))
        assert max(done.values()) == 1
        still = Counter(visit.order.key for visit in run.all_visits if not visit.how)
        assert not done.keys() & still.keys()
        assert done.keys() | still.keys() == called
        assert sum(run.ends.values()) == sum(5 <= visit.day < 7 for visit in run.all_visits)


def test_who_came_had_set_out_and_who_did_not_had_not(weeks: list[Weeks]) -> None:
    for run in weeks:
        for visit in run.all_visits:
            if visit.how in ("done", "no access", "needless"):
                assert visit.left is not None
                assert visit.arrived is not None
                assert visit.began is not None
                assert visit.ended is not None
                assert BEGINS <= visit.left <= visit.arrived <= visit.began < visit.ended
                assert visit.began >= visit.told[0]
            else:
                assert visit.left is None
            assert visit.booked[0] <= visit.told[0] < visit.told[1] <= visit.booked[1]
            assert visit.saved == (visit.how in ("cancelled", "moved"))


def test_a_technician_is_at_one_place_at_a_time(weeks: list[Weeks]) -> None:
    for run in weeks:
        went = sorted((v.day, v.technician, v.left, v.ended) for v in run.all_visits if v.left is not None)
        for (day, nr, _, ended), (day_after, nr_after, left, _) in zip(went, went[1:], strict=False):
            assert (day, nr) != (day_after, nr_after) or ended <= left


def test_the_same_seed_is_the_same_weeks_and_another_is_not(weeks: list[Weeks]) -> None:
    again = list(runs(asked(SMALL)))
    assert [(run.policy, run.figures, run.ends, run.plans) for run in again] == [
        (run.policy, run.figures, run.ends, run.plans) for run in weeks
    ]
    assert calls(town(3, 4), 2, 28) == calls(town(3, 4), 2, 28) != calls(town(4, 4), 2, 28)


def test_only_plans_of_planners_are_made_and_only_blisko_repairs(weeks: list[Weeks]) -> None:
    nearest, halves, blisko = (run.plans for run in weeks)
    assert nearest == 0 < halves <= 7 < blisko
    assert weeks[0].figures["window told h"] == 9
    assert weeks[1].figures["window told h"] == 4 == weeks[2].figures["window booked h"]
    assert weeks[2].figures["window told h"] < 4
    table = "\n".join(lines(weeks))
    assert all(measure in table for measure in weeks[0].figures)
    assert f"{halves + blisko} plans, every one valid by the checker" in table


def test_an_invalid_plan_ends_the_run() -> None:
    place = town(1, 2)
    planner = Planner(HALVES, learn(place), Effort(night=10))
    visits = [
        visit for visit in [Diary(place, HALVES, planner.known.average).promise(order, 1) for order in calls(place, 1, 4)[0]] if visit
    ]
    problem = planner.problem([], visits, BEGINS)
    planner.plan = Plan((), (), 0.0)
    assert planner._solved(problem, 10, None).left_out == tuple(visit.key for visit in visits)
    with pytest.raises(InvalidPlan, match="2 times"):
        planner._solved(replace(problem, visits=problem.visits * 2), 10, None)


def some(**more: object) -> Appointment:
    order = Order("1-1", DAY + 9 * HOUR, 5, 0, False, 2, None)
    return Appointment(replace(order, **more), 1, 2, DAY_WINDOW, DAY_WINDOW)  # type: ignore[arg-type]


def test_a_visit_that_ended_does_not_end_again() -> None:
    diary = Diary(town(1, 2), NEAREST, (40.0,) * 5)
    visit = diary.promise(some().order, 2)
    diary.end(visit, "no access")
    assert [(v.attempt, v.day > visit.day) for of_day in diary.days.values() for v in of_day if not v.how] == [(2, True)]
    with pytest.raises(TwiceEnded):
        diary.end(visit, "done")


def test_a_link_is_heard_at_once_and_a_telephone_when_the_office_is_open() -> None:
    place, night = town(1, 2), 2 * DAY + 20 * HOUR
    visit = some(fixed=night)
    assert word(place, visit, 1.0, True) == (night, "cancelled")
    assert word(place, visit, 1.0, False) == (3 * DAY + 8 * HOUR, "cancelled")
    assert word(place, visit, 0.0, True) is None


def test_customers_wait_for_a_narrow_window_and_leave_a_late_technician() -> None:
    place = town(1, 2)
    visits = [replace(some(key=f"1-{nr}"), told=(8 * HOUR, 12 * HOUR)) for nr in range(600)]
    narrow = [replace(visit, told=(9 * HOUR, 10 * HOUR)) for visit in visits]

    def there(visits: list[Appointment], hour: float) -> int:
        return sum(at_home(place, visit, int(hour * HOUR)) for visit in visits)

    assert there(narrow, 9.9) > there(visits, 9.9)
    assert there(narrow, 13) < there([replace(visit, warned=True) for visit in narrow], 13)


def test_a_day_nobody_works_leaves_every_visit_to_another_day() -> None:
    place = town(1, 2)
    diary = Diary(place, NEAREST, (40.0,) * 5)
    visit = diary.promise(some(first=1).order, 1)
    working = Working(place, diary, Planner(NEAREST, learn(place), Effort()), visit.day, [])
    working.people = []
    working.town = replace(place, technicians=0)
    working.run()
    assert visit.how == "carried"


def test_streets_are_slow_when_people_go_to_work_and_home() -> None:
    assert rush(8 * HOUR) > rush(12 * HOUR) < rush(17 * HOUR)
    assert rush(0) == rush(6 * HOUR) == 1
    assert BLISKO.says > HALVES.says == BY_PHONE
