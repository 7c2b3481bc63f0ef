"""What happens to a visit is told: to the customer by message, and to the customer's timeline."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from blisko.customers.rules import entry_key
from blisko.customers.services import tell_timeline
from blisko.kit import clock
from blisko.kit.events import on
from blisko.live.services.links import link_for
from blisko.live.services.telling import tell_customer
from blisko.messaging.events import DeliveryFailed, DeliverySent
from blisko.planning.events import VisitAssigned
from blisko.visits.events import (
    FollowUpAsked,
    NoteWritten,
    ServiceConfirmed,
    TechnicianArrived,
    TechnicianSetOut,
    TechnicianTurnedBack,
    VisitBooked,
    VisitCancelled,
    VisitDone,
    VisitFailed,
    VisitMoved,
    VisitRated,
)
from blisko.visits.queries import visit_by_id
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.visits.models import Visit

DRIVES_AT_MOST = timedelta(hours=2)
ASKED_FOR = timedelta(days=1)


@on(VisitBooked)
def announce_booking(event: VisitBooked) -> None:
    visit = visit_by_id(event.visit_id)
    link = link_for(visit.pk, now=clock.now())
    _write(visit, "visit_booked", event.at, {"from": visit.window_from.isoformat(), "to": visit.window_to.isoformat()})
    if visit.state == VisitState.BOOKED:
        key = _key("visit_booked", visit, event.at)
        tell_customer(visit, "visit_booked", link=link.pk, key=key, now=clock.now(), until=visit.window_to)


@on(VisitMoved)
def announce_move(event: VisitMoved) -> None:
    visit = visit_by_id(event.visit_id)
    link = link_for(visit.pk, now=clock.now())
    was = {"was_from": event.was_from.isoformat(), "was_to": event.was_to.isoformat()}
    _write(visit, "visit_moved", event.at, {"from": visit.window_from.isoformat(), "to": visit.window_to.isoformat(), **was})
    if visit.state == VisitState.BOOKED:
        key = _key("visit_moved", visit, event.at)
        tell_customer(visit, "visit_moved", link=link.pk, key=key, now=clock.now(), until=visit.window_to)


@on(VisitAssigned)
def note_assignment(event: VisitAssigned) -> None:
    _write(visit_by_id(event.visit_id), "visit_assigned", event.at, {"technician": event.technician_id})


@on(TechnicianSetOut)
def announce_setting_out(event: TechnicianSetOut) -> None:
    visit = visit_by_id(event.visit_id)
    link = link_for(visit.pk, now=clock.now())
    _write(visit, "visit_on_the_way", event.at)
    if visit.state == VisitState.ON_THE_WAY:
        key = _key("visit_on_the_way", visit, event.at)
        tell_customer(visit, "visit_on_the_way", link=link.pk, key=key, now=clock.now(), until=event.at + DRIVES_AT_MOST)


@on(TechnicianTurnedBack)
def note_turning_back(event: TechnicianTurnedBack) -> None:
    _write(visit_by_id(event.visit_id), "visit_turned_back", event.at)


@on(TechnicianArrived)
def note_arrival(event: TechnicianArrived) -> None:
    _write(visit_by_id(event.visit_id), "visit_arrived", event.at)


@on(VisitDone)
def ask_whether_it_works(event: VisitDone) -> None:
    visit = visit_by_id(event.visit_id)
    link = link_for(visit.pk, now=clock.now())
    _write(visit, "visit_done", event.at)
    tell_customer(visit, "visit_done", link=link.pk, key=_key("visit_done", visit, event.at), now=clock.now(), until=event.at + ASKED_FOR)


@on(VisitCancelled)
def announce_cancelling(event: VisitCancelled) -> None:
    visit = visit_by_id(event.visit_id)
    _write(visit, "visit_cancelled", event.at, {"reason": event.reason, "by_customer": event.by_customer})
    tell_customer(visit, "visit_cancelled", key=_key("visit_cancelled", visit, event.at), now=clock.now(), until=visit.window_to)


@on(VisitFailed)
def announce_failure(event: VisitFailed) -> None:
    visit = visit_by_id(event.visit_id)
    _write(visit, "visit_failed", event.at, {"how": event.how, "why": event.why})
    if event.how == VisitState.NO_ACCESS:
        link = link_for(visit.pk, now=clock.now())
        key = _key("visit_no_access", visit, event.at)
        tell_customer(visit, "visit_no_access", link=link.pk, key=key, now=clock.now(), until=event.at + ASKED_FOR)


@on(ServiceConfirmed)
def keep_evidence(event: ServiceConfirmed) -> None:
    visit = visit_by_id(event.visit_id)
    answer = visit.confirmation
    facts = {"works": answer.works, "asked": answer.asked, "language": answer.language, "link": answer.by}
    _write(visit, "service_confirmed", event.at, facts)


@on(VisitRated)
def keep_rating(event: VisitRated) -> None:
    visit = visit_by_id(event.visit_id)
    _write(visit, "visit_rated", event.at, {"rating": event.rating, "comment": visit.confirmation.comment})


@on(FollowUpAsked)
def note_follow_up(event: FollowUpAsked) -> None:
    _write(visit_by_id(event.visit_id), "follow_up_asked", event.at, {"request": event.request_id})


@on(NoteWritten)
def note_the_note(event: NoteWritten) -> None:
    visit = visit_by_id(event.visit_id)
    note = visit.notes.get(pk=event.note_id)
    facts = {"text": note.text, "by": note.by_name, "by_customer": note.by_customer}
    _write(visit, "note_written", event.at, facts, which=str(event.note_id))


@on(DeliverySent)
def note_message(event: DeliverySent) -> None:
    _write_message("message_sent", event.about, event.delivery_id, {"code": event.code, "channel": event.channel})


@on(DeliveryFailed)
def note_lost_message(event: DeliveryFailed) -> None:
    _write_message("message_failed", event.about, event.delivery_id, {"code": event.code, "channel": event.channel, "why": event.why})


def _key(code: str, visit: "Visit", at: datetime) -> str:
    return f"{code}:visit:{visit.pk}:{at.isoformat()}"


def _write(visit: "Visit", kind: str, at: datetime, facts: Mapping[str, object] | None = None, *, which: str = "") -> None:
    subject = f"visit:{visit.pk}"
    told = {"number": visit.number, **(facts or {})}
    tell_timeline(visit.order.customer_id, kind, subject=subject, at=at, facts=told, key=entry_key(kind, f"{subject}:{which}", at))


def _write_message(kind: str, about: str, delivery_id: int, facts: Mapping[str, object]) -> None:
    what, _, which = about.partition(":")
    if what != "visit":
        return
    visit = visit_by_id(int(which))
    key = f"{kind}:delivery:{delivery_id}"
    tell_timeline(visit.order.customer_id, kind, subject=about, at=clock.now(), facts={"number": visit.number, **facts}, key=key)
