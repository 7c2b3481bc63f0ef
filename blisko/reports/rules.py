"""The figures managers see first: what each counts, of what, and the line it is held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from blisko.reports.errors import BadPeriod

PERMISSIONS = {"reports.see": "See the figures, and the lists behind them"}
LONGEST = timedelta(days=92)


class Figure(StrEnum):
    OPENED = "opened"
    WORKS = "works"
    RESPONSE = "response"
    SCORE = "score"
    SAVED = "saved"
    NO_ACCESS = "no_access"
    AT_THE_DOOR = "at_the_door"
    MOVES = "moves"


class Group(StrEnum):
    DAY = "day"
    TEAM = "team"
    JOB_TYPE = "job_type"


@dataclass(frozen=True)
class Counts:
    """What was counted of the visits of one group; `score` is the sum of the stars, `moves` counts times customers moved a visit."""

    visits: int = 0
    told: int = 0
    opened: int = 0
    done: int = 0
    answered: int = 0
    works: int = 0
    rated: int = 0
    score: int = 0
    attended: int = 0
    no_access: int = 0
    at_the_door: int = 0
    saved: int = 0
    saved_metres: int = 0
    saved_seconds: int = 0
    moves: int = 0
    moved: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})


@dataclass(frozen=True)
class Share:
    """A part of a whole; `line`: the share it is held against."""

    part: str
    whole: str
    line: float | None = None


# A figure that is a share: counted part, counted whole, reference.
SHARES: Mapping[Figure, Share] = {
    Figure.OPENED: Share("opened", "told", 0.75),
    Figure.WORKS: Share("works", "done", 0.5),
    Figure.RESPONSE: Share("answered", "done"),
    Figure.NO_ACCESS: Share("no_access", "attended"),
    Figure.AT_THE_DOOR: Share("at_the_door", "attended"),
    Figure.SAVED: Share("saved", "visits"),
    Figure.MOVES: Share("moved", "visits"),
}


def share_of(figure: Figure, counts: Counts) -> float | None:
    """Answer a figure's share from 0 to 1; None where the whole is nothing, or the figure no share."""
    share = SHARES.get(figure)
    whole = getattr(counts, share.whole) if share else 0
    return getattr(counts, share.part) / whole if share and whole else None


def mean_score(counts: Counts) -> float | None:
    """Answer the mean of the stars; None where nobody gave any."""
    return counts.score / counts.rated if counts.rated else None


def check_period(first: date, last: date) -> None:
    """Refuse `BadPeriod` unless the last day is not before the first and the days are no more than 92."""
    if not timedelta(0) <= last - first < LONGEST:
        raise BadPeriod(details={"from": first.isoformat(), "to": last.isoformat()})
