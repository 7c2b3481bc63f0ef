"""The trips that were really driven."""

from datetime import datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from blisko.planning.models import Assignment
from blisko.planning.queries.roads import hour_factor, roads
from blisko.planning.rules.hours import hours_of
from blisko.planning.rules.speeds import Trip
from blisko.planning.rules.ways import Point

# Who stood still longer than this between two visits may have been anywhere.
LONGEST_PAUSE = timedelta(hours=2)
MOST = 20_000


def trips_between(starts: datetime, ends: datetime) -> list[Trip]:
    """Answer the newest real trips: from a technician's visit to his next, from setting out to arriving."""
    visits = Assignment.objects.filter(released_at=None, seat=1, visit__arrived_at__gte=starts, visit__arrived_at__lt=ends)
    placed = visits.filter(visit__order__site__lat__isnull=False, visit__order__site__lon__isnull=False)
    columns = ("set_out_at", "arrived_at", "ended_at", "order__site__lat", "order__site__lon")
    rows = placed.order_by("-visit__arrived_at").values_list("technician_id", *(f"visit__{column}" for column in columns))[:MOST]
    trips, seen = [], roads().seen()
    for before, after in pairwise(sorted(rows, key=lambda row: (row[0], row[2]))):
        technician, _, _, left, *start = before
        same, set_out, arrived, _, *end = after
        if technician != same or left is None or set_out is None or not timedelta(0) <= set_out - left <= LONGEST_PAUSE:
            continue
        local = timezone.localtime(set_out)
        leg, hours = roads().leg(Point(*start), Point(*end), at=local), hours_of(local)
        expected = leg.seconds * hour_factor(seen, hours)
        trips.append(Trip(expected, (arrived - set_out).total_seconds(), leg.metres, hours, leg.estimated))
    return trips
