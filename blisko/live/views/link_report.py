"""What was done, on a page and as a file; looking at either changes nothing."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from blisko.kit import clock
from blisko.kit.fields import LANGUAGES
from blisko.live.errors import NothingToSee, ReportNotReady
from blisko.live.queries.link import seen_by_link
from blisko.live.queries.report import edition_for, report_for
from blisko.live.views.link_door import asked, back, guarded, language_of
from blisko.visits.rules import DisputeReason
from blisko.visits.services import open_dispute


@require_safe
@guarded
def report(request: HttpRequest, token: str) -> HttpResponse:
    """The report as a page."""
    at = clock.now()
    opened, view = seen_by_link(token, now=at)
    if not view.get("report"):
        raise NothingToSee
    language = language_of(request, opened)
    query = f"?lang={language}"
    with translation.override(language):
        told = report_for(opened.actor, opened.visit.pk, language, now=at)
        words = {
            "view": view,
            "report": told,
            "photos": [(one, reverse("live:link_shown_photo", args=[token, one.pk])) for one in told.photos],
            "edition": edition_for(opened.actor, opened.visit.pk, now=at),
            "here": reverse("live:link", args=[token]) + query,
            "to": {"paper": reverse("live:link_paper", args=[token]), "dispute": reverse("live:link_dispute", args=[token]) + query},
            "reasons": list(DisputeReason),
            "languages": [(code, translation.get_language_info(code)["name_local"], f"?lang={code}") for code in LANGUAGES],
            "language": language,
        }
        response = render(request, "live/link/report.html", words)
    response["Content-Language"] = language
    return response


# As in `link`: the link itself is the proof of who asks; a form of another site is turned away by `own_form`.
@csrf_exempt
@require_POST
@guarded
def dispute(request: HttpRequest, token: str) -> HttpResponse:
    """Keep that it was not as the report tells; a second tap shows the first one."""
    at, opened, view = asked(request, token)
    said, reason = request.POST.get("text", ""), request.POST.get("reason", "")
    if view.get("dispute_form") and said.strip() and reason in list(DisputeReason):
        open_dispute(opened.visit.pk, DisputeReason(reason), said, actor=opened.actor, now=at)
    return back(request, token, "dispute", to="link_report")


@require_safe
@guarded
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """The newest edition of the report as PDF, in the customer's language: the same bytes whenever it is asked for."""
    at = clock.now()
    opened, view = seen_by_link(token, now=at)
    if not view.get("report"):
        raise NothingToSee
    edition = edition_for(opened.actor, opened.visit.pk, now=at)
    if edition is None:
        raise ReportNotReady
    name = f"{opened.visit.number}-{edition.number}.pdf"
    response = FileResponse(edition.file.open("rb"), content_type="application/pdf", as_attachment=True, filename=name)
    response["Content-Language"] = edition.language
    return response  # type: ignore[return-value]
