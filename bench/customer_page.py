"""Print the customer's page on the way, as a telephone gets it; run by `bench.page_weight` on a database of its own."""

import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.test import Client  # noqa: E402 - Django first
from django.test.utils import setup_test_environment  # noqa: E402

from blisko.kit import clock  # noqa: E402
from blisko.live.tests.make import HALFWAY, START, a_fix, a_link  # noqa: E402
from blisko.visits.services import set_out  # noqa: E402


def page() -> bytes:
    """Answer the page on the way, the heaviest before the map, in Polish."""
    setup_test_environment()
    now = clock.now()
    story = a_link(now - timedelta(minutes=10), language="pl")
    a_fix(story.technician, now - timedelta(minutes=6), START)
    set_out(story.visit.pk, actor=story.technician_actor(), now=now - timedelta(minutes=5))
    a_fix(story.technician, now - timedelta(seconds=10), HALFWAY)
    answer = Client().get(story.path)
    if answer.status_code != 200 or b"<blisko-map" not in answer.content:
        raise SystemExit(f"bench: the page did not come ({answer.status_code})")
    return bytes(answer.content)


if __name__ == "__main__":
    sys.stdout.buffer.write(page())
