"""One place turns a refusal into a page, a fragment or problem details (RFC 9457)."""

import logging
from collections.abc import Callable

from django.db import DataError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from blisko.kit.errors import Invalid, Refusal, Unavailable
from blisko.kit.telling import told

log = logging.getLogger("blisko.refusals")
Handler = Callable[[HttpRequest], HttpResponse]


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.headers.get("accept", "").startswith(
        ("application/json", "application/problem+json")
    )


def problem(refusal: Refusal, instance: str) -> dict[str, object]:
    """Answer RFC 9457 problem details: type, title, status, detail, instance, and the refusal's own values."""
    return {
        "type": f"urn:blisko:refusal:{refusal.code}",
        "title": told(type(refusal).words, refusal.details),
        "status": refusal.status,
        "detail": told(refusal.words, refusal.details),
        "instance": instance,
        **({"details": refusal.details} if refusal.details else {}),
    }


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal in the form the asker reads: JSON, fragment or page."""
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse(problem(refusal, request.path), status=refusal.status, content_type="application/problem+json")
    else:
        fragment = request.headers.get("HX-Request") == "true"
        template = "ui/refusal_fragment.html" if fragment else "ui/refusal.html"
        words = {
            "words": told(refusal.words, refusal.details),
            "status": refusal.status,
            "code": refusal.code,
            "retry_after": refusal.retry_after,
        }
        response = render(request, template, {"refusal": words}, status=refusal.status)
    if refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    response["Cache-Control"] = "no-store"
    return response


class RefusalMiddleware:
    """A refusal is logged at info and answered; a database that is away, or a value it cannot hold, becomes one. Else it is a bug."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if isinstance(fault, (OperationalError, InterfaceError)):
            log.warning("the database is away: %s %s", type(fault).__name__, getattr(fault.__cause__, "sqlstate", None) or "")
            connection.close()
            fault = Unavailable()
        if isinstance(fault, DataError):  # a zero character, a number without end: nobody's form sends these
            log.warning("the database cannot hold a value", exc_info=fault)
            fault = Invalid()
        if not isinstance(fault, Refusal):
            return None
        route = request.resolver_match.route if request.resolver_match else ""
        log.info("refused", extra={"code": fault.code, "route": route, "method": request.method})
        return answer(request, fault)


class PrivateByDefault:
    """What does not say otherwise is kept by nobody: not by a proxy, not by a browser after signing out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class CompressedWords(GZipMiddleware):
    """Words go compressed to whoever reads them so: a slow telephone waits for every byte. Files and streams go as they are.

    Django adds bytes at random, so that nothing can be guessed from an answer's length (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress an answer of text or JSON that is worth it."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or not (kind.startswith("text/") or kind.endswith("json")):
            return response
        return super().process_response(request, response)
