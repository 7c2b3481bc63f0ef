"""One city for all tests of the simulator: generated here, and written by another process with other hashes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blisko.simulator.rules.city import City, make_city
from blisko.simulator.rules.streets import Streets
from blisko.simulator.services.city import CityFiles

SEED = 7


@pytest.fixture(scope="session")
def city() -> City:
    return make_city(SEED)


@pytest.fixture(scope="session")
def streets(city: City) -> Streets:
    return Streets(city)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> CityFiles:
    folder = tmp_path_factory.mktemp("city")
    code = f"from pathlib import Path; from blisko.simulator.services.city import write_city; write_city(Path({str(folder)!r}), {SEED})"
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, env={**os.environ, "PYTHONHASHSEED": "3"})
    return CityFiles(SEED, folder / "city.osm", folder / "city.mbtiles")
