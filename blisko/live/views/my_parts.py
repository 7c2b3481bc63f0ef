"""The technician's parts: what the day wants, what his van carries, where the rest can be had; plain forms that can wait for a network."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from blisko.field.errors import BadStock
from blisko.field.queries import own_technician, own_van
from blisko.field.rules import read_counts
from blisko.field.services import count_van, return_parts, take_parts
from blisko.kit import clock
from blisko.kit.errors import Invalid, NotFound, Refusal, WrongMoment
from blisko.kit.requests import HouseRequest
from blisko.live.queries.parts import day_parts, shelves_to_take_from
from blisko.live.views.technician import shell


@login_required
@require_GET
def my_parts(request: HouseRequest) -> HttpResponse:
    return _page(request)


def _page(request: HouseRequest, *, no: Refusal | None = None) -> HttpResponse:
    """Draw the page; each form has an operation's id of its own, so that what is sent twice is booked once."""
    now, actor = clock.now(), request.actor
    me, van = own_technician(actor), own_van(actor)
    shelves = shelves_to_take_from(actor)
    words = {
        "me": me,
        "drawn": now.isoformat(),
        "van": van,
        "stock": sorted(van.stock.all(), key=lambda row: row.part.code) if van else [],
        "parts": day_parts(actor, me.pk, timezone.localtime(now).date(), now=now),
        "shelves": shelves,
        "carried": [(row.part.code, str(row.part)) for row in van.stock.all()] if van else [],
        "choices": sorted({(part.code, str(part)) for shelf in shelves for part in shelf.parts}, key=lambda one: one[1]),
        "ops": [uuid4() for _ in range(3)],
        "no": gettext(str(no.words)) if no else "",
        **shell(actor, me, "parts"),
    }
    return render(request, "live/technician/parts.html", words, status=no.status if no else 200)


@login_required
@require_POST
def count(request: HouseRequest) -> HttpResponse:
    """Keep what he has counted in his van; lines he left as they were are no count."""
    said = request.POST
    return _booked(request, said.getlist("was"), lambda counts, **how: count_van(counts=counts, **how), gettext("Your count is kept."))


@login_required
@require_POST
def take(request: HouseRequest) -> HttpResponse:
    """Book parts from a depot into his van."""
    depot, done = request.POST.get("depot", ""), gettext("The parts are in your van.")
    return _booked(request, ["0"] * 100, lambda counts, **how: take_parts(depot=depot, parts=counts, **how), done)


@login_required
@require_POST
def bring_back(request: HouseRequest) -> HttpResponse:
    """Book parts from his van back into a depot."""
    depot, done = request.POST.get("depot", ""), gettext("The parts are back in the depot.")
    return _booked(request, ["0"] * 100, lambda counts, **how: return_parts(depot=depot, parts=counts, **how), done)


def _booked(request: HouseRequest, was: list[str], book: Callable[..., Any], done: str) -> HttpResponse:
    """Book what a form says and show the page anew; `was`: what its lines said untouched."""
    said, actor = request.POST, request.actor
    try:
        counts = read_counts(said.getlist("part"), said.getlist("count"), was)
        if counts:
            book(counts, technician_id=own_technician(actor).pk, op=_op(said.get("op", "")), actor=actor, now=clock.now())
            messages.success(request, done)
    except (WrongMoment, Invalid, NotFound) as no:
        return _page(request, no=no)
    return redirect("live:my_parts")


def _op(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise BadStock from None
