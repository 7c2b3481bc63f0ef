"""The bell every console has while somebody waits for help."""

from typing import Any

from django import template
from django.template.context import RequestContext

from blisko.kit import clock
from blisko.live.queries.help import HelpCard, help_waiting

register = template.Library()


def bell_words(waiting: list[HelpCard]) -> dict[str, object]:
    """Answer what the bell's fragment shows: who waits, and what makes it sound."""
    return {"waiting": waiting, "tunes": " ".join(card.tune for card in waiting if card.concerns)}


@register.inclusion_tag("live/help/bell.html", takes_context=True)
def help_bell(context: RequestContext) -> dict[str, Any]:
    """Draw the bell for whoever looks at the page; nothing sounds for who may not answer."""
    return bell_words(help_waiting(context["request"].actor, now=clock.now()))
