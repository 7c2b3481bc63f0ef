"""The house keeps its own rules."""

from pathlib import Path

import pytest

from tests.house.source import House
from tests.house.table import CHECKS, EXEMPTIONS, Exemption, faults

HOUSE = House(Path(__file__).resolve().parents[2])


@pytest.mark.parametrize("check", CHECKS)
def test_the_house_keeps_its_rule(check: str) -> None:
    found = faults(HOUSE, check)
    if found:
        pytest.fail(f"{check}:\n" + "\n".join(map(str, found)), pytrace=False)


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=lambda exemption: f"{exemption.check}: {exemption.files}")
def test_an_exemption_still_excuses_something(exemption: Exemption) -> None:
    assert any(exemption.covers(exemption.check, fault) for fault in CHECKS[exemption.check](HOUSE)), "Delete it: nothing needs it."
