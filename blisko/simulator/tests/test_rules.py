import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.simulator.rules import names
from blisko.simulator.rules.city import City
from blisko.simulator.rules.geometry import at, crossings, distance, inside, length, middle, part, to_degrees, to_line, to_metres
from blisko.simulator.rules.naming import Address
from blisko.simulator.rules.streets import Streets
from blisko.simulator.rules.terrain import HALF, make_terrain

pytestmark = [pytest.mark.xdist_group("city"), pytest.mark.timeout(300)]
points = st.tuples(st.floats(-HALF, HALF), st.floats(-HALF, HALF))


def home(address: Address) -> tuple[float, float]:
    return address.lon, address.lat


def pairs(city: City, count: int) -> list[tuple[Address, Address]]:
    rng = Random(1)
    n = len(city.addresses)
    return [(city.addresses[int(rng.random() * n)], city.addresses[int(rng.random() * n)]) for _ in range(count)]


def test_another_seed_gives_another_country() -> None:
    assert make_terrain(Random(1)).river != make_terrain(Random(2)).river


def test_city_is_as_large_as_a_town(city: City) -> None:
    assert 3000 <= len(city.roads) <= 6000
    assert 8000 <= len(city.buildings) <= 24_000
    assert len(city.addresses) > 6000
    assert {r.kind for r in city.roads} >= {"motorway", "primary", "secondary", "tertiary", "residential", "service", "footway"}
    assert any(r.oneway and r.kind == "residential" for r in city.roads)


def test_every_street_that_people_live_on_has_a_name(city: City) -> None:
    assert all(r.name for r in city.roads if r.kind in ("primary", "secondary", "tertiary", "residential", "unclassified"))


def test_names_are_polish_words_without_foreign_letters() -> None:
    letters = set("aąbcćdeęfghijklłmnńoóprsśtuwyzźżvqx -.1234567890")
    for name in (*names.ADJECTIVES, *names.PEOPLE, *names.REGIONS, *names.VILLAGE_STREETS, *names.ROADS):
        assert set(name.lower()) <= letters, name
    assert all(
        name.endswith("a")
        for name in (*names.ADJECTIVES, *names.REGIONS, *names.ROADS)
        if name not in ("Nadziei", "Zgody", "Jedności", "Wolności", "Pokoju", "Przyjaźni")
    )
    assert len(set(names.ADJECTIVES)) == len(names.ADJECTIVES)


def test_street_is_said_with_its_kind() -> None:
    assert names.with_kind("Lipowa") == "ulica Lipowa"
    assert names.with_kind("aleja Jesionowa") == "aleja Jesionowa"
    assert Address("Lipowa", "3", "99-400", "Stare Miasto", "Blisków", 0, 0).line == "ul. Lipowa 3, 99-400 Blisków"


def test_no_two_houses_share_an_address(city: City) -> None:
    lines = [a.line for a in city.addresses]
    assert len(set(lines)) == len(lines)


def test_every_house_stands_near_the_street_it_is_numbered_on(city: City) -> None:
    by_name: dict[str, list[list[tuple[float, float]]]] = {}
    for road in city.roads:
        by_name.setdefault(road.name, []).append(road.line)
    far = [a.line for a in city.addresses[::7] if min(to_line(to_metres(a.lon, a.lat), line)[0] for line in by_name[a.street]) > 180]
    assert far == []


def test_neighbours_on_one_side_have_neighbouring_numbers(city: City) -> None:
    odd = sorted((int(a.number), a) for a in city.addresses if a.street == "Podwale" and int(a.number) % 2)
    steps = [distance(to_metres(*home(a)), to_metres(*home(b))) for (_, a), (_, b) in zip(odd, odd[1:], strict=False)]
    assert len(steps) > 10 and sorted(steps)[len(steps) // 2] < 40


def test_houses_stand_out_of_the_river_and_the_lakes(city: City) -> None:
    for house in city.buildings[::5]:
        spot = middle(house.ring)
        assert not inside(spot, city.land.banks) and not city.land.in_lake(spot)


def test_river_is_crossed_only_by_bridges(city: City) -> None:
    wet = [r.kind for r in city.roads if not r.bridge and crossings(r.line, city.land.river)]
    assert wet == []
    assert 3 <= sum(1 for r in city.roads if r.bridge and crossings(r.line, city.land.river)) <= 12


def test_every_address_reaches_every_other(city: City, streets: Streets) -> None:
    core = {n for r in city.roads if r.open_to_cars for n in (r.a, r.b)}
    start = next(iter(core))
    for forward in (True, False):
        seen, todo = {start}, [start]
        while todo:
            node = todo.pop()
            todo += [n for n in _next(streets, node, forward) if n not in seen and not seen.add(n)]  # type: ignore[func-returns-value]
        assert seen >= core
    assert all(streets.snap(*home(a)).away < 200 for a in city.addresses[::11])


def _next(streets: Streets, node: int, forward: bool) -> list[int]:
    if forward:
        return [to for to, *_ in streets.arcs[node]]
    return [r.a for r in streets.roads if r.open_to_cars and r.b == node] + [
        r.b for r in streets.roads if r.open_to_cars and r.a == node and not r.oneway
    ]


def test_route_leads_from_door_to_door_along_streets(city: City, streets: Streets) -> None:
    for a, b in pairs(city, 40):
        route = streets.route(home(a), home(b))
        line = [to_metres(*p) for p in route.points]
        assert distance(line[0], to_metres(*home(a))) < 250 and distance(line[-1], to_metres(*home(b))) < 250
        assert length(line) == pytest.approx(route.metres, rel=0.01, abs=2)
        assert route.metres >= distance(line[0], line[-1]) - 1
        assert list(route.times) == sorted(route.times) and len(route.times) == len(route.points)
        assert route.seconds >= route.metres / (120 / 3.6)


def test_route_never_drives_against_a_oneway_street(city: City, streets: Streets) -> None:
    for a, b in pairs(city, 150):
        for road, start, end in streets._quickest(streets.snap(*home(a)), streets.snap(*home(b))):
            assert end >= start or not city.roads[road].oneway


def test_legs_of_a_route_join(city: City, streets: Streets) -> None:
    for a, b in pairs(city, 100):
        legs = streets._quickest(streets.snap(*home(a)), streets.snap(*home(b)))
        for (k, _, end), (m, start, _) in zip(legs, legs[1:], strict=False):
            assert distance(at(city.roads[k].line, end)[0], at(city.roads[m].line, start)[0]) < 0.1


def test_quickest_way_is_as_quick_as_relaxing_every_street_finds_it(city: City, streets: Streets) -> None:
    for a, b in pairs(city, 4):
        start, end = streets.snap(*home(a)), streets.snap(*home(b))
        best = streets._leaving(start)
        todo = list(best)
        while todo:
            node = todo.pop(0)
            for to, cost, *_ in streets.arcs[node]:
                if best[node] + cost < best.get(to, math.inf):
                    best[to] = best[node] + cost
                    todo.append(to)
        road, pace = city.roads[end.road], streets.pace[end.road]
        plain = best[road.a] + end.s / pace
        if not road.oneway:
            plain = min(plain, best[road.b] + (streets.metres[end.road] - end.s) / pace)
        assert streets.route(home(a), home(b)).seconds == pytest.approx(plain, abs=0.5)


def test_way_to_the_same_door_takes_no_time(city: City, streets: Streets) -> None:
    here = home(city.addresses[5])
    assert streets.route(here, here).seconds == pytest.approx(0, abs=0.01)


@given(points)
def test_degrees_and_metres_agree(p: tuple[float, float]) -> None:
    assert distance(to_metres(*to_degrees(p)), p) < 0.02


@given(st.lists(points, min_size=2, max_size=8, unique=True), st.floats(0, 1), st.floats(0, 1))
def test_part_of_a_line_is_as_long_as_asked(line: list[tuple[float, float]], u: float, v: float) -> None:
    total = length(line)
    low, high = sorted((u * total, v * total))
    assert length(part(line, low, high)) == pytest.approx(high - low, abs=0.1)
