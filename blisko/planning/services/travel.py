"""Keep the ways the roads answered, so that they are asked once."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection, transaction

from blisko.access.services import keep_days
from blisko.planning.models import RoadSource, TravelTime
from blisko.planning.queries.roads import Found, find_travel, real_times
from blisko.planning.rules.grid import number_of
from blisko.planning.rules.ways import Point, Travel, rounded

WRITING = 0x626C69736B6F7761  # one writer at a time; whoever finds it taken does not wait, for a cache
KEEP = """\
INSERT INTO planning_traveltime (source_id, hours, from_place, to_place, seconds, metres, estimated, at)
SELECT DISTINCT ON (start, goal) %(source)s, %(hours)s, start, goal, seconds, metres, estimated, %(now)s
FROM (SELECT (%(starts)s::bigint[])[1 + (number - 1) / %(wide)s] AS start, (%(ends)s::bigint[])[1 + (number - 1) %% %(wide)s] AS goal,
             seconds, metres, estimated
      FROM unnest(%(seconds)s::int[], %(metres)s::int[], %(estimated)s::bool[]) WITH ORDINALITY AS cell (seconds, metres, estimated, number)
     ) AS ways
WHERE start <> goal
ORDER BY start, goal
ON CONFLICT DO NOTHING
"""


def keep_travel(starts: Sequence[Point], ends: Sequence[Point], *, at: datetime, now: datetime) -> Travel:
    """Answer the ways like `travel_between`, and write down what had to be asked, for every process and for tomorrow."""
    found = find_travel(starts, ends, at=at)
    if found.fresh:
        _write(found, starts, ends, now)
    return real_times(found.travel, starts, ends, at=at)[0]


@transaction.atomic
def _write(found: Found, starts: Sequence[Point], ends: Sequence[Point], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [WRITING])
        if not cursor.fetchone()[0]:
            return
        source, _ = RoadSource.objects.get_or_create(key=found.seen.source, defaults={"first_at": now})
        for down, across, travel in found.fresh:
            cursor.execute(
                KEEP,
                {
                    "source": source.pk,
                    "hours": int(found.hours),
                    "now": now,
                    "wide": len(across),
                    "starts": _array(np.array([number_of(rounded(starts[row])) for row in down])),
                    "ends": _array(np.array([number_of(rounded(ends[column])) for column in across])),
                    "seconds": _array(travel.seconds),
                    "metres": _array(travel.metres),
                    "estimated": _array(travel.estimated.astype(np.int8)),
                },
            )


def _array(values: npt.NDArray[np.integer]) -> str:
    return "{" + ",".join(map(str, values.ravel().tolist())) + "}"


@keep_days("planning.travel", 60, "Travel times asked of the road engine (places and seconds, nobody's name)")
def forget_travel(before: datetime) -> int:
    """Delete ways asked before that moment, and the oldest beyond what may be kept at all; answer how many."""
    gone: int = TravelTime.objects.filter(at__lt=before).delete()[0]
    over = TravelTime.objects.count() - settings.BLISKO_TRAVEL_ROWS
    if over > 0:
        last = TravelTime.objects.order_by("at").values_list("at", flat=True)[over - 1]
        gone += TravelTime.objects.filter(at__lte=last).delete()[0]
    RoadSource.objects.exclude(pk__in=TravelTime.objects.values("source_id")).delete()
    return gone
