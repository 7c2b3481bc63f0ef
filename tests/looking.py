"""Look at every address of the house as robots and browsers do, and tell what looking has changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# As link previews, mail scanners, search engines and prefetching browsers come.
LOOKS: Sequence[tuple[str, Mapping[str, str]]] = (
    ("GET", {"user-agent": "WhatsApp/2.24.20.89 A"}),
    ("HEAD", {"user-agent": "Mozilla/5.0 (compatible; Microsoft-Office-SafeLinks-Scanner)"}),
    ("GET", {"user-agent": "facebookexternalhit/1.1", "range": "bytes=0-524287"}),
    ("GET", {"user-agent": "Mozilla/5.0 Chrome/131", "purpose": "prefetch", "sec-purpose": "prefetch;prerender", "sec-fetch-site": "none"}),
)
# What a page that takes its wishes from the address would read there.
WISHES = "?works=yes&rating=5&text=hello&decision=pause&reason=other&slot=0&step=arrive&confirm=1&wants=none&day=2026-11-24&state=open"
# What may be written by looking: tries are counted, a page may remember a form's token or a language, and whoever is shown where a
# technician is, is noted for the technician to see.
MAY_CHANGE = frozenset({"access_ratecount", "access_cache", "live_positionlook"})
# allauth keeps the seed it shows in the session, and notes down an address that an administrator has given.
THEIR_OWN = frozenset({("/accounts/2fa/totp/activate/", "django_session"), ("/accounts/email/", "account_emailaddress")})
PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
GROUP = re.compile(r"\(\?P<(?P<name>\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")


@dataclass(frozen=True)
class Found:
    """Looks of one person at one address, in every way: what was answered, and the tables that are others now."""

    who: str
    address: str
    statuses: frozenset[int]
    changed: frozenset[str]


def routes(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Yield every route of the site as Django's resolver knows it, new ones by themselves."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern).lstrip("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def addresses(route: str, tokens: Sequence[str]) -> Iterator[str]:
    """Yield a route's addresses with what is there put in its places: every link's token, the newest row of each kind."""
    places = [match["name"] for match in PLACE.finditer(route)] + [match["name"] for match in GROUP.finditer(route)]
    wants_token = "token" in places
    for token in tokens if wants_token else [""]:
        yield GROUP.sub(partial(_filled, token), PLACE.sub(partial(_filled, token), route)).replace("\\", "")


def look(clients: Mapping[str, Client], route: str, tokens: Sequence[str]) -> Iterator[Found]:
    """Look at every address of a route in every way, and tell of each what all these looks together have changed."""
    before = marks()
    for who, client in clients.items():
        seen = {address: frozenset(_look(client, address)) for address in addresses(route, tokens)}
        after = marks()
        changed = {table for table in before.keys() | after.keys() if before.get(table) != after.get(table)}
        for address, statuses in seen.items():
            let = MAY_CHANGE | {table for start, table in THEIR_OWN if address.startswith(start)}
            yield Found(who, address, statuses, frozenset(changed - let))
        before = after


def _look(client: Client, address: str) -> Iterator[int]:
    for method, headers in LOOKS:
        answer = client.generic(method, address + WISHES, headers=headers)
        _read(answer)
        yield int(answer.status_code)


def marks() -> dict[str, tuple[int, ...]]:
    """Answer how many rows this transaction has put into every table, changed and taken out of it, even where it took that back; and the
    file the table lies in, which is another one once it was emptied whole.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del, pg_relation_filenode(relid) FROM pg_stat_xact_user_tables")
        return {name: tuple(counts) for name, *counts in cursor.fetchall()}


def _read(answer: Any) -> None:
    """Take the whole answer, as what is streamed is made while it is read."""
    if answer.streaming:
        for _ in answer.streaming_content:
            pass


def _filled(token: str, place: re.Match[str]) -> str:
    return _value(place["name"], place.groupdict().get("kind") or "str", token)


def _value(name: str, kind: str, token: str) -> str:
    if name == "token":
        return token
    if kind == "int" or name.endswith("_id"):
        return str(_newest(name.removesuffix("_id")) or 1)
    return {"code": "visit_booked", "channel": "sms", "language": "en", "step": "arrive", "noun": "customers"}.get(name, "x")


def _newest(noun: str) -> int | None:
    for model in apps.get_models():
        if model.__module__.startswith("blisko.") and model._meta.model_name == noun.replace("_", ""):
            return model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    for model in apps.get_models():
        if model.__module__.startswith("blisko.") and str(model._meta.model_name).endswith(noun.replace("_", "")):
            return model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return None
