"""A signed, expiring right to hear topics: whoever writes the page gives it, whoever holds the stream checks it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.core import signing

from blisko.kit import clock

SALT = "blisko.stream"
PAGE_LASTS = timedelta(minutes=30)  # of the platform's clock; a page asks for its next ticket before


class Ticket(NamedTuple):
    """What an open page may hear, and until when; `who` it was given to, as an id and a name ("" where nobody asked)."""

    topics: tuple[str, ...]
    until: datetime
    fixes: bool
    who: tuple[str, str] = ("", "")


def stream_ticket(topics: Iterable[str], *, until: datetime, fixes: bool = True, who: tuple[str, str] = ("", "")) -> str:
    """Answer a signed ticket for `GET /stream?ticket=…`: hints of these topics, and positions where `fixes`, noted as shown to `who`.

    The right to hear a topic is checked by whoever writes the ticket; `live` only checks the signature and the end.
    The same values make the same ticket, so that a page that is drawn anew keeps its stream.
    """
    told = {"topics": list(topics), "until": until.timestamp(), "fixes": fixes} | ({"who": list(who)} if fixes and who[0] else {})
    return signing.Signer(salt=SALT).sign_object(told)


def page_ticket(topics: Iterable[str], *, now: datetime, fixes: bool = False, who: tuple[str, str] = ("", "")) -> str:
    """Answer the ticket of a page of the house, which tells of no positions unless it is said."""
    return stream_ticket(topics, until=now + PAGE_LASTS * clock.speed(), fixes=fixes, who=who)


def read_ticket(ticket: str, *, now: datetime) -> Ticket | None:
    """Answer what a ticket allows, or nothing when it is not ours or has ended."""
    try:
        said = signing.Signer(salt=SALT).unsign_object(ticket)
    except signing.BadSignature:
        return None
    until = datetime.fromtimestamp(said["until"], UTC)
    identity, name = said.get("who", ("", ""))
    return Ticket(tuple(said["topics"]), until, said["fixes"], (identity, name)) if until > now else None
