"""A technician hands a visit to a colleague, or is sick: on his telephone."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blisko.field.queries import own_technician
from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal, WrongMoment
from blisko.kit.requests import HouseRequest
from blisko.kit.tickets import page_ticket
from blisko.live.errors import UnknownStep
from blisko.live.views.technician import shell
from blisko.planning.queries import (
    open_swap_of,
    shift_to_offer,
    shifts_to_offer,
    sick_leave_of,
    swaps_asked_of,
    swaps_of,
    visits_offered,
)
from blisko.planning.rules.swaps import OPEN
from blisko.planning.services import accept_swap, offer_shift, offer_swap, pass_swap, report_sick, withdraw_swap
from blisko.visits.queries import visit_for

ANSWERS: dict[str, Callable[..., Any]] = {"accept": accept_swap, "pass": pass_swap, "withdraw": withdraw_swap}


@login_required
@require_GET
def mine(request: HouseRequest) -> HttpResponse:
    """What colleagues offer, and what oneself does."""
    return _mine(request)


def _mine(request: HouseRequest, *, no: Refusal | None = None) -> HttpResponse:
    now, actor = clock.now(), request.actor
    me = own_technician(actor)
    asked, mine = list(swaps_asked_of(actor)), list(swaps_of(actor, now=now))
    visits = visits_offered(actor, [*(one.offer for one in asked), *mine])
    words = {
        "asked": [(one, visits.get(one.offer_id, [])) for one in asked],
        "mine": [(offer, visits.get(offer.pk, [])) for offer in mine],
        "shifts": shifts_to_offer(actor, now=now),
        "no": gettext(str(no.words)) if no else "",
        "ticket": page_ticket([f"swaps:{me.pk}"], now=now),
        **shell(actor, me, "day"),
    }
    return render(request, "live/technician/swaps.html", words, status=no.status if no else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HouseRequest, visit_id: int) -> HttpResponse:
    """Offer one's own visit to colleagues."""
    now, actor, no = clock.now(), request.actor, None
    me, visit = own_technician(actor), visit_for(actor, visit_id, now=now)
    if request.method == "POST":
        try:
            offer_swap(visit_id, note=request.POST.get("note", ""), actor=actor, now=now)
            return redirect("live:my_swaps")
        except WrongMoment as refusal:
            no = refusal
    words = {
        "visit": visit,
        "offered": open_swap_of(actor, visit_id),
        "no": gettext(str(no.words)) if no else "",
        **shell(actor, me, "day"),
    }
    return render(request, "live/technician/swap_offer.html", words, status=no.status if no else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer_of_shift(request: HouseRequest, shift_id: int) -> HttpResponse:
    """Offer one's own shift, or what is left of it, to colleagues."""
    now, actor, no = clock.now(), request.actor, None
    me, (shift, handed) = own_technician(actor), shift_to_offer(actor, shift_id, now=now)
    if request.method == "POST":
        try:
            offer_shift(shift_id, note=request.POST.get("note", ""), actor=actor, now=now)
            return redirect("live:my_swaps")
        except WrongMoment as refusal:
            no = refusal
    words = {
        "shift": shift,
        "handed": handed,
        "offered": any(one.shift_id == shift_id and one.state in OPEN for one in swaps_of(actor, now=now)),
        "no": gettext(str(no.words)) if no else "",
        **shell(actor, me, "day"),
    }
    return render(request, "live/technician/swap_offer.html", words, status=no.status if no else 200)


@login_required
@require_POST
def answer(request: HouseRequest, offer_id: int, answer: str) -> HttpResponse:
    """Take what a colleague offers, leave it, or take one's own offer back."""
    if answer not in ANSWERS:
        raise UnknownStep
    try:
        ANSWERS[answer](offer_id, actor=request.actor, now=clock.now())
    except WrongMoment as no:
        return _mine(request, no=no)
    return redirect("live:my_swaps")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sick(request: HouseRequest) -> HttpResponse:
    """Report oneself sick: how long, then whether it is meant."""
    actor, no = request.actor, None
    me = own_technician(actor)
    said = (request.POST if request.method == "POST" else request.GET).get("days", "")
    days = int(said) if said.isascii() and said.isdecimal() and len(said) < 4 else 0
    if request.method == "POST":
        try:
            report_sick(days, actor=actor, now=clock.now())
            return redirect("live:my_sick")
        except (Invalid, WrongMoment) as refusal:
            no = refusal
    leave = sick_leave_of(actor, now=clock.now())
    words = {"days": days, "leave": leave, "no": gettext(str(no.words)) if no else "", **shell(actor, me, "day")}
    return render(request, "live/technician/sick.html", words, status=no.status if no else 200)
