"""The customer's link: one page for the whole life of a visit. Looking changes nothing; every change is a POST."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from blisko.kit import clock
from blisko.kit.errors import WrongMoment
from blisko.kit.fields import LANGUAGES, said
from blisko.kit.tickets import stream_ticket
from blisko.live.errors import NothingToSee
from blisko.live.queries.link import Opened, opened_by_link, seen_by_link
from blisko.live.rules.fixes import FRESH
from blisko.live.rules.stages import Stage, moves_by_itself
from blisko.live.services.links import leave_note
from blisko.live.views.link_door import asked, back, delay_words, guarded, language_of, note_place, own_form, span_words
from blisko.messaging.queries import push_offer
from blisko.messaging.rules.words import day_words
from blisko.visits.services import confirm_later, confirm_service, rate_visit

TICKET_SECONDS = 1800
REFRESH_SECONDS = 30
CHANGES = ("note", "answer", "rating", "move", "choose", "confirm", "keep", "wait", "cancel", "photos", "called", "delay", "notices")
ADDRESSES = ("now", "photo", "calendar", "opened", "report", *CHANGES)
YES_OR_NO = {"yes": True, "no": False}
TITLES = {
    "choose": _("Choose a time"),
    "booked": _("Booked"),
    "on_the_way": _("On the way"),
    "on_site": _("At your place"),
    "done": _("Done"),
    "ended": _("Ended"),
    "cancelled": _("Cancelled"),
}
ENDED = frozenset({Stage.CLOSED, Stage.CANCELLED})


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


# The link itself is the proof of who asks, cookie or not; a form of another site is turned away by `own_form`.
@csrf_exempt
@require_POST
@guarded
def note(request: HttpRequest, token: str) -> HttpResponse:
    """Leave a note for the technician."""
    at, opened, view = asked(request, token)
    if view.get("note_form") or view.get("trouble_form"):
        leave_note(opened.visit.pk, request.POST.get("text", ""), actor=opened.actor, now=at)
    return back(request, token, "notes")


@csrf_exempt
@require_POST
@guarded
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the answer to "does everything work?", and days later to "still?"; a second tap shows the same thanks."""
    at, opened, view = asked(request, token)
    works, still = (YES_OR_NO.get(request.POST.get(name, "")) for name in ("works", "still"))
    language = language_of(request, opened)
    with translation.override(language):
        first, later = gettext("Does everything work?"), gettext("Is everything still working?")
    given: dict[str, Any] = {"language": language, "actor": opened.actor, "now": at}
    with suppress(WrongMoment):  # answered already, or no longer asked: the page says how things stand
        if works is not None:
            confirm_service(opened.visit.pk, works, asked=first, **given)
        elif still is not None and view.get("later_question"):
            confirm_later(opened.visit.pk, still, asked=later, **given)
    return back(request, token)


@csrf_exempt
@require_POST
@guarded
def rating(request: HttpRequest, token: str) -> HttpResponse:
    """Keep stars and words, once."""
    at = clock.now()
    own_form(request)
    opened = opened_by_link(token, now=at)
    stars = request.POST.get("rating", "")
    if stars in ("1", "2", "3", "4", "5"):
        with suppress(WrongMoment):  # rated already
            rate_visit(opened.visit.pk, int(stars), actor=opened.actor, now=at, comment=request.POST.get("comment", ""))
    return back(request, token)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines to leave the links alone."""
    return HttpResponse("User-agent: *\nDisallow: /v/\n", content_type="text/plain")


def _show(request: HttpRequest, token: str, template: str) -> HttpResponse:
    at = clock.now()
    opened, view = seen_by_link(token, now=at)
    note_place(request, opened, who=f"visit:{opened.visit.pk}")
    language = language_of(request, opened)
    with translation.override(language):
        words = _words(opened, view, token, language, at) | {"refused": "refused" in request.GET}
        response = render(request, template, words)
    response["Content-Language"] = language
    return response


def _words(opened: Opened, view: dict[str, Any], token: str, language: str, at: datetime) -> dict[str, Any]:
    """Answer what the templates get: the facts of the stage, in the reader's words, and the addresses of this link."""
    visit, stage = opened.visit, opened.stage
    query, eta = f"?lang={language}", view.get("eta")
    words: dict[str, Any] = {
        "stage": stage,
        "view": view,
        "steps": [{"title": TITLES[name], "state": state} for name, state in opened.steps],
        "job": said(view["job"], language),
        "when": span_words(view["window"], language) if view.get("window") else None,
        # Numbers are not broken at the end of a line.
        "hotline_words": view["hotline"].replace(" ", "\u00a0"),
        "is_late": stage in (Stage.TODAY, Stage.ON_THE_WAY) and max(at, eta.low if eta else at) >= visit.window_to,
        "at": at,
        "speed": clock.speed(),
        "lost_after": int(FRESH.total_seconds()),
        "topic": f"visit:{visit.pk}",
        "here": reverse("live:link", args=[token]) + query,
        "to": {name: reverse(f"live:link_{name}", args=[token]) + query for name in ADDRESSES},
        "languages": [(code, translation.get_language_info(code)["name_local"], f"?lang={code}") for code in LANGUAGES],
        "refresh": max(5, round(REFRESH_SECONDS / max(1.0, clock.speed()))) if moves_by_itself(stage) else 0,
        "ear": "" if stage in ENDED else _ear(visit.pk, opened.streams, at),
    }
    if offer := push_offer(opened.actor, words["topic"], now=at):
        words["tell"] = {"worker": reverse("live:notices_worker"), "key": offer.key, "told": offer.told}
    if view.get("calendar"):
        words["subscribe"] = "webcal:" + settings.BLISKO_PUBLIC_URL.partition(":")[2] + words["to"]["calendar"]
    if view.get("position"):
        words |= _map(view, words["topic"], words["to"]["photo"], at)
    words["photos"] = [(one, reverse("live:link_shown_photo", args=[token, one.pk])) for one in view.get("photos") or []]
    if until := view.get("choose_until"):
        words["choose_until"] = day_words(timezone.localtime(until).date(), language) if at < until else ""
    if likely := view.get("likely"):
        words["likely"] = span_words(likely, language)["span"]
    if told := view.get("delay"):
        words["delay"] = delay_words(view["window"], told, language, at)
    if held := view.get("held"):
        words["held"] = span_words(held["window"], language)
    if given := view.get("later_answer") or view.get("answer"):
        words["answered"] = {**given, "on": day_words(timezone.localtime(given["at"]).date(), language)}
    if (follow_up := view.get("follow_up")) and follow_up["window"]:
        words["next_visit"] = span_words(follow_up["window"], language)
    return words


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
    route = view["route"] or {"line": [], "estimated": False}
    return {"points": [home, technician], "route": route["line"], "estimated": route["estimated"]}


def _ear(visit_id: int, fixes: bool, at: datetime) -> str:
    """Answer the stream's address; the same for half an hour, so that a page drawn anew keeps its stream."""
    length = TICKET_SECONDS * max(1.0, clock.speed())
    apart = visit_id * 37 % TICKET_SECONDS
    until = (int((at.timestamp() + apart) // length) + 2) * length - apart
    topic = f"visit:{visit_id}"
    ticket = stream_ticket([topic], until=datetime.fromtimestamp(until, at.tzinfo), fixes=fixes, who=(topic, ""))
    return f"{settings.BLISKO_LIVE_URL.rstrip('/')}/stream?ticket={ticket}"
