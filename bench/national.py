"""A national day, 2,000 technicians and 14,000 visits, planned region by region on two cores: wall time, memory, and what came of it.

make bench ARGS="national [--share 0.1] [--seconds 20]"

It measures the planner: the regions are generated in its own words, so that reading a day from the database and writing its plan
are not in the figures. Every plan is judged by the independent checker; a fault ends the bench with an error.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.planning import field_day
from blisko.planning.rules.checker import faults, figures
from blisko.planning.rules.engine import solve

TECHNICIANS, VISITS = 40, 280  # of one region
REGIONS = 50
FIRST = 1000  # seed of the first region
MINUTES, GIGABYTES = 60.0, 4.0  # what a night and a small server allow
OUT = Path(__file__).resolve().parent.parent / "artefacts" / "bench-national.json"


@dataclass(frozen=True)
class Region:
    """One region, planned. `minutes`: driven. `took`: seconds, generating and checking in them; `peak`: megabytes its process ever had."""

    seed: int
    visits: int
    left_out: int
    minutes: float
    iterations: int
    took: float
    peak: float
    process: int
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Nation:
    """What the regions come to; `whole_minutes`: of all regions, in proportion where only a share was planned."""

    regions: int
    of: int
    seconds: float
    processes: int
    wall_minutes: float
    whole_minutes: float
    peak_megabytes: float
    together_megabytes: float
    visits: int
    left_out: int
    minutes_driven: float
    faults: int

    @property
    def extrapolated(self) -> bool:
        return self.regions < self.of

    @property
    def holds(self) -> bool:
        """Whether the night is long enough, the memory too, and every plan valid."""
        return self.faults == 0 and self.whole_minutes < MINUTES and self.together_megabytes < GIGABYTES * 1000


def ready() -> None:
    """Compile and load the planner before the clock starts."""
    solve(field_day.day(1, technicians=8, visits=40), clock=time.perf_counter, iterations=200, seed=1)


def plan_region(seed: int, seconds: float, technicians: int = TECHNICIANS, visits: int = VISITS) -> Region:
    begun = time.perf_counter()
    problem = field_day.day(seed, technicians, visits)
    plan = solve(problem, clock=time.perf_counter, seconds=seconds, seed=seed)
    wrong = tuple(faults(problem, plan))
    amounts = figures(problem, plan)
    took = time.perf_counter() - begun
    left_out, minutes = len(amounts.left_out), amounts.driven / 60
    return Region(seed, visits, left_out, minutes, plan.iterations, took, peak(), os.getpid(), wrong)


def peak() -> float:
    """Answer the most megabytes this process ever had in memory (Linux counts kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def nation_of(found: Sequence[Region], *, wall: float, seconds: float, processes: int, own: float = 0.0) -> Nation:
    """Add the regions up; `wall`: seconds, `own`: megabytes of the process that only hands out."""
    peaks = {one.process: max(each.peak for each in found if each.process == one.process) for one in found}
    return Nation(
        regions=len(found),
        of=REGIONS,
        seconds=seconds,
        processes=processes,
        wall_minutes=wall / 60,
        whole_minutes=wall / 60 * REGIONS / len(found),
        peak_megabytes=max(peaks.values()),
        together_megabytes=own + sum(peaks.values()),
        visits=sum(one.visits for one in found),
        left_out=sum(one.left_out for one in found),
        minutes_driven=sum(one.minutes for one in found),
        faults=sum(len(one.wrong) for one in found),
    )


def told(nation: Nation) -> list[str]:
    """Answer the figures line by line; what was not measured says so."""
    whole = f"all {nation.of} would take {nation.whole_minutes:.1f} min: EXTRAPOLATED from {nation.regions}, not measured"
    return [
        f"{nation.regions} of {nation.of} regions of {TECHNICIANS} technicians, {nation.seconds:g} s each, {nation.processes} processes",
        f"wall time {nation.wall_minutes:.1f} min" + (f"; {whole}" if nation.extrapolated else ""),
        f"peak memory {nation.peak_megabytes:.0f} MB of one process, {nation.together_megabytes:.0f} MB all together",
        f"{nation.left_out} of {nation.visits} visits left out, {nation.minutes_driven:,.0f} min driven, {nation.faults} faults",
    ]


def asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=national", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the regions; 0.1: the first tenth")
    parser.add_argument("--seconds", type=float, default=20.0, help="for one region")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=OUT)
    return parser.parse_args(words)


def main(words: Sequence[str] = ()) -> None:
    options = asked(words)
    count = max(1, min(REGIONS, round(REGIONS * options.share)))
    before = os.getloadavg()
    os.environ |= {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ready()  # compiled once, before several would do it at once
    found: list[Region] = []
    with ProcessPoolExecutor(options.processes, multiprocessing.get_context("spawn"), ready) as pool:
        for waiting in [pool.submit(ready) for _ in range(options.processes)]:
            waiting.result()
        begun = time.perf_counter()
        for done in as_completed([pool.submit(plan_region, FIRST + nr, options.seconds) for nr in range(count)]):
            found.append(done.result())
            one = found[-1]
            said = f"{one.left_out} left out, {one.minutes:.0f} min driven, {one.iterations} rounds"
            print(f"  {len(found)}/{count} region {one.seed}: {'; '.join(one.wrong[:3]) or said}", flush=True)
        wall = time.perf_counter() - begun
    nation = nation_of(found, wall=wall, seconds=options.seconds, processes=options.processes, own=peak())
    load = [*before, *os.getloadavg()]
    print("\n".join(told(nation)))
    print(f"load before {load[0]:.1f}, after {load[3]:.1f}, {os.cpu_count()} cores")
    machine = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "load": load}
    whole = {**machine, **asdict(nation), "extrapolated": nation.extrapolated, "each": [asdict(one) for one in found]}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    print(options.out)
    if not nation.holds:
        raise SystemExit("a national day does not fit")
