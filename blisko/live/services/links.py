from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from blisko.access.rules import SYSTEM, Actor, KeyKind, require
from blisko.access.services import give_token, move_key_end, revoke_keys_to, spend
from blisko.live.queries.link import link_key_of
from blisko.live.services.telling import tell_customer
from blisko.messaging.rules.browsers import Browser
from blisko.messaging.services import forget_browsers, subscribe_browser, unsubscribe_browser
from blisko.visits.queries import visit_for
from blisko.visits.services import add_photo, write_note

if TYPE_CHECKING:
    from blisko.access.models import Key
    from blisko.visits.models import Visit

LINK_OUTLIVES = timedelta(days=14)
NOTES_AN_HOUR = 20
PHOTOS_AN_HOUR = 30
TELLINGS_AN_HOUR = 20
TOLD_TWICE = timedelta(minutes=10)


@transaction.atomic
def link_for(visit_id: int, *, now: datetime) -> "Key":
    """Answer the key of the customer's link to a visit, made when there is none; it ends 14 days after the visit's window."""
    visit = visit_for(SYSTEM, visit_id, now=now, lock=True)
    until = visit.window_to + LINK_OUTLIVES
    key = link_key_of(visit_id, now=now)
    if key is None:
        return _give(visit, by=SYSTEM, now=now)
    move_key_end(key.pk, until=until, by=SYSTEM, now=now)
    return key


@transaction.atomic
def renew_link(visit_id: int, *, actor: Actor, now: datetime) -> "Key":
    """End every link to a visit and send the customer a new one: the old one was forwarded, lost or read by a stranger."""
    require(actor, "visits.book")
    visit = visit_for(actor, visit_id, now=now, lock=True)
    revoke_keys_to(f"visit:{visit_id}", KeyKind.LINK, by=actor, now=now)
    forget_browsers(f"visit:{visit_id}")
    key = _give(visit, by=actor, now=now)
    tell_customer(visit, "link_renewed", link=key.pk, key=f"link_renewed:{key.pk}", now=now)
    return key


@transaction.atomic
def revoke_link(visit_id: int, *, actor: Actor, now: datetime) -> int:
    """End every link to a visit; from here on they answer 410. Answer how many there were."""
    require(actor, "visits.book")
    visit_for(actor, visit_id, now=now)
    forget_browsers(f"visit:{visit_id}")
    return revoke_keys_to(f"visit:{visit_id}", KeyKind.LINK, by=actor, now=now)


@transaction.atomic
def leave_note(visit_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    """Keep what the customer wants the technician to know; an empty text and a second tap change nothing."""
    words = text.strip()[:2000]
    visit = visit_for(actor, visit_id, now=now, lock=True)
    if not words or visit.notes.filter(by=actor.id, text=words, at__gt=now - TOLD_TWICE).exists():
        return
    spend(f"note:{actor.id}", limit=NOTES_AN_HOUR, per=3600, now=now)
    write_note(visit_id, words, actor=actor, now=now)


@transaction.atomic
def leave_photo(visit_id: int, content: bytes, *, actor: Actor, now: datetime, caption: str = "") -> None:
    """Keep a photo the customer sends; refuses what `add_photo` refuses, and `TooFast`."""
    spend(f"photo:{actor.id}", limit=PHOTOS_AN_HOUR, per=3600, now=now)
    add_photo(visit_id, content, actor=actor, now=now, caption=caption)


@transaction.atomic
def tell_in_browser(visit_id: int, browser: Browser, *, actor: Actor, now: datetime) -> None:
    """Show the messages about a visit in a browser as well; refuses `BadBrowser` and `TooFast`."""
    spend(f"tell:{actor.id}", limit=TELLINGS_AN_HOUR, per=3600, now=now)
    subscribe_browser(actor, f"visit:{visit_id}", browser, now=now)


@transaction.atomic
def stop_telling_in_browser(visit_id: int, endpoint: str, *, actor: Actor, now: datetime) -> bool:
    """Show a browser no more messages about a visit; answer whether it is still told of another."""
    return unsubscribe_browser(actor, f"visit:{visit_id}", endpoint, now=now)


def _give(visit: "Visit", *, by: Actor, now: datetime) -> "Key":
    customer = visit.order.customer
    return give_token(
        KeyKind.LINK,
        holder=f"customer:{customer.pk}",
        opens=f"visit:{visit.pk}",
        until=visit.window_to + LINK_OUTLIVES,
        by=by,
        now=now,
        label=customer.name[:120],
    )
