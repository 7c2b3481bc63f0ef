"""What customers choose: a slot is held while they decide and confirmed in one transaction; whoever waits is offered what comes free."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from blisko.access.rules import SYSTEM, Actor
from blisko.access.services import keep_days, spend
from blisko.kit.events import ask_once, emit
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.planning.errors import NothingHeld, NotMovable, PlanOutdated, SlotGone
from blisko.planning.events import EarlierOffered
from blisko.planning.models import SavedTrip, SlotHold, Waiting
from blisko.planning.queries.choices import (
    days_to_choose,
    earlier_slots,
    held_for,
    is_held_by_others,
    purpose_for,
    slots_to_choose,
    waiting_now,
)
from blisko.planning.queries.problems import Draft, day_at
from blisko.planning.queries.slots import Slot, offer_slots
from blisko.planning.queries.what_if import board_for
from blisko.planning.rules.choices import HOLD, HOLD_LIFE, OFFER_HOLD, HoldState, Purpose, WaitingState, keeps_everybody
from blisko.planning.rules.runs import Why
from blisko.planning.rules.whatif import Consequences, consequences_of, placings
from blisko.planning.rules.world import visit_key
from blisko.planning.services.assigning import release_all
from blisko.planning.services.plans import keep_stops
from blisko.planning.services.versions import hold_still, queue_up, write_changes
from blisko.visits.queries import visit_for
from blisko.visits.rules import VisitState
from blisko.visits.services import book_again, move_visit, turn_back_for

if TYPE_CHECKING:
    from blisko.planning.rules.whatif import Board
    from blisko.visits.models import Visit

CHOICES_AN_HOUR = 30
LOOK_FOR_EARLIER = "planning.look_for_earlier"
LOOKS_ANEW = 3  # times a day that somebody else changed at the same moment is looked at again
GATHER = 1.0  # seconds in which what comes free is gathered before anybody is told


@transaction.atomic
def hold_slot(visit_id: int, window_from: datetime, *, actor: Actor, now: datetime) -> SlotHold:
    """Keep a slot that is offered for this visit while its customer decides; what was held for it before is let go.

    Refuses `SlotGone` when it is not offered any more, `NotMovable` when there is nothing to choose a time for.
    """
    visit = visit_for(actor, visit_id, now=now, lock=True)
    purpose = _purpose(visit)
    spend(f"choose:{actor.id}", limit=CHOICES_AN_HOUR, per=3600, now=now)
    _let_go(visit_id, actor=actor, now=now)
    slots = slots_to_choose(actor, visit_id, now=now, days=[day_at(window_from)])
    slot = next((one for one in slots if one.starts == window_from), None)
    hold = _held(visit_id, slot, purpose, HOLD, actor=actor, now=now)
    if hold is None:
        raise SlotGone
    return hold


def _purpose(visit: "Visit") -> Purpose:
    purpose = purpose_for(visit)
    if purpose is None:
        raise NotMovable(details={"state": visit.state})
    return purpose


def _held(visit_id: int, slot: Slot | None, purpose: Purpose, length: timedelta, *, actor: Actor, now: datetime) -> SlotHold | None:
    """Hold a slot, where there is one, unless its technician's day has just been held for somebody else."""
    queue_up([slot.technician_id] if slot else [])
    if slot is None or is_held_by_others(visit_id, slot.technician_id, day_at(slot.starts), now=now):
        return None
    hold = SlotHold.objects.create(
        visit_id=visit_id,
        purpose=purpose,
        technician_id=slot.technician_id,
        day=day_at(slot.starts),
        window_from=slot.starts,
        window_to=slot.ends,
        made_at=now,
        until=now + length,
        by=actor.id,
    )
    push(f"visit:{visit_id}")
    return hold


@transaction.atomic
def let_slot_go(visit_id: int, *, actor: Actor, now: datetime) -> None:
    """Give back what is held for a visit: its customer stays with what he has."""
    visit_for(actor, visit_id, now=now, lock=True)
    _let_go(visit_id, actor=actor, now=now)
    push(f"visit:{visit_id}")


def _let_go(visit_id: int, *, actor: Actor, now: datetime) -> None:
    for hold in SlotHold.objects.filter(visit_id=visit_id, state=HoldState.HELD):
        take_step(hold, "let_go", by=actor, now=now)


def confirm_slot(visit_id: int, *, actor: Actor, now: datetime) -> "Visit":
    """Make what is held the promise, with a technician who keeps it: the visit's new window, or another visit of its order.

    All of it or nothing, in one transaction; a second tap answers what the first one brought. Where whoever was held for it no longer
    can, whoever else still can comes. Refuses `NothingHeld`, and `SlotGone` when nobody can any more.
    """
    visit_for(actor, visit_id, now=now)
    hold = SlotHold.objects.filter(visit_id=visit_id).exclude(state=HoldState.LET_GO).order_by("-pk").first()
    if hold is None:
        raise NothingHeld
    for technician_id in _candidates(hold, now):
        with suppress(SlotGone, PlanOutdated):
            return _confirmed(hold, technician_id, actor=actor, now=now)
    raise SlotGone


@transaction.atomic
def _confirmed(hold: SlotHold, technician_id: int, *, actor: Actor, now: datetime) -> "Visit":
    visit_id, window = hold.visit_id, (hold.window_from, hold.window_to)
    hold_still([visit_id], [technician_id], hold.day)
    visit = visit_for(actor, visit_id, now=now)
    hold.refresh_from_db()
    if hold.state == HoldState.CONFIRMED and hold.booked_visit_id:
        return visit_for(SYSTEM, hold.booked_visit_id, now=now)
    HOLD_LIFE.step(HoldState(hold.state), "confirm")  # refuses what was let go meanwhile
    if is_held_by_others(visit_id, technician_id, hold.day, now=now):
        raise SlotGone
    if _purpose(visit) == Purpose.AGAIN:
        wanted = book_again(visit_id, window_from=window[0], window_to=window[1], actor=actor, now=now)
    else:
        turn_back_for(visit_id, actor=actor, now=now)
        release_all(visit_id, actor=SYSTEM, now=now)
        wanted = move_visit(visit_id, window_from=window[0], window_to=window[1], actor=actor, now=now)
    _place(wanted, technician_id, hold.day, actor=actor, now=now)
    take_step(hold, "confirm", by=actor, now=now, booked_visit_id=wanted.pk)
    for waiting in Waiting.objects.filter(visit_id=visit_id, state=WaitingState.WAITING):
        take_step(waiting, "take" if hold.purpose == Purpose.EARLIER else "end", by=actor, now=now)
    push(f"visit:{visit_id}")
    return wanted


def _place(visit: "Visit", technician_id: int, day: date, *, actor: Actor, now: datetime) -> None:
    """Put a visit into a technician's day where it costs least; refuse `SlotGone`."""
    board = board_for([visit], [technician_id], day, now=now)
    best = min(_ways_in(board, visit, technician_id), key=lambda found: found.points, default=None)
    if best is None:
        raise SlotGone
    write_changes(best.changes, why=Why.CHOSEN, actor=actor, now=now)
    keep_stops(Draft(board.world, board.problem, ""), best.routes, now=now)


def _candidates(hold: SlotHold, now: datetime) -> Iterator[int]:
    """Answer whoever is held, then whoever else can come, looked at anew: he among them where only his day has changed meanwhile."""
    yield hold.technician_id
    for _ in range(LOOKS_ANEW):
        offers = offer_slots(SYSTEM, hold.visit_id, [hold.day], now=now, again=hold.purpose == Purpose.AGAIN)
        yield from (one.technician_id for one in offers if one.starts == hold.window_from)


def _ways_in(board: "Board", visit: "Visit", technician_id: int) -> Iterator[Consequences]:
    """Answer every way to put a visit into somebody's day that keeps what anybody was promised or told."""
    key, window = visit_key(visit.pk), (visit.window_from, visit.window_to)
    for shift in board.shifts_of(technician_id):
        breaks = len(shift.breaks)
        for orders in placings(board, key, shift):
            found = consequences_of(board, orders, [key])
            if keeps_everybody(found, visit.pk, window, breaks):
                yield found


@transaction.atomic
def wait_for_earlier(visit_id: int, *, actor: Actor, now: datetime) -> Waiting:
    """Put a customer on the list of those who want to hear when something earlier comes free; twice is once."""
    visit = visit_for(actor, visit_id, now=now, lock=True)
    if visit.state != VisitState.BOOKED:
        raise NotMovable(details={"state": visit.state})
    waiting, _ = Waiting.objects.get_or_create(visit_id=visit_id, state=WaitingState.WAITING, defaults={"since": now})
    push(f"visit:{visit_id}")
    ask_for_earlier()
    return waiting


@transaction.atomic
def stop_waiting(visit_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a customer off that list."""
    visit_for(actor, visit_id, now=now, lock=True)
    for waiting in Waiting.objects.filter(visit_id=visit_id, state=WaitingState.WAITING):
        take_step(waiting, "end", by=actor, now=now)
    push(f"visit:{visit_id}")


def ask_for_earlier() -> None:
    """Have somebody look in a moment whether something that came free suits whoever waits; asked again before then, it is once."""
    ask_once(LOOK_FOR_EARLIER, "events", LOOK_FOR_EARLIER, alone=LOOK_FOR_EARLIER, after=GATHER)


def offer_earlier(*, now: datetime) -> list[SlotHold]:
    """Hold what came free for those who have waited longest, and tell them; nobody is told twice within the hour."""
    return [hold for waiting in waiting_now(now=now) if (hold := _offer(waiting, now))]


@transaction.atomic
def _offer(waiting: Waiting, now: datetime) -> SlotHold | None:
    visit = visit_for(SYSTEM, waiting.visit_id, now=now, lock=True)
    if visit.state != VisitState.BOOKED or visit.window_from <= now:
        take_step(waiting, "end", by=SYSTEM, now=now)
        return None
    if held_for(waiting.visit_id, now=now):
        return None  # he is choosing himself just now
    _let_go(waiting.visit_id, actor=SYSTEM, now=now)
    slot = next(iter(earlier_slots(visit, days_to_choose(now), now=now)), None)
    hold = _held(waiting.visit_id, slot, Purpose.EARLIER, OFFER_HOLD, actor=SYSTEM, now=now)
    if hold is not None:
        Waiting.objects.filter(pk=waiting.pk).update(offered_at=now)
        emit(EarlierOffered(visit_id=visit.pk, hold_id=hold.pk, starts=hold.window_from, ends=hold.window_to, at=now))
    return hold


@keep_days("planning.holds", 90, "Times customers chose from their link")
def forget_holds(before: datetime) -> int:
    """Delete what was held and who waited, long ago."""
    return SlotHold.objects.filter(made_at__lt=before).delete()[0] + Waiting.objects.filter(since__lt=before).delete()[0]


@keep_days("planning.saved_trips", 730, "Drives saved by cancelling in time")
def forget_saved_trips(before: datetime) -> int:
    """Delete what was saved, long ago."""
    return SavedTrip.objects.filter(at__lt=before).delete()[0]
