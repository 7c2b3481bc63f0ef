"""Who does what when: every way it is refused, told and raced for."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.queries import opens
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.errors import NoSuchTechnician
from blisko.field.services import add_shift, change_technician
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit.tests.at_once import AtOnce
from blisko.kit.tests.told import events_told
from blisko.kit.tests.work import do_jobs
from blisko.planning import queries
from blisko.planning.errors import DoubleBooked, LacksSkills, NothingToRelease, NotPlannable, OffShift
from blisko.planning.events import VisitAssigned
from blisko.planning.models import Assignment
from blisko.planning.services import assign_visit, end_slot, free_slot, unassign_visit
from blisko.visits.errors import NoSuchVisit
from blisko.visits.rules import CancelReason
from blisko.visits.services import arrive, cancel_visit, finish, give_up, move_visit, set_out
from blisko.visits.tests.make import a_visit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DISPATCHER = an_actor("dispatcher")
pytestmark = pytest.mark.django_db


def test_assigned_visit_starts_in_the_first_gap_and_is_told() -> None:
    technician, first, second = a_technician(NOW), a_visit(NOW), a_visit(NOW)
    one = assign_visit(first.pk, technician.pk, actor=DISPATCHER, now=NOW)
    two = assign_visit(second.pk, technician.pk, actor=DISPATCHER, now=NOW)
    assert (one.during.lower, one.during.upper) == (first.window_from, first.window_from + HOUR)
    assert two.during.lower == one.during.upper
    assert [(event.visit_id, event.technician_id, event.at) for event in events_told(VisitAssigned)] == [
        (visit.pk, technician.pk, NOW) for visit in (first, second)
    ]
    assert opens(actor_of(technician), f"visit:{first.pk}", now=first.window_to + timedelta(hours=47))
    assert not opens(actor_of(technician), f"visit:{first.pk}", now=first.window_to + timedelta(hours=49))


def test_full_window_is_refused_and_so_is_a_taken_start() -> None:
    technician = a_technician(NOW)
    for _ in range(2):
        assign_visit(a_visit(NOW).pk, technician.pk, actor=SYSTEM, now=NOW)
    third = a_visit(NOW)
    with pytest.raises(DoubleBooked):
        assign_visit(third.pk, technician.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(DoubleBooked):
        assign_visit(third.pk, technician.pk, actor=SYSTEM, now=NOW, starts_at=third.window_from + HOUR / 2)
    assert queries.assignment_of(third.pk) is None


def test_refused_swap_leaves_the_visit_with_whom_it_was() -> None:
    free, taken = a_technician(NOW), a_technician(NOW)
    visit, other = a_visit(NOW), a_visit(NOW)
    kept = assign_visit(visit.pk, free.pk, actor=SYSTEM, now=NOW)
    assign_visit(other.pk, taken.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(DoubleBooked):
        assign_visit(visit.pk, taken.pk, actor=SYSTEM, now=NOW, starts_at=other.window_from)
    assert queries.assignment_of(visit.pk) == kept
    assert opens(actor_of(free), f"visit:{visit.pk}", now=NOW)


def test_giving_a_visit_to_the_same_technician_again_keeps_his_key() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    for _ in range(2):
        assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    assert opens(actor_of(technician), f"visit:{visit.pk}", now=NOW)
    assert Assignment.objects.filter(visit=visit, released_at=None).count() == 1


def test_who_was_to_do_a_visit_is_known_afterwards() -> None:
    one, other, visit = a_technician(NOW), a_technician(NOW), a_visit(NOW)
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW)
    assign_visit(visit.pk, other.pk, actor=SYSTEM, now=NOW + HOUR)
    unassign_visit(visit.pk, actor=SYSTEM, now=NOW + 2 * HOUR)
    then = [queries.assignment_then(visit.pk, NOW + hours * HOUR) for hours in (-0.5, 0.5, 1.5, 2.5)]
    assert [row and row.technician_id for row in then] == [None, one.pk, other.pk, None]


def test_who_lacks_a_skill_is_refused_and_the_skill_is_named() -> None:
    with pytest.raises(LacksSkills) as no:
        assign_visit(a_visit(NOW).pk, a_technician(NOW, skills=()).pk, actor=SYSTEM, now=NOW)
    assert no.value.details == {"skills": ["fibre"]}


def test_who_does_not_work_then_is_refused() -> None:
    visit, absent, leaving = a_visit(NOW), a_technician(NOW, shift=False), a_technician(NOW, shift=False)
    add_shift(leaving.pk, starts_at=NOW, ends_at=visit.window_from + HOUR / 2, actor=SYSTEM, now=NOW)
    for technician in (absent, leaving):
        with pytest.raises(OffShift):
            assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)


def test_who_has_left_us_is_refused_even_at_a_chosen_time() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    change_technician(technician.pk, actor=SYSTEM, now=NOW, name=technician.name, active=False)
    with pytest.raises(OffShift):
        assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)


def test_stranger_unknown_visit_and_unknown_technician_are_refused() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    for forbidden in (an_actor("agent"), actor_of(technician)):
        with pytest.raises(Forbidden):
            assign_visit(visit.pk, technician.pk, actor=forbidden, now=NOW)
        with pytest.raises(Forbidden):
            unassign_visit(visit.pk, actor=forbidden, now=NOW)
        with pytest.raises(Forbidden):
            queries.plan_between(forbidden, NOW, NOW + HOUR)
    with pytest.raises(NoSuchVisit):
        assign_visit(0, technician.pk, actor=DISPATCHER, now=NOW)
    with pytest.raises(NoSuchTechnician):
        assign_visit(visit.pk, 0, actor=DISPATCHER, now=NOW)


def test_visit_that_has_begun_or_ended_is_neither_given_nor_taken() -> None:
    visit, technician, other = a_visit(NOW), a_technician(NOW), a_technician(NOW)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    for take_the_next_step in (set_out, arrive, finish):
        take_the_next_step(visit.pk, actor=actor_of(technician), now=NOW)
        with pytest.raises(NotPlannable):
            assign_visit(visit.pk, other.pk, actor=DISPATCHER, now=NOW)
        with pytest.raises(NotPlannable):
            unassign_visit(visit.pk, actor=DISPATCHER, now=NOW)
    kept = queries.assignment_of(visit.pk)
    assert kept is not None
    assert kept.technician == technician


def test_taken_visit_waits_for_another_technician_and_is_not_taken_twice() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    unassign_visit(visit.pk, actor=DISPATCHER, now=NOW)
    assert not opens(actor_of(technician), f"visit:{visit.pk}", now=NOW)
    assert queries.assignments_of([visit.pk]) == {}
    with pytest.raises(NothingToRelease):
        unassign_visit(visit.pk, actor=DISPATCHER, now=NOW)


def test_moved_visit_frees_what_was_planned_before_and_nothing_planned_since() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    move_visit(visit.pk, window_from=visit.window_from + HOUR, window_to=visit.window_to + HOUR, actor=SYSTEM, now=NOW + HOUR / 4)
    since = assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW + HOUR / 2)
    do_jobs()  # the late handler of the move
    assert queries.assignment_of(visit.pk) == since
    free_slot(visit.pk, actor=SYSTEM, now=NOW + HOUR)
    free_slot(visit.pk, actor=SYSTEM, now=NOW + HOUR)
    assert queries.assignment_of(visit.pk) is None


def test_cancelled_visit_frees_even_what_was_planned_while_it_was_being_cancelled() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW + timedelta(seconds=1))
    cancel_visit(visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    do_jobs()
    assert queries.assignment_of(visit.pk) is None
    assert not opens(actor_of(technician), f"visit:{visit.pk}", now=NOW)


@pytest.mark.parametrize(("minute", "until"), [(-1, 60), (0, 60), (1, 1), (45, 45), (60, 60), (90, 60)])
def test_ended_visit_frees_the_rest_of_its_stretch_and_no_more(minute: int, until: int) -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    start = assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW).during.lower
    for _ in range(2):
        end_slot(visit.pk, now=start + timedelta(minutes=minute))
    kept = Assignment.objects.get(visit=visit)
    assert (kept.during.lower, kept.during.upper) == (start, start + timedelta(minutes=until))
    assert kept.technician == technician


def test_end_of_a_visit_nobody_was_given_changes_nothing() -> None:
    visit = a_visit(NOW)
    end_slot(visit.pk, now=NOW)
    free_slot(visit.pk, actor=SYSTEM, now=NOW)
    assert not Assignment.objects.exists()


def test_visit_given_up_frees_the_rest_by_itself() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    start = assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW).during.lower
    arrive(visit.pk, actor=SYSTEM, now=start)
    give_up(visit.pk, actor=SYSTEM, now=start + HOUR / 4, note="The duct is flooded.")
    do_jobs()
    assert [a.during.upper for a in queries.plan_between(DISPATCHER, start, start + HOUR)] == [start + HOUR / 4]


def test_of_two_dispatchers_who_give_two_visits_to_one_technician_at_one_time_one_is_refused(at_once: AtOnce) -> None:
    technician, visits = a_technician(NOW), [a_visit(NOW, hours=0.5), a_visit(NOW, hours=0.5)]
    said = at_once(*(lambda visit=visit: assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW) for visit in visits))
    assert sorted(type(one).__name__ for one in said) == ["Assignment", "DoubleBooked"]


def test_visit_two_dispatchers_give_away_at_once_has_one_technician_and_one_key(at_once: AtOnce) -> None:
    visit, technicians = a_visit(NOW), [a_technician(NOW), a_technician(NOW)]
    said = at_once(*(lambda one=one: assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW) for one in technicians))
    assert [type(one).__name__ for one in said] == ["Assignment"] * 2
    winner = Assignment.objects.get(visit=visit, released_at=None).technician_id
    assert [one.pk for one in technicians if opens(actor_of(one), f"visit:{visit.pk}", now=NOW)] == [winner]


def test_visit_two_dispatchers_take_away_at_once_is_taken_once(at_once: AtOnce) -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    said = at_once(*[lambda: unassign_visit(visit.pk, actor=SYSTEM, now=NOW)] * 2)
    assert sorted(type(one).__name__ for one in said) == ["NoneType", "NothingToRelease"]
