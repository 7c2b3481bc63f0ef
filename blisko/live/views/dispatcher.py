"""The dispatcher's day: visits as a list and on a map, live."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from blisko.access.rules import require
from blisko.field.queries import technicians_for
from blisko.field.rules import missing_skills
from blisko.kit import clock
from blisko.kit.failures import failed_count
from blisko.kit.requests import HouseRequest
from blisko.live.forms import CancelForm, window_form_at
from blisko.live.queries.day import Present, Row, card_of, day_of, present_technicians
from blisko.live.queries.tickets import stream_ticket
from blisko.messaging.queries import deliveries_about, doubts_for
from blisko.planning.services import assign_visit, unassign_visit
from blisko.visits.queries import open_requests
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import book_follow_up, cancel_visit, dismiss_request, move_visit, write_note

TICKET_LASTS = timedelta(minutes=30)
FILTERS = ("unassigned", "running", "ended")


@login_required
@require_GET
def day(request: HouseRequest) -> HttpResponse:
    """The board of one day; `?day=` and `?only=` stay in the address, `#board` is asked for again on every hint."""
    now, actor = clock.now(), request.actor
    require(actor, "live.see_day")
    today = timezone.localtime(now).date()
    chosen = parse_date(request.GET.get("day", "")) or today
    only = request.GET.get("only", "")
    rows = day_of(actor, chosen, now=now)
    present = present_technicians(actor, chosen, now=now)
    words = {
        "day": chosen,
        "today": today,
        "before": chosen - timedelta(days=1),
        "after": chosen + timedelta(days=1),
        "only": only,
        "filters": FILTERS,
        "rows": [row for row in rows if _fits(row, only)],
        "counts": {name: sum(_fits(row, name) for row in rows) for name in ("", *FILTERS)},
        "technicians": present,
        "points": _points(rows, present),
        "requests": list(open_requests(actor)),
        "doubts": doubts_for(actor).count() if actor.may("messaging.see_deliveries") else 0,
        "failed": failed_count() if actor.may("accounts.manage") else 0,
        "ticket": stream_ticket(["day"], until=now + TICKET_LASTS * clock.speed(), fixes=actor.may("live.see_positions")),
        "window_form": window_form_at(now),
        "address": request.get_full_path(),
    }
    return render(request, "live/day/day.html", words)


def _fits(row: Row, only: str) -> bool:
    state = row.visit.state
    if only == "unassigned":
        return row.assignment is None and state == VisitState.BOOKED
    if only == "running":
        return state in (VisitState.ON_THE_WAY, VisitState.ON_SITE)
    return bool(row.visit.ended_at) if only == "ended" else True


def _points(rows: list[Row], present: list[Present]) -> list[dict[str, Any]]:
    tones = {"booked": "", "on_the_way": "sun", "on_site": "info", "done": "success"}
    homes = [
        {
            "id": f"visit-{row.visit.pk}",
            "kind": "visit",
            "lat": row.visit.order.site.lat,
            "lon": row.visit.order.site.lon,
            "label": f"{row.visit.order.customer.name}, {row.visit.order.site.street}",
            "tone": tones.get(row.visit.state, "danger"),
            "href": reverse("live:visit", args=[row.visit.pk]),
        }
        for row in rows
        if row.visit.order.site.lat is not None and row.visit.state != VisitState.CANCELLED
    ]
    vans = [
        {
            "id": f"technician-{one.technician.pk}",
            "kind": "technician",
            "lat": one.position.fix.lat,
            "lon": one.position.fix.lon,
            "heading": one.position.fix.heading,
            "label": one.technician.name,
            "topic": f"technician:{one.technician.pk}",
            "photo": reverse("live:photo", args=[one.technician.pk]) if one.technician.photo else "",
            "still": not one.fresh,
        }
        for one in present
        if one.position is not None
    ]
    return homes + vans


@login_required
@require_GET
def visit(request: HouseRequest, visit_id: int) -> HttpResponse:
    """All about one visit: its life, its messages, who may do it."""
    now, actor = clock.now(), request.actor
    require(actor, "live.see_day")
    card = card_of(actor, visit_id, now=now)
    one = card.visit
    wanted = one.order.job_type.skills
    words = {
        "visit": one,
        "assignment": card.assignment,
        "steps_taken": card.taken,
        "notes": card.notes,
        "messages_sent": deliveries_about(actor, f"visit:{visit_id}") if actor.may("messaging.see_deliveries") else [],
        "steps": card.steps,
        "technicians": [(t, missing_skills([s.code for s in t.skills.all()], wanted)) for t in technicians_for(actor)],
        "cancel_form": CancelForm(),
        "window_form": window_form_at(now),
        "ticket": stream_ticket([f"visit:{visit_id}"], until=now + TICKET_LASTS * clock.speed(), fixes=False),
        "points": [{"id": "home", "kind": "home", "lat": one.order.site.lat, "lon": one.order.site.lon, "label": one.order.site.street}]
        if one.order.site.lat is not None
        else [],
    }
    return render(request, "live/day/visit.html", words)


@login_required
@require_POST
def assign(request: HouseRequest, visit_id: int) -> HttpResponse:
    """Give the visit to the chosen technician, or take it back when none is chosen."""
    actor, now = request.actor, clock.now()
    chosen = request.POST.get("technician", "")
    if chosen.isdigit():
        assign_visit(visit_id, int(chosen), actor=actor, now=now)
    else:
        unassign_visit(visit_id, actor=actor, now=now)
    return redirect("live:visit", visit_id)


@login_required
@require_POST
def cancel(request: HouseRequest, visit_id: int) -> HttpResponse:
    form = CancelForm(request.POST)
    if form.is_valid():
        reason = CancelReason(form.cleaned_data["reason"])
        cancel_visit(visit_id, actor=request.actor, now=clock.now(), reason=reason, note=form.cleaned_data["note"])
    return redirect("live:visit", visit_id)


@login_required
@require_POST
def move(request: HouseRequest, visit_id: int) -> HttpResponse:
    form = window_form_at(clock.now(), request.POST)
    if form.is_valid():
        start, end = form.window()
        move_visit(visit_id, window_from=start, window_to=end, actor=request.actor, now=clock.now())
    return redirect("live:visit", visit_id)


@login_required
@require_POST
def note(request: HouseRequest, visit_id: int) -> HttpResponse:
    if text := request.POST.get("text", "").strip():
        write_note(visit_id, text, actor=request.actor, now=clock.now())
    return redirect("live:visit", visit_id)


@login_required
@require_POST
def answer_request(request: HouseRequest, request_id: int) -> HttpResponse:
    """Book another visit for a wish, or put it aside."""
    actor, now = request.actor, clock.now()
    if "dismiss" in request.POST:
        dismiss_request(request_id, why=request.POST.get("why", ""), actor=actor, now=now)
        return redirect("live:day")
    form = window_form_at(now, request.POST)
    if not form.is_valid():
        return redirect("live:day")
    start, end = form.window()
    made = book_follow_up(request_id, window_from=start, window_to=end, actor=actor, now=now)
    return redirect("live:visit", made.pk)
