"""Sick leave in one tap: a technician's visits go back to the planner, his hours out of the calendar, and the day is repaired."""

from datetime import datetime, timedelta

from django.db import transaction

from blisko.access.rules import SYSTEM, Actor
from blisko.access.services import keep_days, write_audit
from blisko.field.queries import own_technician
from blisko.field.services import report_absent
from blisko.kit.push import push
from blisko.planning.errors import BadSickLeave, PlanOutdated
from blisko.planning.models import Assignment, SickLeave
from blisko.planning.queries.problems import day_at, local_day
from blisko.planning.rules.lines import Change
from blisko.planning.rules.runs import Why
from blisko.planning.rules.swaps import MOST_SICK_DAYS
from blisko.planning.services.versions import hold_changes, hold_days, line_of, queue_up, write_changes
from blisko.visits.queries import lock_visits
from blisko.visits.rules import VisitState
from blisko.visits.services import turn_back


@transaction.atomic
def report_sick(days: int, *, actor: Actor, now: datetime) -> SickLeave:
    """Report oneself sick from now on until the end of today (`days` 1), of tomorrow (2) and so on.

    His visits are nobody's until the planner finds somebody; who is on the way turns back. A visit he is at stays his until it ends.
    Refuses `BadSickLeave`, and `PlanOutdated` when he was given another visit at that very moment.
    """
    me = own_technician(actor)
    if not 1 <= days <= MOST_SICK_DAYS:
        raise BadSickLeave(details={"days": days})
    ends = local_day(day_at(now) + timedelta(days=days - 1))[1]
    mine = Assignment.objects.filter(technician=me, released_at=None, during__overlap=(now, ends)).order_by("visit_id", "seat")
    planned = lock_visits(mine.values_list("visit_id", flat=True))
    for visit in planned.values():
        if visit.state == VisitState.ON_THE_WAY:
            turn_back(visit.pk, actor=actor, now=now)
    free = {pk for pk, visit in planned.items() if visit.state in (VisitState.BOOKED, VisitState.ON_THE_WAY)}
    changes = [Change(row.visit_id, row.seat, line_of(row), None) for row in mine.filter(visit_id__in=free)]
    hold_changes(changes)
    queue_up([me.pk])
    if mine.exclude(visit_id__in=planned).exists():
        raise PlanOutdated
    hold_days({day_at(row.starts) for change in changes for row in [change.was] if row})
    if changes:
        write_changes(changes, why=Why.RELEASED, actor=actor, now=now)
    report_absent(me.pk, starts=now, ends=ends, actor=SYSTEM, now=now)
    leave = SickLeave.objects.create(technician=me, starts_at=now, ends_at=ends, visit_ids=sorted(free))
    write_audit(actor, "report_sick", f"technician:{me.pk}", now=now, detail={"until": ends.isoformat(), "visits": leave.visit_ids})
    push("alerts")
    return leave


@keep_days("planning.sick_leaves", 90, "Who reported himself sick when")
def forget_sick_leaves(before: datetime) -> int:
    """Delete when somebody was sick, long ago."""
    return SickLeave.objects.filter(ends_at__lt=before).delete()[0]
