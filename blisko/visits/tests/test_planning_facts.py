"""What the plan must know of a visit: its worth, its other windows, and which visit of its order comes first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.customers.models import Site
from blisko.customers.tests.make import a_site
from blisko.kit.errors import WrongMoment
from blisko.kit.steps import steps_of, take_step
from blisko.visits import queries, services
from blisko.visits.errors import BadOrder, BadWindow, NoSuchVisit
from blisko.visits.models import Visit
from blisko.visits.rules import WORTH, CancelReason, OrderState, Priority
from blisko.visits.tests.make import a_job_type, a_visit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AGENT = an_actor("agent")
pytestmark = pytest.mark.django_db


def book(site: Site | None = None, **more: Any) -> Visit:
    a_job_type()
    window = {"window_from": NOW + HOUR, "window_to": NOW + 3 * HOUR, "job_type": "fibre-repair"}
    return services.book_visit(actor=AGENT, now=NOW, site_id=(site or a_site(NOW)).pk, **(window | more))  # type: ignore[arg-type]


def spans(visit: Visit) -> list[tuple[datetime, datetime]]:
    return [(one.lower, one.upper) for one in queries.visit_by_id(visit.pk).other_windows]


def test_visit_has_the_priority_of_its_job_type_unless_another_is_said() -> None:
    kind = a_job_type()
    kind.priority = Priority.HIGH
    kind.save()
    assert [book().priority, book(priority=Priority.LOW).priority] == ["high", "low"]
    assert sorted(WORTH, key=WORTH.__getitem__) == list(Priority)


def test_other_windows_are_kept_in_order_and_moving_the_visit_ends_them() -> None:
    later, sooner = (NOW + 8 * HOUR, NOW + 9 * HOUR), (NOW + 5 * HOUR, NOW + 6 * HOUR)
    visit = book(other_windows=[later, sooner])
    assert spans(visit) == [sooner, later]
    services.move_visit(visit.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)
    assert spans(visit) == []
    services.move_visit(visit.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, other_windows=[later], actor=AGENT, now=NOW)
    assert spans(visit) == [later]
    for wrong in ((NOW + HOUR, NOW + 2 * HOUR), (NOW + 6 * HOUR, NOW + 5 * HOUR), (NOW - 2 * HOUR, NOW - HOUR)):
        with pytest.raises(BadWindow):
            book(other_windows=[wrong])
        with pytest.raises(BadWindow):
            services.change_visit(visit.pk, actor=AGENT, now=NOW, other_windows=[wrong])


def test_visit_joins_the_order_of_the_one_it_waits_for_at_the_same_place_for_the_same_job() -> None:
    first = book()
    second = book(first.order.site, after=first.pk, gap_minutes=90)
    assert (second.order, second.after, second.gap_minutes) == (first.order, first, 90)
    with pytest.raises(BadOrder):
        book(after=first.pk)
    a_job_type("other")
    with pytest.raises(BadOrder):
        book(first.order.site, after=first.pk, job_type="other")
    with pytest.raises(NoSuchVisit):
        book(first.order.site, after=0)


def test_order_of_two_visits_closes_with_the_last_of_them() -> None:
    first = book()
    second = book(first.order.site, after=first.pk)
    for visit in (first, second):
        services.arrive(visit.pk, actor=SYSTEM, now=NOW)
        assert services.finish(visit.pk, actor=SYSTEM, now=NOW).order.state == (OrderState.OPEN if visit == first else OrderState.RESOLVED)
    with pytest.raises(BadOrder):
        book(first.order.site, after=first.pk)


def test_order_whose_last_visit_is_cancelled_is_resolved_if_the_other_did_the_job_and_it_works() -> None:
    ends = []
    for answer in (None, True, False):
        first = book()
        second = book(first.order.site, after=first.pk)
        services.arrive(first.pk, actor=SYSTEM, now=NOW)
        services.finish(first.pk, actor=SYSTEM, now=NOW)
        if answer is not None:
            services.confirm_service(first.pk, answer, asked="?", language="en", actor=SYSTEM, now=NOW)
        services.cancel_visit(second.pk, actor=AGENT, now=NOW, reason=CancelReason.NOT_NEEDED)
        ends.append([step.name for step in steps_of(first.order)])
    assert ends == [["resolve"], ["resolve"], ["cancel"]]


def test_both_visits_of_an_order_can_be_cancelled() -> None:
    first = book()
    second = book(first.order.site, after=first.pk)
    assert services.cancel_visit(first.pk, actor=AGENT, now=NOW, reason=CancelReason.OTHER).order.state == OrderState.OPEN
    assert services.cancel_visit(second.pk, actor=AGENT, now=NOW, reason=CancelReason.OTHER).order.state == OrderState.CANCELLED


def test_changed_visit_keeps_what_is_not_named() -> None:
    first = book()
    second = book(first.order.site, after=first.pk, gap_minutes=10)
    later = (NOW + 8 * HOUR, NOW + 9 * HOUR)
    services.change_visit(second.pk, actor=AGENT, now=NOW, priority=Priority.URGENT, other_windows=[later])
    changed = services.change_visit(second.pk, actor=AGENT, now=NOW, must=True)
    assert (changed.priority, changed.must, changed.after, changed.gap_minutes, spans(second)) == ("urgent", True, first, 10, [later])
    changed = services.change_visit(second.pk, actor=AGENT, now=NOW, after=0, gap_minutes=0, must=False, other_windows=[])
    assert (changed.priority, changed.must, changed.after, changed.gap_minutes, spans(second)) == ("urgent", False, None, 0, [])
    assert services.change_visit(first.pk, actor=AGENT, now=NOW, after=second.pk).after == second
    assert AuditEntry.objects.filter(verb="change_visit", actor=AGENT.id).count() == 4


def test_visit_waits_for_none_of_another_order_and_changes_only_while_booked() -> None:
    visit = book()
    with pytest.raises(BadOrder):
        services.change_visit(visit.pk, actor=AGENT, now=NOW, after=a_visit(NOW).pk)
    with pytest.raises(Forbidden):
        services.change_visit(visit.pk, actor=an_actor("technician"), now=NOW, must=True)
    with pytest.raises(NoSuchVisit):
        services.change_visit(0, actor=AGENT, now=NOW, must=True)
    services.set_out(visit.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(WrongMoment):
        services.change_visit(visit.pk, actor=AGENT, now=NOW, must=True)


def test_customer_for_whom_nothing_works_opens_a_resolved_order_again() -> None:
    visit = book()
    services.arrive(visit.pk, actor=SYSTEM, now=NOW)
    services.finish(visit.pk, actor=SYSTEM, now=NOW)
    services.confirm_service(visit.pk, False, asked="?", language="en", actor=SYSTEM, now=NOW)
    assert [step.name for step in steps_of(visit.order)] == ["resolve", "reopen"]


def test_last_visit_of_an_order_closed_long_ago_can_still_be_cancelled() -> None:
    visit = book()
    take_step(visit.order, "cancel", by=SYSTEM, now=NOW)
    assert services.cancel_visit(visit.pk, actor=AGENT, now=NOW, reason=CancelReason.OTHER).order.state == OrderState.CANCELLED
