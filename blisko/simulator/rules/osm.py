"""The generated city in OpenStreetMap's own words: nodes, ways and tags (OSM XML 0.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from . import names
from .city import VERSION, City
from .geometry import Point, to_degrees

USES = {
    "old": {"landuse": "residential"}, "inner": {"landuse": "residential"}, "estate": {"landuse": "residential"},
    "grid": {"landuse": "residential"}, "winding": {"landuse": "residential"}, "industrial": {"landuse": "industrial"},
    "railway": {"landuse": "railway"}, "allotments": {"landuse": "allotments"}, "park": {"leisure": "park"},
    "school": {"amenity": "school"}, "hospital": {"amenity": "hospital"}, "cemetery": {"landuse": "cemetery"},
    "retail": {"landuse": "retail"}, "pitch": {"leisure": "pitch", "sport": "soccer"}, "riverside": {"landuse": "grass"},
    "church": {"landuse": "religious"}, "square": {"place": "square", "name": "Rynek"},
}  # fmt: skip
HOUSES = {
    "house": "house", "apartments": "apartments", "outbuilding": "outbuilding", "shed": "shed", "industrial": "industrial",
    "school": "school", "hospital": "hospital", "retail": "retail", "civic": "civic", "church": "church", "station": "train_station",
}  # fmt: skip
AMENITIES = {"civic": {"amenity": "townhall"}, "church": {"amenity": "place_of_worship", "religion": "christian"}}
Tags = dict[str, str]


class Writer:
    """Collects nodes and ways, giving each its number."""

    def __init__(self) -> None:
        self.nodes: list[tuple[Point, Tags]] = []
        self.ways: list[tuple[list[int], Tags]] = []

    def node(self, p: Point, tags: Tags | None = None) -> int:
        """Add a node at a point in metres; gives its number."""
        self.nodes.append((to_degrees(p), tags or {}))
        return len(self.nodes)

    def way(self, refs: list[int], tags: Tags) -> None:
        """Add a way over nodes that are there."""
        self.ways.append((refs, tags))

    def ring(self, ring: Iterable[Point], tags: Tags) -> None:
        """Add a closed way with nodes of its own."""
        refs = [self.node(p) for p in ring]
        self.way([*refs, refs[0]], tags)

    def lines(self, bounds: tuple[float, float, float, float]) -> Iterator[str]:
        """The file, line by line."""
        w, s, e, n = bounds
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield f'<osm version="0.6" generator="Blisko simulator {VERSION}">'
        yield f'<bounds minlat="{s:.7f}" minlon="{w:.7f}" maxlat="{n:.7f}" maxlon="{e:.7f}"/>'
        for i, ((lon, lat), tags) in enumerate(self.nodes, 1):
            head = f'<node id="{i}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"'
            yield f"{head}>{_tags(tags)}</node>" if tags else f"{head}/>"
        for i, (refs, tags) in enumerate(self.ways, 1):
            yield f'<way id="{i}" version="1">' + "".join(f'<nd ref="{r}"/>' for r in refs) + _tags(tags) + "</way>"
        yield "</osm>"


def _tags(tags: Tags) -> str:
    return "".join(f'<tag k="{k}" v="{escape(v, {chr(34): "&quot;"})}"/>' for k, v in tags.items())


def osm_lines(city: City) -> Iterator[str]:
    """The city as the lines of an .osm file."""
    out = Writer()
    for p in city.nodes:
        out.node(p)
    for road in city.roads:
        between = [out.node(p) for p in road.line[1:-1]]
        out.way([road.a + 1, *between, road.b + 1], _road_tags(road.kind, road.name, road.maxspeed, road.oneway, road.bridge))
    _land(out, city)
    for block in city.blocks:
        if block.use in USES:
            out.ring(block.ring, {**USES[block.use], **({"name": block.name} if block.name else {})})
    address = dict(zip(city.house_of, city.addresses, strict=True))
    for i, house in enumerate(city.buildings):
        tags = {"building": HOUSES[house.use], **AMENITIES.get(house.use, {})}
        if house.height > 6:
            tags["height"] = f"{house.height:g}"
        if house.name:
            tags["name"] = house.name
        if at := address.get(i):
            tags |= {"addr:street": at.street, "addr:housenumber": at.number, "addr:postcode": at.postcode, "addr:city": at.place}
        out.ring(house.ring, tags)
    return out.lines(city.bounds)


def _road_tags(kind: str, name: str, maxspeed: int, oneway: bool, bridge: bool) -> Tags:
    tags = {"highway": kind}
    if name:
        tags["ref" if kind == "motorway" else "name"] = name
    if kind not in ("footway", "service"):
        tags["maxspeed"] = str(maxspeed)
    if oneway:
        tags["oneway"] = "yes"
    if bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    return tags


def _land(out: Writer, city: City) -> None:
    land = city.land
    out.ring(land.banks, {"natural": "water", "water": "river", "name": names.RIVER})
    out.way([out.node(p) for p in land.river], {"waterway": "river", "name": names.RIVER})
    for lake, name in zip(land.lakes, names.LAKES, strict=False):
        out.ring(lake, {"natural": "water", "water": "lake", "name": name})
    for wood, name in zip(land.woods, [*names.WOODS, *[""] * len(land.woods)], strict=False):
        out.ring(wood, {"landuse": "forest", **({"name": name} if name else {})})
    for i, rail in enumerate(land.rails):
        tags = {"railway": "rail", **({"usage": "main"} if i == 0 else {"service": "yard"})}
        out.way([out.node(p) for p in rail], tags)
    out.node((0.0, 0.0), {"place": "town", "name": city.name, "population": "64000"})
    for district in city.districts:
        out.node(district.label, {"place": "suburb", "name": district.name})
    for village, name in zip(city.villages, names.VILLAGES, strict=False):
        out.node(village, {"place": "village", "name": name})
