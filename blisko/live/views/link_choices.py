"""What a customer decides on the link: another time, none at all, another visit, or to hear when something earlier comes free."""

from contextlib import suppress
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blisko.access.services import reveal_token
from blisko.kit import clock
from blisko.kit.errors import WrongMoment
from blisko.kit.fields import LANGUAGES
from blisko.live.errors import NothingToSee
from blisko.live.queries.link import Opened, seen_by_link
from blisko.live.rules.choices import BEST, asks_again, best_of, reasons_at
from blisko.live.rules.stages import Stage
from blisko.live.services.links import link_for
from blisko.live.views.link_door import asked, back, guarded, language_of, span_words
from blisko.messaging.rules.words import day_words
from blisko.planning.errors import NothingHeld, SlotGone
from blisko.planning.queries import slots_to_choose
from blisko.planning.queries.slots import Slot
from blisko.planning.services import confirm_slot, hold_slot, let_slot_go, stop_waiting, wait_for_earlier
from blisko.visits.rules import CancelReason
from blisko.visits.services import cancel_visit


@require_safe
@guarded
def move(request: HttpRequest, token: str) -> HttpResponse:
    """The times there are, the best first; what was chosen waits here for one more tap."""
    at = clock.now()
    opened, view = seen_by_link(token, now=at)
    if not _may_choose(view):
        raise NothingToSee
    language = language_of(request, opened)
    with translation.override(language):
        slots = [] if view.get("held") else slots_to_choose(opened.actor, opened.visit.pk, now=at)
        words = {
            **_shell(opened, view, token, language),
            "gone": "gone" in request.GET,
            "again": bool(view.get("again_form")),
            "fresh": not view.get("move_form"),
            "driving": opened.stage == Stage.ON_THE_WAY,
            "best": [_slot_words(one, language) for one in best_of(slots, timezone.get_default_timezone())],
            "days": _days(slots, language) if len(slots) > BEST else [],
        }
        if held := view.get("held"):
            words["chosen"] = span_words(held["window"], language) | {"until": held["until"], "earlier": held["earlier"]}
        response = render(request, "live/link/move.html", words)
    response["Content-Language"] = language
    return response


def _may_choose(view: dict[str, Any]) -> bool:
    return any(view.get(form) for form in ("choose_form", "move_form", "again_form"))


def _slot_words(slot: Slot, language: str) -> dict[str, Any]:
    return span_words((slot.starts, slot.ends), language) | {"nearby": slot.nearby, "value": slot.starts.isoformat()}


def _days(slots: list[Slot], language: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Answer every time by day, in order."""
    ordered = sorted(slots, key=lambda one: one.starts)
    by_day = groupby(ordered, key=lambda one: timezone.localtime(one.starts).date())
    return [(day_words(day, language), [_slot_words(one, language) for one in some]) for day, some in by_day]


def _shell(opened: Opened, view: dict[str, Any], token: str, language: str) -> dict[str, Any]:
    query = f"?lang={language}"
    names = ("move", "choose", "confirm", "keep", "wait", "cancel")
    return {
        "stage": opened.stage,
        "view": view,
        "when": span_words(view["window"], language) if view.get("window") else None,
        "name": view.get("technician_name"),
        "here": reverse("live:link", args=[token]) + query,
        "to": {name: reverse(f"live:link_{name}", args=[token]) + query for name in names},
        "languages": [(code, translation.get_language_info(code)["name_local"], f"?lang={code}") for code in LANGUAGES],
        "hotline_words": settings.BLISKO_HOTLINE.replace(" ", "\u00a0"),
    }


# As in `link`: the link itself is the proof of who asks; a form of another site is turned away by `own_form`.
@csrf_exempt
@require_POST
@guarded
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Hold one of the times while the customer decides."""
    at, opened, view = asked(request, token)
    wanted = _moment(request.POST.get("window", ""))
    if wanted is None or not _may_choose(view):
        return back(request, token, to="link_move")
    try:
        hold_slot(opened.visit.pk, wanted, actor=opened.actor, now=at)
    except SlotGone:
        return back(request, token, to="link_move", gone="1")
    return back(request, token, to="link_move")


@csrf_exempt
@require_POST
@guarded
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Make the time that is held the promise; another visit's own link is opened at once."""
    at, opened, _ = asked(request, token)
    try:
        visit = confirm_slot(opened.visit.pk, actor=opened.actor, now=at)
    except (SlotGone, NothingHeld):
        return back(request, token, to="link_move", gone="1")
    if visit.pk == opened.visit.pk:
        return back(request, token)
    return back(request, reveal_token(link_for(visit.pk, now=at).pk))


@csrf_exempt
@require_POST
@guarded
def keep(request: HttpRequest, token: str) -> HttpResponse:
    """Let the time that is held go: everything stays as it was, or another one is chosen."""
    at, opened, _ = asked(request, token)
    let_slot_go(opened.visit.pk, actor=opened.actor, now=at)
    return back(request, token, to="link_move" if request.POST.get("other") else "link")


@csrf_exempt
@require_POST
@guarded
def wait(request: HttpRequest, token: str) -> HttpResponse:
    """Tell me when something earlier comes free; or no longer."""
    at, opened, _ = asked(request, token)
    with suppress(WrongMoment):  # under way by now: the page says how things stand
        (stop_waiting if request.POST.get("stop") else wait_for_earlier)(opened.visit.pk, actor=opened.actor, now=at)
    return back(request, token, "waiting")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Why, and (where somebody is on the way already, or another time would help) one tap more; only a POST cancels."""
    if request.method == "POST":
        return _cancelled(request, token)
    opened, view = seen_by_link(token, now=clock.now())
    if not view.get("cancel_form"):
        raise NothingToSee
    language, reason = language_of(request, opened), _reason(request.GET.get("reason", ""))
    with translation.override(language):
        words = {**_shell(opened, view, token, language), "reasons": reasons_at(opened.stage), "reason": reason}
        response = render(request, "live/link/cancel.html", words)
    response["Content-Language"] = language
    return response


def _cancelled(request: HttpRequest, token: str) -> HttpResponse:
    at, opened, view = asked(request, token)
    reason = _reason(request.POST.get("reason", ""))
    if reason is None:
        return back(request, token, to="link_cancel")
    if asks_again(opened.stage, reason, movable=bool(view.get("move_form"))) and not request.POST.get("sure"):
        return back(request, token, to="link_cancel", reason=str(reason))
    with suppress(WrongMoment):  # cancelled or ended meanwhile: the page says how things stand
        cancel_visit(opened.visit.pk, actor=opened.actor, now=at, reason=reason, note=request.POST.get("note", "").strip()[:500])
    return back(request, token)


def _reason(code: str) -> CancelReason | None:
    found = next((one for one in CancelReason if one == code), None)
    return None if found == CancelReason.OPERATOR else found


def _moment(words: str) -> datetime | None:
    try:
        found = parse_datetime(words.replace(" ", "+"))
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
