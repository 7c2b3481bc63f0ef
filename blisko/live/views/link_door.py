"""What every page of the customer's link shares: who may copy it, whose forms count, in which language it speaks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from blisko.kit import clock
from blisko.kit.fields import LANGUAGES
from blisko.live.errors import ForeignForm
from blisko.live.queries.app_links import may_be_embedded
from blisko.live.queries.link import Opened, seen_by_link
from blisko.live.rules.looks import Shown
from blisko.live.rules.robots import is_robot
from blisko.live.services.openings import note_opening
from blisko.messaging.rules.words import day_words, time_words

BAD = 400
View = Callable[..., HttpResponse]


def guarded(view: View) -> View:
    """Keep the page to whoever holds the link: no copies, no index, no trace in another site's log.

    Whoever sends something from it has seen it: that is noted, looking alone never is.
    """

    @wraps(view)
    def guarded_view(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        response = view(request, token, **more)
        _note(request, token, response)
        response.headers.setdefault("Cache-Control", "no-store")
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        if settings.BLISKO_EMBED_BY and may_be_embedded(token, now=clock.now()):
            let_frame(response, settings.BLISKO_EMBED_BY)
        return response

    return guarded_view


def _note(request: HttpRequest, token: str, response: HttpResponse) -> None:
    if request.method == "POST" and response.status_code < BAD and not is_robot(request.headers.get("User-Agent", "")):
        note_opening(token, now=clock.now())


def note_place(request: HttpRequest, opened: Opened, *, who: str, name: str = "") -> None:
    """Say whose place the answer shows, if anybody's, to whoever has the link or to a program."""
    if opened.shows is not None:
        request.shown = Shown(who, name, (opened.shows,))  # type: ignore[attr-defined]


def let_frame(response: HttpResponse, sites: list[str]) -> None:
    """Let the pages of these sites hold this one in a frame."""
    response.xframe_options_exempt = True
    response._csp_replace = {"frame-ancestors": sites}  # type: ignore[attr-defined]


def language_of(request: HttpRequest, opened: Opened) -> str:
    """Answer the language asked for in the address, else the customer's own."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in LANGUAGES else str(opened.visit.order.customer.language)


def own_form(request: HttpRequest) -> None:
    """Refuse a form that another site sent."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "null")
    foreign = site in ("cross-site", "same-site") if site else origin != "null" and urlsplit(origin).netloc != request.get_host()
    if foreign:
        raise ForeignForm


def asked(request: HttpRequest, token: str) -> tuple[datetime, Opened, dict[str, Any]]:
    """Answer when a form of our own came, what its link opens, and what may be seen there."""
    at = clock.now()
    own_form(request)
    return at, *seen_by_link(token, now=at)


def span_words(window: tuple[datetime, datetime], language: str) -> dict[str, Any]:
    """Answer a window in words: its local day, its span, and both moments."""
    start, end = timezone.localtime(window[0]), timezone.localtime(window[1])
    span = f"{time_words(start.time())}–{time_words(end.time())}"
    return {"day": day_words(start.date(), language), "span": span, "start": start, "end": end}


def delay_words(window: tuple[datetime, datetime], told: Mapping[str, Any], language: str, at: datetime) -> dict[str, Any]:
    """Answer a delay in words; `late`: it is after the promise, `over`: what was told has passed, too."""
    return span_words((told["from"], told["to"]), language) | {"late": told["to"] > window[1], "over": at >= told["to"]}


def back(request: HttpRequest, token: str, part: str = "main", *, to: str = "link", **query: str) -> HttpResponse:
    """Answer "see there": reloading the page afterwards sends nothing twice."""
    wanted = request.GET.get("lang", "")
    if wanted in LANGUAGES:
        query = {"lang": wanted, **query}
    words = f"?{urlencode(query)}" if query else ""
    return HttpResponse(status=303, headers={"Location": f"{reverse(f'live:{to}', args=[token])}{words}#{part}"})
