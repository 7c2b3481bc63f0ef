"""What one report of a telephone can be: a fix, a sign of life, something to pass over, something unusable."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """Why an authenticated report was acknowledged and counted, but not kept."""

    OFF_SHIFT = "off_shift"
    NEAR_HOME = "near_home"
    OUT_OF_AREA = "out_of_area"
    CLOCK_BACK = "clock_back"
    CLOCK_SLOW = "clock_slow"
    FUTURE = "future"
    TOO_OLD = "too_old"
    BAD_TIME = "bad_time"
    NO_ID = "no_id"
    NO_PLACE = "no_place"
    NULL_ISLAND = "null_island"
    TOO_VAGUE = "too_vague"
    NOT_VALID = "not_valid"
    UNREADABLE = "unreadable"
    UNKNOWN_DIALECT = "unknown_dialect"
    TOO_LARGE = "too_large"
    REFUSED = "refused"


class Fix(NamedTuple):
    """Where a device was, and when: degrees (WGS 84), metres, metres a second, degrees from north, percent."""

    lat: float
    lon: float
    fix_time: datetime
    source: str = ""
    accuracy: float | None = None
    altitude: float | None = None
    speed_mps: float | None = None
    heading: float | None = None
    battery: int | None = None
    mock: bool = False
    moving: bool | None = None
    transition: str | None = None


class Heartbeat(NamedTuple):
    """The device is alive and says nothing new about where it is; `at`: when, by its own clock, where it says so."""

    at: datetime | None = None


class Ignored(NamedTuple):
    """A legal report that is none of our business."""

    why: str


class Unusable(NamedTuple):
    """A report that cannot become a fix; it is acknowledged all the same."""

    reason: Reason


Record = Fix | Heartbeat | Ignored | Unusable
