"""Plain factory functions for tests."""

from blisko.access.rules import Actor, ActorKind
from blisko.accounts.rules import FIRST_ROLES


def an_actor(role: str, id: str = "user:0") -> Actor:
    """Answer an actor with the permissions a first role has."""
    permissions = next(first.permissions for first in FIRST_ROLES if first.code == role)
    return Actor(ActorKind.PERSON, id, role.title(), frozenset(permissions))
