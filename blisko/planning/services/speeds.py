"""Learn from our own trips how long ways really take."""

from datetime import datetime, timedelta

from django.db import transaction

from blisko.planning.models import Pace
from blisko.planning.queries.trips import trips_between
from blisko.planning.rules.hours import Hours
from blisko.planning.rules.speeds import BAND_COUNT, HIGH, LOW, MEDIAN, learned_paces

LOOK_BACK = timedelta(days=60)


@transaction.atomic
def learn_speeds(*, now: datetime) -> int:
    """Learn anew from the trips of the last 60 days, in the place of what was learned before; answer how many trips taught."""
    paces, counts = learned_paces(trips_between(now - LOOK_BACK, now))
    Pace.objects.all().delete()
    if counts.sum() == 0:
        return 0
    Pace.objects.bulk_create(
        Pace(
            estimated=bool(kind),
            hours=hours,
            band=band,
            low=paces[kind, hours, band, LOW],
            median=paces[kind, hours, band, MEDIAN],
            high=paces[kind, hours, band, HIGH],
            trips=int(counts[kind, hours, band]),
            at=now,
        )
        for kind in (0, 1)
        for hours in Hours
        for band in range(BAND_COUNT)
    )
    return int(counts.sum())
