"""Labels that stand ready are never older than the database: whatever they rest on is seen by the next question (O5)."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from random import Random
from re import findall

import psycopg
import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from blisko.access.rules import SYSTEM
from blisko.customers.errors import NoSuchSite
from blisko.customers.models import Site
from blisko.customers.tests.make import a_site
from blisko.field.models import BreakRule, Depot, Home, Shift, Team, Technician, TechnicianSkill, Zone
from blisko.field.queries import crew_mark, days_mark, shifts_mark
from blisko.field.services import add_shift, set_van
from blisko.kit.errors import Refusal
from blisko.planning.handlers import free_moved_slot, offer_what_a_change_leaves
from blisko.planning.models import PlanningRules
from blisko.planning.queries import offer_new_slots
from blisko.planning.queries.problems import day_at
from blisko.planning.queries.slots import Slot
from blisko.planning.queries.standing import Standing, forget_standing, marks_now, standing_days
from blisko.planning.rules.presets import PRESETS, Preset
from blisko.planning.rules.whatif import Board
from blisko.planning.services import assign_visit, learn_durations, unassign_visit
from blisko.planning.tests.make import HOUR, LAT, LON, a_visit_at, a_worker
from blisko.visits.errors import NoSuchJobType
from blisko.visits.events import VisitChanged, VisitMoved
from blisko.visits.models import JobType
from blisko.visits.queries import job_types_mark
from blisko.visits.services import change_visit, move_visit
from blisko.visits.tests.make import a_job_type

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # six in the morning
DAY = day_at(NOW)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    forget_standing()
    yield
    forget_standing()


def asked(site: Site) -> list[Slot]:
    return offer_new_slots(SYSTEM, site.pk, "fibre-repair", [DAY, DAY + timedelta(days=1)], now=NOW)


def hours(slots: list[Slot]) -> list[int]:
    return sorted(round((slot.starts - NOW) / HOUR) for slot in slots)


def standing() -> Standing:
    marks, _ = marks_now([DAY])
    return standing_days(marks, now=NOW)[0]


def board() -> Board:
    """The plan as labels were made from it, around the first technician."""
    return next(iter(standing().boards.values()))


def teach(one: Technician) -> None:
    TechnicianSkill.objects.filter(technician=one).update(level=2)


def forget(one: Technician) -> None:
    TechnicianSkill.objects.filter(technician=one).delete()


def keep_home(one: Technician) -> None:
    one.zones.add(Zone.objects.create(code="far", name="Far", postcodes=["99"]))


def dismiss(one: Technician) -> None:
    Technician.objects.filter(pk=one.pk).update(active=False)


def rest(one: Technician) -> None:
    BreakRule.objects.create(earliest=time(8), latest=time(8), minutes=90)


def lengthen(one: Technician) -> None:
    JobType.objects.update(minutes=150)


def ask_for_two(one: Technician) -> None:
    JobType.objects.update(crew_size=2)


def ask_for_a_tool(one: Technician) -> None:
    JobType.objects.update(tools=["ladder"])


def shorten(one: Technician) -> None:
    Shift.objects.update(ends_at=NOW + 2.5 * HOUR)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [forget, keep_home, dismiss, rest, lengthen, ask_for_two, ask_for_a_tool, shorten])
def test_change_that_leaves_nobody_is_seen_by_the_next_question(change: Callable[[Technician], None]) -> None:
    worker, site = a_worker(NOW, hours=4), a_site(NOW, lat=LAT, lon=LON)
    Site.objects.update(postcode="00-950")
    Zone.objects.create(code="here", name="Here", postcodes=["00"])
    a_job_type()
    assert hours(asked(site)) == [2]
    change(worker)
    assert asked(site) == []


@pytest.mark.django_db
def test_every_table_whose_mark_is_asked_for_notes_its_changes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname LIKE 'kit\\_change\\_%' GROUP BY 1")
        noted = dict(cursor.fetchall())
    marks = (shifts_mark(), days_mark(), crew_mark(), job_types_mark())
    tables = {table for mark in marks for table in findall(r"'(\w+)'", mark.sql)}
    assert noted == dict.fromkeys(tables, 4)
    assert len(tables) == 16


@pytest.mark.django_db
def test_level_learned_and_zone_drawn_anew_are_seen_by_the_next_question() -> None:
    worker, site = a_worker(NOW, hours=4), a_site(NOW, lat=LAT, lon=LON)
    a_job_type()
    Site.objects.update(postcode="00-950")
    JobType.objects.update(levels={"fibre": 2})
    assert asked(site) == []
    teach(worker)
    assert hours(asked(site)) == [2]
    zone = Zone.objects.create(code="south", name="South", postcodes=["1"])
    north = Zone.objects.create(code="north", name="North", postcodes=["00"])
    worker.zones.add(zone)
    assert asked(site) == []
    north.delete()
    assert hours(asked(site)) == [2]


@pytest.mark.django_db
def test_van_that_is_loaded_emptied_or_changed_is_seen_by_the_next_question() -> None:
    worker, site = a_worker(NOW, hours=4), a_site(NOW, lat=LAT, lon=LON)
    a_job_type()
    JobType.objects.update(kit=[{"part": "ont", "count": 2}], tools=["ladder"])
    van = set_van("LB 1", actor=SYSTEM, now=NOW, tools=["ladder"], parts={"ont": 2})
    assert asked(site) == []
    Technician.objects.filter(pk=worker.pk).update(van=van)
    assert hours(asked(site)) == [2]
    set_van("LB 1", actor=SYSTEM, now=NOW, tools=["ladder"], parts={"ont": 1})
    assert asked(site) == []
    set_van("LB 1", actor=SYSTEM, now=NOW, tools=["ladder"], parts={"ont": 3})
    assert hours(asked(site)) == [2]
    set_van("LB 1", actor=SYSTEM, now=NOW, parts={"ont": 3})
    assert asked(site) == []


@pytest.mark.django_db
def test_place_that_moves_is_seen_by_the_next_question() -> None:
    worker, site = a_worker(NOW, hours=4), a_site(NOW, lat=LAT, lon=LON)
    a_job_type()
    assert asked(site)[0].detour == timedelta(0)
    Site.objects.update(lat=LAT + 0.02)
    away = asked(site)[0].detour
    assert away > timedelta(0)
    Home.objects.update(lat=LAT + 0.02)
    assert asked(site)[0].detour == timedelta(0)
    depot = Depot.objects.create(code="d", name="D", lat=LAT, lon=LON, opens_at=time(0), closes_at=time(0))
    Technician.objects.filter(pk=worker.pk).update(start_depot=depot, end_depot=depot)
    assert asked(site)[0].detour == away
    Depot.objects.update(lat=LAT + 0.02)
    assert asked(site)[0].detour == timedelta(0)


@pytest.mark.django_db
def test_labels_are_made_anew_for_other_rules_other_durations_and_another_overtime() -> None:
    team = Team.objects.create(code="t", name="T")
    a_worker(NOW, hours=4)
    Technician.objects.update(team=team)
    a_job_type()
    first = board()
    PlanningRules.objects.create(pk=1, preset=Preset.PROMISES)
    ruled = board()
    assert (first.problem.weights, ruled.problem.weights) == (PRESETS[Preset.BALANCED], PRESETS[Preset.PROMISES])
    Team.objects.update(overtime_minutes=45)
    longer = board()
    assert [shift.overtime for shift in longer.problem.shifts] == [45 * 60]
    learn_durations(actor=SYSTEM, now=NOW)
    assert board() is not longer


@pytest.mark.django_db
def test_labels_stand_where_what_changed_is_no_part_of_them(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    worker, site = a_worker(NOW, hours=4), a_site(NOW, lat=LAT, lon=LON)
    a_job_type()
    asked(site)
    before = standing()
    Technician.objects.update(phone="+48 602 300 401")
    TechnicianSkill.objects.update(level=3)
    JobType.objects.update(checklist=[{"en": "Measure"}])
    add_shift(worker.pk, starts_at=NOW + 24 * HOUR, ends_at=NOW + 32 * HOUR, actor=SYSTEM, now=NOW)
    assert len(hours(asked(site))) == 4
    assert standing() is before
    with django_assert_num_queries(1):  # all marks and the place in one round trip
        asked(site)


@pytest.mark.django_db
def test_which_other_windows_suit_a_customer_is_seen_by_the_next_question() -> None:
    worker, site = a_worker(NOW, hours=4), a_site(NOW, lat=LAT, lon=LON)
    visit = a_visit_at(NOW, starts=2, hours=0.9)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW, starts_at=NOW + 2.5 * HOUR)
    assert asked(site) == []  # he waits for half past eight, and nobody may come to him after six to nine
    change_visit(visit.pk, actor=SYSTEM, now=NOW, other_windows=[(NOW + 3 * HOUR, NOW + 4 * HOUR)])
    offer_what_a_change_leaves(VisitChanged(visit_id=visit.pk, at=NOW))
    assert hours(asked(site)) == [2]


@pytest.mark.django_db
def test_question_about_what_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchJobType):
        offer_new_slots(SYSTEM, 1, "nothing", [DAY], now=NOW)
    a_job_type()
    with pytest.raises(NoSuchSite):
        offer_new_slots(SYSTEM, 0, "fibre-repair", [DAY], now=NOW)
    JobType.objects.update(active=False)
    with pytest.raises(NoSuchJobType):
        offer_new_slots(SYSTEM, 0, "fibre-repair", [DAY], now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "words",
    [
        "DELETE FROM field_technician_skills",
        "UPDATE field_technician SET active = false",
        "UPDATE field_shift SET ends_at = starts_at + interval '150 minutes'",
        "UPDATE field_vanstock SET count = 0",
        "UPDATE visits_jobtype SET minutes = 150",
        "UPDATE field_part SET code = 'another'",
        "INSERT INTO field_breakrule (earliest, latest, minutes) VALUES ('08:00', '08:00', 90)",
    ],
)
def test_what_another_process_changes_is_seen_by_the_next_question(words: str) -> None:
    van = set_van("LB 1", actor=SYSTEM, now=NOW, parts={"ont": 1})
    worker, site = a_worker(NOW, hours=4), a_site(NOW, lat=LAT, lon=LON)
    Technician.objects.filter(pk=worker.pk).update(van=van)
    a_job_type()
    JobType.objects.update(kit=[{"part": "ont"}])
    assert hours(asked(site)) == [2]
    with psycopg.connect(**connection.get_connection_params()) as another:
        another.execute(words)
        assert hours(asked(site)) == [2]  # nothing has happened before it is committed
        another.commit()
        assert asked(site) == []


@pytest.mark.django_db
def test_labels_mended_after_a_change_are_those_made_from_nothing() -> None:
    """Whatever changes in a day's plan, mending the labels of those it concerns answers what making all of them anew answers."""
    dice = Random(5)
    crew = [a_worker(NOW, north=dice.uniform(-0.1, 0.1)) for _ in range(6)]
    site = a_site(NOW, lat=LAT, lon=LON)
    visits = [a_visit_at(NOW, north=dice.uniform(-0.1, 0.1), starts=dice.randrange(1, 7), hours=3) for _ in range(14)]
    asked(site)
    mended = 0
    for _ in range(40):
        visit = dice.choice(visits)
        before = standing()
        with suppress(Refusal):
            if dice.random() < 0.6:
                assign_visit(visit.pk, dice.choice(crew).pk, actor=SYSTEM, now=NOW)
            elif dice.random() < 0.5:
                unassign_visit(visit.pk, actor=SYSTEM, now=NOW)
            else:
                move_visit(visit.pk, window_from=NOW + HOUR, window_to=NOW + 8 * HOUR, actor=SYSTEM, now=NOW)
                free_moved_slot(VisitMoved(visit.pk, NOW, NOW, NOW))
        quick = [(one.starts, one.detour, one.technician_id) for one in asked(site)]
        after = standing()
        mended += after is not before and any(after.boards[who] is board for who, board in before.boards.items())
        forget_standing()
        assert quick == [(one.starts, one.detour, one.technician_id) for one in asked(site)]
    assert mended > 15
