"""The planner beside PyVRP, VROOM and OR-Tools: the same instances, the same seconds, one core each. `make bench-planning ARGS=…`

`--quick`: a few instances, the shortest budget, one seed: a few minutes. All of it takes a night. Ratios are to be quoted, not figures:
the machine and its load are in the JSON.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from fnmatch import fnmatch
from importlib.metadata import version

from bench.planning import repair, table
from bench.planning.instances import ROOT
from bench.planning.runs import NO_DICE, OURS, SERIES, SOLVERS, missing, ready, run

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
    before, runs = os.getloadavg(), []
    os.environ |= {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    todo = list(tasks(options))
    seconds = sum(task[3] for task in todo) / options.jobs
    print(f"{len(todo)} runs, {seconds / 60:.0f} minutes of searching with {options.jobs} at once; load {before[0]:.1f}")
    ready()  # compiled once, before several would do it at once
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn"), ready) as pool:
        for done in as_completed([pool.submit(run, *task) for task in todo]):
            one = done.result()
            runs.append(one)
            said = f"{one.gap:.2f} %" if one.gap is not None else f"{one.left_out} left out, {one.minutes:.0f} min"
            print(f"  {one.series} {one.instance} {one.solver} {one.seconds:g} s seed {one.seed}: {one.why or said}", flush=True)
        repairs = repair.runs(pool, options) if REPAIR in options.sets else []
    for line in (*table.lines(runs), *repair.lines(repairs)):
        print(line)
    machine = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "load": [*before, *os.getloadavg()]}
    versions = {name: version(name) for name in ("pyvrp", "pyvroom", "ortools", "numba", "numpy")}
    told = {
        **machine,
        "versions": versions,
        "jobs": options.jobs,
        "runs": [asdict(one) for one in runs],
        REPAIR: [asdict(one) for one in repairs],
    }
    os.makedirs(os.path.dirname(options.out), exist_ok=True)
    with open(options.out, "w", encoding="utf-8") as file:
        json.dump(told, file, indent=1)
    print(f"\n{options.out}")


if __name__ == "__main__":
    main(sys.argv[1:])
