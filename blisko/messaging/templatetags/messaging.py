"""Words for messages and their states."""

import re
from collections.abc import Iterator

from django import template
from django.utils.translation import get_language

from blisko.messaging.forms import CHANNELS, STATES
from blisko.messaging.models import DemoMessage
from blisko.messaging.rules.delivery import Channel, DeliveryState, masked
from blisko.messaging.rules.templates import KINDS

LINK = re.compile(r"https?://\S+")
register = template.Library()
TONES = {
    DeliveryState.SENDING: "info",
    DeliveryState.SENT: "brand",
    DeliveryState.DELIVERED: "success",
    DeliveryState.FAILED: "warn",
    DeliveryState.IN_DOUBT: "warn",
    DeliveryState.GIVEN_UP: "danger",
}
register.filter("masked", masked)


@register.filter
def state_words(state: str) -> str:
    """Answer a delivery's state in the reader's language."""
    return str(STATES[DeliveryState(state)])


@register.filter
def state_tone(state: str) -> str:
    """Answer the colour of a delivery's state."""
    return TONES.get(DeliveryState(state), "")


@register.filter
def channel_words(channel: str) -> str:
    """Answer a channel's name in the reader's language."""
    return str(CHANNELS[Channel(channel)])


@register.filter
def kind_words(code: str) -> str:
    """Answer a message's name in the reader's language; its code where the house no longer knows it."""
    kind = KINDS.get(code)
    return kind.names.get((get_language() or "en")[:2], kind.names["en"]) if kind else code


@register.filter
def braced(name: str) -> str:
    """Answer a placeholder as it is written: {name}."""
    return f"{{{name}}}"


@register.filter
def text_pieces(message: DemoMessage) -> Iterator[tuple[str, str]]:
    """Answer a message cut at its links: (words, address or nothing)."""
    last = 0
    for found in LINK.finditer(message.text):
        yield message.text[last : found.start()], ""
        yield found.group(), found.group()
        last = found.end()
    yield message.text[last:], ""
