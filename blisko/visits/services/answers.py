from datetime import datetime

from django.db import IntegrityError, transaction

from blisko.access.rules import Actor
from blisko.kit.errors import WrongMoment
from blisko.kit.events import emit
from blisko.kit.steps import take_step
from blisko.visits import queries, rules
from blisko.visits.errors import AlreadyAnswered
from blisko.visits.events import ServiceConfirmed, VisitRated
from blisko.visits.models import Confirmation
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
        if visit.order.state != rules.OrderState.OPEN:  # another visit of it may still be to come
            take_step(visit.order, "reopen", by=actor, now=now, why="does not work")
        ask_follow_up(visit, "does_not_work", answer.comment, now=now)
    emit(ServiceConfirmed(visit_id=visit_id, confirmation_id=answer.pk, works=works, at=now))
    tell_watchers(visit_id)
    return answer


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
