"""Plan whole days as jobs: how far they are can be seen, they can be stopped, and a killed one goes on where it was."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app as queue

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import keep_days, write_audit
from blisko.field.queries import regions_for
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.planning.errors import AlreadyPlanning, DayIsOver, NoSuchRegion, PlanOutdated
from blisko.planning.models import PlanRun, PlanVersion
from blisko.planning.queries.problems import Draft, day_at, draft_of, planning_rules
from blisko.planning.queries.runs import plan_run_for
from blisko.planning.queries.what_if import solver
from blisko.planning.rules.lines import fitting, plan_as_json, plan_from_json, present_plan
from blisko.planning.rules.problem import Plan
from blisko.planning.rules.runs import UNDER_WAY, RunState, Why
from blisko.planning.services.plans import commit_plan
from blisko.planning.services.travel import keep_travel

JOB = "planning.run"
LANES = max(1, (os.cpu_count() or 2))  # runs at the same time: more would only take the cores from each other
BETWEEN_TICKS = 1.0  # seconds
TRIES = 3
LAST_SECONDS = 5.0  # for mending a plan whose day changed while it was made


@transaction.atomic
def start_plan_run(day: date, *, region: str = "", seconds: int | None = None, actor: Actor, now: datetime, queued: bool = True) -> PlanRun:
    """Plan a day of a region anew, as a job (unless not `queued`: then whoever asked works on it).

    Refuses `DayIsOver`, `NoSuchRegion`, and `AlreadyPlanning` while a run for the same day and region is under way.
    """
    require(actor, "planning.assign")
    check_day(day, region, now=now)
    try:
        with transaction.atomic():
            run = PlanRun.objects.create(
                day=day,
                region=region,
                seconds=seconds or planning_rules().seconds,
                asked_by=actor.id,
                asked_by_name=actor.name[:120],
                created_at=now,
            )
    except IntegrityError:
        raise AlreadyPlanning from None
    write_audit(actor, "start_plan_run", f"plan_run:{run.pk}", now=now, detail={"day": str(day), "region": region})
    if queued:
        defer_in_lane(JOB, run.pk, run_id=run.pk)
    push("plan_runs")
    return run


def check_day(day: date, region: str, *, now: datetime) -> None:
    """Refuse `DayIsOver` and `NoSuchRegion`, for the house's own use."""
    if day < day_at(now):
        raise DayIsOver
    if region and region not in {one.code for one in regions_for(SYSTEM)}:
        raise NoSuchRegion(details={"region": region})


def defer_in_lane(job: str, number: int, **what: int) -> None:
    """Have a long search done in one of the lanes, for the house's own use."""
    queue.configure_task(job, queue="plans", lock=f"planning.lane:{number % LANES}").defer(**what)


def plan_days(days: Sequence[date], *, actor: Actor, now: datetime, seconds: int | None = None) -> list[PlanRun]:
    """Plan several days, region by region; what is under way already is left alone."""
    require(actor, "planning.assign")
    codes = [one.code for one in regions_for(SYSTEM)]
    started = []
    for day in days:
        for region in codes if len(codes) == 1 else [*codes, ""]:
            try:
                started.append(start_plan_run(day, region=region, seconds=seconds, actor=actor, now=now))
            except AlreadyPlanning:
                continue
    return started


@transaction.atomic
def cancel_plan_run(run_id: int, *, actor: Actor, now: datetime) -> None:
    """Stop a run; the day's plan stays as it was. Refuses `WrongMoment` once it has ended."""
    require(actor, "planning.assign")
    take_step(plan_run_for(actor, run_id), "cancel", by=actor, now=now, finished_at=now)
    write_audit(actor, "cancel_plan_run", f"plan_run:{run_id}", now=now)
    push("plan_runs")


def work_plan_run(run_id: int, *, now: datetime) -> None:
    """Work on a run until it is done or cancelled; after a kill, from the best plan kept, for as long as was left.

    One worker at a time: whoever finds the run in another's hands leaves it there.
    """
    with alone(f"plan_run:{run_id}") as ours:
        run = PlanRun.objects.filter(pk=run_id).first() if ours else None
        if run is None or run.state not in UNDER_WAY:
            return
        try:
            _work(run, now=now)
        except Exception:
            _end(run, "fail", now=now)
            raise


@contextmanager
def alone(what: str) -> Iterator[bool]:
    """Hold a piece of work against other workers, for the house's own use; False where another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [what])
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [what])


class _Progress:
    """What a run tells while it works, at most once a second; it hears there, too, that it was cancelled."""

    def __init__(self, run: PlanRun) -> None:
        self.run = run
        self.done, self.left = run.spent, max(1.0, run.seconds - run.spent)
        self.going = True
        self._told = float("-inf")

    def tick(self, share: float, best: Plan | None) -> bool:
        if best is None and time.monotonic() - self._told < BETWEEN_TICKS:
            return True
        self._told = time.monotonic()
        spent = self.done + share * self.left
        more = {} if best is None else {"best": plan_as_json(best), "points": best.cost}
        progress = min(99, int(100 * spent / self.run.seconds))
        running = PlanRun.objects.filter(pk=self.run.pk, state=RunState.RUNNING)
        self.going = running.update(progress=progress, spent=spent, **more) == 1
        push("plan_runs")
        return self.going


def _work(run: PlanRun, *, now: datetime) -> None:
    if run.state == RunState.WAITING:
        take_step(run, "begin", by=SYSTEM, now=now)
    progress = _Progress(run)
    seconds, best = progress.left, plan_from_json(run.best) if run.best else None
    for _ in range(TRIES):
        draft = draft_of(run.day, run.region, now=now, ask=partial(keep_travel, now=now))
        start = fitting(best, draft.problem) if best else present_plan(draft.world, draft.problem)
        best = solver().solve(draft.problem, seconds=seconds, seed=run.pk, start=start, tick=progress.tick)
        if not progress.going or _committed(run, draft, best, now=now):
            return
        seconds = LAST_SECONDS
    _end(run, "fail", now=now)


def _committed(run: PlanRun, draft: Draft, plan: Plan, *, now: datetime) -> bool:
    """Make the plan the day's and end the run with it, in one transaction; False where the day has changed meanwhile."""
    actor = Actor(SYSTEM.kind, SYSTEM.id, run.asked_by_name or SYSTEM.name)
    try:
        with transaction.atomic():
            version = commit_plan(draft, plan, why=Why.NIGHTLY, actor=actor, now=now)
            _end(run, "finish", now=now, version=version, points=plan.cost, tries=run.tries + 1, progress=100, best=None)
    except PlanOutdated:
        run.tries += 1
        return False
    return True


def _end(run: PlanRun, step: str, *, now: datetime, version: PlanVersion | None = None, **also: Any) -> None:
    fresh = PlanRun.objects.get(pk=run.pk)
    if fresh.state in UNDER_WAY:
        take_step(fresh, step, by=SYSTEM, now=now, finished_at=now, version_id=version.pk if version else None, **also)
        push("plan_runs")


@keep_days("planning.runs", 90, "Planning runs")
def _forget_runs(before: datetime) -> int:
    return PlanRun.objects.filter(created_at__lt=before).delete()[0]
