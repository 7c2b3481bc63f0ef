from dataclasses import dataclass
from datetime import datetime

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
