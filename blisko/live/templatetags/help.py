"""The bell every console has while somebody waits for help."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.template.context import RequestContext

from blisko.access.rules import Actor
from blisko.kit import clock
from blisko.kit.tickets import stream_ticket
from blisko.live.queries.help import help_waiting, is_asked

TICKET_LASTS = timedelta(minutes=30)
register = template.Library()


def bell_words(actor: Actor, *, now: datetime) -> dict[str, object]:
    """Answer what the bell's fragment shows: who waits, what makes it sound, and where it listens while its page sleeps."""
    waiting = help_waiting(actor, now=now)
    ticket = stream_ticket(["help"], until=now + TICKET_LASTS * clock.speed(), fixes=False) if is_asked(actor) else ""
    return {
        "waiting": waiting,
        "tunes": " ".join(card.tune for card in waiting if card.concerns),
        "stream": f"{settings.BLISKO_LIVE_URL}/stream?ticket={ticket}" if ticket else "",
    }


@register.inclusion_tag("live/help/bell.html", takes_context=True)
def help_bell(context: RequestContext) -> dict[str, Any]:
    """Draw the bell for whoever looks at the page; nothing sounds for who may not answer."""
    return bell_words(context["request"].actor, now=clock.now())
