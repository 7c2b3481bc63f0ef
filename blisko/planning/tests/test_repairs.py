"""Live repair: a disturbed day is mended by itself or on a dispatcher's word (F15, O7)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.services import add_shift, report_absent
from blisko.kit.errors import WrongMoment
from blisko.kit.tests.work import do_jobs
from blisko.planning.errors import BadRules, NoSuchProposal, NotPlannable, OffShift, PlanOutdated
from blisko.planning.jobs import look_for_overruns
from blisko.planning.models import Assignment, Proposal
from blisko.planning.queries import assignment_of, compare_presets, one_more, open_proposals, planning_rules
from blisko.planning.queries.problems import day_at
from blisko.planning.rules.presets import Preset, Repairs
from blisko.planning.services import (
    assign_visit,
    change_planning_rules,
    dismiss_proposal,
    repair_day,
    take_proposal,
    unassign_visit,
)
from blisko.planning.tests import solvers
from blisko.planning.tests.make import HOUR, a_visit_at, a_worker
from blisko.visits.models import Visit
from blisko.visits.rules import CancelReason
from blisko.visits.services import arrive, cancel_visit, move_visit, set_out

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = day_at(NOW)
ME = an_actor("dispatcher", "user:7")
MANAGER = an_actor("manager", "user:8")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disturbed(settings: Settings) -> Iterator[None]:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{datetime.now(UTC).timestamp()}*1"
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "planning.solver": "blisko.planning.tests.solvers.DisturbedSolver"}
    yield
    solvers.meanwhile.clear()
    solvers.seen.clear()


def rules(repairs: Repairs) -> None:
    change_planning_rules(preset=Preset.BALANCED, repairs=repairs, days_ahead=3, seconds=60, actor=MANAGER, now=NOW)


def holder(visit: Visit) -> int | None:
    found = assignment_of(visit.pk)
    return found.technician_id if found else None


def asked() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'day', args->>'region' FROM procrastinate_jobs WHERE task_name = 'planning.repair' ORDER BY id")
        return cursor.fetchall()


def hurry() -> None:
    """Let the moment pass in which disturbances gather."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE task_name = 'planning.repair'")


def test_disturbances_of_today_ask_for_one_repair_and_tomorrow_waits_for_the_night() -> None:
    worker = a_worker(NOW)
    visits = [a_visit_at(NOW, starts=hour) for hour in (2, 4, 6)]
    tomorrow = a_visit_at(NOW, starts=26)
    for visit in visits:
        assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    do_jobs()
    assert asked() == [(DAY.isoformat(), "")]
    cancel_visit(visits[0].pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    move_visit(visits[1].pk, window_from=NOW + 30 * HOUR, window_to=NOW + 32 * HOUR, actor=SYSTEM, now=NOW)
    cancel_visit(tomorrow.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    do_jobs()
    assert asked() == [(DAY.isoformat(), "")]


def test_absence_asks_for_repairs_of_the_days_that_are_planned_already() -> None:
    worker = a_worker(NOW)
    report_absent(worker.pk, starts=NOW - 2 * HOUR, ends=NOW + timedelta(days=9), actor=SYSTEM, now=NOW)
    do_jobs()
    assert asked() == [((DAY + timedelta(days=each)).isoformat(), "") for each in range(4)]


def test_repair_the_rules_allow_is_applied_by_itself_and_covers_for_who_is_absent() -> None:
    rules(Repairs.APPLIED)
    sick, other = a_worker(NOW), a_worker(NOW, north=0.05)
    visit = a_visit_at(NOW)
    assign_visit(visit.pk, sick.pk, actor=SYSTEM, now=NOW)
    report_absent(sick.pk, starts=NOW, ends=NOW + 10 * HOUR, actor=SYSTEM, now=NOW)
    do_jobs()
    hurry()
    do_jobs()
    assert holder(visit) == other.pk
    assert repair_day(DAY, "", now=NOW) is None  # nothing left to mend


def test_repair_is_proposed_and_done_on_a_word() -> None:
    rules(Repairs.PROPOSED)
    worker = a_worker(NOW)
    visit, running = a_visit_at(NOW, starts=3), a_visit_at(NOW, starts=1)
    assign_visit(running.pk, worker.pk, actor=SYSTEM, now=NOW)
    set_out(running.pk, actor=SYSTEM, now=NOW)
    assert isinstance(repair_day(DAY, "", now=NOW), Proposal)
    proposal = repair_day(DAY, "", now=NOW)
    assert isinstance(proposal, Proposal)
    assert holder(visit) is None
    assert [one.pk for one in open_proposals(ME, DAY)] == [proposal.pk]
    assert (proposal.before["left_out"], proposal.after["left_out"]) == (1, 0)
    version = take_proposal(proposal.pk, actor=ME, now=NOW)
    assert (holder(visit), version.why, version.made_by) == (worker.pk, "proposal", "user:7")
    with pytest.raises(WrongMoment):
        take_proposal(proposal.pk, actor=ME, now=NOW)
    assert repair_day(DAY, "", now=NOW) is None


def test_proposal_the_day_has_gone_past_is_refused_or_left() -> None:
    worker, visit = a_worker(NOW), a_visit_at(NOW)
    first = repair_day(DAY, "", now=NOW)
    assert isinstance(first, Proposal)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from + HOUR)
    with pytest.raises(PlanOutdated):
        take_proposal(first.pk, actor=ME, now=NOW)
    unassign_visit(visit.pk, actor=SYSTEM, now=NOW)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(NotPlannable):
        take_proposal(first.pk, actor=ME, now=NOW)
    dismiss_proposal(first.pk, actor=ME, now=NOW)
    assert not open_proposals(ME, DAY).exists()
    with pytest.raises(NoSuchProposal):
        dismiss_proposal(0, actor=ME, now=NOW)


def test_proposal_about_nothing_but_a_running_visit_is_none() -> None:
    worker, visit = a_worker(NOW), a_visit_at(NOW)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    late = NOW + 6 * HOUR
    assert repair_day(DAY, "", now=late) is None
    assert not Proposal.objects.exists()


def test_day_that_changes_while_it_is_mended_is_mended_again_and_at_last_asked_for_anew() -> None:
    rules(Repairs.APPLIED)
    a_worker(NOW)
    visit = a_visit_at(NOW)
    solvers.meanwhile += [lambda: a_visit_at(NOW, starts=26), lambda: a_visit_at(NOW, starts=5)]
    assert repair_day(DAY, "", now=NOW) is not None
    assert holder(visit) is not None
    unassign_visit(visit.pk, actor=SYSTEM, now=NOW)
    before = len(asked())
    solvers.meanwhile += [lambda: a_visit_at(NOW, starts=3)] * 6
    assert repair_day(DAY, "", now=NOW) is None
    assert len(asked()) == before + 1
    assert holder(visit) is None


def test_day_nobody_works_on_any_more_is_left_alone() -> None:
    a_visit_at(NOW)
    assert repair_day(DAY, "", now=NOW) is None
    assert solvers.seen == []


def test_visit_that_lasts_longer_than_planned_has_the_day_looked_at(settings: Settings) -> None:
    worker, visit = a_worker(NOW), a_visit_at(NOW)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    arrive(visit.pk, actor=SYSTEM, now=NOW + 2 * HOUR)
    look_for_overruns(0)
    assert asked() == []
    settings.BLISKO_CLOCK = f"{(NOW + 3.2 * HOUR).isoformat()}@{datetime.now(UTC).timestamp()}*1"
    look_for_overruns(0)
    assert asked() == [(DAY.isoformat(), "")]


def test_late_visit_pushes_only_times_and_the_running_one_ends_later() -> None:
    rules(Repairs.APPLIED)
    worker = a_worker(NOW)
    running, following = a_visit_at(NOW, starts=1), a_visit_at(NOW, starts=2)
    assign_visit(running.pk, worker.pk, actor=SYSTEM, now=NOW)
    assign_visit(following.pk, worker.pk, actor=SYSTEM, now=NOW, starts_at=NOW + 2.2 * HOUR)
    arrive(running.pk, actor=SYSTEM, now=NOW + 1.5 * HOUR)
    repair_day(DAY, "", now=NOW + 2.45 * HOUR)
    rows = {row.visit_id: row.during for row in Assignment.objects.filter(released_at=None)}
    assert rows[running.pk].lower == NOW + 1.5 * HOUR
    assert rows[running.pk].upper == rows[following.pk].lower == NOW + 2.45 * HOUR + timedelta(minutes=5)


def test_rules_are_changed_by_who_may_and_within_reason() -> None:
    assert (planning_rules().preset, planning_rules().repairs) == ("balanced", "proposed")
    rules(Repairs.APPLIED)
    assert planning_rules().repairs == "applied"
    with pytest.raises(Forbidden):
        change_planning_rules(preset=Preset.CALM, repairs=Repairs.APPLIED, days_ahead=3, seconds=60, actor=ME, now=NOW)
    for days, seconds in ((15, 60), (3, 0)):
        with pytest.raises(BadRules):
            change_planning_rules(preset=Preset.CALM, repairs=Repairs.APPLIED, days_ahead=days, seconds=seconds, actor=MANAGER, now=NOW)


def test_one_more_technician_and_another_preset_are_tried_before_anybody_decides() -> None:
    worker = a_worker(NOW)
    for _ in range(4):
        a_visit_at(NOW, hours=1)
    before, after = one_more(ME, DAY, worker.pk, now=NOW, seconds=1)
    assert before.left_out > after.left_out
    calm, roads = compare_presets(ME, DAY, Preset.CALM, Preset.ROADS, now=NOW, seconds=1)
    assert (calm.left_out, roads.left_out) == (before.left_out, before.left_out)
    add_shift(worker.pk, starts_at=NOW + 24 * HOUR, ends_at=NOW + 30 * HOUR, actor=SYSTEM, now=NOW)
    with pytest.raises(OffShift):
        one_more(ME, DAY, 0, now=NOW)
    for refused in (
        lambda: one_more(an_actor("agent"), DAY, worker.pk, now=NOW),
        lambda: compare_presets(an_actor("agent"), DAY, Preset.CALM, Preset.ROADS, now=NOW),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert not Assignment.objects.exists()
