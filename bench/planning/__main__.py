"""The planner beside PyVRP, VROOM and OR-Tools: the same instances, the same seconds, one core each. `make bench-planning ARGS=…`

`--quick`: a few instances, the shortest budget, one seed: a few minutes. All of it takes a night; one that was cut goes on with `--go-on`.
Ratios are to be quoted, not figures: the machine and its load are in the JSON.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from fnmatch import fnmatch
from importlib.metadata import version

from bench.planning import repair, table
from bench.planning.instances import ROOT
from bench.planning.repair import Repair
from bench.planning.runs import NO_DICE, OURS, SERIES, SOLVERS, Run, missing, ready, run
from blisko.kit.compiled import digest

REPAIR = "repair"


def asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-planning", description=__doc__)
    parser.add_argument("--sets", nargs="+", choices=[*SERIES, REPAIR], default=[*SERIES, REPAIR])
    parser.add_argument("--budgets", nargs="+", type=float, help="seconds, instead of each set's own")
    parser.add_argument("--seeds", nargs="+", type=int)
    parser.add_argument("--instances", nargs="+", default=["*"], help="names or patterns: 'R1*' RC208")
    parser.add_argument("--solvers", nargs="+", choices=SOLVERS, default=list(SOLVERS))
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--jobs", type=int, default=1, help="so many runs at once, one core each")
    parser.add_argument("--go-on", action="store_true", help="keep the runs --out already has of this very planner and these versions")
    parser.add_argument("--out", default=str(ROOT / "artefacts" / "bench-planning.json"))
    options = parser.parse_args(words)
    options.solvers = [OURS] if options.ours_only else options.solvers
    options.seeds = options.seeds or ([1] if options.quick else [1, 2, 3])
    return options


def tasks(options: argparse.Namespace) -> Iterator[tuple[str, str, str, float, int]]:
    """Answer every run to be made; all solvers meet an instance one after the other, so that a busy hour hits them alike."""
    for series in options.sets:
        if series == REPAIR:
            continue
        names = SERIES[series].names()
        if not names:
            print(missing(series))
        for name in names:
            if not any(fnmatch(name.lower(), pattern.lower()) for pattern in options.instances):
                continue
            if options.quick and options.instances == ["*"] and name not in SERIES[series].quick:
                continue
            for seconds in options.budgets or SERIES[series].budgets[: 1 if options.quick else None]:
                for seed in options.seeds:
                    for solver in options.solvers:
                        if seed == options.seeds[0] or solver not in NO_DICE:
                            yield series, name, solver, seconds, seed


def main(words: list[str]) -> None:
    options = asked(words)
    before = os.getloadavg()
    os.environ |= {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    runs = kept(options)
    done = {(one.series, one.instance, one.solver, one.seconds, one.seed) for one in runs}
    todo = [task for task in tasks(options) if task not in done]
    seconds = sum(task[3] for task in todo) / options.jobs
    print(f"{len(todo)} runs, {seconds / 60:.0f} minutes of searching with {options.jobs} at once; {len(runs)} kept; load {before[0]:.1f}")
    ready()  # compiled once, before several would do it at once
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn"), ready) as pool:
        for found in as_completed([pool.submit(run, *task) for task in todo]):
            one = found.result()
            runs.append(one)
            said = f"{one.gap:.2f} %" if one.gap is not None else f"{one.left_out} left out, {one.minutes:.0f} min"
            print(f"  {one.series} {one.instance} {one.solver} {one.seconds:g} s seed {one.seed}: {one.why or said}", flush=True)
            write(options, before, runs, [])
        repairs = repair.runs(pool, options) if REPAIR in options.sets else []
    for line in (*table.lines(runs), *repair.lines(repairs)):
        print(line)
    write(options, before, runs, repairs)
    print(f"\n{options.out}")


def rests_on() -> dict[str, str]:
    """Answer what a figure holds for: the planner's own digest, and the versions of what it is compared with."""
    return {"planner": digest()} | {name: version(name) for name in ("pyvrp", "pyvroom", "ortools", "numba", "numpy")}


def kept(options: argparse.Namespace) -> list[Run]:
    """Answer the runs of an earlier, cut night that still hold; ours and peers' alike only where nothing has changed."""
    if not options.go_on or not os.path.exists(options.out):
        return []
    with open(options.out, encoding="utf-8") as file:
        told = json.load(file)
    return [Run(**one) for one in told["runs"]] if told["versions"] == rests_on() else []


def write(options: argparse.Namespace, before: tuple[float, float, float], runs: Sequence[Run], repairs: Sequence[Repair]) -> None:
    """Write all that was found so far, whole or not at all: a night that is cut has lost one run."""
    told = {
        "machine": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": [*before, *os.getloadavg()],
        "versions": rests_on(),
        "jobs": options.jobs,
        "runs": [asdict(one) for one in runs],
        REPAIR: [asdict(one) for one in repairs],
    }
    os.makedirs(os.path.dirname(os.path.abspath(options.out)), exist_ok=True)
    with open(f"{options.out}.new", "w", encoding="utf-8") as file:
        json.dump(told, file, indent=1)
    os.replace(f"{options.out}.new", options.out)


if __name__ == "__main__":
    main(sys.argv[1:])
