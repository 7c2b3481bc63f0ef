"""The customer's link: one page for the whole life of a visit. Looking changes nothing; every change is a POST."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from blisko.kit import clock
from blisko.kit.errors import WrongMoment
from blisko.kit.fields import LANGUAGES, said
from blisko.kit.tickets import stream_ticket
from blisko.live.errors import ForeignForm, NothingToSee
from blisko.live.queries.link import Opened, opened_by_link, seen_by_link
from blisko.live.rules.fixes import FRESH
from blisko.live.rules.stages import Stage, moves_by_itself, steps_of_visit
from blisko.live.services.links import leave_note
from blisko.messaging.rules.words import day_words, time_words
from blisko.visits.rules import VisitState
from blisko.visits.services import confirm_service, rate_visit

TICKET_SECONDS = 1800
REFRESH_SECONDS = 30
ENDED = frozenset({Stage.CLOSED, Stage.CANCELLED})
View = Callable[..., HttpResponse]


def guarded(view: View) -> View:
    """Keep the page to whoever holds the link: no copies, no index, no trace in another site's log."""

    @wraps(view)
    def guarded_view(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response.headers.setdefault("Cache-Control", "no-store")
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return guarded_view


@require_safe
@guarded
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The whole page; works without scripts and then asks for itself again."""
    return _show(request, token, "live/link/page.html")


@require_safe
@guarded
def now(request: HttpRequest, token: str) -> HttpResponse:
    """The part of the page that changes."""
    return _show(request, token, "live/link/visit.html")


@require_safe
@guarded
def photo(request: HttpRequest, token: str) -> HttpResponse:
    """The technician's photo, in the stages that show it."""
    picture = seen_by_link(token, now=clock.now())[1].get("technician_photo")
    if not picture:
        raise NothingToSee
    with picture.open("rb") as file:
        response = HttpResponse(file.read(), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=600"
    return response


# The link itself is the proof of who asks, cookie or not; a form of another site is turned away by `_own_form`.
@csrf_exempt
@require_POST
@guarded
def note(request: HttpRequest, token: str) -> HttpResponse:
    """Leave a note for the technician."""
    at = clock.now()
    _own_form(request)
    opened, view = seen_by_link(token, now=at)
    if view.get("note_form") or view.get("trouble_form"):
        leave_note(opened.visit.pk, request.POST.get("text", ""), actor=opened.actor, now=at)
    return _back(request, token, "notes")


@csrf_exempt
@require_POST
@guarded
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the answer to "does everything work?"; a second tap shows the same thanks."""
    at = clock.now()
    _own_form(request)
    opened = opened_by_link(token, now=at)
    works = {"yes": True, "no": False}.get(request.POST.get("works", ""))
    language = _language(request, opened)
    if works is not None:
        with translation.override(language):
            asked = gettext("Does everything work?")
        with suppress(WrongMoment):  # answered already, or no longer asked: the page says how things stand
            confirm_service(opened.visit.pk, works, asked=asked, language=language, actor=opened.actor, now=at)
    return _back(request, token)


@csrf_exempt
@require_POST
@guarded
def rating(request: HttpRequest, token: str) -> HttpResponse:
    """Keep stars and words, once."""
    at = clock.now()
    _own_form(request)
    opened = opened_by_link(token, now=at)
    stars = request.POST.get("rating", "")
    if stars in ("1", "2", "3", "4", "5"):
        with suppress(WrongMoment):  # rated already
            rate_visit(opened.visit.pk, int(stars), actor=opened.actor, now=at, comment=request.POST.get("comment", ""))
    return _back(request, token)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines to leave the links alone."""
    return HttpResponse("User-agent: *\nDisallow: /v/\n", content_type="text/plain")


def _show(request: HttpRequest, token: str, template: str) -> HttpResponse:
    at = clock.now()
    opened, view = seen_by_link(token, now=at)
    language = _language(request, opened)
    with translation.override(language):
        response = render(request, template, _words(opened, view, token, language, at))
    response["Content-Language"] = language
    return response


def _words(opened: Opened, view: dict[str, Any], token: str, language: str, at: datetime) -> dict[str, Any]:
    """Answer what the templates get: the facts of the stage, in the reader's words, and the addresses of this link."""
    visit, stage = opened.visit, opened.stage
    titles = {
        "booked": gettext("Booked"),
        "on_the_way": gettext("On the way"),
        "on_site": gettext("At your place"),
        "done": gettext("Done"),
        "ended": gettext("Ended"),
        "cancelled": gettext("Cancelled"),
    }
    steps = [{"title": titles[name], "state": state} for name, state in steps_of_visit(stage, VisitState(visit.state))]
    query, eta = f"?lang={language}", view.get("eta")
    words: dict[str, Any] = {
        "stage": stage,
        "view": view,
        "steps": steps,
        "job": said(view["job"], language),
        "when": _span(view["window"], language),
        # Numbers are not broken at the end of a line.
        "hotline_words": view["hotline"].replace(" ", "\u00a0"),
        "is_late": stage in (Stage.TODAY, Stage.ON_THE_WAY) and max(at, eta.low if eta else at) >= visit.window_to,
        "at": at,
        "speed": clock.speed(),
        "lost_after": int(FRESH.total_seconds()),
        "topic": f"visit:{visit.pk}",
        "here": reverse("live:link", args=[token]) + query,
        "to": {name: reverse(f"live:link_{name}", args=[token]) + query for name in ("now", "photo", "note", "answer", "rating")},
        "languages": [(code, translation.get_language_info(code)["name_local"], f"?lang={code}") for code in LANGUAGES],
        "refresh": max(5, round(REFRESH_SECONDS / max(1.0, clock.speed()))) if moves_by_itself(stage) else 0,
        "ear": "" if stage in ENDED else _ear(visit.pk, stage, at),
    }
    if view.get("position"):
        words |= _map(view, words["topic"], words["to"]["photo"], at)
    if given := view.get("answer"):
        words["answered_on"] = day_words(timezone.localtime(given["at"]).date(), language)
    if (follow_up := view.get("follow_up")) and follow_up["window"]:
        words["next_visit"] = _span(follow_up["window"], language)
    return words


def _span(window: tuple[datetime, datetime], language: str) -> dict[str, Any]:
    start, end = timezone.localtime(window[0]), timezone.localtime(window[1])
    span = f"{time_words(start.time())}–{time_words(end.time())}"
    return {"day": day_words(start.date(), language), "span": span, "start": start, "end": end}


def _map(view: dict[str, Any], topic: str, photo_url: str, at: datetime) -> dict[str, Any]:
    name = view["technician_name"] or gettext("Technician")
    technician = {
        "id": "technician",
        "kind": "technician",
        "lat": view["position"]["lat"],
        "lon": view["position"]["lon"],
        "heading": view["position"]["heading"],
        "label": name,
        "topic": topic,
        "photo": photo_url if view["technician_photo"] else "",
        "text": name[:1],
        "still": not view["seen"]["fresh"],
    }
    home = {"id": "home", "kind": "home", "label": gettext("Your place"), **view["home"]}
    return {"points": [home, technician], "route": view["route"]["line"], "estimated": view["route"]["estimated"]}


def _ear(visit_id: int, stage: Stage, at: datetime) -> str:
    """Answer the stream's address; the same for half an hour, so that a page drawn anew keeps its stream."""
    length = TICKET_SECONDS * max(1.0, clock.speed())
    apart = visit_id * 37 % TICKET_SECONDS
    until = (int((at.timestamp() + apart) // length) + 2) * length - apart
    ticket = stream_ticket([f"visit:{visit_id}"], until=datetime.fromtimestamp(until, at.tzinfo), fixes=stage == Stage.ON_THE_WAY)
    return f"{settings.BLISKO_LIVE_URL.rstrip('/')}/stream?ticket={ticket}"


def _language(request: HttpRequest, opened: Opened) -> str:
    wanted = request.GET.get("lang", "")
    return wanted if wanted in LANGUAGES else str(opened.visit.order.customer.language)


def _own_form(request: HttpRequest) -> None:
    """Refuse a form that another site sent."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "null")
    foreign = site in ("cross-site", "same-site") if site else origin != "null" and urlsplit(origin).netloc != request.get_host()
    if foreign:
        raise ForeignForm


def _back(request: HttpRequest, token: str, part: str = "main") -> HttpResponse:
    """Answer "see there": reloading the page afterwards sends nothing twice."""
    wanted = request.GET.get("lang", "")
    query = f"?lang={wanted}" if wanted in LANGUAGES else ""
    return HttpResponse(status=303, headers={"Location": f"{reverse('live:link', args=[token])}{query}#{part}"})
