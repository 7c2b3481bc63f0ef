"""Who may: decided from the actor alone."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from blisko.access.errors import Forbidden

TOKEN_BYTES = 20
PERMISSIONS = {
    "access.see_audit": "See the audit trail",
    "access.manage_keys": "Issue and revoke API keys",
}


Purge = Callable[[datetime], int]


@dataclass(frozen=True)
class Promise:
    """How long one kind of personal data is kept unless an admin says otherwise, and what deletes it."""

    name: str
    says: str
    days: int
    purge: Purge


PROMISES: dict[str, Promise] = {}


class ActorKind(StrEnum):
    PERSON = "person"
    LINK = "link"
    DEVICE = "device"
    PROGRAM = "program"
    SYSTEM = "system"
    NOBODY = "nobody"


class KeyKind(StrEnum):
    ASSIGNMENT = "assignment"
    LINK = "link"
    DEVICE = "device"
    API = "api"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks: a person, a customer's link, a phone, a program, or the house itself.

    `id`: how step rows, keys and the audit trail name it ("user:3", "key:88", "system").
    `permissions`: the permission names it has everywhere; what a key opens is asked of `access.queries.opens`.
    """

    kind: ActorKind
    id: str
    name: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        return self.kind == ActorKind.SYSTEM or permission in self.permissions


SYSTEM = Actor(ActorKind.SYSTEM, "system", "Blisko")
NOBODY = Actor(ActorKind.NOBODY, "nobody")


def require(actor: Actor, permission: str) -> None:
    """Refuse with `Forbidden` unless the actor has the permission."""
    if not actor.may(permission):
        raise Forbidden(details={"permission": permission})


def hash_token(token: str) -> bytes:
    """Answer what is stored of a token: SHA-256 of its ASCII bytes (tokens carry 160 random bits, so no salt is needed)."""
    return hashlib.sha256(token.encode("ascii", "replace")).digest()


def derive_token(secret: bytes, key_id: int, nonce: bytes) -> str:
    """Answer the token of a key: 27 characters of base64url over 160 bits of HMAC-SHA256(secret, id + nonce)."""
    mac = hmac.new(secret, b"blisko.key:%d:" % key_id + nonce, hashlib.sha256).digest()[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def network_of(peer: str, forwarded_for: str, trusted: Sequence[str]) -> str:
    """Answer who asks, as rate limits count it: an IPv4 address, or the /64 of an IPv6 one.

    `peer` is the other end of the connection. `forwarded_for` (X-Forwarded-For) is believed only as far as it was written by
    `trusted` networks: the last address that is not one of them is whoever asked.
    """
    networks = [ip_network(each, strict=False) for each in trusted]
    found = peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not _is_in(found, networks):
            break
        found = hop
    address = _address(found)
    if address is None:
        return "unknown"
    return str(ip_network((address, 64), strict=False) if isinstance(address, IPv6Address) else address)


def _is_in(words: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    address = _address(words)
    return address is not None and any(address in network for network in networks)


def _address(words: str) -> IPv4Address | IPv6Address | None:
    """Read an address; an IPv4 one seen through a socket of both families (::ffff:192.0.2.1) is an IPv4 one."""
    try:
        address = ip_address(words)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
