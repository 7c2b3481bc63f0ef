"""What the link says of a delay, and the customer's answer to it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from blisko.live.services.delays import accept_delay
from blisko.live.views.link_door import asked, back, guarded


# As in `link`: the link itself is the proof of who asks; a form of another site is turned away by `own_form`.
@csrf_exempt
@require_POST
@guarded
def wait(request: HttpRequest, token: str) -> HttpResponse:
    """The customer waits for who is late; a second tap shows the same thanks."""
    at, opened, view = asked(request, token)
    if view.get("delay_form"):
        accept_delay(opened.visit.pk, actor=opened.actor, now=at)
    return back(request, token, "delay")
