"""Endpoints are made, told in order, paused and told again."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app as queue

from blisko.access.errors import LostSecret
from blisko.access.rules import SYSTEM, Actor, KeyKind, require
from blisko.access.services import give_token, keep_days, move_key_end, reveal_token, revoke_key, write_audit
from blisko.kit import clock
from blisko.kit.events import ask_once
from blisko.kit.plugs import plug
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.visits.queries import visit_by_id
from blisko.webhooks import queries
from blisko.webhooks.models import Call, Endpoint, VisitEvent
from blisko.webhooks.ports import Post, Reply
from blisko.webhooks.rules import (
    CLAIM,
    OLD_SECRET_LASTS,
    CallState,
    EndpointState,
    VisitEventType,
    calls_at_once,
    check_endpoint,
    rest_after,
    signature,
    wait_after,
)

LOST = "The secret is lost (SECRET_KEY changed): give this webhook a new one."
SEND, REPLAY, QUEUE = "webhooks.send", "webhooks.replay", "webhooks"


@transaction.atomic
def add_endpoint(name: str, url: str, types: Sequence[str], *, actor: Actor, now: datetime) -> Endpoint:
    """Let an address be told of visits from now on; its secret is `reveal_secret`'s to show once. Refuses `BadEndpoint`."""
    require(actor, queries.MANAGE)
    check_endpoint(url, types, private=settings.BLISKO_WEBHOOK_PRIVATE)
    endpoint = Endpoint.objects.create(name=name.strip()[:80], url=url, types=sorted(set(types)), created_at=now, created_by=actor.id)
    _give_secret(endpoint, actor, now)
    write_audit(actor, "add_webhook", endpoint.opens, now=now, detail={"url": url, "types": endpoint.types})
    return endpoint


@transaction.atomic
def change_endpoint(endpoint_id: int, name: str, url: str, types: Sequence[str], *, actor: Actor, now: datetime) -> Endpoint:
    """Let an endpoint live at another address or hear of other events; what waits for it goes to the new address."""
    endpoint = queries.endpoint_for(actor, endpoint_id, lock=True)
    check_endpoint(url, types, private=settings.BLISKO_WEBHOOK_PRIVATE)
    endpoint.name, endpoint.url, endpoint.types = name.strip()[:80], url, sorted(set(types))
    endpoint.rounds, endpoint.rests_until = 0, None
    endpoint.save(update_fields=["name", "url", "types", "rounds", "rests_until"])
    write_audit(actor, "change_webhook", endpoint.opens, now=now, detail={"url": url, "types": endpoint.types})
    _wake(endpoint.pk)
    return endpoint


@transaction.atomic
def pause_endpoint(endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Send an endpoint nothing; what happens meanwhile waits for it."""
    endpoint = queries.endpoint_for(actor, endpoint_id, lock=True)
    take_step(endpoint, "pause", by=actor, now=now)
    write_audit(actor, "pause_webhook", endpoint.opens, now=now)


@transaction.atomic
def resume_endpoint(endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Send an endpoint again, beginning with what waited, at once whatever went wrong before."""
    endpoint = queries.endpoint_for(actor, endpoint_id, lock=True)
    take_step(endpoint, "resume", by=actor, now=now, rounds=0, rests_until=None)
    endpoint.calls.filter(state=CallState.WAITING).update(next_attempt_at=now)
    write_audit(actor, "resume_webhook", endpoint.opens, now=now)
    _wake(endpoint.pk)


@transaction.atomic
def remove_endpoint(endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Forget a paused endpoint: its secrets end, and nothing waits for it any more."""
    endpoint = queries.endpoint_for(actor, endpoint_id, lock=True)
    take_step(endpoint, "remove", by=actor, now=now)
    for key in queries.secret_keys(endpoint, now=now):
        revoke_key(key.pk, by=actor, now=now)
    endpoint.calls.all().delete()
    write_audit(actor, "remove_webhook", endpoint.opens, now=now)


@transaction.atomic
def rotate_secret(endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Give an endpoint a new secret; the old one signs beside it for a day, so that the other side can change over in peace."""
    endpoint = queries.endpoint_for(actor, endpoint_id, lock=True)
    for n, key in enumerate(queries.secret_keys(endpoint, now=now)):
        if n == 0:
            move_key_end(key.pk, until=now + OLD_SECRET_LASTS, by=actor, now=now)
        else:
            revoke_key(key.pk, by=actor, now=now)
    _give_secret(endpoint, actor, now)
    write_audit(actor, "rotate_webhook_secret", endpoint.opens, now=now)


@transaction.atomic
def end_old_secrets(endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Sign with the newest secret alone from now on."""
    endpoint = queries.endpoint_for(actor, endpoint_id, lock=True)
    for key in queries.secret_keys(endpoint, now=now)[1:]:
        revoke_key(key.pk, by=actor, now=now)


def reveal_secret(endpoint_id: int, *, actor: Actor, now: datetime) -> str:
    """Answer an endpoint's newest secret, for the one page that follows its making."""
    endpoint = queries.endpoint_for(actor, endpoint_id)
    return reveal_token(queries.secret_keys(endpoint, now=now)[0].pk)


@transaction.atomic
def record_visit_event(
    kind: VisitEventType, visit_id: int, *, at: datetime, now: datetime, data: Mapping[str, Any] | None = None, which: str = ""
) -> VisitEvent | None:
    """Write down what happened to a visit and queue it for every endpoint that asked; the second time it changes nothing.

    The body is the visit as it is now. Without any endpoint nothing is written.
    """
    key = f"{kind}:{visit_id}:{at.isoformat()}:{which}"
    if not queries.anybody_listens() or VisitEvent.objects.filter(key=key).exists():
        return None
    event = VisitEvent(key=key, visit_id=visit_id, sequence=queries.last_sequence(visit_id) + 1, type=kind, at=at, created_at=now)
    told = {
        "id": str(event.event_id),
        "type": str(kind),
        "at": at,
        "visit_id": visit_id,
        "sequence": event.sequence,
        "data": dict(data or {}),
        "visit": visit_by_id(visit_id).document(),
    }
    event.body = msgspec.json.encode(told).decode()
    event.save()
    for endpoint in queries.listeners_to(kind):
        Call.objects.create(endpoint=endpoint, event=event, visit_id=visit_id, sequence=event.sequence, next_attempt_at=now)
        if endpoint.state == EndpointState.ACTIVE:
            _wake(endpoint.pk)
    return event


@dataclass(frozen=True)
class Round:
    """Calls that were claimed together: nobody else makes them until the claim ends."""

    endpoint: Endpoint
    calls: list[Call]
    secrets: list[str]
    at: datetime


@transaction.atomic
def begin_round(endpoint_id: int, *, now: datetime) -> Round | None:
    """Claim what an endpoint is to be told next; None where there is nothing to do now."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id, state=EndpointState.ACTIVE).first()
    if endpoint is None or (endpoint.rests_until is not None and endpoint.rests_until > now):
        return None
    due = queries.due_calls(endpoint, now=now).select_related("event").select_for_update(of=("self",), skip_locked=True)
    calls = list(due[: calls_at_once(endpoint.rounds)])
    if not calls:
        return None
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(claimed_until=now + CLAIM * clock.speed())
    try:
        secrets = [reveal_token(key.pk) for key in queries.secret_keys(endpoint, now=now)]
    except LostSecret:
        secrets = []
    return Round(endpoint, calls, secrets, now)


def make_calls(begun: Round) -> list[Reply]:
    """Send a round's messages side by side; answer what became of each. No transaction is open meanwhile."""
    if not begun.secrets:
        return [Reply(taken=False, status=0, why=LOST)] * len(begun.calls)
    replies: list[Reply] = plug("webhooks.receivers").post([_post(begun, call) for call in begun.calls])
    return replies


@transaction.atomic
def settle_round(begun: Round, replies: Sequence[Reply], *, now: datetime) -> bool:
    """Write down what became of a round; tell whether the next may follow at once."""
    endpoint = Endpoint.objects.select_for_update().get(pk=begun.endpoint.pk)
    rows = {call.pk: call for call in Call.objects.select_for_update().filter(pk__in=[call.pk for call in begun.calls])}
    for call, reply in zip(begun.calls, replies, strict=True):
        if (row := rows.get(call.pk)) is not None and row.state == CallState.WAITING:
            _settle(row, reply, now)
    failed = [reply for reply in replies if not reply.taken]
    if len(failed) < len(replies):
        endpoint.rounds, endpoint.rests_until, endpoint.taken_at = 0, None, now
    else:
        endpoint.rounds += 1
        endpoint.rests_until = now + rest_after(endpoint.rounds) * clock.speed()
    if failed:
        endpoint.failed_at, endpoint.last_error = now, failed[-1].why[:300]
    endpoint.save(update_fields=["rounds", "rests_until", "taken_at", "failed_at", "last_error"])
    push("webhooks")
    return endpoint.rests_until is None or endpoint.rests_until <= now


@transaction.atomic
def replay_call(call_id: int, *, actor: Actor, now: datetime) -> None:
    """Tell an endpoint one event again, or at once where it waits for its next try."""
    call = queries.call_for(actor, call_id, lock=True)
    if call.state == CallState.WAITING:
        Call.objects.filter(pk=call.pk).update(next_attempt_at=now)
    else:
        take_step(call, "replay", by=actor, now=now, attempts=0, next_attempt_at=now, claimed_until=None, settled_at=None)
    Endpoint.objects.filter(pk=call.endpoint_id).update(rests_until=None)
    write_audit(actor, "replay_webhook", call.endpoint.opens, now=now, detail={"event": str(call.event.event_id)})
    _wake(call.endpoint_id)


@transaction.atomic
def skip_call(call_id: int, *, actor: Actor, now: datetime) -> None:
    """Give up one event at a person's word, so that the later ones of its visit may go."""
    call = queries.call_for(actor, call_id, lock=True)
    take_step(call, "skip", by=actor, now=now, settled_at=now)
    write_audit(actor, "skip_webhook", call.endpoint.opens, now=now, detail={"event": str(call.event.event_id)})
    _wake(call.endpoint_id)


@transaction.atomic
def ask_for_replay(endpoint_id: int, since: datetime, *, actor: Actor, now: datetime) -> int:
    """Let an endpoint be told again of everything it asks for that happened from `since` on; answer how much that is."""
    endpoint = queries.endpoint_for(actor, endpoint_id, lock=True)
    found = VisitEvent.objects.filter(at__gte=since, created_at__lte=now, type__in=endpoint.types).count()
    detail = {"since": since.isoformat(), "events": found}
    write_audit(actor, "replay_webhooks", endpoint.opens, now=now, detail=detail)
    asked: dict[str, Any] = {"endpoint_id": endpoint_id, "since": since.isoformat(), "until": now.isoformat(), "by": actor.id}
    queue.configure_task(REPLAY, queue=QUEUE, lock=_line(endpoint_id)).defer(**asked)
    return found


@dataclass(frozen=True)
class _Asker:
    id: str


@transaction.atomic
def replay_since(endpoint_id: int, since: datetime, until: datetime, *, by: str, now: datetime) -> None:
    """Queue again what happened in the stretch of time, and what this endpoint was never told of it, in one transaction.

    Done while nobody sends to the endpoint, so that nothing of a visit overtakes what is told again of it.
    """
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id).exclude(state=EndpointState.REMOVED).first()
    if endpoint is None:
        return
    events = VisitEvent.objects.filter(at__gte=since, created_at__lte=until, type__in=endpoint.types).order_by("pk")
    told = {call.event_id: call for call in endpoint.calls.filter(event__in=events)}
    for call in told.values():
        if call.state != CallState.WAITING:
            take_step(call, "replay", by=_Asker(by), now=now, attempts=0, next_attempt_at=now, claimed_until=None, settled_at=None)
    Call.objects.bulk_create(
        Call(endpoint=endpoint, event=event, visit_id=event.visit_id, sequence=event.sequence, next_attempt_at=now)
        for event in events.defer("body")
        if event.pk not in told
    )
    _wake(endpoint_id)


def wake_endpoints(*, now: datetime) -> int:
    """Ask again for the endpoints whose next try has come; answer how many."""
    due = queries.endpoints_due(now=now)
    for endpoint_id in due:
        _wake(endpoint_id)
    return len(due)


@keep_days("webhooks.events", 30, "Webhook messages that were taken or skipped (with the visit's address)")
def _forget_events(before: datetime) -> int:
    waiting = Call.objects.filter(state=CallState.WAITING).values("event_id")
    return VisitEvent.objects.filter(created_at__lt=before).exclude(pk__in=waiting).delete()[0]


def _give_secret(endpoint: Endpoint, actor: Actor, now: datetime) -> None:
    give_token(KeyKind.WEBHOOK, holder=endpoint.opens, opens=endpoint.opens, by=actor, now=now, label=endpoint.name)


def _wake(endpoint_id: int) -> None:
    ask_once(SEND, QUEUE, like=_line(endpoint_id), alone=_line(endpoint_id), endpoint_id=endpoint_id)


def _line(endpoint_id: int) -> str:
    return f"webhooks:{endpoint_id}"


def _post(begun: Round, call: Call) -> Post:
    body = call.event.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Blisko-Webhooks/1",
        "Blisko-Event": call.event.type,
        "Blisko-Event-Id": str(call.event.event_id),
        "Blisko-Attempt": str(call.attempts + 1),
        "Blisko-Signature": signature(begun.secrets, begun.at, body),
    }
    return Post(begun.endpoint.url, headers, body)


def _settle(call: Call, reply: Reply, now: datetime) -> None:
    tried: dict[str, Any] = {
        "attempts": call.attempts + 1,
        "claimed_until": None,
        "last_at": now,
        "last_status": reply.status,
        "last_error": reply.why[:300],
        "last_said": reply.said,
    }
    if reply.taken:
        take_step(call, "deliver", by=SYSTEM, now=now, settled_at=now, **tried)
        return
    wait = wait_after(call.attempts + 1, random.random(), reply.retry_after) * clock.speed()
    Call.objects.filter(pk=call.pk).update(next_attempt_at=now + wait, **tried)
