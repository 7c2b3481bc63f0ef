"""The printed table: medians over instances and seeds, the worst, and ratios to be quoted."""

import math
from collections.abc import Iterable, Iterator
from statistics import median

from bench.planning.runs import OURS, SOLVERS, Run

HEAD = f"{'':10} {'seconds':>8} {'solver':8} {'runs':>5}"


def lines(runs: Iterable[Run]) -> Iterator[str]:
    """Answer the table line by line: sets with a best known value by gap, days by who is left out and the minutes driven."""
    runs = list(runs)
    for series in dict.fromkeys(run.series for run in runs):
        of_set = [run for run in runs if run.series == series]
        known = any(run.gap is not None for run in of_set)
        yield ""
        yield (
            f"{HEAD} {'median gap':>11} {'worst':>8} {'best':>8} {'not whole':>10} {'of a core':>10}"
            if known
            else (f"{HEAD} {'left out':>11} {'worth':>8} {'minutes':>8} {'to ours':>10} {'mended':>7} {'of a core':>10}")
        )
        for seconds in sorted({run.seconds for run in of_set}):
            for solver in SOLVERS:
                mine = [run for run in of_set if run.seconds == seconds and run.solver == solver]
                if mine:
                    yield (
                        f"{series:10} {seconds:8g} {solver:8} {len(mine):5} "
                        + (_gaps(mine) if known else _days(mine, of_set))
                        + f" {median([run.share for run in mine]):10.0%}"
                    )
    for run in runs:
        if run.why and run.value is None:
            yield f"  {run.series} {run.instance} {run.seconds:g} s {run.solver} seed {run.seed}: {run.why}"


def _gaps(mine: list[Run]) -> str:
    gaps = [math.inf if run.gap is None else run.gap for run in mine]
    return f"{_percent(median(gaps)):>11} {_percent(max(gaps)):>8} {_percent(min(gaps)):>8} {sum(map(math.isinf, gaps)):10}"


def _percent(gap: float) -> str:
    return "–" if math.isinf(gap) else f"{gap:.2f}%"


def _days(mine: list[Run], of_set: list[Run]) -> str:
    ours = [run.minutes for run in of_set if run.solver == OURS and run.seconds == mine[0].seconds and not run.why]
    minutes = median([run.minutes for run in mine])
    ratio = f"{minutes / median(ours):10.3f}" if ours else f"{'–':>10}"
    left, worth = median([run.left_out for run in mine]), median([run.worth for run in mine])
    return f"{left:11g} {worth:8g} {minutes:8.0f} {ratio} {median([run.mended for run in mine]):7g}"
