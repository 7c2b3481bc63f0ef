from dataclasses import dataclass
from datetime import datetime

from blisko.kit.events import Event


@dataclass(frozen=True)
class CustomerAdded(Event):
    customer_id: int
    at: datetime
