"""Promises in danger and repairs that wait for a word: a worklist on which one tap does what it says."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal, WrongMoment
from blisko.kit.requests import HouseRequest
from blisko.kit.telling import told
from blisko.live.errors import UnreadablePlace
from blisko.live.queries.worklist import alert_rows, proposal_rows
from blisko.live.views.plan_data import cost_lines, swap_lines
from blisko.live.views.plan_head import listening
from blisko.live.views.plan_versions import terms_rows
from blisko.planning.queries import swaps_to_approve, uncovered_by_sickness, visits_offered
from blisko.planning.services import (
    apply_repair,
    approve_swap,
    decline_swap,
    dismiss_proposal,
    ignore_alert,
    take_alert,
    take_proposal,
)


@login_required
@require_GET
def alerts(request: HouseRequest) -> HttpResponse:
    """What waits for a dispatcher; `#worklist` is asked for again on every hint."""
    return _worklist(request)


def _worklist(request: HouseRequest, *, no: Refusal | None = None, about: str = "") -> HttpResponse:
    """Draw the list; `no` is what could not be done with what `about` names, told there, or above the list once it is gone."""
    head = listening(request, "alerts", "alerts", "proposals", "day")
    now, actor = clock.now(), request.actor
    rows = [(f"alert-{row.card.alert.pk}", row, [_way(way) for way in row.ways]) for row in alert_rows(actor)]
    proposals = [
        (f"proposal-{row.proposal.pk}", row, terms_rows(row.proposal.before, row.proposal.after)) for row in proposal_rows(actor, now=now)
    ]
    waiting = swaps_to_approve(actor)
    visits = visits_offered(actor, [offer for offer, _ in waiting])
    swaps = [(f"swap-{offer.pk}", offer, asked, swap_lines(asked), visits.get(offer.pk, [])) for offer, asked in waiting]
    there = about in {name for name, *_ in [*rows, *proposals, *swaps]}
    words = {
        **head,
        "rows": rows,
        "proposals": proposals,
        "swaps": swaps,
        "sick": uncovered_by_sickness(actor, now=now),
        "no": told(no.words, no.details) if no else "",
        "about": about if there else "",
    }
    return render(request, "live/plan/alerts.html", words, status=no.status if no else 200)


def _way(way: Any) -> dict[str, Any]:
    lines = cost_lines(way.out.minutes, way.out.windows_broken, way.out.customers_told)
    return {"index": way.index, "words": way.words, "lines": lines}


@login_required
@require_POST
def take(request: HouseRequest, alert_id: int) -> HttpResponse:
    """Look after an alert oneself."""
    done = gettext("You look after it.")
    return _do(request, f"alert-{alert_id}", lambda: take_alert(alert_id, actor=request.actor, now=clock.now()), done)


@login_required
@require_POST
def ignore(request: HouseRequest, alert_id: int) -> HttpResponse:
    """Let a danger be."""
    done = gettext("Put aside. We tell you again only if the danger grows.")
    return _do(request, f"alert-{alert_id}", lambda: ignore_alert(alert_id, actor=request.actor, now=clock.now()), done)


@login_required
@require_POST
def repair(request: HouseRequest, alert_id: int) -> HttpResponse:
    """Do one of an alert's ways out."""
    said = request.POST.get("index", "")
    if not said.isdecimal() or len(said) > 2:
        raise UnreadablePlace
    done = gettext("Done: the plan has changed.")
    return _do(request, f"alert-{alert_id}", lambda: apply_repair(alert_id, int(said), actor=request.actor, now=clock.now()), done)


@login_required
@require_POST
def accept(request: HouseRequest, proposal_id: int) -> HttpResponse:
    """Do what a proposal says."""
    done = gettext("Done: the plan has changed.")
    return _do(request, f"proposal-{proposal_id}", lambda: take_proposal(proposal_id, actor=request.actor, now=clock.now()), done)


@login_required
@require_POST
def dismiss(request: HouseRequest, proposal_id: int) -> HttpResponse:
    """Leave the plan as it is."""
    done = gettext("The plan stays as it is.")
    return _do(request, f"proposal-{proposal_id}", lambda: dismiss_proposal(proposal_id, actor=request.actor, now=clock.now()), done)


@login_required
@require_POST
def decide_swap(request: HouseRequest, offer_id: int, answer: str) -> HttpResponse:
    """Say yes or no to a swap between two technicians."""
    if answer == "approve":
        done = gettext("Done: the plan has changed.")
        return _do(request, f"swap-{offer_id}", lambda: approve_swap(offer_id, actor=request.actor, now=clock.now()), done)
    done = gettext("The plan stays as it is.")
    return _do(request, f"swap-{offer_id}", lambda: decline_swap(offer_id, actor=request.actor, now=clock.now()), done)


def _do(request: HouseRequest, about: str, service: Callable[[], object], done: str) -> HttpResponse:
    try:
        service()
    except (Invalid, WrongMoment) as no:
        return _worklist(request, no=no, about=about)
    messages.success(request, done)
    return redirect("live:plan_alerts")
