"""A dispatcher's drag: what it would bring, and what it does (F15)."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.models import Part, Van, VanStock
from blisko.field.services import add_shift
from blisko.kit.tests.at_once import AtOnce
from blisko.planning.errors import (
    LacksParts,
    LacksSkills,
    NothingToRelease,
    NotPlannable,
    NotSwappable,
    NotThatDay,
    OffShift,
    PlanOutdated,
    Unwished,
)
from blisko.planning.models import Assignment, Pin, Told, Wish
from blisko.planning.queries import assignment_of, consequences, plan_versions, repairs_for, swap_consequences
from blisko.planning.queries.problems import day_at
from blisko.planning.rules.repairs import RepairKind
from blisko.planning.rules.wishes import PinKind, WishKind
from blisko.planning.services import assign_visit, move_assignment, move_assignments, pin_visit, swap_assignments, undo_last
from blisko.planning.tests.make import HOUR, a_visit_at, a_worker
from blisko.visits.models import JobType, Visit
from blisko.visits.services import arrive, set_out

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = day_at(NOW)
ME = an_actor("dispatcher", "user:7")
pytestmark = pytest.mark.django_db


def told(visit: Visit, technician_id: int | None) -> None:
    Told.objects.create(
        visit=visit, technician_id=technician_id, told_from=visit.window_from, told_to=visit.window_to, at=NOW, key=f"told:{visit.pk}"
    )


def holder(visit: Visit) -> tuple[int, datetime] | None:
    found = assignment_of(visit.pk)
    return (found.technician_id, found.during.lower) if found else None


def test_move_shows_minutes_promises_and_customers_and_then_does_exactly_that() -> None:
    near, far = a_worker(NOW), a_worker(NOW, north=0.5)
    first, second = a_visit_at(NOW, starts=2, hours=1), a_visit_at(NOW, starts=3, hours=0.5, north=0.01)
    assign_visit(second.pk, near.pk, actor=SYSTEM, now=NOW, starts_at=second.window_from)
    assign_visit(first.pk, far.pk, actor=SYSTEM, now=NOW, starts_at=first.window_from + HOUR)
    told(first, far.pk)
    brings = consequences(ME, [first.pk], near.pk, before=second.pk, now=NOW)
    assert brings.refusal is None
    assert brings.minutes < -30
    assert (brings.windows_broken, brings.customers_told) == ((), (first.pk,))
    assert [one.visit_id for one in brings.schedule] == [first.pk, second.pk]
    move_assignment(first.pk, near.pk, before=second.pk, actor=ME, now=NOW)
    for one in brings.schedule:
        assert holder(Visit.objects.get(pk=one.visit_id)) == (one.technician_id, one.starts)
    assert holder(first) == (near.pk, first.window_from)
    undo_last(actor=ME, now=NOW)
    assert holder(first) == (far.pk, first.window_from + HOUR)


def test_drop_between_two_visits_pushes_only_who_must_wait_and_says_whose_promise_breaks() -> None:
    one = a_worker(NOW)
    early, late, new = a_visit_at(NOW, starts=2), a_visit_at(NOW, starts=4, hours=0.25), a_visit_at(NOW, starts=3.5)
    for visit in (early, late):
        assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)
    brings = consequences(ME, [new.pk], one.pk, NOW + timedelta(hours=3.75), now=NOW)
    assert brings.windows_broken == (late.pk,)
    assert {change.visit_id for change in brings.changes} == {new.pk, late.pk}
    version = move_assignment(new.pk, one.pk, starts_at=NOW + timedelta(hours=3.75), actor=ME, now=NOW)
    assert version is not None
    assert holder(new) == (one.pk, NOW + timedelta(hours=3.75))
    assert holder(early) == (one.pk, early.window_from)
    assert holder(late) is not None
    assert next(found.why for found in plan_versions(ME, DAY)) == "moved"


def test_visits_lassoed_together_go_together_and_come_away_together() -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.05)
    visits = [a_visit_at(NOW, starts=hour) for hour in (2, 3, 5)]
    for visit in visits[:2]:
        assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)
    move_assignments([visit.pk for visit in visits], other.pk, actor=ME, now=NOW)
    assert Assignment.objects.filter(released_at=None, technician=other).count() == 3
    brings = consequences(ME, [visit.pk for visit in visits], None, now=NOW)
    assert brings.minutes < 0
    assert move_assignments([visit.pk for visit in visits], None, actor=ME, now=NOW) is not None
    assert not Assignment.objects.filter(released_at=None).exists()


def test_customer_who_loses_the_technician_told_counts_and_nothing_to_do_is_no_version() -> None:
    one = a_worker(NOW)
    visit = a_visit_at(NOW)
    assert move_assignment(visit.pk, None, actor=ME, now=NOW) is None
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW)
    told(visit, one.pk)
    assert consequences(ME, [visit.pk], None, now=NOW).customers_told == (visit.pk,)
    assert move_assignment(visit.pk, one.pk, actor=ME, now=NOW, starts_at=visit.window_from) is None


def test_whatever_forbids_a_move_is_shown_and_refused() -> None:
    able, unable, absent, free = a_worker(NOW), a_worker(NOW, skills=()), a_worker(NOW, begins=24), a_worker(NOW, north=0.1)
    visit, begun, unwished = a_visit_at(NOW), a_visit_at(NOW), a_visit_at(NOW)
    Wish.objects.create(visit=unwished, technician=able, kind=WishKind.NEVER, at=NOW, by="user:7")
    assign_visit(begun.pk, free.pk, actor=SYSTEM, now=NOW)
    set_out(begun.pk, actor=SYSTEM, now=NOW)
    late = NOW + timedelta(hours=8.5)
    for one, technician, starts, refusal in (
        (visit, unable, None, LacksSkills),
        (visit, absent, None, OffShift),
        (visit, able, late, OffShift),
        (unwished, able, None, Unwished),
        (begun, able, None, NotPlannable),
    ):
        assert isinstance(consequences(ME, [one.pk], technician.pk, starts, now=NOW).refusal, refusal)
        with pytest.raises(refusal):
            move_assignment(one.pk, technician.pk, starts_at=starts, actor=ME, now=NOW)
    with pytest.raises(NotThatDay):
        consequences(ME, [visit.pk], able.pk, NOW + timedelta(days=1), now=NOW)
    for forbidden in (
        lambda: consequences(an_actor("agent"), [visit.pk], able.pk, now=NOW),
        lambda: swap_consequences(an_actor("agent"), visit.pk, begun.pk, now=NOW),
        lambda: move_assignment(visit.pk, able.pk, actor=an_actor("agent"), now=NOW),
        lambda: swap_assignments(visit.pk, begun.pk, actor=an_actor("agent"), now=NOW),
        lambda: pin_visit(visit.pk, kinds=[], actor=an_actor("agent"), now=NOW),
        lambda: repairs_for(an_actor("agent"), visit.pk, now=NOW),
    ):
        with pytest.raises(Forbidden):
            forbidden()


def test_van_that_lacks_a_part_with_no_depot_about_is_a_refusal_that_names_it() -> None:
    one = a_worker(NOW)
    visit = a_visit_at(NOW)
    JobType.objects.update(kit=[{"part": "ONT", "count": 2}])
    assert consequences(ME, [visit.pk], one.pk, now=NOW).refusal is None  # nobody counts
    one.van = Van.objects.create(plate="EL 1")
    one.save(update_fields=["van"])
    VanStock.objects.create(van=one.van, part=Part.objects.create(code="ONT", names={"en": "ONT"}), count=1)
    refusal = consequences(ME, [visit.pk], one.pk, now=NOW).refusal
    assert isinstance(refusal, LacksParts)
    assert refusal.details == {"parts": ["ONT"]}


def test_two_visits_change_places_as_shown() -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.5)
    here, there = a_visit_at(NOW), a_visit_at(NOW, north=0.5)
    assign_visit(here.pk, other.pk, actor=SYSTEM, now=NOW, starts_at=here.window_from + HOUR)
    with pytest.raises(NotSwappable):
        swap_assignments(here.pk, there.pk, actor=ME, now=NOW)
    assign_visit(there.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=there.window_from + HOUR)
    with pytest.raises(NotSwappable):
        swap_assignments(here.pk, here.pk, actor=ME, now=NOW)
    brings = swap_consequences(ME, here.pk, there.pk, now=NOW)
    assert brings.minutes < -60
    swap_assignments(here.pk, there.pk, actor=ME, now=NOW)
    assert holder(here) == (one.pk, here.window_from)
    assert holder(there) == (other.pk, there.window_from)


def test_of_two_dispatchers_who_move_one_visit_at_once_both_are_heard_in_turn_or_one_is_refused(at_once: AtOnce) -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.1)
    visit = a_visit_at(NOW)
    said = at_once(*(lambda who=who: move_assignment(visit.pk, who.pk, actor=ME, now=NOW) for who in (one, other)))
    assert {type(answer).__name__ for answer in said} <= {"PlanVersion", "PlanOutdated"}
    assert Assignment.objects.filter(visit=visit, released_at=None).count() == 1


def test_pin_holds_the_planner_and_is_taken_out_again() -> None:
    one = a_worker(NOW)
    visit = a_visit_at(NOW)
    with pytest.raises(NothingToRelease):
        pin_visit(visit.pk, kinds=[PinKind.TIME], actor=ME, now=NOW)
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW)
    for kinds in ([PinKind.TECHNICIAN, PinKind.TIME], [PinKind.TIME], []):
        pin_visit(visit.pk, kinds=kinds, actor=ME, now=NOW)
        assert sorted(Pin.objects.values_list("kind", flat=True)) == sorted(kinds)


def test_visit_at_risk_is_offered_ways_out_the_least_painful_first_and_each_does_what_it_says() -> None:
    stuck, near, far = a_worker(NOW), a_worker(NOW, north=0.02), a_worker(NOW, north=0.4)
    running, at_risk, other = a_visit_at(NOW, starts=1), a_visit_at(NOW, starts=2, hours=0.5), a_visit_at(NOW, starts=5, north=0.4)
    assign_visit(running.pk, stuck.pk, actor=SYSTEM, now=NOW, starts_at=running.window_from)
    assign_visit(at_risk.pk, stuck.pk, actor=SYSTEM, now=NOW, starts_at=at_risk.window_from)
    assign_visit(other.pk, far.pk, actor=SYSTEM, now=NOW, starts_at=other.window_from)
    later = NOW + timedelta(hours=2.2)
    arrive(running.pk, actor=SYSTEM, now=NOW + timedelta(hours=2))
    found = repairs_for(ME, at_risk.pk, now=later)
    assert 1 <= len(found) <= 3
    assert (found[0].kind, found[0].technician_id) == (RepairKind.MOVE, near.pk)
    assert at_risk.pk in found[0].brings.windows_kept
    assert [one.brings.points for one in found] == sorted(one.brings.points for one in found)
    move_assignment(at_risk.pk, found[0].technician_id, before=found[0].before, actor=ME, now=later)
    [line] = [one for one in found[0].brings.schedule if one.visit_id == at_risk.pk]
    assert holder(at_risk) == (near.pk, line.starts)


def test_visit_that_has_ended_or_is_of_no_day_has_no_repairs() -> None:
    a_worker(NOW)
    visit = a_visit_at(NOW)
    Visit.objects.filter(pk=visit.pk).update(state="cancelled")
    assert repairs_for(ME, visit.pk, now=NOW) == []


def test_plan_that_was_changed_under_the_hand_is_refused() -> None:
    one, other = a_worker(NOW), a_worker(NOW, north=0.1)
    visit = a_visit_at(NOW)
    add_shift(other.pk, starts_at=NOW + 30 * HOUR, ends_at=NOW + 40 * HOUR, actor=SYSTEM, now=NOW)
    assign_visit(visit.pk, one.pk, actor=ME, now=NOW)
    assign_visit(visit.pk, other.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(PlanOutdated):
        undo_last(actor=ME, now=NOW)
