"""When a customer is told that somebody else comes than he knows of: once it has settled, and only who had heard a name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SETTLES = timedelta(minutes=2)  # a change that is taken back sooner is none


@dataclass(frozen=True)
class Heard:
    """Whom a customer had heard of (None: of nobody by name) at a moment, and by which first name."""

    technician_id: int | None
    name: str
    at: datetime


def last_heard(told: Heard | None, seen: Heard | None) -> Heard | None:
    """Answer whom a customer counts on: as the last message said, or as the page showed it since."""
    if told is None or (seen is not None and seen.at > told.at):
        return seen
    return told


def is_another(heard: Heard | None, technician_id: int, name: str) -> bool:
    """Tell whether who comes is another by name than the one heard of; who had heard no name need not hear of a change."""
    return heard is not None and heard.technician_id not in (None, technician_id) and heard.name != name
