"""Whoever is to know of help that waits, and is not at a console: told by SMS and e-mail."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from blisko.accounts.queries import people_who_may
from blisko.kit.fields import said
from blisko.live.models import HelpThread
from blisko.live.queries.help import duty_of, help_rules, threads
from blisko.live.rules.help import WAITING
from blisko.messaging.rules.delivery import Address, email, phone
from blisko.messaging.services import send_message

OF_USE = timedelta(minutes=30)


@transaction.atomic
def tell_of_help(thread_id: int, step: int, *, now: datetime) -> int:
    """Tell those whose turn it is at `step`, unless it was answered meanwhile; answer how many. The same step twice tells once.

    0: whoever is on duty, by SMS. 1: everybody who runs the day, by e-mail. 2: whoever the rules name, by SMS and e-mail.
    """
    thread = threads().filter(pk=thread_id, state__in=WAITING).first()
    if thread is None:
        return 0
    page = settings.BLISKO_PUBLIC_URL + reverse("live:help")
    reached = _told_at(thread, step, now=now)
    since = date_format(timezone.localtime(thread.heard_at), "H:i")
    for name, language, to in reached:
        with translation.override(language):
            what = f"{said(thread.visit.order.job_type.names)}, {thread.visit.order.site.street}"
        words = {"name": name, "technician": thread.technician.name, "what": what, "from": since, "page": page}
        send_message(
            "help_waits", to=to, language=language, context=words, about=f"help:{thread.pk}",
            key=f"help:{thread.pk}:{thread.heard_at.isoformat()}:{step}", now=now, until=now + OF_USE,
        )  # fmt: skip
    return len(reached)


def _told_at(thread: HelpThread, step: int, *, now: datetime) -> list[tuple[str, str, Address]]:
    if step == 0:
        return [(one.name, one.language, phone(one.phone)) for one in duty_of(thread, now=now)]
    if step == 1:
        return [(str(one), one.language, email(one.email)) for one in people_who_may("visits.run")]
    rules = help_rules()
    numbers, mails = ([phone(rules.last_phone)] if rules.last_phone else []), ([email(rules.last_email)] if rules.last_email else [])
    return [(settings.BLISKO_BRAND, settings.LANGUAGE_CODE[:2], to) for to in [*numbers, *mails]]
