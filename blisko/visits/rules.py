"""The life of a visit, and who may move it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from blisko.access.rules import Actor, ActorKind
from blisko.kit.errors import WrongMoment
from blisko.kit.life import Life
from blisko.visits.errors import (
    BadAnswer,
    BadInvitation,
    BadNeeds,
    BadOrder,
    BadPlanning,
    BadWindow,
    ClosingLacks,
    NoSuchMeasure,
    NoSuchStep,
    StepNotYours,
)

PERMISSIONS = {
    "visits.see_all": "See every visit",
    "visits.book": "Book and move visits",
    "visits.run": "Report a visit's progress for a technician",
    "visits.cancel": "Cancel visits for the operator",
    "visits.work": "Work on one's own visits",
    "visits.edit_job_types": "Edit job types",
    "visits.answer_disputes": "Answer disputes about visits",
}
LONGEST_WINDOW = timedelta(hours=24)
MOST_WINDOWS = 10
LONGEST_INVITATION = timedelta(days=90)
MOST_PARTS = 99  # of one kind for one visit
LOW_SCORE = "low_score"  # the reason of a request that asks for a word with the customer, not for a visit


class VisitState(StrEnum):
    INVITED = "invited"  # the customer is asked to choose a time; nothing is promised yet
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


class NeedReason(StrEnum):
    """Why a visit could not be finished and another one is needed."""

    PART = "part"
    SKILL = "skill"
    ACCESS = "access"
    CUSTOMER = "customer"
    NETWORK = "network"


class OrderState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class RequestState(StrEnum):
    OPEN = "open"
    BOOKED = "booked"
    DISMISSED = "dismissed"


class DisputeState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class DisputeReason(StrEnum):
    """What of a report the customer says was otherwise."""

    NOT_DONE = "not_done"
    TIMES = "times"
    DAMAGE = "damage"
    OTHER = "other"


V = VisitState
VISIT_LIFE = Life(
    V.BOOKED,
    {
        (V.INVITED, "choose"): V.BOOKED,
        (V.INVITED, "cancel"): V.CANCELLED,
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
    also=[V.INVITED],
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
DISPUTE_LIFE = Life(
    DisputeState.OPEN,
    {(DisputeState.OPEN, "accept"): DisputeState.ACCEPTED, (DisputeState.OPEN, "decline"): DisputeState.DECLINED},
)
ENDED = frozenset({V.DONE, V.CANCELLED, V.NO_ACCESS, V.NOT_COMPLETED, V.NEEDS_ANOTHER})
# Those of which there is a report: somebody set out for them.
REPORTED = ENDED - {V.CANCELLED}
WORK_STEPS = frozenset({"set_out", "turn_back", "arrive", "finish", "no_access", "give_up", "need_another"})
PROOFS = frozenset({"tick", "sign", "measure"})  # what whoever works on a visit leaves as evidence beside its state
ANSWER_STEPS = frozenset({"confirm", "confirm_later", "rate"})


def check_dispute(actor: Actor, state: VisitState) -> None:
    """Refuse `StepNotYours` unless the visit's customer asks, and `WrongMoment` unless the visit has a report."""
    if actor.kind != ActorKind.LINK:
        raise StepNotYours(details={"step": "dispute"})
    if state not in REPORTED:
        raise WrongMoment(details={"state": str(state), "step": "dispute"})


def check_window(starts: datetime, ends: datetime, now: datetime) -> None:
    """Refuse `BadWindow` unless the window ends after it starts, within 24 hours, and is not over."""
    if not timedelta(0) < ends - starts <= LONGEST_WINDOW or ends <= now:
        raise BadWindow(details={"from": starts.isoformat(), "to": ends.isoformat()})


def check_windows(windows: Sequence[tuple[datetime, datetime]], now: datetime) -> None:
    """Refuse `BadWindow` unless every window is one and they lie apart, whatever their order."""
    for starts, ends in windows:
        check_window(starts, ends, now)
    ordered = sorted(windows)
    if len(windows) > MOST_WINDOWS or any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise BadWindow(details={"windows": [[starts.isoformat(), ends.isoformat()] for starts, ends in ordered]})


def check_invitation(until: datetime, crew_size: int, now: datetime) -> None:
    """Refuse `BadInvitation` unless there is time left to choose, at most 90 days, and one person does the job."""
    if crew_size > 1 or not now < until <= now + LONGEST_INVITATION:
        raise BadInvitation(details={"choose_until": until.isoformat()})


def check_after(visit_id: int, after: int, waits_for: Mapping[int, int | None]) -> None:
    """Refuse `BadOrder` unless `after` is another visit of the same order that does not wait for this one itself.

    `waits_for`: every visit of the order and the one it waits for.
    """
    seen: int | None = after
    for _ in waits_for:
        if seen == visit_id:
            raise BadOrder(details={"after": after})
        seen = waits_for.get(seen) if seen is not None else None
    if after not in waits_for:
        raise BadOrder(details={"after": after})


def check_job_type(levels: Mapping[str, int], crew_size: int) -> None:
    """Refuse `BadPlanning` unless least levels are 1 to 3 and the crew has one or two people."""
    if crew_size not in (1, 2) or any(level not in (1, 2, 3) for level in levels.values()):
        raise BadPlanning


def most_of(*levels: Mapping[str, int]) -> dict[str, int]:
    """Answer every skill asked for anywhere, each at the highest level asked for."""
    found: dict[str, int] = {}
    for asked in levels:
        for code, level in asked.items():
            found[code] = max(level, found.get(code, 0))
    return found


def check_needs(cause: str, skills: Mapping[str, int], parts: Sequence[Mapping[str, object]]) -> None:
    """Refuse `BadNeeds` unless the cause is known (or none is said), levels are 1 to 3 and parts have a code and a count from 1."""
    known = cause in ("", *NeedReason)
    counts = [(one.get("part"), one.get("count")) for one in parts]
    if not known or any(level not in (1, 2, 3) for level in skills.values()) or not all(part and _whole(count) for part, count in counts):
        raise BadNeeds(details={"cause": cause})


def _whole(count: object) -> bool:
    return isinstance(count, int) and 1 <= count <= MOST_PARTS


def order_step(done: bool, state: OrderState) -> str:
    """Answer the step an order takes when the last of its visits has ended, "" for none: resolved if one of them did the job."""
    if state != OrderState.OPEN:
        return ""
    return "resolve" if done else "cancel"


def check_step(actor: Actor, step: str) -> None:
    """Refuse `StepNotYours` unless an actor of this kind, who already sees the visit, may take this step."""
    if step in WORK_STEPS or step in PROOFS:
        allowed = actor.may("visits.run") or actor.may("visits.work")
    elif step == "cancel":
        allowed = actor.may("visits.cancel") or actor.kind == ActorKind.LINK
    elif step in ANSWER_STEPS:
        allowed = actor.kind in (ActorKind.LINK, ActorKind.SYSTEM)  # nobody of ours says for the customer that it works
    else:
        allowed = False
    if not allowed:
        raise StepNotYours(details={"step": step})


def check_move(actor: Actor) -> None:
    """Refuse `StepNotYours` unless an actor of this kind, who already sees the visit, may promise it another window."""
    if not actor.may("visits.book") and actor.kind != ActorKind.LINK:
        raise StepNotYours(details={"step": "move"})


def ended_in_vain(state: VisitState, works: bool | None) -> bool:
    """Tell whether a visit ended without what it was for; `works`: the customer's answer, None where there is none."""
    return state in ENDED and not (state == VisitState.DONE and works is not False)


def check_again(actor: Actor, state: VisitState, works: bool | None) -> None:
    """Refuse `StepNotYours`, or `WrongMoment` unless the visit ended without what it was for: then its order may get another one."""
    check_move(actor)
    if not ended_in_vain(state, works):
        raise WrongMoment(details={"state": str(state), "step": "book_again"})


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


def check_later(actor: Actor, state: VisitState, works: bool | None) -> None:
    """Refuse `StepNotYours`, or `WrongMoment` unless the job was done and the customer has said that everything works."""
    check_step(actor, "confirm_later")
    if state != VisitState.DONE or works is not True:
        raise WrongMoment(details={"state": str(state), "step": "confirm_later"})


def needs_a_person(rating: int | None, at_most: int) -> bool:
    """Tell whether a score is so low that a dispatcher has to see it: `at_most` stars; 0 asks for nobody."""
    return rating is not None and rating <= at_most


def check_answer(works: bool | None, rating: int | None) -> None:
    """Refuse `BadAnswer` unless there is a yes or no, and the rating (if any) is 1 to 5."""
    if works is None or (rating is not None and not 1 <= rating <= 5):
        raise BadAnswer


@dataclass(frozen=True, slots=True)
class Measure:
    """Something measured before a job of a type is done: its unit, and between which values it has to lie (None: no limit)."""

    key: str
    unit: str = ""
    least: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Closing:
    """What a job type asks for before a visit counts as done."""

    photos: int = 0
    signature: bool = False
    checklist: bool = False
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is of a visit: photos of ours, a signature, steps of the checklist that are done, values by key."""

    photos: int = 0
    signed: bool = False
    steps: frozenset[int] = frozenset()
    measured: Mapping[str, float] = field(default_factory=dict)


def read_closing(raw: Mapping[str, object]) -> Closing:
    """Read what a job type asks for at its end, as {"photos": 1, "signature": true, "checklist": true, "measures": [{"key": "signal",
    "unit": "dBm", "min": -27, "max": -8, "names": {"en": …}}]}; refuse `BadPlanning` for anything else.
    """
    try:
        measures = []
        for one in raw.get("measures", []):  # type: ignore[attr-defined]  # whatever is no list of objects is refused below
            least, most = (None if one.get(end) is None else float(one[end]) for end in ("min", "max"))
            measures.append(Measure(str(one["key"]), str(one.get("unit", "")), least, most))
        return Closing(int(raw.get("photos", 0)), bool(raw.get("signature")), bool(raw.get("checklist")), tuple(measures))  # type: ignore[call-overload]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadPlanning(details={"closing": "unreadable"}) from None


def lacking(closing: Closing, steps: int, has: Evidence) -> list[str]:
    """Answer what still lacks before a visit is done: "photos", "signature", "checklist", "measure:KEY", "limit:KEY" for a bad value."""
    found = ["photos"] if has.photos < closing.photos else []
    found += ["checklist"] if closing.checklist and len(has.steps & set(range(steps))) < steps else []
    for one in closing.measures:
        if one.key not in has.measured:
            found.append(f"measure:{one.key}")
        elif not one.holds(has.measured[one.key]):
            found.append(f"limit:{one.key}")
    return [*found, "signature"] if closing.signature and not has.signed else found


def check_closing(closing: Closing, steps: int, has: Evidence) -> None:
    """Refuse `ClosingLacks` while something lacks of what the job type asks for."""
    if found := lacking(closing, steps, has):
        raise ClosingLacks(details={"lacks": found})


def check_tick(step: int, steps: int) -> None:
    """Refuse `NoSuchStep` unless the checklist has a step at this place, counted from 0."""
    if not 0 <= step < steps:
        raise NoSuchStep(details={"step": step})


def check_measure(closing: Closing, key: str, value: float) -> None:
    """Refuse `NoSuchMeasure` unless the job type asks for this value, and it is a number."""
    if key not in {one.key for one in closing.measures} or not abs(value) < 1e9:
        raise NoSuchMeasure(details={"key": key})
