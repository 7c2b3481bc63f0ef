"""Trips nobody had to make, counted when a visit is cancelled in time."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from blisko.access.rules import SYSTEM
from blisko.field.queries import day_ends_of
from blisko.planning.models import Assignment, SavedTrip
from blisko.planning.queries import assignment_of, plan_between, way
from blisko.planning.queries.problems import day_at, local_day, point_of
from blisko.planning.rules.saving import Saved, saved_by
from blisko.planning.rules.ways import Leg, Point
from blisko.visits.queries import visit_by_id

if TYPE_CHECKING:
    from blisko.visits.models import Visit


@transaction.atomic
def note_saved_trip(visit_id: int, *, by_customer: bool, now: datetime) -> SavedTrip | None:
    """Keep what a cancelled visit's drive would have cost: there and on, less the way straight on, and only what is not driven yet.

    None where nobody was to drive there, or he stood at the door already. Safe to do twice.
    """
    visit, planned = visit_by_id(visit_id), assignment_of(visit_id)
    place = point_of(visit.order.site.lat, visit.order.site.lon)
    if planned is None or visit.arrived_at is not None or place is None:
        return None
    saved = _saved(visit, planned, place, now)
    row, _ = SavedTrip.objects.get_or_create(
        visit_id=visit_id,
        defaults={
            "technician_id": planned.technician_id,
            "seconds": round(saved.seconds),
            "metres": round(saved.metres),
            "estimated": saved.estimated,
            "on_the_way": visit.set_out_at is not None,
            "by_customer": by_customer,
            "at": now,
        },
    )
    return row


def _saved(visit: "Visit", planned: Assignment, place: Point, now: datetime) -> Saved:
    starts, ends = local_day(day_at(planned.during.lower))
    rows = [one for one in plan_between(SYSTEM, starts, ends) if one.technician_id == planned.technician_id and one.visit_id != visit.pk]
    ordered = sorted(rows, key=lambda one: one.during.lower)
    earlier = [one for one in ordered if one.during.lower < planned.during.lower]
    later = [one for one in ordered if one.during.lower >= planned.during.lower]
    home = day_ends_of([planned.technician_id])[planned.technician_id]
    before = _place_of(earlier[-1]) if earlier else _point(home.start)
    behind = _place_of(later[0]) if later else _point(home.end)

    def leg(start: Point | None, end: Point | None) -> Leg | None:
        return way(start, end, at=planned.during.lower) if start and end else None

    driven = now - visit.set_out_at if visit.set_out_at else timedelta(0)
    there = leg(before, place)
    share = min(1.0, driven.total_seconds() / there.seconds) if there and there.seconds else 0.0
    here = Point(*(a + share * (b - a) for a, b in zip(before, place, strict=True))) if before else None
    return saved_by(leg(here, place), leg(place, behind), leg(here, behind))


def _place_of(row: Assignment) -> Point | None:
    site = visit_by_id(row.visit_id).order.site
    return point_of(site.lat, site.lon)


def _point(degrees: tuple[float, float] | None) -> Point | None:
    return Point(*degrees) if degrees else None
