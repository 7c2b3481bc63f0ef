"""A technician hands a visit to a colleague: offered to whom it fits, the first who accepts has it, a dispatcher says yes where asked."""

from datetime import datetime

from django.db import transaction

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import keep_days, write_audit
from blisko.field.queries import own_technician
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.planning.errors import NobodyCanTake, NoSuchSwap, NotToOffer, SwapGone, SwapUnfit
from blisko.planning.models import Assignment, PlanningRules, SwapAsked, SwapOffer
from blisko.planning.queries.problems import Draft, day_at, planning_rules
from blisko.planning.queries.swaps import asked_for, swap_to_decide, taking_by, takings_of
from blisko.planning.rules.runs import Why
from blisko.planning.rules.swaps import OPEN, Approval, SwapState, Taking, check_swap_rules, needs_approval
from blisko.planning.services.plans import keep_stops
from blisko.planning.services.versions import hold_still, write_changes
from blisko.visits.queries import visit_for
from blisko.visits.rules import VisitState


@transaction.atomic
def offer_swap(visit_id: int, *, actor: Actor, now: datetime, note: str = "") -> SwapOffer:
    """Offer one's own visit to every colleague who can take it, and to nobody else; offered twice, it is one offer.

    Refuses `NotToOffer` for what has begun, is another's or is done by two, `NobodyCanTake` where it fits into nobody's day.
    """
    me = own_technician(actor)
    visit = visit_for(actor, visit_id, now=now, lock=True)
    held = Assignment.objects.filter(visit=visit, released_at=None).first()
    alone = held is not None and held.technician_id == me.pk and visit.order.job_type.crew_size == 1
    if held is None or not alone or visit.state != VisitState.BOOKED:
        raise NotToOffer(details={"state": visit.state})
    if known := SwapOffer.objects.filter(visit=visit, state__in=OPEN).first():
        return known
    day = day_at(held.during.lower)
    takings = takings_of(visit, day, now=now)
    if not takings:
        raise NobodyCanTake
    offer = SwapOffer.objects.create(
        visit=visit, technician=me, note=note.strip()[:300], made_at=now, day=day, starts_at=held.during.lower
    )
    SwapAsked.objects.bulk_create(SwapAsked(offer=offer, technician_id=pk, **_cost(one)) for pk, one in takings.items())
    write_audit(actor, "offer_swap", f"visit:{visit_id}", now=now, detail={"asked": sorted(takings)})
    _tell(offer)
    return offer


def _cost(taking: Taking) -> dict[str, object]:
    return {
        "minutes": taking.minutes,
        "total_minutes": taking.total_minutes,
        "was_done": taking.was_done,
        "done": taking.done,
        "later": len(taking.later),
        "told": taking.told,
    }


@transaction.atomic
def accept_swap(offer_id: int, *, actor: Actor, now: datetime) -> SwapOffer:
    """Take a visit that a colleague offers, or, where the rules ask for it, take it as soon as a dispatcher says yes; twice is once.

    Looked at anew before it is done. Refuses `SwapGone` when somebody was faster, `SwapUnfit` when it no longer fits.
    """
    asked = asked_for(actor, offer_id)
    offer, mine = asked.offer, asked.technician_id
    hold_still(offer.visit_id, mine, offer.day)
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
        _hand_over(taking, actor=actor, now=now)
    write_audit(actor, "accept_swap", f"visit:{offer.visit_id}", now=now, detail={"offer": offer_id})
    _tell(offer)
    return offer


def _looked_at_anew(offer: SwapOffer, technician_id: int, now: datetime) -> Taking:
    """Answer what it means now, with everything held; refuse `SwapUnfit`."""
    visit = visit_for(SYSTEM, offer.visit_id, now=now)
    theirs = Assignment.objects.filter(visit=visit, technician_id=offer.technician_id, released_at=None).exists()
    taking = taking_by(visit, technician_id, offer.day, now=now) if theirs and visit.state == VisitState.BOOKED else None
    if taking is None:
        raise SwapUnfit
    return taking


def _hand_over(taking: Taking, *, actor: Actor, now: datetime) -> None:
    """Write the new plan, the keys with it."""
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
    hold_still(offer.visit_id, offer.taker_id, offer.day)
    taking = _looked_at_anew(offer, offer.taker_id, now)
    take_step(offer, "approve", by=actor, now=now)
    _hand_over(taking, actor=actor, now=now)
    write_audit(actor, "approve_swap", f"visit:{offer.visit_id}", now=now, detail={"offer": offer_id})
    _tell(offer)
    return offer


@transaction.atomic
def decline_swap(offer_id: int, *, actor: Actor, now: datetime, why: str = "") -> None:
    """Let the visit stay with whoever has it."""
    offer = swap_to_decide(actor, offer_id)
    take_step(offer, "decline", by=actor, now=now, why=why)
    write_audit(actor, "decline_swap", f"visit:{offer.visit_id}", now=now, detail={"offer": offer_id})
    _tell(offer)


@transaction.atomic
def end_swaps_of(visit_id: int, *, now: datetime, technician_id: int | None = None) -> None:
    """End the open offer of a visit (by `technician_id` only, where given) that has begun, was moved, cancelled or taken from him."""
    rows = SwapOffer.objects.select_for_update().filter(visit_id=visit_id, state__in=OPEN, made_at__lte=now)
    for offer in rows if technician_id is None else rows.filter(technician_id=technician_id):
        take_step(offer, "end", by=SYSTEM, now=now)
        _tell(offer)


@transaction.atomic
def end_old_swaps(*, now: datetime) -> int:
    """End the offers whose visit should have begun; answer how many."""
    rows = list(SwapOffer.objects.select_for_update(skip_locked=True).filter(state__in=OPEN, starts_at__lte=now).order_by("pk"))
    for offer in rows:
        take_step(offer, "end", by=SYSTEM, now=now)
        _tell(offer)
    return len(rows)


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


@keep_days("planning.swaps", 365, "Visits technicians offered to each other")
def forget_swaps(before: datetime) -> int:
    """Delete what was offered long ago."""
    return SwapOffer.objects.filter(made_at__lt=before).delete()[0]
