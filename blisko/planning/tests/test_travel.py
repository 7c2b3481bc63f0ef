"""Ways are asked once, kept, forgotten in time, learned from, and told for what they are (F6, F2)."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.utils import translation

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.customers.tests.make import a_site
from blisko.field.models import Technician
from blisko.field.tests.make import a_technician
from blisko.kit.tests.at_once import AtOnce
from blisko.planning import queries
from blisko.planning.adapters.learned import LearnedTimes
from blisko.planning.adapters.pretend import pretending
from blisko.planning.jobs import learn_from_trips
from blisko.planning.models import Pace, PlanVersion, RoadSource, TravelTime
from blisko.planning.queries.problems import day_at, draft_of
from blisko.planning.queries.roads import forget_ways, paces_learned
from blisko.planning.queries.trips import trips_between
from blisko.planning.rules.hours import Hours
from blisko.planning.rules.runs import Why
from blisko.planning.rules.speeds import band_of, prior_paces
from blisko.planning.rules.ways import Point, Trouble, crow_leg, crow_travel
from blisko.planning.services import (
    assign_visit,
    commit_plan,
    forget_travel,
    keep_travel,
    learn_speeds,
    repair_day,
    start_plan_run,
    work_plan_run,
)
from blisko.planning.tests import counted
from blisko.planning.tests.counted import ASKED, Asked
from blisko.planning.tests.make import a_plan, a_visit_at, a_worker
from blisko.visits.models import Visit
from blisko.visits.services import arrive, finish, set_out
from blisko.visits.tests.make import a_visit

NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # noon in Warsaw
HOUR = timedelta(hours=1)
VADUZ, BALZERS = Point(47.1410, 9.5209), Point(47.0660, 9.5020)
TOWN = [Point(47.1 + step / 500, 9.5 + step / 900) for step in range(6)]
NORTH = Point(64.1, 9.5)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    forget_ways()
    yield
    forget_ways()


@pytest.fixture
def asked(settings) -> Asked:
    settings.BLISKO_PLUGS = {
        **settings.BLISKO_PLUGS,
        "planning.roads": "blisko.planning.tests.counted.CountedRoads",
        "planning.travel_times": "blisko.planning.adapters.learned.AsSaid",
    }
    vars(ASKED).update(vars(Asked()))
    return counted.ASKED


def test_what_was_asked_is_not_asked_again_in_this_process_nor_in_the_next(asked: Asked) -> None:
    first = keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    assert asked.tables == [(6, 6)]
    for forget in (lambda: None, forget_ways):
        forget()
        again = queries.travel_between(TOWN, TOWN, at=NOW + HOUR)
        assert (again.seconds == first.seconds).all() and (again.metres == first.metres).all() and not again.by_estimate
    assert asked.tables == [(6, 6)]
    assert TravelTime.objects.count() == 30


def test_new_visit_adds_one_row_and_one_column_and_nothing_else_is_asked(asked: Asked) -> None:
    keep_travel(TOWN[:5], TOWN[:5], at=NOW, now=NOW)
    forget_ways()
    whole = keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    assert asked.tables[1:] == [(1, 5), (5, 1)]
    assert (whole.seconds == crow_travel(TOWN, TOWN).seconds).all()
    assert TravelTime.objects.count() == 30


def test_table_from_the_database_is_one_statement_however_large(asked: Asked, django_assert_num_queries) -> None:
    keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    forget_ways()
    with django_assert_num_queries(2):  # which source, and its ways
        queries.travel_between(TOWN, TOWN, at=NOW)
    with django_assert_num_queries(0):
        queries.travel_between(TOWN, TOWN, at=NOW)


def test_each_hours_of_the_day_are_asked_for_themselves_at_their_middle(asked: Asked) -> None:
    for at in (NOW, NOW + HOUR, NOW + 4 * HOUR, NOW + 24 * HOUR):
        keep_travel(TOWN, TOWN, at=at, now=NOW)
    assert [at.strftime("%H:%M") for at in asked.times] == ["12:00", "16:00"]


def test_new_version_of_the_roads_is_asked_anew(asked: Asked) -> None:
    keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    asked.version = "2"
    keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    assert asked.tables == [(6, 6), (6, 6)]
    assert RoadSource.objects.count() == 2


def test_where_the_roads_know_no_way_the_estimate_is_kept_and_stays_marked(asked: Asked) -> None:
    keep_travel([*TOWN, NORTH], TOWN, at=NOW, now=NOW)
    forget_ways()
    table = queries.travel_between([*TOWN, NORTH], TOWN, at=NOW)
    assert table.estimated.sum(axis=1).tolist() == [0] * 6 + [6]
    assert asked.tables == [(7, 6)]


def test_estimates_that_stand_in_for_roads_that_are_away_are_told_and_not_kept(asked: Asked) -> None:
    keep_travel(TOWN[:3], TOWN[:3], at=NOW, now=NOW)
    asked.trouble = Trouble.AWAY
    table = keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    assert table.trouble is Trouble.AWAY
    assert not table.estimated[:3, :3].any() and table.estimated[3:].sum() == 3 * 6
    asked.trouble = Trouble.NONE
    table = keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    assert not table.trouble and not table.by_estimate
    assert TravelTime.objects.count() == 30


def test_two_that_keep_at_once_do_not_wait_for_each_other(asked: Asked, at_once: AtOnce) -> None:
    said = at_once(*[lambda: (forget_ways(), keep_travel(TOWN, TOWN, at=NOW, now=NOW))[1]] * 2)
    assert all((one.seconds == crow_travel(TOWN, TOWN).seconds).all() for one in said)
    assert TravelTime.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_whoever_finds_another_writing_goes_on_without(asked: Asked) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [0x626C69736B6F7761])
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    try:
        assert (keep_travel(TOWN, TOWN, at=NOW, now=NOW).seconds == crow_travel(TOWN, TOWN).seconds).all()
    finally:
        done.set()
        holder.join()
    assert TravelTime.objects.count() == 0


def test_old_ways_are_forgotten_and_no_more_are_kept_than_may_be(asked: Asked, settings) -> None:
    keep_travel(TOWN[:3], TOWN[:3], at=NOW, now=NOW - timedelta(days=70))
    keep_travel(TOWN[3:], TOWN[3:], at=NOW, now=NOW - timedelta(days=2))
    keep_travel(TOWN[1:4], TOWN[1:4], at=NOW, now=NOW)
    assert TravelTime.objects.count() == 16
    assert forget_travel(NOW - timedelta(days=60)) == 6
    settings.BLISKO_TRAVEL_ROWS = 4
    assert forget_travel(NOW - timedelta(days=60)) == 6
    assert set(TravelTime.objects.values_list("at", flat=True)) == {NOW}
    assert forget_travel(NOW + HOUR) == 4
    assert not RoadSource.objects.exists()


def test_without_region_and_network_everything_is_estimated_and_says_so(settings, tmp_path) -> None:
    settings.BLISKO_HOME = tmp_path
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "planning.roads": "blisko.planning.adapters.regions.RegionRoads"}
    leg = queries.way(VADUZ, BALZERS, at=NOW)
    assert leg.estimated and leg.seconds == pytest.approx(crow_leg(VADUZ, BALZERS).seconds, abs=0.51)
    table = keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    assert table.estimated.all() and (table.seconds == crow_travel(TOWN, TOWN).seconds).all()
    assert not TravelTime.objects.exists(), "an estimate of our own is computed, not kept"
    said = queries.roads_in_words(an_actor("dispatcher"), now=NOW)
    assert said.seen.estimated and said.days is None
    assert said.words == "Ways are our own estimates: straight lines with a usual detour, no real roads."


def test_server_that_is_away_breaks_no_plan_and_is_told_in_words(settings) -> None:
    with pretending() as server:
        url = server.url
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "planning.roads": "blisko.planning.adapters.valhalla.ValhallaServer"}
    settings.BLISKO_PLUG_OPTIONS = {**settings.BLISKO_PLUG_OPTIONS, "planning.roads": {"url": url}}
    assert queries.way(VADUZ, BALZERS, at=NOW).trouble is Trouble.AWAY
    table = keep_travel(TOWN, TOWN, at=NOW, now=NOW)
    assert table.trouble is Trouble.AWAY and table.estimated.all()
    assert not TravelTime.objects.exists()
    with translation.override("pl"):
        words = queries.roads_in_words(SYSTEM, now=NOW).words
    assert words == f"Dojazdy podaje serwer tras {url}. Chwilowo nie odpowiada; zanim wróci, nowe dojazdy są szacowane."


def test_dispatcher_reads_whose_roads_they_are_and_how_old_and_a_stranger_does_not(settings) -> None:
    with pretending() as server:
        settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "planning.roads": "blisko.planning.adapters.valhalla.ValhallaServer"}
        settings.BLISKO_PLUG_OPTIONS = {**settings.BLISKO_PLUG_OPTIONS, "planning.roads": {"url": server.url}}
        server.made = int((NOW - timedelta(days=9, hours=2)).timestamp())
        said = queries.roads_in_words(an_actor("dispatcher"), now=NOW)
        assert (said.days, said.words) == (9, f"Ways come from the road server {server.url}. Its map is 9 days old.")
        with pytest.raises(Forbidden):
            queries.roads_in_words(an_actor("agent"), now=NOW)


def test_operator_sets_the_hours_only_where_the_roads_do_not_know_them(asked: Asked, settings) -> None:
    settings.BLISKO_ROAD_FACTORS = {"morning": 1.5}
    morning = NOW - 4 * HOUR
    usual, slow = queries.way(VADUZ, BALZERS, at=NOW), queries.way(VADUZ, BALZERS, at=morning)
    assert slow.seconds == pytest.approx(1.5 * usual.seconds, abs=1)
    one, other = queries.travel_between(TOWN, TOWN, at=NOW), queries.travel_between(TOWN, TOWN, at=morning)
    assert other.seconds == pytest.approx(1.5 * one.seconds, abs=1)
    asked.hourly = True
    assert queries.way(VADUZ, BALZERS, at=morning).seconds == usual.seconds


@pytest.mark.parametrize("trouble", [Trouble.NONE, Trouble.AWAY])
def test_plan_says_for_ever_whether_its_ways_were_only_estimated(asked: Asked, trouble: Trouble) -> None:
    asked.trouble = trouble
    early = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    one, other = a_worker(early), a_worker(early, north=0.3)
    visit = a_visit_at(early)
    draft = draft_of(day_at(early), "", now=early)
    assert draft.estimated is bool(trouble)
    version = commit_plan(draft, a_plan(draft), why=Why.NIGHTLY, actor=SYSTEM, now=early)
    assert version is not None and version.estimated is bool(trouble)
    assign_visit(visit.pk, other.pk, actor=SYSTEM, now=early, starts_at=visit.window_from)
    by_hand = PlanVersion.objects.latest("pk")
    assert by_hand != version and by_hand.estimated is bool(trouble)
    assert one != other


def test_run_and_repair_write_down_the_ways_they_had_to_ask_for(asked: Asked) -> None:
    early = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    a_worker(early)
    for north in (0.0, 0.01):
        a_visit_at(early, north=north)
    work_plan_run(start_plan_run(day_at(early), seconds=1, actor=SYSTEM, now=early, queued=False).pk, now=early)
    known = TravelTime.objects.count()
    a_visit_at(early, north=0.02)
    repair_day(day_at(early), "", now=early)
    assert 0 < known < TravelTime.objects.count()


def drive(technician: Technician, place: Point, *, set_out_at: datetime, minutes: float) -> Visit:
    """Let the technician set out for a visit and arrive after so many minutes."""
    visit = a_visit(NOW, a_site(NOW, lat=place.lat, lon=place.lon), starts_in=set_out_at - NOW, hours=12)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW, starts_at=set_out_at)
    set_out(visit.pk, actor=SYSTEM, now=set_out_at)
    arrive(visit.pk, actor=SYSTEM, now=set_out_at + timedelta(minutes=minutes))
    finish(visit.pk, actor=SYSTEM, now=set_out_at + timedelta(minutes=minutes + 10))
    return visit


def test_trip_is_from_a_visit_to_the_next_of_the_same_technician(asked: Asked) -> None:
    one, other = a_technician(NOW), a_technician(NOW)
    drive(one, VADUZ, set_out_at=NOW, minutes=5)
    drive(one, BALZERS, set_out_at=NOW + HOUR, minutes=24)
    drive(other, VADUZ, set_out_at=NOW + 2 * HOUR, minutes=5)
    drive(one, VADUZ, set_out_at=NOW + 5 * HOUR, minutes=20)  # after a pause of which nobody knows where he was
    [trip] = trips_between(NOW - HOUR, NOW + 9 * HOUR)
    leg = crow_leg(VADUZ, BALZERS)
    assert (trip.real, trip.hours, trip.estimated) == (24 * 60, Hours.MIDDAY, False)
    assert (trip.expected, trip.metres) == (pytest.approx(leg.seconds), pytest.approx(leg.metres))
    assert trips_between(NOW + 2 * HOUR, NOW + 9 * HOUR) == []


def test_speeds_are_learned_from_trips_and_change_what_is_shown(asked: Asked, settings) -> None:
    technician = a_technician(NOW)
    for turn in range(4):
        drive(technician, (VADUZ, BALZERS)[turn % 2], set_out_at=NOW + turn * HOUR, minutes=30)
    assert learn_speeds(now=NOW + 9 * HOUR) == 3
    pace = Pace.objects.get(estimated=False, hours=Hours.MIDDAY, band=band_of(crow_leg(VADUZ, BALZERS).metres))
    assert pace.trips == 1 and 1.0 < pace.median < 30 * 60 / crow_leg(VADUZ, BALZERS).seconds
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "planning.travel_times": "blisko.planning.adapters.learned.LearnedTimes"}
    leg = queries.way(VADUZ, BALZERS, at=NOW)
    assert leg.seconds == pytest.approx(crow_leg(VADUZ, BALZERS).seconds * pace.median, rel=0.01)
    table, spread = queries.ranges_between([VADUZ, BALZERS], [BALZERS], at=NOW)
    assert table.seconds.tolist() == [[round(leg.seconds)], [0]]
    assert (spread.low[0, 0], spread.high[0, 0]) == pytest.approx((leg.low, leg.high))
    assert Pace.objects.filter(estimated=True, median=1.0).count() == 25


def test_without_trips_nothing_is_learned_and_what_was_is_forgotten(asked: Asked) -> None:
    Pace.objects.create(estimated=False, hours=0, band=0, low=1, median=2, high=3, trips=9, at=NOW)
    assert paces_learned()[0, 0, 0].tolist() == [1, 2, 3]
    learn_from_trips(timestamp=0)
    assert not Pace.objects.exists()
    assert (paces_learned() == prior_paces()).all()


def test_what_was_learned_is_looked_up_now_and_then_not_each_time(django_assert_num_queries) -> None:
    times, travel = LearnedTimes(), crow_travel(TOWN, TOWN)
    with django_assert_num_queries(1):
        for _ in range(3):
            spread = times.spread(travel, TOWN, TOWN, at=NOW)
    assert (spread.median == travel.seconds).all() and np.all(spread.low <= spread.high)
