"""Days tried otherwise: what could be tried, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from blisko.access.rules import Actor, require
from blisko.field.queries import technicians_for
from blisko.planning.errors import NoSuchTrial
from blisko.planning.models import PlanTrial, PlanVersion
from blisko.planning.queries.problems import planning_rules, world_of
from blisko.planning.rules.presets import Preset

if TYPE_CHECKING:
    from blisko.field.models import Technician


@dataclass(frozen=True)
class Example:
    """Somebody whom one more could be like, and when he works."""

    technician: "Technician"
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class DayToTry:
    """A day of a region before anybody tries it: who works, how many visits there are, and how many of them nobody goes to."""

    examples: Sequence[Example]
    visits: int
    unplanned: int


def day_to_try(actor: Actor, day: date, region: str, *, now: datetime) -> DayToTry:
    """Answer who works on a day (whose shift is not over) and what is to be done; see `world_of` for regions."""
    require(actor, "planning.assign")
    world = world_of(day, region)
    working = {worker.technician_id: worker for worker in reversed(world.workers) if worker.ends > now}
    people = technicians_for(actor).filter(pk__in=working)
    open_jobs = [job for job in world.jobs if job.ended_at is None]
    return DayToTry(
        [Example(one, working[one.pk].begins, working[one.pk].ends) for one in people],
        len(open_jobs),
        sum(not any(job.seats) for job in open_jobs),
    )


def newest_trial(actor: Actor, day: date, region: str) -> PlanTrial | None:
    """Answer what was tried last for a day of a region."""
    require(actor, "planning.assign")
    trials = PlanTrial.objects.filter(day=day, region=region).select_related("like__team").prefetch_related("like__levels__skill")
    return trials.order_by("-pk").first()


def plan_trial_for(actor: Actor, trial_id: int) -> PlanTrial:
    """Answer one trial; refuse `NoSuchTrial`."""
    require(actor, "planning.assign")
    trial = PlanTrial.objects.filter(pk=trial_id).first()
    if trial is None:
        raise NoSuchTrial
    return trial


def is_overtaken(actor: Actor, trial: PlanTrial) -> bool:
    """Whether the day's plan has changed since it was tried."""
    require(actor, "planning.assign")
    return PlanVersion.objects.filter(day=trial.day, made_at__gt=trial.created_at).exists()


def preset_in_use(actor: Actor) -> Preset:
    """Answer what this house's plans strive for."""
    require(actor, "planning.assign")
    return Preset(planning_rules().preset)
