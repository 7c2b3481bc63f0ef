"""The customers whom nobody plays: a newcomer holds their telephones in the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from . import jobs
from .day import MINUTE, Customer, Temper, Visit, window_around
from .naming import Address
from .streets import Route, Streets

DRIVE = (10 * 60, 16 * 60)  # platform seconds: long enough to watch, short enough to wait for
ON_SITE = 7  # minutes


@dataclass(frozen=True)
class Star:
    """A telephone for the newcomer: its owner, and how long after the demo's start the first drive to her begins."""

    letter: str
    name: str
    language: str
    phone: str
    email: str
    first: timedelta


STARS = (
    Star("Z", "Zofia Lewandowska", "pl", "+48600100200", "zofia.lewandowska@example.com", 5 * MINUTE),
    Star("H", "Kovács Ágnes", "hu", "+36201002003", "", 15 * MINUTE),
    Star("E", "Emily Carter", "en", "+447700900123", "", 25 * MINUTE),
)


def star_home(seed: int, letter: str, addresses: Sequence[Address]) -> Address:
    """Where a star lives: the same place on every day of a seed."""
    return Random(f"{seed}:{letter}").choice(addresses)


def far_enough(rng: Random, addresses: Sequence[Address], streets: Streets, home: Address) -> tuple[tuple[float, float], Route]:
    """A place to set out from (longitude, latitude) and the way from there, a drive that can be watched."""
    best: tuple[float, tuple[float, float], Route] | None = None
    for _ in range(60):
        address = rng.choice(addresses)
        place = (address.lon, address.lat)
        way = streets.route(place, (home.lon, home.lat))
        off = max(DRIVE[0] - way.seconds, way.seconds - DRIVE[1], 0.0)
        if best is None or off < best[0]:
            best = (off, place, way)
        if off == 0:
            break
    assert best is not None
    return best[1], best[2]


def star_visit(star: Star, turn: int, day: str, home: Address, technician: str, starts: datetime, way: Route) -> Visit:
    """The star's n-th visit of the day; it always goes well, and what she answers is the newcomer's business."""
    job = jobs.DAILY[(turn + STARS.index(star)) % len(jobs.DAILY)]
    customer = Customer(f"STAR-{star.letter}", star.name, star.language, star.phone, star.email, home)
    number = f"{day}-{star.letter}{turn:02d}"
    said = jobs.FAULTS[job.code][star.language]
    return Visit(number, customer, job, said, technician, starts, ON_SITE, window_around(starts), way, Temper(end_note=jobs.DONE[0]))
