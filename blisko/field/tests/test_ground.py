"""Regions, zones, depots, vans, levels and homes: what the planner knows of where and with what somebody works."""

from datetime import UTC, datetime, time

import pytest

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.accounts.tests.make import an_actor
from blisko.customers.errors import BadPosition
from blisko.field import queries, services
from blisko.field.errors import BadDepot, BadHome, BadLevel, BadStock, NoSuchDepot, NoSuchTechnician, NoSuchZone
from blisko.field.models import Depot, Home, Part, Tool, Van, Zone
from blisko.field.rules import DayEnds, Load, Place, new_levels, region_or_only, zone_of
from blisko.field.tests.make import a_technician, actor_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MANAGER, DISPATCHER = an_actor("manager"), an_actor("dispatcher")
HOME = (52.2297, 21.0122)


@pytest.mark.parametrize(
    ("postcode", "zone"),
    [("00-950", "centre"), ("00950", "centre"), ("00-1", "north"), ("01-234", ""), ("", ""), ("ec1a 1bb", "city"), (" E C1 ", "city")],
)
def test_longest_beginning_of_a_postcode_says_the_zone(postcode: str, zone: str) -> None:
    assert zone_of(postcode, {"north": ["0 0", "00-", ""], "centre": ["00-9"], "city": ["EC1"], "nowhere": []}) == zone


def test_region_nobody_said_is_the_only_one_there_is() -> None:
    assert [region_or_only("a", ["a", "b"]), region_or_only("", ["a"]), region_or_only("", ["a", "b"]), region_or_only("", [])] == [
        "a", "a", "", "",
    ]  # fmt: skip


def test_skill_that_stays_keeps_its_level_and_a_new_one_begins_at_the_lowest() -> None:
    has = {"fibre": 3, "tv": 2}
    assert new_levels(has, ["fibre", "roof"], {}) == {"fibre": 3, "roof": 1}
    assert new_levels(has, None, {"tv": 1, "roof": 2}) == {"fibre": 3, "tv": 1, "roof": 2}
    assert new_levels(has, [], {}) == {}
    for level in (0, 4):
        with pytest.raises(BadLevel):
            new_levels(has, [], {"tv": level})


@pytest.mark.django_db
def test_technician_has_levels_zones_and_depots_and_keeps_what_is_not_named() -> None:
    services.set_zone("north", name="North", postcodes=["00-9"], actor=MANAGER, now=NOW)
    services.set_depot("base", name="Base", lat=52.1, lon=21.1, actor=MANAGER, now=NOW)
    one = a_technician(NOW, skills=("tv",), levels={"fibre": 3}, zones=["north"], start_depot="base")
    services.change_technician(one.pk, actor=MANAGER, now=NOW, name="Jan")
    known = queries.technician_for(MANAGER, one.pk)
    assert known.skill_levels == {"fibre": 3, "tv": 1}
    assert [zone.code for zone in known.zones.all()] == ["north"]
    assert (known.start_depot, known.end_depot) == (Depot.objects.get(), None)
    changed = {"levels": {"tv": 2}, "zones": [], "start_depot": "", "end_depot": "base"}
    services.change_technician(one.pk, actor=MANAGER, now=NOW, name="Jan", **changed)  # type: ignore[arg-type]
    known = queries.technician_for(MANAGER, one.pk)
    assert known.skill_levels == {"fibre": 3, "tv": 2}
    assert (list(known.zones.all()), known.start_depot, known.end_depot) == ([], None, Depot.objects.get())
    services.change_technician(one.pk, actor=MANAGER, now=NOW, name="Jan", skills=["tv"])
    assert queries.levels_of(one.pk) == {"tv": 2}
    with pytest.raises(NoSuchZone):
        services.change_technician(one.pk, actor=MANAGER, now=NOW, name="Jan", zones=["south"])
    with pytest.raises(NoSuchDepot):
        services.change_technician(one.pk, actor=MANAGER, now=NOW, name="Jan", end_depot="nowhere")


@pytest.mark.django_db
def test_postcodes_and_technicians_belong_to_regions() -> None:
    services.set_zone("north", name="North", postcodes=["00-9", " "], region="mazovia", actor=MANAGER, now=NOW)
    services.set_zone("free", name="Free", postcodes=["99-"], actor=MANAGER, now=NOW)
    services.set_team("a", name="A", region="mazovia", actor=MANAGER, now=NOW)
    inside, outside = a_technician(NOW, team="a"), a_technician(NOW)
    ids = [inside.pk, outside.pk]
    assert queries.places_of(["00-950", "50-001"]) == {"00-950": Place("north", "mazovia"), "50-001": Place("", "mazovia")}
    assert queries.regions_of(ids) == dict.fromkeys(ids, "mazovia")
    region = services.set_region("silesia", name=" Silesia ", actor=MANAGER, now=NOW)
    assert region.name == "Silesia"
    assert queries.places_of(["50-001", "99-100"]) == {"50-001": Place(), "99-100": Place("free", "")}
    assert queries.regions_of(ids) == {inside.pk: "mazovia", outside.pk: ""}
    assert [one.code for one in queries.regions_for(DISPATCHER)] == ["mazovia", "silesia"]
    assert Zone.objects.get(code="north").postcodes == ["00-9"]


@pytest.mark.django_db
def test_depot_holds_what_it_was_last_said_to_hold() -> None:
    where = {"name": "Cupboard", "lat": 52.1, "lon": 21.1, "actor": MANAGER, "now": NOW}
    depot = services.set_depot("c", tools=["ladder", "ladder"], parts={"ONT": 3}, region="mazovia", **where)
    assert (depot.load, depot.opens_at, depot.closes_at) == (Load(frozenset({"ladder"}), {"ONT": 3}), time(0), time(23, 59))
    depot = services.set_depot("c", opens_at=time(6), closes_at=time(6), **where)
    assert (depot.load, depot.region) == (Load(frozenset(), None), None)
    assert list(queries.depots_for(DISPATCHER)) == [depot]
    with pytest.raises(BadDepot):
        services.set_depot("c", opens_at=time(7), closes_at=time(6), **where)
    with pytest.raises(BadPosition):
        services.set_depot("c", **(where | {"lat": 91.0}))
    with pytest.raises(BadStock):
        services.set_depot("c", parts={"ONT": -1}, **where)
    services.set_depot("c", active=False, **where)
    assert list(queries.depots_for(DISPATCHER)) == []


@pytest.mark.django_db
def test_van_carries_parts_and_tools_and_part_there_already_keeps_its_name() -> None:
    for words in ("Optical terminal", "Other"):
        services.add_part("ONT", {"en": words}, actor=MANAGER, now=NOW)
        services.add_tool("ladder", {"en": words}, actor=MANAGER, now=NOW)
    one, walker = a_technician(NOW, van="BL 1"), a_technician(NOW)
    van = services.set_van(" BL 1 ", name="First", tools=["ladder"], parts={"ONT": 2, "HDMI": 0}, actor=MANAGER, now=NOW)
    assert queries.van_loads_of([one.pk, walker.pk]) == {one.pk: Load(frozenset({"ladder"}), {"ONT": 2, "HDMI": 0})}
    services.set_van("BL 1", actor=MANAGER, now=NOW)
    assert queries.van_loads_of([one.pk]) == {one.pk: Load(frozenset(), {})}
    assert (str(Part.objects.get(code="ONT")), str(Tool.objects.get()), list(queries.vans_for(DISPATCHER))) == (
        "Optical terminal", "Optical terminal", [van],
    )  # fmt: skip
    assert Van.objects.count() == 1


@pytest.mark.django_db
def test_day_begins_and_ends_at_a_depot_else_at_home_else_nobody_knows() -> None:
    services.set_depot("base", name="Base", lat=50.0, lon=20.0, actor=MANAGER, now=NOW)
    both, home, nowhere = (a_technician(NOW, start_depot=depot) for depot in ("base", "", ""))
    for one in (both, home):
        services.set_home(one.pk, lat=HOME[0], lon=HOME[1], actor=MANAGER, now=NOW)
    assert queries.day_ends_of([both.pk, home.pk, nowhere.pk]) == {
        both.pk: DayEnds((50.0, 20.0), HOME),
        home.pk: DayEnds(HOME, HOME),
        nowhere.pk: DayEnds(),
    }


@pytest.mark.django_db
def test_home_is_shown_to_who_edits_the_field_only_and_written_nowhere_else() -> None:
    one = a_technician(NOW)
    services.set_home(one.pk, lat=HOME[0], lon=HOME[1], actor=MANAGER, now=NOW)
    home = queries.home_for(MANAGER, one.pk)
    assert home is not None
    assert (home.lat, home.lon) == HOME
    for stranger in (DISPATCHER, actor_of(one), an_actor("agent")):
        with pytest.raises(Forbidden):
            queries.home_for(stranger, one.pk)
        with pytest.raises(Forbidden):
            services.set_home(one.pk, lat=1, lon=1, actor=stranger, now=NOW)
        with pytest.raises(Forbidden):
            services.forget_home(one.pk, actor=stranger, now=NOW)
    for lat, lon in ((0.0, 0.0), (91.0, 21.0), (52.0, 181.0)):
        with pytest.raises(BadHome) as no:
            services.set_home(one.pk, lat=lat, lon=lon, actor=MANAGER, now=NOW)
        assert no.value.details == {}
    with pytest.raises(NoSuchTechnician):
        services.set_home(0, lat=1, lon=1, actor=MANAGER, now=NOW)
    told = AuditEntry.objects.get(verb="set_home")
    assert "52" not in str(told.detail)
    assert str(home) == str(one.pk)


@pytest.mark.django_db
def test_home_of_who_left_is_forgotten() -> None:
    one = a_technician(NOW)
    services.set_home(one.pk, lat=HOME[0], lon=HOME[1], actor=MANAGER, now=NOW)
    services.change_technician(one.pk, actor=MANAGER, now=NOW, name="Jan", active=False)
    assert not Home.objects.exists()
    services.forget_home(one.pk, actor=MANAGER, now=NOW)
    assert AuditEntry.objects.filter(verb="forget_home").count() == 1


@pytest.mark.django_db
def test_who_only_sees_the_field_changes_nothing_of_it() -> None:
    common = {"actor": DISPATCHER, "now": NOW}
    for change in (
        lambda: services.set_region("r", name="R", **common),
        lambda: services.set_zone("z", name="Z", postcodes=[], **common),
        lambda: services.set_team("t", name="T", **common),
        lambda: services.set_break_rules([], **common),
        lambda: services.set_depot("d", name="D", lat=1, lon=1, **common),
        lambda: services.set_van("V", **common),
        lambda: services.add_part("P", {}, **common),
        lambda: services.add_tool("T", {}, **common),
    ):
        with pytest.raises(Forbidden):
            change()
    for ask in (queries.regions_for, queries.zones_for, queries.teams_for, queries.depots_for, queries.vans_for):
        with pytest.raises(Forbidden):
            ask(an_actor("agent"))
