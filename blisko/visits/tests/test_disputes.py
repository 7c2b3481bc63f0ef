"""A customer disputes a report, and is answered (O9)."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.rules import SYSTEM, Actor, ActorKind
from blisko.kit.errors import WrongMoment
from blisko.kit.steps import steps_of
from blisko.visits.errors import EmptyAnswer, NoSuchDispute, StepNotYours
from blisko.visits.models import Dispute, Visit
from blisko.visits.queries import dispute_by_id, dispute_for, dispute_of, disputes_for
from blisko.visits.rules import CancelReason, DisputeReason, DisputeState, VisitState
from blisko.visits.services import answer_dispute, arrive, cancel_visit, finish, open_dispute
from blisko.visits.tests.make import a_link_to, a_visit

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
JUDGE = Actor(ActorKind.PERSON, "user:7", "Ada", frozenset({"visits.answer_disputes"}))
pytestmark = pytest.mark.django_db


def a_done_visit() -> Visit:
    visit = a_visit(NOW)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    return finish(visit.pk, actor=SYSTEM, now=NOW + HOUR)


def a_dispute() -> Dispute:
    visit = a_done_visit()
    return open_dispute(visit.pk, DisputeReason.TIMES, " He came later. ", actor=a_link_to(visit, NOW), now=NOW + 2 * HOUR)


def test_customer_disputes_once_and_the_first_words_stand() -> None:
    first = a_dispute()
    again = open_dispute(first.visit_id, DisputeReason.OTHER, "x", actor=a_link_to(first.visit, NOW), now=NOW + 3 * HOUR)
    assert again.pk == first.pk
    assert (again.reason, again.text, again.state) == ("times", "He came later.", DisputeState.OPEN)
    assert dispute_of(first.visit_id) == dispute_by_id(first.pk) == first


def test_nobody_disputes_without_words_before_the_end_or_for_the_customer() -> None:
    visit = a_visit(NOW)
    link = a_link_to(visit, NOW)
    with pytest.raises(WrongMoment):
        open_dispute(visit.pk, DisputeReason.OTHER, "x", actor=link, now=NOW)
    cancel_visit(visit.pk, actor=link, now=NOW, reason=CancelReason.NOT_HOME)
    with pytest.raises(WrongMoment):
        open_dispute(visit.pk, DisputeReason.OTHER, "x", actor=link, now=NOW)
    done = a_done_visit()
    assert done.state == VisitState.DONE
    with pytest.raises(StepNotYours):
        open_dispute(done.pk, DisputeReason.OTHER, "x", actor=SYSTEM, now=NOW)
    with pytest.raises(EmptyAnswer):
        open_dispute(done.pk, DisputeReason.OTHER, "  ", actor=a_link_to(done, NOW), now=NOW)
    assert not Dispute.objects.exists()


@pytest.mark.parametrize(("accepted", "state"), [(True, DisputeState.ACCEPTED), (False, DisputeState.DECLINED)])
def test_answer_is_given_once_with_words_and_is_audited(accepted: bool, state: DisputeState) -> None:
    dispute = a_dispute()
    with pytest.raises(EmptyAnswer):
        answer_dispute(dispute.pk, accepted=accepted, answer=" ", actor=JUDGE, now=NOW + 3 * HOUR)
    answered = answer_dispute(dispute.pk, accepted=accepted, answer="So it was.", actor=JUDGE, now=NOW + 3 * HOUR)
    kept = Dispute.objects.get()
    assert (kept.state, kept.answer, kept.answered_by, kept.answered_at) == (state, "So it was.", "user:7", NOW + 3 * HOUR)
    assert [(step.went_to, step.by) for step in steps_of(answered)] == [(state, "user:7")]
    assert AuditEntry.objects.filter(verb="answer_dispute", subject=f"visit:{dispute.visit_id}").count() == 1
    with pytest.raises(WrongMoment):
        answer_dispute(dispute.pk, accepted=accepted, answer="Again.", actor=JUDGE, now=NOW + 4 * HOUR)


def test_only_who_may_answers_and_sees_those_that_wait_first() -> None:
    first, second = a_dispute(), a_dispute()
    nobody = Actor(ActorKind.PERSON, "user:8", "Bo")
    for forbidden in (lambda: disputes_for(nobody), lambda: dispute_for(nobody, first.pk)):
        with pytest.raises(Forbidden):
            forbidden()
    with pytest.raises(Forbidden):
        answer_dispute(first.pk, accepted=True, answer="x", actor=nobody, now=NOW)
    with pytest.raises(NoSuchDispute):
        dispute_for(JUDGE, 10**9)
    answer_dispute(second.pk, accepted=False, answer="x", actor=JUDGE, now=NOW + 3 * HOUR)
    assert list(disputes_for(JUDGE)) == [first, second]
