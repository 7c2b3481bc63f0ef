"""Who can do what job, when he pauses, what is left of his hours, and where he goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise, zip_longest
from typing import Any

from blisko.field.errors import BadAbsence, BadArea, BadBreak, BadHome, BadLevel, BadStock

PERMISSIONS = {
    "field.see": "See technicians, teams and shifts",
    "field.edit": "Add and change technicians, teams, shifts and vans",
    "field.report_absence": "Report a technician absent",
}
LOWEST, HIGHEST = 1, 3
LONGEST_BREAK = 240  # minutes
LONGEST_ABSENCE = timedelta(days=366)
CORNERS = range(3, 2_001)

Outline = Sequence[tuple[float, float]]  # (longitude, latitude) of each corner, the first one not repeated


@dataclass(frozen=True, slots=True)
class DailyBreak:
    """A break in the local time of every day: it begins between `earliest` and `latest`."""

    earliest: time
    latest: time
    minutes: int


@dataclass(frozen=True, slots=True)
class FloatingBreak:
    """A break of one shift: it begins between `earliest` and `latest`."""

    earliest: datetime
    latest: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class DayEnds:
    """Where a technician's day begins and ends, as (lat, lon) in degrees; None: nobody said."""

    start: tuple[float, float] | None = None
    end: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What a van or a depot holds: tools by code, parts by code and count; `parts` None is as many as wanted."""

    tools: frozenset[str] = frozenset()
    parts: Mapping[str, int] | None = None


class StockKind(StrEnum):
    """Why stock changed. A correction is what the books did not know: parts used that were not in them, or known by a later count."""

    OPENING = "opening"
    TAKE = "take"
    RETURN = "return"
    USE = "use"
    COUNT = "count"
    IMPORT = "import"
    CORRECTION = "correction"


COUNTS = frozenset({StockKind.COUNT, StockKind.IMPORT})  # they say how many there are, not how many more or fewer
MOST_PARTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a postcode lies: codes of zone and region, "" where nobody said."""

    zone: str = ""
    region: str = ""


def lacking_skills(has: Mapping[str, int], wanted: Mapping[str, int]) -> list[str]:
    """Answer the skill codes the technician lacks, or has below the least level, sorted."""
    return sorted(code for code, least in wanted.items() if has.get(code, 0) < least)


def new_levels(has: Mapping[str, int], codes: Sequence[str] | None, levels: Mapping[str, int]) -> dict[str, int]:
    """Answer the skills a technician has from now on: those listed or given a level, and no others.

    One he had and nobody gives a level keeps it; a new one begins at the lowest. `codes` None: all he had stay.
    """
    for code, level in levels.items():
        if not LOWEST <= level <= HIGHEST:
            raise BadLevel(details={"skill": code, "level": level})
    kept = has if codes is None else dict.fromkeys(codes, LOWEST)
    return {code: has.get(code, LOWEST) for code in kept} | dict(levels)


def check_home(lat: float, lon: float) -> None:
    """Refuse `BadHome` unless it is a place on earth; the refusal does not say where."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        raise BadHome


def read_outline(shape: Any) -> list[tuple[float, float]]:
    """Read the corners of a GeoJSON `Polygon` without holes, or of a `Feature` that is one; refuse `BadArea`."""
    if isinstance(shape, dict) and shape.get("type") == "Feature":
        shape = shape.get("geometry")
    if not isinstance(shape, dict) or shape.get("type") != "Polygon":
        raise BadArea
    rings = shape.get("coordinates")
    if not isinstance(rings, list) or len(rings) != 1 or not isinstance(rings[0], list):
        raise BadArea
    corners = [_corner(each) for each in rings[0]]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(corners) not in CORNERS or any(abs(one[0] - other[0]) > 180 for one, other in pairwise([*corners, corners[0]])):
        raise BadArea
    return corners


def _corner(said: Any) -> tuple[float, float]:
    known = isinstance(said, list) and len(said) >= 2 and all(type(each) in (int, float) for each in said[:2])
    if not known or not (-180 <= said[0] <= 180 and -90 <= said[1] <= 90):
        raise BadArea
    return float(said[0]), float(said[1])


def is_inside(lat: float, lon: float, outline: Outline) -> bool:
    """Tell whether an outline goes round a place at least once, as PostgreSQL's `polygon @> point` does (degrees as on a flat map)."""
    rounds = 0
    x1, y1 = outline[-1]
    for x2, y2 in outline:
        if (y1 <= lat) != (y2 <= lat):
            side = (x2 - x1) * (lat - y1) - (lon - x1) * (y2 - y1)
            if y1 <= lat and side > 0:
                rounds += 1
            elif y1 > lat and side < 0:
                rounds -= 1
        x1, y1 = x2, y2
    return rounds != 0


def first_name(name: str) -> str:
    """Answer what a customer may know of a technician's name."""
    return name.split()[0] if name.split() else ""


def check_breaks(starts: datetime, ends: datetime, breaks: Sequence[FloatingBreak]) -> None:
    """Refuse `BadBreak` unless every break can begin and end inside the shift."""
    if len(fitting_breaks(starts, ends, breaks)) < len(breaks):
        raise BadBreak


def check_daily_breaks(breaks: Sequence[DailyBreak]) -> None:
    """Refuse `BadBreak` unless each begins no later than it may and lasts no longer than four hours."""
    if any(one.latest < one.earliest or not 0 < one.minutes <= LONGEST_BREAK for one in breaks):
        raise BadBreak


def fitting_breaks(starts: datetime, ends: datetime, breaks: Iterable[FloatingBreak]) -> list[FloatingBreak]:
    """Answer, in order, the breaks that lie wholly inside the shift."""
    return sorted((one for one in breaks if _fits(one, starts, ends)), key=lambda one: (one.earliest, one.latest))


def _fits(one: FloatingBreak, starts: datetime, ends: datetime) -> bool:
    lasts = timedelta(minutes=one.minutes)
    return 0 < one.minutes <= LONGEST_BREAK and starts <= one.earliest <= one.latest and one.latest + lasts <= ends


def daily_breaks(starts: datetime, ends: datetime, rules: Sequence[DailyBreak], zone: tzinfo) -> list[FloatingBreak]:
    """Answer the breaks of a shift without its own: each rule's, on every local day on which the shift spans all of it."""
    day, last = starts.astimezone(zone).date(), ends.astimezone(zone).date()
    found = []
    while day <= last:
        for rule in rules:
            earliest = datetime.combine(day, rule.earliest, tzinfo=zone)
            found.append(FloatingBreak(earliest, datetime.combine(day, rule.latest, tzinfo=zone), rule.minutes))
        day += timedelta(days=1)
    return fitting_breaks(starts, ends, found)


def check_absence(starts: datetime, ends: datetime) -> None:
    """Refuse `BadAbsence` unless it ends after it starts, within a year."""
    if not timedelta(0) < ends - starts <= LONGEST_ABSENCE:
        raise BadAbsence


def left_of(shift: tuple[datetime, datetime], absence: tuple[datetime, datetime]) -> list[tuple[datetime, datetime]]:
    """Answer what is left of a shift beside an absence: nothing, one piece or two."""
    pieces = [(shift[0], min(shift[1], absence[0])), (max(shift[0], absence[1]), shift[1])]
    return [(starts, ends) for starts, ends in pieces if starts < ends]


def zone_of(postcode: str, zones: Mapping[str, Sequence[str]]) -> str:
    """Answer the zone (code to beginnings of postcodes) whose longest beginning fits the postcode, "" when none does.

    Letters and digits alone count: "00-950" begins with "009".
    """
    bare = _bare(postcode)
    fitting = [(-len(_bare(begins)), code) for code, beginnings in zones.items() for begins in beginnings if _begins(bare, begins)]
    return min(fitting)[1] if fitting else ""


def _begins(bare: str, begins: str) -> bool:
    return bool(_bare(begins)) and bare.startswith(_bare(begins))


def _bare(postcode: str) -> str:
    return "".join(letter for letter in postcode.upper() if letter.isalnum())


def region_or_only(region: str, regions: Sequence[str]) -> str:
    """Answer the region somebody or something belongs to; where nobody said so, the only one there is, "" among several."""
    return region or (regions[0] if len(regions) == 1 else "")


def check_parts(parts: Mapping[str, int], *, least: int) -> None:
    """Refuse `BadStock` for a part without a name or with too long a one, and for fewer than `least` of it."""
    right = {code for code, count in parts.items() if 0 < len(code) <= 40 and code.isprintable() and least <= count <= MOST_PARTS}
    if bad := sorted(parts.keys() - right):
        raise BadStock(details={"parts": bad})


def read_counts(codes: Sequence[str], counts: Sequence[str], was: Sequence[str] = ()) -> dict[str, int]:
    """Read the columns of a form, one line per part: code to count; with `was`, what it showed, only the lines that say otherwise.

    Refuses `BadStock` for what is no number. A line that somebody left untouched is no count: meanwhile it may be another.
    """
    found = {}
    for code, count, before in zip_longest(codes, counts[: len(codes)], was[: len(codes)], fillvalue=""):
        if count.strip() == before.strip():
            continue
        if not (count.strip().isascii() and count.strip().isdecimal() and len(count) <= 9):
            raise BadStock(details={"parts": [code]})
        found[code.strip()] = int(count)
    return found


def booked_lines(kind: StockKind, book: int, value: int, later: Iterable[tuple[StockKind, int]]) -> list[tuple[StockKind, int]]:
    """Answer the lines that book one part at one place, in an order that never lets the stock fall below nothing.

    `book`: how many the books say now. `value`: how many more or fewer; for a count, how many there are. `later`: kind and change of
    every line that happened after this one and was heard of before it. A count that came later knew of this already: a correction
    undoes it. A correction among `later` stands for what had been there all along.
    """
    after = [(other, change) for other, change in later if other != StockKind.CORRECTION]
    counted_since = any(other in COUNTS for other, _ in after)
    if kind in COUNTS:
        value = 0 if counted_since else value + sum(change for _, change in after) - book
    settles = -value if counted_since else max(0, -(book + value))
    lines = [(kind, value)]
    if settles:
        lines.insert(0 if settles > 0 else 1, (StockKind.CORRECTION, settles))
    return lines
