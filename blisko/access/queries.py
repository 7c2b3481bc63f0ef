from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db.models import Q, QuerySet

from blisko.access.errors import EndedKey, UnknownKey
from blisko.access.models import AuditEntry, Key, RetentionRule
from blisko.access.rules import PROMISES, Actor, ActorKind, KeyKind, hash_token, require


def open_keys(now: datetime) -> QuerySet[Key]:
    """Answer every key that opens something at `now`."""
    return Key.objects.filter(Q(until=None) | Q(until__gt=now), revoked_at=None)


def opens(actor: Actor, thing: str, *, now: datetime) -> bool:
    """Tell whether the actor holds a key to `thing` ("visit:42") at `now`."""
    if actor.id.startswith("key:"):
        return open_keys(now).filter(pk=int(actor.id[4:]), opens=thing).exists()
    return open_keys(now).filter(holder=actor.id, opens=thing).exists()


def opened_ids(actor: Actor, kind: str, *, now: datetime) -> list[int]:
    """Answer the ids of the things of one kind ("visit") that the actor's keys open at `now`."""
    mine = Q(pk=int(actor.id[4:])) if actor.id.startswith("key:") else Q(holder=actor.id)
    return [int(thing.split(":")[1]) for thing in open_keys(now).filter(mine, opens__startswith=f"{kind}:").values_list("opens", flat=True)]


def key_by_token(token: str, *, kind: KeyKind, now: datetime) -> Key:
    """Answer the open key with this token; refuse `UnknownKey` (404) or `EndedKey` (410)."""
    key = Key.objects.filter(token_hash=hash_token(token), kind=kind).first()
    if key is None:
        raise UnknownKey
    if key.revoked_at is not None or (key.until is not None and key.until <= now):
        raise EndedKey
    return key


def actor_by_token(token: str, *, kind: KeyKind, now: datetime) -> Actor:
    """Answer whoever shows this token: a customer's link, a phone or a program."""
    key = key_by_token(token, kind=kind, now=now)
    who = {KeyKind.LINK: ActorKind.LINK, KeyKind.DEVICE: ActorKind.DEVICE, KeyKind.API: ActorKind.PROGRAM}[kind]
    return Actor(who, f"key:{key.pk}", key.label or key.holder, frozenset(key.scopes))


def days_kept(names: Iterable[str]) -> dict[str, int]:
    """Answer for how many days kinds of data are kept, by their names in the retention rules; for the house's own use."""
    wanted = list(names)
    said = dict(RetentionRule.objects.filter(name__in=wanted).values_list("name", "days"))
    return {name: said.get(name, PROMISES[name].days) for name in wanted}


def audit_of(actor: Actor, subject: str) -> QuerySet[AuditEntry]:
    """Answer what the audit trail says of one thing, newest first."""
    require(actor, "access.see_audit")
    return AuditEntry.objects.filter(subject=subject).order_by("-at", "-id")


def declared_permissions() -> dict[str, str]:
    """Answer every permission that some app's rules declare, with what it lets one do."""
    found: dict[str, str] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("blisko.") and find_spec(f"{app.name}.rules"):
            found |= getattr(import_module(f"{app.name}.rules"), "PERMISSIONS", {})
    return dict(sorted(found.items()))


def permissions_to_give(actor: Actor) -> dict[str, str]:
    """Answer what an actor may let a program do: what he may do himself."""
    return {code: words for code, words in declared_permissions().items() if actor.may(code)}


def api_keys(actor: Actor) -> QuerySet[Key]:
    """Answer the keys given to programs, newest first."""
    require(actor, "access.manage_keys")
    return Key.objects.filter(kind=KeyKind.API).order_by("-created_at", "-pk")
