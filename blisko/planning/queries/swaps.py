"""What is offered to whom, what waits for a dispatcher, and who is sick."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet

from blisko.access.rules import SYSTEM, Actor, require
from blisko.field.queries import own_technician, shifts_of
from blisko.planning.errors import NoSuchSwap
from blisko.planning.models import Assignment, SickLeave, SwapAsked, SwapOffer
from blisko.planning.queries.handing import Handed, handed_with
from blisko.planning.rules.swaps import OPEN, SwapState
from blisko.visits.queries import visits_by_id
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.field.models import Shift
    from blisko.visits.models import Visit

OFFERED_AHEAD = timedelta(days=28)


def swaps_of(actor: Actor, *, now: datetime) -> QuerySet[SwapOffer]:
    """Answer what the technician who asks has offered for days that are not over, newest first."""
    me = own_technician(actor)
    return _offers().filter(technician=me, starts_at__gte=now - timedelta(days=1)).order_by("-made_at")


def swaps_asked_of(actor: Actor) -> QuerySet[SwapAsked]:
    """Answer what colleagues offer the technician who asks: what is open, and what he accepted and waits for a dispatcher's word."""
    me = own_technician(actor)
    waits = Q(offer__state=SwapState.OFFERED, passed_at=None) | Q(offer__state=SwapState.ACCEPTED, offer__taker=me)
    whole = ("offer__technician", "offer__visit__order__site", "offer__visit__order__job_type")
    return SwapAsked.objects.filter(waits, technician=me).select_related(*whole).order_by("offer__starts_at")


def visits_offered(actor: Actor, offers: Iterable[SwapOffer]) -> "dict[int, list[Visit]]":
    """Answer what of the visits of shifts is still to be handed over, by offer, to a dispatcher and to whoever offers or was asked."""
    rows = SwapOffer.objects.filter(pk__in=[one.pk for one in offers], visit=None)
    if not actor.may("planning.assign"):
        me = own_technician(actor)
        rows = rows.filter(Q(technician=me) | Q(asked__technician=me)).distinct()
    found = {}
    for offer in rows:
        held = Assignment.objects.filter(visit_id__in=offer.visit_ids, technician_id=offer.technician_id, released_at=None)
        visits = visits_by_id(SYSTEM, held.values_list("visit_id", flat=True)).values()
        found[offer.pk] = sorted(visits, key=lambda one: (one.window_from, one.pk))
    return found


def shifts_to_offer(actor: Actor, *, now: datetime) -> "list[tuple[Shift, int]]":
    """Answer the shifts the technician who asks could offer, with how many visits are planned in each; not what is offered already."""
    me = own_technician(actor)
    offered = set(SwapOffer.objects.filter(technician=me, state__in=OPEN).values_list("shift_id", flat=True))
    mine = Assignment.objects.filter(technician=me, released_at=None, visit__state=VisitState.BOOKED)
    begins = [during.lower for during in mine.filter(during__endswith__gt=now).values_list("during", flat=True)]
    return [
        (one, sum(one.starts_at <= each < one.ends_at for each in begins))
        for one in shifts_of(actor, me.pk, now, now + OFFERED_AHEAD)
        if one.pk not in offered and (one.starts_at > now or handed_with(one, now=now))
    ]


def shift_to_offer(actor: Actor, shift_id: int, *, now: datetime) -> "tuple[Shift, Handed | None]":
    """Answer a shift of the technician who asks and what would go with it; refuse `NoSuchSwap` where it is none of his, over or far off."""
    me = own_technician(actor)
    shift = shifts_of(actor, me.pk, now, now + OFFERED_AHEAD).filter(pk=shift_id).first()
    if shift is None:
        raise NoSuchSwap
    return shift, handed_with(shift, now=now)


def asked_for(actor: Actor, offer_id: int) -> SwapAsked:
    """Answer what the technician who asks was asked by one offer; refuse `NoSuchSwap` where he was not."""
    row = SwapAsked.objects.select_related("offer").filter(offer_id=offer_id, technician=own_technician(actor)).first()
    if row is None:
        raise NoSuchSwap
    return row


def swaps_to_approve(actor: Actor) -> list[tuple[SwapOffer, SwapAsked]]:
    """Answer the swaps that wait for a dispatcher's word, with what each would mean, the most urgent first."""
    require(actor, "planning.assign")
    rows = {one.pk: one for one in _offers().filter(state=SwapState.ACCEPTED).order_by("starts_at", "pk")}
    asked = {one.offer_id: one for one in SwapAsked.objects.filter(offer__in=rows, technician=F("offer__taker"))}
    return [(rows[pk], asked[pk]) for pk in rows if pk in asked]


def swap_to_decide(actor: Actor, offer_id: int) -> SwapOffer:
    """Answer one swap to who may decide it."""
    require(actor, "planning.assign")
    row = _offers().filter(pk=offer_id).first()
    if row is None:
        raise NoSuchSwap
    return row


def open_swap_of(actor: Actor, visit_id: int) -> SwapOffer | None:
    """Answer the open offer of a visit, to its technician."""
    return SwapOffer.objects.filter(visit_id=visit_id, technician=own_technician(actor), state__in=OPEN).first()


def sick_leave_of(actor: Actor, *, now: datetime) -> SickLeave | None:
    """Answer the sick leave of the technician who asks, None while he works."""
    return SickLeave.objects.filter(technician=own_technician(actor), ends_at__gt=now).order_by("-ends_at").first()


def uncovered_by_sickness(actor: Actor, *, now: datetime) -> "list[tuple[SickLeave, list[Visit]]]":
    """Answer who is sick and which of his visits nobody goes to yet, with what was promised; who left none is not among them."""
    require(actor, "planning.assign")
    found = []
    for leave in SickLeave.objects.filter(ends_at__gt=now).select_related("technician").order_by("-pk"):
        held = set(Assignment.objects.filter(visit_id__in=leave.visit_ids, released_at=None).values_list("visit_id", flat=True))
        visits = visits_by_id(actor, set(leave.visit_ids) - held).values()
        waiting = [one for one in visits if one.state == VisitState.BOOKED and one.window_to > now]
        if waiting:
            found.append((leave, sorted(waiting, key=lambda one: (one.window_from, one.pk))))
    return found


def _offers() -> QuerySet[SwapOffer]:
    whole = ("technician", "taker", "visit__order__site", "visit__order__job_type", "visit__order__customer")
    return SwapOffer.objects.select_related(*whole)
