"""What a customer was told of a delay."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from blisko.live.models import DelayNotice

if TYPE_CHECKING:
    from blisko.visits.models import Visit


def notices_of(visit: "Visit") -> QuerySet[DelayNotice]:
    """Answer the words about a delay of the window that is promised, newest first, for the house's own use."""
    found = DelayNotice.objects.filter(visit_id=visit.pk, window_from=visit.window_from, window_to=visit.window_to)
    return found.order_by("-at", "-pk")


def standing_notice(visit: "Visit") -> DelayNotice | None:
    """Answer the last of them, for the house's own use."""
    return notices_of(visit).first()
