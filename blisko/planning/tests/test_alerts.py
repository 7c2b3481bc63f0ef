"""Promises in danger: raised once, named, repaired, taken, ignored or gone by themselves (F15)."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.customers.tests.make import a_site
from blisko.field.models import Technician
from blisko.field.tests.make import a_technician
from blisko.kit.errors import WrongMoment
from blisko.kit.tests.told import events_told
from blisko.kit.tests.work import do_jobs
from blisko.planning import jobs
from blisko.planning.errors import LacksSkills, NoSuchAlert, NoSuchRepair
from blisko.planning.events import RiskEscalated
from blisko.planning.models import RiskAlert, StartForecast
from blisko.planning.queries import alert_for, alerts_for, assignment_of, neglected_alerts
from blisko.planning.rules.alerts import (
    CALM,
    CLEAR,
    RAISE,
    STALE,
    UNANSWERED,
    AlertState,
    CauseCode,
    are_stale,
    calm_since,
    is_unanswered,
    may_pass,
    should_raise,
)
from blisko.planning.rules.breaks import breaks_left
from blisko.planning.rules.problem import Break
from blisko.planning.rules.repairs import RepairKind
from blisko.planning.rules.ways_out import WayOut, way_out_from
from blisko.planning.services import (
    apply_repair,
    assign_visit,
    escalate_alerts,
    ignore_alert,
    refresh_risks,
    take_alert,
    unassign_visit,
)
from blisko.planning.services.alerts import LOOK, ask_look
from blisko.visits.models import Visit
from blisko.visits.services import arrive, finish, move_visit, set_out
from blisko.visits.tests.make import a_visit

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = NOW.date()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DISPATCHER = an_actor("dispatcher", "user:7")


def a_way_out(
    technician: int = 2, *, visit: int = 1, minutes: int = 6, kind: RepairKind = RepairKind.MOVE, other: int | None = None
) -> WayOut:
    return WayOut(kind, visit, technician, None, other, minutes, 0, 1)


@pytest.mark.parametrize(
    ("probability", "ignored_at", "raised"),
    [(RAISE, None, True), (RAISE - 0.01, None, False), (0.5, 0.4, False), (0.61, 0.4, True), (1.0, 0.9, True), (1.0, 1.0, False)],
)
def test_danger_is_worth_an_alert_once_and_again_only_when_it_has_grown(probability: float, ignored_at: float | None, raised: bool) -> None:
    assert should_raise(probability, ignored_at) is raised


def test_alert_passes_only_after_its_danger_has_been_small_for_a_while() -> None:
    assert calm_since(CLEAR, NOW, NOW) is None
    assert calm_since(CLEAR - 0.01, None, NOW) == NOW
    assert calm_since(CLEAR - 0.01, NOW - MINUTE, NOW) == NOW - MINUTE
    assert not may_pass(None, NOW) and not may_pass(NOW - CALM + MINUTE, NOW) and may_pass(NOW - CALM, NOW)


def test_alert_is_unanswered_when_nobody_took_it_in_time() -> None:
    assert is_unanswered(AlertState.OPEN, NOW - UNANSWERED, NOW)
    assert not is_unanswered(AlertState.TAKEN, NOW - UNANSWERED, NOW)
    assert not is_unanswered(AlertState.OPEN, NOW - UNANSWERED + MINUTE, NOW)


def test_ways_out_are_looked_for_again_when_they_are_old_or_the_danger_has_changed() -> None:
    assert not are_stale(NOW, 0.5, NOW + STALE - MINUTE, 0.55)
    assert are_stale(NOW, 0.5, NOW + STALE, 0.5)
    assert are_stale(NOW, 0.5, NOW, 0.39)


def test_way_out_comes_back_from_what_was_kept() -> None:
    one = a_way_out(kind=RepairKind.SWAP, other=5)
    assert way_out_from(json.loads(json.dumps(one.as_json()))) == one


LUNCH = Break(11 * 3600, 13 * 3600, 1800)


@pytest.mark.parametrize(
    ("idle", "since", "now", "left", "busy"),
    [
        ([], None, 9, (LUNCH,), 9),  # not yet due
        ([], None, 14, (), 14),  # too late for it
        ([(11.2, 11.8)], None, 12, (), 12),  # eaten between two visits
        ([(11.2, 11.4)], None, 12, (LUNCH,), 12),  # too short a gap
        ([(9.0, 10.0)], None, 12, (LUNCH,), 12),  # too early a gap
        ([], 11.5, 11.75, (), 12.0),  # at it
        ([], 10.0, 10.5, (LUNCH,), 10.5),  # idle, but too early
        ([], 13.2, 13.4, (), 13.4),  # idle, but too late
    ],
)
def test_lunch_is_read_from_the_gaps_between_visits(
    idle: list[tuple[float, float]], since: float | None, now: float, left: tuple[Break, ...], busy: float
) -> None:
    gaps = [(a * 3600, b * 3600) for a, b in idle]
    found = breaks_left([LUNCH], gaps, since * 3600 if since else None, now * 3600)
    assert found == (left, pytest.approx(busy * 3600))


def a_tight_day(technician: Technician | None = None, *, minutes: int = 60) -> tuple[Technician, Visit, Visit]:
    """One is being served and has been for long; the next promised window ends soon."""
    technician = technician or a_technician(NOW)
    first = a_visit(NOW - 3 * HOUR, a_site(NOW), starts_in=HOUR, hours=2)
    Visit.objects.filter(pk=first.pk).update(minutes=minutes)
    second = a_visit(NOW - HOUR, a_site(NOW, lat=52.02), starts_in=HOUR / 2, hours=1)
    assign_visit(first.pk, technician.pk, actor=SYSTEM, now=NOW - 2 * HOUR, starts_at=NOW - 80 * MINUTE)
    assign_visit(second.pk, technician.pk, actor=SYSTEM, now=NOW - 2 * HOUR, starts_at=NOW + (minutes - 80) * MINUTE)
    set_out(first.pk, actor=SYSTEM, now=NOW - 90 * MINUTE)
    arrive(first.pk, actor=SYSTEM, now=NOW - 80 * MINUTE)
    return technician, first, second


@pytest.mark.django_db
def test_job_that_runs_long_raises_an_alert_that_says_so_with_ways_out() -> None:
    technician, first, second = a_tight_day()
    asked: list[int] = []

    def ways_out(visit_id: int) -> list[WayOut]:
        asked.append(visit_id)
        return [a_way_out(8, visit=visit_id), a_way_out(9, visit=visit_id, minutes=12)]

    (alert,) = refresh_risks(DAY, actor=SYSTEM, now=NOW, ways_out=ways_out)
    assert (alert.visit, alert.technician, alert.state, alert.opened_at) == (second, technician, AlertState.OPEN, NOW)
    assert alert.probability > RAISE and (alert.cause, alert.cause_visit_id) == (CauseCode.WORK, first.pk) and alert.cause_minutes > 20
    assert asked == [second.pk]
    (card,) = alerts_for(DISPATCHER)
    assert card.why == f"The job at ulica Lipowa 5 is likely to run {alert.cause_minutes} min long."
    assert [one.technician for one in card.repairs] == [8, 9] and card.percent == round(100 * alert.probability)
    with translation.override("pl"):
        assert alert_for(DISPATCHER, alert.pk).why.endswith(f"Lipowa 5 prawdopodobnie przedłuży się o {alert.cause_minutes} min.")
    forecast = StartForecast.objects.get(visit=second)
    assert NOW < forecast.low < forecast.middle < forecast.high
    assert refresh_risks(DAY, actor=SYSTEM, now=NOW + MINUTE, ways_out=ways_out) == [alert]  # raised once
    refresh_risks(DAY, actor=SYSTEM, now=NOW + STALE, ways_out=ways_out)
    assert asked == [second.pk, second.pk]
    assert StartForecast.objects.get(visit=second).made_at == NOW


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (CauseCode.BEHIND, "The technician is 25 min behind the plan."),
        (CauseCode.DRIVE, "The drive to ulica Lipowa 5 is likely to take 25 min longer than planned."),
        (CauseCode.TIGHT, "The plan leaves no time to spare."),
    ],
)
def test_every_cause_has_its_sentence(code: CauseCode, words: str) -> None:
    technician, first, second = a_tight_day()
    alert = RiskAlert.objects.create(
        visit=second, technician=technician, probability=0.5, expected_at=NOW, cause=code, cause_visit=first, cause_minutes=25,
        opened_at=NOW, seen_at=NOW, repairs_at=NOW, repairs_for=0.5,
    )  # fmt: skip
    assert alert_for(DISPATCHER, alert.pk).why == words


@pytest.mark.django_db
def test_alert_is_refreshed_passes_when_calm_and_does_not_flicker() -> None:
    _, first, second = a_tight_day()
    (alert,) = refresh_risks(DAY, actor=SYSTEM, now=NOW)
    finish(first.pk, actor=SYSTEM, now=NOW + MINUTE)
    move_visit(second.pk, window_from=NOW, window_to=NOW + 8 * HOUR, actor=SYSTEM, now=NOW + MINUTE)
    (calmer,) = refresh_risks(DAY, actor=SYSTEM, now=NOW + 2 * MINUTE)
    assert (calmer.pk, calmer.calm_since, calmer.state) == (alert.pk, NOW + 2 * MINUTE, AlertState.OPEN)
    assert calmer.probability < CLEAR and calmer.cause == CauseCode.WORK
    said = f"The job at ulica Lipowa 5 is likely to run {calmer.cause_minutes} min long."
    assert alert_for(DISPATCHER, alert.pk).why == f"Probably on time again. What had put it in danger: {said}"
    assert refresh_risks(DAY, actor=SYSTEM, now=NOW + 2 * MINUTE + CALM) == []
    alert.refresh_from_db()
    assert (alert.state, alert.closed_at) == (AlertState.PASSED, NOW + 2 * MINUTE + CALM)
    assert alerts_for(DISPATCHER) == []


@pytest.mark.django_db
def test_alert_ends_when_the_customer_is_reached_or_the_visit_is_taken_away() -> None:
    technician, first, second = a_tight_day()
    refresh_risks(DAY, actor=SYSTEM, now=NOW)
    finish(first.pk, actor=SYSTEM, now=NOW)
    arrive(second.pk, actor=SYSTEM, now=NOW + MINUTE)
    assert refresh_risks(DAY, actor=SYSTEM, now=NOW + MINUTE, technician_ids=[technician.pk]) == []
    assert RiskAlert.objects.get().state == AlertState.PASSED
    other = a_technician(NOW)
    _, _, third = a_tight_day(other)
    (alert,) = refresh_risks(DAY, actor=SYSTEM, now=NOW, technician_ids=[other.pk])
    unassign_visit(third.pk, actor=SYSTEM, now=NOW)
    assert refresh_risks(DAY, actor=SYSTEM, now=NOW, technician_ids=[other.pk]) == []
    alert.refresh_from_db()
    assert alert.state == AlertState.PASSED
    assert technician.pk != other.pk


@pytest.mark.django_db
def test_visit_given_to_somebody_who_cannot_keep_it_either_raises_an_alert_of_his_own() -> None:
    _, _, second = a_tight_day()
    (alert,) = refresh_risks(DAY, actor=SYSTEM, now=NOW)
    busy = a_technician(NOW)
    a_tight_day(busy)
    unassign_visit(second.pk, actor=SYSTEM, now=NOW)
    assign_visit(second.pk, busy.pk, actor=SYSTEM, now=NOW, starts_at=NOW + 2 * HOUR)
    his = refresh_risks(DAY, actor=SYSTEM, now=NOW, technician_ids=[busy.pk])
    assert second.pk in {one.visit_id for one in his}
    alert.refresh_from_db()
    assert alert.state == AlertState.PASSED


@pytest.mark.django_db
def test_events_of_the_day_look_again_once_and_those_of_another_day_do_not(settings: object) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    technician, first, second = a_tight_day()
    do_jobs()
    assert [one.visit_id for one in RiskAlert.objects.all()] == [second.pk]
    settings.BLISKO_CLOCK = f"{(NOW + 25 * MINUTE).isoformat()}@{time.time()}*1"
    finish(first.pk, actor=SYSTEM, now=NOW + 25 * MINUTE)
    do_jobs()
    assert RiskAlert.objects.get(visit=second).seen_at >= NOW + 25 * MINUTE
    for _ in range(3):  # as many a changed plan tells of
        ask_look(second.pk, now=NOW)
    assert do_jobs().count(LOOK) == 1
    later = a_visit(NOW, starts_in=30 * HOUR)
    assign_visit(later.pk, technician.pk, actor=SYSTEM, now=NOW, starts_at=later.window_from)
    do_jobs()
    ask_look(later.pk, technician.pk, now=NOW)
    ask_look(a_visit(NOW).pk, now=NOW)  # nobody goes there yet
    assert LOOK not in do_jobs()


@pytest.mark.django_db
def test_ignored_danger_stays_quiet_and_a_taken_one_is_not_escalated() -> None:
    a_tight_day()
    (alert,) = refresh_risks(DAY, actor=SYSTEM, now=NOW)
    ignore_alert(alert.pk, actor=DISPATCHER, now=NOW, why="The customer knows.")
    assert refresh_risks(DAY, actor=SYSTEM, now=NOW) == []
    with pytest.raises(WrongMoment):
        take_alert(alert.pk, actor=DISPATCHER, now=NOW)
    RiskAlert.objects.filter(pk=alert.pk).update(probability=0.2)
    (again,) = refresh_risks(DAY, actor=SYSTEM, now=NOW)
    assert again.pk != alert.pk
    assert take_alert(again.pk, actor=DISPATCHER, now=NOW).taken_by == "user:7"
    assert escalate_alerts(actor=SYSTEM, now=NOW + UNANSWERED) == 0
    assert [one.alert.state for one in alerts_for(DISPATCHER)] == [AlertState.TAKEN]


@pytest.mark.django_db
def test_alert_nobody_answers_is_told_to_more_people_and_comes_first() -> None:
    a_tight_day()
    refresh_risks(DAY, actor=SYSTEM, now=NOW)
    assert escalate_alerts(actor=SYSTEM, now=NOW + UNANSWERED - MINUTE) == 0
    assert neglected_alerts() == []
    assert escalate_alerts(actor=SYSTEM, now=NOW + UNANSWERED) == 1
    [alert] = neglected_alerts()
    assert events_told(RiskEscalated) == [RiskEscalated([alert.pk], NOW + UNANSWERED)]
    assert escalate_alerts(actor=SYSTEM, now=NOW + UNANSWERED) == 0
    a_tight_day(a_technician(NOW))
    refresh_risks(DAY, actor=SYSTEM, now=NOW)
    assert [one.alert.state for one in alerts_for(DISPATCHER)] == [AlertState.ESCALATED, AlertState.OPEN]


@pytest.mark.django_db
def test_one_tap_applies_the_least_painful_repair() -> None:
    _, _, second = a_tight_day(minutes=240)
    free = a_technician(NOW)
    (alert,) = refresh_risks(DAY, actor=SYSTEM, now=NOW)
    best = alert_for(DISPATCHER, alert.pk).repairs[0]
    assert (best.kind, best.visit, best.technician, best.windows_broken) == (RepairKind.MOVE, second.pk, free.pk, 0)
    for index in (-1, len(alert.repairs)):
        with pytest.raises(NoSuchRepair):
            apply_repair(alert.pk, index, actor=DISPATCHER, now=NOW)
    assert apply_repair(alert.pk, 0, actor=DISPATCHER, now=NOW).state == AlertState.APPLIED
    given = assignment_of(second.pk)
    assert given is not None and given.technician == free and given.during.lower <= second.window_to
    with pytest.raises(WrongMoment):
        apply_repair(alert.pk, 0, actor=DISPATCHER, now=NOW)


@pytest.mark.django_db
def test_repair_lets_two_visits_change_places() -> None:
    technician, _, second = a_tight_day(minutes=240)
    other, third = a_technician(NOW), a_visit(NOW, hours=8)
    assign_visit(third.pk, other.pk, actor=SYSTEM, now=NOW)
    swap = a_way_out(other.pk, visit=second.pk, kind=RepairKind.SWAP, other=third.pk)
    alert = next(one for one in refresh_risks(DAY, actor=SYSTEM, now=NOW, ways_out=lambda _: [swap]) if one.visit_id == second.pk)
    apply_repair(alert.pk, 0, actor=DISPATCHER, now=NOW)
    held = [assignment_of(visit.pk) for visit in (second, third)]
    assert [one.technician for one in held if one] == [other, technician]


@pytest.mark.django_db
def test_repair_that_is_no_longer_possible_is_refused_and_the_alert_stays() -> None:
    technician, _, second = a_tight_day(minutes=240)
    unable = a_technician(NOW, skills=())
    given = [a_way_out(unable.pk, visit=second.pk), a_way_out(technician.pk, visit=second.pk)]
    (alert,) = refresh_risks(DAY, actor=SYSTEM, now=NOW, ways_out=lambda _: given)
    with pytest.raises(LacksSkills):
        apply_repair(alert.pk, 0, actor=DISPATCHER, now=NOW)
    apply_repair(alert.pk, 1, actor=DISPATCHER, now=NOW)  # where he is already, at the time that is left
    (again,) = refresh_risks(DAY, actor=SYSTEM, now=NOW, ways_out=lambda _: given)
    with pytest.raises(NoSuchRepair):
        apply_repair(again.pk, 1, actor=DISPATCHER, now=NOW)
    again.refresh_from_db()
    kept = assignment_of(second.pk)
    assert again.state == AlertState.OPEN and kept is not None and kept.technician == technician


@pytest.mark.django_db
def test_stranger_sees_and_moves_no_alert_and_an_unknown_one_is_refused() -> None:
    stranger = an_actor("technician")
    for forbidden in (
        lambda: refresh_risks(DAY, actor=stranger, now=NOW),
        lambda: take_alert(1, actor=stranger, now=NOW),
        lambda: escalate_alerts(actor=stranger, now=NOW),
        lambda: alerts_for(stranger),
        lambda: alert_for(stranger, 1),
    ):
        with pytest.raises(Forbidden):
            forbidden()
    for unknown in (lambda: take_alert(0, actor=DISPATCHER, now=NOW), lambda: alert_for(DISPATCHER, 0)):
        with pytest.raises(NoSuchAlert):
            unknown()


@pytest.mark.django_db
def test_day_is_looked_at_again_because_time_goes_by(settings: object) -> None:
    a_tight_day()
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    jobs.look_at_the_day.func(0)
    assert RiskAlert.objects.count() == 1
