"""What is told to whom, and how far it got."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from blisko.access.queries import open_keys
from blisko.access.rules import Actor, KeyKind, require
from blisko.webhooks.errors import NoSuchCall, NoSuchEndpoint
from blisko.webhooks.models import Call, Endpoint, VisitEvent
from blisko.webhooks.rules import CallState, EndpointState

if TYPE_CHECKING:
    from blisko.access.models import Key

MANAGE = "webhooks.manage"


@dataclass(frozen=True)
class Line:
    """An endpoint with what waits for it, how long the oldest has waited and how many visits' lines have failed at least once."""

    endpoint: Endpoint
    waiting: int
    oldest: datetime | None
    troubled: int


def endpoints_for(actor: Actor) -> list[Line]:
    """Answer every endpoint that was not removed, in order of names, with its waiting line."""
    require(actor, MANAGE)
    waiting = Q(calls__state=CallState.WAITING)
    found = Endpoint.objects.exclude(state=EndpointState.REMOVED).annotate(
        waiting=Count("calls", filter=waiting),
        oldest=Min("calls__event__at", filter=waiting),
        troubled=Count("calls", filter=waiting & Q(calls__attempts__gt=0)),
    )
    return [Line(one, one.waiting, one.oldest, one.troubled) for one in found.order_by("name", "pk")]


def endpoint_for(actor: Actor, endpoint_id: int, *, lock: bool = False) -> Endpoint:
    """Answer one endpoint that was not removed; refuse `NoSuchEndpoint`."""
    require(actor, MANAGE)
    rows = Endpoint.objects.select_for_update() if lock else Endpoint.objects.all()
    found = rows.exclude(state=EndpointState.REMOVED).filter(pk=endpoint_id).first()
    if found is None:
        raise NoSuchEndpoint
    return found


def endpoint_line(actor: Actor, endpoint_id: int) -> Line:
    """Answer one endpoint with its waiting line."""
    endpoint = endpoint_for(actor, endpoint_id)
    waiting = endpoint.calls.filter(state=CallState.WAITING)
    found = waiting.aggregate(n=Count("pk"), oldest=Min("event__at"), troubled=Count("pk", filter=Q(attempts__gt=0)))
    return Line(endpoint, found["n"], found["oldest"], found["troubled"])


def calls_for(actor: Actor, endpoint_id: int, *, state: str = "", visit: int | None = None) -> QuerySet[Call]:
    """Answer what was told an endpoint, newest first; `state`: troubled, or a call's state."""
    rows = endpoint_for(actor, endpoint_id).calls.select_related("event")
    if state == "troubled":
        rows = rows.filter(state=CallState.WAITING, attempts__gt=0)
    elif state:
        rows = rows.filter(state=state)
    if visit is not None:
        rows = rows.filter(visit_id=visit)
    return rows.order_by("-pk")


def call_for(actor: Actor, call_id: int, *, lock: bool = False) -> Call:
    """Answer one call with its event and endpoint; refuse `NoSuchCall`."""
    require(actor, MANAGE)
    rows = Call.objects.select_related("event", "endpoint").exclude(endpoint__state=EndpointState.REMOVED)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=call_id).first()
    if found is None:
        raise NoSuchCall
    return found


def waits_behind(actor: Actor, call: Call) -> Call | None:
    """Answer the earlier call of the same visit that this one waits for."""
    require(actor, MANAGE)
    return _earlier(call.endpoint_id, call.visit_id, call.sequence).select_related("event").order_by("sequence").first()


def secrets_of(actor: Actor, endpoint: Endpoint, *, now: datetime) -> list["Key"]:
    """Answer the keys that are an endpoint's secrets, newest first; never the secrets."""
    require(actor, MANAGE)
    return list(secret_keys(endpoint, now=now))


def secret_keys(endpoint: Endpoint, *, now: datetime) -> QuerySet["Key"]:
    """Answer the keys whose tokens sign what an endpoint is told, newest first, for the house's own use."""
    return open_keys(now).filter(kind=KeyKind.WEBHOOK, opens=endpoint.opens).order_by("-pk")


def anybody_listens() -> bool:
    """Tell whether there is an endpoint at all, for the house's own use."""
    return Endpoint.objects.exclude(state=EndpointState.REMOVED).exists()


def listeners_to(kind: str) -> QuerySet[Endpoint]:
    """Answer the endpoints that asked for events of one type, paused ones too, for the house's own use."""
    return Endpoint.objects.exclude(state=EndpointState.REMOVED).filter(types__contains=[kind]).order_by("pk")


def last_sequence(visit_id: int) -> int:
    """Answer the number of a visit's newest event, 0 before the first, for the house's own use."""
    return VisitEvent.objects.filter(visit_id=visit_id).aggregate(found=Max("sequence"))["found"] or 0


def due_calls(endpoint: Endpoint, *, now: datetime) -> QuerySet[Call]:
    """Answer what an endpoint may be told now: of each visit only the earliest that waits, when its time has come."""
    first = ~Exists(_earlier(endpoint.pk, OuterRef("visit_id"), OuterRef("sequence")))
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Call.objects.filter(free, first, endpoint=endpoint, state=CallState.WAITING, next_attempt_at__lte=now).order_by(
        "next_attempt_at", "pk"
    )


def endpoints_due(*, now: datetime) -> list[int]:
    """Answer the endpoints somebody should be sending to, for the house's own use."""
    calls = Call.objects.filter(endpoint=OuterRef("pk"), state=CallState.WAITING, next_attempt_at__lte=now)
    awake = Q(rests_until=None) | Q(rests_until__lte=now)
    rows = Endpoint.objects.filter(awake, Exists(calls), state=EndpointState.ACTIVE)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _earlier(endpoint_id: int, visit_id: Any, sequence: Any) -> QuerySet[Call]:
    return Call.objects.filter(endpoint_id=endpoint_id, visit_id=visit_id, sequence__lt=sequence, state=CallState.WAITING)
