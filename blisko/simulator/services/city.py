"""Put the generated city on disk, for the map, the road engine and whoever needs addresses."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from blisko.simulator.rules.city import VERSION, make_city
from blisko.simulator.rules.osm import osm_lines

from .tiles import write_tiles


@dataclass(frozen=True)
class CityFiles:
    """Where the city of a seed lies: OpenStreetMap XML for road engines, vector tiles for maps."""

    seed: int
    osm: Path
    mbtiles: Path


def write_city(folder: Path, seed: int) -> CityFiles:
    """Write city.osm and city.mbtiles for a seed, unless this generator has already put them there.

    Files appear whole or not at all; an interrupted run leaves the former city in place.
    """
    files = CityFiles(seed, folder / "city.osm", folder / "city.mbtiles")
    stamp, wanted = folder / "city.version", f"seed {seed}, generator {VERSION}\n"
    if files.osm.exists() and files.mbtiles.exists() and stamp.exists() and stamp.read_text() == wanted:
        return files
    folder.mkdir(parents=True, exist_ok=True)
    city = make_city(seed)
    work = Path(tempfile.mkdtemp(prefix=".city-", dir=folder))
    try:
        with (work / "city.osm").open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(line + "\n" for line in osm_lines(city))
        write_tiles(city, work / "city.mbtiles")
        (work / "city.version").write_text(wanted)
        stamp.unlink(missing_ok=True)
        for name in ("city.osm", "city.mbtiles", "city.version"):
            os.replace(work / name, folder / name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return files
