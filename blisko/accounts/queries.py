from typing import TYPE_CHECKING, Any

from blisko.access.rules import NOBODY, Actor, ActorKind

if TYPE_CHECKING:
    from blisko.accounts.models import User


def actor_for(user: "User | Any") -> Actor:
    """Answer the actor a signed-in person is; nobody for anybody else."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    return Actor(ActorKind.PERSON, f"user:{user.pk}", user.name, user.permissions)
