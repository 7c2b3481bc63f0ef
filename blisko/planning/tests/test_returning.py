"""Going back to an earlier version of a day's plan (O7)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.models import Shift
from blisko.planning.errors import NoSuchVersion, NothingToRestore, PlanOutdated
from blisko.planning.models import PlanVersion, RouteStop
from blisko.planning.queries import assignment_of, plan_versions, return_to
from blisko.planning.queries.problems import day_at
from blisko.planning.rules.lines import Change, Line
from blisko.planning.rules.returning import Since, Stays, way_back
from blisko.planning.rules.runs import Why
from blisko.planning.services import assign_visit, move_assignment, restore_version, undo_last
from blisko.planning.tests.make import HOUR, a_visit_at, a_worker
from blisko.visits.models import Visit
from blisko.visits.services import set_out

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = day_at(NOW)
ME = an_actor("dispatcher", "user:7")
ADAM, EWA = 1, 2
WINDOW = (NOW + 2 * HOUR, NOW + 4 * HOUR)
FREE = Since(True, True, (WINDOW,))
WORK = {ADAM: [(NOW, NOW + 9 * HOUR)], EWA: [(NOW, NOW + 9 * HOUR)]}


def line(who: int, starts: float, hours: float = 1) -> Line:
    return Line(who, NOW + starts * HOUR, NOW + (starts + hours) * HOUR)


BACK = Change(10, 1, line(EWA, 3), line(ADAM, 2))


@pytest.mark.parametrize(
    ("visit", "change", "stays"),
    [
        (FREE, BACK, None),
        (replace(FREE, waits=False), BACK, Stays.BEGUN),
        (FREE, replace(BACK, becomes=None), None),
        (replace(FREE, known=False), replace(BACK, becomes=None), Stays.NEWER),
        (replace(FREE, known=False), BACK, None),
        (FREE, replace(BACK, becomes=line(ADAM, -1)), Stays.PAST),
        (FREE, replace(BACK, becomes=line(ADAM, 5)), Stays.PROMISED),
        (FREE, Change(10, 1, None, line(ADAM, 5)), Stays.PROMISED),
        (FREE, Change(10, 1, line(EWA, 6), line(ADAM, 5)), None),
        (FREE, replace(BACK, becomes=line(3, 2)), Stays.ABSENT),
    ],
)
def test_visit_goes_back_unless_the_day_has_moved_on(visit: Since, change: Change, stays: Stays | None) -> None:
    found = way_back([change], {10: visit}, WORK, {}, now=NOW)
    assert found.stays == ({10: stays} if stays else {})
    assert found.changes == (() if stays else (change,))


def test_place_that_somebody_else_has_now_is_not_taken_and_whoever_stays_keeps_his() -> None:
    here, there = Change(10, 1, line(EWA, 2), line(ADAM, 2)), Change(11, 1, line(ADAM, 2.5), line(EWA, 2.5))
    lines = {(10, 1): line(EWA, 2), (11, 1): line(ADAM, 2.5), (12, 1): line(ADAM, 6)}
    visits = {10: FREE, 11: FREE}
    assert way_back([here, there], visits, WORK, lines, now=NOW).changes == (here, there)
    begun = way_back([here, there], visits | {11: replace(FREE, waits=False)}, WORK, lines, now=NOW)
    assert begun.changes == ()
    assert begun.stays == {11: Stays.BEGUN, 10: Stays.BUSY}


def test_crew_goes_back_together_or_not_at_all() -> None:
    pair = [BACK, Change(10, 2, None, line(3, 2))]
    assert way_back(pair, {10: FREE}, WORK, {}, now=NOW).stays == {10: Stays.ABSENT}


def holder(visit: Visit) -> tuple[int, datetime] | None:
    found = assignment_of(visit.pk)
    return (found.technician_id, found.during.lower) if found else None


@pytest.mark.django_db
def test_day_goes_back_to_a_version_and_that_is_undone_like_any_change() -> None:
    one, other = a_worker(NOW), a_worker(NOW)
    first, second = a_visit_at(NOW), a_visit_at(NOW, starts=4)
    assign_visit(first.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=first.window_from)
    assign_visit(second.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=second.window_from)
    good = PlanVersion.objects.latest("pk")
    move_assignment(first.pk, other.pk, starts_at=first.window_from, actor=ME, now=NOW)
    move_assignment(second.pk, None, actor=ME, now=NOW)
    span = (first.window_from, first.window_from + HOUR / 2)
    RouteStop.objects.create(technician=one, day=DAY, during=span)
    found = return_to(ME, good.pk, now=NOW)
    assert {change.visit_id for change in found.changes} == {first.pk, second.pk} and not found.stays
    version = restore_version(good.pk, seen=found.newest.pk, actor=ME, now=NOW)
    assert (version.why, version.restores) == (Why.RESTORED, good)
    assert holder(first) == (one.pk, first.window_from) and holder(second) == (one.pk, second.window_from)
    assert not RouteStop.objects.filter(technician=one, during__overlap=span).exists()
    undo_last(actor=ME, now=NOW)
    assert holder(first) == (other.pk, first.window_from) and holder(second) is None


@pytest.mark.django_db
def test_what_has_begun_was_booked_since_or_has_nobody_any_more_stays() -> None:
    one, other = a_worker(NOW), a_worker(NOW)
    first, begun = a_visit_at(NOW), a_visit_at(NOW, starts=4)
    for visit in (first, begun):
        assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)
    good, later = PlanVersion.objects.latest("pk"), NOW + timedelta(minutes=10)
    for visit in (first, begun):
        move_assignment(visit.pk, other.pk, starts_at=visit.window_from, actor=ME, now=later)
    booked = a_visit_at(later, starts=7)
    assign_visit(booked.pk, other.pk, actor=SYSTEM, now=later, starts_at=booked.window_from)
    set_out(begun.pk, actor=SYSTEM, now=later)
    Shift.objects.filter(technician=one).delete()
    found = return_to(ME, good.pk, now=later)
    assert found.changes == ()
    assert found.stays == {first.pk: Stays.ABSENT, begun.pk: Stays.BEGUN, booked.pk: Stays.NEWER}
    with pytest.raises(NothingToRestore):
        restore_version(good.pk, seen=found.newest.pk, actor=ME, now=later)


@pytest.mark.django_db
def test_stranger_stale_page_and_unknown_version_are_refused() -> None:
    visit, one = a_visit_at(NOW), a_worker(NOW)
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)
    good = PlanVersion.objects.latest("pk")
    move_assignment(visit.pk, None, actor=ME, now=NOW)
    with pytest.raises(Forbidden):
        restore_version(good.pk, seen=good.pk, actor=an_actor("agent"), now=NOW)
    with pytest.raises(PlanOutdated):
        restore_version(good.pk, seen=good.pk, actor=ME, now=NOW)
    with pytest.raises(NoSuchVersion):
        restore_version(0, seen=good.pk, actor=ME, now=NOW)
    assert plan_versions(ME, DAY).count() == 2 and holder(visit) is None
