"""What happens to a visit is written down for the endpoints, in the order in which it happened."""

from blisko.kit import clock
from blisko.kit.events import on
from blisko.planning.events import VisitAssigned, VisitReleased
from blisko.visits.events import (
    CustomerInvited,
    DisputeAnswered,
    DisputeOpened,
    FollowUpAsked,
    LaterAnswered,
    NoteWritten,
    PhotoAdded,
    ServiceConfirmed,
    TechnicianArrived,
    TechnicianSetOut,
    TechnicianTurnedBack,
    VisitBooked,
    VisitCancelled,
    VisitChanged,
    VisitDone,
    VisitFailed,
    VisitMoved,
    VisitRated,
)
from blisko.visits.queries import dispute_by_id, visit_by_id
from blisko.webhooks.rules import VisitEventType as Type
from blisko.webhooks.services import record_visit_event

VISIT = "visit_id"


@on(CustomerInvited, one_by_one=VISIT)
def tell_of_invitation(event: CustomerInvited) -> None:
    record_visit_event(Type.INVITED, event.visit_id, at=event.at, now=clock.now())


@on(VisitBooked, one_by_one=VISIT)
def tell_of_booking(event: VisitBooked) -> None:
    record_visit_event(Type.BOOKED, event.visit_id, at=event.at, now=clock.now())


@on(VisitMoved, one_by_one=VISIT)
def tell_of_move(event: VisitMoved) -> None:
    data = {"was_from": event.was_from, "was_to": event.was_to}
    record_visit_event(Type.MOVED, event.visit_id, at=event.at, now=clock.now(), data=data)


@on(VisitChanged, one_by_one=VISIT)
def tell_of_change(event: VisitChanged) -> None:
    record_visit_event(Type.CHANGED, event.visit_id, at=event.at, now=clock.now())


@on(VisitAssigned, one_by_one=VISIT)
def tell_of_assignment(event: VisitAssigned) -> None:
    who = event.technician_id
    record_visit_event(Type.ASSIGNED, event.visit_id, at=event.at, now=clock.now(), data={"technician_id": who}, which=str(who))


@on(VisitReleased, one_by_one=VISIT)
def tell_of_release(event: VisitReleased) -> None:
    who = event.technician_id
    record_visit_event(Type.RELEASED, event.visit_id, at=event.at, now=clock.now(), data={"technician_id": who}, which=str(who))


@on(TechnicianSetOut, one_by_one=VISIT)
def tell_of_setting_out(event: TechnicianSetOut) -> None:
    record_visit_event(Type.ON_THE_WAY, event.visit_id, at=event.at, now=clock.now())


@on(TechnicianTurnedBack, one_by_one=VISIT)
def tell_of_turning_back(event: TechnicianTurnedBack) -> None:
    record_visit_event(Type.TURNED_BACK, event.visit_id, at=event.at, now=clock.now())


@on(TechnicianArrived, one_by_one=VISIT)
def tell_of_arrival(event: TechnicianArrived) -> None:
    record_visit_event(Type.ARRIVED, event.visit_id, at=event.at, now=clock.now())


@on(VisitDone, one_by_one=VISIT)
def tell_of_end(event: VisitDone) -> None:
    record_visit_event(Type.DONE, event.visit_id, at=event.at, now=clock.now())


@on(VisitCancelled, one_by_one=VISIT)
def tell_of_cancelling(event: VisitCancelled) -> None:
    data = {"reason": event.reason, "by_customer": event.by_customer}
    record_visit_event(Type.CANCELLED, event.visit_id, at=event.at, now=clock.now(), data=data)


@on(VisitFailed, one_by_one=VISIT)
def tell_of_failure(event: VisitFailed) -> None:
    kind = Type(f"visit.{event.how}")
    record_visit_event(kind, event.visit_id, at=event.at, now=clock.now(), data={"why": event.why})


@on(ServiceConfirmed, one_by_one=VISIT)
def tell_of_answer(event: ServiceConfirmed) -> None:
    record_visit_event(Type.CONFIRMED, event.visit_id, at=event.at, now=clock.now(), data={"works": event.works})


@on(VisitRated, one_by_one=VISIT)
def tell_of_rating(event: VisitRated) -> None:
    comment = visit_by_id(event.visit_id).confirmation.comment
    record_visit_event(Type.RATED, event.visit_id, at=event.at, now=clock.now(), data={"rating": event.rating, "comment": comment})


@on(NoteWritten, one_by_one=VISIT)
def tell_of_note(event: NoteWritten) -> None:
    note = visit_by_id(event.visit_id).notes.get(pk=event.note_id)
    data = {"note_id": note.pk, "text": note.text, "by": note.by_name or note.by, "by_customer": note.by_customer}
    record_visit_event(Type.NOTE_WRITTEN, event.visit_id, at=event.at, now=clock.now(), data=data, which=str(note.pk))


@on(PhotoAdded, one_by_one=VISIT)
def tell_of_photo(event: PhotoAdded) -> None:
    which = str(event.photo_id)
    record_visit_event(Type.PHOTO_ADDED, event.visit_id, at=event.at, now=clock.now(), data={"photo_id": event.photo_id}, which=which)


@on(FollowUpAsked, one_by_one=VISIT)
def tell_of_follow_up(event: FollowUpAsked) -> None:
    which = str(event.request_id)
    data = {"request_id": event.request_id}
    record_visit_event(Type.FOLLOW_UP_ASKED, event.visit_id, at=event.at, now=clock.now(), data=data, which=which)


@on(LaterAnswered, one_by_one=VISIT)
def tell_of_later_answer(event: LaterAnswered) -> None:
    record_visit_event(Type.CONFIRMED_LATER, event.visit_id, at=event.at, now=clock.now(), data={"works": event.works})


@on(DisputeOpened, one_by_one=VISIT)
def tell_of_dispute(event: DisputeOpened) -> None:
    dispute = dispute_by_id(event.dispute_id)
    data = {"dispute_id": dispute.pk, "reason": dispute.reason, "text": dispute.text}
    record_visit_event(Type.DISPUTE_OPENED, event.visit_id, at=event.at, now=clock.now(), data=data)


@on(DisputeAnswered, one_by_one=VISIT)
def tell_of_answered_dispute(event: DisputeAnswered) -> None:
    data = {"dispute_id": event.dispute_id, "accepted": event.accepted, "answer": dispute_by_id(event.dispute_id).answer}
    record_visit_event(Type.DISPUTE_ANSWERED, event.visit_id, at=event.at, now=clock.now(), data=data)
