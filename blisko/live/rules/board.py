"""The dispatcher's plan of a day: what a filter lets through, and which promises are in danger at first sight."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

STATES = ("booked", "on_the_way", "on_site", "ended")
ENDED_STATES = frozenset({"done", "cancelled", "no_access", "not_completed", "needs_another"})
NUMBER_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a day is asked for; an empty value asks for everything."""

    team: str = ""
    technician: int = 0
    state: str = ""
    job: str = ""
    risk: bool = False
    unplanned: bool = False
    text: str = ""

    def __bool__(self) -> bool:
        return self != Filters()

    def said(self) -> dict[str, str]:
        """Answer the filters as they stand in an address, those that ask for something."""
        said = {
            "team": self.team,
            "technician": str(self.technician or ""),
            "state": self.state,
            "job": self.job,
            "risk": "1" if self.risk else "",
            "unplanned": "1" if self.unplanned else "",
            "text": self.text,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Looks:
    """What a filter asks of one visit."""

    state: str
    job: str
    risky: bool
    planned: bool
    words: str


def read_filters(said: Mapping[str, str]) -> Filters:
    """Answer what an address asks for; nonsense asks for nothing."""
    technician, state = said.get("technician", ""), said.get("state", "")
    return Filters(
        team=said.get("team", "")[:40],
        technician=int(technician) if technician.isdecimal() and len(technician) <= NUMBER_DIGITS else 0,
        state=state if state in STATES else "",
        job=said.get("job", "")[:40],
        risk=said.get("risk", "") == "1",
        unplanned=said.get("unplanned", "") == "1",
        text=" ".join(said.get("text", "")[:80].split()),
    )


def fits(asked: Filters, one: Looks) -> bool:
    """Tell whether a visit is among those asked for (teams and technicians are asked of rows, not of visits)."""
    state = "ended" if one.state in ENDED_STATES else one.state
    return (
        (not asked.state or asked.state == state)
        and (not asked.job or asked.job == one.job)
        and (not asked.risk or one.risky)
        and (not asked.unplanned or not one.planned)
        and all(word in one.words.casefold() for word in asked.text.casefold().split())
    )


def is_within(window: tuple[datetime, datetime], start: datetime) -> bool:
    """Tell whether a start keeps a promise as clocks show both: people read minutes, and seconds break no promise."""
    first, at, last = (moment.replace(second=0, microsecond=0) for moment in (window[0], start, window[1]))
    return first <= at <= last


def may_be_late(state: str) -> bool:
    """Tell whether a visit has yet to begin."""
    return state not in ENDED_STATES and state != "on_site"


def is_risky(state: str, window: tuple[datetime, datetime], start: datetime | None, now: datetime) -> bool:
    """Tell whether a promise is in danger by the plan and the clock alone: planned outside its window, or not begun when it ends."""
    return may_be_late(state) and (now > window[1] or (start is not None and not is_within(window, start)))
