"""Keep a whole plan, take one's last change back, go back to an earlier version."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.planning.errors import BadPlan, NothingToRestore, NothingToUndo, NotPlannable, PlanOutdated
from blisko.planning.models import PlanVersion, RouteStop
from blisko.planning.queries.problems import Draft, world_of
from blisko.planning.queries.versions import return_to
from blisko.planning.rules.checker import faults
from blisko.planning.rules.lines import changes_between, lines_of, present_lines, present_plan, undone, unpacked
from blisko.planning.rules.problem import Plan, PlannedRoute
from blisko.planning.rules.runs import Why
from blisko.planning.rules.terms import terms_of
from blisko.planning.rules.world import moment_of, technician_of
from blisko.planning.services.versions import hold_changes, write_changes
from blisko.visits.queries import lock_visits
from blisko.visits.rules import VisitState

UNDO_WITHIN = timedelta(hours=12)
FAULTS_TOLD = 20


@transaction.atomic
def commit_plan(draft: Draft, plan: Plan, *, why: Why, actor: Actor, now: datetime) -> PlanVersion | None:
    """Make a plan the day's plan, all of it or nothing; answer the version, None where it changes nothing.

    Refuses `BadPlan` when it breaks a rule of its problem, `PlanOutdated` when the day is no longer the one it was made for.
    """
    require(actor, "planning.assign")
    world = draft.world
    if broken := faults(draft.problem, plan):
        raise BadPlan(details={"faults": broken[:FAULTS_TOLD]})
    changes = changes_between(present_lines(world), lines_of(world, plan))
    hold_changes(changes)
    if world_of(world.day, draft.region) != world:
        raise PlanOutdated
    keep_stops(draft, plan.routes, now=now)
    if not changes:
        return None
    terms = (terms_of(draft.problem, present_plan(world, draft.problem)), terms_of(draft.problem, plan))
    version = write_changes(changes, why=why, actor=actor, now=now, region=draft.region, terms=terms, estimated=draft.estimated)
    write_audit(actor, "commit_plan", f"plan:{version.pk}", now=now, detail={"why": str(why), "changes": len(changes)})
    return version


def keep_stops(draft: Draft, routes: Iterable[PlannedRoute], *, now: datetime) -> None:
    """Keep the breaks and the stops for loading of these routes; those still to come that were planned before are forgotten."""
    world = draft.world
    found = list(routes)
    theirs = {technician_of(route.shift) for route in found}
    RouteStop.objects.filter(day=world.day, technician_id__in=theirs, during__endswith__gt=now).delete()
    RouteStop.objects.bulk_create(
        RouteStop(
            technician_id=technician_of(route.shift),
            day=world.day,
            depot_id=int(stop.key) if stop.kind == "pickup" else None,
            during=TimestamptzRange(moment_of(stop.starts, world.midnight), moment_of(stop.ends, world.midnight)),
        )
        for route in found
        for stop in route.stops
        if stop.kind != "visit"
    )


@transaction.atomic
def undo_last(*, actor: Actor, now: datetime, day: date | None = None) -> PlanVersion:
    """Take back the actor's last change of a plan (of one day, where named); once more takes back the one before.

    Refuses `NothingToUndo`, `NotPlannable` once a visit of it has begun, `PlanOutdated` when others have changed it since.
    """
    require(actor, "planning.assign")
    mine = PlanVersion.objects.filter(made_by=actor.id, undone_by=None, made_at__gte=now - UNDO_WITHIN).exclude(why=Why.UNDONE)
    last = (mine.filter(day=day) if day else mine).order_by("-pk").first()
    if last is None:
        raise NothingToUndo
    changes = undone(unpacked(last.changes))
    hold_changes(changes)
    for visit in lock_visits({one.visit_id for one in changes}).values():
        if visit.state != VisitState.BOOKED:
            raise NotPlannable(details={"visit": visit.pk, "state": visit.state})
    version = write_changes(changes, why=Why.UNDONE, actor=actor, now=now, region=last.region, undoes=last)
    write_audit(actor, "undo_last", f"plan:{last.pk}", now=now)
    return version


@transaction.atomic
def restore_version(version_id: int, *, seen: int, actor: Actor, now: datetime) -> PlanVersion:
    """Let a day be planned as a version of it left it, as far as the day has not moved on; `return_to` says before what that changes.

    `seen`: the newest version whoever decides knows of. Refuses `PlanOutdated` when there is a newer one, `NothingToRestore`.
    """
    require(actor, "planning.assign")
    found = return_to(actor, version_id, now=now)
    if found.newest.pk != seen:
        raise PlanOutdated
    if not found.changes:
        raise NothingToRestore
    hold_changes(found.changes)
    version = write_changes(found.changes, why=Why.RESTORED, actor=actor, now=now, region=found.version.region, restores=found.version)
    for line in (one.becomes for one in found.changes if one.becomes):
        span = (line.starts, line.ends)  # a break planned since gives way and is planned anew
        RouteStop.objects.filter(technician_id=line.technician_id, during__overlap=span, during__endswith__gt=now).delete()
    write_audit(actor, "restore_version", f"plan:{version_id}", now=now, detail={"changes": len(found.changes), "stay": len(found.stays)})
    return version
