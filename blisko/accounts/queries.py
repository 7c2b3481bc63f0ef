from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model

from blisko.access.rules import NOBODY, Actor, ActorKind

if TYPE_CHECKING:
    from blisko.accounts.models import User


def actor_for(user: "User | Any") -> Actor:
    """Answer the actor a signed-in person is; nobody for anybody else."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    return Actor(ActorKind.PERSON, f"user:{user.pk}", user.name, user.permissions)


def names_of(actor_ids: Iterable[str]) -> dict[str, str]:
    """Answer the names of the people among these actors' ids ("user:3"), for the house's own use."""
    people = [int(one[5:]) for one in actor_ids if one.startswith("user:")]
    return {f"user:{user.pk}": str(user) for user in get_user_model().objects.filter(pk__in=people)}


def people_who_may(permission: str) -> "list[User]":
    """Answer everybody who may sign in and has a permission, for the house's own use."""
    found = get_user_model().objects.filter(is_active=True, roles__permissions__contains=[permission])
    return list(found.distinct().order_by("pk"))
