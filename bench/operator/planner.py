"""What a policy knows, and its plans: each one made by the engine and read again by the checker, which ends the run at the first fault."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bench.operator.book import Policy
from bench.operator.demand import Appointment
from bench.operator.world import BEGINS, ENDS, HOUR, JOBS, LUNCH, OVERTIME, SKILL, Town
from blisko.planning.rules.checker import faults
from blisko.planning.rules.durations import Durations, fit_durations
from blisko.planning.rules.engine import solve
from blisko.planning.rules.problem import Break, Matrix, Plan, PlanShift, PlanVisit, Problem
from blisko.planning.rules.risk import look_ahead, routes_ahead
from blisko.planning.rules.traffic import Traffic, fit_traffic
from blisko.planning.rules.windows import TAILS, Forecast, narrowest_window, record_of

RECENT = 10  # days of forecasts that correct the next ones
FUTURES = 400
LATE = 6 * HOUR  # how late a visit may still begin; it costs, and the shift's end comes sooner
RANKS = tuple((i + 0.5) / 20 for i in range(20))


class InvalidPlan(Exception):
    """The checker found a fault in a plan."""


@dataclass(frozen=True)
class Effort:
    """How much the engine may search: rounds (the same seed is the same run) or, instead, seconds of processor time."""

    night: int = 8_000
    live: int = 800
    seconds: float | None = None


@dataclass(frozen=True)
class Standing:
    """A technician as the desk sees him: where and when he is free next, and whether lunch is still owed."""

    nr: int
    place: int
    free: int
    lunch_owed: bool


@dataclass
class Known:
    """What can be learned from the records: for all policies the average minutes of a job and the speed of streets."""

    town: Town
    durations: Durations
    traffic: Traffic
    average: tuple[float, ...]
    travel: Matrix
    means: dict[tuple[int, int, str], float] = field(default_factory=dict)

    def seconds(self, visit: Appointment, technician: int) -> int:
        """Answer how long a visit takes on average by job, technician and kind of place."""
        name = (visit.order.job, technician, self.town.site(visit.order.place))
        if name not in self.means:
            found = self.durations.of(*name, JOBS[name[0]])
            self.means[name] = sum(map(found.quantile, RANKS)) / len(RANKS)
        return int(60 * self.means[name])


def learn(town: Town) -> Known:
    """Read the records of the days before the first one."""
    jobs, drives = town.past()
    traffic = fit_traffic(drives)
    average = tuple(float(np.mean([job.minutes for job in jobs if job.job_type == kind])) for kind in range(len(JOBS)))
    factor = sum(drive.seconds for drive in drives) / sum(drive.promised for drive in drives)
    return Known(town, fit_durations(jobs), traffic, average, np.ceil(town.ways * factor).astype(np.int64))


@dataclass
class Planner:
    """The planning desk of one operator."""

    policy: Policy
    known: Known
    effort: Effort
    recent: list[list[Forecast]] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    plan: Plan | None = None

    def seconds(self, visit: Appointment, technician: int) -> int:
        """Answer how long this policy thinks a visit takes: only Blisko knows people and places apart."""
        return self.known.seconds(visit, technician) if self.policy.live else int(60 * self.known.average[visit.order.job])

    def night(self, visits: Sequence[Appointment]) -> Plan:
        """Plan a whole day the evening before; where promises are narrowed, they are narrowed by this plan."""
        everybody = [Standing(nr, nr, BEGINS, True) for nr in range(self.known.town.technicians)]
        problem = self.problem(everybody, visits, BEGINS)
        self.plan = self._solved(problem, self.effort.night, None)
        if self.policy.live:
            self._narrow(problem, self.plan, visits)
        return self.plan

    def repair(self, standing: Sequence[Standing], visits: Sequence[Appointment], now: int) -> Plan:
        """Plan the rest of the day anew, from the present plan."""
        self.plan = self._solved(self.problem(standing, visits, now), self.effort.live, self.plan)
        return self.plan

    def problem(self, standing: Iterable[Standing], visits: Sequence[Appointment], now: int) -> Problem:
        """Answer what is to be planned from `now` on."""
        places = sorted({visit.order.place for visit in visits} | {one.place for one in standing} | set(range(self.known.town.technicians)))
        row = {place: nr for nr, place in enumerate(places)}
        return Problem(
            shifts=tuple(self._shift(one, row) for one in standing),
            visits=tuple(self._visit(visit, row, now) for visit in visits),
            travel=self.known.travel[np.ix_(places, places)],
        )

    def _shift(self, one: Standing, row: Mapping[int, int]) -> PlanShift:
        lunch = Break(LUNCH.earliest, max(LUNCH.latest, one.free + HOUR), LUNCH.seconds)
        skills = dict.fromkeys(sorted(self.known.town.skills[one.nr]), 1)
        breaks = (lunch,) if one.lunch_owed else ()
        return PlanShift(str(one.nr), row[one.place], row[one.nr], one.free, ENDS, OVERTIME, breaks, skills)

    def _visit(self, visit: Appointment, row: Mapping[int, int], now: int) -> PlanVisit:
        town, order = self.known.town, visit.order
        able = [nr for nr in range(town.technicians) if self._may(nr, order.job)]
        told = (str(visit.technician), *visit.told) if now > BEGINS and visit.technician is not None else None
        return PlanVisit(
            visit.key,
            row[order.place],
            (visit.told,),
            int(60 * self.known.average[order.job]),
            late=LATE,
            seconds_by={str(nr): self.seconds(visit, nr) for nr in able} if self.policy.live else {},
            skills={SKILL[order.job]: 1},
            worth=10.0 if order.urgent else 2.0 if visit.attempt > 1 else 1.0,
            told=told,
        )

    def _may(self, nr: int, job: int) -> bool:
        return SKILL[job] in self.known.town.skills[nr]

    def _solved(self, problem: Problem, rounds: int, start: Plan | None) -> Plan:
        began = time.process_time()
        if self.effort.seconds is None:
            plan = solve(problem, clock=time.process_time, iterations=rounds, start=start)
        else:
            plan = solve(problem, clock=time.process_time, seconds=self.effort.seconds, start=start)
        self.took.append(time.process_time() - began)
        if wrong := faults(problem, plan):
            raise InvalidPlan(f"plan {len(self.took)} of {self.policy.name}: {wrong[0]} ({len(wrong)} in all)")
        return plan

    def _narrow(self, problem: Problem, plan: Plan, visits: Sequence[Appointment]) -> None:
        """Promise each customer the narrowest window within the booked one that holds often enough, by the futures of the whole route."""
        by_key = {visit.key: visit for visit in visits}
        work = {}
        for route in plan.routes:
            for stop in route.stops:
                if stop.kind == "visit":
                    order = by_key[stop.key].order
                    found = self.known.durations.of(order.job, int(route.shift), self.known.town.site(order.place), JOBS[order.job])
                    work[stop.key, route.shift] = (60 * found.median, found.spread)
        routes = routes_ahead(problem, plan, now=BEGINS, doing={}, ended={}, work=work)
        traffic = self.known.traffic
        level = math.log(float(self.known.travel.sum()) / float(self.known.town.ways.sum()))
        around = replace(traffic, level=traffic.level - level)  # the matrix has the average speed in it already
        ahead = look_ahead(routes, now=BEGINS, work_shape=self.known.durations.shape, traffic=around, count=FUTURES)
        stretch = record_of([one for day in self.recent[-RECENT:] for one in day]).stretch
        for key, starts in ahead.starts.items():
            visit, came = by_key[key], BEGINS + starts.astype(float)
            low, middle, high = (float(one) for one in np.quantile(came, (TAILS[0], 0.5, TAILS[1])))
            visit.forecast = (low, middle, high)
            promise = narrowest_window(came, within=(float(visit.booked[0]), float(visit.booked[1])), stretch=stretch)
            visit.told = (int(promise.starts), int(promise.ends))
