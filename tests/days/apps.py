"""The apps: what each writes to the wire, in which order it empties its queue, and when it tries again.

Read in their sources:
- Traccar Client 8 (`ProtocolFormatter.kt`, `RequestManager.kt`, `TrackingController.kt`): an empty POST with a query, 15 s for an answer,
  tried again after 30 s, the oldest first; a spoofed place says so.
- Traccar Client 9 (`preferences.dart`): one location a request after its template; flutter_background_geolocation's documents: the oldest
  first, forgotten on a 2xx, tried again with the next location or network.
- Traccar Client 10 (a fork of its SDK, `HttpUploader.kt`, `TrackerEngine.kt`): a form, the oldest first, forgotten on a 2xx, 5 s doubling
  to 5 min; it has no word for a spoofed place.
- OwnTracks for Android (`HttpMessageProcessorEndpoint.kt`, `MessageProcessor.kt`): a failed message goes back to the front, 1 s doubling
  to 2 min, at once with a network.
- OwnTracks for iOS (`Connection.m`): sorted by the telephone's own clock at queueing, 1 s doubling to 64 s.
From our sheet of wire formats: field names, units, what is left out when it is zero, heartbeats, `mock` of Traccar 9.
Assumed: values and order of headers that carry nothing; seconds until an answer is given up where none is named above; the pace while
standing (every two minutes where no source says otherwise); that a wrong clock stamps every place (satellites often tell Android better).
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, ClassVar
from urllib.parse import urlencode

from blisko.live.rules.records import Reason
from tests.days.phone import Kind, Measured, Pace
from tests.days.truth import moment

TOKEN = "the-token-of-this-phone"
FORMS = ("47290417", "81530266")  # the ids before and after the app was installed anew
KNOTS = 1.94384
Fields = dict[str, Any]
Spoil = Callable[[Fields], None]
KEPT, IGNORED = "kept", "ignored"


@dataclass(frozen=True)
class Odd:
    """How a record is spoiled, and what becomes of it: kept, ignored, or the reason it is counted under."""

    spoil: Spoil
    fate: Reason | str


@dataclass
class Message:
    """One request in an app's queue: the line after the method, what it carries, and when it was queued by the telephone's clock."""

    record: Measured
    query: str
    body: bytes
    queued: float


def request(target: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    """The bytes of one request."""
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def set_to(**values: object) -> Spoil:
    return lambda said: said.update(values)


def without(*names: str) -> Spoil:
    def spoil(said: Fields) -> None:
        for name in names:
            del said[name]

    return spoil


@dataclass
class App:
    """A queue and its manners; each app is one of them."""

    id: str = FORMS[0]
    waiting: list[Message] = field(default_factory=list)
    wait: float = 0.0
    source: ClassVar[str]
    pace: ClassVar[Pace]
    first_wait: ClassVar[float]
    longest_wait: ClassVar[float]
    patience: ClassVar[float]  # seconds for an answer
    answer: ClassVar[bytes] = b""
    tells_mock: ClassVar[bool] = False
    woken: ClassVar[bool] = True  # tries at once with a network
    each_record: ClassVar[bool] = False  # tries with each new record
    odds: ClassVar[dict[str, Odd]]

    def headers(self, body: bytes) -> list[tuple[str, str]]:
        raise NotImplementedError

    def write(self, record: Measured, odd: Odd | None) -> tuple[str, bytes]:
        """The query and the body of a record."""
        raise NotImplementedError

    def hear(self, record: Measured) -> None:
        """Queue a record."""
        self.waiting.append(Message(record, *self.write(record, self.odds.get(record.odd)), record.told))

    def next(self) -> tuple[Message, bytes]:
        """The message whose turn it is, and its request."""
        one = self.waiting[0]
        target = f"/p/{TOKEN}" + (f"?{one.query}" if one.query else "")
        return one, request(target, self.headers(one.body), one.body)

    def delivered(self, one: Message) -> None:
        self.waiting.remove(one)
        self.wait = self.first_wait

    def failed(self) -> float:
        """Seconds until the next try."""
        self.wait, now = min(max(self.wait, self.first_wait) * 2, self.longest_wait), max(self.wait, self.first_wait)
        return now

    def install_anew(self) -> None:
        """A new id, an empty queue."""
        self.id, self.waiting, self.wait = FORMS[1], [], 0.0


def _fields(app: App, one: Measured) -> Fields:
    return {"id": app.id, "lat": repr(one.lat), "lon": repr(one.lon), "timestamp": str(int(moment(one.told).timestamp()))}


FIELD_ODDS = {
    "null island": Odd(set_to(lat="0.0", lon="0.0"), Reason.NULL_ISLAND),
    "no accuracy": Odd(without("accuracy"), KEPT),
    "speed below nothing": Odd(set_to(speed="-1.0"), KEPT),
    "no number": Odd(set_to(lat="NaN"), Reason.NO_PLACE),
    "no time": Odd(set_to(timestamp="null"), Reason.BAD_TIME),
    "not valid": Odd(set_to(valid="false"), Reason.NOT_VALID),
    "no id": Odd(without("id"), Reason.NO_ID),
    "a town": Odd(set_to(accuracy="20000.0"), Reason.TOO_VAGUE),
}


class Traccar8(App):
    """Traccar Client up to 8 for Android; GPS loggers speak alike."""

    source, pace, tells_mock = "osmand", Pace(10, 120), True
    first_wait, longest_wait, patience = 30.0, 30.0, 15.0
    odds = FIELD_ODDS

    def headers(self, body: bytes) -> list[tuple[str, str]]:
        agent = "Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A.220624.014)"
        return [("User-Agent", agent), ("Host", "live.example.com"), ("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip"),
                ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "0")]  # fmt: skip

    def write(self, record: Measured, odd: Odd | None) -> tuple[str, bytes]:
        said = _fields(self, record) | {
            "speed": repr(round(record.speed * KNOTS, 6)), "bearing": str(record.heading), "altitude": "98.3",
            "accuracy": str(record.accuracy), "batt": f"{record.battery}.0",
        }  # fmt: skip
        if record.kind == Kind.MOCK:
            said["mock"] = "true"
        if odd is not None:
            odd.spoil(said)
        return urlencode(said), b""


class Traccar10(App):
    """Traccar Client 10, on its own SDK."""

    source, pace = "traccar10", Pace(10, None, heartbeat=300)
    first_wait, longest_wait, patience = 5.0, 300.0, 15.0
    woken = False
    odds = FIELD_ODDS

    def headers(self, body: bytes) -> list[tuple[str, str]]:
        return [("Accept-Charset", "UTF-8"), ("Accept", "*/*"), ("User-Agent", "ktor-client"),
                ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"), ("Content-Length", str(len(body))),
                ("Host", "live.example.com"), ("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip")]  # fmt: skip

    def write(self, record: Measured, odd: Odd | None) -> tuple[str, bytes]:
        said = _fields(self, record)
        if record.kind == Kind.HEARTBEAT:
            del said["lat"], said["lon"]
        else:
            said |= {"accuracy": str(record.accuracy), "altitude": "98.3"}
            said |= {"speed": f"{record.speed * KNOTS:.2f}", "bearing": str(record.heading)}
        said |= {"batt": str(record.battery), "charge": "false"}
        if odd is not None:
            odd.spoil(said)
        return "", urlencode(said).encode()


def as_words(said: Fields) -> None:
    said.update({name: str(value) for name, value in said.items()})


def _deep(part: str, spoil: Spoil) -> Spoil:
    return lambda said: spoil(said["location"][part] if part else said["location"])


class Traccar9(App):
    """Traccar Client 9, on flutter_background_geolocation."""

    source, pace, tells_mock = "traccar9", Pace(30, None, heartbeat=300), True
    first_wait, longest_wait, patience = math.inf, math.inf, 60.0
    each_record = True
    odds = {
        "null island": Odd(_deep("coords", set_to(latitude=0.0, longitude=0.0)), Reason.NULL_ISLAND),
        "no accuracy": Odd(_deep("coords", without("accuracy")), KEPT),
        "speed below nothing": Odd(_deep("coords", set_to(speed=-1, heading=-1)), KEPT),
        "numbers as words": Odd(_deep("coords", as_words), KEPT),
        "no number": Odd(_deep("coords", set_to(latitude=math.nan)), Reason.UNREADABLE),
        "no time": Odd(_deep("", set_to(timestamp="")), Reason.BAD_TIME),
        "no id": Odd(without("device_id"), Reason.NO_ID),
        "no form of ours": Odd(lambda said: (said.clear(), said.update(latitude=52.0)), Reason.UNKNOWN_DIALECT),
        "a town": Odd(_deep("coords", set_to(accuracy=20_000)), Reason.TOO_VAGUE),
        "no coords": Odd(_deep("", without("coords")), IGNORED),
    }  # fmt: skip

    def headers(self, body: bytes) -> list[tuple[str, str]]:
        return [("Content-Type", "application/json"), ("User-Agent", "okhttp/4.12.0"), ("Content-Length", str(len(body))),
                ("Host", "live.example.com"), ("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip")]  # fmt: skip

    def write(self, record: Measured, odd: Odd | None) -> tuple[str, bytes]:
        iso = f"{moment(record.told).astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
        location: Fields = {
            "timestamp": iso,
            "coords": {"latitude": record.lat, "longitude": record.lon, "accuracy": record.accuracy, "speed": record.speed,
                       "heading": record.heading, "altitude": 98.3},
            "is_moving": record.moving, "odometer": round(5 * record.at, 1), "event": "motionchange" if record.starts else "",
            "battery": {"level": record.battery / 100, "is_charging": False},
            "activity": {"type": "in_vehicle" if record.moving else "still"},
            "extras": {"heartbeat": True} if record.kind == Kind.HEARTBEAT else {},
            "_": f"&id={self.id}&lat={record.lat}&lon={record.lon}&timestamp={iso}&",
        }  # fmt: skip
        if record.kind == Kind.MOCK:
            location["mock"] = True
        said: Fields = {"location": location, "device_id": self.id}
        if odd is not None:
            odd.spoil(said)
        return "", json.dumps(said, separators=(",", ":")).encode()
