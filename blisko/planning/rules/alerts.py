"""A promise in danger as a dispatcher meets it: raised once, repaired, taken, ignored, or gone by itself; it does not flicker."""

from datetime import datetime, timedelta
from enum import StrEnum

from blisko.kit.life import Life

RAISE, CLEAR = 0.35, 0.20  # an alert is raised at the one probability and goes below the other
CALM = timedelta(minutes=5)  # so long it must stay below
UNANSWERED = timedelta(minutes=10)  # after which it is told to more people
WORSE = 0.20  # by so much a danger that was ignored must grow to be told again
STALE = timedelta(minutes=3)  # after which the ways out are looked for again
CHANGED = 0.10  # or when the danger has changed by so much


class AlertState(StrEnum):
    OPEN = "open"
    ESCALATED = "escalated"
    TAKEN = "taken"
    APPLIED = "applied"
    IGNORED = "ignored"
    PASSED = "passed"


A = AlertState
ALERT_LIFE = Life(
    A.OPEN,
    {
        (A.OPEN, "escalate"): A.ESCALATED,
        (A.OPEN, "take"): A.TAKEN,
        (A.ESCALATED, "take"): A.TAKEN,
        (A.OPEN, "apply"): A.APPLIED,
        (A.ESCALATED, "apply"): A.APPLIED,
        (A.TAKEN, "apply"): A.APPLIED,
        (A.OPEN, "ignore"): A.IGNORED,
        (A.ESCALATED, "ignore"): A.IGNORED,
        (A.TAKEN, "ignore"): A.IGNORED,
        (A.OPEN, "pass"): A.PASSED,
        (A.ESCALATED, "pass"): A.PASSED,
        (A.TAKEN, "pass"): A.PASSED,
    },
)
LIVE = (A.OPEN, A.ESCALATED, A.TAKEN)


class CauseCode(StrEnum):
    """What makes a visit late: the route is behind already, a drive or a job takes longer, or the plan leaves no room."""

    BEHIND = "behind"
    DRIVE = "drive"
    WORK = "work"
    TIGHT = "tight"


def should_raise(probability: float, ignored_at: float | None) -> bool:
    """Tell whether a danger is worth an alert; one that was ignored is told again only when it has grown."""
    return probability >= RAISE and (ignored_at is None or probability >= min(ignored_at + WORSE, 1.0) > ignored_at)


def calm_since(probability: float, before: datetime | None, now: datetime) -> datetime | None:
    """Answer since when the danger has been below the lower mark; None while it is not."""
    return (before or now) if probability < CLEAR else None


def may_pass(calm: datetime | None, now: datetime) -> bool:
    """Tell whether a danger has been small for long enough to be gone."""
    return calm is not None and now - calm >= CALM


def is_unanswered(state: AlertState, opened_at: datetime, now: datetime) -> bool:
    """Tell whether nobody has looked after an alert for too long."""
    return state == A.OPEN and now - opened_at >= UNANSWERED


def are_stale(looked_at: datetime, probability_then: float, now: datetime, probability: float) -> bool:
    """Tell whether the ways out of a danger should be looked for again."""
    return now - looked_at >= STALE or abs(probability - probability_then) >= CHANGED
