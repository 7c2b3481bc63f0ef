"""The life of a visit, and who may move it."""

from datetime import datetime, timedelta
from enum import StrEnum

from blisko.access.rules import Actor, ActorKind
from blisko.kit.life import Life
from blisko.visits.errors import BadAnswer, BadWindow, StepNotYours

PERMISSIONS = {
    "visits.see_all": "See every visit",
    "visits.book": "Book and move visits",
    "visits.run": "Report a visit's progress for a technician",
    "visits.cancel": "Cancel visits for the operator",
    "visits.work": "Work on one's own visits",
    "visits.edit_job_types": "Edit job types",
}
LONGEST_WINDOW = timedelta(hours=24)


class VisitState(StrEnum):
    BOOKED = "booked"
    ON_THE_WAY = "on_the_way"
    ON_SITE = "on_site"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_ACCESS = "no_access"
    NOT_COMPLETED = "not_completed"
    NEEDS_ANOTHER = "needs_another"


class Priority(StrEnum):
    """How much a visit is worth to a plan that cannot hold all of them."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


WORTH = {Priority.LOW: 0.5, Priority.NORMAL: 1.0, Priority.HIGH: 2.0, Priority.URGENT: 4.0}


class CancelReason(StrEnum):
    FIXED_ITSELF = "fixed_itself"
    NOT_HOME = "not_home"
    NOT_NEEDED = "not_needed"
    OTHER = "other"
    OPERATOR = "operator"


class OrderState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class RequestState(StrEnum):
    OPEN = "open"
    BOOKED = "booked"
    DISMISSED = "dismissed"


V = VisitState
VISIT_LIFE = Life(
    V.BOOKED,
    {
        (V.BOOKED, "set_out"): V.ON_THE_WAY,
        (V.BOOKED, "arrive"): V.ON_SITE,
        (V.BOOKED, "cancel"): V.CANCELLED,
        (V.ON_THE_WAY, "turn_back"): V.BOOKED,
        (V.ON_THE_WAY, "arrive"): V.ON_SITE,
        (V.ON_THE_WAY, "cancel"): V.CANCELLED,
        (V.ON_THE_WAY, "no_access"): V.NO_ACCESS,
        (V.ON_SITE, "finish"): V.DONE,
        (V.ON_SITE, "cancel"): V.CANCELLED,
        (V.ON_SITE, "no_access"): V.NO_ACCESS,
        (V.ON_SITE, "give_up"): V.NOT_COMPLETED,
        (V.ON_SITE, "need_another"): V.NEEDS_ANOTHER,
    },
)
ORDER_LIFE = Life(
    OrderState.OPEN,
    {
        (OrderState.OPEN, "resolve"): OrderState.RESOLVED,
        (OrderState.OPEN, "cancel"): OrderState.CANCELLED,
        (OrderState.RESOLVED, "reopen"): OrderState.OPEN,
        (OrderState.CANCELLED, "reopen"): OrderState.OPEN,
    },
)
REQUEST_LIFE = Life(
    RequestState.OPEN,
    {(RequestState.OPEN, "book"): RequestState.BOOKED, (RequestState.OPEN, "dismiss"): RequestState.DISMISSED},
)
ENDED = frozenset({V.DONE, V.CANCELLED, V.NO_ACCESS, V.NOT_COMPLETED, V.NEEDS_ANOTHER})
WORK_STEPS = frozenset({"set_out", "turn_back", "arrive", "finish", "no_access", "give_up", "need_another"})
ANSWER_STEPS = frozenset({"confirm", "rate"})


def check_window(starts: datetime, ends: datetime, now: datetime) -> None:
    """Refuse `BadWindow` unless the window ends after it starts, within 24 hours, and is not over."""
    if not timedelta(0) < ends - starts <= LONGEST_WINDOW or ends <= now:
        raise BadWindow(details={"from": starts.isoformat(), "to": ends.isoformat()})


def check_step(actor: Actor, step: str) -> None:
    """Refuse `StepNotYours` unless an actor of this kind, who already sees the visit, may take this step."""
    if step in WORK_STEPS:
        allowed = actor.may("visits.run") or actor.may("visits.work")
    elif step == "cancel":
        allowed = actor.may("visits.cancel") or actor.kind == ActorKind.LINK
    elif step in ANSWER_STEPS:
        allowed = actor.kind in (ActorKind.LINK, ActorKind.SYSTEM)  # nobody of ours says for the customer that it works
    else:
        allowed = False
    if not allowed:
        raise StepNotYours(details={"step": step})


def open_steps(actor: Actor, state: VisitState) -> list[str]:
    """Answer the buttons to show: the steps open now that this actor may take."""
    steps = []
    for step in VISIT_LIFE.open_steps(state):
        try:
            check_step(actor, step)
        except StepNotYours:
            continue
        steps.append(step)
    return steps


def check_answer(works: bool | None, rating: int | None) -> None:
    """Refuse `BadAnswer` unless there is a yes or no, and the rating (if any) is 1 to 5."""
    if works is None or (rating is not None and not 1 <= rating <= 5):
        raise BadAnswer
