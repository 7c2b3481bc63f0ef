"""Is a file exactly what we issued? Anybody may ask; nobody learns whose it is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from blisko.access.rules import NOBODY, network_of
from blisko.access.services import spend
from blisko.kit import clock
from blisko.live.queries.report import verdict_on

LARGEST = 2 * 1024 * 1024  # bytes, twice what a report of ours may have
TRIES, PER_SECONDS = 30, 600


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The question and, after a POST, its answer."""
    words: dict[str, object] = {}
    if request.method == "POST":
        asker = network_of(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""), settings.BLISKO_PROXIES)
        spend(f"verify:{asker}", limit=TRIES, per=PER_SECONDS, now=clock.now())
        file = request.FILES.get("file")
        if file is None:
            words = {"no": gettext("Please choose a file.")}
        elif (file.size or 0) > LARGEST:
            words = {"no": gettext("This file is larger than any report of ours.")}
        else:
            words = {"asked": True, "verdict": verdict_on(file.read(), actor=NOBODY)}
    return render(request, "live/report/verify.html", words, status=422 if words.get("no") else 200)
