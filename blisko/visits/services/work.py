from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from blisko.access.rules import Actor, ActorKind
from blisko.kit.events import Event, emit
from blisko.kit.steps import take_step
from blisko.visits import queries, rules
from blisko.visits.events import (
    FollowUpAsked,
    NoteWritten,
    TechnicianArrived,
    TechnicianSetOut,
    TechnicianTurnedBack,
    VisitDone,
    VisitFailed,
)
from blisko.visits.models import Note, Visit, VisitRequest
from blisko.visits.services.booking import settle_order, tell_watchers


def _step(visit_id: int, step: str, event: Event, *, actor: Actor, now: datetime, why: str = "", **also: Any) -> Visit:
    visit = queries.visit_for(actor, visit_id, now=now)
    rules.check_step(actor, step)
    take_step(visit, step, by=actor, now=now, why=why, **also)
    emit(event)
    tell_watchers(visit_id)
    return visit


@transaction.atomic
def set_out(visit_id: int, *, actor: Actor, now: datetime) -> Visit:
    """The technician sets out for this visit: from here on the customer may watch."""
    return _step(visit_id, "set_out", TechnicianSetOut(visit_id, now), actor=actor, now=now, set_out_at=now)


@transaction.atomic
def turn_back(visit_id: int, *, actor: Actor, now: datetime) -> Visit:
    """The technician does not come just now after all; the visit stays booked and nobody watches any more."""
    return _step(visit_id, "turn_back", TechnicianTurnedBack(visit_id, now), actor=actor, now=now, set_out_at=None)


@transaction.atomic
def turn_back_for(visit_id: int, *, actor: Actor, now: datetime) -> Visit:
    """Let the technician not come just now, because the customer (or whoever books) wants another time; without him on the way, nothing."""
    visit = queries.visit_for(actor, visit_id, now=now, lock=True)
    rules.check_move(actor)
    if visit.state == rules.VisitState.ON_THE_WAY:
        take_step(visit, "turn_back", by=actor, now=now, why="moved", set_out_at=None)
        emit(TechnicianTurnedBack(visit_id, now))
        tell_watchers(visit_id)
    return visit


@transaction.atomic
def arrive(visit_id: int, *, actor: Actor, now: datetime) -> Visit:
    """The technician is at the door: the map ends here."""
    return _step(visit_id, "arrive", TechnicianArrived(visit_id, now), actor=actor, now=now, arrived_at=now)


@transaction.atomic
def finish(visit_id: int, *, actor: Actor, now: datetime, note: str = "") -> Visit:
    """The job is done; the customer's link turns into "does everything work?".

    Refuses `ClosingLacks` while something lacks of what the job type asks for.
    """
    wanted = queries.visit_for(actor, visit_id, now=now)
    job_type = wanted.order.job_type
    if job_type.closing and wanted.state == rules.VisitState.ON_SITE:
        rules.check_closing(job_type.asks_for, len(job_type.checklist), queries.evidence_of(wanted))
    visit = _step(visit_id, "finish", VisitDone(visit_id, now), actor=actor, now=now, ended_at=now, end_note=note)
    settle_order(visit, by=actor, now=now)
    return visit


@transaction.atomic
def report_no_access(visit_id: int, *, actor: Actor, now: datetime, note: str = "") -> Visit:
    """Nobody opened; the dispatcher gets a request for another visit."""
    return _fail(visit_id, "no_access", "no_access", note, actor=actor, now=now)


@transaction.atomic
def give_up(visit_id: int, *, actor: Actor, now: datetime, note: str) -> Visit:
    """The job could not be completed, and no further visit is asked for."""
    event = VisitFailed(visit_id, "not_completed", note, now)
    return _step(visit_id, "give_up", event, actor=actor, now=now, why=note, ended_at=now, end_note=note)


@transaction.atomic
def need_another(
    visit_id: int,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    cause: str = "",
    skills: Mapping[str, int] | None = None,
    parts: Sequence[Mapping[str, Any]] = (),
) -> Visit:
    """The job needs another visit; the dispatcher gets a request, and what it needs is asked for when it is booked.

    `cause`: a `NeedReason`; `skills`: least levels by code; `parts`: as a kit, [{"part": "ONT", "count": 1}]. Refuses `BadNeeds`.
    """
    wanted = dict(skills or {})
    rules.check_needs(cause, wanted, parts)
    visit = _fail(visit_id, "need_another", "needs_another", note, actor=actor, now=now)
    needs = {"cause": cause, "more_skills": wanted, "more_parts": [dict(one) for one in parts]}
    VisitRequest.objects.filter(visit=visit, reason="needs_another").update(**needs)
    return visit


def _fail(visit_id: int, step: str, how: str, note: str, *, actor: Actor, now: datetime) -> Visit:
    event = VisitFailed(visit_id, how, note, now)
    visit = _step(visit_id, step, event, actor=actor, now=now, why=note, ended_at=now, end_reason=how, end_note=note)
    ask_follow_up(visit, how, note, now=now)
    return visit


@transaction.atomic
def ask_follow_up(visit: Visit, reason: str, text: str, *, now: datetime) -> VisitRequest:
    """Leave a request for another visit; the same reason a second time changes nothing."""
    request, new = VisitRequest.objects.get_or_create(visit=visit, reason=reason, defaults={"text": text, "at": now})
    if new:
        emit(FollowUpAsked(request_id=request.pk, visit_id=visit.pk, at=now))
    return request


@transaction.atomic
def write_note(visit_id: int, text: str, *, actor: Actor, now: datetime) -> Note:
    """Leave a note on the visit; whoever sees the visit may."""
    visit = queries.visit_for(actor, visit_id, now=now)
    note = Note.objects.create(
        visit=visit, by=actor.id, by_name=actor.name[:120], by_customer=actor.kind == ActorKind.LINK, text=text.strip()[:2000], at=now
    )
    emit(NoteWritten(visit_id=visit_id, note_id=note.pk, at=now))
    tell_watchers(visit_id)
    return note
