"""Technician routing and scheduling (Pillac, Guéret, Medaglia 2013): skills, tools, spare parts, and a depot that has them all.

To be small: the sum of tour durations, from leaving (as late as possible) to being home; euclidean, not rounded. Everybody is served.
"""

import ast
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from bench.planning.instances import Broken, Instance, Routes, data, each_once
from blisko.planning.rules.problem import PickUp, PlanShift, PlanVisit, Problem, Weights

SCALE = 1_000  # ticks of one unit
DEPOT = "depot"
WEIGHTS = Weights(left_out=10_000.0, broken=0.0, late=0.0, minute=0.0, overtime=0.0, told_twice=0.0, disliked=0.0, work=60 / SCALE)
ROW = re.compile(r"\s*(\d+)" + r"\s+(\S+)" * 5 + r"\s+(\[.*?\])" * 3)
SOLUTION = re.compile(r"(\S+?\.100_25-5-5-5)-S=<(.*)>")


@dataclass(frozen=True)
class Row:
    """One line of a file: the depot, a technician's home and shift, or a request."""

    x: float
    y: float
    opens: float
    closes: float
    service: float
    skills: frozenset[int]
    tools: frozenset[int]
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Requests:
    """A file's numbers: row 0 is the depot, rows 1 … crew the technicians, the rest are requests."""

    crew: int
    rows: tuple[Row, ...]

    def way(self, a: int, b: int) -> float:
        return math.hypot(self.rows[a].x - self.rows[b].x, self.rows[a].y - self.rows[b].y)


def read(file: Path) -> Requests:
    lines = file.read_text().splitlines()
    head = next(nr for nr, line in enumerate(lines) if line.startswith("CREW"))
    rows = []
    for line in lines[head + 2 :]:
        if found := ROW.match(line):
            numbers = map(float, found.groups()[1:6])
            skills, tools, parts = map(ast.literal_eval, found.groups()[6:])
            rows.append(Row(*numbers, frozenset(skills), frozenset(tools), tuple(parts)))
    return Requests(int(lines[head + 1].split()[0]), tuple(rows))


def names() -> list[str]:
    return sorted(file.stem for file in (data() / "trsp" / "crew25").glob("*.txt"))


def load(name: str) -> Instance:
    requests = read(data() / "trsp" / "crew25" / f"{name}.txt")
    return Instance(name, problem(requests), partial(durations, requests), published().get(name))


def published() -> dict[str, float]:
    """Answer the best published value of each instance."""
    report = ElementTree.parse(data() / "trsp" / "pillac-et-al-2013-report.xml").getroot()
    found = {str(one.get("instance")): float(one.text or "nan") for one in report}
    for line in (data() / "trsp" / "pillac-minwt.sol").read_text().splitlines():
        name, _, value = line.partition("=")
        if re.fullmatch(r"[\d.]+", value) and name.endswith("-5-5-5"):
            found[name] = min(found.get(name, math.inf), float(value))
    return found


def published_routes() -> dict[str, Routes]:
    """Answer the published solutions; ids above the requests are copies of homes (one for each technician), then of the depot."""
    found: dict[str, Routes] = {}
    for line in (data() / "trsp" / "pillac-minwt.sol").read_text().splitlines():
        if match := SOLUTION.match(line.strip()):
            tours = [[int(nr) for nr in tour.split(",")] for tour in match[2].split("|") if tour.strip()]
            found[match[1]] = {f"t{who}": [DEPOT if nr > 150 else str(nr) for nr in stops[:-1]] for who, *stops in tours}
    return found


def problem(requests: Requests) -> Problem:
    """Ways are rounded up to a thousandth, windows inwards: what fits here fits there."""
    rows, size = requests.rows, range(len(requests.rows))
    crew, depot = range(1, requests.crew + 1), rows[0]
    tools = frozenset(str(tool) for row in rows for tool in row.tools)
    return Problem(
        shifts=tuple(
            PlanShift(
                f"t{nr}",
                nr,
                nr,
                math.ceil(rows[nr].opens * SCALE),
                math.floor(rows[nr].closes * SCALE),
                skills={str(skill): 1 for skill in rows[nr].skills},
                tools=frozenset(map(str, rows[nr].tools)),
                stock=_parts(rows[nr]),
            )
            for nr in crew
        ),
        visits=tuple(
            PlanVisit(
                str(nr),
                nr,
                ((math.ceil(rows[nr].opens * SCALE), math.floor(rows[nr].closes * SCALE)),),
                math.ceil(rows[nr].service * SCALE),
                skills={str(skill): 1 for skill in rows[nr].skills},
                tools=frozenset(map(str, rows[nr].tools)),
                parts=_parts(rows[nr]),
                must=True,
            )
            for nr in size[requests.crew + 1 :]
        ),
        travel=np.array([[math.ceil(requests.way(a, b) * SCALE) for b in size] for a in size], np.int64),
        weights=WEIGHTS,
        pickups=(PickUp(DEPOT, 0, math.ceil(depot.opens * SCALE), math.floor(depot.closes * SCALE), 0, tools, None),),
    )


def _parts(row: Row) -> dict[str, int]:
    return {str(part): count for part, count in enumerate(row.parts) if count}


def durations(requests: Requests, routes: Routes) -> float:
    """Answer the sum of tour durations in units, or raise `Broken`."""
    asked = set(map(str, range(requests.crew + 1, len(requests.rows))))
    each_once([key for keys in routes.values() for key in keys if key != DEPOT], asked)
    return math.fsum(_duration(requests, int(key[1:]), [0 if k == DEPOT else int(k) for k in keys]) for key, keys in routes.items() if keys)


def _duration(requests: Requests, who: int, stops: Sequence[int]) -> float:
    """Answer one tour's duration: the earliest return less the latest leaving that still gives it."""
    _equipped(requests, who, stops)
    rows = requests.rows
    now, waited, slack, here, service = rows[who].opens, 0.0, math.inf, who, 0.0
    for place in [*stops, who]:
        arrives = now + service + requests.way(here, place)
        now = max(arrives, rows[place].opens)
        if now > rows[place].closes + 1e-6:
            raise Broken(f"{place} at {now}, closed at {rows[place].closes}")
        waited += now - arrives
        slack = min(slack, waited + rows[place].closes - now)
        here, service = place, rows[place].service if place != who else 0.0
    return now - rows[who].opens - min(slack, waited)


def _equipped(requests: Requests, who: int, stops: Sequence[int]) -> None:
    row, loaded = requests.rows[who], False
    left = list(row.parts)
    for place in stops:
        asked = requests.rows[place]
        loaded = loaded or place == 0
        if place == 0:
            continue
        if not asked.skills <= row.skills:
            raise Broken(f"{who} lacks a skill for {place}")
        left = [have - take for have, take in zip(left, asked.parts or [0] * len(left), strict=True)]
        if not loaded and (min(left) < 0 or not asked.tools <= row.tools):
            raise Broken(f"{who} lacks a tool or a part for {place}")
