"""Lines that become technicians."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from blisko.access.rules import SYSTEM
from blisko.field.models import Technician
from blisko.field.queries import home_for, levels_of
from blisko.field.services import change_technician, set_depot, set_zone
from blisko.field.services.imports import TechnicianImporter
from blisko.imports.ports import Refused
from blisko.imports.rules.cells import Row

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LINE = {"code": "T1", "name": "Jan Nowak", "email": "jan@example.com", "phone": "602 300 400", "skills": "Światłowód, TV; ,Roof work"}
pytestmark = pytest.mark.django_db


def land(*lines: dict[str, object]) -> list[str]:
    rows = [Row(number, cells, {}, ZoneInfo("Europe/Warsaw")) for number, cells in enumerate(lines, 2)]
    outcomes = TechnicianImporter().land(rows, actor=SYSTEM, now=NOW)
    return [type(one.why).__name__ if isinstance(one, Refused) else str(one) for one in outcomes]


def test_technician_lands_with_everything_the_line_says() -> None:
    assert land({**LINE, "team": "Łódź North", "van": "EL 12345", "language": "pl"}) == ["added"]
    one = Technician.objects.select_related("user", "team", "van").get(code="T1")
    assert (one.name, one.phone, one.user.email, one.user.language) == ("Jan Nowak", "+48602300400", "jan@example.com", "pl")
    assert one.team is not None
    assert one.van is not None
    assert (one.team.code, one.van.plate, set(levels_of(one.pk))) == ("lodz-north", "EL 12345", {"swiatlowod", "tv", "roof-work"})


def test_each_bad_line_is_refused_for_itself_and_leaves_nothing() -> None:
    assert land(
        {**LINE, "code": ""},
        {**LINE, "name": ""},
        {**LINE, "email": ""},
        {**LINE, "email": "jan"},
        {**LINE, "phone": "none"},
        {**LINE, "language": "klingon"},
        {"code": "T2", "name": "Ewa Lis", "email": "ewa@example.com"},
        {**LINE, "email": "ewa@example.com"},
    ) == ["EmptyCell", "EmptyCell", "EmptyCell", "BadContact", "BadContact", "NotReadable", "added", "EmailTaken"]
    assert list(Technician.objects.values_list("code", flat=True)) == ["T2"]


def test_known_technician_takes_over_what_is_new_and_stays_away_when_he_left() -> None:
    assert land(LINE, LINE) == ["added", "known"]
    one = Technician.objects.get(code="T1")
    change_technician(one.pk, actor=SYSTEM, now=NOW, name=one.name, phone=one.phone, active=False)
    bare = {"code": "T1", "name": "Jan Nowak"}
    assert land(bare, {**bare, "skills": "roof work, TV, światłowód"}) == ["known", "known"]
    assert land({**bare, "name": "Jan Lis"}, {**bare, "name": "Jan Lis", "skills": "tv"}) == ["changed", "changed"]
    one.refresh_from_db()
    assert (one.name, one.phone, one.active, set(levels_of(one.pk))) == ("Jan Lis", "+48602300400", False, {"tv"})


def test_line_says_levels_zones_depot_and_home_and_what_it_leaves_out_stays() -> None:
    set_zone("polnoc", name="Północ", postcodes=["00-9"], actor=SYSTEM, now=NOW)
    set_depot("base", name="Base", lat=52.1, lon=21.1, actor=SYSTEM, now=NOW)
    whole = {**LINE, "skills": "fibre: 3, tv", "zones": "Północ", "depot": "Base", "home_lat": "52,25", "home_lon": 21.0}
    assert land(whole) == ["added"]
    one = Technician.objects.get(code="T1")
    home = home_for(SYSTEM, one.pk)
    assert home is not None
    assert (home.lat, home.lon, levels_of(one.pk)) == (52.25, 21.0, {"fibre": 3, "tv": 1})
    assert (one.start_depot, one.end_depot, one.zones.get().code) == (one.end_depot, one.start_depot, "polnoc")
    assert land(whole, {**LINE, "skills": "tv, fibre"}, {**whole, "skills": "fibre:3;tv:x"}) == ["known", "known", "known"]
    assert land({**whole, "home_lat": 52.5}, {**LINE, "skills": "tv:2"}) == ["changed", "changed"]
    assert levels_of(one.pk) == {"tv": 2}
    one.refresh_from_db()
    assert (one.start_depot is not None, one.zones.count()) == (True, 1)


def test_line_with_half_a_home_or_an_unknown_zone_depot_or_level_is_refused() -> None:
    assert land(LINE) == ["added"]
    assert land(
        {**LINE, "home_lat": 52.1}, {**LINE, "home_lat": 95, "home_lon": 21}, {**LINE, "zones": "x"}, {**LINE, "depot": "x"},
        {**LINE, "skills": "tv:7"},
    ) == ["BadHome", "BadHome", "NoSuchZone", "NoSuchDepot", "BadLevel"]  # fmt: skip
    assert home_for(SYSTEM, Technician.objects.get().pk) is None
