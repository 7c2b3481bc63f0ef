"""Parts for the manager: what is too few, where, what vans and depots hold, and the book of stock with what it did not know."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from blisko.access.rules import require
from blisko.field.queries import depot_for, depots_for, movements_for, van_for, vans_for
from blisko.field.rules import read_counts
from blisko.field.services import count_stock, set_minimum
from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal
from blisko.kit.requests import HouseRequest
from blisko.live.queries.parts import catalogue, doers_of, part_names
from blisko.planning.queries import low_stock

if TYPE_CHECKING:
    from blisko.field.models import Depot, Van

PAGE = 100


@login_required
@require_GET
def stock(request: HouseRequest) -> HttpResponse:
    """What is too few, and every van and depot."""
    actor = request.actor
    low = low_stock(actor, now=clock.now())
    words = {
        "low": low,
        "names": part_names(actor, [one.code for one in low]),
        "vans": vans_for(actor),
        "depots": depots_for(actor),
        "differences": movements_for(actor, differences=True)[:5],
    }
    return render(request, "live/stock/overview.html", words)


@login_required
@require_GET
def movements(request: HouseRequest) -> HttpResponse:
    """The book of stock, newest first; `?only=differences`: what it did not know."""
    actor, only = request.actor, request.GET.get("only") == "differences"
    found = Paginator(movements_for(actor, differences=only), PAGE).get_page(request.GET.get("page"))
    return render(request, "live/stock/movements.html", {
        "found": found, "only": only, "names": doers_of(actor, found), "visits_seen": actor.may("live.see_day"),
    })


@login_required
@require_GET
def van(request: HouseRequest, van_id: int) -> HttpResponse:
    return _place(request, van_for(request.actor, van_id), "van")


@login_required
@require_GET
def depot(request: HouseRequest, code: str) -> HttpResponse:
    return _place(request, depot_for(request.actor, code), "depot")


def _place(request: HouseRequest, place: "Van | Depot", kind: str, *, no: Refusal | None = None) -> HttpResponse:
    words = {
        "place": place,
        "kind": kind,
        "stock": sorted(place.stock.all(), key=lambda row: row.part.code),
        "may_edit": request.actor.may("field.edit"),
        "known": catalogue(request.actor),
        "no": gettext(str(no.words)) if no else "",
    }
    return render(request, "live/stock/place.html", words, status=no.status if no else 200)


@login_required
@require_POST
def count_in_van(request: HouseRequest, van_id: int) -> HttpResponse:
    found = van_for(request.actor, van_id)
    return _kept(request, found, "van", van=found.plate)


@login_required
@require_POST
def count_in_depot(request: HouseRequest, code: str) -> HttpResponse:
    found = depot_for(request.actor, code)
    return _kept(request, found, "depot", depot=found.code)


def _kept(request: HouseRequest, place: "Van | Depot", kind: str, **where: str) -> HttpResponse:
    """Keep the counts and minimums that a form says otherwise than it showed them."""
    require(request.actor, "field.edit")
    said: Any = request.POST
    how: dict[str, Any] = {"actor": request.actor, "now": clock.now(), **where}
    codes = said.getlist("part")
    try:
        counts = read_counts(codes, said.getlist("count"), said.getlist("was"))
        emptied = {code for code, least in zip(codes, said.getlist("minimum"), strict=False) if not least.strip()}
        least = read_counts(codes, [one.strip() or "0" for one in said.getlist("minimum")], [one or "0" for one in said.getlist("had")])
        if counts:
            count_stock(counts, **how)
        for code, minimum in least.items():
            set_minimum(code, None if code in emptied else minimum, **how)
    except Invalid as no:
        return _place(request, place, kind, no=no)
    messages.success(request, gettext("Kept."))
    return redirect(f"live:stock_{kind}", place.pk if kind == "van" else place.code)  # type: ignore[union-attr]
