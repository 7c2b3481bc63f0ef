import gzip
import json
import sqlite3
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import mapbox_vector_tile
import pytest

from blisko.simulator.rules.city import City
from blisko.simulator.rules.osm import osm_lines
from blisko.simulator.services.city import CityFiles, write_city

pytestmark = [pytest.mark.xdist_group("city"), pytest.mark.timeout(300)]


def test_same_seed_gives_the_same_file_in_another_process(city: City, files: CityFiles) -> None:
    assert "".join(line + "\n" for line in osm_lines(city)) == files.osm.read_text(encoding="utf-8")


def test_written_city_is_not_made_again(files: CityFiles) -> None:
    before = files.osm.stat().st_mtime_ns
    assert write_city(files.osm.parent, files.seed) == files
    assert files.osm.stat().st_mtime_ns == before


def test_nothing_half_written_is_left_behind(files: CityFiles) -> None:
    assert sorted(p.name for p in files.osm.parent.iterdir()) == ["city.mbtiles", "city.osm", "city.version"]


def test_openstreetmap_file_reads_back(city: City, files: CityFiles) -> None:
    root = ET.parse(files.osm).getroot()
    nodes = {n.get("id") for n in root.iter("node")}
    kinds: Counter[str] = Counter()
    numbered = 0
    for way in root.iter("way"):
        refs = [nd.get("ref") for nd in way.iter("nd")]
        assert len(refs) >= 2 and set(refs) <= nodes
        tags = {t.get("k"): t.get("v") for t in way.iter("tag")}
        kinds.update(k for k in ("highway", "building", "landuse", "railway", "waterway", "leisure") if k in tags)
        numbered += "addr:housenumber" in tags
        assert "building" not in tags or refs[0] == refs[-1]
    assert kinds["highway"] == len(city.roads) and kinds["building"] == len(city.buildings)
    assert numbered == len(city.addresses)
    assert {"railway", "waterway", "leisure"} <= kinds.keys()


def test_another_reader_of_openstreetmap_agrees(city: City, files: CityFiles) -> None:
    osmium = pytest.importorskip("osmium")
    counted = Counter(type(o).__name__ for o in osmium.FileProcessor(str(files.osm)))
    assert counted["Way"] > len(city.roads) + len(city.buildings)


def tile(path: Path, zoom: int, column: int, row: int) -> dict[str, list[dict[str, object]]]:
    with sqlite3.connect(path) as base:
        (data,) = base.execute(
            "select tile_data from tiles where zoom_level=? and tile_column=? and tile_row=?", (zoom, column, 2**zoom - 1 - row)
        ).fetchone()
    return {name: layer["features"] for name, layer in mapbox_vector_tile.decode(gzip.decompress(data)).items()}


def test_tile_of_the_centre_shows_streets_houses_and_names(files: CityFiles) -> None:
    layers = tile(files.mbtiles, 14, 9065, 5411)
    shown = {name: [f["properties"] for f in features] for name, features in layers.items()}
    assert len(shown["building"]) > 500 and len(shown["housenumber"]) > 400
    assert any(p.get("name") == "Rynek" for p in shown["transportation_name"])  # type: ignore[attr-defined]
    assert any(p.get("class") == "town" for p in shown["place"])  # type: ignore[attr-defined]


def test_overview_shows_the_town_without_its_houses(files: CityFiles) -> None:
    layers = tile(files.mbtiles, 10, 566, 338)
    assert {"water", "landcover", "landuse", "transportation", "place"} <= layers.keys()
    assert "building" not in layers


def test_tiles_describe_themselves(city: City, files: CityFiles) -> None:
    with sqlite3.connect(files.mbtiles) as base:
        about = dict(base.execute("select name, value from metadata"))
        zooms = {z for (z,) in base.execute("select distinct zoom_level from tiles")}
        broken = base.execute("select count(*) from tiles where length(tile_data) > 500000").fetchone()[0]
    assert zooms == {10, 11, 12, 13, 14} and broken == 0
    assert about["format"] == "pbf" and about["attribution"] == "Blisków – generated"
    assert [float(v) for v in about["bounds"].split(",")] == list(city.bounds)
    assert {layer["id"] for layer in json.loads(about["json"])["vector_layers"]} >= {"water", "transportation", "building", "place"}


def test_tiles_are_small(files: CityFiles) -> None:
    assert files.mbtiles.stat().st_size < 6_000_000
