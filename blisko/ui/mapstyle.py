"""The look of the basemap: MapLibre styles for the OpenMapTiles schema, light and dark.

Everything here is quieter than the route line and the two people on it: no pure colour, few labels, no icons.
Labels are drawn from the page's own font (MapLibre does so when a style has no `glyphs`).
"""

from typing import Any

Layer = dict[str, Any]
Palette = dict[str, str]

THEMES: dict[str, Palette] = {
    "light": {
        "land": "#edf0e8",
        "town": "#e9ece3",
        "park": "#d5e5cb",
        "wood": "#c9dec2",
        "pitch": "#cfe2c6",
        "sand": "#f3ead2",
        "water": "#bcd9e2",
        "building": "#dfe2d8",
        "building_edge": "#d1d6cb",
        "road": "#ffffff",
        "road_edge": "#d7dcd1",
        "main": "#fffaf0",
        "main_edge": "#dccfa9",
        "motorway": "#fbe7b4",
        "motorway_edge": "#d9bd74",
        "path": "#cdd4c6",
        "rail": "#c6ccc2",
        "text": "#4a5d56",
        "text_place": "#13302a",
        "text_water": "#3b6f82",
        "text_park": "#47704a",
        "halo": "#f6f8f3",
    },
    "dark": {
        "land": "#14201d",
        "town": "#17241f",
        "park": "#18302a",
        "wood": "#173228",
        "pitch": "#1b342b",
        "sand": "#2a2a1f",
        "water": "#10364a",
        "building": "#1e2c28",
        "building_edge": "#283833",
        "road": "#2e3f39",
        "road_edge": "#101a17",
        "main": "#3a4c45",
        "main_edge": "#101a17",
        "motorway": "#54513a",
        "motorway_edge": "#17190f",
        "path": "#2a3833",
        "rail": "#2d3b36",
        "text": "#9db1a8",
        "text_place": "#dfeae4",
        "text_water": "#79b4c9",
        "text_park": "#8dbd95",
        "halo": "#0f1a17",
    },
}
SOURCE = "city"
ATTRIBUTION = "© OpenStreetMap contributors"
BOLD = ["Blisko Bold", "Blisko", "sans-serif"]
PLAIN = ["Blisko", "sans-serif"]
NAME = ["coalesce", ["get", "name"], ["get", "name:latin"]]


def map_style(theme: str, tiles: str, facts: dict[str, str]) -> dict[str, Any]:
    """Answer the MapLibre style of `theme`, for tiles at the absolute address pattern `tiles` (empty: background only).

    `facts` are an mbtiles file's metadata; minzoom, maxzoom, bounds and attribution are taken from it when they are there.
    """
    colours = THEMES[theme]
    style: dict[str, Any] = {"version": 8, "name": f"Blisko {theme}", "sources": {}, "layers": [background(colours)]}
    if tiles:
        style["sources"] = {SOURCE: source(tiles, facts)}
        style["layers"] += [*ground(colours), *roads(colours), *labels(colours)]
    return style


def source(tiles: str, facts: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "vector",
        "tiles": [tiles],
        "minzoom": int(facts.get("minzoom", 0)),
        "maxzoom": int(facts.get("maxzoom", 14)),
        "attribution": facts.get("attribution") or ATTRIBUTION,
    }
    if facts.get("bounds"):
        found["bounds"] = [float(part) for part in facts["bounds"].split(",")]
    return found


def background(c: Palette) -> Layer:
    return {"id": "land", "type": "background", "paint": {"background-color": c["land"]}}


def fill(name: str, layer: str, colour: str, only: Any = None, **paint: Any) -> Layer:
    made: Layer = {"id": name, "type": "fill", "source": SOURCE, "source-layer": layer, "paint": {"fill-color": colour, **paint}}
    if only is not None:
        made["filter"] = only
    return made


def of_class(*names: str) -> list[Any]:
    return ["match", ["get", "class"], list(names), True, False]


def by_zoom(*stops: float) -> list[Any]:
    return ["interpolate", ["exponential", 1.5], ["zoom"], *stops]


def ground(c: Palette) -> list[Layer]:
    """Answer everything flat: town, green, water, houses."""
    return [
        fill("town", "landuse", c["town"], of_class("residential", "suburb", "neighbourhood", "commercial", "industrial", "retail")),
        fill("grass", "landcover", c["park"], of_class("grass", "farmland", "wetland"), **{"fill-opacity": 0.7}),
        fill("wood", "landcover", c["wood"], of_class("wood", "forest")),
        fill("sand", "landcover", c["sand"], of_class("sand", "rock")),
        fill("park", "park", c["park"]),
        fill("pitch", "landuse", c["pitch"], of_class("pitch", "playground", "stadium", "cemetery", "park")),
        {
            "id": "waterway",
            "type": "line",
            "source": SOURCE,
            "source-layer": "waterway",
            "layout": {"line-cap": "round", "line-join": "round"},
            "paint": {"line-color": c["water"], "line-width": by_zoom(9, 0.6, 14, 2.5, 18, 10)},
        },
        fill("water", "water", c["water"]),
        fill(
            "building",
            "building",
            c["building"],
            **{"fill-outline-color": c["building_edge"], "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0, 14.5, 1]},
        ),
    ]


# Class, zoom from which it shows, width of the road at zooms 10, 14 and 18.
ROADS: tuple[tuple[str, tuple[str, ...], int, tuple[float, float, float], str], ...] = (
    ("service", ("service", "track"), 14, (0.0, 1.0, 9.0), "road"),
    ("minor", ("minor", "street", "residential", "unclassified", "living_street"), 12, (0.3, 2.6, 15.0), "road"),
    ("tertiary", ("tertiary",), 11, (0.7, 3.6, 19.0), "road"),
    ("secondary", ("secondary",), 9, (1.0, 4.6, 22.0), "main"),
    ("primary", ("primary", "trunk"), 7, (1.4, 5.8, 25.0), "main"),
    ("motorway", ("motorway",), 5, (1.8, 6.4, 27.0), "motorway"),
)


def line(name: str, only: Any, colour: str, width: Any, minzoom: int, **paint: Any) -> Layer:
    return {
        "id": name,
        "type": "line",
        "source": SOURCE,
        "source-layer": "transportation",
        "minzoom": minzoom,
        "filter": only,
        "layout": {"line-cap": "round", "line-join": "round"},
        "paint": {"line-color": colour, "line-width": width, **paint},
    }


def roads(c: Palette) -> list[Layer]:
    """Answer all edges first and all faces after, so that crossings stay open; bridges once more on top of both."""
    tunnel = ["==", ["get", "brunnel"], "tunnel"]
    bridge = ["==", ["get", "brunnel"], "bridge"]
    edges, faces, over = [], [], []
    for name, classes, minzoom, (far, mid, near), tone in ROADS:
        width = by_zoom(10, far, 14, mid, 18, near)
        edge = by_zoom(10, far + 0.6, 14, mid + 1.6, 18, near + 3)
        dim = {"line-opacity": ["case", tunnel, 0.4, 1]}
        edges.append(line(f"{name}-edge", of_class(*classes), c[f"{tone}_edge"], edge, max(minzoom, 11), **dim))
        faces.append(line(f"{name}", of_class(*classes), c[tone], width, minzoom, **dim))
        on_bridge = ["all", of_class(*classes), bridge]
        over.append(line(f"{name}-bridge-edge", on_bridge, c[f"{tone}_edge"], edge, 13))
        over[-1]["layout"]["line-cap"] = "butt"
        over.append(line(f"{name}-bridge", on_bridge, c[tone], width, 13))
    dashes = {"line-dasharray": [2, 1.5]}
    path = line("path", of_class("path", "pedestrian", "footway", "cycleway"), c["path"], by_zoom(14, 0.8, 18, 3), 14, **dashes)
    rail = line("rail", of_class("rail", "transit"), c["rail"], by_zoom(11, 0.6, 18, 3), 11)
    return [path, *edges, *faces, rail, *over]


def text(name: str, layer: str, size: Any, colour: str, halo: str, font: list[str] = PLAIN, **more: Any) -> Layer:
    layout = {"text-field": NAME, "text-font": font, "text-size": size, "text-max-width": 7, **more.pop("layout", {})}
    return {
        "id": name,
        "type": "symbol",
        "source": SOURCE,
        "source-layer": layer,
        "layout": layout,
        "paint": {"text-color": colour, "text-halo-color": halo, "text-halo-width": 1.4, "text-halo-blur": 0.4},
        **more,
    }


def labels(c: Palette) -> list[Layer]:
    """Answer names of streets, waters, parks and places; house numbers only close up."""
    along = {"symbol-placement": "line", "text-letter-spacing": 0.02}
    halo = c["halo"]
    big = of_class("motorway", "trunk", "primary", "secondary")
    lane = by_zoom(14, 10.5, 18, 13.5)
    small = text("street-small", "transportation_name", lane, c["text"], halo, minzoom=14, layout=along, filter=["!", big])
    number = text("housenumber", "housenumber", 10.5, c["text"], halo, minzoom=17, layout={"text-field": ["get", "housenumber"]})
    return [
        number,
        small,
        text("street-main", "transportation_name", by_zoom(12, 11, 18, 15), c["text"], halo, minzoom=12, layout=along, filter=big),
        text("waterway-name", "waterway", 12, c["text_water"], halo, minzoom=12, layout=along),
        text("water-name", "water_name", 12, c["text_water"], halo, minzoom=11),
        text("park-name", "park", 11.5, c["text_park"], halo, minzoom=13),
        text(
            "quarter",
            "place",
            by_zoom(10, 10.5, 15, 14),
            c["text"],
            halo,
            BOLD,
            minzoom=11,
            maxzoom=16,
            filter=of_class("suburb", "quarter", "neighbourhood", "hamlet", "borough", "district"),
            layout={"text-letter-spacing": 0.06},
        ),
        text(
            "town-name",
            "place",
            by_zoom(6, 11, 12, 19),
            c["text_place"],
            halo,
            BOLD,
            maxzoom=15,
            filter=of_class("city", "town", "village"),
        ),
    ]
