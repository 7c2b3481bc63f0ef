"""Work on a visit, write about it and answer for it: every step, every event, and who is faster."""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.rules import SYSTEM, Actor
from blisko.access.services import give_key
from blisko.accounts.tests.make import an_actor
from blisko.kit.errors import WrongMoment
from blisko.kit.steps import steps_of, take_step
from blisko.kit.tests.at_once import AtOnce
from blisko.kit.tests.told import events_told
from blisko.visits import queries, services
from blisko.visits.errors import AlreadyAnswered, BadAnswer, NoSuchVisit, StepNotYours
from blisko.visits.events import (
    FollowUpAsked,
    LaterAnswered,
    LowScoreGiven,
    NoteWritten,
    ServiceConfirmed,
    TechnicianArrived,
    TechnicianSetOut,
    TechnicianTurnedBack,
    VisitDone,
    VisitFailed,
    VisitRated,
)
from blisko.visits.models import Confirmation, Visit, VisitRequest
from blisko.visits.rules import LOW_SCORE, OrderState, VisitState
from blisko.visits.services.work import ask_follow_up
from blisko.visits.tests.make import a_link_to, a_visit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
pytestmark = pytest.mark.django_db


def a_worker(visit: Visit) -> Actor:
    give_key("user:9", f"visit:{visit.pk}", by=SYSTEM, now=NOW)
    return an_actor("technician", "user:9")


def a_link(visit: Visit) -> Actor:
    return a_link_to(visit, NOW)


def done(visit: Visit) -> Visit:
    services.arrive(visit.pk, actor=SYSTEM, now=NOW)
    return services.finish(visit.pk, actor=SYSTEM, now=NOW)


def confirm(visit: Visit, works: bool, actor: Actor, comment: str = "") -> Confirmation:
    return services.confirm_service(visit.pk, works, asked="Does everything work?", language="en", actor=actor, now=NOW, comment=comment)


@pytest.mark.parametrize("works", [True, False])
def test_later_answer_stands_beside_the_first_and_a_no_opens_the_job_again(works: bool) -> None:
    visit = done(a_visit(NOW))
    link = a_link(visit)
    asked = {"asked": "Is everything still working?", "language": "en", "actor": link, "now": LATER}
    with pytest.raises(WrongMoment):
        services.confirm_later(visit.pk, works, **asked)  # nothing was answered yet
    confirm(visit, True, link)
    answer = services.confirm_later(visit.pk, works, **asked)
    assert (answer.works, answer.by, answer.at) == (works, link.id, LATER)
    assert events_told(LaterAnswered) == [LaterAnswered(visit.pk, works, LATER)]
    wishes = list(VisitRequest.objects.filter(visit=visit).values_list("reason", flat=True))
    assert wishes == ([] if works else ["stopped_working"])
    assert queries.visit_by_id(visit.pk).order.state == (OrderState.RESOLVED if works else OrderState.OPEN)
    assert queries.visit_by_id(visit.pk).works is works
    with pytest.raises(AlreadyAnswered):
        services.confirm_later(visit.pk, works, **asked)
    with pytest.raises(StepNotYours):
        services.confirm_later(visit.pk, works, **{**asked, "actor": an_actor("dispatcher")})


def test_technician_who_turns_back_leaves_the_visit_booked_and_no_trace_of_the_way() -> None:
    visit = a_visit(NOW)
    me = a_worker(visit)
    assert services.set_out(visit.pk, actor=me, now=NOW).set_out_at == NOW
    services.turn_back(visit.pk, actor=me, now=LATER)
    kept = queries.visit_by_id(visit.pk)
    assert (kept.state, kept.set_out_at) == (VisitState.BOOKED, None)
    assert events_told(TechnicianSetOut) == [TechnicianSetOut(visit.pk, NOW)]
    assert events_told(TechnicianTurnedBack) == [TechnicianTurnedBack(visit.pk, LATER)]


def test_finished_visit_resolves_its_order_and_keeps_the_note() -> None:
    visit = a_visit(NOW)
    me = a_worker(visit)
    services.arrive(visit.pk, actor=me, now=NOW)
    services.finish(visit.pk, actor=me, now=LATER, note="New socket.")
    kept = queries.visit_by_id(visit.pk)
    assert (kept.arrived_at, kept.ended_at, kept.end_note) == (NOW, LATER, "New socket.")
    assert (kept.state, kept.order.state) == (VisitState.DONE, OrderState.RESOLVED)
    assert events_told(TechnicianArrived) == [TechnicianArrived(visit.pk, NOW)]
    assert events_told(VisitDone) == [VisitDone(visit.pk, LATER)]


@pytest.mark.parametrize(
    ("end", "state", "asks"),
    [
        (services.report_no_access, VisitState.NO_ACCESS, True),
        (services.need_another, VisitState.NEEDS_ANOTHER, True),
        (services.give_up, VisitState.NOT_COMPLETED, False),
    ],
)
def test_failed_visit_says_how_and_asks_for_another_where_one_is_wanted(end: Callable[..., Visit], state: VisitState, asks: bool) -> None:
    visit = a_visit(NOW)
    me = a_worker(visit)
    services.arrive(visit.pk, actor=me, now=NOW)
    end(visit.pk, actor=me, now=LATER, note="Nobody could open the cellar.")
    kept = queries.visit_by_id(visit.pk)
    assert (kept.state, kept.ended_at, kept.end_note, kept.order.state) == (state, LATER, "Nobody could open the cellar.", "open")
    assert events_told(VisitFailed) == [VisitFailed(visit.pk, state, "Nobody could open the cellar.", LATER)]
    assert [(r.reason, r.text) for r in queries.open_requests(SYSTEM)] == [(state, "Nobody could open the cellar.")] * asks
    assert len(events_told(FollowUpAsked)) == asks
    with pytest.raises(WrongMoment):
        end(visit.pk, actor=me, now=LATER, note="")


def test_same_wish_for_another_visit_is_asked_once() -> None:
    visit = a_visit(NOW)
    first = ask_follow_up(visit, "does_not_work", "No picture.", now=NOW)
    assert ask_follow_up(visit, "does_not_work", "Still none.", now=LATER) == first
    assert events_told(FollowUpAsked) == [FollowUpAsked(first.pk, visit.pk, NOW)]
    assert VisitRequest.objects.get().text == "No picture."


def test_stranger_takes_no_step_and_writes_no_note() -> None:
    visit = a_visit(NOW)
    stranger = an_actor("technician", "user:7")
    for act in (services.set_out, services.arrive):
        with pytest.raises(NoSuchVisit):
            act(visit.pk, actor=stranger, now=NOW)
    with pytest.raises(NoSuchVisit):
        services.write_note(visit.pk, "Hello", actor=stranger, now=NOW)
    with pytest.raises(NoSuchVisit):
        confirm(done(visit), True, stranger)


def test_customer_s_link_takes_no_step_of_the_technician() -> None:
    visit = a_visit(NOW)
    with pytest.raises(StepNotYours):
        services.set_out(visit.pk, actor=a_link(visit), now=NOW)
    assert steps_of(visit).count() == 0


def test_note_says_whether_the_customer_wrote_it_and_is_cut_to_length() -> None:
    visit = a_visit(NOW)
    mine = services.write_note(visit.pk, " The gate code is 12. ", actor=a_worker(visit), now=NOW)
    theirs = services.write_note(visit.pk, "x" * 3000, actor=a_link(visit), now=LATER)
    assert (mine.text, mine.by, mine.by_name, mine.by_customer) == ("The gate code is 12.", "user:9", "Technician", False)
    assert (len(theirs.text), theirs.by_customer) == (2000, True)
    assert events_told(NoteWritten) == [NoteWritten(visit.pk, mine.pk, NOW), NoteWritten(visit.pk, theirs.pk, LATER)]


def test_yes_is_evidence_and_leaves_the_order_resolved() -> None:
    visit = done(a_visit(NOW))
    link = a_link(visit)
    answer = confirm(visit, True, link, " Thank you. ")
    assert (answer.works, answer.asked, answer.language, answer.comment) == (True, "Does everything work?", "en", "Thank you.")
    assert (answer.by, answer.at) == (link.id, NOW)
    assert events_told(ServiceConfirmed) == [ServiceConfirmed(visit.pk, answer.pk, True, NOW)]
    assert events_told(FollowUpAsked) == []
    assert queries.visit_by_id(visit.pk).order.state == OrderState.RESOLVED


def test_nobody_of_ours_answers_for_the_customer() -> None:
    visit = a_visit(NOW)
    me = a_worker(visit)
    done(visit)
    for actor in (me, an_actor("dispatcher"), an_actor("admin")):
        with pytest.raises(StepNotYours):
            confirm(visit, True, actor)
    confirm(visit, True, a_link(visit))
    with pytest.raises(StepNotYours):
        services.rate_visit(visit.pk, 5, actor=me, now=NOW)


@pytest.mark.parametrize("end", [services.report_no_access, services.need_another, services.give_up])
def test_visit_that_did_not_do_its_job_is_not_confirmed(end: Callable[..., Visit]) -> None:
    visit = a_visit(NOW)
    services.arrive(visit.pk, actor=SYSTEM, now=NOW)
    end(visit.pk, actor=SYSTEM, now=NOW, note="")
    with pytest.raises(WrongMoment):
        confirm(visit, True, a_link(visit))
    assert not Confirmation.objects.exists()


def test_stars_are_given_once_and_only_to_an_answer() -> None:
    visit = done(a_visit(NOW))
    link = a_link(visit)
    with pytest.raises(WrongMoment) as early:
        services.rate_visit(visit.pk, 5, actor=link, now=NOW)
    assert early.type is WrongMoment
    answer = confirm(visit, True, link)
    for stars in (0, 6):
        with pytest.raises(BadAnswer):
            services.rate_visit(visit.pk, stars, actor=link, now=NOW)
    rated = services.rate_visit(visit.pk, 4, actor=link, now=LATER, comment=" Quick. ")
    assert (rated.pk, rated.rating, rated.comment, rated.rated_at) == (answer.pk, 4, "Quick.", LATER)
    with pytest.raises(AlreadyAnswered):
        services.rate_visit(visit.pk, 1, actor=link, now=LATER)
    assert events_told(VisitRated) == [VisitRated(visit.pk, answer.pk, 4, LATER)]
    assert Confirmation.objects.get().rating == 4


def test_step_on_a_row_that_somebody_moved_meanwhile_is_refused_and_leaves_it_as_it_was() -> None:
    visit = a_visit(NOW)
    stale = copy(visit)
    take_step(visit, "set_out", by=SYSTEM, now=NOW, set_out_at=NOW)
    with pytest.raises(WrongMoment):
        take_step(stale, "cancel", by=SYSTEM, now=NOW)
    assert (visit.state, visit.set_out_at, stale.state) == (VisitState.ON_THE_WAY, NOW, VisitState.BOOKED)
    assert [step.name for step in steps_of(visit)] == ["set_out"]


def test_step_two_take_at_once_is_taken_by_exactly_one(at_once: AtOnce) -> None:
    visit = a_visit(NOW)
    said = at_once(
        *[lambda: services.set_out(visit.pk, actor=SYSTEM, now=NOW)] * 3,
        lambda: services.arrive(visit.pk, actor=SYSTEM, now=NOW),
    )
    ways = [step.name for step in steps_of(visit)]
    assert ways in (["set_out"], ["arrive"], ["set_out", "arrive"])
    assert sum(isinstance(one, Visit) for one in said) == len(ways)
    assert sum(isinstance(one, WrongMoment) for one in said) == 4 - len(ways)
    assert len(events_told(TechnicianSetOut)) == ways.count("set_out")


def test_answer_given_twice_at_once_is_kept_once(at_once: AtOnce) -> None:
    visit = done(a_visit(NOW))
    link = a_link(visit)
    said = at_once(lambda: confirm(visit, True, link), lambda: confirm(visit, False, link))
    assert sorted(type(one).__name__ for one in said) == ["AlreadyAnswered", "Confirmation"]
    answer = Confirmation.objects.get()
    assert queries.visit_by_id(visit.pk).order.state == (OrderState.RESOLVED if answer.works else OrderState.OPEN)
    assert VisitRequest.objects.count() == (not answer.works)


def test_visit_rated_twice_at_once_keeps_one_rating(at_once: AtOnce) -> None:
    visit = done(a_visit(NOW))
    link = a_link(visit)
    confirm(visit, True, link)
    said = at_once(*(lambda stars=stars: services.rate_visit(visit.pk, stars, actor=link, now=NOW) for stars in (1, 5)))
    assert sorted(type(one).__name__ for one in said) == ["AlreadyAnswered", "Confirmation"]
    assert len(events_told(VisitRated)) == 1


def test_low_score_waits_for_a_dispatcher_once() -> None:
    visit = done(a_visit(NOW))
    link = a_link(visit)
    assert services.bring_low_score(visit.pk, at_most=2, now=NOW) is None
    confirm(visit, True, link)
    assert services.bring_low_score(visit.pk, at_most=2, now=NOW) is None
    services.rate_visit(visit.pk, 2, actor=link, now=NOW, comment="Left dust.")
    for limit in (0, 1):
        assert services.bring_low_score(visit.pk, at_most=limit, now=NOW) is None
    request = services.bring_low_score(visit.pk, at_most=2, now=LATER)
    assert request is not None and (request.reason, request.text, request.at) == (LOW_SCORE, "Left dust.", LATER)
    assert services.bring_low_score(visit.pk, at_most=2, now=LATER) is None
    services.dismiss_request(request.pk, why="Called and settled.", actor=an_actor("dispatcher"), now=LATER)
    assert services.bring_low_score(visit.pk, at_most=2, now=LATER) is None
    assert events_told(LowScoreGiven) == [LowScoreGiven(request.pk, visit.pk, LATER)]
    assert [(step.name, step.by) for step in steps_of(request)] == [("dismiss", an_actor("dispatcher").id)]


def test_low_score_of_a_visit_that_waits_already_makes_no_second_request() -> None:
    visit = done(a_visit(NOW))
    link = a_link(visit)
    confirm(visit, False, link)
    services.rate_visit(visit.pk, 1, actor=link, now=NOW)
    assert services.bring_low_score(visit.pk, at_most=2, now=NOW) is None
    assert [one.reason for one in queries.open_requests(SYSTEM)] == ["does_not_work"]
