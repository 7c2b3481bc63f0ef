"""What the customer's link shows now: the stage of a visit, and which field may be seen in which stage."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from blisko.visits.rules import VisitState


class Stage(StrEnum):
    INVITED = "invited"
    BOOKED = "booked"
    DAY_BEFORE = "day_before"
    TODAY = "today"
    ON_THE_WAY = "on_the_way"
    ON_SITE = "on_site"
    DONE = "done"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = Stage
ALL = frozenset(Stage)
AHEAD = frozenset({S.BOOKED, S.DAY_BEFORE, S.TODAY})
PREPARED = AHEAD | {S.INVITED}  # while there is time to say what the technician should know
UNDER_WAY = frozenset({S.TODAY, S.ON_THE_WAY, S.ON_SITE})

# The one place that says what a customer sees when. What is not listed for a stage does not reach the page.
FIELDS: Mapping[str, frozenset[Stage]] = {
    "number": ALL,
    "job": ALL,
    "window": ALL - {S.INVITED},
    "choose_form": frozenset({S.INVITED}),
    "choose_until": frozenset({S.INVITED}),
    "likely": frozenset({S.DAY_BEFORE, S.TODAY}),
    "hotline": ALL,
    "address": PREPARED | {S.ON_THE_WAY, S.ON_SITE},
    "technician_name": UNDER_WAY | {S.DAY_BEFORE, S.DONE, S.CLOSED},
    "technician_photo": UNDER_WAY | {S.DAY_BEFORE},
    "technician_phone": UNDER_WAY,
    "home": frozenset({S.ON_THE_WAY}),
    "position": frozenset({S.ON_THE_WAY}),
    "route": frozenset({S.ON_THE_WAY}),
    "seen": frozenset({S.ON_THE_WAY}),
    "eta": frozenset({S.ON_THE_WAY}),
    "delay": frozenset({S.TODAY, S.ON_THE_WAY}),
    "delay_form": frozenset({S.TODAY, S.ON_THE_WAY}),
    "stops_before": frozenset({S.TODAY}),
    "map_comes": frozenset({S.ON_THE_WAY}),
    "arrived_at": frozenset({S.ON_SITE}),
    "notes": PREPARED | UNDER_WAY | {S.CLOSED},
    "note_form": PREPARED | {S.ON_THE_WAY},
    "photos": PREPARED | UNDER_WAY | {S.DONE, S.CLOSED},
    "photo_form": PREPARED | {S.ON_THE_WAY},
    "notices_form": PREPARED | {S.ON_THE_WAY, S.ON_SITE},
    "ended_at": frozenset({S.DONE, S.CLOSED}),
    "question": frozenset({S.DONE}),
    "answer": frozenset({S.CLOSED}),
    "later_question": frozenset({S.CLOSED}),
    "later_answer": frozenset({S.CLOSED}),
    "trouble_form": frozenset({S.CLOSED}),
    "rating_form": frozenset({S.CLOSED}),
    "rating": frozenset({S.CLOSED}),
    "outcome": frozenset({S.CLOSED}),
    "follow_up": frozenset({S.CLOSED}),
    "cancel_reason": frozenset({S.CANCELLED}),
    "saved": frozenset({S.CANCELLED}),
    "move_form": AHEAD | {S.ON_THE_WAY},
    "cancel_form": PREPARED | {S.ON_THE_WAY, S.ON_SITE},
    "report": frozenset({S.DONE, S.CLOSED}),
    "dispute_form": frozenset({S.DONE, S.CLOSED}),
    "dispute": frozenset({S.DONE, S.CLOSED}),
    "again_form": frozenset({S.CANCELLED, S.CLOSED}),
    "waits": AHEAD,
    "calendar": AHEAD,
    "held": PREPARED | {S.ON_THE_WAY, S.CANCELLED, S.CLOSED},
}


def stage_of(state: VisitState, window: tuple[datetime, datetime], now: datetime, zone: tzinfo, *, answered: bool) -> Stage:
    """Answer the stage of a visit at `now`; days turn at midnight in `zone`. A window that has passed is still today."""
    if state == VisitState.BOOKED:
        today, day = now.astimezone(zone).date(), window[0].astimezone(zone).date()
        if day <= today:
            return Stage.TODAY
        return Stage.DAY_BEFORE if day - today == timedelta(days=1) else Stage.BOOKED
    if state == VisitState.DONE:
        return Stage.CLOSED if answered else Stage.DONE
    return _STAGES[state]


_STAGES = {
    VisitState.INVITED: Stage.INVITED,
    VisitState.ON_THE_WAY: Stage.ON_THE_WAY,
    VisitState.ON_SITE: Stage.ON_SITE,
    VisitState.CANCELLED: Stage.CANCELLED,
    VisitState.NO_ACCESS: Stage.CLOSED,
    VisitState.NOT_COMPLETED: Stage.CLOSED,
    VisitState.NEEDS_ANOTHER: Stage.CLOSED,
}


def shows(stage: Stage, field: str) -> bool:
    """Tell whether a field may be seen in a stage; an undeclared field never."""
    return stage in FIELDS.get(field, frozenset())


def view_of(facts: Mapping[str, Any], stage: Stage) -> dict[str, Any]:
    """Answer the only facts the page gets: those its stage allows, with None where one is allowed and not known."""
    return {field: facts.get(field) for field, stages in FIELDS.items() if stage in stages}


def moves_by_itself(stage: Stage) -> bool:
    """Tell whether a page in this stage is worth asking for again without a hint."""
    return stage in UNDER_WAY


def steps_of_visit(stage: Stage, state: VisitState, *, promised: bool = True) -> list[tuple[str, str]]:
    """Answer the stepper: (name, "done" | "now" | "next" | "failed"); a visit that failed ends where it failed.

    `promised`: whether a time was chosen; where none ever was, that is what was not reached.
    """
    names = ["booked" if promised else "choose", "on_the_way", "on_site", "done"]
    if state == VisitState.CANCELLED and not promised:
        return [("cancelled", "failed")]
    reached = {VisitState.CANCELLED: 1, VisitState.NO_ACCESS: 2, VisitState.NOT_COMPLETED: 3, VisitState.NEEDS_ANOTHER: 3}
    if state in reached:
        end = "cancelled" if state == VisitState.CANCELLED else "ended"
        return [(name, "done") for name in names[: reached[state]]] + [(end, "failed")]
    here = {S.ON_THE_WAY: 1, S.ON_SITE: 2, S.DONE: 3, S.CLOSED: 4}.get(stage, 0)
    return [(name, "done" if i < here else "now" if i == here else "next") for i, name in enumerate(names)]
