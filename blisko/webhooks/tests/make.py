"""Plain factory functions for tests."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pytest_django import Settings

from blisko.accounts.tests.make import an_actor
from blisko.kit.tests.work import do_jobs
from blisko.live.tests.make import LinkStory, a_link
from blisko.visits.services import arrive, finish, set_out
from blisko.webhooks.jobs import wake
from blisko.webhooks.models import Endpoint
from blisko.webhooks.rules import VisitEventType
from blisko.webhooks.services import add_endpoint
from blisko.webhooks.tests.receiver import Receiver

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
ADMIN = an_actor("admin")


def at(settings: Settings, moment: datetime) -> datetime:
    """Let it be another moment."""
    settings.BLISKO_CLOCK = f"{moment.isoformat()}@{time.time()}*1"
    return moment


def an_endpoint(receiver: Receiver, types: Sequence[str] = tuple(VisitEventType)) -> Endpoint:
    """Answer an endpoint that tells this receiver."""
    return add_endpoint("App", receiver.url, types, actor=ADMIN, now=NOW)


def a_done_visit() -> LinkStory:
    """Answer a visit that was booked, assigned, driven to, begun and done; five events."""
    story = a_link(NOW)
    actor = story.technician_actor()
    set_out(story.visit.pk, actor=actor, now=NOW + timedelta(seconds=1))
    arrive(story.visit.pk, actor=actor, now=NOW + timedelta(seconds=2))
    finish(story.visit.pk, actor=actor, now=NOW + timedelta(seconds=3))
    return story


def later(settings: Settings, wait: timedelta) -> None:
    """Let time pass, and do what it is time for."""
    at(settings, NOW + wait)
    wake(0)
    do_jobs()
