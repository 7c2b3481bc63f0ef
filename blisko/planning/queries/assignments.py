from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from blisko.access.rules import Actor, require
from blisko.planning.models import Assignment
from blisko.planning.rules.wishes import LEAD


def assignment_of(visit_id: int, seat: int = LEAD) -> Assignment | None:
    """Answer who does a visit (who leads, where two do) when, for the house's own use; None while nobody does."""
    return Assignment.objects.select_related("technician").filter(visit_id=visit_id, seat=seat, released_at=None).first()


def assignment_then(visit_id: int, moment: datetime) -> Assignment | None:
    """Answer who was to do a visit (to lead it, where two do) at a moment of the past, for the house's own use; None: nobody."""
    then = Assignment.objects.filter(visit_id=visit_id, seat=LEAD, made_at__lte=moment)
    return then.select_related("technician").exclude(released_at__lte=moment).order_by("-made_at", "-pk").first()


def assignments_of(visit_ids: Iterable[int]) -> dict[int, Assignment]:
    """Answer the assignments of many visits (of who leads, where two do one), by visit id."""
    rows = Assignment.objects.select_related("technician").filter(visit_id__in=list(visit_ids), seat=LEAD, released_at=None)
    return {row.visit_id: row for row in rows}


def plan_between(actor: Actor, starts: datetime, ends: datetime) -> QuerySet[Assignment]:
    """Answer every assignment that touches the stretch of time."""
    require(actor, "planning.assign")
    found = Assignment.objects.filter(released_at=None, during__overlap=(starts, ends))
    return found.select_related("technician", "visit").prefetch_related("pins").order_by("during")


def taken_from(technician_id: int, since: datetime) -> list[Assignment]:
    """Answer what a technician was to do and no longer is, the newest of each visit, newest first; for the house's own use."""
    rows = Assignment.objects.filter(technician_id=technician_id, released_at__gte=since).select_related("visit")
    still = set(Assignment.objects.filter(technician_id=technician_id, released_at=None).values_list("visit_id", flat=True))
    newest = {row.visit_id: row for row in rows.order_by("released_at", "pk") if row.visit_id not in still}
    return sorted(newest.values(), key=lambda row: row.released_at or since, reverse=True)


def was_given(visit_id: int, technician_id: int) -> bool:
    """Tell whether a technician ever had a visit, for the house's own use."""
    return Assignment.objects.filter(visit_id=visit_id, technician_id=technician_id).exists()
