"""Book, move, cancel and follow up: every refusal, every event, and who is faster."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.rules import NOBODY, SYSTEM, Actor
from blisko.accounts.tests.make import an_actor
from blisko.customers.tests.make import a_site
from blisko.kit.errors import WrongMoment
from blisko.kit.steps import steps_of
from blisko.kit.tests.at_once import AtOnce
from blisko.kit.tests.told import events_told
from blisko.visits import queries, services
from blisko.visits.errors import BadWindow, NoSuchJobType, NoSuchVisit, NumberTaken, StepNotYours
from blisko.visits.events import VisitBooked, VisitCancelled, VisitMoved
from blisko.visits.models import Visit, VisitRequest
from blisko.visits.rules import CancelReason, OrderState, RequestState, VisitState
from blisko.visits.tests.make import a_job_type, a_link_to, a_visit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DISPATCHER, AGENT = an_actor("dispatcher"), an_actor("agent")
pytestmark = pytest.mark.django_db


def a_link(visit: Visit) -> Actor:
    return a_link_to(visit, NOW)


def book(actor: Actor = AGENT, *, number: str = "", job_type: str = "fibre-repair", hours: int = 2, minutes: int | None = None) -> Visit:
    a_job_type()
    window = {"window_from": NOW + HOUR, "window_to": NOW + (1 + hours) * HOUR}
    site = a_site(NOW)
    return services.book_visit(actor=actor, now=NOW, site_id=site.pk, job_type=job_type, number=number, minutes=minutes, **window)


def a_request(visit: Visit) -> VisitRequest:
    services.arrive(visit.pk, actor=SYSTEM, now=NOW)
    services.need_another(visit.pk, actor=SYSTEM, now=NOW, note="The cable is cut.")
    return VisitRequest.objects.get(visit=visit)


def test_booked_visit_has_a_number_the_job_s_length_and_is_told() -> None:
    visit = book()
    assert (visit.number, visit.order.number, visit.minutes) == (f"V-{visit.pk:06d}", f"W-{visit.order.pk:06d}", 60)
    assert (visit.state, visit.order.state) == (VisitState.BOOKED, OrderState.OPEN)
    assert events_told(VisitBooked) == [VisitBooked(visit.pk, NOW)]
    assert AuditEntry.objects.filter(verb="book_visit", subject=f"visit:{visit.pk}", actor=AGENT.id).exists()
    assert book(minutes=25).minutes == 25


def test_operator_s_own_number_is_kept_and_given_once() -> None:
    assert book(number=" 2026/11/7 ").number == "2026/11/7"
    with pytest.raises(NumberTaken) as no:
        book(number="2026/11/7")
    assert no.value.details == {"number": "2026/11/7"}
    assert Visit.objects.count() == 1


def test_operator_s_own_number_that_looks_like_ours_stops_no_later_booking() -> None:
    first = book()
    book(number=f"V-{first.pk + 2:06d}")
    assert book().number.startswith("V-")


def test_booking_without_the_permission_with_a_bad_window_or_an_unknown_job_is_refused() -> None:
    for actor in (an_actor("technician"), an_actor("customer"), NOBODY):
        with pytest.raises(Forbidden):
            book(actor)
    with pytest.raises(BadWindow):
        book(hours=25)
    with pytest.raises(NoSuchJobType):
        book(job_type="roofing")
    assert not Visit.objects.exists()
    assert events_told(VisitBooked) == []


def test_moved_visit_tells_where_it_was() -> None:
    visit = a_visit(NOW)
    moved = services.move_visit(visit.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)
    assert (moved.window_from, moved.window_to) == (NOW + HOUR, NOW + 2 * HOUR)
    assert events_told(VisitMoved) == [VisitMoved(visit.pk, visit.window_from, visit.window_to, NOW)]


def test_visit_that_has_begun_or_ended_is_not_moved() -> None:
    visit = a_visit(NOW)
    for take_the_next_step in (services.set_out, services.arrive, services.finish):
        take_the_next_step(visit.pk, actor=SYSTEM, now=NOW)
        with pytest.raises(WrongMoment) as no:
            services.move_visit(visit.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=DISPATCHER, now=NOW)
        assert no.value.details["step"] == "move"
    assert queries.visit_by_id(visit.pk).window_from == visit.window_from
    assert events_told(VisitMoved) == []


def test_moving_without_the_permission_or_into_the_past_is_refused() -> None:
    visit = a_visit(NOW)
    with pytest.raises(StepNotYours):
        services.move_visit(visit.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=an_actor("technician"), now=NOW)
    with pytest.raises(BadWindow):
        services.move_visit(visit.pk, window_from=NOW - 2 * HOUR, window_to=NOW - HOUR, actor=DISPATCHER, now=NOW)
    with pytest.raises(NoSuchVisit):
        services.move_visit(0, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=DISPATCHER, now=NOW)


def test_cancelled_visit_closes_its_order_keeps_the_reason_and_says_who() -> None:
    ours, theirs = a_visit(NOW), a_visit(NOW)
    services.cancel_visit(ours.pk, actor=AGENT, now=NOW, reason=CancelReason.OTHER, note="Called twice.")
    services.cancel_visit(theirs.pk, actor=a_link(theirs), now=NOW, reason=CancelReason.FIXED_ITSELF)
    kept = queries.visit_by_id(ours.pk)
    assert (kept.state, kept.order.state, kept.ended_at) == (VisitState.CANCELLED, OrderState.CANCELLED, NOW)
    assert (kept.end_reason, kept.end_note) == ("other", "Called twice.")
    assert [step.why for visit in (ours, theirs) for step in steps_of(visit)] == ["Called twice.", "fixed_itself"]
    assert events_told(VisitCancelled) == [
        VisitCancelled(ours.pk, False, "other", NOW),
        VisitCancelled(theirs.pk, True, "fixed_itself", NOW),
    ]


def test_visit_is_cancelled_once_and_not_by_strangers() -> None:
    visit, other = a_visit(NOW), a_visit(NOW)
    with pytest.raises(NoSuchVisit):
        services.cancel_visit(visit.pk, actor=a_link(other), now=NOW, reason=CancelReason.OTHER)
    viewer = Actor(AGENT.kind, AGENT.id, permissions=frozenset({"visits.see_all"}))
    with pytest.raises(StepNotYours):
        services.cancel_visit(visit.pk, actor=viewer, now=NOW, reason=CancelReason.OTHER)
    services.cancel_visit(visit.pk, actor=AGENT, now=NOW, reason=CancelReason.OPERATOR)
    for again in (services.set_out, services.arrive):
        with pytest.raises(WrongMoment):
            again(visit.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(WrongMoment):
        services.cancel_visit(visit.pk, actor=AGENT, now=NOW, reason=CancelReason.OPERATOR)
    assert len(events_told(VisitCancelled)) == 1


def test_follow_up_is_another_visit_of_the_same_work_order() -> None:
    visit = a_visit(NOW)
    request = a_request(visit)
    made = services.book_follow_up(request.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)
    request.refresh_from_db()
    assert (made.order, made.number != visit.number) == (visit.order, True)
    assert (request.state, request.booked_visit) == (RequestState.BOOKED, made)
    assert list(queries.open_requests(AGENT)) == []
    assert [(step.name, step.by) for step in steps_of(request)] == [("book", AGENT.id)]
    with pytest.raises(WrongMoment):
        services.book_follow_up(request.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)
    assert visit.order.visits.count() == 2


def test_follow_up_of_a_closed_order_opens_it_again() -> None:
    visit = a_visit(NOW)
    request = a_request(visit)
    between = services.book_follow_up(request.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)
    again = a_request(between)
    other = VisitRequest.objects.create(visit=visit, reason="asked_by_phone", at=NOW)
    last = services.book_follow_up(other.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)
    services.cancel_visit(last.pk, actor=AGENT, now=NOW, reason=CancelReason.NOT_NEEDED)
    made = services.book_follow_up(again.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)
    order = queries.visit_by_id(made.pk).order
    assert order.state == OrderState.OPEN
    assert [step.name for step in steps_of(order)] == ["cancel", "reopen"]


def test_refused_follow_up_leaves_the_request_open() -> None:
    request = a_request(a_visit(NOW))
    with pytest.raises(BadWindow):
        services.book_follow_up(request.pk, window_from=NOW, window_to=NOW, actor=AGENT, now=NOW)
    with pytest.raises(Forbidden):
        services.book_follow_up(request.pk, window_from=NOW, window_to=NOW + HOUR, actor=an_actor("technician"), now=NOW)
    with pytest.raises(NoSuchVisit):
        services.book_follow_up(0, window_from=NOW, window_to=NOW + HOUR, actor=AGENT, now=NOW)
    assert list(queries.open_requests(AGENT)) == [request]


def test_dismissed_request_says_why_and_stays_dismissed() -> None:
    request = a_request(a_visit(NOW))
    with pytest.raises(Forbidden):
        services.dismiss_request(request.pk, why="Solved.", actor=an_actor("technician"), now=NOW)
    services.dismiss_request(request.pk, why="Solved by telephone.", actor=AGENT, now=NOW)
    assert [(step.name, step.why) for step in steps_of(request)] == [("dismiss", "Solved by telephone.")]
    with pytest.raises(WrongMoment):
        services.dismiss_request(request.pk, why="Again.", actor=AGENT, now=NOW)
    with pytest.raises(WrongMoment):
        services.book_follow_up(request.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)
    with pytest.raises(NoSuchVisit):
        services.dismiss_request(0, why="", actor=AGENT, now=NOW)


def test_request_two_dispatchers_book_at_once_becomes_one_visit(at_once: AtOnce) -> None:
    visit = a_visit(NOW)
    request = a_request(visit)
    said = at_once(
        *[lambda: services.book_follow_up(request.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=AGENT, now=NOW)] * 2
    )
    assert sorted(type(one).__name__ for one in said) == ["Visit", "WrongMoment"]
    assert Visit.objects.filter(order=visit.order).count() == 2


def test_visit_is_either_moved_or_set_out_for_when_both_come_at_once(at_once: AtOnce) -> None:
    visit = a_visit(NOW)
    moved, gone = at_once(
        lambda: services.move_visit(visit.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=SYSTEM, now=NOW),
        lambda: services.set_out(visit.pk, actor=SYSTEM, now=NOW),
    )
    assert isinstance(gone, Visit)  # a moved visit may be set out for, one on its way is not moved
    assert isinstance(moved, Visit | WrongMoment)
    assert len(events_told(VisitMoved)) == isinstance(moved, Visit)


def test_number_two_operators_give_at_once_is_given_once(at_once: AtOnce) -> None:
    a_job_type()
    site = a_site(NOW)
    window = {"window_from": NOW + HOUR, "window_to": NOW + 2 * HOUR}
    said = at_once(
        *[lambda: services.book_visit(actor=SYSTEM, now=NOW, site_id=site.pk, job_type="fibre-repair", number="7", **window)] * 2,
        *[lambda: services.book_visit(actor=SYSTEM, now=NOW, site_id=site.pk, job_type="fibre-repair", **window)] * 2,
    )
    assert sorted(type(one).__name__ for one in said) == ["NumberTaken", "Visit", "Visit", "Visit"]


def test_another_visit_is_booked_only_after_one_that_ended_in_vain() -> None:
    visit = a_visit(NOW)
    with pytest.raises(WrongMoment):
        services.book_again(visit.pk, window_from=NOW + HOUR, window_to=NOW + 2 * HOUR, actor=a_link(visit), now=NOW)
