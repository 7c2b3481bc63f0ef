"""A technician hands a visit or a shift over: offered to whom it fits, the first who accepts has it, a dispatcher says yes where asked."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import keep_days, write_audit
from blisko.field.queries import own_technician, technician_for, technicians_for
from blisko.field.services import hand_over_hours
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.planning.errors import NobodyCanTake, NoSuchSwap, NotToOffer, SwapGone, SwapUnfit
from blisko.planning.models import Assignment, PlanningRules, SwapAsked, SwapOffer
from blisko.planning.queries.handing import Handed, handed_with, shift_takings, takings_of
from blisko.planning.queries.problems import Draft, day_at, planning_rules
from blisko.planning.queries.swaps import asked_for, shift_to_offer, swap_to_decide
from blisko.planning.rules.runs import Why
from blisko.planning.rules.swaps import MOST_VISITS, OPEN, Approval, SwapState, Taking, check_swap_rules, needs_approval
from blisko.planning.services.plans import keep_stops
from blisko.planning.services.versions import hold_still, write_changes
from blisko.visits.queries import visit_for
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.field.models import Technician


@transaction.atomic
def offer_swap(visit_id: int, *, actor: Actor, now: datetime, note: str = "") -> SwapOffer:
    """Offer one's own visit, or one's own place in it where two go, to every colleague who can take it; offered twice, it is one offer.

    Refuses `NotToOffer` for what has begun or is another's, `NobodyCanTake` where it fits into nobody's day.
    """
    me = own_technician(actor)
    visit = visit_for(actor, visit_id, now=now, lock=True)
    held = Assignment.objects.filter(visit=visit, technician=me, released_at=None).first()
    if held is None or visit.state != VisitState.BOOKED:
        raise NotToOffer(details={"state": visit.state})
    if known := SwapOffer.objects.filter(visit=visit, technician=me, state__in=OPEN).first():
        return known
    day = day_at(held.during.lower)
    takings = takings_of(visit, me.pk, technicians_for(SYSTEM), day, now=now)
    what = {"visit": visit, "day": day, "starts_at": held.during.lower}
    return _offered(what, takings, note, me, actor=actor, now=now)


@transaction.atomic
def offer_shift(shift_id: int, *, actor: Actor, now: datetime, note: str = "") -> SwapOffer:
    """Offer one's own shift, or what is left of it, with all that is planned in it to every colleague who can take all of it.

    Refuses `NotToOffer` where nothing is left of it or too many visits lie in it, `NobodyCanTake`; offered twice, it is one offer.
    """
    me, (shift, handed) = own_technician(actor), shift_to_offer(actor, shift_id, now=now)
    if known := SwapOffer.objects.filter(shift=shift, state__in=OPEN).first():
        return known
    if handed is None or len(handed.promised) > MOST_VISITS:
        raise NotToOffer
    what = {
        "shift": shift,
        "day": day_at(shift.starts_at),
        "starts_at": handed.begins,
        "ends_at": shift.ends_at,
        "visit_ids": [visit.pk for visit in handed.visits],
    }
    return _offered(what, shift_takings(handed, technicians_for(SYSTEM), now=now), note, me, actor=actor, now=now)


def _offered(
    what: Mapping[str, Any], takings: Mapping[int, Taking], note: str, giver: "Technician", *, actor: Actor, now: datetime
) -> SwapOffer:
    if not takings:
        raise NobodyCanTake
    offer = SwapOffer.objects.create(technician=giver, note=note.strip()[:300], made_at=now, **what)
    SwapAsked.objects.bulk_create(SwapAsked(offer=offer, technician_id=pk, **_cost(one)) for pk, one in takings.items())
    write_audit(actor, "offer_swap", _subject(offer), now=now, detail={"asked": sorted(takings)})
    _tell(offer)
    return offer


def _subject(offer: SwapOffer) -> str:
    return f"visit:{offer.visit_id}" if offer.visit_id else f"technician:{offer.technician_id}"


def _cost(taking: Taking) -> dict[str, object]:
    return {
        "minutes": taking.minutes,
        "total_minutes": taking.total_minutes,
        "was_done": taking.was_done,
        "done": taking.done,
        "later": len(taking.later),
        "told": taking.told,
        "merged": taking.merged,
    }


@transaction.atomic
def accept_swap(offer_id: int, *, actor: Actor, now: datetime) -> SwapOffer:
    """Take what a colleague offers, or, where the rules ask for it, take it as soon as a dispatcher says yes; twice is once.

    Looked at anew before it is done. Refuses `SwapGone` when somebody was faster, `SwapUnfit` when it no longer fits.
    """
    asked = asked_for(actor, offer_id)
    offer, mine = asked.offer, asked.technician_id
    _hold(offer, mine)
    offer.refresh_from_db()
    if offer.taker_id == mine and offer.state in (SwapState.ACCEPTED, SwapState.DONE):
        return offer
    if offer.state != SwapState.OFFERED:
        raise SwapGone(details={"state": offer.state})
    taking, rules = _looked_at_anew(offer, mine, now), planning_rules()
    SwapAsked.objects.filter(pk=asked.pk).update(**_cost(taking))
    step = "accept" if needs_approval(Approval(rules.swaps), rules.swap_minutes, taking) else "take"
    take_step(offer, step, by=actor, now=now, taker_id=mine, accepted_at=now)
    if step == "take":
        _hand_over(offer, taking, actor=actor, now=now)
    write_audit(actor, "accept_swap", _subject(offer), now=now, detail={"offer": offer_id})
    _tell(offer)
    return offer


def _hold(offer: SwapOffer, technician_id: int) -> None:
    visit_ids = [offer.visit_id] if offer.visit_id else offer.visit_ids
    hold_still(visit_ids, [technician_id, offer.technician_id], offer.day)


def _looked_at_anew(offer: SwapOffer, technician_id: int, now: datetime) -> Taking:
    """Answer what it means now, with everything held; refuse `SwapUnfit`."""
    takings, taker = dict[int, Taking](), [technician_for(SYSTEM, technician_id)]
    if offer.visit_id is None:
        handed = _still_handed(offer, now)
        takings = shift_takings(handed, taker, now=now) if handed else {}
    elif (visit := visit_for(SYSTEM, offer.visit_id, now=now)).state == VisitState.BOOKED:
        takings = takings_of(visit, offer.technician_id, taker, offer.day, now=now)
    if technician_id not in takings:
        raise SwapUnfit
    return takings[technician_id]


def _still_handed(offer: SwapOffer, now: datetime) -> Handed | None:
    """Answer what goes with an offered shift now; None where it is another shift by now, or holds more than was offered."""
    shift = offer.shift
    if shift is None or shift.ends_at != offer.ends_at or offer.made_at < shift.starts_at != offer.starts_at:
        return None
    handed = handed_with(shift, now=now)
    return handed if handed and {visit.pk for visit in handed.visits} <= set(offer.visit_ids) else None


def _hand_over(offer: SwapOffer, taking: Taking, *, actor: Actor, now: datetime) -> None:
    """Write the new plan, the keys with it, and where a shift goes over, its hours."""
    if offer.shift and (handed := handed_with(offer.shift, now=now)):
        to = None if taking.merged else offer.taker_id
        hand_over_hours(offer.technician_id, *handed.hours, to=to, actor=SYSTEM, now=now)
    if taking.brings.changes:
        write_changes(taking.brings.changes, why=Why.SWAPPED, actor=actor, now=now)
        keep_stops(Draft(taking.board.world, taking.board.problem, ""), taking.brings.routes, now=now)


@transaction.atomic
def pass_swap(offer_id: int, *, actor: Actor, now: datetime) -> None:
    """Say no to what a colleague offers; he may still find somebody else."""
    asked = asked_for(actor, offer_id)
    SwapAsked.objects.filter(pk=asked.pk).update(passed_at=now)
    _tell(asked.offer)


@transaction.atomic
def withdraw_swap(offer_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back what one offered, as long as nobody has got it."""
    offer = SwapOffer.objects.filter(pk=offer_id, technician=own_technician(actor)).first()
    if offer is None:
        raise NoSuchSwap
    take_step(offer, "withdraw", by=actor, now=now)
    _tell(offer)


@transaction.atomic
def approve_swap(offer_id: int, *, actor: Actor, now: datetime) -> SwapOffer:
    """Let a swap happen that waited for a word; looked at anew before it is done. Refuses `SwapGone`, `SwapUnfit`."""
    offer = swap_to_decide(actor, offer_id)
    if offer.state != SwapState.ACCEPTED or offer.taker_id is None:
        raise SwapGone(details={"state": offer.state})
    _hold(offer, offer.taker_id)
    taking = _looked_at_anew(offer, offer.taker_id, now)
    take_step(offer, "approve", by=actor, now=now)
    _hand_over(offer, taking, actor=actor, now=now)
    write_audit(actor, "approve_swap", _subject(offer), now=now, detail={"offer": offer_id})
    _tell(offer)
    return offer


@transaction.atomic
def decline_swap(offer_id: int, *, actor: Actor, now: datetime, why: str = "") -> None:
    """Let what was offered stay with whoever has it."""
    offer = swap_to_decide(actor, offer_id)
    take_step(offer, "decline", by=actor, now=now, why=why)
    write_audit(actor, "decline_swap", _subject(offer), now=now, detail={"offer": offer_id})
    _tell(offer)


@transaction.atomic
def end_swaps_of(visit_id: int, *, now: datetime, technician_id: int | None = None) -> None:
    """End the open offer of a visit (by `technician_id` only, where given) that has begun, was moved, cancelled or taken from him."""
    rows = SwapOffer.objects.select_for_update().filter(visit_id=visit_id, state__in=OPEN, made_at__lte=now)
    _end(rows if technician_id is None else rows.filter(technician_id=technician_id), now)


@transaction.atomic
def end_grown_shifts(visit_id: int, technician_id: int, *, now: datetime) -> None:
    """End the open offer of a shift into which a visit was put that was not offered with it: nobody said yes to that one."""
    held = Assignment.objects.filter(visit_id=visit_id, technician_id=technician_id, released_at=None).first()
    if held is not None:
        then = _shifts_offered(technician_id).filter(day=day_at(held.during.lower), ends_at__gt=held.during.lower, made_at__lte=now)
        _end([offer for offer in then if visit_id not in offer.visit_ids], now)


@transaction.atomic
def end_cut_shifts(technician_id: int, starts: datetime, ends: datetime, *, now: datetime) -> None:
    """End the open offers of a technician's shifts in hours in which he does not work after all."""
    _end(_shifts_offered(technician_id).filter(starts_at__lt=ends, ends_at__gt=starts), now)


def _shifts_offered(technician_id: int) -> QuerySet[SwapOffer]:
    return SwapOffer.objects.select_for_update().filter(technician_id=technician_id, visit=None, state__in=OPEN)


@transaction.atomic
def end_old_swaps(*, now: datetime) -> int:
    """End the offers of what should have begun; answer how many."""
    rows = list(SwapOffer.objects.select_for_update(skip_locked=True).filter(state__in=OPEN, starts_at__lte=now).order_by("pk"))
    _end(rows, now)
    return len(rows)


def _end(offers: Iterable[SwapOffer], now: datetime) -> None:
    for offer in offers:
        take_step(offer, "end", by=SYSTEM, now=now)
        _tell(offer)


@transaction.atomic
def change_swap_rules(*, approval: Approval, minutes: int, rest_hours: int, actor: Actor, now: datetime) -> PlanningRules:
    """Say when a dispatcher has to say yes to a swap, and how long everybody rests between two shifts."""
    require(actor, "planning.rules")
    check_swap_rules(minutes, rest_hours)
    wanted = {"swaps": approval, "swap_minutes": minutes, "rest_hours": rest_hours}
    rules, _ = PlanningRules.objects.update_or_create(pk=1, defaults=wanted)
    write_audit(actor, "change_swap_rules", "planning_rules", now=now, detail={name: str(value) for name, value in wanted.items()})
    return rules


def _tell(offer: SwapOffer) -> None:
    """Have the pages of everybody concerned look again."""
    for technician_id in {offer.technician_id, *offer.asked.values_list("technician_id", flat=True)}:
        push(f"swaps:{technician_id}")
    push("alerts")


@keep_days("planning.swaps", 365, "Visits and shifts technicians offered to each other")
def forget_swaps(before: datetime) -> int:
    """Delete what was offered long ago."""
    return SwapOffer.objects.filter(made_at__lt=before).delete()[0]
