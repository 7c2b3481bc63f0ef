"""What happens to a visit is told: to the customer by message, and to the customer's timeline."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from blisko.customers.rules import entry_key
from blisko.customers.services import tell_timeline
from blisko.field.events import HomeSet
from blisko.kit import clock
from blisko.kit.events import on
from blisko.live.events import DelayAccepted, DelayTold, HelpAsked, HelpEscalated
from blisko.live.queries.house import low_score
from blisko.live.rules.delays import Answer
from blisko.live.services.delays import ask_for_delays, note_answer
from blisko.live.services.editions import issue_edition
from blisko.live.services.help_telling import tell_of_help
from blisko.live.services.links import link_for
from blisko.live.services.names import ask_for_name
from blisko.live.services.positions import forget_near_home
from blisko.live.services.risk_telling import tell_of_neglect
from blisko.live.services.telling import tell_customer
from blisko.messaging.events import DeliveryFailed, DeliverySent
from blisko.messaging.rules.delivery import BESIDE
from blisko.planning.events import EarlierOffered, RiskEscalated, RiskRaised, VisitAssigned
from blisko.planning.queries import held_for
from blisko.visits.events import (
    CustomerInvited,
    DisputeAnswered,
    DisputeOpened,
    FollowUpAsked,
    LaterAnswered,
    LowScoreGiven,
    NoteWritten,
    PhotoAdded,
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
from blisko.visits.queries import dispute_by_id, visit_by_id
from blisko.visits.rules import VisitState
from blisko.visits.services import bring_low_score

if TYPE_CHECKING:
    from blisko.visits.models import Visit

DRIVES_AT_MOST = timedelta(hours=2)
ASKED_FOR = timedelta(days=1)


@on(HomeSet)
def hide_home(event: HomeSet) -> None:
    forget_near_home(event.technician_id)


@on(CustomerInvited)
def announce_invitation(event: CustomerInvited) -> None:
    visit, now = visit_by_id(event.visit_id), clock.now()
    link = link_for(visit.pk, now=now)
    _write(visit, "visit_invited", event.at)
    if visit.state == VisitState.INVITED:
        tell_customer(visit, "visit_invited", link=link.pk, key=_key("visit_invited", visit, event.at), now=now, until=visit.choose_until)


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


@on(VisitAssigned)
def look_whether_another_name_comes(event: VisitAssigned) -> None:
    ask_for_name(event.visit_id, now=clock.now())


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
    if not visit.is_promised:
        return  # nobody waits for anybody
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


@on(LaterAnswered)
def keep_later_evidence(event: LaterAnswered) -> None:
    visit = visit_by_id(event.visit_id)
    answer = visit.later_answer
    facts = {"works": answer.works, "asked": answer.asked, "language": answer.language, "link": answer.by}
    _write(visit, "later_answered", event.at, facts)


@on(VisitRated)
def keep_rating(event: VisitRated) -> None:
    visit = visit_by_id(event.visit_id)
    _write(visit, "visit_rated", event.at, {"rating": event.rating, "comment": visit.confirmation.comment})


@on(VisitRated)
def bring_low_score_to_a_person(event: VisitRated) -> None:
    bring_low_score(event.visit_id, at_most=low_score(), now=clock.now())


@on(LowScoreGiven)
def note_low_score(event: LowScoreGiven) -> None:
    _write(visit_by_id(event.visit_id), "low_score", event.at, {"request": event.request_id})


@on(FollowUpAsked)
def note_follow_up(event: FollowUpAsked) -> None:
    _write(visit_by_id(event.visit_id), "follow_up_asked", event.at, {"request": event.request_id})


@on(NoteWritten)
def note_the_note(event: NoteWritten) -> None:
    visit = visit_by_id(event.visit_id)
    note = visit.notes.get(pk=event.note_id)
    facts = {"text": note.text, "by": note.by_name, "by_customer": note.by_customer}
    _write(visit, "note_written", event.at, facts, which=str(event.note_id))


@on(PhotoAdded)
def note_the_photo(event: PhotoAdded) -> None:
    _write(visit_by_id(event.visit_id), "photo_added", event.at, {"photo": event.photo_id}, which=str(event.photo_id))


@on(VisitDone)
def issue_report(event: VisitDone) -> None:
    _issue(event.visit_id)


@on(VisitFailed)
def issue_report_of_failure(event: VisitFailed) -> None:
    _issue(event.visit_id)


@on(ServiceConfirmed)
def issue_report_with_answer(event: ServiceConfirmed) -> None:
    _issue(event.visit_id)


@on(LaterAnswered)
def issue_report_with_later_answer(event: LaterAnswered) -> None:
    _issue(event.visit_id)


@on(NoteWritten)
def issue_report_with_note(event: NoteWritten) -> None:
    _issue(event.visit_id)


@on(PhotoAdded)
def issue_report_with_photo(event: PhotoAdded) -> None:
    _issue(event.visit_id)


@on(DisputeOpened)
def note_dispute(event: DisputeOpened) -> None:
    dispute = dispute_by_id(event.dispute_id)
    _write(visit_by_id(event.visit_id), "dispute_opened", event.at, {"reason": dispute.reason, "text": dispute.text})


@on(DisputeAnswered)
def announce_answer(event: DisputeAnswered) -> None:
    visit, dispute, now = visit_by_id(event.visit_id), dispute_by_id(event.dispute_id), clock.now()
    _write(visit, "dispute_answered", event.at, {"accepted": event.accepted, "answer": dispute.answer, "by": dispute.answered_by})
    link = link_for(visit.pk, now=now)
    tell_customer(visit, "dispute_answered", link=link.pk, key=f"dispute_answered:{dispute.pk}", now=now)


def _issue(visit_id: int) -> None:
    """Issue the report anew where it says something new, and write so on the timeline."""
    edition = issue_edition(visit_id, now=clock.now())
    if edition is not None:
        facts = {"edition": edition.number, "sha256": edition.sha256}
        _write(visit_by_id(visit_id), "report_issued", edition.issued_at, facts, which=str(edition.number))


@on(EarlierOffered)
def announce_something_earlier(event: EarlierOffered) -> None:
    visit, now = visit_by_id(event.visit_id), clock.now()
    link = link_for(visit.pk, now=now)
    window = (event.starts, event.ends)
    _write(visit, "earlier_offered", event.at, {"from": event.starts.isoformat(), "to": event.ends.isoformat()})
    if visit.state == VisitState.BOOKED and (hold := held_for(visit.pk, now=now)) and hold.pk == event.hold_id:
        tell_customer(visit, "visit_earlier", link=link.pk, key=f"visit_earlier:{hold.pk}", now=now, until=hold.until, window=window)


@on(DelayTold)
def note_the_delay(event: DelayTold) -> None:
    span = {"from": event.starts.isoformat(), "to": event.ends.isoformat()}
    _write(visit_by_id(event.visit_id), "delay_told", event.at, span, which=str(event.notice_id))


@on(DelayAccepted)
def note_the_waiting(event: DelayAccepted) -> None:
    _write(visit_by_id(event.visit_id), "delay_accepted", event.at, which=str(event.notice_id))


@on(VisitMoved)
def keep_moving_as_an_answer(event: VisitMoved) -> None:
    if event.by_customer:
        note_answer(event.visit_id, Answer.MOVE, before=event.at, now=clock.now())


@on(VisitCancelled)
def keep_cancelling_as_an_answer(event: VisitCancelled) -> None:
    if event.by_customer:
        note_answer(event.visit_id, Answer.CANCEL, before=event.at, now=clock.now())


@on(RiskRaised)
def look_at_a_promise_in_danger(event: RiskRaised) -> None:
    ask_for_delays(event.visit_id)


@on(RiskEscalated)
def tell_more_people_of_a_danger(event: RiskEscalated) -> None:
    tell_of_neglect(now=event.at)


@on(VisitAssigned)
def look_after_assigning(event: VisitAssigned) -> None:
    ask_for_delays(event.visit_id)


@on(TechnicianSetOut)
def look_after_setting_out(event: TechnicianSetOut) -> None:
    ask_for_delays(event.visit_id)


@on(TechnicianArrived)
def look_after_arriving(event: TechnicianArrived) -> None:
    ask_for_delays(event.visit_id)


@on(VisitDone)
def look_after_finishing(event: VisitDone) -> None:
    ask_for_delays(event.visit_id)


@on(HelpAsked)
def tell_whoever_is_on_duty(event: HelpAsked) -> None:
    tell_of_help(event.thread_id, 0, now=clock.now())


@on(HelpEscalated)
def tell_more_people_of_help(event: HelpEscalated) -> None:
    tell_of_help(event.thread_id, event.step, now=clock.now())


@on(DeliverySent)
def note_message(event: DeliverySent) -> None:
    _write_message("message_sent", event.about, event.delivery_id, {"code": event.code, "channel": event.channel})


@on(DeliveryFailed)
def note_lost_message(event: DeliveryFailed) -> None:
    if event.channel in BESIDE:
        return  # the customer was told otherwise, and more surely
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
