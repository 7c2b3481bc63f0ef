"""All roads keep the same promises: the estimate, prepared regions, a Valhalla server, an OSRM server (F6, F2)."""

import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from blisko.planning.adapters.building import add_region
from blisko.planning.adapters.crow import CrowRoads
from blisko.planning.adapters.osrm import OsrmServer
from blisko.planning.adapters.pretend import PretendServer, pretending
from blisko.planning.adapters.regions import RegionRoads
from blisko.planning.adapters.valhalla import ValhallaServer
from blisko.planning.ports import Roads
from blisko.planning.rules.ways import Point, Trouble, crow_leg, crow_travel
from blisko.planning.tests.extracts import real_extract

AT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
VADUZ, SCHAAN, BALZERS, TRIESEN = Point(47.1410, 9.5209), Point(47.1650, 9.5087), Point(47.0660, 9.5020), Point(47.1075, 9.5280)
SVALBARD = Point(78.22, 15.65)
HERE = [VADUZ, SCHAAN, BALZERS, TRIESEN]
KINDS = ["estimate", "regions", "valhalla-server", "osrm-server"]


@dataclass
class Standing:
    """Roads under test, and whether they know real ways."""

    roads: Roads
    real: bool


@pytest.fixture
def server() -> Iterator[PretendServer]:
    with pretending() as running:
        yield running


@pytest.fixture(scope="session")
def regions_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("regions")
    add_region(real_extract("liechtenstein"), folder, now=AT, say=lambda words: None)
    return folder


@pytest.fixture(params=KINDS)
def standing(request: pytest.FixtureRequest, server: PretendServer) -> Standing:
    if request.param == "estimate":
        return Standing(CrowRoads(), False)
    if request.param == "regions":
        return Standing(RegionRoads(str(request.getfixturevalue("regions_folder"))), True)
    return Standing({"valhalla-server": ValhallaServer, "osrm-server": OsrmServer}[request.param](server.url), True)


class TestEveryRoads:
    def test_says_how_a_way_is_known(self, standing: Standing) -> None:
        leg = standing.roads.leg(VADUZ, BALZERS, at=AT)
        assert leg.estimated is not standing.real
        assert 0 < leg.low < leg.seconds < leg.high
        assert leg.line[0] == pytest.approx(VADUZ, abs=0.002)
        assert leg.line[-1] == pytest.approx(BALZERS, abs=0.002)
        assert not leg.trouble

    def test_gives_a_table_in_whole_numbers_that_agrees_with_its_ways(self, standing: Standing) -> None:
        table = standing.roads.matrix(HERE, HERE[1:], at=AT)
        assert table.seconds.shape == table.metres.shape == table.estimated.shape == (4, 3)
        assert (table.seconds.dtype, table.metres.dtype, table.estimated.dtype) == (np.int64, np.int64, np.bool_)
        assert table.by_estimate is not standing.real
        for row, start in enumerate(HERE):
            for column, end in enumerate(HERE[1:]):
                leg = standing.roads.leg(start, end, at=AT)
                # Valhalla searches a way and a table by two methods, which need not find the same of two nearly equal ways.
                assert table.seconds[row, column] == pytest.approx(leg.seconds, rel=0.15, abs=5)
                assert table.metres[row, column] == pytest.approx(leg.metres, rel=0.15, abs=30)

    def test_takes_no_time_to_stay(self, standing: Standing) -> None:
        assert standing.roads.leg(VADUZ, VADUZ, at=AT).seconds == 0
        assert standing.roads.matrix(HERE, HERE, at=AT).seconds.diagonal().tolist() == [0] * 4

    def test_estimates_and_marks_a_way_where_no_road_leads(self, standing: Standing) -> None:
        leg = standing.roads.leg(VADUZ, SVALBARD, at=AT)
        assert leg == crow_leg(VADUZ, SVALBARD)
        table, crow = standing.roads.matrix([*HERE, SVALBARD], [SVALBARD, *HERE], at=AT), crow_travel([*HERE, SVALBARD], [SVALBARD, *HERE])
        assert table.estimated[:, 0].all() and table.estimated[-1].all()
        assert (table.seconds[:, 0] == crow.seconds[:, 0]).all()
        assert table.estimated[:-1, 1:].any() is np.bool_(not standing.real)
        assert not table.trouble

    def test_answers_nothing_when_asked_for_nothing(self, standing: Standing) -> None:
        for starts, ends in (([], HERE), (HERE, []), ([], [])):
            assert standing.roads.matrix(starts, ends, at=AT).seconds.shape == (len(starts), len(ends))

    def test_answers_a_table_larger_than_any_limit(self, standing: Standing) -> None:
        many = [Point(47.06 + step / 1200, 9.505 + step / 30_000) for step in range(130)]
        table = standing.roads.matrix(many, many[:70], at=AT)
        assert table.seconds.shape == (130, 70)
        assert not table.trouble
        assert (table.seconds > 0).mean() > 0.9

    def test_says_who_it_is_and_the_same_twice(self, standing: Standing) -> None:
        seen = standing.roads.seen()
        assert seen == standing.roads.seen()
        assert seen.estimated is not standing.real
        assert bool(seen.version) is standing.real
        assert not seen.trouble


@pytest.fixture(params=[ValhallaServer, OsrmServer])
def kind(request: pytest.FixtureRequest) -> type[ValhallaServer] | type[OsrmServer]:
    return request.param


def nobody() -> str:
    """Answer an address where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


class TestRoadServerAway:
    def test_no_server_at_all_means_estimates_that_say_so_and_one_line_in_the_log(
        self, kind: type[ValhallaServer], caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        roads = kind(nobody())
        assert roads.leg(VADUZ, BALZERS, at=AT) == crow_leg(VADUZ, BALZERS, Trouble.AWAY)
        table = roads.matrix(HERE, HERE, at=AT)
        assert table.estimated.all() and table.trouble is Trouble.AWAY
        assert (table.seconds == crow_travel(HERE, HERE).seconds).all()
        assert roads.seen().trouble is Trouble.AWAY
        assert caplog.text.count("does not answer (no connection)") == 1

    @pytest.mark.parametrize("how", [500, 503, 429, "drop", "garbage"])
    def test_a_server_that_stumbles_once_is_asked_again(self, kind: type[ValhallaServer], server: PretendServer, how: int | str) -> None:
        server.next = [how]
        assert not kind(server.url).leg(VADUZ, BALZERS, at=AT).estimated
        assert len(server.asked) == 2

    @pytest.mark.parametrize("how", [500, "drop", "garbage"])
    def test_a_server_that_falls_is_left_alone_for_a_while_and_then_used_again(
        self, kind: type[ValhallaServer], server: PretendServer, how: int | str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, logger="blisko")
        server.next = [how] * 2
        roads = kind(server.url, rest=0.3)
        for _ in range(5):
            leg = roads.leg(VADUZ, BALZERS, at=AT)
            assert leg.estimated and leg.trouble is Trouble.AWAY
        assert len(server.asked) == 2
        time.sleep(0.35)
        assert not roads.leg(VADUZ, BALZERS, at=AT).estimated
        assert "answers again" in caplog.text

    def test_a_server_that_hangs_holds_nobody_longer_than_its_time(self, kind: type[ValhallaServer], server: PretendServer) -> None:
        server.next, server.hang = ["hang"], 2.0
        began = time.monotonic()
        assert kind(server.url, timeout=0.2, tries=1).leg(VADUZ, BALZERS, at=AT).trouble is Trouble.AWAY
        assert time.monotonic() - began < 1.5

    def test_a_server_that_falls_in_the_middle_of_a_table_leaves_what_it_had_answered(
        self, kind: type[ValhallaServer], server: PretendServer
    ) -> None:
        many = [Point(47.06 + step / 1000, 9.5) for step in range(60)]
        answers = 2 if kind is ValhallaServer else 1  # Valhalla is first asked where the places lie
        server.next = [200] * answers + [500] * 4
        table = kind(server.url).matrix(many, many, at=AT)
        assert table.trouble is Trouble.AWAY
        assert 0 < table.estimated.sum() < table.estimated.size

    def test_a_server_that_refuses_the_question_is_not_taken_for_one_that_knows_no_way(
        self, kind: type[ValhallaServer], server: PretendServer
    ) -> None:
        options = {"side": 120, "cells": 14_400} if kind is ValhallaServer else {"side": 120}
        table = kind(server.url, **options).matrix([VADUZ] * 110, [VADUZ] * 110, at=AT)
        assert table.trouble is Trouble.REFUSED
        assert table.estimated.all()

    def test_what_a_server_said_of_itself_is_remembered_while_it_is_away(self, kind: type[ValhallaServer], server: PretendServer) -> None:
        roads = kind(server.url, look=0.0)
        before = roads.seen()
        server.next = [500] * 2
        away = roads.seen()
        assert (away.source, away.trouble) == (before.source, Trouble.AWAY)
        patient = kind(server.url)
        assert patient.seen() == before
        asked = len(server.asked)
        assert patient.seen() == before
        assert len(server.asked) == asked
