from datetime import UTC, datetime

import pytest

from blisko.access.queries import actor_by_token
from blisko.access.rules import SYSTEM, KeyKind
from blisko.access.services import give_token, reveal_token
from blisko.accounts.tests.make import an_actor
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit.errors import NotFound, WrongMoment
from blisko.kit.steps import steps_of
from blisko.kit.tests.work import do_jobs
from blisko.planning.queries import assignment_of
from blisko.planning.services import assign_visit
from blisko.visits import queries, services
from blisko.visits.errors import AlreadyAnswered, StepNotYours
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.tests.make import a_visit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_stranger_cannot_see_the_visit() -> None:
    visit = a_visit(NOW)
    stranger = actor_of(a_technician(NOW))
    with pytest.raises(NotFound):
        queries.visit_for(stranger, visit.pk, now=NOW)


def test_technician_sees_the_visit_exactly_as_long_as_it_is_his() -> None:
    visit, first, second = a_visit(NOW), a_technician(NOW), a_technician(NOW)
    assign_visit(visit.pk, first.pk, actor=SYSTEM, now=NOW)
    assert queries.visit_for(actor_of(first), visit.pk, now=NOW) == visit
    assign_visit(visit.pk, second.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        queries.visit_for(actor_of(first), visit.pk, now=NOW)
    assert queries.visit_for(actor_of(second), visit.pk, now=NOW) == visit


def test_visit_goes_from_booked_to_done_and_tells_each_step() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    me = actor_of(technician)
    services.set_out(visit.pk, actor=me, now=NOW)
    services.arrive(visit.pk, actor=me, now=NOW)
    services.finish(visit.pk, actor=me, now=NOW)
    done = queries.visit_by_id(visit.pk)
    assert (done.state, done.order.state) == (VisitState.DONE, "resolved")
    assert [(s.name, s.by) for s in steps_of(visit)] == [("set_out", me.id), ("arrive", me.id), ("finish", me.id)]


def test_dispatcher_without_the_permission_may_not_report_progress() -> None:
    visit = a_visit(NOW)
    with pytest.raises(StepNotYours):
        services.set_out(visit.pk, actor=an_actor("agent"), now=NOW)


def test_cancelling_frees_the_plan_and_takes_the_key_back() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    services.cancel_visit(visit.pk, actor=an_actor("dispatcher"), now=NOW, reason=CancelReason.OPERATOR)
    do_jobs()
    assert assignment_of(visit.pk) is None
    with pytest.raises(NotFound):
        queries.visit_for(actor_of(technician), visit.pk, now=NOW)
    with pytest.raises(WrongMoment):
        services.set_out(visit.pk, actor=SYSTEM, now=NOW)


def test_answer_is_kept_with_time_and_link_and_only_once() -> None:
    visit = a_visit(NOW)
    services.arrive(visit.pk, actor=SYSTEM, now=NOW)
    services.finish(visit.pk, actor=SYSTEM, now=NOW)
    key = give_token(KeyKind.LINK, holder="customer:1", opens=f"visit:{visit.pk}", by=SYSTEM, now=NOW)
    link = actor_by_token(reveal_token(key.pk), kind=KeyKind.LINK, now=NOW)
    answer = services.confirm_service(
        visit.pk, False, asked="Does everything work?", language="pl", actor=link, now=NOW, comment="Nie działa telewizja"
    )
    assert (answer.by, answer.at, answer.works) == (f"key:{key.pk}", NOW, False)
    assert [r.reason for r in queries.open_requests(SYSTEM)] == ["does_not_work"]
    assert queries.visit_by_id(visit.pk).order.state == "open"
    with pytest.raises(AlreadyAnswered):
        services.confirm_service(visit.pk, True, asked="Does everything work?", language="pl", actor=link, now=NOW)


def test_answer_before_the_job_is_done_is_refused() -> None:
    visit = a_visit(NOW)
    with pytest.raises(WrongMoment):
        services.confirm_service(visit.pk, True, asked="?", language="en", actor=SYSTEM, now=NOW)
