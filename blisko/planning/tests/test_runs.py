"""Planning whole days as jobs: progress, cancelling, going on, a day that changes meanwhile (F6)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.tests.make import an_actor
from blisko.field.services import set_region
from blisko.kit.errors import WrongMoment
from blisko.kit.steps import steps_of
from blisko.kit.tests.at_once import AtOnce
from blisko.kit.tests.work import do_jobs
from blisko.planning.errors import AlreadyPlanning, DayIsOver, NoSuchRegion, NoSuchRun
from blisko.planning.jobs import plan_coming_days
from blisko.planning.models import Assignment, PlanningRules, PlanRun
from blisko.planning.queries import plan_run_for, plan_runs
from blisko.planning.queries.problems import day_at, draft_of
from blisko.planning.rules.lines import plan_as_json
from blisko.planning.services import assign_visit, cancel_plan_run, plan_days, start_plan_run, work_plan_run
from blisko.planning.tests import solvers
from blisko.planning.tests.make import HOUR, a_plan, a_visit_at, a_worker

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = day_at(NOW)
ME = an_actor("dispatcher", "user:7")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disturbed(settings: Settings) -> Iterator[None]:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{datetime.now(UTC).timestamp()}*1"
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "planning.solver": "blisko.planning.tests.solvers.DisturbedSolver"}
    yield
    solvers.meanwhile.clear()
    solvers.seen.clear()


def planned() -> set[int]:
    return set(Assignment.objects.filter(released_at=None).values_list("visit_id", flat=True))


def test_run_plans_its_day_and_keeps_what_it_came_to() -> None:
    a_worker(NOW)
    visit = a_visit_at(NOW)
    run = start_plan_run(DAY, seconds=30, actor=ME, now=NOW)
    assert "planning.run" in do_jobs()
    assert planned() == {visit.pk}
    done = plan_run_for(ME, run.pk)
    assert (done.state, done.progress, done.spent, done.best) == ("done", 100, 15, None)
    assert done.version is not None
    assert (done.version.made_by, done.version.made_by_name, done.version.why) == ("system", "Dispatcher", "nightly")
    assert [step.name for step in steps_of(done)] == ["begin", "finish"]
    work_plan_run(run.pk, now=NOW)  # told twice
    work_plan_run(0, now=NOW)
    assert [one.pk for one in plan_runs(ME)] == [run.pk]


def test_run_goes_on_from_the_best_plan_kept_for_as_long_as_was_left() -> None:
    a_worker(NOW)
    a_visit_at(NOW)
    run = start_plan_run(DAY, seconds=30, actor=ME, now=NOW, queued=False)
    draft = draft_of(DAY, "", now=NOW)
    PlanRun.objects.filter(pk=run.pk).update(state="running", spent=20.0, best=plan_as_json(a_plan(draft)))
    work_plan_run(run.pk, now=NOW)
    [(seconds, start)] = solvers.seen
    assert seconds == 10
    assert start is not None
    assert start.left_out == ()
    assert plan_run_for(ME, run.pk).state == "done"


def test_cancelled_run_stops_and_changes_nothing() -> None:
    a_worker(NOW)
    a_visit_at(NOW)
    run = start_plan_run(DAY, seconds=30, actor=ME, now=NOW, queued=False)
    solvers.meanwhile.append(lambda: cancel_plan_run(run.pk, actor=ME, now=NOW))
    work_plan_run(run.pk, now=NOW)
    assert (plan_run_for(ME, run.pk).state, planned()) == ("cancelled", set())
    with pytest.raises(WrongMoment):
        cancel_plan_run(run.pk, actor=ME, now=NOW)
    waiting = start_plan_run(DAY, actor=ME, now=NOW)
    cancel_plan_run(waiting.pk, actor=ME, now=NOW)
    do_jobs()
    assert planned() == set()


def test_day_that_changes_while_it_is_planned_is_planned_again_with_what_was_found() -> None:
    worker = a_worker(NOW)
    first, second = a_visit_at(NOW), a_visit_at(NOW, starts=5)
    run = start_plan_run(DAY, seconds=30, actor=ME, now=NOW, queued=False)
    solvers.meanwhile.append(lambda: assign_visit(second.pk, worker.pk, actor=SYSTEM, now=NOW))
    work_plan_run(run.pk, now=NOW)
    assert planned() == {first.pk, second.pk}
    assert [seconds for seconds, _ in solvers.seen] == [30, 5]
    assert plan_run_for(ME, run.pk).tries == 2


def test_day_that_never_stands_still_fails_the_run() -> None:
    a_worker(NOW)
    a_visit_at(NOW)
    run = start_plan_run(DAY, seconds=30, actor=ME, now=NOW, queued=False)
    solvers.meanwhile += [lambda: a_visit_at(NOW)] * 3
    work_plan_run(run.pk, now=NOW)
    assert (plan_run_for(ME, run.pk).state, planned()) == ("failed", set())


def test_fault_of_the_planner_fails_the_run_and_is_told() -> None:
    a_worker(NOW)
    a_visit_at(NOW)
    run = start_plan_run(DAY, seconds=30, actor=ME, now=NOW, queued=False)
    solvers.meanwhile.append(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work_plan_run(run.pk, now=NOW)
    assert plan_run_for(ME, run.pk).state == "failed"
    cancelled = start_plan_run(DAY, seconds=30, actor=ME, now=NOW, queued=False)
    solvers.meanwhile.append(lambda: (cancel_plan_run(cancelled.pk, actor=ME, now=NOW), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        work_plan_run(cancelled.pk, now=NOW)
    assert plan_run_for(ME, cancelled.pk).state == "cancelled"


def test_stranger_yesterday_unknown_region_and_a_second_run_are_refused() -> None:
    agent = an_actor("agent")
    run = start_plan_run(DAY, actor=ME, now=NOW)
    for refused in (
        lambda: start_plan_run(DAY, actor=agent, now=NOW),
        lambda: plan_days([DAY], actor=agent, now=NOW),
        lambda: cancel_plan_run(run.pk, actor=agent, now=NOW),
        lambda: plan_runs(agent),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(DayIsOver):
        start_plan_run(DAY - timedelta(days=1), actor=ME, now=NOW)
    with pytest.raises(NoSuchRegion):
        start_plan_run(DAY, region="nowhere", actor=ME, now=NOW)
    with pytest.raises(AlreadyPlanning):
        start_plan_run(DAY, actor=ME, now=NOW)
    with pytest.raises(NoSuchRun):
        plan_run_for(ME, 0)


def test_days_are_planned_region_by_region_and_whoever_is_in_none_besides() -> None:
    def started() -> list[tuple[str, int]]:
        return [(run.region, (run.day - DAY).days) for run in plan_runs(ME).order_by("pk")]

    plan_days([DAY], actor=ME, now=NOW)
    assert started() == [("", 0)]
    set_region("north", name="North", actor=SYSTEM, now=NOW)
    plan_days([DAY], actor=ME, now=NOW, seconds=5)
    assert started() == [("", 0), ("north", 0)]
    set_region("south", name="South", actor=SYSTEM, now=NOW)
    plan_days([DAY], actor=ME, now=NOW)
    assert started() == [("", 0), ("north", 0), ("south", 0)]


def test_every_night_the_coming_days_are_planned_as_far_as_the_rules_say() -> None:
    PlanningRules.objects.create(pk=1, days_ahead=2, seconds=7)
    plan_coming_days(0)
    assert [run.seconds for run in plan_runs(ME)] == [7, 7]
    assert len({run.day for run in plan_runs(ME)}) == 2


def test_two_workers_never_work_on_one_run(at_once: AtOnce) -> None:
    a_worker(NOW)
    a_visit_at(NOW)
    run = start_plan_run(DAY, seconds=30, actor=ME, now=NOW, queued=False)
    at_once(*[lambda: work_plan_run(run.pk, now=NOW)] * 2)
    assert plan_run_for(ME, run.pk).state == "done"
    assert len(solvers.seen) == 1


def test_command_plans_a_day_and_tells_what_came_of_it() -> None:
    a_worker(NOW)
    visit = a_visit_at(NOW)
    out = StringIO()
    call_command("plan", "--day", str(DAY), "--seconds", "2", stdout=out)
    assert out.getvalue().startswith("done: left_out 0, late 0, driven ")
    assert planned() == {visit.pk}
    call_command("plan", "--day", str(DAY), stdout=out)
    assert "done: nothing to change" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("plan", "--day", "2026-11-01", stdout=out)


def test_old_runs_are_forgotten() -> None:
    start_plan_run(DAY, actor=ME, now=NOW)
    run_retention(now=NOW + timedelta(days=91) + HOUR)
    assert not PlanRun.objects.exists()
