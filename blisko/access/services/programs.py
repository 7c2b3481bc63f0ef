from collections.abc import Sequence
from datetime import datetime

from blisko.access.errors import UnknownScope
from blisko.access.models import Key
from blisko.access.queries import declared_permissions
from blisko.access.rules import Actor, KeyKind, require
from blisko.access.services.keys import give_token

API = "api"


def issue_api_key(name: str, scopes: Sequence[str], *, actor: Actor, now: datetime, until: datetime | None = None) -> Key:
    """Let a program in with these permissions; `reveal_token(key.pk)` answers the token, to be shown once."""
    require(actor, "access.manage_keys")
    if unknown := sorted(set(scopes) - set(declared_permissions())):
        raise UnknownScope(details={"scopes": unknown})
    label = name.strip()[:60]
    return give_token(
        KeyKind.API, holder=f"program:{label}", opens=API, by=actor, now=now, until=until, scopes=sorted(set(scopes)), label=label
    )
