"""The house learns from its own visits how long work and drives take, and shows what it learned from (F9)."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.tests.make import an_actor
from blisko.customers.tests.make import a_site
from blisko.field.models import Technician
from blisko.field.tests.make import a_technician
from blisko.planning import jobs, queries
from blisko.planning.models import DurationFit, RiskAlert, StartForecast
from blisko.planning.queries.durations import done_drives, done_jobs, worked_between
from blisko.planning.queries.problems import draft_of, world_of
from blisko.planning.rules.durations import unknown_durations
from blisko.planning.rules.traffic import unknown_traffic
from blisko.planning.rules.world import technician_of
from blisko.planning.services import assign_visit, learn_durations, refresh_risks
from blisko.planning.tests.make import a_plan
from blisko.visits.models import Visit
from blisko.visits.services import arrive, finish, set_out
from blisko.visits.tests.make import a_job_type, a_visit

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DISPATCHER = an_actor("dispatcher")
pytestmark = pytest.mark.django_db


def a_done_visit(technician: Technician, at: datetime, *, minutes: float, drive: float = 10, lat: float = 52.0) -> Visit:
    """A visit that was reached at `at` after a drive of so many minutes."""
    visit = a_visit(at - HOUR, a_site(at, lat=lat), starts_in=HOUR / 2, hours=1)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=at - HOUR, starts_at=at)
    set_out(visit.pk, actor=SYSTEM, now=at - drive * MINUTE)
    arrive(visit.pk, actor=SYSTEM, now=at)
    finish(visit.pk, actor=SYSTEM, now=at + minutes * MINUTE)
    return visit


def test_visits_of_the_past_weeks_become_the_table_that_planning_counts_with() -> None:
    technician = a_technician(NOW)
    for day in range(1, 16):
        for hour in (0, 2):
            a_done_visit(technician, NOW - day * DAY + hour * HOUR, minutes=80 + day % 3, drive=25, lat=52.0 + hour / 50)
    a_done_visit(technician, NOW - 16 * DAY, minutes=1200)
    a_done_visit(technician, NOW - 200 * DAY, minutes=20)
    before = queries.duration_of(a_job_type().pk, technician.pk, street="ulica Lipowa 5", planned=60)
    assert (before.median, before.visits) == (60, 0)
    fit = learn_durations(actor=SYSTEM, now=NOW)
    assert (fit.visits, fit.mistaken, fit.legs) == (30, 1, 0)  # 15 drives between visits are too few to learn from
    after = queries.duration_of(a_job_type().pk, technician.pk, street="ulica Lipowa 5", planned=60)
    assert 76 < after.median < 83 and after.visits == after.own == 30 and after.spread < before.spread
    (shown,) = queries.duration_evidence(DISPATCHER)
    assert (shown.code, shown.planned, shown.visits) == ("fibre-repair", 60, 30)
    assert 70 < shown.quick < shown.middle < shown.long < 130
    with pytest.raises(Forbidden):
        queries.duration_evidence(an_actor("technician"))
    with pytest.raises(Forbidden):
        learn_durations(actor=an_actor("agent"), now=NOW)


def test_plan_counts_with_what_was_learned_unless_a_person_said_otherwise(django_assert_max_num_queries) -> None:
    quick, slow = a_technician(NOW), a_technician(NOW)
    usual, longer = a_visit(NOW, starts_in=HOUR), a_visit(NOW, a_site(NOW, lat=52.02), starts_in=3 * HOUR)
    Visit.objects.filter(pk=longer.pk).update(minutes=150)

    def planned() -> dict[str, tuple[int, dict[int, int]]]:
        problem = draft_of(NOW.date(), "", now=NOW).problem
        return {
            visit.key: (visit.seconds // 60, {technician_of(key): taken // 60 for key, taken in visit.seconds_by.items()})
            for visit in problem.visits
        }

    assert planned() == {str(usual.pk): (60, {}), str(longer.pk): (150, {})}
    for day in range(1, 16):
        a_done_visit(quick, NOW - day * DAY, minutes=40 + day % 3)
        a_done_visit(slow, NOW - day * DAY, minutes=80 + day % 3)
    learn_durations(actor=SYSTEM, now=NOW)
    found = planned()
    minutes, by = found[str(usual.pk)]
    assert by[quick.pk] < 50 < minutes < 70 < by[slow.pk]
    assert found[str(longer.pk)] == (150, {})
    plan = a_plan(draft_of(NOW.date(), "", now=NOW))
    taken = {stop.key: (stop.ends - stop.starts) // 60 for route in plan.routes for stop in route.stops}
    assert taken[str(usual.pk)] in by.values()
    with CaptureQueriesContext(connection) as few:
        world_of(NOW.date(), "")
    for _ in range(4):
        a_visit(NOW, starts_in=HOUR)
    with django_assert_max_num_queries(len(few)):
        world_of(NOW.date(), "")


def test_finish_tapped_at_the_next_door_counts_until_the_technician_left() -> None:
    technician = a_technician(NOW)
    first = a_done_visit(technician, NOW - DAY, minutes=45)
    a_done_visit(technician, NOW - DAY + HOUR, minutes=30, lat=52.02)
    Visit.objects.filter(pk=first.pk).update(ended_at=NOW - DAY + 5 * HOUR)
    worked = worked_between(NOW - 2 * DAY, NOW)
    assert [round(job.minutes) for job in done_jobs(worked)] == [50, 30]


def test_drives_between_two_visits_of_a_day_are_compared_with_what_the_roads_promise() -> None:
    technician, other = a_technician(NOW), a_technician(NOW)
    a_done_visit(technician, NOW - DAY, minutes=30)
    a_done_visit(technician, NOW - DAY + HOUR, minutes=30, drive=12, lat=52.02)
    a_done_visit(other, NOW - DAY + 4 * HOUR, minutes=30)
    a_done_visit(other, NOW - 12 * HOUR, minutes=30, drive=15, lat=52.05)
    nowhere = a_done_visit(other, NOW - 10 * HOUR, minutes=30)
    nowhere.order.site.lat = nowhere.order.site.lon = None
    nowhere.order.site.save()
    drives = done_drives(worked_between(NOW - 2 * DAY, NOW))
    assert [round(drive.seconds / 60) for drive in drives] == [12, 15]
    assert all(100 < drive.promised < 1200 for drive in drives)


def test_forecast_of_the_morning_is_compared_with_what_came() -> None:
    technician = a_technician(NOW)
    visit = a_visit(NOW, starts_in=HOUR)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    refresh_risks(NOW.date(), actor=SYSTEM, now=NOW)
    assert queries.forecast_record(DISPATCHER, now=NOW).forecasts == 0
    arrive(visit.pk, actor=SYSTEM, now=NOW + HOUR)
    record = queries.forecast_record(DISPATCHER, now=NOW + 2 * HOUR)
    assert (record.forecasts, record.held, record.stretch) == (1, 1.0, 1.0)


def test_window_is_narrowed_to_what_will_hold_with_its_evidence() -> None:
    technician = a_technician(NOW)
    first, second = a_visit(NOW, starts_in=HOUR, hours=1), a_visit(NOW, a_site(NOW, lat=52.02), starts_in=HOUR, hours=8)
    for visit in (first, second):
        assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW)
    found = queries.narrow_window(DISPATCHER, second.pk, now=NOW)
    assert found is not None and found.promise.holds >= 0.9
    assert second.window_from <= found.starts_at < found.ends_at < second.window_to
    assert found.starts_at.minute % 30 == found.ends_at.minute % 30 == 0
    assert (found.visits, found.record.forecasts) == (0, 0)
    assert queries.narrow_window(DISPATCHER, a_visit(NOW).pk, now=NOW) is None  # nobody goes there yet
    arrive(second.pk, actor=SYSTEM, now=NOW)
    assert queries.narrow_window(DISPATCHER, second.pk, now=NOW) is None
    with pytest.raises(Forbidden):
        queries.narrow_window(an_actor("agent"), second.pk, now=NOW)


def test_slow_morning_of_one_technician_makes_his_next_arrivals_later() -> None:
    learned = DurationFit.objects.create(
        at=NOW - DAY, days=1, visits=0, mistaken=0, legs=0, durations=unknown_durations().as_json(), traffic=unknown_traffic().as_json()
    )
    expected = []
    for drive in (5, 25):
        technician = a_technician(NOW)
        a_done_visit(technician, NOW - 3 * HOUR, minutes=30)
        a_done_visit(technician, NOW - 2 * HOUR, minutes=30, drive=drive, lat=52.02)
        ahead = a_visit(NOW, a_site(NOW, lat=52.2), starts_in=HOUR / 2, hours=8)
        assign_visit(ahead.pk, technician.pk, actor=SYSTEM, now=NOW)
        outlook = queries.day_ahead(SYSTEM, NOW.date(), now=NOW, technician_ids=[technician.pk]).outlook_of(ahead.pk)
        assert outlook is not None
        expected.append(outlook.late)
    assert expected[1] > expected[0] + 60
    assert learned.pk


def test_table_is_fitted_every_night_and_old_ones_are_forgotten(settings: object) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    jobs.learn_from_the_past.func(0)
    jobs.learn_from_the_past.func(0)
    visit = a_visit(NOW)
    StartForecast.objects.create(visit=visit, made_at=NOW, low=NOW, middle=NOW, high=NOW)
    moments = dict.fromkeys(("expected_at", "opened_at", "seen_at", "closed_at", "repairs_at"), NOW)
    RiskAlert.objects.create(visit=visit, technician=a_technician(NOW), probability=1, repairs_for=1, cause="tight", **moments)
    run_retention(now=NOW + 400 * DAY)
    assert DurationFit.objects.count() == 1  # the newest stays, however old
    assert not StartForecast.objects.exists()
    assert not RiskAlert.objects.exists()
