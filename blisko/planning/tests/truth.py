"""Days as they might really go: work and traffic with heavier tails than the model assumes, played by code of its own."""

import math
import random
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np

from blisko.planning.rules.durations import DoneJob, Durations, fit_durations, unknown_durations
from blisko.planning.rules.problem import Break
from blisko.planning.rules.risk import Doing, RouteAhead, StopAhead, look_ahead
from blisko.planning.rules.traffic import Drive, Traffic, fit_traffic, today, unknown_traffic
from blisko.planning.rules.windows import TAILS, Forecast, Promise, narrowest_window, record_of

HOUR = 3600.0
BEGINS, STOPS = 8 * HOUR, 8
LUNCH = Break(int(11 * HOUR), int(13.5 * HOUR), 1800)
EVER = 1e9
LEARN, HOURS = 60, (8, 10, 12, 14)
Said = list[tuple[float, bool]]


@dataclass
class Stop:
    """One stop as planned and as it went (seconds since midnight)."""

    key: str
    job_type: int
    technician: int
    site: str
    planned: float
    promised: float
    opens: float = 0.0
    closes: float = 0.0
    plan_leaves: float = 0.0
    plan_starts: float = 0.0
    left: float = EVER
    arrived: float = EVER
    began: float = EVER
    ended: float = EVER

    @property
    def broken(self) -> bool:
        return self.began > self.closes


@dataclass
class Route:
    """One technician's day; `lunch`: when it was eaten."""

    key: str
    day: str
    stops: list[Stop] = field(default_factory=list)
    lunch: float = EVER


class Operator:
    """A made-up operator: what jobs, people and streets are really like. Nothing of it is told to the model but what happened."""

    def __init__(self, seed: int, technicians: int = 12) -> None:
        self.dice = random.Random(seed)
        d = self.dice
        self.planned = [20, 30, 40, 60, 75, 90]
        self.truth = [d.gauss(0.05, 0.2) for _ in self.planned]
        self.trouble = [d.uniform(0.04, 0.22) for _ in self.planned]
        self.speed = [d.gauss(0, 0.12) for _ in range(technicians)]

    def day(self, number: int, durations: Durations, traffic: Traffic, routes: int = 12, *, windows: bool = True) -> list[Route]:
        """Answer a day: planned with what the model knows, then played as it really went; nobody waits where there are no `windows` yet."""
        street = 0.09 * self._heavy()
        made = []
        for technician in range(routes):
            route = Route(f"{number}.{technician}", str(number))
            for i in range(STOPS):
                job_type = self.dice.choices(range(6), (4, 3, 5, 3, 2, 1))[0]
                site = "flat" if self.dice.random() < 0.6 else "house"
                promised = self.dice.lognormvariate(math.log(800), 0.5)
                route.stops.append(Stop(f"{route.key}.{i}", job_type, technician, site, self.planned[job_type], promised))
            self._plan(route, durations, traffic, windows)
            self._play(route, street + 0.08 * self._heavy())
            made.append(route)
        return made

    def _heavy(self) -> float:
        """A draw of spread one with the tails of Student's t of 4 degrees."""
        return self.dice.gauss(0, 1) / math.sqrt(self.dice.gammavariate(2, 0.5)) / math.sqrt(2)

    def _minutes(self, stop: Stop) -> float:
        log = self.truth[stop.job_type] + self.speed[stop.technician] + (0.08 if stop.site == "house" else 0.0)
        log += self.dice.gauss(0, 0.28)
        luck = self.dice.random()
        if luck < self.trouble[stop.job_type]:
            log += self.dice.gauss(0.7, 0.3)
        elif luck > 0.95:
            log -= 1.0
        return stop.planned * math.exp(log)

    def _drive(self, stop: Stop, traffic: float) -> float:
        jam = self.dice.uniform(0.4, 1.1) if self.dice.random() < 0.04 else 0.0
        return stop.promised * math.exp(0.06 + traffic + 0.16 * self._heavy() + jam)

    def _plan(self, route: Route, durations: Durations, traffic: Traffic, windows: bool) -> None:
        time, eaten = BEGINS, False
        for stop in route.stops:
            if not eaten and time >= LUNCH.earliest:
                time, eaten = time + LUNCH.seconds, True
            stop.plan_leaves = time
            time += stop.promised * math.exp(traffic.level)
            stop.plan_starts = time
            wide = self.dice.choice((1.0, 1.5, 2.0)) * HOUR
            stop.opens = time - self.dice.uniform(0.2, 0.8) * wide if windows else 0.0
            stop.closes = stop.opens + wide if windows else EVER
            known = durations.of(stop.job_type, stop.technician, stop.site, stop.planned)
            time = max(time, stop.opens) + 60 * known.median * self.dice.uniform(0.9, 1.1)

    def _play(self, route: Route, traffic: float) -> None:
        time = BEGINS
        for stop in route.stops:
            reach = time + stop.promised
            late = reach <= stop.closes < reach + LUNCH.seconds
            can_wait = max(reach, stop.opens) + stop.planned * 60 <= LUNCH.latest
            if route.lunch == EVER and (time >= LUNCH.earliest or reach > LUNCH.latest) and not (late and can_wait):
                route.lunch, time = time, time + LUNCH.seconds
            stop.left = time
            stop.arrived = time + self._drive(stop, traffic)
            stop.began = max(stop.arrived, stop.opens)
            bite = max(stop.arrived, LUNCH.earliest)
            if route.lunch == EVER and bite <= LUNCH.latest:
                if bite + LUNCH.seconds <= stop.began or (bite == stop.arrived and stop.began + stop.planned * 60 > LUNCH.latest):
                    route.lunch, stop.began = bite, max(stop.began, bite + LUNCH.seconds)
            time = stop.ended = stop.began + 60 * self._minutes(stop)


def learned(routes: list[Route]) -> tuple[list[DoneJob], list[Drive]]:
    """Answer what the model is told of days that are over; one finish in sixty was tapped hours late."""
    jobs, drives = [], []
    for route in routes:
        for stop in route.stops:
            slip = 5 * HOUR if crc32(stop.key.encode()) % 60 == 0 else 0.0
            jobs.append(DoneJob(stop.job_type, stop.technician, stop.site, stop.planned, (stop.ended + slip - stop.began) / 60))
            drives.append(Drive(route.day, route.key, stop.promised, stop.arrived - stop.left))
    return jobs, drives


def ahead_of(routes: list[Route], now: float, durations: Durations, traffic: Traffic) -> list[RouteAhead]:
    """Answer what the house would know of the day at `now`."""
    driven = [
        Drive(route.day, route.key, stop.promised, stop.arrived - stop.left)
        for route in routes
        for stop in route.stops
        if stop.arrived <= now
    ]
    seen, unseen = today(traffic, driven)
    found = []
    for route in routes:
        left = [stop for stop in route.stops if stop.ended > now]
        if not left:
            continue
        free = max(now, BEGINS, route.lunch + LUNCH.seconds if route.lunch <= now else 0.0)
        stops = []
        for stop in left:
            known = durations.of(stop.job_type, stop.technician, stop.site, stop.planned)
            doing, since = Doing.AHEAD, 0.0
            if stop.arrived <= now:
                doing, since = Doing.ON_SITE, stop.began
            elif stop.left < now:
                doing, since = Doing.DRIVING, stop.left
            median = 60 * known.median
            stops.append(StopAhead(stop.key, stop.opens, stop.closes, stop.promised, median, known.spread, doing=doing, since=since))
        first = left[0]
        behind = max(0.0, min(first.left, free) - first.plan_leaves)
        breaks = (LUNCH,) if route.lunch > now else ()
        found.append(RouteAhead(route.key, free, tuple(stops), behind, breaks, seen.get(route.key, unseen)))
    return found


def said_and_done(days: int, *, learn: int = LEARN, routes: int = 12, seed: int = 1) -> Said:
    """Answer, for every visit ahead at several hours of every day, the probability that was said and whether its window broke."""
    operator = Operator(seed, routes)
    durations, traffic = unknown_durations(), unknown_traffic()
    past = [route for day in range(learn) for route in operator.day(day, durations, traffic, routes)]
    jobs, drives = learned(past)
    durations, traffic = fit_durations(jobs), fit_traffic(drives)
    said: Said = []
    for day in range(learn, learn + days):
        real = operator.day(day, durations, traffic, routes)
        broken = {stop.key: stop.broken for route in real for stop in route.stops}
        for hour in HOURS:
            now = hour * HOUR
            ahead = look_ahead(ahead_of(real, now, durations, traffic), now=now, work_shape=durations.shape, traffic=traffic, seed=day)
            said += [(one.broken, broken[one.key]) for one in ahead.outlooks]
    return said


def deciles(said: Said) -> list[tuple[float, float, int]]:
    """Answer per tenth of probability: the mean that was said, the share that broke, and how many."""
    rows = []
    for tenth in range(10):
        here = [(p, broke) for p, broke in said if min(int(p * 10), 9) == tenth]
        n = max(len(here), 1)
        rows.append((sum(p for p, _ in here) / n, sum(broke for _, broke in here) / n, len(here)))
    return rows


def promises_and_arrivals(days: int, *, learn: int = LEARN, routes: int = 12, seed: int = 2) -> list[tuple[Promise, float, int]]:
    """Answer the windows promised at each day's start, corrected by the ten days before, with what came and the place in the route."""
    operator = Operator(seed, routes)
    durations, traffic = unknown_durations(), unknown_traffic()
    jobs, drives = learned([route for day in range(learn) for route in operator.day(day, durations, traffic, routes)])
    durations, traffic = fit_durations(jobs), fit_traffic(drives)
    recent: list[list[Forecast]] = []
    rows = []
    for day in range(learn, learn + days):
        real = operator.day(day, durations, traffic, routes, windows=False)
        stretch = record_of([one for past in recent[-10:] for one in past]).stretch
        ahead = look_ahead(ahead_of(real, BEGINS, durations, traffic), now=BEGINS, work_shape=durations.shape, traffic=traffic, seed=day)
        recent.append([])
        for route in real:
            for place, stop in enumerate(route.stops):
                starts = BEGINS + ahead.starts[stop.key].astype(float)
                low, middle, high = np.quantile(starts, (TAILS[0], 0.5, TAILS[1]))
                recent[-1].append(Forecast(float(low), float(middle), float(high), stop.began))
                if len(recent) > 10:
                    rows.append((narrowest_window(starts, stretch=stretch), stop.began, place))
    return rows
