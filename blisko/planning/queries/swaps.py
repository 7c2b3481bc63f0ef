"""Who could take a visit from its technician, what is offered to whom, what waits for a dispatcher, and who is sick."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet

from blisko.access.rules import SYSTEM, Actor, require
from blisko.field.queries import own_technician, shifts_between, shifts_of, technicians_for
from blisko.planning.errors import NoSuchSwap, NotThatDay
from blisko.planning.models import Assignment, SickLeave, SwapAsked, SwapOffer
from blisko.planning.queries.problems import local_day, planning_rules
from blisko.planning.queries.takers import takers_of
from blisko.planning.queries.what_if import board_for
from blisko.planning.rules.swaps import OPEN, SwapState, Taking, taking_of
from blisko.visits.queries import visits_by_id
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.visits.models import Visit

A_SECOND = timedelta(seconds=1)
NEARBY = timedelta(days=2)  # beyond it no shift matters for a rest


def taking_by(visit: "Visit", technician_id: int, day: date, *, now: datetime) -> Taking | None:
    """Answer what it would mean if a technician took a visit that day, None where he cannot; for the house's own use."""
    starts, ends = local_day(day)
    shifts = list(shifts_of(SYSTEM, technician_id, starts - NEARBY, ends + NEARBY))
    today = [one for one in shifts if starts <= one.starts_at < ends]
    others = [(one.starts_at, one.ends_at) for one in shifts if one not in today]
    rest = timedelta(hours=planning_rules().rest_hours)
    try:
        board = board_for([visit], [technician_id], day, now=now, pins=True)
    except NotThatDay:
        return None
    window = (visit.window_from - A_SECOND, visit.window_to)  # the planner counts in whole ones
    return taking_of(board, visit.pk, window, technician_id, others=others, rest=rest)


def takings_of(visit: "Visit", day: date, *, now: datetime) -> dict[int, Taking]:
    """Answer who of the others at work that day could take a visit, and what it would mean for each; for the house's own use."""
    holders = set(Assignment.objects.filter(visit=visit, released_at=None).values_list("technician_id", flat=True))
    starts, ends = local_day(day)
    working = {one.technician_id for one in shifts_between(SYSTEM, starts, ends) if starts <= one.starts_at < ends}
    people = list(technicians_for(SYSTEM).filter(pk__in=working - holders))
    found = {pk: taking_by(visit, pk, day, now=now) for pk in takers_of([visit], people)[visit.pk]}
    return {pk: one for pk, one in found.items() if one}


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
