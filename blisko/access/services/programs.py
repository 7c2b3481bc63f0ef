from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from blisko.access.errors import Forbidden, UnknownKey, UnknownScope
from blisko.access.models import Key
from blisko.access.queries import declared_permissions
from blisko.access.rules import Actor, KeyKind, require
from blisko.access.services.keys import give_token, revoke_key

API = "api"


def issue_api_key(name: str, scopes: Sequence[str], *, actor: Actor, now: datetime, until: datetime | None = None) -> Key:
    """Let a program in with these permissions; `reveal_token(key.pk)` answers the token, to be shown once.

    Nobody gives what he does not have: a permission the actor lacks is refused with `Forbidden`.
    """
    require(actor, "access.manage_keys")
    if unknown := sorted(set(scopes) - set(declared_permissions())):
        raise UnknownScope(details={"scopes": unknown})
    if beyond := sorted(scope for scope in set(scopes) if not actor.may(scope)):
        raise Forbidden(details={"scopes": beyond})
    label = name.strip()[:60]
    return give_token(
        KeyKind.API, holder=f"program:{label}", opens=API, by=actor, now=now, until=until, scopes=sorted(set(scopes)), label=label
    )


@transaction.atomic
def revoke_api_key(key_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a program in no longer; its token is refused from here on."""
    require(actor, "access.manage_keys")
    if not Key.objects.filter(pk=key_id, kind=KeyKind.API).exists():
        raise UnknownKey
    revoke_key(key_id, by=actor, now=now)
