"""Customers who all decide at once lose nothing and take nothing from one another (O5, O6, O7)."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.crowd import a_country, broken_plans, crowd, lost
from tests.journeys.staff import morning
from tests.platform import Platform

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(240)]
CUSTOMERS, PEOPLE, DAYS, SECONDS = 40, 14, 3, 20


@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "crowd-platform.log") as found:
        yield found


@pytest.fixture
def on_its_clock(house: Platform) -> Iterator[Platform]:
    """This process lives on the platform's clock, too."""
    own = settings.BLISKO_CLOCK
    settings.BLISKO_CLOCK = house.env["BLISKO_CLOCK"]
    yield house
    settings.BLISKO_CLOCK = own


def test_crowd_on_its_links_loses_nothing_and_takes_nothing_from_one_another(on_its_clock: Platform) -> None:
    links = a_country(PEOPLE, CUSTOMERS, DAYS)
    seen = asyncio.run(crowd(on_its_clock.web, links, SECONDS, on_its_clock.database_url))
    time.sleep(5)
    assert seen.taps["confirmed"] >= CUSTOMERS / 4, seen.taps
    assert seen.looks >= SECONDS / 2  # one each second, where the machine lets it
    assert not seen.wrong
    assert lost(seen) == []
    assert broken_plans(DAYS) == []
