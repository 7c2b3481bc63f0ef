"""Repair the day as it happens: whatever disturbs it asks for one repair of its region, which moves no more than it must."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import write_audit
from blisko.field.queries import places_of, regions_of
from blisko.kit.events import ask_once
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.planning.errors import NoSuchPreset, NotPlannable, PlanOutdated
from blisko.planning.models import PlanningRules, PlanVersion, Proposal
from blisko.planning.queries.problems import Draft, day_at, draft_of, planning_rules
from blisko.planning.queries.runs import proposal_for
from blisko.planning.queries.what_if import day_of_visit, solver
from blisko.planning.rules.checker import costs, faults
from blisko.planning.rules.lines import changes_between, lines_of, packed, present_lines, present_plan, unpacked
from blisko.planning.rules.presets import REPAIR_SECONDS, Preset, Repairs, check_rules
from blisko.planning.rules.problem import Plan
from blisko.planning.rules.runs import ProposalState, Why
from blisko.planning.rules.terms import terms_of
from blisko.planning.rules.whatif import as_it_stands, board_of
from blisko.planning.services.plans import commit_plan
from blisko.planning.services.travel import keep_travel
from blisko.planning.services.versions import hold_changes, write_changes
from blisko.visits.queries import lock_visits, visit_by_id
from blisko.visits.rules import VisitState

JOB = "planning.repair"
GATHER = 0.1  # seconds in which further disturbances join the same repair
TRIES = 3
WORTH_IT = 10.0  # points; for less nobody's day is changed


def ask_repair(day: date, region: str) -> None:
    """Have a day of a region repaired in a moment; asked again before then, it is still one repair."""
    name = f"{JOB}:{day}:{region}"
    ask_once(JOB, "repairs", name, alone=name, after=GATHER, day=day.isoformat(), region=region)


def ask_repair_around(visit_id: int, *, now: datetime, also: datetime | None = None) -> None:
    """Have today repaired in the region of a visit that is, or (at `also`) was, of today; other days wait for the night."""
    visit = visit_by_id(visit_id)
    postcode, today = visit.order.site.postcode, day_at(now)
    if visit.is_promised and today in (day_of_visit(visit), day_of_visit(visit, also)):
        ask_repair(today, places_of([postcode])[postcode].region)


def ask_repair_for(technician_id: int, starts: datetime, ends: datetime, *, now: datetime) -> None:
    """Have the days repaired on which a technician does not work after all, as far as they are planned already."""
    last = min(day_at(ends), day_at(now) + timedelta(days=planning_rules().days_ahead))
    day, region = max(day_at(starts), day_at(now)), regions_of([technician_id]).get(technician_id, "")
    while day <= last:
        ask_repair(day, region)
        day += timedelta(days=1)


def repair_day(day: date, region: str, *, now: datetime) -> PlanVersion | Proposal | None:
    """Repair what is left of a day: apply it or propose it, as the rules say; None where nothing is worth changing.

    Where no repair is worth it, only the times follow what has happened. When the day changes meanwhile, a repair is sought again.
    """
    for _ in range(TRIES):
        draft = draft_of(day, region, now=now, ask=partial(keep_travel, now=now))
        if not draft.problem.shifts:
            return None
        plan = solver().solve(draft.problem, seconds=REPAIR_SECONDS, start=present_plan(draft.world, draft.problem))
        kept = as_it_stands(board_of(draft.world, draft.problem))
        worth = plan.cost < costs(draft.problem, kept).total - WORTH_IT
        try:
            if planning_rules().repairs == Repairs.APPLIED:
                chosen = plan if worth or faults(draft.problem, kept) else kept
                return commit_plan(draft, chosen, why=Why.REPAIR, actor=SYSTEM, now=now)
            return propose_repair(draft, plan if worth else kept, now=now)
        except PlanOutdated:
            continue
    ask_repair(day, region)
    return None


@transaction.atomic
def propose_repair(draft: Draft, plan: Plan, *, now: datetime) -> Proposal | None:
    """Keep a repair for a dispatcher to take or leave; it takes the place of the one before.

    None where it would give no visit to anybody else: that somebody comes later needs nobody's word.
    """
    world, jobs = draft.world, {job.visit_id: job for job in draft.world.jobs}
    found = changes_between(present_lines(world), lines_of(world, plan))
    changes = [one for one in found if not jobs[one.visit_id].running]
    for old in Proposal.objects.select_for_update().filter(day=world.day, region=draft.region, state=ProposalState.OPEN):
        take_step(old, "replace", by=SYSTEM, now=now)
    push("proposals")
    if not any(one.handed_over for one in changes):
        return None
    before, after = terms_of(draft.problem, present_plan(world, draft.problem)), terms_of(draft.problem, plan)
    return Proposal.objects.create(
        day=world.day, region=draft.region, made_at=now, before=asdict(before), after=asdict(after), changes=packed(changes)
    )


@transaction.atomic
def take_proposal(proposal_id: int, *, actor: Actor, now: datetime) -> PlanVersion:
    """Do what a proposal says; refuses `PlanOutdated` or `NotPlannable` when the day has gone on since."""
    proposal = proposal_for(actor, proposal_id)
    take_step(proposal, "take", by=actor, now=now)
    changes = unpacked(proposal.changes)
    hold_changes(changes)
    for visit in lock_visits({one.visit_id for one in changes}).values():
        if visit.state != VisitState.BOOKED:
            raise NotPlannable(details={"visit": visit.pk, "state": visit.state})
    version = write_changes(changes, why=Why.PROPOSAL, actor=actor, now=now, region=proposal.region)
    write_audit(actor, "take_proposal", f"proposal:{proposal_id}", now=now)
    push("proposals")
    return version


@transaction.atomic
def dismiss_proposal(proposal_id: int, *, actor: Actor, now: datetime) -> None:
    """Leave the plan as it is."""
    take_step(proposal_for(actor, proposal_id), "dismiss", by=actor, now=now)
    push("proposals")


@transaction.atomic
def change_planning_rules(*, preset: Preset, repairs: Repairs, days_ahead: int, seconds: int, actor: Actor, now: datetime) -> PlanningRules:
    """Say how this house plans: what it strives for, whether repairs are done by themselves, how far ahead and how long it plans."""
    require(actor, "planning.rules")
    check_rules(days_ahead, seconds)
    wanted = {"preset": preset, "repairs": repairs, "days_ahead": days_ahead, "seconds": seconds}
    rules, _ = PlanningRules.objects.update_or_create(pk=1, defaults=wanted)
    write_audit(actor, "change_planning_rules", "planning_rules", now=now, detail={name: str(value) for name, value in wanted.items()})
    return rules


@transaction.atomic
def choose_preset(preset: str, *, actor: Actor, now: datetime) -> None:
    """Have every plan and repair from now on strive for something else; the rest of the rules stays. Refuses `NoSuchPreset`."""
    require(actor, "planning.rules")
    if preset not in set(Preset):
        raise NoSuchPreset(details={"preset": preset})
    PlanningRules.objects.update_or_create(pk=1, defaults={"preset": preset})
    write_audit(actor, "choose_preset", "planning_rules", now=now, detail={"preset": preset})
    push("trials")
