"""What the bell of every console shows and sounds while somebody waits for help."""

from datetime import datetime

from django.conf import settings

from blisko.access.rules import Actor
from blisko.kit.tickets import page_ticket
from blisko.live.queries.help import help_waiting, is_asked


def bell_words(actor: Actor, *, now: datetime) -> dict[str, object]:
    """Answer what the bell's fragment shows: who waits, what makes it sound, and where it listens while its page sleeps."""
    waiting = help_waiting(actor, now=now)
    ticket = page_ticket(["help"], now=now) if is_asked(actor) else ""
    return {
        "waiting": waiting,
        "tunes": " ".join(card.tune for card in waiting if card.concerns),
        "stream": f"{settings.BLISKO_LIVE_URL}/stream?ticket={ticket}" if ticket else "",
    }
