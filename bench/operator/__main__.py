"""Three ways to run the same weeks: whole days and nearest first, half-days and a nightly plan, Blisko. `make bench-operator ARGS=…`"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from statistics import median

from bench.operator.book import BY_PHONE, POLICIES
from bench.operator.demand import calls
from bench.operator.planner import Effort, learn
from bench.operator.weeks import WARM, Weeks, play
from bench.operator.world import town
from bench.planning.instances import ROOT


def asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-operator", description=__doc__)
    parser.add_argument("--technicians", type=int, default=20)
    parser.add_argument("--visits", type=float, default=7.0, help="calls a day for each technician")
    parser.add_argument("--days", type=int, default=5, help=f"working days measured, after {WARM} in which the diary fills")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--night", type=int, default=Effort.night, help="rounds of the engine for a nightly plan")
    parser.add_argument("--live", type=int, default=Effort.live, help="rounds for a repair")
    parser.add_argument("--seconds", type=float, help="of processor time for each plan, instead of rounds: no longer the same by seed")
    parser.add_argument(
        "--same-habits", action="store_true", help="customers say as seldom with a link as by telephone that nobody need come"
    )
    parser.add_argument("--out", default=str(ROOT / "artefacts" / "bench-operator.json"))
    return parser.parse_args(words)


def runs(options: argparse.Namespace) -> Iterator[Weeks]:
    """Answer the weeks of each seed under each policy."""
    effort = Effort(options.night, options.live, options.seconds)
    for seed in options.seeds:
        place = town(seed, options.technicians)
        known = learn(place)
        demand = calls(place, WARM + options.days, round(options.technicians * options.visits))
        for policy in POLICIES:
            yield play(place, known, replace(policy, says=BY_PHONE) if options.same_habits else policy, demand, effort)


def lines(found: Sequence[Weeks]) -> Iterator[str]:
    """Answer the table line by line: medians over seeds, and the lowest and highest."""
    names = list(dict.fromkeys(weeks.policy for weeks in found))
    yield f"{'':36}" + "".join(f"{name:>24}" for name in names)
    for measure in found[0].figures:
        cells = []
        for name in names:
            values = [weeks.figures[measure] for weeks in found if weeks.policy == name]
            cells.append(f"{median(values):.2f} ({min(values):.2f}–{max(values):.2f})")
        yield f"{measure:36}" + "".join(f"{cell:>24}" for cell in cells)
    plans = sum(weeks.plans for weeks in found)
    yield f"{plans} plans, every one valid by the checker; figures are medians over {len({w.seed for w in found})} seeds (lowest–highest)"


def main(words: list[str]) -> None:
    options, found, began, load = asked(words), [], time.perf_counter(), os.getloadavg()
    for weeks in runs(options):
        found.append(weeks)
        print(
            f"  seed {weeks.seed} {weeks.policy}: {weeks.ends}, {weeks.plans} plans of {weeks.engine_seconds:.2f} s of processor time;"
            f" {time.perf_counter() - began:.0f} s so far",
            flush=True,
        )
    print("\n".join(lines(found)))
    told = {
        "options": vars(options),
        "load": [*load, *os.getloadavg()],
        "seconds": time.perf_counter() - began,
        "runs": [{name: value for name, value in asdict(replace(weeks, all_visits=[])).items() if name != "all_visits"} for weeks in found],
    }
    os.makedirs(os.path.dirname(options.out), exist_ok=True)
    with open(options.out, "w", encoding="utf-8") as file:
        json.dump(told, file, indent=1)
    print(options.out)


if __name__ == "__main__":
    main(sys.argv[1:])
