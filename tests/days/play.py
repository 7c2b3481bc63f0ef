"""The day as the app lives it: what it sends when, what befalls each request, and when it tries again."""

import gzip
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

from tests.days.apps import App, Message, Traccar8, Traccar9, Traccar10
from tests.days.owntracks import OwnTracksAndroid, OwnTracksIos
from tests.days.phone import measured
from tests.days.truth import Day, Truth, within

APPS: dict[str, type[App]] = {
    "traccar-8": Traccar8,
    "traccar-9": Traccar9,
    "traccar-10": Traccar10,
    "owntracks-android": OwnTracksAndroid,
    "owntracks-ios": OwnTracksIos,
}
RECORDED = Path(__file__).parent / "recorded"
SEED = 5
CARRIED = 0.25  # seconds a request and its answer take


class Fault(StrEnum):
    """What befalls a request."""

    NONE = "-"
    REFUSED = "refused"  # nobody listens at the address
    GATEWAY = "gateway"  # a proxy answers 502 by itself
    CUT = "cut"  # the connection is reset in the middle
    LOST = "lost"  # the report arrives, its answer does not


@dataclass(frozen=True)
class Attempt:
    """One request: true seconds since midnight, what it carries, what befalls it and its bytes; `cut`: how many of them are sent."""

    at: float
    message: Message
    fault: Fault
    said: bytes
    cut: int = 0

    def line(self) -> bytes:
        """The attempt as it is recorded."""
        return b"%s %.2f %d\n%s\n\n" % (self.fault.value.encode(), self.at, self.cut, self.said)


Send = Callable[[Attempt], bool]


def play(name: str, send: Send) -> Iterator[Attempt]:
    """Let an app live the day; `send` answers whether a 2xx came back. Yields every attempt; the same for the same answers."""
    day, dice, app = Day(), Random(SEED), APPS[name]()
    records = list(measured(Truth(), day, app.pace, dice, tuple(app.odds), tells_mock=app.tells_mock))
    wakes, anew, now, free, nr = [*day.wakes, math.inf], day.reinstalled, day.begins, day.begins, 0
    while nr < len(records) or app.waiting:
        record_at = records[nr].at if nr < len(records) else math.inf
        send_at = day.sendable_from(max(free, now)) if app.waiting and max(free, now) < math.inf else math.inf
        now = min(record_at, send_at, wakes[0], anew)
        if now == anew:
            app.install_anew()
            anew, free = math.inf, now
        elif now == wakes[0]:
            wakes.pop(0)
            if app.woken:
                free, app.wait = now, 0.0
        elif now == record_at:
            if not app.waiting or app.each_record:
                free = min(free, now)
            app.hear(records[nr])
            nr += 1
        else:
            attempt = _attempt(app, now, day, dice)
            yield attempt
            if send(attempt):
                app.delivered(attempt.message)
                free = now + CARRIED
            else:
                free = now + (app.patience if attempt.fault == Fault.LOST else CARRIED) + app.failed()


def _attempt(app: App, now: float, day: Day, dice: Random) -> Attempt:
    message, said = app.next()
    luck = dice.random()
    if within(now, day.refused):
        return Attempt(now, message, Fault.REFUSED, said)
    if within(now, day.gateway):
        return Attempt(now, message, Fault.GATEWAY, said)
    if luck < 0.02:
        return Attempt(now, message, Fault.CUT, said, dice.randrange(len(said) // 2, len(said)))
    if luck < 0.04 or within(now, day.answers_lost):
        return Attempt(now, message, Fault.LOST, said)
    return Attempt(now, message, Fault.NONE, said)


def as_expected(attempt: Attempt) -> bool:
    """The answers a right door gives."""
    return attempt.fault == Fault.NONE


def recorded(name: str) -> bytes:
    """The day as it was recorded once."""
    return gzip.decompress((RECORDED / f"{name}.gz").read_bytes())


def record() -> None:
    """Write every day anew: `python -m tests.days.play`."""
    RECORDED.mkdir(exist_ok=True)
    for name in APPS:
        told = b"".join(attempt.line() for attempt in play(name, as_expected))
        (RECORDED / f"{name}.gz").write_bytes(gzip.compress(told, 9, mtime=0))


if __name__ == "__main__":
    record()
