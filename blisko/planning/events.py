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
