"""The dispatcher's console: the plan of a day on a timeline, on a map and as a table, and everything that may be changed in it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from blisko.access.rules import require
from blisko.field.queries import technician_for, technicians_for
from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal, WrongMoment
from blisko.kit.middleware import wants_json
from blisko.kit.requests import HouseRequest
from blisko.kit.telling import told
from blisko.live.errors import UnreadablePlace
from blisko.live.queries.board import Board, board_of, can_undo
from blisko.live.queries.day import card_of, present_technicians
from blisko.live.queries.onlookers import onlookers_of
from blisko.live.rules.board import STATES, Filters, read_filters
from blisko.live.services.onlookers import leave_plan, look_at_plan
from blisko.live.views.dispatcher import named_day, places_ticket, shown_to
from blisko.live.views.plan_data import board_values, board_words, next_of, what_if_values
from blisko.live.views.plan_head import head_of
from blisko.planning.errors import PlanOutdated
from blisko.planning.queries import consequences, swap_consequences
from blisko.planning.rules.whatif import Consequences
from blisko.planning.rules.wishes import PinKind
from blisko.planning.services import move_assignments, pin_visit, swap_assignments, undo_last
from blisko.visits.queries import job_types_for

MOST = 200  # visits in one bulk action
NUMBER_DIGITS = 18
SHEETS = [f"blisko/live/islands/{name}.css" for name in ("plan", "timeline", "bars", "hand")]
PAPER = [f"blisko/live/islands/{name}.css" for name in ("plan", "paper")]


def _asked(request: HouseRequest) -> tuple[date, Filters, str]:
    """Answer the day and the filters of the address, and how both stand in an address."""
    today = timezone.localtime(clock.now()).date()
    day, asked = named_day(request.GET.get("day", ""), today), read_filters(request.GET)
    parts = [f"day={day.isoformat()}" if day != today or request.GET.get("day") else "", urlencode(asked.said())]
    return day, asked, "&".join(part for part in parts if part)


def _values(request: HouseRequest, board: Board, query: str, asked: Filters) -> dict[str, Any]:
    actor, now = request.actor, clock.now()
    onlookers = onlookers_of(actor, board.day, now=now, besides=request.GET.get("console", "")[:40])
    present = present_technicians(actor, board.day, now=now)
    request.shown = shown_to(actor, present)
    values = board_values(
        board,
        now=now,
        may_change=actor.may("planning.assign"),
        onlookers=onlookers,
        present=present,
        query=query,
        filtered=bool(asked),
    )
    return {**values, "undo": can_undo(actor, board.day), "speed": clock.speed()}


def _words(request: HouseRequest) -> dict[str, Any]:
    """Answer what both the console and the table show around the plan."""
    now, actor = clock.now(), request.actor
    day, asked, query = _asked(request)
    board = board_of(actor, day, asked, now=now)
    rest = urlencode(asked.said())
    return {
        "board": board,
        "said": board_words(board),
        "day": day,
        "today": timezone.localtime(now).date(),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "asked": asked,
        "states": STATES,
        "counts": {"waiting": len(board.waiting), "risk": sum(bar.risky for bar in board.bars)},
        "query": query,
        "rest": f"&{rest}" if rest else "",
        "plain": rest,
        "everybody": technicians_for(actor),
        "jobs": job_types_for(actor),
        "may_change": actor.may("planning.assign"),
        "can_undo": can_undo(actor, day),
        **head_of(request),
    }


@login_required
@require_GET
def console(request: HouseRequest) -> HttpResponse:
    """Timeline and map side by side; day and filters stay in the address."""
    now, actor = clock.now(), request.actor
    words = _words(request)
    topics = ["day", "plan", *(["alerts", "proposals"] if actor.may("planning.assign") else [])]
    words |= {
        "sheets": SHEETS,
        "values": _values(request, words["board"], words["query"], words["asked"]),
        "ticket": places_ticket([*topics, "help"], actor, now),
        "address": reverse("live:plan") + (f"?{words['query']}" if words["query"] else ""),
    }
    return render(request, "live/plan/console.html", words)


@login_required
@require_GET
def data(request: HouseRequest) -> HttpResponse:
    """The plan as the console's islands read it."""
    day, asked, query = _asked(request)
    return JsonResponse(_values(request, board_of(request.actor, day, asked, now=clock.now()), query, asked))


@login_required
@require_GET
def table(request: HouseRequest) -> HttpResponse:
    """The same plan as a plain table, to be read out, printed and worked with without scripts."""
    return render(request, "live/plan/table.html", {**_words(request), "sheets": PAPER})


@login_required
@require_GET
def asked_consequences(request: HouseRequest) -> HttpResponse:
    """What giving a visit to a technician, or swapping two, would bring, before it is done; a refusal is an answer, too."""
    said = request.GET
    ids = _numbers(said.getlist("visit"))
    technician, before = _whither(request, ids)
    swap = _number(said.get("swap", ""), otherwise=0)
    day = named_day(said.get("day", ""), timezone.localtime(clock.now()).date())
    return JsonResponse(_what_if(request, ids, technician or 0, at=_moment(said), before=before, swap=swap, day=day))


def _whither(request: HouseRequest, ids: list[int]) -> tuple[int | None, int | None]:
    """Answer the technician asked for and the visit to go before; whom that is with need not be said, but must be so where it is."""
    said = request.POST if request.method == "POST" else request.GET
    technician, before = (_number(said.get(name, ""), otherwise=0) or None for name in ("technician", "before"))
    if before is None:
        return technician, None
    if before in ids:
        raise UnreadablePlace
    made = card_of(request.actor, before, now=clock.now()).assignment
    if made is None or (technician and made.technician_id != technician):
        raise PlanOutdated
    return made.technician_id, before


def _what_if(
    request: HouseRequest,
    ids: list[int],
    technician_id: int,
    *,
    day: date,
    at: datetime | None = None,
    before: int | None = None,
    swap: int = 0,
) -> dict[str, Any]:
    actor, now = request.actor, clock.now()
    if swap:
        found, ids = swap_consequences(actor, ids[0], swap, now=now), [ids[0], swap]
        made = card_of(actor, swap, now=now).assignment
        technician_id = made.technician_id if made else 0
    else:
        found = consequences(actor, ids, technician_id or None, at, before, now=now)
    technician = technician_for(actor, technician_id) if technician_id else None
    return what_if_values(found, ids, technician, _midnight(day), place=_place_words(request, found, ids) if before else "")


def _place_words(request: HouseRequest, found: Consequences, ids: list[int]) -> str:
    after = next_of(found, ids)
    if after is None:
        return gettext("as the last visit")
    return gettext("before {customer}").replace("{customer}", card_of(request.actor, after, now=clock.now()).visit.order.customer.name)


@login_required
@require_GET
def visit(request: HouseRequest, visit_id: int) -> HttpResponse:
    """Everything that can be done with one visit in the plan, as plain forms; the console opens it as its menu."""
    return _visit(request, visit_id)


def _visit(request: HouseRequest, visit_id: int, *, no: Refusal | None = None) -> HttpResponse:
    now, actor = clock.now(), request.actor
    require(actor, "live.see_day")
    card = card_of(actor, visit_id, now=now)
    one, made = card.visit, card.assignment
    said = request.POST if request.method == "POST" else request.GET
    technician = _number(said.get("technician", ""), otherwise=made.technician_id if made else 0)
    day = timezone.localtime(made.during.lower if made else one.window_from).date()
    at = _moment(said, day=day)
    asked = bool(technician) and actor.may("planning.assign") and "ask" in said
    board = board_of(actor, day, Filters(), now=now)
    bar = next((bar for bar in board.bars if bar.visit.pk == visit_id), None)
    words = {
        "card": card,
        "danger": bar.danger if bar else None,
        "visit": one,
        "assignment": made,
        "technicians": technicians_for(actor),
        "technician": technician,
        "time": said.get("time") or (timezone.localtime(made.during.lower).strftime("%H:%M") if made else ""),
        "found": _what_if(request, [visit_id], technician, at=at, day=day) if asked else None,
        "pinned": sorted(pin.kind for pin in made.pins.all()) if made else [],
        "others": [bar for lane in board.lanes for bar in lane.bars if bar.movable and bar.visit.pk != visit_id],
        "may_change": actor.may("planning.assign") and one.state == "booked",
        "earlier": made.during.lower - timedelta(minutes=15) if made else None,
        "later": made.during.lower + timedelta(minutes=15) if made else None,
        "no": told(no.words, no.details) if no else "",
        "day": day,
        "back": said.get("back", "")[:300],
    }
    return render(request, "live/plan/visit.html", words, status=no.status if no else 200)


@login_required
@require_POST
def move(request: HouseRequest) -> HttpResponse:
    """Give visits to a technician at a time, before another visit, or where it costs least; nobody chosen takes them back."""
    said, actor, now = request.POST, request.actor, clock.now()
    ids: list[int] = []
    try:
        ids = _numbers(said.getlist("visit"))
        technician, before = _whither(request, ids)
        move_assignments(ids, technician, actor=actor, now=now, starts_at=_moment(said), before=before)
    except (Invalid, WrongMoment) as no:
        return _refused(request, no, ids)
    n = len(ids)
    if technician is None:
        words = ngettext("{n} visit taken back: nobody goes there now.", "{n} visits taken back: nobody goes there now.", n)
        return _done(request, words.replace("{n}", str(n)))
    name, card = technician_for(actor, technician).name, card_of(actor, ids[0], now=now)
    if n == 1 and (made := card.assignment) is not None:
        words = gettext("{customer}: {name}, {time}.").replace("{customer}", card.visit.order.customer.name)
        return _done(request, words.replace("{name}", name).replace("{time}", timezone.localtime(made.during.lower).strftime("%H:%M")))
    words = ngettext("{n} visit given to {name}.", "{n} visits given to {name}.", n)
    return _done(request, words.replace("{n}", str(n)).replace("{name}", name))


@login_required
@require_POST
def swap(request: HouseRequest) -> HttpResponse:
    """Let two visits change places."""
    ids: list[int] = []
    try:
        ids = _numbers(request.POST.getlist("visit"))
        if len(ids) != 2:
            raise UnreadablePlace
        swap_assignments(ids[0], ids[1], actor=request.actor, now=clock.now())
    except (Invalid, WrongMoment) as no:
        return _refused(request, no, ids)
    return _done(request, gettext("The two visits have changed places."))


@login_required
@require_POST
def pin(request: HouseRequest) -> HttpResponse:
    """Let the planner leave visits with their technicians and at their times, or free them again."""
    ids: list[int] = []
    kinds = [] if request.POST.get("free") else [PinKind.TECHNICIAN, PinKind.TIME]
    try:
        ids = _numbers(request.POST.getlist("visit"))
        for one in ids:
            pin_visit(one, kinds=kinds, actor=request.actor, now=clock.now())
    except (Invalid, WrongMoment) as no:
        return _refused(request, no, ids)
    n = len(ids)
    pinned, free = ngettext("{n} visit pinned.", "{n} visits pinned.", n), ngettext("{n} visit unpinned.", "{n} visits unpinned.", n)
    words = pinned if kinds else free
    return _done(request, words.replace("{n}", str(n)))


@login_required
@require_POST
def undo(request: HouseRequest) -> HttpResponse:
    """Take back what this person changed last in the plan of a day, unless somebody has changed it since."""
    said = request.POST.get("day", "")
    day = named_day(said, timezone.localtime(clock.now()).date()) if said else None
    try:
        undo_last(actor=request.actor, now=clock.now(), day=day)
    except (Invalid, WrongMoment) as no:
        return _refused(request, no, [])
    return _done(request, gettext("Undone: everything is as it was."))


@login_required
@require_POST
def here(request: HouseRequest) -> HttpResponse:
    """A console's heartbeat: which day it shows and which visit is chosen; `left` when it closes."""
    said, now = request.POST, clock.now()
    console_id = said.get("console", "")[:40]
    if not console_id:
        raise UnreadablePlace
    if said.get("left"):
        leave_plan(console_id, actor=request.actor)
    else:
        day = named_day(said.get("day", ""), timezone.localtime(now).date())
        look_at_plan(console_id, day, _number(said.get("visit", ""), otherwise=0) or None, actor=request.actor, now=now)
    return HttpResponse(status=204)


def _done(request: HouseRequest, words: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"said": words})
    messages.success(request, words)
    return redirect(_back(request))


def _refused(request: HouseRequest, no: Refusal, ids: list[int]) -> HttpResponse:
    """Answer a refusal where it was asked for: to the console as it is, else on the page of the visit or above the table."""
    if wants_json(request) or (isinstance(no, UnreadablePlace) and request.POST.get("page") != "table"):
        raise no
    if len(ids) == 1:
        return _visit(request, ids[0], no=no)
    messages.error(request, told(no.words, no.details))
    return redirect(_back(request))


def _back(request: HouseRequest) -> str:
    query = request.POST.get("back", "")[:300]
    page = "live:plan_table" if request.POST.get("page") == "table" else "live:plan"
    return reverse(page) + (f"?{query}" if query else "")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _number(said: str, *, otherwise: int | None = None) -> int:
    if said.isdecimal() and len(said) <= NUMBER_DIGITS:
        return int(said)
    if otherwise is None:
        raise UnreadablePlace
    return otherwise


def _numbers(said: list[str]) -> list[int]:
    ids = list(dict.fromkeys(_number(one) for one in said[:MOST]))
    if not ids:
        raise UnreadablePlace
    return ids


def _moment(said: Any, *, day: date | None = None) -> datetime | None:
    """Answer the moment a form names: `at` with its zone, or `time` on the `day`; None when it leaves that to us."""
    try:
        if at := said.get("at", ""):
            found = parse_datetime(at)
            if found is None or found.tzinfo is None:
                raise UnreadablePlace
            return found
        if clock_words := said.get("time", ""):
            hour = parse_time(clock_words)
            chosen = day or date.fromisoformat(said.get("day", ""))
            if hour is None:
                raise UnreadablePlace
            return timezone.make_aware(datetime.combine(chosen, hour))
    except ValueError:
        raise UnreadablePlace from None
    return None
