from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.accounts.errors import EmailTaken
from blisko.accounts.models import Role, User
from blisko.kit.phones import clean_email


@transaction.atomic
def add_user(
    *, actor: Actor, now: datetime, email: str, name: str, roles: Sequence[str] = (), password: str | None = None, language: str = "en"
) -> User:
    """Let somebody sign in with these roles; without a password only single sign-on opens the door."""
    require(actor, "accounts.manage")
    address = clean_email(email)
    try:
        with transaction.atomic():
            user = User.objects.create_user(address, password, name=name, language=language)
    except IntegrityError:
        raise EmailTaken(details={"email": email}) from None
    user.roles.set(Role.objects.filter(code__in=roles))
    write_audit(actor, "add_user", f"user:{user.pk}", now=now, detail={"roles": list(roles)})
    return user
