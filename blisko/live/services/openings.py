from datetime import datetime

from django.db import connection, transaction

from blisko.access.services import keep_days
from blisko.live.models import LinkOpening
from blisko.live.queries.link import opened_by_link


@transaction.atomic
def note_opening(token: str, *, now: datetime) -> None:
    """Note that a customer has the page of a link before him; refuses what the page refuses."""
    visit_id = opened_by_link(token, now=now).visit.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO live_linkopening (visit_id, first_at, last_at, count) VALUES (%s, %s, %s, 1) ON CONFLICT (visit_id)"
            " DO UPDATE SET last_at = excluded.last_at, count = live_linkopening.count + 1",
            [visit_id, now, now],
        )


@keep_days("live.openings", 400, "That and how often customers opened a visit's link")
def purge_openings(before: datetime) -> int:
    """Forget openings that were last seen before this moment; answer how many."""
    return LinkOpening.objects.filter(last_at__lt=before).delete()[0]
