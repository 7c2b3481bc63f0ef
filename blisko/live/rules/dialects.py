"""What a telephone said, whichever of the known dialects it speaks, as records of one kind.

Detection is by content: a phone that was updated overnight changes its dialect without asking anybody.
Formats: Traccar's `OsmAndProtocolDecoder` and `OwnTracksProtocolDecoder`, the OwnTracks booklet,
Traccar Client 8, 9 and 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from blisko.live.rules.dialect_values import (
    accuracy_of,
    altitude_of,
    battery_of,
    flag_of,
    heading_of,
    number_of,
    place_of,
    time_of,
)
from blisko.live.rules.records import Fix, Heartbeat, Ignored, Reason, Record, Unusable

KMH = 1 / 3.6


def records_in_json(said: object, now: datetime) -> list[Record]:
    """Turn a decoded JSON body (Traccar Client 9, OwnTracks; one message or a list) into records.

    `now` stands in for a missing time. Never raises, whatever was said.
    """
    records: list[Record] = []
    for item in said if isinstance(said, list) else [said]:
        if not isinstance(item, dict):
            records.append(Unusable(Reason.UNKNOWN_DIALECT))
        elif "_type" in item:
            records.append(_from_owntracks(item, now))
        elif "location" in item or "device_id" in item:
            records += _from_traccar9(item, now)
        else:
            records.append(Unusable(Reason.UNKNOWN_DIALECT))
    return records


def speaks_owntracks(said: object) -> bool:
    """Whether a decoded JSON body comes from OwnTracks, which waits for a JSON array in answer."""
    first = said[0] if isinstance(said, list) and said else said
    return isinstance(first, dict) and "_type" in first


def record_in_fields(said: Mapping[str, str], now: datetime, *, form: bool) -> Record:
    """Turn the fields of a query (OsmAnd, GPS loggers, Traccar Client up to 8) or form (Traccar Client 10) into a record.

    `now` stands in for a missing time. `speed` is left out: the same field is knots from Traccar's clients and m/s from OsmAnd's own.
    """
    if not (said.get("id") or said.get("deviceid")):
        return Unusable(Reason.NO_ID)
    lat: object = said.get("lat")
    lon: object = said.get("lon")
    if not lat and not lon and "location" in said:
        lat, _, lon = said["location"].partition(",")
    if not lat and not lon:
        return _heartbeat(said.get("timestamp"), now)
    if "valid" in said and said["valid"].lower() not in ("true", "1"):
        return Unusable(Reason.NOT_VALID)
    return _fix(
        "traccar10" if form else "osmand",
        lat,
        lon,
        said.get("timestamp") or None,
        now,
        accuracy=said.get("accuracy"),
        altitude=said.get("altitude"),
        heading=said.get("bearing") or said.get("heading"),
        battery=said.get("batt"),
        mock=flag_of(said.get("mock")) is True,
    )


def _from_traccar9(said: dict[str, Any], now: datetime) -> list[Record]:
    """Traccar Client 9; a list of locations comes when its batching is on."""
    if not said.get("device_id"):
        return [Unusable(Reason.NO_ID)]
    location = said.get("location")
    locations = location if isinstance(location, list) else [location]
    return [_from_traccar9_location(each, now) for each in locations] or [Heartbeat()]


def _from_traccar9_location(location: object, now: datetime) -> Record:
    if location is None:
        return Heartbeat()
    if not isinstance(location, dict):
        return Unusable(Reason.UNREADABLE)
    coords, extras, battery = (_part(location, name) for name in ("coords", "extras", "battery"))
    if not coords or extras.get("heartbeat") or location.get("event") == "heartbeat":
        return _heartbeat(location.get("timestamp"), now)
    level = number_of(battery.get("level"))
    speed = number_of(coords.get("speed"))
    return _fix(
        "traccar9",
        coords.get("latitude"),
        coords.get("longitude"),
        location.get("timestamp"),
        now,
        accuracy=coords.get("accuracy"),
        altitude=coords.get("altitude"),
        heading=coords.get("heading"),
        battery=None if level is None else level * 100,
        speed_mps=speed if speed is not None and speed >= 0 else None,
        mock=location.get("mock") is True,
        moving=flag_of(location.get("is_moving")),
    )


def _from_owntracks(said: dict[str, Any], now: datetime) -> Record:
    """OwnTracks HTTP; `SSID` and `BSSID` are never looked at, so they end here."""
    kind = said["_type"]
    if kind not in ("location", "transition"):
        return Ignored("owntracks_other")
    if said.get("t") == "p" and kind == "location":
        return _heartbeat(said.get("tst"), now)
    if said.get("lat") is None and said.get("lon") is None:
        return Heartbeat() if kind == "location" else Ignored("transition_without_place")
    if said.get("tst") is None:
        return Unusable(Reason.BAD_TIME)
    velocity = number_of(said.get("vel"))
    event = said.get("event")
    return _fix(
        "owntracks",
        said.get("lat"),
        said.get("lon"),
        said["tst"],
        now,
        accuracy=said.get("acc"),
        altitude=said.get("alt"),
        heading=said.get("cog"),
        battery=said.get("batt"),
        speed_mps=velocity * KMH if velocity is not None and velocity >= 0 else None,
        transition=event if kind == "transition" and event in ("enter", "leave") else None,
    )


def _heartbeat(stamp: object, now: datetime) -> Heartbeat:
    return Heartbeat(None if stamp is None else time_of(stamp, now))


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _fix(
    source: str,
    lat: object,
    lon: object,
    stamp: object,
    now: datetime,
    *,
    accuracy: object,
    altitude: object,
    heading: object,
    battery: object,
    speed_mps: float | None = None,
    mock: bool = False,
    moving: bool | None = None,
    transition: str | None = None,
) -> Record:
    place = place_of(lat, lon)
    if isinstance(place, Reason):
        return Unusable(place)
    fix_time = time_of(stamp, now)
    if fix_time is None:
        return Unusable(Reason.BAD_TIME)
    radius = accuracy_of(accuracy)
    if isinstance(radius, Reason):
        return Unusable(radius)
    return Fix(
        lat=place[0],
        lon=place[1],
        fix_time=fix_time,
        source=source,
        accuracy=radius,
        altitude=altitude_of(altitude),
        heading=heading_of(heading),
        battery=battery_of(battery),
        speed_mps=speed_mps,
        mock=mock,
        moving=moving,
        transition=transition,
    )
