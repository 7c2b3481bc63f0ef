"""What a technician does on a visit: by plain forms, and as his telephone tells of it once it has a network again."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from blisko.access.services import spend
from blisko.field.queries import own_technician
from blisko.kit import clock
from blisko.kit.errors import NotAllowed, NotFound, Refusal
from blisko.kit.requests import HouseRequest
from blisko.live.errors import BadOperation, BrokenUpload, ForeignQueue, UnknownStep
from blisko.live.queries.operations import have_of
from blisko.live.rules.app import APP
from blisko.live.rules.operations import MOST_AT_ONCE, PICTURES, Told, read_data, read_moment, read_told
from blisko.live.services.operations import take_operations
from blisko.live.services.uploads import take_piece
from blisko.live.services.working import do_on_visit
from blisko.live.views.technician import shown_visit
from blisko.ui.built import built_files
from blisko.visits.queries import signature_for

WORKER = "offline.js"
SENDS, PER_SECONDS = 1200, 600


@login_required
@require_POST
def do(request: HouseRequest, visit_id: int, kind: str) -> HttpResponse:
    """Do one thing on one's own visit: a step, a note, a photo, a tick, a value, a signature."""
    try:
        known, data = read_data(kind, {name: said if len(said) > 1 else said[0] for name, said in request.POST.lists()})
        op = UUID(request.POST["op"]) if "op" in request.POST else uuid4()
    except ValueError:
        raise UnknownStep from None
    except BadOperation as no:
        if no.details["field"] == "kind":
            raise UnknownStep from None
        return shown_visit(request, visit_id, no=no)
    if known in PICTURES:
        given = request.FILES.get("picture")
        data["content"] = given.read() if given else b""
    try:
        now = clock.now()
        do_on_visit(known, visit_id, data, op=op, actor=request.actor, now=now, heard=now)
    except Refusal as no:
        if isinstance(no, NotFound | NotAllowed):
            raise
        return shown_visit(request, visit_id, no=no)
    return redirect("live:my_visit", visit_id)


@login_required
@require_POST
def operations(request: HouseRequest) -> HttpResponse:
    """Take in what a telephone's queue tells: {who, queue: UUID, sent: its time, operations: [{id, number, visit, kind, at, data}]}.

    Answers each one's state in the same order: applied, waiting, aside (with words why) or refused; and when it answered (`at`): a page
    drawn after that shows all of it. Somebody else's work is refused with 403; a picture that has not arrived yet with 409. Nothing of
    the message has happened then.
    """
    now = clock.now()
    spend(f"operations:{request.actor.id}", limit=SENDS, per=PER_SECONDS, now=now)
    try:
        said = json.loads(request.body)
        who, queue, sent, raws = int(said["who"]), UUID(said["queue"]), read_moment(said["sent"]), list(said["operations"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise BadOperation(details={"field": "message"}) from None
    if len(raws) > MOST_AT_ONCE:
        raise BadOperation(details={"most": MOST_AT_ONCE})
    told = [_told(raw) for raw in raws]
    rows = iter(take_operations(queue, [one for one in told if one], who=who, sent=sent, actor=request.actor, now=now))
    answers: list[dict[str, Any]] = []
    for one in told:
        if one is None:
            answers.append({"id": None, "state": "refused", "why": gettext(str(BadOperation.words))})
        else:
            row = next(rows)
            answers.append({"id": str(row.pk), "state": row.state, "why": row.reason})
    return JsonResponse({"operations": answers, "at": clock.now().isoformat()})


def _told(raw: object) -> Told | None:
    try:
        return read_told(raw)
    except (BadOperation, RecursionError):
        return None


def _only_his(request: HouseRequest) -> None:
    """Refuse `ForeignQueue` for a picture that somebody else took on this telephone: ?who= says whose it is."""
    if request.GET.get("who") != str(own_technician(request.actor).pk):
        raise ForeignQueue


@login_required
@require_GET
def have(request: HouseRequest, sha256: str) -> HttpResponse:
    """How much of a picture of `?who=` has arrived: {"have": bytes}."""
    _only_his(request)
    return JsonResponse({"have": have_of(request.actor, sha256)})


@login_required
@require_POST
def upload(request: HouseRequest, sha256: str) -> HttpResponse:
    """Keep a piece of a picture: ?who=&offset=&length= in bytes, the piece as the body; answers {"have": bytes}, where to go on."""
    _only_his(request)
    now = clock.now()
    spend(f"uploads:{request.actor.id}", limit=SENDS, per=PER_SECONDS, now=now)
    offset, length = (request.GET.get(name, "") for name in ("offset", "length"))
    if not (offset.isdecimal() and length.isdecimal()):
        raise BrokenUpload(details={"fields": ["offset", "length"]})
    kept = take_piece(sha256, request.body, offset=int(offset), length=int(length), actor=request.actor, now=now)
    return JsonResponse({"have": kept})


@login_required
@require_GET
def signature(request: HouseRequest, visit_id: int) -> HttpResponse:
    """What was signed on a visit one may see."""
    signed = signature_for(request.actor, visit_id, now=clock.now())
    with signed.file.open("rb") as file:
        return HttpResponse(file.read(), content_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


@require_safe
@csp({"default-src": ["'none'"], "connect-src": ["'self'"], "frame-ancestors": ["'none'"]})
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the technician's pages, and what they are made of: its address makes it theirs alone."""
    file = settings.BUILT / WORKER
    if not file.exists():
        raise NotFound
    files = [static(each) for each in built_files(settings.BUILT, APP)]
    built = {"version": hashlib.sha256("".join(files).encode()).hexdigest()[:16], "files": files}
    script = f"self.built = {json.dumps(built)};\n{file.read_text()}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What makes the technician's pages an app of their own on a telephone."""
    start = reverse("live:my_day")
    pictures = [(f"{n}x{n}", "image/png", f"ui/icon-{n}.png", "any maskable") for n in (192, 512)]
    sizes = [("any", "image/svg+xml", "ui/icon.svg", "any"), *pictures]
    said = {
        "id": start,
        "name": settings.BLISKO_BRAND,
        "short_name": settings.BLISKO_BRAND[:12],
        "description": gettext("My day: visits, parts and people, with a network and without."),
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#f3f5ef",
        "theme_color": "#0b6652",
        "icons": [{"sizes": size, "type": kind, "src": static(name), "purpose": purpose} for size, kind, name, purpose in sizes],
    }
    return JsonResponse(said, content_type="application/manifest+json", headers={"Cache-Control": "max-age=3600"})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown where there is no network and the page was never here: no word of anybody's work."""
    return render(request, "live/technician/offline.html")
