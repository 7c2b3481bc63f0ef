"""The planned day keeps its promises, and is the same for everybody who asks for it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from blisko.simulator.rules import jobs
from blisko.simulator.rules.city import City
from blisko.simulator.rules.day import Day, plan_day
from blisko.simulator.rules.driving import place_after
from blisko.simulator.rules.people import a_person, mobile, people, plain
from blisko.simulator.rules.phones import Dialect, Kind, Phone, tunnels
from blisko.simulator.rules.stars import DRIVE, STARS, far_enough, star_home
from blisko.simulator.rules.streets import Streets

BEGINS = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=8)


@pytest.fixture(scope="session")
def day(city: City, streets: Streets) -> Day:
    return plan_day(city.addresses, streets, 7, BEGINS, ENDS)


def test_same_seed_gives_the_same_day(city: City, streets: Streets, day: Day) -> None:
    assert plan_day(city.addresses, streets, 7, BEGINS, ENDS) == day
    assert plan_day(city.addresses, streets, 8, BEGINS, ENDS).visits[0] != day.visits[0]


def test_crew_of_a_seed_is_the_same_every_day(city: City, streets: Streets, day: Day) -> None:
    later = plan_day(city.addresses, streets, 7, BEGINS + timedelta(days=1), ENDS + timedelta(days=1))
    assert later.technicians == day.technicians
    assert {one.number for one in later.visits}.isdisjoint(one.number for one in day.visits)
    assert {one.dialect for one in day.technicians} == set(Dialect)


def test_windows_hold_the_planned_start(day: Day) -> None:
    assert len(day.visits) > 40
    for one in day.visits:
        assert one.window[0] <= one.starts <= one.window[1] - timedelta(minutes=30)
        assert one.starts + timedelta(minutes=one.minutes) <= ENDS


def test_technician_has_time_to_drive_from_each_visit_to_the_next(day: Day) -> None:
    for who in day.technicians:
        mine = [one for one in day.visits if one.technician == who.code]
        for before, after in pairwise(mine):
            assert after.starts - (before.starts + timedelta(minutes=before.minutes)) >= timedelta(seconds=after.way.seconds)


def test_technician_is_good_enough_for_every_visit(day: Day) -> None:
    crew = {one.code: one for one in day.technicians}
    assert all(crew[one.technician].can(one.job) for one in day.visits)
    assert {job.code for job in jobs.DAILY} <= {one.job.code for one in day.visits}
    assert all(crew[f"T{number:02d}"].can(job) for number in (1, 2, 3) for job in jobs.DAILY)


def test_vans_carry_what_their_drivers_need_except_where_a_pick_up_is_due(day: Day) -> None:
    short = 0
    for one in day.technicians:
        parts = dict(one.load.parts)
        for job in (job for job in jobs.DAILY if one.can(job)):
            assert set(job.tools) <= set(one.load.tools)
            short += sum(parts[part] < count for part, count in job.kit)
    assert 0 < short < len(day.technicians)


def test_depots_have_what_a_van_may_lack_and_lie_in_the_city(city: City, day: Day) -> None:
    everything, some = day.depots
    assert everything.load is None
    assert some.load is not None
    assert "ONT" in dict(some.load.parts)
    assert {one.address for one in day.depots} <= set(city.addresses)
    assert everything.address != some.address


def test_every_tool_and_part_of_a_job_has_a_name_in_three_languages() -> None:
    for job in jobs.JOBS:
        for words in [*(jobs.TOOLS[tool] for tool in job.tools), *(jobs.PARTS[part] for part, _ in job.kit)]:
            assert all(words[language] for language in ("en", "pl", "hu"))


def test_no_two_customers_share_a_telephone(day: Day) -> None:
    phones = [one.customer.phone for one in day.visits] + [star.phone for star in STARS] + [one.phone for one in day.technicians]
    assert len(phones) == len(set(phones))


def test_names_follow_their_language() -> None:
    rng = Random(1)
    polish = [a_person(rng, "pl") for _ in range(200)]
    assert all(not one.name.endswith(("ski", "cki")) for one in polish if one.woman)
    assert all(not one.name.endswith(("ska", "cka")) for one in polish if not one.woman)
    assert plain("Łukasz Żółć") == "lukasz.zolc"
    assert len({one.name for one in people(rng, 300)}) == 300
    assert mobile(5, "hu").startswith("+3620")


def test_driver_moves_along_the_way_and_stops_at_its_end(day: Day) -> None:
    way = max((one.way for one in day.visits), key=lambda way: way.seconds)
    assert (place_after(way, -5).lon, place_after(way, -5).lat) == way.points[0]
    end = place_after(way, way.seconds + 60)
    assert (end.lon, end.lat, end.speed) == (*way.points[-1], 0.0)
    assert 0 < place_after(way, way.seconds / 2).speed < 40


def test_star_lives_at_one_place_and_is_a_watchable_drive_away(city: City, streets: Streets) -> None:
    for star in STARS:
        home = star_home(7, star.letter, city.addresses)
        assert home == star_home(7, star.letter, city.addresses)
        _, way = far_enough(Random(1), city.addresses, streets, home)
        assert DRIVE[0] * 0.7 <= way.seconds <= DRIVE[1]


@pytest.mark.parametrize("dialect", Dialect)
def test_phone_keeps_its_records_until_they_are_acknowledged(dialect: Dialect, day: Day) -> None:
    phone, place = Phone(dialect, "T01", Random(2)), place_after(day.visits[0].way, 10)
    records = [phone.measure(BEGINS + timedelta(seconds=10 * i), place) for i in range(45)]
    heard = []
    while said := phone.say():
        assert phone.say() == said
        heard += said.records
        phone.acknowledged(said)
    assert list(dict.fromkeys(heard)) == records
    assert len(heard) < 90


def test_tunnel_lies_within_the_drive() -> None:
    found = [tunnel for seed in range(60) for tunnel in tunnels(Random(seed), 600.0)]
    assert found
    assert all(0 < start < end < 600 for start, end in found)
    assert tunnels(Random(1), 100.0) == []


def test_odd_record_claims_another_time(day: Day) -> None:
    phone = Phone(Dialect.TRACCAR10, "T01", Random(2))
    phone.measure(BEGINS, place_after(day.visits[0].way, 10), Kind.ODD)
    said = phone.say()
    assert said is not None
    assert f"timestamp={int((BEGINS + timedelta(days=1)).timestamp())}" in said.body.decode()
