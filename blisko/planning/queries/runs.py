"""Planning as it goes on: runs, and repairs that wait for a word."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from blisko.access.rules import Actor, require
from blisko.planning.errors import NoSuchProposal, NoSuchRun
from blisko.planning.models import Assignment, PlanRun, Proposal
from blisko.planning.rules.runs import ProposalState
from blisko.visits.rules import VisitState

OVERRUN = timedelta(minutes=5)


def plan_runs(actor: Actor) -> QuerySet[PlanRun]:
    """Answer the planning runs, the newest first."""
    require(actor, "planning.assign")
    return PlanRun.objects.select_related("version").defer("best").order_by("-pk")


def plan_run_for(actor: Actor, run_id: int) -> PlanRun:
    """Answer one planning run; refuse `NoSuchRun`."""
    run = plan_runs(actor).filter(pk=run_id).first()
    if run is None:
        raise NoSuchRun
    return run


def open_proposals(actor: Actor, day: date) -> QuerySet[Proposal]:
    """Answer the repairs of a day that wait for a word."""
    require(actor, "planning.assign")
    return Proposal.objects.filter(day=day, state=ProposalState.OPEN).order_by("-pk")


def proposal_for(actor: Actor, proposal_id: int) -> Proposal:
    """Answer one proposal; refuse `NoSuchProposal`."""
    require(actor, "planning.assign")
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        raise NoSuchProposal
    return proposal


def overrunning_visits(now: datetime) -> list[int]:
    """Answer the visits under way whose planned end has passed, for the house's own use: what follows them has to be looked at."""
    rows = Assignment.objects.filter(released_at=None, during__endswith__lt=now - OVERRUN, during__endswith__gt=now - timedelta(days=1))
    running = rows.filter(visit__state__in=[VisitState.ON_THE_WAY, VisitState.ON_SITE])
    return sorted(set(running.values_list("visit_id", flat=True)))
