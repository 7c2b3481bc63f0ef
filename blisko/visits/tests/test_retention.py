"""What was written about visits is forgotten in time; what waits for somebody, and every answer, is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.visits.models import Confirmation, Dispute, Note, Visit, VisitRequest
from blisko.visits.rules import DisputeReason
from blisko.visits.services import (
    answer_dispute,
    arrive,
    confirm_service,
    dismiss_request,
    finish,
    open_dispute,
    rate_visit,
    write_note,
)
from blisko.visits.tests.make import a_link_to, a_visit

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
YEARS = timedelta(days=1096)
pytestmark = pytest.mark.django_db


def a_story() -> Visit:
    """Answer a visit of which everybody wrote something: a note, a comment, a wish, a dispute."""
    visit = a_visit(NOW)
    customer = a_link_to(visit, NOW)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    finish(visit.pk, actor=SYSTEM, now=NOW, note="the dog bites")
    write_note(visit.pk, "the key is under the mat", actor=customer, now=NOW)
    confirm_service(visit.pk, False, asked="Does everything work?", language="en", actor=customer, now=NOW, comment="still dead")
    rate_visit(visit.pk, 2, actor=customer, now=NOW, comment="he was late")
    open_dispute(visit.pk, DisputeReason.TIMES, "an hour late", actor=customer, now=NOW)
    return visit


def words_of(visit: Visit) -> list[str]:
    visit = Visit.objects.get(pk=visit.pk)
    dispute = Dispute.objects.get(visit=visit)
    request = VisitRequest.objects.get(visit=visit)
    answer = Confirmation.objects.get(visit=visit)
    notes = list(Note.objects.filter(visit=visit).values_list("text", flat=True))
    return [words for words in (visit.end_note, answer.comment, request.text, dispute.text, dispute.answer, *notes) if words]


def test_words_go_after_three_years_and_answers_stay() -> None:
    visit = a_story()
    dismiss_request(VisitRequest.objects.get(visit=visit).pk, why="", actor=SYSTEM, now=NOW)
    answer_dispute(Dispute.objects.get(visit=visit).pk, accepted=True, answer="sorry", actor=SYSTEM, now=NOW)
    before = words_of(visit)
    assert len(before) == 6
    run_retention(now=NOW + timedelta(days=1094))
    assert words_of(visit) == before
    assert run_retention(now=NOW + YEARS)["visits.words"] == 1
    assert words_of(visit) == []
    answer = Confirmation.objects.get(visit=visit)
    assert (answer.works, answer.rating) == (False, 2)


def test_what_waits_for_somebody_keeps_its_words() -> None:
    visit = a_story()
    run_retention(now=NOW + YEARS)
    assert words_of(visit) == ["still dead", "an hour late"]
