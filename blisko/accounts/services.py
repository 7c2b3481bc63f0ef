from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.accounts.models import Role, User
from blisko.accounts.rules import FIRST_ROLES


@transaction.atomic
def add_user(
    *, actor: Actor, now: datetime, email: str, name: str, roles: Sequence[str] = (), password: str | None = None, language: str = "en"
) -> User:
    """Let somebody sign in with these roles; without a password only single sign-on opens the door."""
    require(actor, "accounts.manage")
    user = User.objects.create_user(email, password, name=name, language=language)
    user.roles.set(Role.objects.filter(code__in=roles))
    write_audit(actor, "add_user", f"user:{user.pk}", now=now, detail={"roles": list(roles)})
    return user


def lay_first_roles() -> None:
    """Put the first roles in place; roles that are there stay as the admin left them."""
    for first in FIRST_ROLES:
        Role.objects.get_or_create(code=first.code, defaults={"names": first.names, "permissions": list(first.permissions)})
