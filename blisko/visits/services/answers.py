from datetime import datetime

from django.db import IntegrityError, transaction

from blisko.access.rules import Actor
from blisko.kit.errors import WrongMoment
from blisko.kit.events import emit
from blisko.kit.steps import take_step
from blisko.visits import queries, rules
from blisko.visits.errors import AlreadyAnswered
from blisko.visits.events import LaterAnswered, LowScoreGiven, ServiceConfirmed, VisitRated
from blisko.visits.models import Confirmation, LaterAnswer, Visit, VisitRequest
from blisko.visits.services.booking import tell_watchers
from blisko.visits.services.work import ask_follow_up


@transaction.atomic
def confirm_service(
    visit_id: int, works: bool, *, asked: str, language: str, actor: Actor, now: datetime, comment: str = ""
) -> Confirmation:
    """Keep the customer's answer as evidence: what was asked, in which language, when, and from which link (`actor.id`).

    "No" reopens the work order and leaves a follow-up request. A second answer is refused with `AlreadyAnswered`.
    """
    visit = queries.visit_for(actor, visit_id, now=now)
    rules.check_step(actor, "confirm")
    rules.check_answer(works, None)
    if visit.state != rules.VisitState.DONE:
        rules.VISIT_LIFE.step(rules.VisitState(visit.state), "confirm")
    try:
        with transaction.atomic():
            answer = Confirmation.objects.create(
                visit=visit, works=works, comment=comment.strip()[:2000], asked=asked[:200], language=language, at=now, by=actor.id
            )
    except IntegrityError:
        raise AlreadyAnswered from None
    if not works:
        _reopen(visit, "does_not_work", answer.comment, actor=actor, now=now)
    emit(ServiceConfirmed(visit_id=visit_id, confirmation_id=answer.pk, works=works, at=now))
    tell_watchers(visit_id)
    return answer


@transaction.atomic
def confirm_later(visit_id: int, works: bool, *, asked: str, language: str, actor: Actor, now: datetime) -> LaterAnswer:
    """Keep, as evidence beside the first answer, what the customer says days later of whether everything still works.

    "No" reopens the work order and leaves a follow-up request. Refuses `AlreadyAnswered`, and `WrongMoment` unless the first was "yes".
    """
    visit = queries.visit_for(actor, visit_id, now=now)
    first = Confirmation.objects.filter(visit=visit).first()
    rules.check_later(actor, rules.VisitState(visit.state), first.works if first else None)
    try:
        with transaction.atomic():
            answer = LaterAnswer.objects.create(visit=visit, works=works, asked=asked[:200], language=language, at=now, by=actor.id)
    except IntegrityError:
        raise AlreadyAnswered from None
    if not works:
        _reopen(visit, "stopped_working", "", actor=actor, now=now)
    emit(LaterAnswered(visit_id=visit_id, works=works, at=now))
    tell_watchers(visit_id)
    return answer


def _reopen(visit: Visit, reason: str, comment: str, *, actor: Actor, now: datetime) -> None:
    """Let the job be open again, and a dispatcher know why."""
    if visit.order.state != rules.OrderState.OPEN:  # another visit of it may still be to come
        take_step(visit.order, "reopen", by=actor, now=now, why=reason.replace("_", " "))
    ask_follow_up(visit, reason, comment, now=now)


@transaction.atomic
def rate_visit(visit_id: int, rating: int, *, actor: Actor, now: datetime, comment: str = "") -> Confirmation:
    """Add stars and words to an answer, once; refuses `WrongMoment` where no answer was given yet."""
    visit = queries.visit_for(actor, visit_id, now=now)
    rules.check_step(actor, "rate")
    rules.check_answer(True, rating)
    rated = Confirmation.objects.filter(visit=visit, rated_at=None).update(rating=rating, comment=comment.strip()[:2000], rated_at=now)
    if not rated:
        raise AlreadyAnswered if Confirmation.objects.filter(visit=visit).exists() else WrongMoment(details={"step": "rate"})
    answer = Confirmation.objects.get(visit=visit)
    emit(VisitRated(visit_id=visit_id, confirmation_id=answer.pk, rating=rating, at=now))
    tell_watchers(visit_id)
    return answer


@transaction.atomic
def bring_low_score(visit_id: int, *, at_most: int, now: datetime) -> VisitRequest | None:
    """Lay a score of `at_most` stars or fewer before a dispatcher, once; answer the new request, or None where none is needed.

    A visit that waits for a dispatcher already ("no, it does not work") gets no second request: stars and words stand beside the first.
    """
    answer = Confirmation.objects.filter(visit_id=visit_id).first()
    if answer is None or not rules.needs_a_person(answer.rating, at_most):
        return None
    if VisitRequest.objects.filter(visit_id=visit_id, state=rules.RequestState.OPEN).exists():
        return None
    request, new = VisitRequest.objects.get_or_create(
        visit_id=visit_id, reason=rules.LOW_SCORE, defaults={"text": answer.comment, "at": now}
    )
    if not new:
        return None
    emit(LowScoreGiven(request_id=request.pk, visit_id=visit_id, at=now))
    tell_watchers(visit_id)
    return request
