from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from blisko.access.services import reveal_token
from blisko.kit import clock
from blisko.messaging.models import Delivery
from blisko.messaging.ports import OutgoingMail, OutgoingNotice, OutgoingSms
from blisko.messaging.queries.subscriptions import subscription_at
from blisko.messaging.rules.browsers import Browser, lasts_for, topic_of
from blisko.messaging.rules.delivery import Channel, LinkTo
from blisko.messaging.rules.sms import count
from blisko.messaging.rules.templates import with_link
from blisko.messaging.services.sending import capability_url

Letter = OutgoingSms | OutgoingMail | OutgoingNotice


def letter_of(delivery: Delivery, now: datetime) -> Letter:
    """Answer a delivery as its carrier takes it, the real link in it; raises `ObjectDoesNotExist` where the link has ended."""
    if delivery.channel == Channel.PUSH:
        return _notice(delivery, now)
    link = LinkTo(delivery.link_key) if delivery.link_key else None
    url = capability_url(reveal_token(link.key_id)) if link else ""
    body, reference = with_link(delivery.body, link, url), str(delivery.reference)
    if delivery.channel == Channel.SMS:
        return OutgoingSms(delivery.address, body, reference, count(body), delivery.language)
    with translation.override(delivery.language):
        html = render_to_string("messaging/mail.html", {"subject": delivery.subject, "blocks": body.split("\n\n"), "url": url})
    return OutgoingMail(delivery.address, delivery.subject, body, html, reference, delivery.language)


def _notice(delivery: Delivery, now: datetime) -> OutgoingNotice:
    """A tap opens the link the customer allowed it from, whether or not the words speak of a link."""
    found = subscription_at(delivery.address, now=now)
    return OutgoingNotice(
        to=Browser(found.endpoint, found.p256dh, found.auth),
        title=delivery.subject,
        text=delivery.body,
        url=capability_url(reveal_token(found.key_id)),
        language=delivery.language,
        topic=topic_of(found.auth, delivery.about),
        lasts=lasts_for(delivery.useful_until, now, clock.speed()),
        urgent=delivery.useful_until is not None,
        reference=str(delivery.reference),
    )
