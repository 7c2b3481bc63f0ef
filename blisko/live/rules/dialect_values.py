"""One value out of a stranger's report: a number, a place, a time, or the lack of one."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite

from blisko.live.rules.records import Reason

NUMERIC = (int, float)
VAGUE_M = 5_000.0  # a circle wider than this says which town, not which street
SECONDS_BELOW = 2**31  # Traccar's own border between epoch seconds and milliseconds


def number_of(value: object) -> float | None:
    """The finite number in `value`, which may be a number or its text; `None` for anything else."""
    if type(value) is not str and (isinstance(value, bool) or not isinstance(value, NUMERIC)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def place_of(lat: object, lon: object) -> tuple[float, float] | Reason:
    """Degrees (latitude, longitude), or why they are no place on Earth.

    0/0 is what receivers say before they know.
    """
    north, east = number_of(lat), number_of(lon)
    if north is None or east is None or not (-90 <= north <= 90 and -180 <= east <= 180):
        return Reason.NO_PLACE
    if abs(north) < 1e-4 and abs(east) < 1e-4:
        return Reason.NULL_ISLAND
    return north, east


def time_of(stamp: object, now: datetime) -> datetime | None:
    """The moment in `stamp` (epoch s or ms, ISO 8601, `yyyy-MM-dd HH:mm:ss` in UTC); `now` when there is none."""
    if stamp is None:
        return now
    number = number_of(stamp)
    try:
        if number is not None:
            return datetime.fromtimestamp(number if number < SECONDS_BELOW else number / 1000, UTC)
        if not isinstance(stamp, str):
            return None
        moment = datetime.fromisoformat(stamp.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def accuracy_of(value: object) -> float | Reason | None:
    """Radius in metres, `None` when unknown (0 and less), or that it is too wide to use."""
    radius = number_of(value)
    if radius is None or radius <= 0:
        return None
    return radius if radius <= VAGUE_M else Reason.TOO_VAGUE


def altitude_of(value: object) -> float | None:
    """Metres above the sea, where aircraft fly at most."""
    height = number_of(value)
    return height if height is not None and -1_000 <= height <= 20_000 else None


def heading_of(value: object) -> float | None:
    """Degrees from north in [0, 360); clients say -1 for unknown."""
    degrees = number_of(value)
    return degrees % 360 if degrees is not None and 0 <= degrees <= 360 else None


def battery_of(value: object) -> int | None:
    """Percent; clients say -1 (or -100) for unknown."""
    level = number_of(value)
    return round(level) if level is not None and 0 <= level <= 100 else None


def flag_of(value: object) -> bool | None:
    """True or false as bool, number or text; `None` when it was not said."""
    if isinstance(value, bool):
        return value
    said = str(value).strip().lower() if value is not None else ""
    if said in ("true", "1"):
        return True
    return False if said in ("false", "0") else None
