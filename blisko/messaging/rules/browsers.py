"""Browsers that show our messages: what they tell us of themselves, and how a message is meant for them (RFC 8030, 8291)."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from blisko.kit.addresses import may_be_called
from blisko.messaging.errors import BadBrowser

LONGEST_ENDPOINT = 1000
POINT_BYTES, SECRET_BYTES = 65, 16
# More browsers than a household has; the one that came first makes room.
MOST_BROWSERS = 5
LASTS, LASTS_AT_MOST = timedelta(days=1), timedelta(days=28)


@dataclass(frozen=True)
class Browser:
    """Where a browser's push service takes messages for it, and its keys, in base64url: whoever has these may speak to it."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


def check_browser(browser: Browser, *, private: bool) -> None:
    """Refuse `BadBrowser` unless its address is one we may call and its keys have the form of keys."""
    if not may_be_called(browser.endpoint, private=private, longest=LONGEST_ENDPOINT):
        raise BadBrowser(details={"browser": "endpoint"})
    point = unpacked(browser.p256dh)
    if len(point) != POINT_BYTES or point[0] != 4:  # an uncompressed point of P-256
        raise BadBrowser(details={"browser": "p256dh"})
    if len(unpacked(browser.auth)) != SECRET_BYTES:
        raise BadBrowser(details={"browser": "auth"})


def unpacked(words: str) -> bytes:
    """Answer what base64url without padding stands for; nothing where it is none."""
    try:
        return base64.b64decode(words + "=" * (-len(words) % 4), altchars=b"-_", validate=True) if len(words) < 200 else b""
    except (binascii.Error, ValueError):
        return b""


def packed(found: bytes) -> str:
    """Answer bytes in base64url without padding."""
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()


def mark_of(endpoint: str) -> str:
    """Answer the mark by which a page knows its own browser again: 24 hex digits of the address's SHA-256."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:24]


def topic_of(auth: str, about: str) -> str:
    """Answer the topic of all messages about one thing to one browser: a later one takes the place of an earlier (RFC 8030, 5.4).

    Keyed with what the push service does not know, so that it tells nothing.
    """
    return packed(hmac.new(auth.encode(), about.encode(), hashlib.sha256).digest()[:24])


def lasts_for(until: datetime | None, now: datetime, speed: float) -> timedelta:
    """Answer how long, in real time, a push service may keep a message that is useful `until`; a day where nothing is said."""
    return max(timedelta(0), min((until - now) / speed, LASTS_AT_MOST)) if until else LASTS
