import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from blisko.planning.adapters.line import Away, Line, Look, NoWay
from blisko.planning.rules.polyline import decoded
from blisko.planning.rules.ways import Leg, Point, RoadsSeen, Travel, Trouble, blocks, completed, crow_leg, road_leg

log = logging.getLogger(__name__)
REACH_M = 1_000  # OSRM leads every place to some road, however far: beyond this it is no answer
NO_WAY = frozenset({"NoRoute", "NoSegment", "NoTable"})


class OsrmServer:
    """An OSRM server by its address.

    `side`: half of its `max-table-size` (100 unless its operator changed it). It knows no hours of the day and, unless its operator set
    one, no version of its data: name it in `version`, else answers of the old data are kept until they are too old.
    """

    def __init__(
        self,
        url: str,
        *,
        side: int = 50,
        profile: str = "driving",
        version: str = "",
        timeout: float = 10.0,
        tries: int = 2,
        rest: float = 20.0,
        look: float = 300.0,
        headers: dict[str, str] | None = None,
    ) -> None:
        self._line = Line(url, timeout=timeout, tries=tries, rest=rest, headers=headers)
        self._side, self._profile, self._version = side, profile, version
        self._look = Look(self._seen, RoadsSeen("osrm-server", self._line.url, version), every=look)

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        try:
            answer = self._ask("route", [start, end], "overview=full&geometries=polyline6&steps=false")
            if _far(answer["waypoints"]).any():
                return crow_leg(start, end)
            route = answer["routes"][0]
            return road_leg(float(route["duration"]), float(route["distance"]), decoded(route["geometry"], 6))
        except NoWay:
            return crow_leg(start, end)
        except Away as why:
            return crow_leg(start, end, why.trouble)

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Travel:
        seconds = np.full((len(starts), len(ends)), np.nan)
        metres = seconds.copy()
        try:
            for high, wide in blocks(len(starts), len(ends), side=self._side, cells=self._side**2):
                try:
                    answer = self._table(starts[high], ends[wide])
                except NoWay:
                    continue
                far = _far(answer["sources"])[:, None] | _far(answer["destinations"])
                seconds[high, wide] = np.where(far, np.nan, np.array(answer["durations"], np.float64))
                metres[high, wide] = np.where(far, np.nan, np.array(answer["distances"], np.float64))
        except Away as why:
            found = completed(seconds, metres, starts, ends)
            return Travel(found.seconds, found.metres, found.estimated, why.trouble)
        return completed(seconds, metres, starts, ends)

    def seen(self) -> RoadsSeen:
        return self._look.seen()

    def _seen(self) -> RoadsSeen:
        try:
            said = self._ask("nearest", [Point(0.0, 0.0)], "number=1")
        except NoWay:
            said = {}
        return RoadsSeen("osrm-server", self._line.url, self._version or str(said.get("data_version", "")))

    def _table(self, starts: Sequence[Point], ends: Sequence[Point]) -> dict[str, Any]:
        sources = ";".join(str(each) for each in range(len(starts)))
        targets = ";".join(str(len(starts) + each) for each in range(len(ends)))
        return self._ask("table", [*starts, *ends], f"sources={sources}&destinations={targets}&annotations=duration,distance")

    def _ask(self, service: str, points: Sequence[Point], how: str) -> dict[str, Any]:
        places = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in points)
        status, answer = self._line.ask(f"/{service}/v1/{self._profile}/{places}?{how}")
        code = answer.get("code") if isinstance(answer, dict) else None
        if isinstance(answer, dict) and status == 200 and code == "Ok":
            return answer
        if code in NO_WAY:
            raise NoWay(str(code))
        log.warning("the road server refuses to answer: HTTP %s, %s", status, code)
        raise Away(Trouble.REFUSED)


def _far(snapped: list[dict[str, Any]]) -> Any:
    return np.array([float(one.get("distance", 0.0)) > REACH_M for one in snapped])
