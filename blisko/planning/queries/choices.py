"""What a customer may choose from, and what is held for him while he decides."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from blisko.access.rules import SYSTEM, Actor, require
from blisko.planning.models import SavedTrip, SlotHold, Waiting
from blisko.planning.queries.problems import day_at
from blisko.planning.queries.slots import Slot, offer_slots
from blisko.planning.rules.choices import LEAD_TIME, HoldState, Purpose, WaitingState, is_earlier, purpose_of
from blisko.visits.queries import visit_for
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.visits.models import Visit

DAYS_OFFERED = 14
OFFERED_EVERY = timedelta(hours=1)  # to one who waits


def days_to_choose(now: datetime) -> list[date]:
    """Answer the local days a customer may choose from."""
    return [day_at(now) + timedelta(days=each) for each in range(DAYS_OFFERED)]


def purpose_for(visit: "Visit") -> Purpose | None:
    """Answer what a visit's customer could choose a slot for, for the house's own use; None: for nothing."""
    return purpose_of(VisitState(visit.state), visit.works)


def slots_to_choose(actor: Actor, visit_id: int, *, now: datetime, days: Iterable[date] | None = None) -> list[Slot]:
    """Answer the windows a customer may choose from, the best first: to move the visit, or for another one after it ended.

    Its present window is not among them, nor what begins within the hour. Empty where there is nothing to choose.
    """
    visit = visit_for(actor, visit_id, now=now)
    purpose = purpose_for(visit)
    if purpose is None:
        return []
    again = purpose == Purpose.AGAIN
    slots = offer_slots(actor, visit_id, days_to_choose(now) if days is None else days, now=now, again=again)
    soonest = now + LEAD_TIME
    return [one for one in slots if one.starts >= soonest and (again or one.starts != visit.window_from)]


def earlier_slots(visit: "Visit", days: Iterable[date], *, now: datetime) -> list[Slot]:
    """Answer what could be offered to one who waits for something earlier, the earliest first, for the house's own use."""
    wanted = [day for day in days if day <= day_at(visit.window_from)]
    slots = offer_slots(SYSTEM, visit.pk, wanted, now=now)
    return sorted((one for one in slots if is_earlier(one.starts, visit.window_from, now)), key=lambda one: one.starts)


def held_for(visit_id: int, *, now: datetime) -> SlotHold | None:
    """Answer what is held for a visit's customer at the moment, for the house's own use."""
    return SlotHold.objects.filter(visit_id=visit_id, state=HoldState.HELD, until__gt=now).first()


def is_held_by_others(visit_id: int, technician_id: int, day: date, *, now: datetime) -> bool:
    """Tell whether a technician's day is held for another visit's customer just now."""
    held = SlotHold.objects.filter(state=HoldState.HELD, until__gt=now, technician_id=technician_id, day=day)
    return held.exclude(visit_id=visit_id).exists()


def waits_for_earlier(visit_id: int) -> bool:
    """Tell whether a visit's customer wants to hear of something earlier, for the house's own use."""
    return Waiting.objects.filter(visit_id=visit_id, state=WaitingState.WAITING).exists()


def waiting_now(*, now: datetime) -> list[Waiting]:
    """Answer who waits for something earlier and was not offered anything within the hour, who has waited longest first."""
    lately = Q(offered_at=None) | Q(offered_at__lte=now - OFFERED_EVERY)
    return list(Waiting.objects.filter(lately, state=WaitingState.WAITING).order_by("since", "pk"))


def saved_trip_of(visit_id: int) -> SavedTrip | None:
    """Answer the drive that cancelling a visit saved, for the house's own use."""
    return SavedTrip.objects.filter(pk=visit_id).first()


def saved_trips(actor: Actor, starts: datetime, ends: datetime) -> QuerySet[SavedTrip]:
    """Answer the drives nobody had to make because visits were cancelled in the stretch of time."""
    require(actor, "visits.see_all")
    return SavedTrip.objects.filter(at__gte=starts, at__lt=ends).select_related("visit", "technician").order_by("at", "pk")
