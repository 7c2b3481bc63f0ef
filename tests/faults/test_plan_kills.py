"""A planning run whose worker is killed in the middle goes on from its best plan, ends, and the plan it commits is valid (F9)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from blisko.access.rules import SYSTEM
from blisko.kit import clock
from blisko.planning.models import Assignment, PlanRun, RouteStop
from blisko.planning.queries.problems import Draft, day_at, draft_of
from blisko.planning.rules.checker import faults, figures
from blisko.planning.rules.lines import plan_from_json, present_plan
from blisko.planning.rules.problem import Plan, PlannedRoute, PlannedStop, PlanShift, Problem
from blisko.planning.rules.world import seconds_of, technician_of
from blisko.planning.services import start_plan_run
from blisko.planning.tests.make import a_visit_at, a_worker
from tests.platform import Platform

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]
AHEAD = timedelta(days=30)  # nobody else's visits are on that day
TECHNICIANS, VISITS = 6, 36
SECONDS = 18  # of searching; the best plan is kept for the first time after ten
PATIENCE = 120.0  # seconds; a worker starts, is missed and rescued within thirty on a machine of one's own


@pytest.fixture
def compiled(house: Platform) -> Platform:
    """The platform, its planner compiled: that takes a minute once, and is not what is tested here."""
    subprocess.run([sys.executable, "-m", "blisko.planning.rules.engine"], env={**os.environ, **house.env}, check=True)
    return house


def wait_for(met: Callable[[PlanRun], bool], run_id: int) -> list[PlanRun]:
    """Look at a run again and again until it is as wanted; answer what was seen of it, the last look last."""
    until, seen = time.monotonic() + PATIENCE, list[PlanRun]()
    while not seen or not met(seen[-1]):
        assert time.monotonic() < until, f"it is still {seen[-1].state} at {seen[-1].progress} %"
        time.sleep(0.2)
        seen.append(PlanRun.objects.get(pk=run_id))
    return seen


def committed(draft: Draft) -> Plan:
    """The day's plan as it is kept, visits and breaks; who drives when is worked out anew. Nobody loads parts in it."""
    present, shifts = present_plan(draft.world, draft.problem), {shift.key: shift for shift in draft.problem.shifts}
    rests: dict[int, list[PlannedStop]] = {}
    for row in RouteStop.objects.filter(day=draft.world.day):
        assert row.depot_id is None
        starts, ends = (seconds_of(moment, draft.world.midnight) for moment in (row.during.lower, row.during.upper))
        rests.setdefault(row.technician_id, []).append(PlannedStop("break", "", None, starts, starts, ends))
    routes = [
        driven(draft.problem, shifts[route.shift], [*route.stops, *rests.get(technician_of(route.shift), ())]) for route in present.routes
    ]
    return Plan(tuple(routes), present.left_out, 0.0)


def driven(problem: Problem, shift: PlanShift, stops: list[PlannedStop]) -> PlannedRoute:
    """A route that sets out at once from everywhere; a break on the way makes the way longer."""
    place, free, at, found = shift.start, shift.begins, shift.begins, list[PlannedStop]()
    for stop in sorted(stops, key=lambda one: one.starts):
        if stop.place is None:
            free += stop.ends - stop.starts
            found.append(stop)
        else:
            arrives = max(at, free + int(problem.travel[place, stop.place]))
            found.append(replace(stop, arrives=arrives))
            place, free = stop.place, stop.ends
        at = stop.ends
    back = at if shift.end is None else max(at, free + int(problem.travel[place, shift.end]))
    return PlannedRoute(shift.key, shift.begins, back, tuple(found))


def test_run_of_a_killed_worker_goes_on_from_its_best_plan_and_commits_a_valid_one(compiled: Platform) -> None:
    now = clock.now()
    morning = now.replace(hour=6, minute=0, second=0, microsecond=0) + AHEAD
    for nr in range(TECHNICIANS):
        a_worker(morning, north=nr / 20)
    for nr in range(VISITS):
        a_visit_at(morning, north=nr * 7 % VISITS / 100, starts=1 + nr % 6)
    day = day_at(morning)
    run = start_plan_run(day, seconds=SECONDS, actor=SYSTEM, now=now)
    *_, before = wait_for(lambda one: one.best is not None or one.finished_at is not None, run.pk)
    first = compiled.supervisor.pid("planner")
    assert first
    os.kill(first, signal.SIGKILL)
    killed = PlanRun.objects.get(pk=run.pk)
    assert (before.state, killed.state, killed.version_id) == ("running", "running", None)
    assert 0 < killed.progress < 100
    draft = draft_of(day, "", now=now)
    kept = plan_from_json(killed.best)
    assert faults(draft.problem, kept) == []
    assert not RouteStop.objects.filter(day=day).exists()
    ours = Assignment.objects.filter(released_at=None, visit__in=[job.visit_id for job in draft.world.jobs])
    assert not ours.exists(), "half a plan was committed"

    seen = wait_for(lambda one: one.finished_at is not None, run.pk)
    assert compiled.supervisor.pid("planner") != first
    done = seen[-1]
    assert (done.state, done.progress, done.tries, done.best) == ("done", 100, 1, None)
    assert min(one.spent for one in seen) >= killed.spent, "it began anew"
    assert done.points is not None
    assert done.points <= kept.cost + 1e-6
    after = draft_of(day, "", now=now)
    plan = committed(after)
    assert faults(after.problem, plan) == []
    assert len(figures(after.problem, plan).left_out) <= len(kept.left_out)
    assert ours.count() == VISITS - len(plan.left_out) > VISITS / 2
