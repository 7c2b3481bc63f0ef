"""What happens between a visit and its customer on the day."""

from dataclasses import dataclass
from datetime import datetime

from blisko.kit.events import Event


@dataclass(frozen=True)
class DelayTold(Event):
    """A customer was told that the technician comes between `starts` and `ends`, other than he counted on."""

    visit_id: int
    notice_id: int
    starts: datetime
    ends: datetime
    at: datetime


@dataclass(frozen=True)
class DelayAccepted(Event):
    """A customer who was told of a delay waits."""

    visit_id: int
    notice_id: int
    at: datetime


@dataclass(frozen=True)
class HelpAsked(Event):
    """A technician waits for help on a visit from `at` on."""

    thread_id: int
    visit_id: int
    at: datetime


@dataclass(frozen=True)
class HelpEscalated(Event):
    """Nobody has answered a technician in time: it is `step`'s turn (1: every dispatcher, 2: whoever stands above them)."""

    thread_id: int
    visit_id: int
    step: int
    at: datetime
