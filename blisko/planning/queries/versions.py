"""The history of a day's plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from blisko.access.rules import Actor, require
from blisko.field.queries import shifts_between
from blisko.planning.errors import NoSuchVersion
from blisko.planning.models import Assignment, PlanDay, PlanVersion, RouteStop, Told
from blisko.planning.queries.problems import local_day
from blisko.planning.rules.lines import Change, Line, changes_in_a_row, is_told_otherwise, undone, unpacked
from blisko.planning.rules.returning import Since, Span, Stays, way_back
from blisko.visits.queries import visits_by_id
from blisko.visits.rules import VisitState


@dataclass(frozen=True)
class Difference:
    """What is different in `later`, compared with `earlier`."""

    earlier: PlanVersion
    later: PlanVersion
    changes: tuple[Change, ...]


def plan_versions(actor: Actor, day: date) -> QuerySet[PlanVersion]:
    """Answer the versions of a day's plan, the newest first."""
    require(actor, "planning.assign")
    return PlanVersion.objects.filter(day=day).select_related("undoes", "undone_by", "restores").order_by("-pk")


def plan_difference(actor: Actor, a: int, b: int) -> Difference:
    """Answer what changed from version `a` to version `b` of one day, forwards or backwards; refuse `NoSuchVersion`."""
    require(actor, "planning.assign")
    found = PlanVersion.objects.in_bulk([a, b])
    if a not in found or b not in found or found[a].day != found[b].day:
        raise NoSuchVersion
    between = PlanVersion.objects.filter(day=found[a].day, pk__gt=min(a, b), pk__lte=max(a, b)).order_by("pk")
    changes = changes_in_a_row(unpacked(one.changes) for one in between)
    return Difference(found[a], found[b], changes if a <= b else undone(changes))


@dataclass(frozen=True)
class Return:
    """What going back to `version` would bring while `newest` is the last one of its day."""

    version: PlanVersion
    newest: PlanVersion
    changes: tuple[Change, ...]
    stays: Mapping[int, Stays]


def return_to(actor: Actor, version_id: int, *, now: datetime) -> Return:
    """Answer what going back to a version of its day's plan would change now, and what would stay and why; refuse `NoSuchVersion`."""
    require(actor, "planning.assign")
    version = PlanVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise NoSuchVersion
    newest = plan_versions(actor, version.day)[0]
    since = plan_difference(actor, newest.pk, version.pk).changes
    visits = visits_by_id(actor, {one.visit_id for one in since})
    people = {one.becomes.technician_id for one in since if one.becomes}
    held = Assignment.objects.filter(Q(technician_id__in=people) | Q(visit_id__in=list(visits)), released_at=None)
    lines = {(row.visit_id, row.seat): Line(row.technician_id, row.during.lower, row.during.upper) for row in held}
    shifts: dict[int, list[Span]] = defaultdict(list)
    for shift in shifts_between(actor, *local_day(version.day)):
        shifts[shift.technician_id].append((shift.starts_at, shift.ends_at))
    known = {
        visit.pk: Since(
            visit.state == VisitState.BOOKED,
            visit.created_at <= version.made_at,
            ((visit.window_from, visit.window_to), *((one.lower, one.upper) for one in visit.other_windows)),
        )
        for visit in visits.values()
    }
    changes = [replace(one, was=lines.get((one.visit_id, one.seat))) for one in since if one.visit_id in visits]
    back = way_back([one for one in changes if one.was != one.becomes], known, shifts, lines, now=now)
    return Return(version, newest, back.changes, back.stays)


def visits_told_otherwise(actor: Actor, changes: Iterable[Change]) -> frozenset[int]:
    """Answer the visits whose customers were told last of another name or time than these changes bring: somebody has to tell them."""
    require(actor, "planning.assign")
    lines = {one.visit_id: one.becomes for one in changes if one.seat == 1}
    newest = Told.objects.filter(visit_id__in=list(lines)).order_by("visit_id", "-at", "-pk").distinct("visit_id")
    return frozenset(
        one.visit_id for one in newest if is_told_otherwise((one.technician_id, one.told_from, one.told_to), lines[one.visit_id])
    )


def revision_of(day: date) -> int:
    """Answer how often a day's plan has changed, for the house's own use."""
    return revisions_of([day])[day]


def revisions_of(days: list[date]) -> dict[date, int]:
    """Answer how often the plans of several days have changed, for the house's own use."""
    return dict.fromkeys(days, 0) | dict(PlanDay.objects.filter(day__in=days).values_list("day", "revision"))


def route_stops(actor: Actor, day: date) -> QuerySet[RouteStop]:
    """Answer the planned breaks and stops for loading of a day, in order."""
    require(actor, "planning.assign")
    return RouteStop.objects.filter(day=day).select_related("depot").order_by("technician_id", "during")
