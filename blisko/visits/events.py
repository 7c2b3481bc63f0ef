from dataclasses import dataclass
from datetime import datetime

from blisko.kit.events import Event


@dataclass(frozen=True)
class VisitBooked(Event):
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class CustomerInvited(Event):
    """The customer is asked to choose a time for a visit."""

    visit_id: int
    at: datetime


@dataclass(frozen=True)
class VisitMoved(Event):
    visit_id: int
    was_from: datetime
    was_to: datetime
    at: datetime
    by_customer: bool = False


@dataclass(frozen=True)
class PhotoAdded(Event):
    visit_id: int
    photo_id: int
    at: datetime


@dataclass(frozen=True)
class VisitChanged(Event):
    """What the plan must know of a visit changed; what was promised did not."""

    visit_id: int
    at: datetime


@dataclass(frozen=True)
class TechnicianSetOut(Event):
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class TechnicianTurnedBack(Event):
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class TechnicianArrived(Event):
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class VisitDone(Event):
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class VisitCancelled(Event):
    visit_id: int
    by_customer: bool
    reason: str
    at: datetime


@dataclass(frozen=True)
class VisitFailed(Event):
    """The visit took place but did not do its job: `how` is no_access, not_completed or needs_another."""

    visit_id: int
    how: str
    why: str
    at: datetime


@dataclass(frozen=True)
class ServiceConfirmed(Event):
    """The customer answered whether everything works."""

    visit_id: int
    confirmation_id: int
    works: bool
    at: datetime


@dataclass(frozen=True)
class VisitRated(Event):
    """The customer added stars, and perhaps words, to the answer."""

    visit_id: int
    confirmation_id: int
    rating: int
    at: datetime


@dataclass(frozen=True)
class LaterAnswered(Event):
    """The customer answered, days after "yes", whether everything still works."""

    visit_id: int
    works: bool
    at: datetime


@dataclass(frozen=True)
class LowScoreGiven(Event):
    """A score so low that it waits for a dispatcher's answer, as a request."""

    request_id: int
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class FollowUpAsked(Event):
    request_id: int
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class DisputeOpened(Event):
    """The customer says that it was not as the report tells."""

    dispute_id: int
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class DisputeAnswered(Event):
    dispute_id: int
    visit_id: int
    accepted: bool
    at: datetime


@dataclass(frozen=True)
class NoteWritten(Event):
    visit_id: int
    note_id: int
    at: datetime
