"""What stands before the customers' links, and notes who was shown where somebody is."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from blisko.access.rules import network_of
from blisko.access.services import spend
from blisko.kit import clock
from blisko.kit.errors import NotFound, TooMany
from blisko.kit.middleware import answer
from blisko.live.services.looks import note_shown

PREFIX = "/v/"
GUESSES, PER_SECONDS = 60, 600


class GuessLimit:
    """Count the links that lead nowhere by the network they are asked from, and past a limit say so.

    Only misses count and only misses are refused: whoever holds a real link gets in, even behind the same address as somebody
    who guesses. Keeping a guesser out would add nothing to 160 random bits; this keeps the noise down and tells of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != NotFound.status or not request.path.startswith(PREFIX):
            return response
        asker = network_of(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""), settings.BLISKO_PROXIES)
        try:
            spend(f"link-guess:{asker}", limit=GUESSES, per=PER_SECONDS, now=clock.now())
        except TooMany as refusal:
            return answer(request, refusal)
        return response


class ShownPositions:
    """Note whom a page has shown to whom, where its view says so in `request.shown`: as tries are counted, looking counts here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        shown = getattr(request, "shown", None)
        if shown and shown.technicians and request.method != "HEAD":
            note_shown(shown, now=clock.now())
        return response
