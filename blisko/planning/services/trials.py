"""Try a day otherwise as a job, and keep what was found: with one more technician, and under every preset. No plan is touched."""

import time
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import keep_days, write_audit
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.planning.errors import AlreadyTrying, OffShift
from blisko.planning.models import PlanTrial
from blisko.planning.queries.problems import draft_of, planning_rules
from blisko.planning.queries.trials import day_to_try, plan_trial_for
from blisko.planning.queries.what_if import solver
from blisko.planning.rules.lines import present_plan
from blisko.planning.rules.presets import PRESETS, Preset
from blisko.planning.rules.problem import Plan
from blisko.planning.rules.runs import UNDER_WAY, RunState
from blisko.planning.rules.terms import terms_of
from blisko.planning.rules.trials import AS_PLANNED, USUALLY, check_trial, searches_of, terms_as_planned
from blisko.planning.services.runs import BETWEEN_TICKS, alone, check_day, defer_in_lane
from blisko.planning.services.travel import keep_travel

JOB = "planning.try"


@transaction.atomic
def start_trial(
    day: date, technician_id: int, *, region: str = "", seconds: int | None = None, actor: Actor, now: datetime, queued: bool = True
) -> PlanTrial:
    """Try a day of a region with one more technician like this one and under every preset, as a job (unless not `queued`).

    `seconds`: each search. Refuses `DayIsOver`, `NoSuchRegion`, `BadTrial`, `OffShift` where the technician does not work then, and
    `AlreadyTrying` while a trial of the same day and region is under way.
    """
    require(actor, "planning.assign")
    seconds = USUALLY if seconds is None else seconds
    check_trial(seconds)
    check_day(day, region, now=now)
    if technician_id not in {one.technician.pk for one in day_to_try(actor, day, region, now=now).examples}:
        raise OffShift(details={"technician_id": technician_id})
    try:
        with transaction.atomic():
            trial = PlanTrial.objects.create(
                day=day,
                region=region,
                like_id=technician_id,
                preset=planning_rules().preset,
                seconds=seconds,
                asked_by=actor.id,
                asked_by_name=actor.name[:120],
                created_at=now,
            )
    except IntegrityError:
        raise AlreadyTrying from None
    write_audit(actor, "start_trial", f"trial:{trial.pk}", now=now, detail={"day": str(day), "region": region, "like": technician_id})
    if queued:
        defer_in_lane(JOB, trial.pk, trial_id=trial.pk)
    push("trials")
    return trial


@transaction.atomic
def cancel_trial(trial_id: int, *, actor: Actor, now: datetime) -> PlanTrial:
    """Stop a trial and answer it. Refuses `WrongMoment` once it has ended."""
    require(actor, "planning.assign")
    trial = plan_trial_for(actor, trial_id)
    take_step(trial, "cancel", by=actor, now=now, finished_at=now)
    write_audit(actor, "cancel_trial", f"trial:{trial_id}", now=now)
    push("trials")
    return trial


def work_trial(trial_id: int, *, now: datetime) -> None:
    """Work on a trial until it is done or cancelled; after a kill, from its beginning, since the day may be another by then."""
    with alone(f"trial:{trial_id}") as ours:
        trial = PlanTrial.objects.filter(pk=trial_id).first() if ours else None
        if trial is None or trial.state not in UNDER_WAY:
            return
        try:
            _work(trial, now=now)
        except Exception:
            _end(trial, "fail", now=now)
            raise


def _work(trial: PlanTrial, *, now: datetime) -> None:
    if trial.state == RunState.WAITING:
        take_step(trial, "begin", by=SYSTEM, now=now)
        push("trials")
    preset = Preset(trial.preset)
    draft = draft_of(trial.day, trial.region, now=now, weights=PRESETS[preset], ask=partial(keep_travel, now=now))
    searches = searches_of(draft.problem, trial.like_id, preset)
    found = {AS_PLANNED: asdict(terms_as_planned(draft.world, draft.problem))}
    progress = _Progress(trial, len(searches))
    for name, problem in searches.items():
        start = present_plan(draft.world, problem)
        plan = solver().solve(problem, seconds=trial.seconds, start=start, tick=progress.tick)
        found[name] = asdict(terms_of(problem, plan))
        if not progress.one_done():
            return
    _end(trial, "finish", now=now, found=found, visits=len(draft.problem.visits), estimated=draft.estimated, progress=100)


class _Progress:
    """What a trial tells while it searches, at most once a second; it hears there, too, that it was cancelled."""

    def __init__(self, trial: PlanTrial, searches: int) -> None:
        self.trial, self.searches = trial, searches
        self.done, self.going = 0, True
        self._told = float("-inf")

    def tick(self, share: float, best: Plan | None) -> bool:
        if time.monotonic() - self._told >= BETWEEN_TICKS:
            self._tell(share)
        return self.going

    def one_done(self) -> bool:
        self.done += 1
        self._tell(0.0)
        return self.going

    def _tell(self, share: float) -> None:
        self._told = time.monotonic()
        running = PlanTrial.objects.filter(pk=self.trial.pk, state=RunState.RUNNING)
        self.going = running.update(progress=min(99, int(100 * (self.done + share) / self.searches))) == 1
        push("trials")


def _end(trial: PlanTrial, step: str, *, now: datetime, **also: Any) -> None:
    fresh = PlanTrial.objects.get(pk=trial.pk)
    if fresh.state in UNDER_WAY:
        take_step(fresh, step, by=SYSTEM, now=now, finished_at=now, **also)
        push("trials")


@keep_days("planning.trials", 30, "Days tried otherwise")
def _forget_trials(before: datetime) -> int:
    return PlanTrial.objects.filter(created_at__lt=before).delete()[0]
