"""The bell every console has while somebody waits for help."""

from typing import Any

from django import template
from django.template.context import RequestContext

from blisko.kit import clock
from blisko.live.queries.help_bell import bell_words

register = template.Library()


@register.inclusion_tag("live/help/bell.html", takes_context=True)
def help_bell(context: RequestContext) -> dict[str, Any]:
    """Draw the bell for whoever looks at the page; nothing sounds for who may not answer."""
    return bell_words(context["request"].actor, now=clock.now())
