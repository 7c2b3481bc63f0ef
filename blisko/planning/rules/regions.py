"""Where a region lies, by the names of its tiles."""

from collections.abc import Iterable

from blisko.planning.rules.ways import Point

Box = tuple[float, float, float, float]  # south, west, north, east
LOCAL, SIDE = "2", 0.25  # the level of small tiles, and how many degrees they measure
COLUMNS = int(360 / SIDE)


def box_of_tiles(names: Iterable[str], said: Box | None = None) -> Box | None:
    """Answer what tiles named like "2/000/789/877.gph" cover, within what the extract says of itself; None when there are none."""
    numbers = [int("".join(parts[1:]).removesuffix(".gph")) for name in names if (parts := name.split("/"))[0] == LOCAL]
    if not numbers:
        return None
    rows, columns = [number // COLUMNS for number in numbers], [number % COLUMNS for number in numbers]
    south, west = min(rows) * SIDE - 90, min(columns) * SIDE - 180
    north, east = (max(rows) + 1) * SIDE - 90, (max(columns) + 1) * SIDE - 180
    if said is None:
        return south, west, north, east
    return max(south, said[0]), max(west, said[1]), min(north, said[2]), min(east, said[3])


def within(point: Point, box: Box) -> bool:
    """Tell whether a point lies in a box."""
    return box[0] <= point.lat <= box[2] and box[1] <= point.lon <= box[3]
