from datetime import datetime

from django.conf import settings
from django.db import transaction

from blisko.access.errors import Forbidden
from blisko.access.queries import open_keys, opens
from blisko.access.rules import Actor
from blisko.access.services import keep_days, write_audit
from blisko.messaging.models import Subscription
from blisko.messaging.rules.browsers import MOST_BROWSERS, Browser, check_browser, mark_of


@transaction.atomic
def subscribe_browser(actor: Actor, about: str, browser: Browser, *, now: datetime) -> None:
    """Let a browser show the messages about one thing as long as the link lasts it was allowed from; asking twice is fine.

    Refuses `Forbidden` and `BadBrowser`. One more than a household has takes the place of the first.
    """
    if not opens(actor, about, now=now):
        raise Forbidden
    check_browser(browser, private=settings.BLISKO_PUSH_PRIVATE)
    given = {"key_id": int(actor.id.removeprefix("key:")), "endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth}
    _, new = Subscription.objects.update_or_create(
        about=about, mark=mark_of(browser.endpoint), defaults=given, create_defaults={**given, "created_at": now}
    )
    surplus = Subscription.objects.filter(about=about).order_by("-pk").values_list("pk", flat=True)[MOST_BROWSERS:]
    Subscription.objects.filter(pk__in=list(surplus)).delete()
    if new:
        write_audit(actor, "subscribe_browser", about, now=now)


@transaction.atomic
def unsubscribe_browser(actor: Actor, about: str, endpoint: str, *, now: datetime) -> bool:
    """Show a browser nothing more about one thing, what is queued included; answer whether it is still told of something else."""
    if not opens(actor, about, now=now):
        raise Forbidden
    found = Subscription.objects.filter(mark=mark_of(endpoint))
    if found.filter(about=about).delete()[0]:
        write_audit(actor, "unsubscribe_browser", about, now=now)
    return found.filter(key__in=open_keys(now)).exists()


def forget_browsers(about: str) -> int:
    """Tell no browser anything more about one thing, because its links were ended; answer how many there were."""
    return Subscription.objects.filter(about=about).delete()[0]


def forget_subscription(address: str) -> None:
    """Forget a browser whose push service says that nobody is there any more."""
    Subscription.objects.filter(pk=int(address.rpartition(":")[2])).delete()


@keep_days("messaging.subscriptions", 0, "Browsers that show messages, after their link has ended")
def forget_ended_subscriptions(before: datetime) -> int:
    """Forget the browsers whose links had ended by that moment; answer how many."""
    return Subscription.objects.exclude(key__in=open_keys(before)).delete()[0]
