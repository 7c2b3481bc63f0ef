"""What Lighthouse says of the customer's page in every stage: a mid-range telephone on slow 4G, three runs each, their median.

Run: `make bench ARGS=lighthouse`; `ARGS="lighthouse --runs 1 --only on-the-way"` for less of it. Lighthouse itself is installed beside this
file when it is first wanted, and nothing else needs it. It measures what `blisko run` serves (styles and scripts compressed) over plain
HTTP on this machine; the slow network and processor are its own simulation. A busy machine makes pages look slower than they are: the
load and Lighthouse's own measure of the processor are printed. The map is measured as who only looks on has it: as a picture.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import tests.database  # noqa: F401  # before Django: names the server

# A data folder of its own: what is collected and compressed here must not be served to tests.
FOLDER = tempfile.TemporaryDirectory(prefix="blisko-lighthouse-")
os.environ["BLISKO_HOME"] = FOLDER.name

from django.core.management import call_command  # noqa: E402

from bench.house import house  # noqa: E402 - the folder first
from tests.browser import FLAGS, chromium  # noqa: E402
from tests.journeys.stages import Stages  # noqa: E402

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
# Lighthouse measures no page that comes with 404 or 410; `tests/journeys/test_link_choices.py` looks at these.
REFUSED = {"ended", "unknown"}
CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100}
TRIES = 3  # on a busy machine Chromium now and then gives Lighthouse no trace
AUDITS = {
    "FCP s": ("first-contentful-paint", 1000),
    "LCP s": ("largest-contentful-paint", 1000),
    "TBT ms": ("total-blocking-time", 1),
    "CLS": ("cumulative-layout-shift", 1),
    "kB": ("total-byte-weight", 1000),
}


@dataclass(frozen=True)
class Run:
    """One look of Lighthouse at one page: its scores of 100, what it measured, how many requests, and what it minds."""

    scores: dict[str, float]
    figures: dict[str, float]
    requests: int
    processor: float
    minded: frozenset[str]


def install() -> None:
    """Put Lighthouse beside this file unless it is there."""
    if not PROGRAM.exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True)


def run_of(report: dict[str, Any]) -> Run:
    """Answer what counts of Lighthouse's report."""
    audits, categories = report["audits"], report["categories"]
    counted = [ref["id"] for one in categories.values() for ref in one["auditRefs"] if ref["weight"]]
    return Run(
        scores={name: round(100 * categories[name]["score"]) for name in CATEGORIES},
        figures={name: audits[audit]["numericValue"] / unit for name, (audit, unit) in AUDITS.items()},
        requests=len(audits["network-requests"]["details"]["items"]),
        processor=report["environment"]["benchmarkIndex"],
        minded=frozenset(one for one in counted if (score := audits[one]["score"]) is not None and score < 0.9),
    )


def look(address: str, keep: Path) -> Run:
    """Let Lighthouse look once, as a telephone; its whole report is kept."""
    flags = " ".join(["--headless=new", *FLAGS])
    command = ["node", str(PROGRAM), address, "--quiet", "--output=json", f"--output-path={keep}", f"--chrome-flags={flags}"]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    for _ in range(TRIES):
        done = subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium()}, capture_output=True, text=True, check=False)
        if not done.returncode:
            return run_of(json.loads(keep.read_text(encoding="utf-8")))
    raise SystemExit(f"lighthouse: {address}: {done.stderr[-2000:]}")


def middle(runs: list[Run]) -> Run:
    """Answer the median of each figure; what any run minded."""
    return Run(
        scores={name: median(one.scores[name] for one in runs) for name in CATEGORIES},
        figures={name: median(one.figures[name] for one in runs) for name in AUDITS},
        requests=round(median(one.requests for one in runs)),
        processor=median(one.processor for one in runs),
        minded=frozenset().union(*(one.minded for one in runs)),
    )


def told(name: str, run: Run) -> str:
    """Answer a page's row of the table."""
    figures = "".join(f"{value:8.3f}" if what == "CLS" else f"{value:8.1f}" for what, value in run.figures.items())
    scores = "".join(f"{score:8.0f}" for score in run.scores.values())
    return f"{name:22}{scores}{figures}{run.requests:6}{run.processor:7.0f}  {' '.join(sorted(run.minded))}"


def falls_short(run: Run) -> bool:
    return any(run.scores[name] < target for name, target in CATEGORIES.items())


def asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=lighthouse", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=[], metavar="PAGE")
    parser.add_argument("--language", default="pl")
    parser.add_argument("--keep", type=Path, default=Path("artefacts/lighthouse"))
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Print the table and answer whether every page reaches its targets."""
    wanted = asked(words)
    install()
    wanted.keep.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    short = []
    with house() as platform:
        stages = Stages(platform, wanted.language)
        print(f"{'page':22}{'perf':>8}{'a11y':>8}{'best':>8}" + "".join(f"{what:>8}" for what in AUDITS) + f"{'reqs':>6}{'cpu':>7}  minded")
        for name in wanted.only or [name for name in stages.pages if name not in REFUSED]:
            address = stages.address(name)
            run = middle([look(address, wanted.keep / f"{name}-{nr}.json") for nr in range(wanted.runs)])
            print(told(name, run), flush=True)
            short += [name] if falls_short(run) else []
    print(f"{wanted.runs} runs each, medians; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    targets = ", ".join(f"{name} {least}" for name, least in CATEGORIES.items())
    print(f"targets ({targets}): {'missed by ' + ', '.join(short) if short else 'reached'}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
