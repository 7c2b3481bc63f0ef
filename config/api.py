"""The JSON API put together: who may ask, how a refusal reads, what is done only once."""

import functools
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf
from pydantic import BaseModel

from blisko.access.errors import NotSignedIn
from blisko.access.queries import actor_by_token, declared_permissions
from blisko.access.rules import Actor, KeyKind
from blisko.access.services import Answer, answer_once, spend
from blisko.customers.api import router as customers
from blisko.field.api import ground, stock, technicians
from blisko.imports.api import router as imports
from blisko.kit import clock
from blisko.kit.api import keeps_answer
from blisko.kit.errors import Invalid, NotFound, Refusal
from blisko.kit.middleware import answer
from blisko.live.api import router as links
from blisko.planning.api import router as assignments
from blisko.visits.api import job_types
from blisko.visits.api import router as visits

RATE_WINDOW = 60
KEY_LIMIT = 200
PROBLEM = "application/problem+json"
REFUSALS = {
    400: "The request cannot be read.",
    401: "No valid token.",
    403: "The token's scopes do not allow this.",
    404: "There is no such thing, or none this token may know of.",
    409: "It cannot be done in the present state, or somebody was faster.",
    410: "It was here and has ended for good.",
    413: "The request is too large.",
    415: "The body is of another kind than the operation reads.",
    422: "A value is not right; `details` names the fields.",
    429: "Too many requests; `Retry-After` says when to come again.",
    503: "Something we need is away; `Retry-After` says when to come again.",
}
DESCRIPTION = """Everything the pages can do, for programs.

Times are ISO 8601 with their offset. Lists come in pages: ask again with `next` as `cursor`. A refusal is problem details (RFC 9457).
Send an `Idempotency-Key` with every POST that must not happen twice: the same key answers the same again."""


class Unreadable(Refusal):
    """The request is no JSON, or no form, or is broken off."""

    code = "unreadable"
    words = "We could not read this request."


class TooLarge(Refusal):
    """The body is larger than we read."""

    status, code = 413, "too-large"
    words = "This is too large. Send it in smaller pieces."


class OtherKind(Refusal):
    """The body is of another media type than the operation reads."""

    status, code = 415, "other-kind"
    words = "Send this as application/json."


class Token(HttpBearer):
    """A program's key; its scopes are what it may do."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        now = clock.now()
        try:
            actor = actor_by_token(token, kind=KeyKind.API, now=now)
        except NotFound:
            raise NotSignedIn from None
        spend(f"api:{actor.id}", limit=settings.BLISKO_API_RATE, per=RATE_WINDOW, now=now)
        actor = Actor(actor.kind, actor.id, actor.name, actor.permissions & declared_permissions().keys())
        request.actor = actor  # type: ignore[attr-defined]
        return actor


class Session(APIKeyCookie):
    """A signed-in person, for the documentation page; changes need the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        if not request.COOKIES.get(self.param_name) or not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise NotCsrf
        return request.COOKIES[self.param_name]

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        return request.actor if key else None  # type: ignore[attr-defined]


class NotCsrf(Refusal):
    """A signed-in person's change came without the CSRF token."""

    status, code = 403, "no-csrf-token"
    words = "Load the page anew and try again."


class HouseApi(NinjaAPI):
    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Answer the OpenAPI document with what every operation has in common."""
        found = super().get_openapi_schema(**kwargs)
        found["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        for path in found["paths"].values():
            for method, operation in path.items():
                for status, words in REFUSALS.items():
                    operation["responses"][status] = _refusal(status, words)
                if method == "post":
                    operation["parameters"].append(IDEMPOTENCY_KEY)
        return found


PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "`urn:blisko:refusal:` and the refusal's code"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The sentence for a person, in the language asked for"},
        "instance": {"type": "string"},
        "details": {"type": "object", "description": "Values a program can act on; `errors` lists fields as JSON pointers"},
    },
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The name of your intention: the same key answers the same again and does nothing twice, for two days.",
    "schema": {"type": "string", "maxLength": KEY_LIMIT, "pattern": "^[!-~]*$"},
}


def _refusal(status: int, words: str) -> dict[str, Any]:
    response: dict[str, Any] = {"description": words, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    if status in (409, 429, 503):
        response["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
    return response


def done_once(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Let a POST with an `Idempotency-Key` happen once."""

    @functools.wraps(operation)
    def wrapped(request: HttpRequest, *args: Any, **values: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not key or not keeps_answer(operation):
            return operation(request, *args, **values)
        if len(key) > KEY_LIMIT or not key.isascii() or not key.isprintable():
            raise Invalid(
                details={"errors": [{"parameter": "Idempotency-Key", "in": "header", "detail": f"at most {KEY_LIMIT} ASCII characters"}]}
            )
        actor: Actor = request.actor  # type: ignore[attr-defined]
        made = answer_once(actor.id, key, _fingerprint(request), lambda: _answered(operation(request, *args, **values)), now=clock.now())
        response = JsonResponse(made.body, status=made.status, safe=False) if made.body is not None else HttpResponse(status=made.status)
        if made.replayed:
            response["Idempotency-Replayed"] = "true"
        return response

    return wrapped


def _answered(result: Any) -> Answer:
    status, value = (result.status_code, result.value) if isinstance(result, Status) else (200, result)
    return Answer(status, value.model_dump(mode="json") if isinstance(value, BaseModel) else value)


def _fingerprint(request: HttpRequest) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.digest()
    for name, value in sorted(request.POST.items()):
        digest.update(f"{name}={value}\n".encode())
    for name in sorted(request.FILES):
        file = cast("UploadedFile[Any]", request.FILES[name])
        digest.update(f"{name}: ".encode())
        for piece in file.chunks():
            digest.update(piece)
        file.seek(0)
    return digest.digest()


api = HouseApi(
    title="Blisko",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=[Token(), Session()],
)
api.add_decorator(done_once)
api.add_router("customers", customers, tags=["customers"])
api.add_router("technicians", technicians, tags=["technicians"])
api.add_router("field", ground, tags=["field"])
api.add_router("field", stock, tags=["stock"])
api.add_router("job-types", job_types, tags=["visits"])
api.add_router("visits", visits, tags=["visits"])
api.add_router("imports", imports, tags=["imports"])
api.add_router("", assignments, tags=["assignments"])
api.add_router("", links, tags=["links"])


@api.exception_handler(Refusal)
def refuse(request: HttpRequest, refusal: Any) -> HttpResponse:
    response = answer(request, refusal)
    if refusal.status == NotSignedIn.status:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(AuthenticationError)
def refuse_stranger(request: HttpRequest, fault: Any) -> HttpResponse:
    return refuse(request, NotSignedIn())


@api.exception_handler(HttpError)
def refuse_unreadable(request: HttpRequest, fault: Any) -> HttpResponse:
    """Ninja raises these where a body cannot be parsed."""
    kind = (request.content_type or "").lower()
    return refuse(request, Unreadable() if kind == "application/json" else OtherKind(details={"content_type": kind}))


@api.exception_handler(ValidationError)
def refuse_values(request: HttpRequest, fault: Any) -> HttpResponse:
    return refuse(request, Invalid(details={"errors": [_place(one["loc"]) | {"detail": one["msg"]} for one in fault.errors]}))


def _place(where: Sequence[str | int]) -> dict[str, str]:
    """A JSON pointer into the body, or the name of a parameter."""
    source, *rest = [str(part) for part in where]
    if source == "body":
        return {"pointer": "#" + "".join(f"/{part}" for part in rest[1:])}
    return {"parameter": ".".join(rest), "in": source}


@api.exception_handler(Http404)
def refuse_unknown(request: HttpRequest, fault: Any) -> HttpResponse:
    return refuse(request, NotFound())


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(MultiPartParserError)
def refuse_broken(request: HttpRequest, fault: Any) -> HttpResponse:
    return refuse(request, TooLarge() if isinstance(fault, RequestDataTooBig) else Unreadable())
