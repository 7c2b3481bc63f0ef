"""Photos a customer adds, and the calls he tries."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from blisko.kit import clock
from blisko.live.errors import NothingToSee
from blisko.live.queries.link import seen_by_link
from blisko.live.services.calls import note_call
from blisko.live.services.links import leave_photo
from blisko.live.views.link_door import asked, back, guarded
from blisko.visits.errors import BadPicture, TooManyPhotos
from blisko.visits.queries import photo_for

AT_ONCE = 6


# As in `link`: the link itself is the proof of who asks; a form of another site is turned away by `own_form`.
@csrf_exempt
@require_POST
@guarded
def add_photos(request: HttpRequest, token: str) -> HttpResponse:
    """Keep photos of the fault or the place; what is no picture is said, the others land."""
    at, opened, view = asked(request, token)
    if not view.get("photo_form"):
        return back(request, token)
    refused = 0
    for file in request.FILES.getlist("photos")[:AT_ONCE]:
        try:
            leave_photo(opened.visit.pk, file.read(), actor=opened.actor, now=at, caption=request.POST.get("caption", ""))
        except (BadPicture, TooManyPhotos):
            refused += 1
    return back(request, token, "photos", **({"refused": str(refused)} if refused else {}))


@require_safe
@guarded
def shown_photo(request: HttpRequest, token: str, photo_id: int) -> HttpResponse:
    """One of the photos, in the stages that show them."""
    at = clock.now()
    opened, view = seen_by_link(token, now=at)
    if not view.get("report") and photo_id not in [one.pk for one in view.get("photos") or []]:
        raise NothingToSee
    response = FileResponse(photo_for(opened.actor, opened.visit.pk, photo_id, now=at).file.open("rb"), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=600"
    return response  # type: ignore[return-value]


@csrf_exempt
@require_POST
@guarded
def called(request: HttpRequest, token: str) -> HttpResponse:
    """The customer has tapped the number."""
    at, opened, view = asked(request, token)
    if ring := view.get("technician_phone"):
        note_call(opened.visit.pk, masked=ring.masked, actor=opened.actor, now=at)
    return HttpResponse(status=204)
