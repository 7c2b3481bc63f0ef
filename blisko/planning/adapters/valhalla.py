"""Valhalla's way of asking and answering, in process or over a line."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np

from blisko.planning.adapters.line import Away, Line, Look, NoWay
from blisko.planning.rules.polyline import decoded
from blisko.planning.rules.ways import (
    Floats,
    Leg,
    Point,
    RoadsSeen,
    Travel,
    Trouble,
    blocks,
    completed,
    crow_leg,
    crow_travel,
    road_leg,
    rounded,
)

log = logging.getLogger(__name__)
REACH_M = 1_000  # a place farther from any road gets no way, rather than one from somewhere else
PLACES_KEPT = 200_000
LOCATED_AT_ONCE = 500
# Valhalla's own numbers for "no road there", "no way between them", "too far".
NO_WAY = frozenset({154, 170, 171, 441, 442, 443})


class Asking(Protocol):
    """Sends one request to an engine. Raises `Away` or `NoWay`."""

    def __call__(self, action: str, request: dict[str, Any]) -> Any: ...


class Valhalla:
    """Ways as a Valhalla engine knows them; `side` and `cells` say how large a table it answers at once."""

    def __init__(self, ask: Asking, *, side: int, cells: int, costing: str = "auto", hourly: bool = False) -> None:
        self._ask, self._side, self._cells, self._costing, self._hourly = ask, side, cells, costing, hourly
        self._near: dict[tuple[int, int], bool] = {}

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        request = {"locations": [_location(start), _location(end)], "directions_type": "none", **self._how(at)}
        try:
            trip = self._ask("route", request)["trip"]
            summary = trip["summary"]
            line = tuple(pair for part in trip["legs"] for pair in decoded(part["shape"], 6))
            return road_leg(float(summary["time"]), float(summary["length"]) * 1000, line)
        except NoWay:
            return crow_leg(start, end)
        except Away as why:
            return crow_leg(start, end, why.trouble)

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Travel:
        seconds = np.full((len(starts), len(ends)), np.nan)
        metres = seconds.copy()
        try:
            rows, columns = self._usable(starts), self._usable(ends)
            for high, wide in blocks(len(rows), len(columns), side=self._side, cells=self._cells):
                picked = np.ix_(rows[high], columns[wide])
                some = [starts[row] for row in rows[high]], [ends[column] for column in columns[wide]]
                seconds[picked], metres[picked] = self._block(*some, at)
        except Away as why:
            found = completed(seconds, metres, starts, ends)
            return Travel(found.seconds, found.metres, found.estimated, why.trouble)
        return completed(seconds, metres, starts, ends)

    def _block(self, starts: Sequence[Point], ends: Sequence[Point], at: datetime) -> tuple[Floats | float, Floats | float]:
        """Answer seconds and metres of one table no larger than the engine takes; nothing known where it knows no way at all."""
        sources, targets = [_location(one) for one in starts], [_location(one) for one in ends]
        try:
            said = self._ask("sources_to_targets", {"sources": sources, "targets": targets, "verbose": False, **self._how(at)})
        except NoWay:
            return np.nan, np.nan
        found = said["sources_to_targets"]
        if isinstance(found, dict):
            return _floats(found["durations"]), _floats(found["distances"]) * 1000
        times = [[cell["time"] for cell in row] for row in found]
        return _floats(times), _floats([[cell["distance"] for cell in row] for row in found]) * 1000

    def _usable(self, points: Sequence[Point]) -> list[int]:
        """Answer which points lie near a road of the network; one that does not would spoil the whole table."""
        unknown = list({rounded(point): point for point in points if rounded(point) not in self._near}.items())
        if len(self._near) + len(unknown) > PLACES_KEPT:
            self._near.clear()
            unknown = list({rounded(point): point for point in points}.items())
        for begin in range(0, len(unknown), LOCATED_AT_ONCE):
            some = unknown[begin : begin + LOCATED_AT_ONCE]
            request = {"locations": [_location(point) for _, point in some], "costing": self._costing}
            try:
                said = self._ask("locate", request)
            except NoWay:
                said = [{}] * len(some)
            self._near |= {place: bool(one.get("edges")) for (place, _), one in zip(some, said, strict=True)}
        return [row for row, point in enumerate(points) if self._near[rounded(point)]]

    def _how(self, at: datetime) -> dict[str, Any]:
        leaving = {"date_time": {"type": 1, "value": at.strftime("%Y-%m-%dT%H:%M")}} if self._hourly else {}
        return {"costing": self._costing, "units": "kilometers", **leaving}


class ValhallaServer:
    """A Valhalla server by its address.

    `cells`, `side`: its `max_matrix_location_pairs` (2,500 unless its operator changed it) and the longest list it takes.
    `hourly`: it has traffic by the hour, so tell it when we leave. `headers`: for a proxy that wants a key.
    """

    def __init__(
        self,
        url: str,
        *,
        side: int = 50,
        cells: int = 2_500,
        costing: str = "auto",
        hourly: bool = False,
        timeout: float = 10.0,
        tries: int = 2,
        rest: float = 20.0,
        look: float = 300.0,
        headers: dict[str, str] | None = None,
    ) -> None:
        self._line = Line(url, timeout=timeout, tries=tries, rest=rest, headers=headers)
        self._hourly = hourly
        self._engine = Valhalla(self._ask, side=side, cells=cells, costing=costing, hourly=hourly)
        self._look = Look(self._seen, RoadsSeen("valhalla-server", self._line.url, hourly=hourly), every=look)

    def leg(self, start: Point, end: Point, *, at: datetime) -> Leg:
        return self._engine.leg(start, end, at=at)

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Travel:
        return self._engine.matrix(starts, ends, at=at) if starts and ends else crow_travel(starts, ends)

    def seen(self) -> RoadsSeen:
        return self._look.seen()

    def _seen(self) -> RoadsSeen:
        said = self._ask("status", {})
        made = int(said.get("tileset_last_modified") or 0)
        data_at = datetime.fromtimestamp(made, UTC) if made else None
        return RoadsSeen("valhalla-server", self._line.url, f"{said.get('version', '')}@{made}", data_at, self._hourly)

    def _ask(self, action: str, request: dict[str, Any]) -> Any:
        status, answer = self._line.ask(f"/{action}", request)
        if status == 200:
            return answer
        return _refused(answer if isinstance(answer, dict) else {}, status)


def _refused(answer: dict[str, Any], status: int) -> None:
    code, words = answer.get("error_code"), str(answer.get("error", ""))[:120]
    if code in NO_WAY:
        raise NoWay(words)
    log.warning("the road server refuses to answer: HTTP %s, %s %s", status, code, words)
    raise Away(Trouble.REFUSED)


def _location(point: Point) -> dict[str, float]:
    return {"lat": round(float(point.lat), 6), "lon": round(float(point.lon), 6), "search_cutoff": REACH_M}


def _floats(rows: list[list[float | None]]) -> Floats:
    return np.array(rows, np.float64)
