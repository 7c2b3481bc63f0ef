import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from blisko.access.errors import LostSecret
from blisko.access.models import Key
from blisko.access.rules import Actor, KeyKind, derive_token, hash_token
from blisko.access.services.audit import write_audit
from blisko.kit.push import push


@transaction.atomic
def give_key(holder: str, opens: str, *, by: Actor, now: datetime, until: datetime | None = None) -> Key:
    """Let `holder` ("user:3") enter `opens` ("visit:42") until it is taken back; giving it again only moves the end."""
    key, _ = Key.objects.update_or_create(
        holder=holder,
        opens=opens,
        token_hash=None,
        revoked_at=None,
        defaults={"until": until},
        create_defaults={"kind": KeyKind.ASSIGNMENT, "until": until, "created_at": now, "created_by": by.id},
    )
    write_audit(by, "give_key", opens, now=now, detail={"holder": holder})
    push("keys")
    return key


@transaction.atomic
def take_key(holder: str, opens: str, *, by: Actor, now: datetime) -> None:
    """Take back what `give_key` gave; taking what is not there is fine."""
    if Key.objects.filter(holder=holder, opens=opens, token_hash=None, revoked_at=None).update(revoked_at=now):
        write_audit(by, "take_key", opens, now=now, detail={"holder": holder})
        push("keys")


@transaction.atomic
def give_token(
    kind: KeyKind,
    *,
    holder: str,
    opens: str,
    by: Actor,
    now: datetime,
    until: datetime | None = None,
    scopes: Sequence[str] = (),
    label: str = "",
) -> Key:
    """Make a key that whoever shows its token may use; `reveal_token(key.pk)` answers the token."""
    key = Key.objects.create(
        kind=kind,
        holder=holder,
        opens=opens,
        until=until,
        scopes=list(scopes),
        label=label,
        nonce=secrets.token_bytes(20),
        created_at=now,
        created_by=by.id,
    )
    key.token_hash = hash_token(_token(key))
    key.save(update_fields=["token_hash"])
    write_audit(by, "give_token", opens, now=now, detail={"key": key.pk, "kind": str(kind)})
    push("keys")
    return key


def reveal_token(key_id: int) -> str:
    """Answer the token of a key, derived anew from the server's secret: for the moment of sending or showing, never to store.

    Refuses `LostSecret` when SECRET_KEY is no longer the one the key was made with.
    """
    key = Key.objects.get(pk=key_id)
    token = _token(key)
    if hash_token(token) != bytes(key.token_hash or b""):
        raise LostSecret
    return token


def _token(key: Key) -> str:
    return derive_token(settings.SECRET_KEY.encode(), key.pk, bytes(key.nonce or b""))


@transaction.atomic
def move_key_end(key_id: int, *, until: datetime, by: Actor, now: datetime) -> None:
    """Let a key end at another moment, because what it opens was moved."""
    key = Key.objects.select_for_update().get(pk=key_id)
    if key.until != until:
        key.until = until
        key.save(update_fields=["until"])
        write_audit(by, "move_key_end", key.opens, now=now, detail={"key": key.pk, "until": until.isoformat()})
        push("keys")


@transaction.atomic
def revoke_key(key_id: int, *, by: Actor, now: datetime) -> None:
    """End a key now; its token answers 410 from here on."""
    key = Key.objects.select_for_update().get(pk=key_id)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        write_audit(by, "revoke_key", key.opens, now=now, detail={"key": key.pk})
        push("keys")


def revoke_keys_to(opens: str, kind: KeyKind, *, by: Actor, now: datetime) -> int:
    """End every key of one kind to one thing; answer how many."""
    ids = list(Key.objects.filter(opens=opens, kind=kind, revoked_at=None).values_list("pk", flat=True))
    for key_id in ids:
        revoke_key(key_id, by=by, now=now)
    return len(ids)
