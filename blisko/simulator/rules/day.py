"""A day at an operator, decided beforehand from a seed: who works, who waits, who goes where when, and what goes wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from . import jobs
from .ground import Depot, Load, depots, levels_of, van_load
from .naming import Address
from .people import mobile, people, plain
from .phones import Dialect
from .streets import Route, Streets

MINUTE = timedelta(minutes=1)
WINDOW = timedelta(hours=2)
SPARE = 3 * MINUTE  # between the end of one job and setting out for the next


@dataclass(frozen=True)
class Technician:
    """Somebody who drives: `code` is his personnel number, `home` where his day begins (longitude, latitude)."""

    code: str
    name: str
    email: str
    phone: str
    levels: tuple[tuple[str, int], ...]
    woman: bool
    dialect: Dialect
    home: tuple[float, float]
    load: Load

    @property
    def skills(self) -> tuple[str, ...]:
        """What he is able to do, whatever the level."""
        return tuple(code for code, _ in self.levels)

    def can(self, job: jobs.Job) -> bool:
        """Whether he is good enough for this kind of job."""
        has = dict(self.levels)
        return all(has.get(code, 0) >= least for code, least in job.wanted.items())


@dataclass(frozen=True)
class Customer:
    """Somebody who waits."""

    number: str
    name: str
    language: str
    phone: str
    email: str
    address: Address


@dataclass(frozen=True)
class Temper:
    """What this customer will do, and what will happen at her door.

    `opens`: whether and when she opens the link ("booked", "on_the_way", "done", "" never). `works`: her answer, None for none.
    `ends`: the technician's last step, or "cancel" when she calls the visit off.
    """

    opens: str = ""
    note: str = ""
    works: bool | None = None
    rating: int = 0
    comment: str = ""
    ends: str = "finish"
    end_note: str = ""
    late: timedelta = timedelta()


@dataclass(frozen=True)
class Visit:
    """One promise: the window, when the technician plans to be there, and the way there."""

    number: str
    customer: Customer
    job: jobs.Job
    description: str
    technician: str
    starts: datetime
    minutes: int
    window: tuple[datetime, datetime]
    way: Route
    temper: Temper


@dataclass(frozen=True)
class Day:
    """Everything that is going to happen unless somebody human interferes."""

    name: str
    begins: datetime
    ends: datetime
    technicians: list[Technician]
    depots: tuple[Depot, ...] = ()
    visits: list[Visit] = field(default_factory=list)


def make_technicians(rng: Random, addresses: Sequence[Address], count: int) -> list[Technician]:
    """The crew of the operator, the same on every day of one seed; every third speaks every dialect in turn."""
    out = []
    for i, person in enumerate(people(rng, count, "pl")):
        home = rng.choice(addresses)
        levels = levels_of(i)
        dialect = list(Dialect)[i % len(Dialect)]
        email, phone, van = f"{plain(person.name)}@blisko.example", mobile(900_000 + i), van_load(i, levels)
        place = (home.lon, home.lat)
        out.append(Technician(f"T{i + 1:02d}", person.name, email, phone, levels, person.woman, dialect, place, van))
    return out


def plan_day(
    addresses: Sequence[Address], streets: Streets, seed: int, begins: datetime, ends: datetime, *,
    technicians: int = 12, visits: int = 60, pace: float = 1.0, idle: Sequence[str] = (),
) -> Day:  # fmt: skip
    """Plan a day between two moments; the same values give the same day.

    Each technician drives to the nearest of a few waiting customers next, so that ways are short; a window is the even two hours
    that hold the planned start, so that it can be kept. `pace` shortens the jobs; technicians with codes in `idle` get no visits.
    """
    rng = Random(f"{seed}:{begins:%F}")
    crew = make_technicians(Random(seed), addresses, technicians)
    day = Day(f"{begins:%y%m%d}", begins, ends, crew, depots(addresses))
    waiting = _customers(rng, addresses, visits, day.name)
    where = {one.code: one.home for one in crew}
    free = {one.code: begins + rng.uniform(4, 40) * MINUTE for one in crew if one.code not in idle}
    known = {one.code: one for one in crew}
    while waiting and free:
        code = min(free, key=lambda c: (free[c], c))
        customer = min(waiting, key=lambda c: math.dist(where[code], (c.address.lon, c.address.lat)))
        job = _job(rng, known[code])
        home = (customer.address.lon, customer.address.lat)
        way = streets.route(where[code], home)
        starts = _whole_minute(free[code] + timedelta(seconds=way.seconds) + SPARE)
        minutes = max(5, round(job.minutes * pace * rng.uniform(0.8, 1.2)))
        if starts + minutes * MINUTE > ends:
            del free[code]
            continue
        waiting.remove(customer)
        temper = _temper(rng, customer.language)
        said = jobs.FAULTS[job.code][customer.language]
        number = f"{day.name}-{len(day.visits) + 1:03d}"
        day.visits.append(Visit(number, customer, job, said, code, starts, minutes, window_around(starts), way, temper))
        where[code], free[code] = home, starts + minutes * MINUTE + SPARE
    return day


def window_around(starts: datetime) -> tuple[datetime, datetime]:
    """The two hours from a full or half hour that hold a planned start with at least half an hour to spare."""
    early = starts - 30 * MINUTE
    early = early.replace(minute=0 if early.minute < 30 else 30, second=0, microsecond=0)
    return early, early + WINDOW


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + MINUTE


def _customers(rng: Random, addresses: Sequence[Address], count: int, day: str) -> list[Customer]:
    out = []
    for i, person in enumerate(people(rng, count)):
        email = f"{plain(person.name)}@example.com" if rng.random() < 0.4 else ""
        phone = mobile(int(day) % 900 * 1000 + i if person.language == "pl" else int(day) % 90 * 10_000 + 1000 + i, person.language)
        out.append(Customer(f"C{day}-{i + 1:03d}", person.name, person.language, phone, email, rng.choice(addresses)))
    return out


def _job(rng: Random, one: Technician) -> jobs.Job:
    fitting = [job for job in jobs.DAILY if one.can(job)]
    return rng.choices(fitting, [job.share for job in fitting])[0]


def _temper(rng: Random, language: str) -> Temper:
    ends = rng.choices(["finish", "no_access", "need_another", "give_up", "cancel"], [86, 4, 3, 2, 5])[0]
    opens = rng.choices(["booked", "on_the_way", "done", ""], [35, 35, 10, 20])[0]
    works = None
    rating, comment = 0, ""
    if opens and rng.random() < 0.65:
        works = rng.random() < 0.9
        if rng.random() < 0.7:
            rating = rng.choice((5, 5, 5, 4, 4, 3)) if works else rng.choice((1, 2, 2, 3))
            comment = rng.choice((jobs.PRAISE if works else jobs.BLAME)[language]) if rng.random() < 0.6 else ""
    note = rng.choice(jobs.NOTES[language]) if opens == "booked" and rng.random() < 0.4 else ""
    end_note = {"finish": jobs.DONE, "no_access": jobs.NO_ACCESS, "need_another": jobs.ANOTHER, "give_up": jobs.ANOTHER}.get(ends, ("",))
    late = rng.choices([0, 0, 6, 15], [70, 10, 12, 8])[0] * MINUTE
    return Temper(opens, note, works, rating, comment, ends, rng.choice(end_note), late)
