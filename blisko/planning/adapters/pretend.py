"""A road server that only pretends: speaks as Valhalla and as OSRM do, with their limits, and misbehaves when told to. For trials."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from blisko.planning.rules.ways import Point, crow_leg

NORTH = 60.0  # there are no roads north of it
SIDE = 100  # longest list OSRM takes, squared the most cells; Valhalla's pairs
PAIRS = 2_500


class PretendServer(ThreadingHTTPServer):
    """Answers on a port of its own. `asked`: paths, in order. `next`: what happens to the next requests: a status, drop, hang, garbage."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.next: list[int | str] = []
        self.hang = 3.0
        self.made = 1_795_000_000

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def pretending() -> Iterator[PretendServer]:
    """Answer a running server that is gone afterwards."""
    server = PretendServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Refused(Exception):
    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(status)
        self.status, self.answer = status, answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PretendServer

    def do_GET(self) -> None:
        self._serve(lambda: _osrm(self.path))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        self._serve(lambda: _valhalla(self.path.strip("/"), body, self.server.made))

    def _serve(self, answer: Any) -> None:
        self.server.asked.append(self.path)
        how = self.server.next.pop(0) if self.server.next else 200
        if how == "hang":
            time.sleep(self.server.hang)
        if how in ("drop", "hang"):
            self.close_connection = True
            self.connection.close()
            return
        if how == "garbage":
            self._say(200, b"<html>gateway</html>")
        elif isinstance(how, int) and how != 200:
            self._say(how, b"{}")
        else:
            try:
                self._say(200, json.dumps(answer()).encode())
            except _Refused as no:
                self._say(no.status, json.dumps(no.answer).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _valhalla(action: str, body: dict[str, Any], made: int) -> Any:
    if action == "status":
        return {"version": "3.9.1", "tileset_last_modified": made}
    if action == "locate":
        return [{"edges": [] if point.lat > NORTH else [{"distance": 3.0}]} for point in _points(body["locations"])]
    if action == "route":
        start, end = _points(body["locations"])
        if max(start.lat, end.lat) > NORTH:
            raise _Refused(400, {"error_code": 171, "error": "No suitable edges near location"})
        way = crow_leg(start, end)
        return {"trip": {"summary": {"time": way.seconds, "length": way.metres / 1000}, "legs": [{"shape": _encoded([start, end])}]}}
    sources, targets = _points(body["sources"]), _points(body["targets"])
    if len(sources) * len(targets) > PAIRS:
        raise _Refused(400, {"error_code": 150, "error": "Exceeded max locations: 2500"})
    if max(point.lat for point in (*sources, *targets)) > NORTH:
        raise _Refused(400, {"error_code": 171, "error": "No suitable edges near location"})
    ways = [[crow_leg(start, end) for end in targets] for start in sources]
    durations = [[round(way.seconds) for way in row] for row in ways]
    return {"sources_to_targets": {"durations": durations, "distances": [[way.metres / 1000 for way in row] for row in ways]}}


def _osrm(path: str) -> Any:
    parts = urlsplit(path)
    service, _, _, places = parts.path.strip("/").split("/", 3)
    points = [Point(float(lat), float(lon)) for lon, lat in (place.split(",") for place in places.split(";"))]
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    snapped = [{"distance": 5_000_000.0 if point.lat > NORTH else 2.0} for point in points]
    if service == "nearest":
        return {"code": "Ok", "data_version": "2026-11-01", "waypoints": snapped}
    if service == "route":
        way = crow_leg(points[0], points[1])
        route = {"duration": way.seconds, "distance": way.metres, "geometry": _encoded(points)}
        return {"code": "Ok", "waypoints": snapped, "routes": [route]}
    rows, columns = ([int(each) for each in asked[side].split(";")] for side in ("sources", "destinations"))
    if len(points) > SIDE:
        raise _Refused(400, {"code": "TooBig", "message": "Too many table coordinates"})
    ways = [[crow_leg(points[row], points[column]) for column in columns] for row in rows]
    return {
        "code": "Ok",
        "sources": [snapped[row] for row in rows],
        "destinations": [snapped[column] for column in columns],
        "durations": [[way.seconds for way in row] for row in ways],
        "distances": [[way.metres for way in row] for row in ways],
    }


def _points(locations: list[dict[str, float]]) -> list[Point]:
    return [Point(one["lat"], one["lon"]) for one in locations]


def _encoded(points: Sequence[Point]) -> str:
    words, last = "", (0, 0)
    for point in points:
        here = round(point.lat * 1e6), round(point.lon * 1e6)
        for step in (here[0] - last[0], here[1] - last[1]):
            rest = ~(step << 1) if step < 0 else step << 1
            while rest >= 32:
                words += chr((32 | (rest & 31)) + 63)
                rest >>= 5
            words += chr(rest + 63)
        last = here
    return words
