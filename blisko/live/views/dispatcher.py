"""The dispatcher's day: visits as a list and on a map, live."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from blisko.access.rules import Actor, require
from blisko.field.queries import technicians_for
from blisko.field.rules import lacking_skills
from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal, WrongMoment
from blisko.kit.failures import failed_count
from blisko.kit.requests import HouseRequest
from blisko.kit.tickets import page_ticket
from blisko.live.forms import CancelForm, WindowForm, tell_refusal, window_form_at
from blisko.live.queries.day import Present, Row, card_of, day_of, present_technicians
from blisko.live.queries.operations import set_aside
from blisko.live.rules.looks import Shown
from blisko.live.services.links import renew_link, revoke_link
from blisko.live.services.operations import apply_aside, dismiss_aside
from blisko.messaging.queries import deliveries_about, doubts_for
from blisko.planning.services import assign_visit, unassign_visit
from blisko.visits.queries import invited, open_requests
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import book_follow_up, cancel_visit, dismiss_request, move_visit, write_note

YEARS = timedelta(days=3653)  # around today
FILTERS = ("unassigned", "running", "ended")


@login_required
@require_GET
def day(request: HouseRequest) -> HttpResponse:
    """The board of one day; `?day=` and `?only=` stay in the address, `#board` is asked for again on every hint."""
    return _day(request)


def _day(request: HouseRequest, *, wish: int = 0, form: WindowForm | None = None) -> HttpResponse:
    """Draw the board; `form` is what could not be done for the wish with the id `wish`."""
    now, actor = clock.now(), request.actor
    require(actor, "live.see_day")
    today = timezone.localtime(now).date()
    chosen = named_day(request.GET.get("day", ""), today)
    only = request.GET.get("only", "")
    rows = day_of(actor, chosen, now=now)
    present = present_technicians(actor, chosen, now=now)
    request.shown = shown_to(actor, present)
    query = request.GET.urlencode()
    doing = {row.assignment.technician_id: row.visit for row in rows if row.assignment and _fits(row, "running")}
    wishes = [(one, form if form and one.pk == wish else window_form_at(now, auto_id=f"wish{one.pk}-%s")) for one in open_requests(actor)]
    asked = list(invited(actor))
    words = {
        "day": chosen,
        "aside": set_aside(actor) if actor.may("visits.run") else [],
        "today": today,
        "before": chosen - timedelta(days=1),
        "after": chosen + timedelta(days=1),
        "only": only,
        "query": query,
        "rows": [row for row in rows if _fits(row, only)],
        "counts": {name: sum(_fits(row, name) for row in rows) for name in ("", *FILTERS)},
        "technicians": [(one, doing.get(one.technician.pk)) for one in present],
        "points": _points(rows, present),
        "wishes": wishes,
        "invited": asked,
        "overdue": sum(bool(one.choose_until and one.choose_until < now) for one in asked),
        # A wish that somebody else has just answered is no longer in the list.
        "no": form.non_field_errors() if form and wish not in {one.pk for one, _ in wishes} else [],
        "doubts": doubts_for(actor).count() if actor.may("messaging.see_deliveries") else 0,
        "failed": failed_count() if actor.may("accounts.manage") else 0,
        "ticket": places_ticket(["day", "help"], actor, now),
        "next": (address := reverse("live:day") + (f"?{query}" if query else "")),
        "address": address,
    }
    return render(request, "live/day/day.html", words, status=Invalid.status if form else 200)


def shown_to(actor: Actor, present: list[Present]) -> Shown:
    """Answer whose places a page shows to whoever sits before it."""
    return Shown(actor.id, actor.name, tuple(one.technician.pk for one in present if one.position))


def places_ticket(topics: list[str], actor: Actor, now: datetime) -> str:
    """Answer a ticket that tells places to who may see them, and names him."""
    return page_ticket(topics, now=now, fixes=actor.may("live.see_positions"), who=(actor.id, actor.name))


def named_day(said: str, today: date) -> date:
    """Answer the day an address names; nonsense and days nobody plans are today."""
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return today
    return found if abs(found - today) < YEARS else today


def _fits(row: Row, only: str) -> bool:
    state = row.visit.state
    if only == "unassigned":
        return row.assignment is None and state == VisitState.BOOKED
    if only == "running":
        return state in (VisitState.ON_THE_WAY, VisitState.ON_SITE)
    return bool(row.visit.ended_at) if only == "ended" else True


def _points(rows: list[Row], present: list[Present]) -> list[dict[str, Any]]:
    tones = {"booked": "", "on_the_way": "sun", "on_site": "info", "done": "success", "cancelled": "off"}
    homes = [
        {
            "id": f"visit-{row.visit.pk}",
            "kind": "visit",
            "lat": row.visit.order.site.lat,
            "lon": row.visit.order.site.lon,
            "label": f"{row.visit.order.customer.name}, {row.visit.order.site.street}",
            "state": row.visit.state,
            "text": timezone.localtime(row.visit.window_from).strftime("%H:%M"),
            "tone": tones.get(row.visit.state, "danger"),
            "href": reverse("live:visit", args=[row.visit.pk]),
        }
        for row in rows
        if row.visit.order.site.lat is not None
    ]
    vans = [
        {
            "id": f"technician-{one.technician.pk}",
            "kind": "technician",
            "lat": one.position.fix.lat,
            "lon": one.position.fix.lon,
            "heading": one.position.fix.heading,
            "label": one.technician.name,
            "topic": one.topic,
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
    return _visit(request, visit_id)


def _visit(
    request: HouseRequest,
    visit_id: int,
    *,
    no: Refusal | None = None,
    cancelling: CancelForm | None = None,
    moving: WindowForm | None = None,
) -> HttpResponse:
    """Draw the page of a visit; `no`, `cancelling` and `moving` are what could not be done, told where it was asked for."""
    now, actor = clock.now(), request.actor
    require(actor, "live.see_day")
    card = card_of(actor, visit_id, now=now)
    one = card.visit
    wanted = one.wanted_levels
    words = {
        "card": card,
        "visit": one,
        "assignment": card.assignment,
        "chosen": request.POST.get("technician") or (str(card.assignment.technician_id) if card.assignment else ""),
        "messages_sent": deliveries_about(actor, f"visit:{visit_id}") if actor.may("messaging.see_deliveries") else [],
        "technicians": [(t, lacking_skills(t.skill_levels, wanted)) for t in technicians_for(actor)],
        "may_book": actor.may("visits.book"),
        "may_assign": actor.may("planning.assign"),
        "no": gettext(str(no.words)) if no else "",
        "cancel_form": cancelling or CancelForm(),
        "window_form": moving or window_form_at(now),
        "next": reverse("live:visit", args=[visit_id]),
        "ticket": page_ticket([f"visit:{visit_id}", "help"], now=now),
        "points": [{"id": "home", "kind": "home", "lat": one.order.site.lat, "lon": one.order.site.lon, "label": one.order.site.street}]
        if one.order.site.lat is not None
        else [],
    }
    status = no.status if no else Invalid.status if cancelling or moving else 200
    return render(request, "live/day/visit.html", words, status=status)


@login_required
@require_POST
def assign(request: HouseRequest, visit_id: int) -> HttpResponse:
    """Give the visit to the chosen technician, or take it back when none is chosen."""
    actor, now = request.actor, clock.now()
    chosen = request.POST.get("technician", "")
    try:
        if chosen.isdecimal():
            assign_visit(visit_id, int(chosen), actor=actor, now=now)
        else:
            unassign_visit(visit_id, actor=actor, now=now)
    except (WrongMoment, Invalid) as no:
        return _visit(request, visit_id, no=no)
    return redirect("live:visit", visit_id)


@login_required
@require_POST
def cancel(request: HouseRequest, visit_id: int) -> HttpResponse:
    """Call the visit off for the operator."""
    form = CancelForm(request.POST)
    if form.is_valid():
        reason, note = CancelReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        try:
            cancel_visit(visit_id, actor=request.actor, now=clock.now(), reason=reason, note=note)
            return redirect("live:visit", visit_id)
        except (WrongMoment, Invalid) as no:
            return _visit(request, visit_id, no=no)
    return _visit(request, visit_id, cancelling=form)


@login_required
@require_POST
def move(request: HouseRequest, visit_id: int) -> HttpResponse:
    """Promise another window."""
    form = window_form_at(clock.now(), request.POST)
    if form.is_valid():
        start, end = form.window()
        try:
            move_visit(visit_id, window_from=start, window_to=end, actor=request.actor, now=clock.now())
            return redirect("live:visit", visit_id)
        except Invalid as no:
            tell_refusal(form, no)
        except WrongMoment as no:
            return _visit(request, visit_id, no=no)
    return _visit(request, visit_id, moving=form)


@login_required
@require_POST
def note(request: HouseRequest, visit_id: int) -> HttpResponse:
    if text := request.POST.get("text", "").strip():
        write_note(visit_id, text, actor=request.actor, now=clock.now())
    return redirect("live:visit", visit_id)


@login_required
@require_POST
def new_link(request: HouseRequest, visit_id: int) -> HttpResponse:
    """End the customer's present link and send another."""
    renew_link(visit_id, actor=request.actor, now=clock.now())
    messages.success(request, gettext("A new link is on its way to the customer. The old one has ended."))
    return redirect("live:visit", visit_id)


@login_required
@require_POST
def end_link(request: HouseRequest, visit_id: int) -> HttpResponse:
    """End the customer's link without another."""
    revoke_link(visit_id, actor=request.actor, now=clock.now())
    messages.success(request, gettext("The customer's link has ended."))
    return redirect("live:visit", visit_id)


@login_required
@require_POST
def look_at_aside(request: HouseRequest, operation_id: UUID) -> HttpResponse:
    """Let a technician's work that came too late count after all, or leave it."""
    settle = dismiss_aside if request.POST.get("dismiss") else apply_aside
    try:
        settle(operation_id, actor=request.actor, now=clock.now())
    except (WrongMoment, Invalid) as no:
        messages.warning(request, gettext(str(no.words)))
    return redirect("live:day")


@login_required
@require_POST
def answer_request(request: HouseRequest, request_id: int) -> HttpResponse:
    """Book another visit for a wish, or put it aside."""
    actor, now = request.actor, clock.now()
    if "dismiss" in request.POST:
        dismiss_request(request_id, why=request.POST.get("why", ""), actor=actor, now=now)
        return redirect("live:day")
    form = window_form_at(now, request.POST, auto_id=f"wish{request_id}-%s")
    if form.is_valid():
        start, end = form.window()
        try:
            return redirect("live:visit", book_follow_up(request_id, window_from=start, window_to=end, actor=actor, now=now).pk)
        except (WrongMoment, Invalid) as no:
            tell_refusal(form, no)
    return _day(request, wish=request_id, form=form)
