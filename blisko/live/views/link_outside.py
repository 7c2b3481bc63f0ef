"""The link outside our own page: as a document for the operator's app, and as an entry of the customer's calendar."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from icalendar import Calendar, Event

from blisko.kit import clock
from blisko.kit.fields import said
from blisko.live.errors import NothingToSee
from blisko.live.queries.app_links import times_moved
from blisko.live.queries.document import document_by_link
from blisko.live.queries.link import Opened, seen_by_link
from blisko.live.rules.stages import Stage
from blisko.live.views.link_door import guarded, language_of, note_place, own_form

ASK_AGAIN = timedelta(hours=1)


@require_safe
@guarded
def document(request: HttpRequest, token: str) -> HttpResponse:
    """What the link shows now, as JSON; the API gives programs the same."""
    opened, told = document_by_link(token, now=clock.now())
    note_place(request, opened, who=f"visit:{opened.visit.pk}")
    return HttpResponse(msgspec.json.encode(told), content_type="application/json")


@require_safe
@guarded
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The visit as a calendar file; asked for again under the same address it follows the visit."""
    opened, view = seen_by_link(token, now=clock.now())
    if not view.get("window"):
        raise NothingToSee
    language = language_of(request, opened)
    with translation.override(language):
        words = _calendar(opened, view, token, language)
    response = HttpResponse(words, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="visit.ics"'
    response["Content-Language"] = language
    return response


# As in `link`: the link itself is the proof of who asks; a form of another site is turned away by `own_form`.
@csrf_exempt
@require_POST
@guarded
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The page is before somebody's eyes: its script says so once, and `guarded` notes it as it does for every form."""
    own_form(request)
    return HttpResponse(status=204)


def _calendar(opened: Opened, view: dict[str, Any], token: str, language: str) -> bytes:
    """Write RFC 5545: one entry whose name stays, whose number grows with every move, and nothing of the technician."""
    visit, cancelled = opened.visit, opened.stage == Stage.CANCELLED
    zone = timezone.get_default_timezone()
    call, page = gettext("Call us: {phone}").format(phone=view["hotline"]), gettext("Move, cancel or leave a note: {link}")
    url = settings.BLISKO_PUBLIC_URL + reverse("live:link", args=[token])
    entry = Event()
    entry.add("uid", f"visit-{visit.pk}@{urlsplit(settings.BLISKO_PUBLIC_URL).hostname}")
    entry.add("sequence", times_moved(opened.actor, visit.pk, now=clock.now()) + cancelled)
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", view["window"][0].astimezone(zone))
    entry.add("dtend", view["window"][1].astimezone(zone))
    entry.add("summary", f"{said(view['job'], language)} · {settings.BLISKO_BRAND}")
    entry.add("description", "\n".join([f"{view['number']}", call, *([] if cancelled else [page.format(link=url)])]))
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("url", url)
    if view.get("address"):
        entry.add("location", view["address"])
    found = Calendar()
    found.add("prodid", "-//Blisko//Visit//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("name", settings.BLISKO_BRAND)
    found.add("x-wr-calname", settings.BLISKO_BRAND)
    found.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", "PT1H")
    found.add_component(entry)
    found.add_missing_timezones()
    return bytes(found.to_ical())
