"""What a customer may choose and for how long: the life of a held slot, and of waiting for something earlier."""

from datetime import datetime, timedelta
from enum import StrEnum

from blisko.kit.life import Life
from blisko.planning.rules.lines import Line
from blisko.planning.rules.whatif import Consequences
from blisko.visits.rules import VisitState, ended_in_vain

HOLD = timedelta(minutes=5)  # while a customer decides
OFFER_HOLD = timedelta(minutes=10)  # for who was told of something earlier
LEAD_TIME = timedelta(hours=1)  # nothing is offered that begins sooner
EARLIER_BY = timedelta(hours=2)  # what is less is not worth a message


class HoldState(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    LET_GO = "let_go"


class Purpose(StrEnum):
    """What a slot is held for: the first promise, moving it, what came free earlier, or another visit of an ended one's order."""

    FIRST = "first"
    MOVE = "move"
    EARLIER = "earlier"
    AGAIN = "again"


class WaitingState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    ENDED = "ended"


H, W = HoldState, WaitingState
HOLD_LIFE = Life(H.HELD, {(H.HELD, "confirm"): H.CONFIRMED, (H.HELD, "let_go"): H.LET_GO})
WAITING_LIFE = Life(W.WAITING, {(W.WAITING, "take"): W.TAKEN, (W.WAITING, "end"): W.ENDED})


def purpose_of(state: VisitState, works: bool | None) -> Purpose | None:
    """Answer what a customer could choose a slot for; None: for nothing."""
    if state in (VisitState.BOOKED, VisitState.ON_THE_WAY):
        return Purpose.MOVE
    if state == VisitState.INVITED:
        return Purpose.FIRST
    return Purpose.AGAIN if ended_in_vain(state, works) else None


def keeps_everybody(found: Consequences, visit_id: int, window: tuple[datetime, datetime], breaks: int) -> Line | None:
    """Answer when a visit would take place if putting it there keeps every promise, every break and what everybody was told; else None."""
    line = next((one.becomes for one in found.changes if one.visit_id == visit_id and one.seat == 1), None)
    others_told = set(found.customers_told) - {visit_id}
    rested = sum(stop.kind == "break" for route in found.routes for stop in route.stops)
    if rested < breaks or found.refusal or found.windows_broken or others_told or found.overtime_minutes > 0 or line is None:
        return None
    return line if window[0] <= line.starts <= window[1] else None


def is_earlier(starts: datetime, promised: datetime, now: datetime) -> bool:
    """Tell whether a window that begins at `starts` is worth telling somebody who waits for one before `promised`."""
    return now + LEAD_TIME <= starts <= promised - EARLIER_BY
