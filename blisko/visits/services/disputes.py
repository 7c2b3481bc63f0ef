from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.kit.events import emit
from blisko.kit.steps import take_step
from blisko.visits import queries, rules
from blisko.visits.errors import EmptyAnswer
from blisko.visits.events import DisputeAnswered, DisputeOpened
from blisko.visits.models import Dispute
from blisko.visits.services.booking import tell_watchers


@transaction.atomic
def open_dispute(visit_id: int, reason: rules.DisputeReason, text: str, *, actor: Actor, now: datetime) -> Dispute:
    """Keep that the customer says it was not as the report tells; asked a second time, the first one stands.

    Refuses `WrongMoment` before there is a report, and `EmptyAnswer` without words.
    """
    visit = queries.visit_for(actor, visit_id, now=now, lock=True)
    rules.check_dispute(actor, rules.VisitState(visit.state))
    known = queries.dispute_of(visit_id)
    if known is not None:
        return known
    if not text.strip():
        raise EmptyAnswer
    dispute = Dispute.objects.create(visit=visit, reason=reason, text=text.strip()[:2000], at=now, by=actor.id)
    emit(DisputeOpened(dispute_id=dispute.pk, visit_id=visit_id, at=now))
    tell_watchers(visit_id)
    return dispute


@transaction.atomic
def answer_dispute(dispute_id: int, *, accepted: bool, answer: str, actor: Actor, now: datetime) -> Dispute:
    """Say to the customer whether we see it his way, and why; once. Refuses `EmptyAnswer` without words."""
    require(actor, "visits.answer_disputes")
    dispute = queries.dispute_for(actor, dispute_id)
    if not answer.strip():
        raise EmptyAnswer
    step, words = "accept" if accepted else "decline", answer.strip()[:2000]
    take_step(dispute, step, by=actor, now=now, answer=words, answered_at=now, answered_by=actor.id)
    write_audit(actor, "answer_dispute", f"visit:{dispute.visit_id}", now=now, detail={"dispute": dispute.pk, "accepted": accepted})
    emit(DisputeAnswered(dispute_id=dispute.pk, visit_id=dispute.visit_id, accepted=accepted, at=now))
    tell_watchers(dispute.visit_id)
    return dispute
