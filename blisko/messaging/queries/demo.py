from dataclasses import dataclass

from django.db.models import Count, Max

from blisko.access.rules import Actor
from blisko.kit.errors import NotFound
from blisko.kit.plugs import plug
from blisko.messaging.models import DemoMessage


@dataclass(frozen=True)
class Mailbox:
    """One demo telephone or mailbox, with its newest message."""

    channel: str
    address: str
    messages: int
    last: DemoMessage


def demo_mailboxes(actor: Actor, limit: int = 60) -> list[Mailbox]:
    """Answer the telephones and mailboxes of the demo, the one with the newest message first.

    Any actor may look, a newcomer who has signed in nowhere included; outside the demo there is nothing to see.
    """
    _only_in_the_demo()
    groups = DemoMessage.objects.values("channel", "address").annotate(messages=Count("id"), last=Max("id")).order_by("-last")[:limit]
    newest = DemoMessage.objects.in_bulk([group["last"] for group in groups])
    return [Mailbox(group["channel"], group["address"], group["messages"], newest[group["last"]]) for group in groups]


def demo_messages(actor: Actor, address: str, limit: int = 100) -> list[DemoMessage]:
    """Answer what arrived at one demo telephone or mailbox, oldest first; any actor may look."""
    _only_in_the_demo()
    return list(reversed(DemoMessage.objects.filter(address=address).order_by("-id")[:limit]))


def _only_in_the_demo() -> None:
    if not getattr(plug("messaging.sms"), "shows_phones", False):
        raise NotFound
