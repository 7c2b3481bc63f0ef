"""What customers say was not as a report tells, with the evidence beside it, and our answer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from blisko.access.rules import require
from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal, WrongMoment
from blisko.kit.requests import HouseRequest
from blisko.live.queries.day import card_of
from blisko.live.queries.report import editions_for
from blisko.messaging.queries import deliveries_about
from blisko.visits.queries import dispute_for, disputes_for
from blisko.visits.services import answer_dispute

SHOWN = 200


@login_required
@require_GET
def disputes(request: HouseRequest) -> HttpResponse:
    """Those that wait for an answer first."""
    return render(request, "live/disputes/list.html", {"disputes": disputes_for(request.actor)[:SHOWN]})


@login_required
@require_GET
def dispute(request: HouseRequest, dispute_id: int) -> HttpResponse:
    """One dispute, and what we know of its visit."""
    return _dispute(request, dispute_id)


def _dispute(request: HouseRequest, dispute_id: int, *, no: Refusal | None = None) -> HttpResponse:
    now, actor = clock.now(), request.actor
    require(actor, "visits.answer_disputes")
    one = dispute_for(actor, dispute_id)
    words = {
        "dispute": one,
        "card": card_of(actor, one.visit_id, now=now),
        "editions": editions_for(actor, one.visit_id, now=now),
        "messages_sent": deliveries_about(actor, f"visit:{one.visit_id}") if actor.may("messaging.see_deliveries") else [],
        "no": gettext(str(no.words)) if no else "",
        "said": request.POST.get("answer", ""),
    }
    return render(request, "live/disputes/one.html", words, status=no.status if no else 200)


@login_required
@require_POST
def answer(request: HouseRequest, dispute_id: int) -> HttpResponse:
    """Accept or decline, with words that the customer reads."""
    accepted = {"accept": True, "decline": False}.get(request.POST.get("how", ""))
    if accepted is not None:
        try:
            answer_dispute(dispute_id, accepted=accepted, answer=request.POST.get("answer", ""), actor=request.actor, now=clock.now())
        except (WrongMoment, Invalid) as no:
            return _dispute(request, dispute_id, no=no)
    return redirect("live:dispute", dispute_id)
