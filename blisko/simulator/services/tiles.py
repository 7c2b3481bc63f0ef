"""The generated city as vector tiles: an .mbtiles in the OpenMapTiles schema, so that one map style serves it and any real extract."""

from __future__ import annotations

import gzip
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from blisko.simulator.rules import names
from blisko.simulator.rules.city import City
from blisko.simulator.rules.geometry import middle, to_degrees

ZOOMS = range(10, 15)
WORLD = 2 * math.pi * 6_378_137.0  # metres round the equator in Web Mercator
EXTENT, BUFFER = 4096, 80
Props = dict[str, Any]


@dataclass
class Feature:
    """One thing on the map, in Web Mercator metres, drawn from a zoom on; equal `props` may be drawn as one."""

    layer: str
    shape: BaseGeometry
    props: Props
    low: int = 10


@dataclass
class Layers:
    """What will be drawn, by layer."""

    features: list[Feature] = field(default_factory=list)

    def add(self, layer: str, shape: BaseGeometry, low: int, **props: Any) -> None:
        """Draw a shape from zoom `low` on; empty values are left out."""
        self.features.append(Feature(layer, shape, {k: v for k, v in props.items() if v not in ("", None, False)}, low))


def mercator(p: tuple[float, float]) -> tuple[float, float]:
    """A point of the city, in metres from its square, in Web Mercator metres (EPSG:3857)."""
    lon, lat = to_degrees(p)
    return lon / 360 * WORLD, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * WORLD / (2 * math.pi)


def ring(points: Iterable[tuple[float, float]]) -> BaseGeometry:
    """A polygon of a ring in city metres."""
    shape = Polygon([mercator(p) for p in points])
    return shape if shape.is_valid else shape.buffer(0)


def line(points: Iterable[tuple[float, float]]) -> BaseGeometry:
    """A line in city metres."""
    return LineString([mercator(p) for p in points])


ROAD_CLASS = {
    "motorway": ("motorway", 10), "motorway_link": ("motorway", 11), "primary": ("primary", 10), "secondary": ("secondary", 10),
    "tertiary": ("tertiary", 11),
    "residential": ("minor", 12), "unclassified": ("minor", 12), "service": ("service", 13), "footway": ("path", 13),
}  # fmt: skip
LANDUSE = {
    "old": "residential", "inner": "residential", "estate": "residential", "grid": "residential", "winding": "residential",
    "industrial": "industrial", "railway": "railway", "school": "school", "hospital": "hospital", "cemetery": "cemetery",
    "retail": "retail", "pitch": "pitch", "square": "square", "church": "residential",
}  # fmt: skip
LANDCOVER = {"park": ("grass", "park"), "riverside": ("grass", "grass"), "allotments": ("grass", "allotments")}
POI = {
    "civic": ("town_hall", "townhall"), "church": ("place_of_worship", "place_of_worship"), "station": ("railway", "station"),
    "school": ("school", "school"), "hospital": ("hospital", "hospital"), "cemetery": ("cemetery", "cemetery"), "park": ("park", "park"),
}  # fmt: skip


def layers_of(city: City) -> list[Feature]:
    """Everything the map shows, with OpenMapTiles' layer names and classes."""
    out = Layers()
    _water_and_land(out, city)
    for block in city.blocks:
        if kind := LANDUSE.get(block.use):
            out.add("landuse", ring(block.ring), 10 if kind in ("residential", "industrial") else 12, **{"class": kind})
        elif cover := LANDCOVER.get(block.use):
            out.add("landcover", ring(block.ring), 10 if block.size > 30_000 else 11, **{"class": cover[0]}, subclass=cover[1])
        if block.use == "park" and block.name:
            out.add("park", ring(block.ring), 12, **{"class": "public_park"}, name=block.name)
        if block.name and block.use in POI:
            kind, sub = POI[block.use]
            out.add("poi", Point(mercator(block.centre)), 14, **{"class": kind}, subclass=sub, name=block.name, rank=20)
    for road in city.roads:
        kind, low = ROAD_CLASS[road.kind]
        ramp, brunnel = int(road.kind.endswith("_link")), "bridge" if road.bridge else ""
        sub = "footway" if kind == "path" else ""
        shape = line(road.line)
        out.add("transportation", shape, low, **{"class": kind}, subclass=sub, brunnel=brunnel, oneway=int(road.oneway), ramp=ramp)
        if road.kind == "motorway":
            out.add("transportation_name", shape, 11, **{"class": kind}, ref=road.name, ref_length=len(road.name), network="road")
        elif road.name:
            out.add("transportation_name", shape, max(low + 1, 12), **{"class": kind}, name=road.name)
    for i, rail in enumerate(city.land.rails):
        out.add("transportation", line(rail), 10 if i == 0 else 13, **{"class": "rail"}, subclass="rail", service="yard" if i else "")
    _houses_and_places(out, city)
    return out.features


def _water_and_land(out: Layers, city: City) -> None:
    land = city.land
    out.add("water", ring(land.banks), 10, **{"class": "river"})
    out.add("waterway", line(land.river), 10, **{"class": "river"}, name=names.RIVER)
    for lake, name in zip(land.lakes, names.LAKES, strict=False):
        out.add("water", ring(lake), 10, **{"class": "lake"})
        out.add("water_name", Point(mercator(middle(lake))), 12, **{"class": "lake"}, name=name)
    for wood in land.woods:
        out.add("landcover", ring(wood), 10, **{"class": "wood"}, subclass="forest")


def _houses_and_places(out: Layers, city: City) -> None:
    for house in city.buildings:
        small = house.use in ("shed", "outbuilding")
        out.add("building", ring(house.ring), 14 if small else 13, render_height=math.ceil(house.height))
        if house.name:
            kind, sub = POI[house.use]
            out.add("poi", Point(mercator(middle(house.ring))), 13, **{"class": kind}, subclass=sub, name=house.name, rank=5)
    for i, address in zip(city.house_of, city.addresses, strict=True):
        out.add("housenumber", Point(mercator(middle(city.buildings[i].ring))), 14, housenumber=address.number)
    out.add("place", Point(mercator((0.0, 0.0))), 10, **{"class": "town"}, name=city.name, rank=8)
    for rank, district in enumerate(city.districts):
        out.add("place", Point(mercator(district.label)), 12, **{"class": "suburb"}, name=district.name, rank=10 + rank // 4)
    for village, name in zip(city.villages, names.VILLAGES, strict=False):
        out.add("place", Point(mercator(village)), 11, **{"class": "village"}, name=name, rank=11)


def at_zoom(features: list[Feature], zoom: int) -> list[Feature]:
    """What is drawn at a zoom: equal lines joined, equal areas united at small scales, all simplified, the tiny left out."""
    unit = WORLD / 2**zoom / EXTENT
    groups: dict[tuple[str, str], list[Feature]] = {}
    for f in features:
        if f.low <= zoom:
            groups.setdefault((f.layer, json.dumps(f.props, sort_keys=True)), []).append(f)
    out: list[Feature] = []
    for (layer, _), group in groups.items():
        shapes = [f.shape for f in group]
        if layer in ("transportation", "transportation_name", "waterway"):
            merged = shapely.line_merge(shapely.MultiLineString(shapes), directed=bool(group[0].props.get("oneway")))
            shapes = [s for s in shapely.get_parts(merged) if layer != "transportation_name" or s.length > 150 * unit]
        elif layer in ("landuse", "landcover") and zoom < 13:
            united = shapely.buffer(shapely.union_all([s.buffer(12 * unit, quad_segs=2) for s in shapes]), -12 * unit, quad_segs=2)
            shapes = list(shapely.get_parts(united))
        if layer in ("landuse", "landcover", "building", "water", "park"):
            least = (10 if layer == "building" else 14) * unit
            shapes = [s for s in shapes if s.area > least * least * (0.0 if zoom == 14 else 1.0)]
        simple = shapes if layer == "building" and zoom == 14 else shapely.simplify(shapes, unit * (1.6 if zoom == 14 else 3.0))
        out += [Feature(layer, s, group[0].props) for s in simple if not s.is_empty]
    return out


def tiles_of(city: City, features: list[Feature]) -> Iterator[tuple[int, int, int, bytes]]:
    """Each tile as zoom, column, row (counted from the north) and gzipped MVT."""
    edge = [mercator_of(city.bounds[0], city.bounds[1]), mercator_of(city.bounds[2], city.bounds[3])]
    frame = shapely.box(*edge[0], *edge[1])
    for zoom in ZOOMS:
        drawn = at_zoom(features, zoom)
        tree, size = shapely.STRtree([f.shape for f in drawn]), WORLD / 2**zoom
        for x in range(int((edge[0][0] + WORLD / 2) // size), int((edge[1][0] + WORLD / 2) // size) + 1):
            for y in range(int((WORLD / 2 - edge[1][1]) // size), int((WORLD / 2 - edge[0][1]) // size) + 1):
                yield zoom, x, y, _tile(drawn, tree, frame, (x * size - WORLD / 2, WORLD / 2 - (y + 1) * size, size))


def mercator_of(lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator metres of a longitude and latitude in degrees."""
    return lon / 360 * WORLD, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * WORLD / (2 * math.pi)


def _tile(drawn: list[Feature], tree: shapely.STRtree, frame: BaseGeometry, where: tuple[float, float, float]) -> bytes:
    x, y, size = where
    margin = size * BUFFER / EXTENT
    window = shapely.box(x - margin, y - margin, x + size + margin, y + size + margin).intersection(frame)
    layers: dict[str, list[Props]] = {}
    if not window.is_empty:
        for k in sorted(tree.query(window).tolist()):
            f = drawn[k]
            shape = f.shape if window.contains(f.shape) else shapely.clip_by_rect(f.shape, *window.bounds)
            if not shape.is_empty:
                layers.setdefault(f.layer, []).append({"geometry": shape, "properties": f.props})
    data = mapbox_vector_tile.encode(
        [{"name": name, "features": layers[name]} for name in sorted(layers)],
        default_options={"quantize_bounds": (x, y, x + size, y + size), "extents": EXTENT},
    )
    return gzip.compress(data, 9, mtime=0)


def write_tiles(city: City, path: Path) -> None:
    """Write the city's tiles to an .mbtiles file that is not there yet."""
    fields: dict[str, dict[str, str]] = {}
    features = layers_of(city)
    for f in features:
        fields.setdefault(f.layer, {}).update({k: "Number" if isinstance(v, (int, float)) else "String" for k, v in f.props.items()})
    west, south, east, north = city.bounds
    about = {
        "name": city.name, "format": "pbf", "type": "baselayer", "version": "1", "minzoom": str(ZOOMS[0]), "maxzoom": str(ZOOMS[-1]),
        "bounds": f"{west},{south},{east},{north}", "center": f"{city.home[0]},{city.home[1]},13",
        "attribution": f"{city.name} – generated",
        "description": "A generated town that exists nowhere",
        "json": json.dumps({"vector_layers": [
            {"id": name, "fields": fields[name], "minzoom": ZOOMS[0], "maxzoom": ZOOMS[-1]} for name in sorted(fields)
        ]}),
    }  # fmt: skip
    base = sqlite3.connect(path)
    try:
        base.execute("create table metadata (name text primary key, value text)")
        base.execute("create table tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
        base.execute("create unique index tile_index on tiles (zoom_level, tile_column, tile_row)")
        base.executemany("insert into metadata values (?, ?)", about.items())
        rows = ((z, x, 2**z - 1 - y, data) for z, x, y, data in tiles_of(city, features))
        base.executemany("insert into tiles values (?, ?, ?, ?)", rows)
        base.commit()
    finally:
        base.close()
