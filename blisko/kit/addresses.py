"""Addresses that strangers gave us: which of them may be called, decided from values alone."""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

LONGEST_PORT = 65535
_URL = re.compile(r"http(?P<tls>s)?://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>\d{1,5}))?(?:[/?#][!-~]*)?")
# What lies behind these is decided by a router of theirs: they could lead into a private network.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("2002::/16"), IPv6Network("2001::/32"))


def may_be_called(url: str, *, private: bool, longest: int) -> bool:
    """Tell whether `url` is one we may call: https and not written as a private address; `private` allows http and private ones, too.

    What a name leads to is seen when it is called (`kit.outside`).
    """
    parts = _URL.fullmatch(url) if len(url) <= longest else None
    if parts is None or not 0 < int(parts["port"] or 443) <= LONGEST_PORT:
        return False
    return private or (parts["tls"] is not None and not names_private(parts["host"]))


def names_private(host: str) -> bool:
    """Tell whether a host is an address written out that is not the public internet's; what a name leads to is seen when it is called."""
    try:
        return not is_public(host.strip("[]"))
    except ValueError:
        name = host.lower()
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet; raises ValueError for what is none."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in network for network in _TRANSLATED):
            return False
    return found.is_global and not found.is_multicast
