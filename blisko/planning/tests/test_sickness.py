"""Sick leave in one tap (F14, F7)."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.tests.make import an_actor
from blisko.field.errors import NoSuchTechnician
from blisko.field.models import Shift
from blisko.field.tests.make import actor_of
from blisko.kit.tests.at_once import AtOnce
from blisko.planning.errors import BadSickLeave, PlanOutdated
from blisko.planning.models import SickLeave
from blisko.planning.queries import assignment_of, uncovered_by_sickness
from blisko.planning.services import assign_visit, report_sick
from blisko.planning.services.versions import queue_up
from blisko.planning.tests.make import a_visit_at, a_worker
from blisko.visits.errors import NoSuchVisit
from blisko.visits.queries import visit_for
from blisko.visits.rules import VisitState
from blisko.visits.services import arrive, set_out

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DESK = an_actor("dispatcher", "user:7")
pytestmark = pytest.mark.django_db


def test_visits_of_who_is_sick_are_nobodys_and_their_promises_are_before_the_dispatcher() -> None:
    me, other = a_worker(NOW), a_worker(NOW)
    first, second, tomorrow = a_visit_at(NOW, starts=2), a_visit_at(NOW, starts=4), a_visit_at(NOW, starts=26)
    for visit in (second, first):
        assign_visit(visit.pk, me.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)
    leave = report_sick(1, actor=actor_of(me), now=NOW)
    assert [assignment_of(one.pk) for one in (first, second)] == [None, None]
    with pytest.raises(NoSuchVisit):
        visit_for(actor_of(me), first.pk, now=NOW)
    assert not Shift.objects.filter(technician=me, ends_at__gt=NOW).exists()
    assert leave.ends_at == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert uncovered_by_sickness(DESK, now=NOW) == [(leave, [first, second])]
    assign_visit(first.pk, other.pk, actor=DESK, now=NOW)
    assert uncovered_by_sickness(DESK, now=NOW) == [(leave, [second])]
    assign_visit(second.pk, other.pk, actor=DESK, now=NOW)
    assert uncovered_by_sickness(DESK, now=NOW) == []
    assert tomorrow.state == VisitState.BOOKED


def test_who_is_on_the_way_turns_back_and_who_is_there_stays_until_it_ends() -> None:
    me, there = a_worker(NOW), a_worker(NOW)
    driving, running = a_visit_at(NOW, starts=1), a_visit_at(NOW, starts=0)
    assign_visit(driving.pk, me.pk, actor=SYSTEM, now=NOW, starts_at=driving.window_from)
    assign_visit(running.pk, there.pk, actor=SYSTEM, now=NOW, starts_at=running.window_from)
    set_out(driving.pk, actor=actor_of(me), now=NOW)
    for step in (set_out, arrive):
        step(running.pk, actor=actor_of(there), now=NOW)
    later = NOW + timedelta(minutes=5)
    report_sick(1, actor=actor_of(me), now=later)
    report_sick(2, actor=actor_of(there), now=later)
    driving.refresh_from_db()
    assert (driving.state, driving.set_out_at, assignment_of(driving.pk)) == (VisitState.BOOKED, None, None)
    held = assignment_of(running.pk)
    assert held is not None and held.technician_id == there.pk
    assert visit_for(actor_of(there), running.pk, now=later).state == VisitState.ON_SITE
    assert [one.visit_ids for one in SickLeave.objects.order_by("pk")] == [[driving.pk], []]


@pytest.mark.parametrize("days", [0, 15, -1])
def test_sick_leave_of_no_length_or_too_long_is_refused(days: int) -> None:
    with pytest.raises(BadSickLeave):
        report_sick(days, actor=actor_of(a_worker(NOW)), now=NOW)


def test_nobody_reports_somebody_else_sick_and_it_is_forgotten_in_time() -> None:
    with pytest.raises(NoSuchTechnician):
        report_sick(1, actor=DESK, now=NOW)
    report_sick(1, actor=actor_of(a_worker(NOW)), now=NOW)
    assert run_retention(now=NOW + timedelta(days=91))["planning.sick_leaves"] == 1


def test_visit_given_to_him_at_that_very_moment_is_not_forgotten(at_once: AtOnce) -> None:
    me, known, new = a_worker(NOW), a_visit_at(NOW, starts=2), a_visit_at(NOW, starts=5)
    assign_visit(known.pk, me.pk, actor=SYSTEM, now=NOW, starts_at=known.window_from)
    actor, held = actor_of(me), Event()

    def give() -> None:
        with transaction.atomic():
            queue_up([me.pk])
            held.set()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(1)")
            assign_visit(new.pk, me.pk, actor=SYSTEM, now=NOW, starts_at=new.window_from)

    def report() -> None:
        held.wait(10)
        report_sick(1, actor=actor, now=NOW)

    found = at_once(give, report)
    assert [type(one) for one in found if one] == [PlanOutdated]
    assert not SickLeave.objects.exists()
    report_sick(1, actor=actor, now=NOW)
    assert SickLeave.objects.get().visit_ids == [known.pk, new.pk]
