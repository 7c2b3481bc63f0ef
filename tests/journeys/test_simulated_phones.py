"""What a simulated telephone says in each dialect is understood at the real door as what it meant."""

from datetime import UTC, datetime
from random import Random

import pytest

from blisko.live.adapters.report import read_report
from blisko.live.rules.records import Fix, Heartbeat
from blisko.simulator.rules.driving import Place
from blisko.simulator.rules.phones import Dialect, Kind, Measured, Phone, Said

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PLACE = Place(19.2212345, 52.0034567, 11.5, 247.0)


def spoken(dialect: Dialect, kind: Kind) -> tuple[Measured, Said]:
    phone = Phone(dialect, "T07", Random(3))
    record = phone.measure(NOW, PLACE, kind)
    said = phone.say()
    assert said is not None
    return record, said


@pytest.mark.parametrize("dialect", Dialect)
def test_fix_arrives_as_it_was_measured(dialect: Dialect) -> None:
    record, said = spoken(dialect, Kind.FIX)
    headers = [(name.lower().encode(), value.encode()) for name, value in said.headers.items()]
    [fix] = read_report(said.query.encode(), said.body, headers, NOW).records
    assert isinstance(fix, Fix)
    assert (fix.lat, fix.lon, fix.fix_time) == (record.lat, record.lon, record.at)
    assert fix.heading == pytest.approx(record.heading, abs=0.5) or dialect == Dialect.OSMAND


@pytest.mark.parametrize("dialect", Dialect)
def test_heartbeat_is_no_position(dialect: Dialect) -> None:
    _, said = spoken(dialect, Kind.HEARTBEAT)
    assert read_report(said.query.encode(), said.body, [], NOW).records == [Heartbeat(NOW)]


@pytest.mark.parametrize("dialect", [one for one in Dialect if one != Dialect.OWNTRACKS])
def test_spoofed_fix_says_so(dialect: Dialect) -> None:
    _, said = spoken(dialect, Kind.MOCK)
    [fix] = read_report(said.query.encode(), said.body, [], NOW).records
    assert isinstance(fix, Fix)
    assert fix.mock
