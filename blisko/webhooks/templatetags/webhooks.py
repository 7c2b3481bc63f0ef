"""Words for webhooks and their messages."""

import json

from django import template
from django.utils.translation import gettext

from blisko.webhooks.forms import TYPES
from blisko.webhooks.models import Call
from blisko.webhooks.queries import Line
from blisko.webhooks.rules import PATIENCE, CallState, EndpointState, VisitEventType

register = template.Library()


@register.filter
def event_words(kind: str) -> str:
    """Answer an event's name in the reader's language; its code where the house no longer knows it."""
    return str(TYPES[VisitEventType(kind)]) if kind in TYPES else kind


@register.filter
def call_words(call: Call) -> str:
    """Answer how far a message got."""
    if call.state == CallState.WAITING:
        return gettext("Will be tried again") if call.attempts else gettext("Waiting")
    return gettext("Taken") if call.state == CallState.DELIVERED else gettext("Skipped")


@register.filter
def call_tone(call: Call) -> str:
    """Answer the colour of that."""
    if call.state == CallState.WAITING:
        return "warn" if call.attempts else "info"
    return "success" if call.state == CallState.DELIVERED else ""


@register.filter
def line_words(line: Line) -> str:
    """Answer how an endpoint does."""
    if line.endpoint.state == EndpointState.PAUSED:
        return gettext("Paused")
    if line.endpoint.rounds >= PATIENCE:
        return gettext("Not answering")
    return gettext("Some messages are not taken") if line.troubled else gettext("Works")


@register.filter
def line_tone(line: Line) -> str:
    """Answer the colour of that."""
    if line.endpoint.state == EndpointState.PAUSED:
        return ""
    return "danger" if line.endpoint.rounds >= PATIENCE else "warn" if line.troubled else "success"


@register.filter
def indented(body: str) -> str:
    """Answer a JSON body as one reads it."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
