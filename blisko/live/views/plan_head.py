"""What stands at the head of every page about the plan: where else to look, what waits there, and what the roads are."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from blisko.access.rules import require
from blisko.kit import clock
from blisko.kit.requests import HouseRequest
from blisko.kit.tickets import page_ticket
from blisko.live.queries.worklist import waiting_count
from blisko.planning.queries import roads_in_words

PAGES = ("alerts", "versions", "runs", "trials", "patterns")


def head_of(request: HouseRequest, page: str = "") -> dict[str, Any]:
    """Answer the links between the pages of the plan (none for who may not plan), how much waits for a word, and the roads in words."""
    actor, now = request.actor, clock.now()
    if not actor.may("planning.assign"):
        return {"pages": None, "roads": None}
    today = timezone.localtime(now).date()
    pages = {"here": page, "waiting": waiting_count(actor, today), "patterns": actor.may("visits.edit_job_types")}
    return {"pages": pages, "roads": roads_in_words(actor, now=now)}


def listening(request: HouseRequest, page: str, *topics: str) -> dict[str, Any]:
    """Answer the head of a page that hears of `topics` (who may plan may hear them), and the address it is asked for again at."""
    require(request.actor, "planning.assign")
    query = request.GET.urlencode() if request.method == "GET" else ""
    again = reverse(f"live:plan_{page}") + (f"?{query}" if query else "")
    return {**head_of(request, page), "ticket": page_ticket([*topics, "help"], now=clock.now()), "address": again}


@login_required
@require_GET
def pages(request: HouseRequest) -> HttpResponse:
    """The links alone, asked for again when something new waits."""
    require(request.actor, "planning.assign")
    page = request.GET.get("page", "")
    return render(request, "live/plan/pages.html", head_of(request, page if page in PAGES else ""))
