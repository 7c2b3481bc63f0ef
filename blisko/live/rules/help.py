"""Help on a visit: its technician asks, somebody answers within a set time or more people are told; and who is on duty for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from blisko.kit.life import Life

LAST_STEP = 2  # 0: whoever is on duty knows, 1: every dispatcher, 2: whoever stands above them
DAY = timedelta(days=1)


class HelpState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ESCALATED = "escalated"
    ANSWERED = "answered"
    CLOSED = "closed"


H = HelpState
HELP_LIFE = Life(
    H.OPEN,
    {
        (H.OPEN, "take"): H.TAKEN,
        (H.ESCALATED, "take"): H.TAKEN,
        (H.TAKEN, "take"): H.TAKEN,
        (H.OPEN, "escalate"): H.ESCALATED,
        (H.TAKEN, "escalate"): H.ESCALATED,
        (H.ESCALATED, "escalate"): H.ESCALATED,
        (H.OPEN, "answer"): H.ANSWERED,
        (H.TAKEN, "answer"): H.ANSWERED,
        (H.ESCALATED, "answer"): H.ANSWERED,
        (H.ANSWERED, "answer"): H.ANSWERED,
        (H.ANSWERED, "ask"): H.OPEN,
        (H.OPEN, "close"): H.CLOSED,
        (H.TAKEN, "close"): H.CLOSED,
        (H.ESCALATED, "close"): H.CLOSED,
        (H.ANSWERED, "close"): H.CLOSED,
    },
)
WAITING = (H.OPEN, H.TAKEN, H.ESCALATED)


class HelpSaid(StrEnum):
    """What one line of a thread is: words, a picture, or what became of a call."""

    TEXT = "text"
    PHOTO = "photo"
    RANG = "rang"
    MISSED = "missed"
    SPOKE = "spoke"


CALLS = (HelpSaid.RANG, HelpSaid.MISSED, HelpSaid.SPOKE)


@dataclass(frozen=True, slots=True)
class HelpTerms:
    """Until when help is answered, how long each step after that takes, and what rings where nobody is on duty ("" for none)."""

    answer: timedelta
    next: timedelta
    phone: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty when: `days` are ISO weekdays on which it begins, hours are local and may go past midnight.

    `job_type`: the id of the one it is for; None for all. `first`, `last`: the days between which it holds; None for no bound.
    """

    person: str
    name: str
    phone: str
    language: str
    job_type: int | None
    days: frozenset[int]
    starts: time
    ends: time
    first: date | None = None
    last: date | None = None

    def covers(self, local: datetime) -> bool:
        """Tell whether it holds at a local moment; the same hour twice is a whole day."""
        at = local.replace(tzinfo=None)
        return any(self._holds(at.date() - back * DAY, at) for back in (0, 1))

    def _holds(self, day: date, at: datetime) -> bool:
        begins, ends = datetime.combine(day, self.starts), datetime.combine(day, self.ends)
        ends = ends if ends > begins else ends + DAY
        bounds = (self.first is None or day >= self.first) and (self.last is None or day <= self.last)
        return bounds and day.isoweekday() in self.days and begins <= at < ends


def on_duty(duties: Iterable[Duty], job_type: int, local: datetime) -> list[Duty]:
    """Answer who is on duty for a job type at a local moment, those for it alone before those for every job."""
    found = [one for one in duties if one.job_type in (None, job_type) and one.covers(local)]
    return sorted(found, key=lambda one: one.job_type is None)


def next_due(step: int, due: datetime, terms: HelpTerms) -> datetime | None:
    """Answer when the step after `step` is taken, which itself was due then; None where nobody is left to be told."""
    return None if step >= LAST_STEP else due + terms.next
