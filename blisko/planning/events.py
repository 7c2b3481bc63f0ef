from dataclasses import dataclass
from datetime import date, datetime

from blisko.kit.events import Event


@dataclass(frozen=True)
class VisitAssigned(Event):
    visit_id: int
    technician_id: int
    at: datetime


@dataclass(frozen=True)
class VisitReleased(Event):
    visit_id: int
    technician_id: int
    at: datetime


@dataclass(frozen=True)
class PlanChanged(Event):
    """A day's plan has a new version: `visit_ids` have another technician or another time."""

    day: date
    version_id: int
    visit_ids: list[int]
    at: datetime


@dataclass(frozen=True)
class RiskRaised(Event):
    """A promise is in danger: the visit's window breaks with this probability."""

    alert_id: int
    visit_id: int
    probability: float
    at: datetime


@dataclass(frozen=True)
class RiskEscalated(Event):
    """Nobody has looked after some promises in danger in time."""

    alert_ids: list[int]
    at: datetime


@dataclass(frozen=True)
class EarlierOffered(Event):
    """Something earlier has come free and is held for one who waits for it."""

    visit_id: int
    hold_id: int
    starts: datetime
    ends: datetime
    at: datetime
