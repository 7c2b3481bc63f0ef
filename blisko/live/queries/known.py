"""What is known about a technician, told to himself: where he was, when he was let alone, what was thrown away, and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from blisko.access.queries import days_kept
from blisko.access.rules import Actor
from blisko.field.queries import own_technician
from blisko.live.models import Fix, Operation, PrivateTime, UnusableCount
from blisko.live.queries.day import day_bounds

if TYPE_CHECKING:
    from blisko.field.models import Technician

KINDS = ("live.fixes", "live.unusable", "live.private_times", "live.operations")


@dataclass(frozen=True)
class Known:
    """Counts and times of what the database holds of one technician; `days`: for how long, by the names of the retention rules."""

    fixes: int
    fixes_today: int
    first: datetime | None
    last: datetime | None
    thrown_away: int
    alone: list[PrivateTime]
    operations: int
    days: dict[str, int]

    @property
    def fixes_days(self) -> int:
        return self.days["live.fixes"]

    @property
    def alone_days(self) -> int:
        return self.days["live.private_times"]

    @property
    def thrown_days(self) -> int:
        return self.days["live.unusable"]

    @property
    def operations_days(self) -> int:
        return self.days["live.operations"]


def known_of(actor: Actor, *, now: datetime) -> Known:
    """Answer what is known about the technician who asks."""
    me, midnight = own_technician(actor), day_bounds(timezone.localtime(now).date())[0]
    fixes = Fix.objects.filter(device__technician=me).aggregate(
        n=Count("device"), today=Count("device", filter=Q(fix_time__gte=midnight)), first=Min("fix_time"), last=Max("fix_time")
    )
    return Known(
        fixes["n"],
        fixes["today"],
        fixes["first"],
        fixes["last"],
        sum(UnusableCount.objects.filter(device__technician=me).values_list("count", flat=True)),
        list(PrivateTime.objects.filter(technician=me).order_by("-starts_at")),
        Operation.objects.filter(queue__technician=me).count(),
        days_kept(KINDS),
    )


def own_places(actor: Actor) -> Iterator[tuple[datetime, float, float, float | None, str]]:
    """Answer every place that is kept of the technician who asks, the oldest first: when, degrees, metres of doubt, by which app."""
    me: Technician = own_technician(actor)
    rows = Fix.objects.filter(device__technician=me).order_by("fix_time")
    yield from rows.values_list("fix_time", "lat", "lon", "accuracy", "source").iterator()
