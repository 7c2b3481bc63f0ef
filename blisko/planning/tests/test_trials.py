"""A day tried otherwise as a job: one more technician, every preset, progress, stopping; the plan stays as it was (F15)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.tests.make import an_actor
from blisko.field.services import add_shift, set_region
from blisko.kit.errors import WrongMoment
from blisko.kit.steps import steps_of
from blisko.kit.tests.at_once import AtOnce
from blisko.kit.tests.work import do_jobs
from blisko.planning.errors import AlreadyTrying, BadTrial, DayIsOver, NoSuchPreset, NoSuchRegion, NoSuchTrial, OffShift
from blisko.planning.models import Assignment, PlanTrial, PlanVersion
from blisko.planning.queries import day_to_try, is_overtaken, newest_trial, plan_trial_for, planning_rules, preset_in_use
from blisko.planning.queries.problems import day_at, draft_of
from blisko.planning.rules.presets import PRESETS, Preset, in_minutes_driven
from blisko.planning.rules.trials import NEWCOMER, searches_of, terms_as_planned, with_one_more
from blisko.planning.services import assign_visit, cancel_trial, choose_preset, start_trial, work_trial
from blisko.planning.tests import solvers
from blisko.planning.tests.make import HOUR, a_visit_at, a_worker
from blisko.visits.services import arrive, set_out

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = day_at(NOW)
ME, MANAGER = an_actor("dispatcher", "user:7"), an_actor("manager", "user:8")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disturbed(settings: Settings) -> Iterator[None]:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{datetime.now(UTC).timestamp()}*1"
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "planning.solver": "blisko.planning.tests.solvers.DisturbedSolver"}
    yield
    solvers.meanwhile.clear()
    solvers.seen.clear()


def too_much_for_one() -> int:
    """Answer a technician who has more to do at one time than he can, his first visit given to him."""
    worker = a_worker(NOW)
    first, *_ = [a_visit_at(NOW, hours=1) for _ in range(4)]
    assign_visit(first.pk, worker.pk, actor=SYSTEM, now=NOW)
    return worker.pk


def test_trial_says_what_one_more_brings_and_what_every_preset_comes_to() -> None:
    worker = too_much_for_one()
    trial = start_trial(DAY, worker, seconds=3, actor=ME, now=NOW)
    assert "planning.try" in do_jobs()
    done = plan_trial_for(ME, trial.pk)
    assert (done.state, done.progress, done.visits, done.preset, done.estimated) == ("done", 100, 4, "balanced", True)
    assert set(done.found) == {"as_planned", "anew", "one_more", "promises", "roads", "calm"}
    assert done.found["as_planned"]["left_out"] == 3
    assert done.found["one_more"]["left_out"] < done.found["anew"]["left_out"]
    assert [seconds for seconds, _ in solvers.seen] == [3] * 5
    assert [step.name for step in steps_of(done)] == ["begin", "finish"]
    assert Assignment.objects.filter(released_at=None).count() == 1, "nothing of it is kept as a plan"
    work_trial(trial.pk, now=NOW)  # told twice
    work_trial(0, now=NOW)
    assert newest_trial(ME, DAY, "") == done and newest_trial(ME, DAY, "north") is None


def test_newcomer_is_like_his_example_but_has_no_visit_begun() -> None:
    worker = a_worker(NOW)
    visit = a_visit_at(NOW, starts=0)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    set_out(visit.pk, actor=SYSTEM, now=NOW)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    problem = draft_of(DAY, "", now=NOW).problem
    like, more = with_one_more(problem, worker.pk).shifts
    assert like.fixed and (more.key, more.fixed) == (NEWCOMER, ())
    assert (more.skills, more.tools, more.stock, more.ends) == (like.skills, like.tools, like.stock, like.ends)
    with pytest.raises(OffShift):
        with_one_more(problem, 0)
    searches = searches_of(problem, worker.pk, Preset.CALM)
    assert list(searches) == ["anew", "one_more", "balanced", "promises", "roads"]
    assert searches["roads"].weights == PRESETS[Preset.ROADS]


def test_plan_as_it_stands_counts_the_way_home() -> None:
    worker = a_worker(NOW, hours=4)
    visit = a_visit_at(NOW, north=0.3, starts=3)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW, starts_at=NOW + 3 * HOUR)
    draft = draft_of(DAY, "", now=NOW)
    terms = terms_as_planned(draft.world, draft.problem)
    assert (terms.left_out, terms.late) == (0, 0)
    assert terms.driven > 40 and terms.overtime > 0


def test_stopped_trial_ends_and_finds_nothing() -> None:
    worker = too_much_for_one()
    trial = start_trial(DAY, worker, seconds=3, actor=ME, now=NOW, queued=False)
    with pytest.raises(AlreadyTrying):
        start_trial(DAY, worker, seconds=3, actor=MANAGER, now=NOW)
    solvers.meanwhile.append(lambda: cancel_trial(trial.pk, actor=ME, now=NOW))
    work_trial(trial.pk, now=NOW)
    assert (plan_trial_for(ME, trial.pk).state, plan_trial_for(ME, trial.pk).found) == ("cancelled", {})
    assert len(solvers.seen) == 1
    with pytest.raises(WrongMoment):
        cancel_trial(trial.pk, actor=ME, now=NOW)


def test_trial_stopped_after_its_last_word_stays_stopped() -> None:
    worker = too_much_for_one()
    trial = start_trial(DAY, worker, seconds=3, actor=ME, now=NOW, queued=False)
    solvers.meanwhile += [lambda: None] * 4 + [lambda: cancel_trial(trial.pk, actor=ME, now=NOW)]
    work_trial(trial.pk, now=NOW)
    assert plan_trial_for(ME, trial.pk).state == "cancelled"


def test_fault_of_the_planner_fails_the_trial_and_is_told() -> None:
    trial = start_trial(DAY, too_much_for_one(), seconds=3, actor=ME, now=NOW, queued=False)
    solvers.meanwhile.append(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work_trial(trial.pk, now=NOW)
    assert plan_trial_for(ME, trial.pk).state == "failed"


def test_fault_after_a_stop_leaves_the_trial_stopped() -> None:
    trial = start_trial(DAY, too_much_for_one(), seconds=3, actor=ME, now=NOW, queued=False)
    solvers.meanwhile.append(lambda: [cancel_trial(trial.pk, actor=ME, now=NOW), 1 / 0])
    with pytest.raises(ZeroDivisionError):
        work_trial(trial.pk, now=NOW)
    assert plan_trial_for(ME, trial.pk).state == "cancelled"


def test_killed_trial_begins_anew() -> None:
    trial = start_trial(DAY, too_much_for_one(), seconds=3, actor=ME, now=NOW, queued=False)
    PlanTrial.objects.filter(pk=trial.pk).update(state="running", progress=60)
    work_trial(trial.pk, now=NOW)
    assert plan_trial_for(ME, trial.pk).state == "done"
    assert len(solvers.seen) == 5


def test_two_workers_never_work_on_one_trial(at_once: AtOnce) -> None:
    trial = start_trial(DAY, too_much_for_one(), seconds=3, actor=ME, now=NOW, queued=False)
    at_once(*[lambda: work_trial(trial.pk, now=NOW)] * 2)
    assert plan_trial_for(ME, trial.pk).state == "done"
    assert len(solvers.seen) == 5


def test_what_cannot_be_tried_is_refused() -> None:
    worker = a_worker(NOW).pk
    a_visit_at(NOW)
    for seconds in (0, 31):
        with pytest.raises(BadTrial):
            start_trial(DAY, worker, seconds=seconds, actor=ME, now=NOW)
    with pytest.raises(DayIsOver):
        start_trial(DAY - timedelta(days=1), worker, actor=ME, now=NOW)
    with pytest.raises(NoSuchRegion):
        start_trial(DAY, worker, region="south", actor=ME, now=NOW)
    for code in ("north", "south"):
        set_region(code, name=code, actor=SYSTEM, now=NOW)
    for region, day in (("south", DAY), ("", DAY + timedelta(days=1))):
        with pytest.raises(OffShift):
            start_trial(day, worker, region=region, actor=ME, now=NOW)
    with pytest.raises(NoSuchTrial):
        plan_trial_for(ME, 0)
    assert start_trial(DAY, worker, actor=ME, now=NOW).seconds == 5


def test_day_to_try_knows_who_still_works_and_what_nobody_does() -> None:
    worker = too_much_for_one()
    over = a_worker(NOW, begins=-3, hours=2)
    add_shift(worker, starts_at=NOW + 10 * HOUR, ends_at=NOW + 12 * HOUR, actor=SYSTEM, now=NOW)
    found = day_to_try(ME, DAY, "", now=NOW)
    [example] = found.examples
    assert example.technician.pk == worker != over.pk
    assert example.ends == NOW + 9 * HOUR, "the first of his shifts"
    assert (found.visits, found.unplanned) == (4, 3)


def test_trial_is_overtaken_by_a_change_of_the_plan() -> None:
    trial = start_trial(DAY, too_much_for_one(), actor=ME, now=NOW + HOUR)
    assert not is_overtaken(ME, trial)
    PlanVersion.objects.create(day=DAY, why="moved", made_at=NOW + 2 * HOUR, made_by="system")
    assert is_overtaken(ME, trial)


def test_preset_is_chosen_by_who_may_and_nothing_else_changes() -> None:
    before = planning_rules()
    choose_preset("calm", actor=MANAGER, now=NOW)
    after = planning_rules()
    assert preset_in_use(ME) == Preset.CALM
    assert (after.days_ahead, after.seconds, after.repairs) == (before.days_ahead, before.seconds, before.repairs)
    assert AuditEntry.objects.filter(verb="choose_preset", detail={"preset": "calm"}).exists()
    with pytest.raises(Forbidden):
        choose_preset("roads", actor=ME, now=NOW)
    with pytest.raises(NoSuchPreset):
        choose_preset("luck", actor=MANAGER, now=NOW)
    assert preset_in_use(ME) == Preset.CALM


def test_weights_are_told_as_minutes_one_would_drive() -> None:
    assert in_minutes_driven(Preset.BALANCED) == {"broken": 400, "left_out": 900, "overtime": 3, "told_twice": 60}
    assert in_minutes_driven(Preset.ROADS) == {"broken": 200, "left_out": 450, "overtime": 1.5, "told_twice": 15}


def test_stranger_tries_and_reads_nothing() -> None:
    stranger = an_actor("agent")
    trial = start_trial(DAY, too_much_for_one(), actor=ME, now=NOW)
    for refused in (
        lambda: start_trial(DAY, 1, actor=stranger, now=NOW),
        lambda: cancel_trial(trial.pk, actor=stranger, now=NOW),
        lambda: day_to_try(stranger, DAY, "", now=NOW),
        lambda: newest_trial(stranger, DAY, ""),
        lambda: plan_trial_for(stranger, trial.pk),
        lambda: is_overtaken(stranger, trial),
        lambda: preset_in_use(stranger),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_old_trials_are_forgotten() -> None:
    start_trial(DAY, too_much_for_one(), actor=ME, now=NOW)
    run_retention(now=NOW + timedelta(days=31) + HOUR)
    assert not PlanTrial.objects.exists()
