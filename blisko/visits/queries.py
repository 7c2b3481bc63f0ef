from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from blisko.access.queries import opened_ids, opens
from blisko.access.rules import Actor, require
from blisko.kit.marks import Question, content_mark_of, mark_of
from blisko.visits.errors import NoSuchDispute, NoSuchJobType, NoSuchPhoto, NoSuchVisit
from blisko.visits.models import Dispute, JobType, Measured, Photo, Signature, Tick, Visit, VisitRequest
from blisko.visits.rules import ENDED, DisputeState, Evidence, RequestState, VisitState, most_of

PROMISED = Q(choose_until=None)


def _whole(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return visits.select_related("order", "order__customer", "order__site", "order__job_type", "confirmation", "later_answer")


def visit_for(actor: Actor, visit_id: int, *, now: datetime, lock: bool = False) -> Visit:
    """Answer a visit the actor may see: by permission or by a key to it; else `NoSuchVisit`.

    `lock`: hold the row until the transaction ends, so that nobody moves it meanwhile.
    """
    if not actor.may("visits.see_all") and not opens(actor, f"visit:{visit_id}", now=now):
        raise NoSuchVisit
    if lock:
        Visit.objects.select_for_update(no_key=True).filter(pk=visit_id).first()
    visit = _whole(Visit.objects.all()).filter(pk=visit_id).first()
    if visit is None:
        raise NoSuchVisit
    return visit


def visit_by_id(visit_id: int) -> Visit:
    """Answer a visit for the house's own use (handlers)."""
    return _whole(Visit.objects.all()).get(pk=visit_id)


def visits_to_plan(starts: datetime, ends: datetime, *, also: Iterable[int] = (), only: Iterable[int] | None = None) -> QuerySet[Visit]:
    """Answer the visits whose window begins in the stretch of time, and those named, in order of age; for the planner.

    `only`: of these alone, where given.
    """
    found = Visit.objects.filter(PROMISED, Q(window_from__gte=starts, window_from__lt=ends) | Q(pk__in=also))
    if only is not None:
        found = found.filter(pk__in=list(only))
    return found.select_related("order__job_type", "order__site").order_by("pk")


def linked_visits(visit_ids: Iterable[int]) -> set[int]:
    """Answer the visits that wait for one of these, or for which one of these waits; for the planner."""
    ids = list(visit_ids)
    pairs = Visit.objects.filter(Q(after__in=ids) | Q(pk__in=ids)).exclude(after=None).values_list("pk", "after_id")
    return set(chain.from_iterable(pairs))


def lock_visits(visit_ids: Iterable[int]) -> dict[int, Visit]:
    """Hold these visits until the transaction ends, so that nobody moves them meanwhile; answer them by id."""
    return {visit.pk: visit for visit in Visit.objects.select_for_update(no_key=True).filter(pk__in=sorted(visit_ids)).order_by("pk")}


def visits_between(actor: Actor, starts: datetime, ends: datetime) -> QuerySet[Visit]:
    """Answer every visit promised for a window that touches the stretch of time, in order of windows."""
    require(actor, "visits.see_all")
    return _whole(Visit.objects.filter(PROMISED, window_from__lt=ends, window_to__gt=starts)).order_by("window_from", "pk")


def invited(actor: Actor) -> QuerySet[Visit]:
    """Answer the visits whose customers are asked to choose a time and have not yet, those whose time runs out first."""
    require(actor, "visits.see_all")
    return _whole(Visit.objects.filter(state=VisitState.INVITED)).order_by("choose_until", "pk")


def done_between(actor: Actor, starts: datetime, ends: datetime) -> QuerySet[Visit]:
    """Answer the visits that were done in the stretch of time, the first one first."""
    require(actor, "visits.see_all")
    return _whole(Visit.objects.filter(state=VisitState.DONE, ended_at__gte=starts, ended_at__lt=ends)).order_by("ended_at", "pk")


def visits_by_id(actor: Actor, visit_ids: Iterable[int]) -> dict[int, Visit]:
    """Answer these visits by id, whatever became of them; those that are no more are left out."""
    require(actor, "visits.see_all")
    return _whole(Visit.objects.all()).in_bulk(list(visit_ids))


def own_visits(actor: Actor, starts: datetime, ends: datetime, *, now: datetime) -> QuerySet[Visit]:
    """Answer the visits the actor holds keys to in the stretch of time: a technician's day."""
    mine = opened_ids(actor, "visit", now=now)
    return _whole(Visit.objects.filter(pk__in=mine, window_from__lt=ends, window_to__gt=starts)).order_by("window_from", "pk")


def visits_of_customer(actor: Actor, customer_id: int) -> QuerySet[Visit]:
    """Answer a customer's visits, newest first."""
    require(actor, "visits.see_all")
    return _whole(Visit.objects.filter(order__customer_id=customer_id)).order_by("-window_from", "-pk")


def photos_of(visit_id: int) -> list[Photo]:
    """Answer the photos of a visit, the oldest first, for the house's own use."""
    return list(Photo.objects.filter(visit_id=visit_id).order_by("at", "pk"))


def photo_for(actor: Actor, visit_id: int, photo_id: int, *, now: datetime) -> Photo:
    """Answer one photo of a visit the actor may see; refuse `NoSuchPhoto`."""
    visit_for(actor, visit_id, now=now)
    photo = Photo.objects.filter(visit_id=visit_id, pk=photo_id).first()
    if photo is None:
        raise NoSuchPhoto
    return photo


def evidence_of(visit: Visit) -> Evidence:
    """Answer what there is of a visit of what job types ask for, for the house's own use."""
    photos = Photo.objects.filter(visit=visit, by_customer=False).count()
    steps = frozenset(Tick.objects.filter(visit=visit, done=True).values_list("step", flat=True))
    measured = dict(Measured.objects.filter(visit=visit).values_list("key", "value"))
    return Evidence(photos, Signature.objects.filter(visit=visit).exists(), steps, measured)


def signature_for(actor: Actor, visit_id: int, *, now: datetime) -> Signature:
    """Answer what was signed on a visit the actor may see; refuse `NoSuchPhoto`."""
    visit_for(actor, visit_id, now=now)
    signature = signature_of(visit_id)
    if signature is None:
        raise NoSuchPhoto
    return signature


def signature_of(visit_id: int) -> Signature | None:
    """Answer what was signed on a visit, for the house's own use."""
    return Signature.objects.filter(visit_id=visit_id).first()


def needs_again(order_id: int) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Answer which skills and parts another visit of an order needs beside its job type, for the house's own use."""
    rows = VisitRequest.objects.filter(visit__order_id=order_id, state=RequestState.OPEN).values_list("more_skills", "more_parts")
    found = list(rows)
    return most_of(*(skills for skills, _ in found)), [part for _, parts in found for part in parts]


def has_visit_to_come(visit: Visit) -> bool:
    """Tell whether another visit of the same order is still to come, for the house's own use."""
    return Visit.objects.filter(order_id=visit.order_id).exclude(pk=visit.pk).exclude(state__in=ENDED).exists()


def visit_by_number(actor: Actor, number: str) -> Visit:
    """Answer the visit with the operator's own number."""
    require(actor, "visits.see_all")
    visit = _whole(Visit.objects.filter(number=number)).first()
    if visit is None:
        raise NoSuchVisit(details={"number": number})
    return visit


def open_requests(actor: Actor) -> QuerySet[VisitRequest]:
    """Answer the wishes for another visit and the low scores that wait for a dispatcher, oldest first."""
    require(actor, "visits.see_all")
    return (
        VisitRequest.objects.filter(state=RequestState.OPEN)
        .select_related("visit__order__customer", "visit__order__site", "visit__order__job_type", "visit__confirmation")
        .order_by("at", "pk")
    )


def disputes_for(actor: Actor) -> QuerySet[Dispute]:
    """Answer the disputes, those that wait for an answer first, then the newest."""
    require(actor, "visits.answer_disputes")
    waiting = Case(When(state=DisputeState.OPEN, then=0), default=1)
    return Dispute.objects.select_related("visit__order__customer", "visit__order__job_type").order_by(waiting, "-at", "-pk")


def dispute_for(actor: Actor, dispute_id: int) -> Dispute:
    """Answer one dispute; refuse `NoSuchDispute`."""
    found = disputes_for(actor).filter(pk=dispute_id).first()
    if found is None:
        raise NoSuchDispute
    return found


def dispute_by_id(dispute_id: int) -> Dispute:
    """Answer a dispute for the house's own use (handlers)."""
    return Dispute.objects.get(pk=dispute_id)


def dispute_of(visit_id: int) -> Dispute | None:
    """Answer what the customer disputes of a visit, for the house's own use."""
    return Dispute.objects.filter(visit_id=visit_id).first()


def job_types() -> QuerySet[JobType]:
    """Answer the job types in use, by code."""
    return JobType.objects.filter(active=True).order_by("code")


def job_types_for(actor: Actor) -> QuerySet[JobType]:
    """Answer the job types in use to whoever sees or books visits."""
    if not actor.may("visits.book"):
        require(actor, "visits.see_all")
    return job_types()


def job_type_by_code(code: str) -> JobType:
    """Answer the job type in use with this code; refuse `NoSuchJobType`."""
    job_type = JobType.objects.filter(code=code, active=True).first()
    if job_type is None:
        raise NoSuchJobType(details={"code": code})
    return job_type


def job_types_mark() -> Question:
    """Ask for something that is another after any change of a job type; for the house's own use."""
    return mark_of(JobType)


def job_terms_mark() -> Question:
    """Ask for the same of what a plan rests on alone: how long job types take, what they use up and how many people they want."""
    return content_mark_of(JobType, "id", "minutes", "kit", "crew_size")
