"""Promises in danger that nobody looks after: those who run the day and are not at a console get a letter."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from blisko.accounts.queries import people_who_may
from blisko.messaging.rules.delivery import email
from blisko.messaging.services import send_message
from blisko.planning.queries import neglected_alerts

OF_USE = timedelta(minutes=30)
PAUSE = 15 * 60  # seconds, in each of which a person gets one letter at most: a bad hour raises alerts by the dozen
NAMED = 5


@transaction.atomic
def tell_of_neglect(*, now: datetime) -> int:
    """Tell everybody who may decide about them of all alerts nobody looks after; answer how many people. None of them: nobody is told."""
    alerts = neglected_alerts()
    if not alerts:
        return 0
    visits = [(alert.visit.order.site.street, alert.visit.window_from, alert.visit.window_to) for alert in alerts]
    what = "; ".join(f"{street} ({_hour(starts)}–{_hour(ends)})" for street, starts, ends in visits[:NAMED])
    what += f"; +{len(visits) - NAMED}" if len(visits) > NAMED else ""
    words = {"what": what, "page": settings.BLISKO_PUBLIC_URL + reverse("live:plan_alerts")}
    people = people_who_may("planning.assign")
    for one in people:
        send_message(
            "risk_waits", to=email(one.email), language=one.language, context={"name": str(one), **words}, about=f"alert:{alerts[0].pk}",
            key=f"risk:{one.pk}:{int(now.timestamp()) // PAUSE}", now=now, until=now + OF_USE,
        )  # fmt: skip
    return len(people)


def _hour(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i")
