"""Valhalla in this process, on the regions that were prepared here."""

import logging
import tempfile
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from django.conf import settings

from blisko.planning.adapters.building import Region, RegionFault, regions_in
from blisko.planning.adapters.line import Away, NoWay
from blisko.planning.adapters.valhalla import Valhalla
from blisko.planning.rules.regions import within
from blisko.planning.rules.ways import ESTIMATE, Leg, Point, RoadsSeen, Travel, Trouble, crow_leg, crow_travel

try:
    import valhalla
except ImportError:  # no wheel for this machine: a region cannot be used here, a server can
    valhalla = None

log = logging.getLogger(__name__)
NO_WAY_WORDS = ("No suitable edges", "No path", "unconnected", "exceeds the max distance")
LARGEST = 10_000_000
SIDE, CELLS = 5_000, 400_000  # one block of a table: some tens of megabytes of answer


class RegionEngine:
    """One region's network, mapped into memory; asked by one thread at a time."""

    def __init__(self, region: Region, folder: Path) -> None:
        self.region = region
        self._lock = threading.Lock()
        with tempfile.NamedTemporaryFile("wb", suffix=".json") as described:
            described.write(msgspec.json.encode(_settings(region.tiles(folder))))
            described.flush()
            self._actor = valhalla.Actor(described.name)
        self.ways = Valhalla(self._ask, side=SIDE, cells=CELLS)

    def _ask(self, action: str, request: dict[str, Any]) -> Any:
        calls = {"route": self._actor.route, "sources_to_targets": self._actor.matrix, "locate": self._actor.locate}
        try:
            with self._lock:
                said = calls[action](msgspec.json.encode(request).decode())
        except RuntimeError as fault:
            if any(words in str(fault) for words in NO_WAY_WORDS):
                raise NoWay(str(fault)) from fault
            log.warning("Valhalla on %s: %s", self.region.name, fault)
            raise Away(Trouble.REFUSED) from fault
        return msgspec.json.decode(said)


class RegionRoads:
    """Roads of the regions prepared with `blisko region add`; outside them, and while there is none, ways are estimated.

    `folder`: where the regions are; $BLISKO_HOME/regions when empty. A region added or removed counts at once, without a restart.
    """

    def __init__(self, folder: str = "") -> None:
        self._folder = Path(folder) if folder else Path(settings.BLISKO_HOME) / "regions"
        self._lock = threading.Lock()
        self._stamp: object = None
        self._engines: tuple[RegionEngine, ...] = ()
        self._trouble = Trouble.NONE

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        for engine in self._up_to_date():
            if within(start, engine.region.box) and within(end, engine.region.box):
                leg = engine.ways.leg(start, end, at=at)
                if not leg.estimated:
                    return leg
        return crow_leg(start, end, self._trouble)

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Travel:
        whole = crow_travel(starts, ends)
        trouble = Trouble.NONE
        engines = self._up_to_date()
        for engine in engines:
            rows = np.array([row for row, point in enumerate(starts) if within(point, engine.region.box)], np.intp)
            columns = np.array([column for column, point in enumerate(ends) if within(point, engine.region.box)], np.intp)
            if not (rows.size and columns.size):
                continue
            found = engine.ways.matrix([starts[row] for row in rows], [ends[column] for column in columns], at=at)
            trouble = trouble or found.trouble
            picked = np.ix_(rows, columns)
            better = whole.estimated[picked] & ~found.estimated
            whole.seconds[picked] = np.where(better, found.seconds, whole.seconds[picked])
            whole.metres[picked] = np.where(better, found.metres, whole.metres[picked])
            whole.estimated[picked] &= ~better
        return Travel(whole.seconds, whole.metres, whole.estimated, trouble or self._trouble)

    def seen(self) -> RoadsSeen:
        regions = [engine.region for engine in self._up_to_date()]
        if not regions:
            return RoadsSeen(ESTIMATE.provider, estimated=True, trouble=self._trouble)
        ages = [region.data_at or region.built_at for region in regions]
        names, versions = ", ".join(region.name for region in regions), "+".join(region.version for region in regions)
        return RoadsSeen("valhalla", names, versions, min(ages), trouble=self._trouble)

    def _up_to_date(self) -> tuple[RegionEngine, ...]:
        stamp = self._looked_at()
        if stamp == self._stamp:
            return self._engines
        with self._lock:
            if stamp != self._stamp:
                self._engines, self._trouble = self._opened()
                self._stamp = stamp
        return self._engines

    def _looked_at(self) -> object:
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return None

    def _opened(self) -> tuple[tuple[RegionEngine, ...], Trouble]:
        before = {(engine.region.name, engine.region.version): engine for engine in self._engines}
        try:
            regions = regions_in(self._folder)
        except RegionFault as fault:
            log.warning("%s", fault)
            return (), Trouble.BROKEN
        if regions and valhalla is None:
            log.warning("Valhalla is not installed on this machine: regions cannot be used here, ways are estimated")
            return (), Trouble.MISSING
        engines, trouble = [], Trouble.NONE
        for region in regions:
            try:
                engines.append(before.get((region.name, region.version)) or RegionEngine(region, self._folder))
            except (RuntimeError, OSError) as fault:
                trouble = Trouble.BROKEN
                log.warning("the region %s cannot be opened (%s): ways in it are estimated", region.name, fault)
        return tuple(engines), trouble


def _settings(tiles: Path) -> dict[str, Any]:
    """Answer Valhalla's own settings for one region: quiet, tables by one search per start, and as large as we like."""
    if not tiles.is_file():
        raise OSError(f"{tiles.name} is missing")
    made: dict[str, Any] = valhalla.get_config(tile_extract=str(tiles), tile_dir="")
    made["mjolnir"] |= {"tile_dir": "", "max_cache_size": 256_000_000}
    made["mjolnir"].pop("traffic_extract", None)
    for part in (made, *made.values()):
        if isinstance(part, dict) and "logging" in part:
            part["logging"]["type"] = ""
    # The other way needs ten times the memory, and its answers leave pairs out.
    made["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    for limits in made["service_limits"].values():
        if isinstance(limits, dict) and "max_matrix_distance" in limits:
            limits |= {name: LARGEST for name in limits if name.startswith(("max_matrix", "max_locations"))}
    return made
