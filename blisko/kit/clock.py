"""The platform's clock: the real one, or one that starts elsewhere and runs fast (simulation)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.conf import settings


@dataclass(frozen=True)
class Clock:
    """`starts` on the platform's clock was `anchor` (unix seconds) on the real one; it runs `speed` times as fast."""

    starts: datetime
    anchor: float
    speed: float

    def at(self, real: float) -> datetime:
        return self.starts + timedelta(seconds=(real - self.anchor) * self.speed)


def clock_from(words: str) -> Clock:
    """Read `2026-11-22T07:00:00+01:00@1795330800*20` (start @ real unix seconds * speed)."""
    starts, rest = words.split("@")
    anchor, speed = rest.split("*")
    return Clock(datetime.fromisoformat(starts).astimezone(UTC), float(anchor), float(speed))


@lru_cache(maxsize=4)
def _clock(words: str) -> Clock:
    return clock_from(words)


def now() -> datetime:
    """Answer the platform's present moment, in UTC."""
    words: str = settings.BLISKO_CLOCK
    return _clock(words).at(time.time()) if words else datetime.now(UTC)


def speed() -> float:
    """Answer how many platform seconds pass in one real second."""
    words: str = settings.BLISKO_CLOCK
    return _clock(words).speed if words else 1.0


def simulated() -> bool:
    """Tell whether the platform lives on a clock of its own, which the world's telephones do not know."""
    return bool(settings.BLISKO_CLOCK)
