"""What the link offers first, and when it asks once more before it cancels."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Protocol, TypeVar

from blisko.live.rules.stages import Stage
from blisko.visits.rules import CancelReason

BEST = 3
NOON = 12


class Begins(Protocol):
    @property
    def starts(self) -> datetime: ...


S = TypeVar("S", bound=Begins)


def best_of(slots: Sequence[S], zone: tzinfo) -> list[S]:
    """Answer the few times to show first: as they are offered, the best first, of each half of a day one where others are left."""
    first: list[S] = []
    later: list[S] = []
    seen: set[tuple[object, bool]] = set()
    for slot in slots:
        local = slot.starts.astimezone(zone)
        half = (local.date(), local.hour < NOON)
        (later if half in seen else first).append(slot)
        seen.add(half)
    return [*first, *later][:BEST]


def asks_again(stage: Stage, reason: CancelReason, *, movable: bool) -> bool:
    """Tell whether one tap more is asked: somebody is already on the way or there, or moving would help who is not at home."""
    return stage in (Stage.ON_THE_WAY, Stage.ON_SITE) or (reason == CancelReason.NOT_HOME and movable)


def reasons_at(stage: Stage) -> list[CancelReason]:
    """Answer the reasons a customer may give, the one that saves most first; who is not at home then only where there is a then."""
    reasons = [CancelReason.FIXED_ITSELF, CancelReason.NOT_HOME, CancelReason.NOT_NEEDED, CancelReason.OTHER]
    return [one for one in reasons if stage not in (Stage.INVITED, Stage.ON_SITE) or one != CancelReason.NOT_HOME]
