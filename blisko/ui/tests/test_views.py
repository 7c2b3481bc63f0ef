"""The basemap as a browser asks for it."""

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from blisko.ui.mapstyle import THEMES, map_style

TILE = gzip.compress(b"a tile")


@pytest.fixture
def city(tmp_path: Path, settings: Settings) -> Path:
    file = tmp_path / "city.mbtiles"
    with sqlite3.connect(file) as conn:
        conn.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        conn.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        facts = {"minzoom": "9", "maxzoom": "14", "bounds": "20.9,52.1,21.1,52.3", "attribution": "Made up"}
        conn.executemany("INSERT INTO metadata VALUES (?, ?)", facts.items())
        conn.execute("INSERT INTO tiles VALUES (3, 4, 5, ?)", (TILE,))
    settings.BLISKO_MAP_FILE, settings.BLISKO_MAP_URL = str(file), ""
    return file


def test_a_style_points_at_our_own_tiles_and_names_their_source(client: Client, city: Path) -> None:
    style = json.loads(client.get("/map/style/light.json").content)
    source = style["sources"]["city"]
    assert source["tiles"] == ["http://testserver/map/tiles/{z}/{x}/{y}.pbf"]
    assert (source["minzoom"], source["maxzoom"], source["attribution"]) == (9, 14, "Made up")
    assert source["bounds"] == [20.9, 52.1, 21.1, 52.3]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_labels_need_no_glyphs_and_every_layer_has_a_source_and_its_own_name(client: Client, city: Path, theme: str) -> None:
    style = json.loads(client.get(f"/map/style/{theme}.json").content)
    assert "glyphs" not in style
    assert "sprite" not in style
    names = [layer["id"] for layer in style["layers"]]
    assert len(names) == len(set(names))
    assert {layer.get("source") for layer in style["layers"][1:]} == {"city"}
    assert {layer["layout"]["text-font"][-1] for layer in style["layers"] if layer["type"] == "symbol"} == {"sans-serif"}


def test_an_operators_tile_server_takes_the_place_of_the_file(client: Client, city: Path, settings: Settings) -> None:
    settings.BLISKO_MAP_URL = "https://tiles.example.org/{z}/{x}/{y}.pbf"
    style = json.loads(client.get("/map/style/dark.json").content)
    assert style["sources"]["city"]["tiles"] == ["https://tiles.example.org/{z}/{x}/{y}.pbf"]


def test_without_any_basemap_the_style_is_a_background(client: Client, settings: Settings) -> None:
    settings.BLISKO_MAP_FILE = settings.BLISKO_MAP_URL = ""
    style = json.loads(client.get("/map/style/light.json").content)
    assert [layer["type"] for layer in style["layers"]] == ["background"]
    assert client.get("/map/tiles/3/4/2.pbf").status_code == 404


def test_an_unknown_theme_is_not_found(client: Client) -> None:
    assert client.get("/map/style/pink.json").status_code == 404


def test_a_tile_is_passed_on_as_it_is_stored_with_rows_counted_from_the_north(client: Client, city: Path) -> None:
    response = client.get("/map/tiles/3/4/2.pbf")
    assert response.status_code == 200
    assert response.content == TILE
    assert response["Content-Encoding"] == "gzip"
    assert "max-age" in response["Cache-Control"]
    again = client.get("/map/tiles/3/4/2.pbf", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ["3/4/3", "3/8/0", "3/0/8", "25/0/0", "99/0/0"])
def test_where_there_is_nothing_the_answer_is_empty(client: Client, city: Path, address: str) -> None:
    assert client.get(f"/map/tiles/{address}.pbf").status_code == 204


def test_many_threads_read_the_same_file(client: Client, city: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: Client().get("/map/tiles/3/4/2.pbf").content, range(64)))
    assert set(answers) == {TILE}


def test_a_file_that_was_replaced_is_read_anew(client: Client, city: Path) -> None:
    client.get("/map/tiles/3/4/2.pbf")
    with sqlite3.connect(city) as conn:
        conn.execute("UPDATE tiles SET tile_data = ?", (gzip.compress(b"another"),))
    assert gzip.decompress(client.get("/map/tiles/3/4/2.pbf").content) == b"another"


def test_strangers_see_no_style_guide(client: Client, settings: Settings) -> None:
    settings.DEBUG = False
    assert client.get("/guide/").status_code == 404


@pytest.mark.parametrize("language", ["en", "pl", "hu"])
def test_the_style_guide_holds_nothing_inline(client: Client, settings: Settings, language: str) -> None:
    settings.DEBUG = True
    page = client.get("/guide/", headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}"' in page
    assert " style=" not in page.replace('aria-label="', "")
    assert "<style" not in page
    assert page.count("<script") == page.count('type="module"')
    assert " onclick" not in page


def expressions(part: object, name: str = "") -> Iterator[str]:
    """Answer the head of every expression in a style, but not what are plain lists."""
    if isinstance(part, dict):
        for key, inner in part.items():
            yield from expressions(inner, key)
    elif isinstance(part, list) and name not in ("text-font", "line-dasharray"):
        yield str(part[0])
        # The labels of a match are plain words.
        for inner in (part[1], *part[3::2], part[-1]) if part[0] == "match" else part[1:]:
            yield from expressions(inner)


@pytest.mark.parametrize("theme", THEMES)
def test_picture_of_the_map_knows_every_word_of_our_style(theme: str) -> None:
    """It is drawn from the same style by our own hand (`islands/mapstyle.ts`); a word it does not know would cost every customer it."""
    islands = Path(__file__).resolve().parent.parent / "islands"
    known = {*re.findall(r'case "([^"]+)":', (islands / "mapstyle.ts").read_text(encoding="utf-8")), "exponential", "linear"}
    layers = map_style(theme, "/{z}/{x}/{y}.pbf", {})["layers"]
    said = set(expressions({str(nr): {**layer, "type": ""} for nr, layer in enumerate(layers)}))
    assert {"match", "get", "interpolate", "case"} <= said <= known
    assert {layer["type"] for layer in layers} == {"background", "fill", "line", "symbol"}
