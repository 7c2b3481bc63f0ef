from dataclasses import dataclass
from datetime import datetime

from blisko.kit.events import Event


@dataclass(frozen=True)
class TechnicianAbsent(Event):
    """Somebody does not work from `starts` to `ends` after all; his shifts are cut already."""

    technician_id: int
    starts: datetime
    ends: datetime
    at: datetime


@dataclass(frozen=True)
class HomeSet(Event):
    """Where a technician lives became known or another place; it does not say where."""

    technician_id: int
    at: datetime
