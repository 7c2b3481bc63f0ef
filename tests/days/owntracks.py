"""OwnTracks on both kinds of telephones (see `apps` for what is read and what is assumed)."""

import json

from blisko.live.rules.records import Reason
from tests.days.apps import IGNORED, KEPT, App, Fields, Message, Odd, as_words, set_to, without
from tests.days.phone import Kind, Measured, Pace
from tests.days.truth import moment


def _instead(**values: object) -> Odd:
    def spoil(said: Fields) -> None:
        said.clear()
        said.update(values)

    return Odd(spoil, IGNORED)


def _arrives(said: Fields) -> None:
    said.update(_type="transition", event="enter", desc="depot", wtst=1795000000, t="c")


ODDS = {
    "null island": Odd(set_to(lat=0.0, lon=0.0), Reason.NULL_ISLAND),
    "no accuracy": Odd(without("acc"), KEPT),
    "speed below nothing": Odd(set_to(vel=-1), KEPT),
    "numbers as words": Odd(as_words, KEPT),
    "no number": Odd(set_to(lat=None), Reason.NO_PLACE),
    "no time": Odd(without("tst"), Reason.BAD_TIME),
    "a town": Odd(set_to(acc=20_000), Reason.TOO_VAGUE),
    "into a region": Odd(_arrives, KEPT),
    "last will": _instead(_type="lwt", tst=1795330800),
    "waypoint": _instead(_type="waypoint", desc="depot", lat=52.0, lon=19.2, rad=50, tst=1795330800),
    "secret": _instead(_type="encrypted", data="rjKYk"),
    "no body": Odd(lambda said: said.clear(), IGNORED),
}


class OwnTracks(App):
    """What both say alike."""

    source, answer, first_wait = "owntracks", b"[]", 1.0
    odds = ODDS

    def write(self, record: Measured, odd: Odd | None) -> tuple[str, bytes]:
        said = {name: value for name, value in self.say(record).items() if value not in (0, 0.0, None)}
        if odd is not None:
            odd.spoil(said)
        return "", json.dumps(said, separators=(",", ":")).encode() if said else b""

    def say(self, record: Measured) -> Fields:
        """The message, before what is zero is left out."""
        stamp = int(moment(record.told).timestamp())
        return {
            "_type": "location", "acc": round(record.accuracy), "alt": 98, "batt": record.battery, "bs": 1, "cog": round(record.heading),
            "conn": "m", "created_at": stamp, "lat": record.lat, "lon": record.lon, "m": 2,
            "t": "p" if record.kind == Kind.HEARTBEAT else None, "tid": self.id[-2:], "tst": stamp, "vac": 3,
            "vel": round(record.speed * 3.6),
        }  # fmt: skip


class OwnTracksAndroid(OwnTracks):
    """OwnTracks for Android, in move mode."""

    pace = Pace(10, 120, heartbeat=900, always_beats=True)
    longest_wait, patience = 120.0, 30.0

    def headers(self, body: bytes) -> list[tuple[str, str]]:
        return [("User-Agent", "Owntracks-Android/gms/420503000"), ("X-Limit-U", "blisko"), ("X-Limit-D", self.id),
                ("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body))),
                ("Host", "live.example.com"), ("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip")]  # fmt: skip

    def say(self, record: Measured) -> Fields:
        more = {"BSSID": "c0:ff:ee:c0:ff:ee", "SSID": "home wifi", "source": "fused", "topic": f"owntracks/http/{self.id[-2:]}"}
        return super().say(record) | more | {"_id": f"{int(record.at * 7919) % 2**32:08x}"}


class OwnTracksIos(OwnTracks):
    """OwnTracks for iOS, in move mode: every 100 m or 300 s."""

    pace = Pace(300, 300, metres=100, heartbeat=1800, always_beats=True)
    longest_wait, patience = 64.0, 60.0
    woken = False

    def headers(self, body: bytes) -> list[tuple[str, str]]:
        agent = "OwnTracks/26.1.1 CFNetwork/3826.500.131 Darwin/24.5.0"
        return [("Host", "live.example.com"), ("Content-Type", "application/json"), ("X-Limit-U", "blisko"), ("X-Limit-D", self.id),
                ("Connection", "keep-alive"), ("Accept", "*/*"), ("User-Agent", agent),
                ("Accept-Language", "pl"), ("Accept-Encoding", "gzip, deflate"), ("Content-Length", str(len(body)))]  # fmt: skip

    def say(self, record: Measured) -> Fields:
        does = "automotive" if record.moving else "stationary"
        more = {"p": 101.325, "motionactivities": [does], "topic": f"owntracks/blisko/{self.id}"}
        return super().say(record) | more

    def next(self) -> tuple[Message, bytes]:
        self.waiting.sort(key=lambda one: one.queued)
        return super().next()
