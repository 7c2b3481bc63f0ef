"""Repairs of disturbed days: how soon there is a plan again, who must be told again, which promises break."""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from statistics import fmean, median, quantiles

from bench.planning import field_day
from bench.planning.disturbed import disturb, left_of, settled
from bench.planning.runs import OURS, PEERS
from bench.planning.timetable import mended
from blisko.planning.rules.checker import faults, figures
from blisko.planning.rules.engine import solve
from blisko.planning.rules.presets import REPAIR_SECONDS as SECONDS
from blisko.planning.rules.problem import Plan, Problem

MORNING = 10.0
PATCHED = "by hand"  # what still fits stays, what does not is put where its detour is shortest
DAYS, QUICK = 20, 3


@dataclass
class Repair:
    """One disturbed day, repaired. `told`: customers who hear of another technician or time, or that nobody comes; `broken`: of `late` and
    `left_out` together. `took`: from the disturbance to a plan, all building of models in it."""

    day: int
    solver: str
    seconds: float
    took: float = 0.0
    told: int = 0
    late: int = 0
    left_out: int = 0
    minutes: float = 0.0
    mended: int = 0
    why: str = ""

    @property
    def broken(self) -> int:
        return self.late + self.left_out


def runs(pool: Executor, options: argparse.Namespace) -> list[Repair]:
    """Answer every repair asked for; one day is one task."""
    days = range(1, 1 + (QUICK if options.quick else DAYS))
    found: list[Repair] = []
    for day in pool.map(one_day, days, [options.solvers] * len(days)):
        found += day
        print(
            f"  repair day {day[0].day}: " + ", ".join(f"{one.solver} {one.why or f'{one.told} told, {one.broken} broken'}" for one in day),
            flush=True,
        )
    return found


def one_day(seed: int, solvers: Iterable[str]) -> list[Repair]:
    """Plan a day as ours plans it, disturb it, and let each repair the same plan."""
    day = field_day.load(100 + seed).problem
    morning = solve(day, clock=time.perf_counter, seconds=MORNING, seed=seed)
    problem = disturb(day, morning, seed)
    rest = settled(problem)
    patched = timed(Repair(seed, PATCHED, 0.0), rest, lambda: mended(rest, left_of(morning, rest)))
    found = [patched]
    if OURS in solvers:
        ours = timed(Repair(seed, OURS, SECONDS), problem, lambda: (_ours(problem, morning, seed), 0))
        ours.minutes -= to_heads(problem)  # peers begin where these ways have ended
        found.append(ours)
    start, _ = mended(rest, left_of(morning, rest))
    for name in solvers:
        if name in PEERS:
            peer = PEERS[name]
            found.append(timed(Repair(seed, name, SECONDS), rest, lambda peer=peer: mended(rest, peer(rest, SECONDS, seed, start))))  # type: ignore[misc]
    return found


def _ours(problem: Problem, morning: Plan, seed: int) -> Plan:
    return solve(problem, clock=time.perf_counter, seconds=SECONDS, seed=seed, start=morning)


def to_heads(problem: Problem) -> float:
    """Answer the minutes to the visits that have begun or are driven to."""
    place = {visit.key: visit.place for visit in problem.visits}
    return sum(int(problem.travel[shift.start, place[shift.fixed[0]]]) for shift in problem.shifts if shift.fixed) / 60


def timed(one: Repair, problem: Problem, work: Callable[[], tuple[Plan, int]]) -> Repair:
    """Run and judge; what is left of the morning's plan is given to who can begin with one."""
    begun = time.perf_counter()
    plan, one.mended = work()
    one.took = time.perf_counter() - begun
    if wrong := faults(problem, plan):
        one.why = f"{len(wrong)} faults, the first: {wrong[0]}"
        return one
    amounts = figures(problem, plan)
    told = {visit.key for visit in problem.visits if visit.told}
    one.told = len(amounts.told_again) + len(told & set(amounts.left_out))
    one.late, one.left_out, one.minutes = len(amounts.late), len(amounts.left_out), amounts.driven / 60
    return one


def lines(repairs: Iterable[Repair]) -> Iterator[str]:
    """Answer the table line by line; means, since one day differs from the next by more than one solver from another."""
    repairs = list(repairs)
    if repairs:
        yield ""
        head = f"{'':10} {'seconds':>8} {'solver':8} {'days':>5} {'told again':>11} {'late':>8}"
        yield f"{head} {'left out':>9} {'minutes':>8} {'p50 s':>7} {'p95 s':>7}"
    for solver in dict.fromkeys(one.solver for one in repairs):
        mine = [one for one in repairs if one.solver == solver and not one.why]
        if mine:
            took = sorted(one.took for one in mine)
            p95 = quantiles(took, n=20, method="inclusive")[-1] if len(took) > 1 else took[0]
            told, late, left, minutes = (fmean([getattr(one, name) for one in mine]) for name in ("told", "late", "left_out", "minutes"))
            yield (
                f"{'repair':10} {mine[0].seconds:8g} {solver:8} {len(mine):5} {told:11.1f} {late:8.1f} {left:9.1f} {minutes:8.0f}"
                f" {median(took):7.2f} {p95:7.2f}"
            )
    for one in repairs:
        if one.why:
            yield f"  repair day {one.day} {one.solver}: {one.why}"
