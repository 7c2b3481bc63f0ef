"""Messages in the customer's own browser: let it be told, or no longer, and the worker that shows them."""

from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from blisko.kit.errors import NotFound
from blisko.live.errors import NothingToSee
from blisko.live.services.links import stop_telling_in_browser, tell_in_browser
from blisko.live.views.link_door import asked, guarded
from blisko.messaging.rules.browsers import Browser

WORKER = "notices.js"


# As in `link`: the link itself is the proof of who asks; a form of another site is turned away by `own_form`.
@csrf_exempt
@require_POST
@guarded
def notices(request: HttpRequest, token: str) -> HttpResponse:
    """Tell this browser as well, where the stage offers it; or no longer, in every stage."""
    at, opened, view = asked(request, token)
    said = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    if request.POST.get("stop"):
        return JsonResponse({"more": stop_telling_in_browser(opened.visit.pk, said["endpoint"], actor=opened.actor, now=at)})
    if not view.get("notices_form"):
        raise NothingToSee
    tell_in_browser(opened.visit.pk, Browser(**said), actor=opened.actor, now=at)
    return HttpResponse(status=204)


@require_safe
@csp({"default-src": ["'none'"], "frame-ancestors": ["'none'"]})
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: its address makes it the links' alone, and its policy lets it fetch nothing."""
    file = settings.BUILT / WORKER
    if not file.exists():
        raise NotFound
    return HttpResponse(file.read_bytes(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})
