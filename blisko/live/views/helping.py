"""Help that technicians ask for, at the console: what waits, who answers, what was the matter."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal, WrongMoment
from blisko.kit.requests import HouseRequest
from blisko.kit.tickets import page_ticket
from blisko.live.queries.help import closed_help, help_for, help_photo_for
from blisko.live.queries.help_bell import bell_words
from blisko.live.services.help import answer_help, close_help, take_help


@login_required
@require_GET
def overview(request: HouseRequest) -> HttpResponse:
    """What waits for an answer; `#help` is asked for again on every hint."""
    return _overview(request)


def _overview(request: HouseRequest, *, no: Refusal | None = None, about: int = 0) -> HttpResponse:
    """Draw the list; `no` is what could not be done with the thread `about`, told there, or above once it is gone."""
    now, actor = clock.now(), request.actor
    cards = help_for(actor, now=now)
    words = {
        "cards": cards,
        "closed": closed_help(actor),
        "no": gettext(str(no.words)) if no else "",
        "about": about if about in {card.thread.pk for card in cards} else 0,
        "sees_day": actor.may("live.see_day"),
        "ticket": page_ticket(["help"], now=now),
        "address": reverse("live:help"),
    }
    return render(request, "live/help/list.html", words, status=no.status if no else 200)


@login_required
@require_GET
def bell(request: HouseRequest) -> HttpResponse:
    """The banner every console shows while somebody waits for help."""
    return render(request, "live/help/bell.html", bell_words(request.actor, now=clock.now()))


@login_required
@require_GET
def photo(request: HouseRequest, visit_id: int, message_id: int) -> HttpResponse:
    """A picture of a thread, for the technician whose visit it is and for whoever may answer."""
    found = help_photo_for(request.actor, message_id, now=clock.now())
    response = FileResponse(found.file.open("rb"), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    return response  # type: ignore[return-value]


@login_required
@require_POST
def take(request: HouseRequest, thread_id: int) -> HttpResponse:
    """Answer oneself."""
    return _do(request, thread_id, lambda **by: take_help(thread_id, **by), gettext("You answer. The technician sees it."))


@login_required
@require_POST
def answer(request: HouseRequest, thread_id: int) -> HttpResponse:
    """Send words, or say that it was answered by telephone."""
    text, spoke = request.POST.get("text", ""), "spoke" in request.POST
    return _do(request, thread_id, lambda **by: answer_help(thread_id, text, spoke=spoke, **by), gettext("The technician has your answer."))


@login_required
@require_POST
def close(request: HouseRequest, thread_id: int) -> HttpResponse:
    """Close a thread with what was the matter."""
    matter = request.POST.get("matter", "")
    return _do(request, thread_id, lambda **by: close_help(thread_id, matter, **by), gettext("Closed."))


def _do(request: HouseRequest, thread_id: int, service: Callable[..., Any], done: str) -> HttpResponse:
    try:
        service(actor=request.actor, now=clock.now())
    except (Invalid, WrongMoment) as no:
        return _overview(request, no=no, about=thread_id)
    messages.success(request, done)
    return redirect("live:help")
