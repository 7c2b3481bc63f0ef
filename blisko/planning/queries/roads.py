"""The ways between places: from memory, from what was asked before, and only then from the roads."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blisko.access.rules import Actor, require
from blisko.kit.plugs import plug
from blisko.planning.models import Pace, RoadSource
from blisko.planning.ports import Roads, Spread, TravelTimes
from blisko.planning.rules.grid import Grid, Place, Rows, missing_blocks, number_of
from blisko.planning.rules.hours import Hours, hours_of, middle_of
from blisko.planning.rules.speeds import Paces, prior_paces
from blisko.planning.rules.ways import Leg, Point, RoadsSeen, Travel, Trouble, rounded

GRID_PLACES = 2_000  # 36 MB at most
GRIDS = 8
KEPT = """\
SELECT string_agg(int8send(from_place) || int8send(to_place) || int4send(seconds) || int4send(metres) || int4send(estimated::int), '')
FROM planning_traveltime
WHERE source_id = %s AND hours = %s AND from_place = ANY(%s::bigint[]) AND to_place = ANY(%s::bigint[])
"""
KEPT_ROW = np.dtype([("start", ">i8"), ("end", ">i8"), ("seconds", ">i4"), ("metres", ">i4"), ("estimated", ">i4")])


def roads() -> Roads:
    """Answer the roads that one settings line chose."""
    chosen: Roads = plug("planning.roads")
    return chosen


def only_estimated() -> bool:
    """Tell whether ways are only estimated just now: no road engine is set up, or it does not answer."""
    seen = roads().seen()
    return seen.estimated or bool(seen.trouble)


def travel_times() -> TravelTimes:
    """Answer what knows how long ways really take."""
    chosen: TravelTimes = plug("planning.travel_times")
    return chosen


def way(start: Point, end: Point, *, at: datetime) -> Leg:
    """Answer the way between two points when leaving at `at`, with the range our own trips have taught."""
    local = timezone.localtime(at)
    leg = roads().leg(start, end, at=local)
    seconds = round(leg.seconds * hour_factor(roads().seen(), hours_of(local)))
    alone = Travel(np.array([[seconds]]), np.array([[round(leg.metres)]]), np.array([[leg.estimated]]))
    found = travel_times().spread(alone, [start], [end], at=local)
    return replace(leg, seconds=float(found.median[0, 0]), low=float(found.low[0, 0]), high=float(found.high[0, 0]))


def hour_factor(seen: RoadsSeen, hours: Hours) -> float:
    """Answer what the operator set for these hours, where the roads do not know the hours of the day themselves."""
    return 1.0 if seen.hourly else float(settings.BLISKO_ROAD_FACTORS.get(hours.name.lower(), 1.0))


def travel_between(starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Travel:
    """Answer the ways from each start (row) to each end (column) when leaving about `at`; what was asked before is not asked again."""
    return ranges_between(starts, ends, at=at)[0]


def ranges_between(starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> tuple[Travel, Spread]:
    """Answer the ways and, for each by itself, the range it takes; ranges are never added up (see `TravelTimes`)."""
    return real_times(find_travel(starts, ends, at=at).travel, starts, ends, at=at)


def real_times(travel: Travel, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> tuple[Travel, Spread]:
    """Answer ways as they really take, given what the roads say."""
    spread = travel_times().spread(travel, starts, ends, at=timezone.localtime(at))
    return replace(travel, seconds=np.rint(spread.median).astype(np.int64)), spread


@dataclass
class Found:
    """A table as the roads say it, and what of it was asked just now and is worth keeping (`rows`, `columns`, ways, which)."""

    travel: Travel
    seen: RoadsSeen
    hours: Hours
    fresh: list[tuple[Rows, Rows, Travel]] = field(default_factory=list)


def find_travel(starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Found:
    """Answer the table from memory, then from the database, then from the roads; an estimate of our own is never kept."""
    local = timezone.localtime(at)
    seen, hours = roads().seen(), hours_of(local)
    if seen.estimated or not starts or not ends:
        return _timed(Found(roads().matrix(starts, ends, at=local), seen, hours))
    memory = _memory(seen.source, hours)
    rows, columns = [rounded(point) for point in starts], [rounded(point) for point in ends]
    with memory.lock:
        travel, known = memory.grid.take(rows, columns)
        if not known.all():
            _recall(memory, seen.source, hours, rows, columns)
            travel, known = memory.grid.take(rows, columns)
    found = Found(travel, seen, hours)
    for down, across in missing_blocks(known):
        asked = roads().matrix([starts[row] for row in down], [ends[column] for column in across], at=middle_of(local))
        picked = np.ix_(down, across)
        travel.seconds[picked], travel.metres[picked], travel.estimated[picked] = asked.seconds, asked.metres, asked.estimated
        # An estimate is worth keeping when the roads said there is no way, not when they said nothing.
        keep = ~asked.estimated if asked.trouble else np.ones_like(asked.estimated)
        with memory.lock:
            memory.grid.put([rows[row] for row in down], [columns[column] for column in across], asked, keep)
        if asked.trouble:
            found.travel = replace(found.travel, trouble=asked.trouble)
        else:
            found.fresh.append((down, across, asked))
    return _timed(found)


def _timed(found: Found) -> Found:
    factor = hour_factor(found.seen, found.hours)
    if factor != 1.0:
        found.travel = replace(found.travel, seconds=np.rint(found.travel.seconds * factor).astype(np.int64))
    return found


@dataclass
class _Memory:
    grid: Grid
    lock: threading.Lock


_memories: OrderedDict[tuple[str, Hours], _Memory] = OrderedDict()
_memories_lock = threading.Lock()


def _memory(source: str, hours: Hours) -> _Memory:
    with _memories_lock:
        found = _memories.pop((source, hours), None) or _Memory(Grid(GRID_PLACES), threading.Lock())
        _memories[source, hours] = found
        while len(_memories) > GRIDS:
            _memories.popitem(last=False)
        return found


def forget_ways() -> None:
    """Empty this process's memory of ways (not the database's)."""
    with _memories_lock:
        _memories.clear()


def _recall(memory: _Memory, source: str, hours: Hours, rows: list[Place], columns: list[Place]) -> None:
    kept = RoadSource.objects.filter(key=source).values_list("pk", flat=True).first()
    if kept is None:
        return
    starts, ends = ("{" + ",".join(str(number_of(place)) for place in dict.fromkeys(places)) + "}" for places in (rows, columns))
    with connection.cursor() as cursor:
        cursor.execute(KEPT, [kept, int(hours), starts, ends])
        words = cursor.fetchone()[0]
    if words is None:
        return
    found = np.frombuffer(words, KEPT_ROW)
    travel = Travel(found["seconds"].astype(np.int64), found["metres"].astype(np.int64), found["estimated"] != 0)
    memory.grid.put_pairs(found["start"].astype(np.int64), found["end"].astype(np.int64), travel, list(dict.fromkeys([*rows, *columns])))


def paces_learned() -> Paces:
    """Answer what our own trips taught; what holds before, where they taught nothing yet."""
    paces = prior_paces()
    for one in Pace.objects.all():
        paces[int(one.estimated), one.hours, one.band] = one.low, one.median, one.high
    return paces


@dataclass(frozen=True)
class RoadsInWords:
    """What a dispatcher should know of the roads: who gives the ways, how old their data are, whether they are only estimated."""

    seen: RoadsSeen
    days: int | None
    words: str


def roads_in_words(actor: Actor, *, now: datetime) -> RoadsInWords:
    """Answer in the reader's language where ways come from, how old that is, and whether they are only estimates."""
    require(actor, "planning.assign")
    seen = roads().seen()
    days = max(0, (now - seen.data_at).days) if seen.data_at else None
    return RoadsInWords(seen, days, " ".join(sentence for sentence in (_who(seen), _age(days), _why(seen.trouble)) if sentence))


def _who(seen: RoadsSeen) -> str:
    if seen.estimated:
        return _("Ways are our own estimates: straight lines with a usual detour, no real roads.")
    if seen.provider == "valhalla":
        return _("Ways follow the roads of: %(region)s. Elsewhere they are estimated.") % {"region": seen.region}
    return _("Ways come from the road server %(server)s.") % {"server": seen.region}


def _age(days: int | None) -> str:
    if days is None:
        return ""
    return ngettext("Its map is %(days)d day old.", "Its map is %(days)d days old.", days) % {"days": days}


def _why(trouble: Trouble) -> str:
    return {
        Trouble.NONE: "",
        Trouble.AWAY: _("It does not answer just now; new ways are estimated until it does."),
        Trouble.REFUSED: _("It does not take our questions; new ways are estimated."),
        Trouble.BROKEN: _("A region cannot be opened; ways in it are estimated. Add it again."),
        Trouble.MISSING: _("Regions are prepared, but their road engine is not installed on this machine."),
    }[trouble]
