"""What a technician's telephone says: every known dialect, with the noise, the lost signal and the oddities of real ones."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from .driving import METRES_A_DEGREE, Place

KNOTS = 1.943844  # in one metre a second
BATCH = 20  # locations Traccar Client 9 sends at once after a time without signal


class Dialect(StrEnum):
    """How a phone reports."""

    OSMAND = "osmand"
    TRACCAR8 = "traccar8"
    TRACCAR9 = "traccar9"
    TRACCAR10 = "traccar10"
    OWNTRACKS = "owntracks"

    @property
    def app(self) -> str:
        """The app to choose on the technician's page."""
        return "traccar" if self.value.startswith("traccar") else self.value


class Kind(StrEnum):
    """What a record is; the platform keeps only fixes and mocks, and acknowledges all."""

    FIX = "fix"
    MOCK = "mock"
    HEARTBEAT = "heartbeat"
    ODD = "odd"
    OFF_SHIFT = "off_shift"


@dataclass(frozen=True)
class Measured:
    """One record in a phone's queue: moment (whole seconds), degrees, metres, metres a second, degrees from north."""

    at: datetime
    lat: float
    lon: float
    accuracy: float
    speed: float
    heading: float
    battery: int
    kind: Kind = Kind.FIX


@dataclass(frozen=True)
class Said:
    """One HTTP request to the report address, and the records it carries."""

    method: str
    query: str
    headers: dict[str, str]
    body: bytes
    records: tuple[Measured, ...]


@dataclass
class Phone:
    """A phone's queue: first in, first out, and nothing leaves it before it was acknowledged."""

    dialect: Dialect
    device: str
    rng: Random
    battery: float = 100.0
    queue: deque[Measured] = field(default_factory=deque)

    def measure(self, at: datetime, place: Place, kind: Kind = Kind.FIX) -> Measured:
        """Queue what the receiver believes at `at`: the true place, off by about its accuracy."""
        accuracy = self.rng.choice((4.0, 5.0, 6.5, 8.0, 12.0, 25.0))
        off, way = self.rng.gauss(0, accuracy / 2.5), self.rng.uniform(0, 2 * math.pi)
        lat = place.lat + off * math.cos(way) / METRES_A_DEGREE
        lon = place.lon + off * math.sin(way) / METRES_A_DEGREE / math.cos(math.radians(place.lat))
        self.battery = max(5.0, self.battery - 0.05)
        lat, lon, speed, heading = round(lat, 6), round(lon, 6), round(place.speed, 2), round(place.heading, 1)
        record = Measured(at.replace(microsecond=0), lat, lon, accuracy, speed, heading, int(self.battery), kind)
        self.queue.append(record)
        return record

    def say(self) -> Said | None:
        """The request for the oldest records, the same until `acknowledged`; None when the queue is empty."""
        if not self.queue:
            return None
        if self.dialect == Dialect.TRACCAR9 and len(self.queue) > 1:
            some = tuple(list(self.queue)[:BATCH])
            return _json(self, {"device_id": self.device, "location": [_traccar9(one) for one in some]}, some)
        return SPEAK[self.dialect](self, self.queue[0])

    def acknowledged(self, said: Said) -> None:
        """Forget what the platform has taken; now and then the answer gets lost on its way, and the phone says it again."""
        if self.rng.random() < 0.01:
            return
        for _ in said.records:
            self.queue.popleft()


def tunnels(rng: Random, seconds: float) -> list[tuple[float, float]]:
    """Stretches of a drive (seconds from its start) without signal: most drives have none."""
    if seconds < 240 or rng.random() > 0.3:
        return []
    start = rng.uniform(0.3, 0.6) * seconds
    return [(start, min(start + rng.uniform(60, 240), seconds * 0.9))]


def oddity(rng: Random) -> Kind:
    """Most records are fixes; a few are what real phones also send."""
    return rng.choices([Kind.FIX, Kind.MOCK, Kind.ODD], [985, 5, 10])[0]


def _form(fields: dict[str, str]) -> str:
    """Nothing in a record needs escaping."""
    return "&".join(f"{name}={value}" for name, value in fields.items())


def _stamp(at: datetime) -> str:
    return str(int(at.timestamp()))


def _moment(one: Measured) -> datetime:
    """An odd record claims to come from tomorrow."""
    return one.at + timedelta(days=1) if one.kind == Kind.ODD else one.at


def _fields(phone: Phone, one: Measured) -> dict[str, str]:
    if one.kind == Kind.HEARTBEAT:
        return {"id": phone.device, "timestamp": _stamp(one.at), "batt": str(one.battery)}
    fields = {
        "id": phone.device, "timestamp": _stamp(_moment(one)), "lat": repr(one.lat), "lon": repr(one.lon), "accuracy": str(one.accuracy),
        "speed": f"{one.speed * KNOTS:.2f}", "bearing": str(one.heading), "altitude": "98.0", "batt": str(one.battery),
    }  # fmt: skip
    return fields | ({"mock": "true"} if one.kind == Kind.MOCK else {})


def _osmand(phone: Phone, one: Measured) -> Said:
    fields = _fields(phone, one)
    if "lat" in fields:
        fields = {"id": phone.device, "lat": fields["lat"], "lon": fields["lon"], "timestamp": fields["timestamp"], "hdop": "1.2",
                  "altitude": "98.0", "speed": str(one.speed)} | ({"mock": "true"} if one.kind == Kind.MOCK else {})  # fmt: skip
    return Said("GET", _form(fields), {}, b"", (one,))


def _traccar8(phone: Phone, one: Measured) -> Said:
    return Said("POST", _form(_fields(phone, one)), {}, b"", (one,))


def _traccar10(phone: Phone, one: Measured) -> Said:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Said("POST", "", headers, _form(_fields(phone, one)).encode(), (one,))


def _traccar9(one: Measured) -> dict[str, Any]:
    said: dict[str, Any] = {
        "timestamp": _moment(one).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "is_moving": one.speed > 0,
        "battery": {"level": one.battery / 100, "is_charging": False},
        "activity": {"type": "in_vehicle" if one.speed > 3 else "still"},
    }
    if one.kind == Kind.HEARTBEAT:
        return said | {"event": "heartbeat", "extras": {"heartbeat": True}}
    coords = {
        "latitude": one.lat,
        "longitude": one.lon,
        "accuracy": one.accuracy,
        "speed": one.speed,
        "heading": one.heading,
        "altitude": 98.0,
    }
    return said | {"coords": coords} | ({"mock": True} if one.kind == Kind.MOCK else {})


def _json(phone: Phone, said: dict[str, Any], records: tuple[Measured, ...]) -> Said:
    return Said("POST", "", {"Content-Type": "application/json"}, json.dumps(said).encode(), records)


def _traccar9_one(phone: Phone, one: Measured) -> Said:
    return _json(phone, {"device_id": phone.device, "location": _traccar9(one)}, (one,))


def _owntracks(phone: Phone, one: Measured) -> Said:
    said: dict[str, Any] = {
        "_type": "location",
        "tst": int(_moment(one).timestamp()),
        "tid": phone.device[-2:],
        "batt": one.battery,
        "conn": "m",
    }
    if one.kind == Kind.HEARTBEAT:
        said |= {"t": "p", "lat": one.lat, "lon": one.lon}
    else:
        said |= {
            "lat": one.lat,
            "lon": one.lon,
            "acc": round(one.accuracy),
            "vel": round(one.speed * 3.6),
            "cog": round(one.heading),
            "m": 2,
        }
    return _json(phone, {name: value for name, value in said.items() if value != 0 or name in ("lat", "lon", "tst")}, (one,))


SPEAK: dict[Dialect, Callable[[Phone, Measured], Said]] = {
    Dialect.OSMAND: _osmand,
    Dialect.TRACCAR8: _traccar8,
    Dialect.TRACCAR9: _traccar9_one,
    Dialect.TRACCAR10: _traccar10,
    Dialect.OWNTRACKS: _owntracks,
}
