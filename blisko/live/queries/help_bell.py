"""What the bell of every console shows and sounds while somebody waits for help."""

from datetime import datetime, timedelta

from django.conf import settings

from blisko.access.rules import Actor
from blisko.kit import clock
from blisko.kit.tickets import stream_ticket
from blisko.live.queries.help import help_waiting, is_asked

TICKET_LASTS = timedelta(minutes=30)


def bell_words(actor: Actor, *, now: datetime) -> dict[str, object]:
    """Answer what the bell's fragment shows: who waits, what makes it sound, and where it listens while its page sleeps."""
    waiting = help_waiting(actor, now=now)
    ticket = stream_ticket(["help"], until=now + TICKET_LASTS * clock.speed(), fixes=False) if is_asked(actor) else ""
    return {
        "waiting": waiting,
        "tunes": " ".join(card.tune for card in waiting if card.concerns),
        "stream": f"{settings.BLISKO_LIVE_URL}/stream?ticket={ticket}" if ticket else "",
    }
