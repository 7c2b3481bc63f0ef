"""What the operator has: how good people are at their trade, what is in their vans, and where more of it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import jobs
from .naming import Address

REGION, TEAM = ("bliskow", "Blisków"), ("blisko", "Blisko")
ZONES = (("town", "Blisków", ("99-4",)), ("villages", "Wsie pod Bliskowem", ("99-3",)))
OVERTIME = 30  # minutes
CARRIED = 4  # jobs' worth of every part in a full van
FIRST_FEW = 3  # they serve the customers a newcomer plays, whatever these need


@dataclass(frozen=True)
class Load:
    """Tools by code, and parts by code and count."""

    tools: tuple[str, ...]
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Depot:
    """A place to pick things up; `load` None: every tool, and every part, as many as wanted."""

    code: str
    name: str
    address: Address
    opens_at: str
    closes_at: str
    minutes: int
    load: Load | None


def levels_of(number: int) -> tuple[tuple[str, int], ...]:
    """The skills of the n-th technician and how well he has them."""
    if number < FIRST_FEW or number % 3 == 0:
        return (("copper", 2), ("fibre", 3), ("tv", 2))
    if number % 3 == 1:
        return (("copper", 3), ("fibre", 1 + number // 3 % 2))
    return (("copper", 2), ("tv", 3))


def van_load(number: int, levels: Sequence[tuple[str, int]]) -> Load:
    """What is in his van: the tools and parts of the jobs he can do; every fourth van is short of optical terminals."""
    has = dict(levels)
    mine = [job for job in jobs.JOBS if all(has.get(code, 0) >= least for code, least in job.wanted.items())]
    tools = {tool for job in mine for tool in job.tools if tool != "Ladder 6 m" or number % 2 == 0}
    parts: dict[str, int] = {}
    for part, count in (each for job in mine for each in job.kit):
        parts[part] = max(parts.get(part, 0), count * CARRIED)
    if number % 4 == 3 and "ONT" in parts:
        parts["ONT"] = 0
    return Load(tuple(sorted(tools)), tuple(sorted(parts.items())))


def depots(addresses: Sequence[Address]) -> tuple[Depot, Depot]:
    """A warehouse in the west of the city that has everything, and a cupboard in the east that has what is often missing."""
    ordered = sorted(addresses, key=lambda one: (one.lon, one.lat))
    west, east = ordered[len(ordered) // 4], ordered[3 * len(ordered) // 4]
    missing = Load(("Ladder 6 m",), (("Drop cable 50 m", 10), ("ONT", 20), ("Router Wi-Fi 6", 20)))
    return (
        Depot("warehouse", "Magazyn Zachód", west, "06:00", "20:00", 15, None),
        Depot("cupboard", "Punkt odbioru Wschód", east, "00:00", "23:59", 5, missing),
    )
