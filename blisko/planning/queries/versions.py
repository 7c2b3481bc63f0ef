"""The history of a day's plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from blisko.access.rules import Actor, require
from blisko.planning.errors import NoSuchVersion
from blisko.planning.models import PlanDay, PlanVersion, RouteStop, Told
from blisko.planning.rules.lines import Change, changes_in_a_row, is_told_otherwise, undone, unpacked


@dataclass(frozen=True)
class Difference:
    """What is different in `later`, compared with `earlier`."""

    earlier: PlanVersion
    later: PlanVersion
    changes: tuple[Change, ...]


def plan_versions(actor: Actor, day: date) -> QuerySet[PlanVersion]:
    """Answer the versions of a day's plan, the newest first."""
    require(actor, "planning.assign")
    return PlanVersion.objects.filter(day=day).select_related("undoes", "undone_by").order_by("-pk")


def plan_difference(actor: Actor, a: int, b: int) -> Difference:
    """Answer what changed from version `a` to version `b` of one day, forwards or backwards; refuse `NoSuchVersion`."""
    require(actor, "planning.assign")
    found = PlanVersion.objects.in_bulk([a, b])
    if a not in found or b not in found or found[a].day != found[b].day:
        raise NoSuchVersion
    between = PlanVersion.objects.filter(day=found[a].day, pk__gt=min(a, b), pk__lte=max(a, b)).order_by("pk")
    changes = changes_in_a_row(unpacked(one.changes) for one in between)
    return Difference(found[a], found[b], changes if a <= b else undone(changes))


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
