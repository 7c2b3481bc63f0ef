"""A whole plan becomes the day's plan, or nothing of it does."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.queries import opens
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.tests.make import actor_of
from blisko.kit.tests.at_once import AtOnce
from blisko.kit.tests.told import events_told
from blisko.kit.tests.work import do_jobs
from blisko.planning.errors import BadPlan, NoSuchVersion, NothingToUndo, NotPlannable, PlanOutdated
from blisko.planning.events import VisitAssigned
from blisko.planning.models import Assignment, Pin, PlanVersion, RouteStop
from blisko.planning.queries import plan_difference, plan_versions, route_stops
from blisko.planning.queries.problems import day_at, draft_of
from blisko.planning.queries.versions import revision_of
from blisko.planning.rules.lines import Change, Line
from blisko.planning.rules.problem import Plan
from blisko.planning.rules.runs import Why
from blisko.planning.rules.wishes import PinKind
from blisko.planning.services import assign_visit, commit_plan, unassign_visit, undo_last
from blisko.planning.services.versions import line_of, write_changes
from blisko.planning.tests.make import HOUR, a_plan, a_visit_at, a_worker
from blisko.visits.services import move_visit, set_out

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # seven in the morning
DAY = day_at(NOW)
DISPATCHER = an_actor("dispatcher", "user:7")
pytestmark = pytest.mark.django_db


def planned() -> dict[int, int]:
    return dict(Assignment.objects.filter(released_at=None).values_list("visit_id", "technician_id"))


def test_plan_becomes_assignments_keys_events_and_a_version() -> None:
    near, far = a_worker(NOW), a_worker(NOW, north=0.3)
    here, there = a_visit_at(NOW), a_visit_at(NOW, north=0.3)
    draft = draft_of(DAY, "", now=NOW)
    version = commit_plan(draft, a_plan(draft), why=Why.NIGHTLY, actor=DISPATCHER, now=NOW)
    assert planned() == {here.pk: near.pk, there.pk: far.pk}
    assert opens(actor_of(near), f"visit:{here.pk}", now=NOW)
    assert not opens(actor_of(near), f"visit:{there.pk}", now=NOW)
    assert {event.visit_id for event in events_told(VisitAssigned)} == {here.pk, there.pk}
    assert version is not None
    assert (version.why, version.made_by, version.before["left_out"], version.after["left_out"]) == ("nightly", "user:7", 2, 0)
    assert [one.pk for one in plan_versions(DISPATCHER, DAY)] == [version.pk]
    assert revision_of(DAY) == 1
    assert [stop.depot_id for stop in route_stops(DISPATCHER, DAY)] == [None, None]


def test_plan_that_changes_nothing_makes_no_version() -> None:
    a_worker(NOW)
    a_visit_at(NOW)
    draft = draft_of(DAY, "", now=NOW)
    commit_plan(draft, a_plan(draft), why=Why.NIGHTLY, actor=SYSTEM, now=NOW)
    again = draft_of(DAY, "", now=NOW)
    assert commit_plan(again, a_plan(again), why=Why.NIGHTLY, actor=SYSTEM, now=NOW) is None
    assert Assignment.objects.count() == 1


def test_break_that_is_over_stays_in_the_days_plan_when_the_rest_of_it_is_planned_again() -> None:
    worker = a_worker(NOW)
    a_visit_at(NOW, starts=7)
    past, ahead = (RouteStop.objects.create(technician=worker, day=DAY, during=(NOW + a * HOUR, NOW + (a + 1) * HOUR)) for a in (1, 8))
    noon = NOW + 6 * HOUR
    draft = draft_of(DAY, "", now=noon)
    commit_plan(draft, a_plan(draft), why=Why.REPAIR, actor=SYSTEM, now=noon)
    kept = {stop.pk for stop in route_stops(DISPATCHER, DAY)}
    assert past.pk in kept
    assert ahead.pk not in kept


def test_two_who_change_places_never_meet_in_the_constraint_and_the_pin_of_who_stays_stays() -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.3)
    here, there, kept = a_visit_at(NOW), a_visit_at(NOW, north=0.3), a_visit_at(NOW, starts=6)
    for visit, technician in ((here, other), (there, one), (kept, one)):
        assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from + HOUR / 2)
    pinned = Assignment.objects.get(visit=kept)
    Pin.objects.create(assignment=pinned, kind=PinKind.TECHNICIAN, at=NOW, by="user:7")
    draft = draft_of(DAY, "", now=NOW)
    commit_plan(draft, a_plan(draft), why=Why.NIGHTLY, actor=SYSTEM, now=NOW)
    assert planned() == {here.pk: one.pk, there.pk: other.pk, kept.pk: one.pk}
    assert not opens(actor_of(other), f"visit:{here.pk}", now=NOW)
    [pin] = Pin.objects.filter(assignment__released_at=None)
    assert pin.assignment.visit_id == kept.pk
    assert pin.assignment != pinned


def test_stranger_and_broken_plan_are_refused() -> None:
    a_worker(NOW)
    a_visit_at(NOW)
    draft = draft_of(DAY, "", now=NOW)
    with pytest.raises(Forbidden):
        commit_plan(draft, a_plan(draft), why=Why.NIGHTLY, actor=an_actor("agent"), now=NOW)
    with pytest.raises(BadPlan):
        commit_plan(draft, Plan((), (), 0.0), why=Why.NIGHTLY, actor=SYSTEM, now=NOW)
    with pytest.raises(Forbidden):
        undo_last(actor=an_actor("agent"), now=NOW)
    assert planned() == {}


def test_plan_for_a_day_that_has_changed_meanwhile_is_refused_whole() -> None:
    a_worker(NOW)
    visit, other = a_visit_at(NOW), a_visit_at(NOW, starts=4)
    draft = draft_of(DAY, "", now=NOW)
    move_visit(other.pk, window_from=other.window_from + HOUR, window_to=other.window_to + HOUR, actor=SYSTEM, now=NOW)
    with pytest.raises(PlanOutdated):
        commit_plan(draft, a_plan(draft), why=Why.NIGHTLY, actor=SYSTEM, now=NOW)
    assert visit.pk not in planned()
    assert not PlanVersion.objects.exists()


def test_of_two_plans_made_for_the_same_day_at_once_one_is_refused(at_once: AtOnce) -> None:
    a_worker(NOW)
    a_worker(NOW, north=0.1)
    for starts in (2, 4):
        a_visit_at(NOW, starts=starts)
    draft = draft_of(DAY, "", now=NOW)
    plan = a_plan(draft)
    said = at_once(*[lambda: commit_plan(draft, plan, why=Why.NIGHTLY, actor=SYSTEM, now=NOW)] * 2)
    assert sorted(type(one).__name__ for one in said) == ["PlanOutdated", "PlanVersion"]
    assert len(planned()) == 2


def test_change_is_taken_back_with_its_key_and_once_only() -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.1)
    visit = a_visit_at(NOW)
    assign_visit(visit.pk, one.pk, actor=DISPATCHER, now=NOW)
    assign_visit(visit.pk, other.pk, actor=DISPATCHER, now=NOW)
    undone = undo_last(actor=DISPATCHER, now=NOW + HOUR, day=DAY)
    assert planned() == {visit.pk: one.pk}
    assert opens(actor_of(one), f"visit:{visit.pk}", now=NOW)
    assert undone.undoes is not None
    undo_last(actor=DISPATCHER, now=NOW + HOUR)
    assert planned() == {}
    with pytest.raises(NothingToUndo):
        undo_last(actor=DISPATCHER, now=NOW + HOUR)


def test_what_others_changed_since_what_has_begun_and_what_is_long_ago_is_not_taken_back() -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.1)
    visit, begun = a_visit_at(NOW), a_visit_at(NOW, starts=4)
    assign_visit(visit.pk, one.pk, actor=DISPATCHER, now=NOW)
    assign_visit(visit.pk, other.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(PlanOutdated):
        undo_last(actor=DISPATCHER, now=NOW)
    assign_visit(begun.pk, one.pk, actor=DISPATCHER, now=NOW)
    set_out(begun.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(NotPlannable):
        undo_last(actor=DISPATCHER, now=NOW)
    with pytest.raises(NothingToUndo):
        undo_last(actor=DISPATCHER, now=NOW + timedelta(hours=13))


def test_difference_of_two_versions_is_what_changed_in_all_forwards_and_backwards() -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.1)
    visit, passing = a_visit_at(NOW), a_visit_at(NOW, starts=4)
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW)
    assign_visit(passing.pk, one.pk, actor=SYSTEM, now=NOW)
    unassign_visit(passing.pk, actor=SYSTEM, now=NOW)
    assign_visit(visit.pk, other.pk, actor=SYSTEM, now=NOW)
    last, *_, first = plan_versions(DISPATCHER, DAY)
    [change] = plan_difference(DISPATCHER, first.pk, last.pk).changes
    assert change.was is not None
    assert change.becomes is not None
    assert (change.visit_id, change.was.technician_id, change.becomes.technician_id) == (visit.pk, one.pk, other.pk)
    [back] = plan_difference(DISPATCHER, last.pk, first.pk).changes
    assert (back.was, back.becomes) == (change.becomes, change.was)
    with pytest.raises(NoSuchVersion):
        plan_difference(DISPATCHER, first.pk, 0)
    do_jobs()


def test_change_into_a_stretch_somebody_is_busy_in_is_refused_whole() -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.1)
    visit, busy = a_visit_at(NOW), a_visit_at(NOW)
    was = line_of(assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW))
    assign_visit(busy.pk, other.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(PlanOutdated):
        write_changes([Change(visit.pk, 1, was, Line(other.pk, was.starts, was.ends))], why=Why.MOVED, actor=SYSTEM, now=NOW)
    assert planned() == {visit.pk: one.pk, busy.pk: other.pk}
