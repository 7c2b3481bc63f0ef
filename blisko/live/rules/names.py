"""When a customer is told that somebody else comes than he knows of: once it has settled, and only who had heard a name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SETTLES = timedelta(minutes=2)  # a change that is taken back sooner is none


@dataclass(frozen=True)
class Heard:
    """By which first name a customer counts on somebody ("": nobody was named), and since when."""

    name: str
    at: datetime


def last_heard(told: Heard | None, seen: Heard | None) -> Heard | None:
    """Answer whom a customer counts on: as the last message said, or as the page showed it since."""
    if told is None or (seen is not None and seen.at > told.at):
        return seen
    return told


def is_another(heard: Heard | None, name: str) -> bool:
    """Tell whether who comes is another by name than the one heard of; who had heard no name need not hear of a change."""
    return heard is not None and heard.name not in ("", name)
