"""One look at the parts of a day: what is missing, where it can be had, what that costs; and what will soon be too few."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.errors import NoSuchTechnician
from blisko.field.models import Technician
from blisko.field.services import add_shift, change_technician, set_depot, set_minimum, set_van, use_parts
from blisko.field.tests.make import actor_of
from blisko.planning.queries import low_stock, parts_check
from blisko.planning.rules.parts import Call, Fetch, Missing, fetches_of, missing_of, near_shelves
from blisko.planning.rules.ways import Point
from blisko.planning.rules.world import Shelf
from blisko.planning.services import assign_visit
from blisko.planning.tests.make import HOUR, LAT, LON, a_visit_at, a_worker
from blisko.visits.models import JobType, Visit
from blisko.visits.services import arrive, finish, set_out

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = NOW.date()
MANAGER = an_actor("manager")


def kit(parts: Mapping[str, int], *, tools: tuple[str, ...] = ()) -> None:
    """Say what the one job type of these days wants."""
    JobType.objects.update(kit=[{"part": part, "count": count} for part, count in parts.items()], tools=list(tools))


def a_driver(parts: Mapping[str, int], *, tools: tuple[str, ...] = (), plate: str = "BL 1", **also: Any) -> Technician:
    one = a_worker(NOW, **also)
    one.van = set_van(plate, parts=parts, tools=tools, actor=SYSTEM, now=NOW)
    one.save()
    return one


def a_depot(code: str, north: float, parts: Mapping[str, int] | None = None, **also: Any) -> int:
    where: dict[str, Any] = {"lat": LAT + north, "lon": LON, "loading_minutes": 5, **also}
    return set_depot(code, name=code, parts=parts, actor=SYSTEM, now=NOW, **where).pk


def given_to(one: Technician, *visits: Visit) -> None:
    for visit in visits:
        assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_day_check_names_what_is_missing_and_the_nearest_open_depot_that_has_it() -> None:
    one = a_driver({"ONT": 1, "HDMI": 9}, tools=("ladder",))
    first, second = a_visit_at(NOW, north=0.05, starts=1), a_visit_at(NOW, north=0.10, starts=4)
    given_to(one, first, second)
    Visit.objects.filter(pk=second.pk).update(more_parts=[{"part": "SFP", "count": 1}])  # found out by a visit before
    kit({"ONT": 1, "HDMI": 2}, tools=("ladder", "splicer"))
    near = a_depot("near", 0.07, {"ONT": 5}, tools=["splicer"])
    far = a_depot("far", 0.30, None, tools=["splicer"])
    a_depot("empty", 0.06, {"HDMI": 5})
    a_depot("closed", 0.06, None, opens_at=time(1), closes_at=time(2))
    found = parts_check(actor_of(one), one.pk, DAY, now=NOW)
    assert (found.counted, found.parts, found.tools) == (True, {"ONT": 2, "HDMI": 4, "SFP": 1}, {"ladder", "splicer"})
    lacking = (Missing("ONT", 1, 1, second.pk), Missing("SFP", 1, 1, second.pk))
    assert found.missing == (Missing("splicer", 1, 0, first.pk, tool=True), *lacking)
    assert [(stop.depot_id, stop.parts, stop.tools, stop.before) for stop in found.fetches] == [
        (far, {"ONT": 1, "SFP": 1}, {"splicer"}, 0), (near, {"ONT": 1}, {"splicer"}, 0),
    ]  # fmt: skip
    assert 5 < found.fetches[1].minutes < found.fetches[0].minutes  # who brings most comes first
    assert found.estimated


@pytest.mark.django_db
def test_day_check_forgets_what_is_done_and_what_a_visit_has_used_already() -> None:
    one = a_driver({"ONT": 2})
    first, second = a_visit_at(NOW, north=0.05, starts=1), a_visit_at(NOW, north=0.10, starts=4)
    given_to(one, first, second)
    kit({"ONT": 2})
    me = actor_of(one)
    set_out(first.pk, actor=me, now=NOW + HOUR)
    arrive(first.pk, actor=me, now=NOW + HOUR)
    use_parts(one.pk, {"ONT": 1}, op=uuid4(), visit_id=first.pk, actor=me, now=NOW + HOUR)
    found = parts_check(MANAGER, one.pk, DAY, now=NOW + HOUR)
    assert (found.parts, found.missing, found.fetches) == ({"ONT": 3}, (Missing("ONT", 2, 1, second.pk),), ())
    finish(first.pk, actor=me, now=NOW + 2 * HOUR)
    a_depot("there", 0.05)  # where he is
    found = parts_check(MANAGER, one.pk, DAY, now=NOW + 2 * HOUR)
    assert ([call.visit_id for call in found.calls], found.missing[0].count, found.fetches[0].minutes) == ([second.pk], 1, 5)
    set_van("BL 1", parts={"ONT": 7}, actor=SYSTEM, now=NOW)
    assert parts_check(MANAGER, one.pk, DAY, now=NOW + 2 * HOUR).missing == ()


@pytest.mark.django_db
def test_nothing_is_said_to_be_missing_from_a_van_that_nobody_counts_and_nobody_asks_about_a_stranger() -> None:
    one, stranger = a_driver({}), a_worker(NOW)
    given_to(one, a_visit_at(NOW))
    kit({"ONT": 2})
    found = parts_check(actor_of(one), one.pk, DAY, now=NOW)
    assert (found.counted, found.parts, found.missing) == (False, {"ONT": 2}, ())
    assert parts_check(actor_of(stranger), stranger.pk, DAY, now=NOW).calls == ()
    with pytest.raises(NoSuchTechnician):
        parts_check(actor_of(stranger), one.pk, DAY, now=NOW)


@pytest.mark.django_db
def test_low_stock_is_told_by_minimum_else_by_what_the_next_days_want() -> None:
    one = a_driver({"ONT": 1, "HDMI": 3, "SFP": 1})
    uncounted = a_driver({}, plate="BL 2")
    nobodys = set_van("BL 3", parts={"ONT": 0}, actor=SYSTEM, now=NOW)
    a_depot("base", 0.2, {"ONT": 0})
    a_depot("endless", 0.2)
    change_technician(one.pk, actor=SYSTEM, now=NOW, name=one.name, start_depot="base")
    add_shift(one.pk, starts_at=NOW + 120 * HOUR, ends_at=NOW + 128 * HOUR, actor=SYSTEM, now=NOW)
    given_to(one, a_visit_at(NOW, starts=1), a_visit_at(NOW, starts=4), a_visit_at(NOW, starts=24 * 5))
    given_to(uncounted, a_visit_at(NOW))
    Visit.objects.update(more_parts=[{"part": "plug", "count": 1}])
    kit({"ONT": 1, "SFP": 1, "cable": 1})
    set_minimum("HDMI", 4, van="BL 1", actor=MANAGER, now=NOW)
    set_minimum("SFP", 1, van="BL 1", actor=MANAGER, now=NOW)
    set_minimum("SFP", 6, depot="base", actor=MANAGER, now=NOW)
    found = low_stock(MANAGER, now=NOW)
    where = [low.van.plate if low.van else low.depot.code if low.depot else "" for low in found]
    assert [(at, low.code, low.count, low.wanted, low.by_minimum) for at, low in zip(where, found, strict=True)] == [
        ("BL 1", "HDMI", 3, 4, True), ("BL 1", "ONT", 1, 2, False), ("BL 1", "cable", 0, 2, False),
        ("BL 1", "plug", 0, 2, False),
        ("base", "HDMI", 0, 1, False), ("base", "ONT", 0, 1, False), ("base", "SFP", 0, 6, True), ("base", "cable", 0, 2, False),
        ("base", "plug", 0, 2, False),
    ]  # fmt: skip
    assert (found[0].driver, nobodys.load.parts) == (one.name, {"ONT": 0})
    with pytest.raises(Forbidden):
        low_stock(actor_of(one), now=NOW)


# Places on a line, a minute of driving from one to the next; None is nowhere.
PLACE = st.one_of(st.none(), st.integers(0, 60).map(lambda minute: Point(minute / 10, 0.0)))
NEEDS = st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), max_size=3)
TOOLS = st.frozensets(st.sampled_from("xy"), max_size=2)
CALLS = st.lists(st.tuples(PLACE, NEEDS, TOOLS, st.integers(0, 90)), min_size=1, max_size=5)
SHELVES = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(st.none(), st.dictionaries(st.sampled_from("abc"), st.integers(0, 4))), TOOLS,
              st.integers(0, 300), st.integers(0, 300), st.integers(0, 15)),
    max_size=3,
)  # fmt: skip


def minutes(start: Point | None, end: Point | None) -> int:
    return round(600 * abs(start.lat - end.lat)) if start and end else 0


@given(stock=st.dictionaries(st.sampled_from("abc"), st.integers(0, 5)), tools=TOOLS, rows=CALLS, depots=SHELVES, here=PLACE)
def test_day_check_finds_what_trying_everything_finds(stock: Any, tools: Any, rows: Any, depots: Any, here: Any) -> None:
    leaves, calls = NOW, []
    for nr, (place, parts, wanted, later) in enumerate(rows):
        leaves += timedelta(minutes=later)
        calls.append(Call(nr + 100, place, leaves, parts, wanted))
    shelves = [
        Shelf(nr, Point(at / 10, 0.0), NOW + timedelta(minutes=opens), NOW + timedelta(minutes=opens + lasts), loads, has, parts)
        for nr, (at, parts, has, opens, lasts, loads) in enumerate(depots)
    ]
    missing = missing_of(stock, tools, calls)
    assert {(one.tool, one.code): (one.count, one.call) for one in missing} == _lacks(stock, tools, calls)
    near = near_shelves(shelves, missing, here, calls)
    assert {shelf.depot_id for shelf in near} == {shelf.depot_id for shelf in shelves if any(_holds(shelf, one) for one in missing)}
    found = {stop.depot_id: stop for stop in fetches_of(missing, near, here, calls, minutes)}
    for shelf in shelves:
        assert _key(found.get(shelf.depot_id)) == _best(missing, shelf, here, calls)


def _lacks(stock: Mapping[str, int], tools: frozenset[str], calls: list[Call]) -> dict[tuple[bool, str], tuple[int, int]]:
    """Take part after part out of the van, one by one."""
    left, lacks = [code for code, count in stock.items() for _ in range(count)], {}
    for nr, call in enumerate(calls):
        for code in [code for code, count in call.parts.items() for _ in range(count)]:
            if code in left:
                left.remove(code)
            else:
                count, first = lacks.get((False, code), (0, nr))
                lacks[False, code] = (count + 1, first)
        for tool in call.tools - tools:
            lacks.setdefault((True, tool), (1, nr))
    return lacks


def _holds(shelf: Shelf, one: Missing) -> bool:
    return one.code in shelf.tools if one.tool else shelf.parts is None or shelf.parts.get(one.code, 0) > 0


def _key(stop: Fetch | None) -> tuple[int, int] | None:
    return (len(stop.parts) + len(stop.tools), stop.seconds) if stop else None


def _best(missing: list[Missing], shelf: Shelf, here: Point | None, calls: list[Call]) -> tuple[int, int] | None:
    """Try every moment of the day for every set of what is missing: the most brought, then the cheapest."""
    there = [one for one in missing if _holds(shelf, one)]
    tried = []
    for before, chosen in product(range(len(calls)), product([False, True], repeat=len(there))):
        brought = [one for one, is_in in zip(there, chosen, strict=True) if is_in]
        start = here if before == 0 else calls[before - 1].place
        arrives = calls[before].leaves + timedelta(seconds=minutes(start, shelf.place))
        if brought and all(before <= one.call for one in brought) and arrives <= shelf.closes:
            waits = max(0, round((shelf.opens - arrives).total_seconds()))
            to = calls[before].place
            more = minutes(start, shelf.place) + minutes(shelf.place, to) - minutes(start, to)
            tried.append((-len(brought), max(0, more + waits + 60 * shelf.minutes)))
    return (-min(tried)[0], min(tried)[1]) if tried else None
