"""Solomon's and Gehring & Homberger's instances: vehicles of one depot, one load, windows; as short a way as can be.

Distances and times are ⌊10 · euclid⌋ tenths, as at the DIMACS challenge; the best known values are for this convention.
"""

import json
import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from bench.planning.instances import Broken, Instance, Routes, data, each_once
from blisko.planning.rules.problem import PlanShift, PlanVisit, Problem, Weights

SIZES = {"solomon": "solomon/*.txt", "homberger": "homberger/*.txt"}
# One point is one unit of distance (ten of our ticks, sixty of which are a minute); who leaves a customer out pays more than any detour.
WEIGHTS = Weights(left_out=10_000.0, broken=0.0, late=0.0, minute=6.0, overtime=0.0, told_twice=0.0, disliked=0.0)


@dataclass(frozen=True)
class Customers:
    """A file's numbers: rows of id, x, y, demand, ready, due, service; row 0 is the depot."""

    vehicles: int
    capacity: int
    rows: tuple[tuple[int, ...], ...]

    def tenths(self, a: int, b: int) -> int:
        """Answer the way between two rows in tenths of a unit, downwards."""
        (_, ax, ay, *_), (_, bx, by, *_) = self.rows[a], self.rows[b]
        return math.floor(10 * math.hypot(ax - bx, ay - by))


def read(file: Path) -> Customers:
    numbers = [[int(float(word)) for word in line.split()] for line in file.read_text().splitlines() if line.strip()[:1].isdigit()]
    (vehicles, capacity), *rows = numbers
    return Customers(vehicles, capacity, tuple(map(tuple, rows)))


def names(which: str) -> list[str]:
    return sorted(file.stem for file in data().glob(SIZES[which]))


def load(which: str, name: str) -> Instance:
    customers = read(data() / which / f"{name}.txt")
    best = json.loads((data() / "bks_vrptw_dimacs.json").read_text())
    known = {key.lower(): value for key, value in best.items()}
    return Instance(name, problem(customers), partial(distance, customers), known.get(name.lower()))


def problem(customers: Customers) -> Problem:
    depot, *rest = customers.rows
    size = range(len(customers.rows))
    return Problem(
        shifts=tuple(
            PlanShift(f"v{nr}", 0, 0, depot[4] * 10, depot[5] * 10, stock={"load": customers.capacity}) for nr in range(customers.vehicles)
        ),
        visits=tuple(
            PlanVisit(str(nr), place, ((ready * 10, due * 10),), service * 10, parts={"load": demand}, must=True)
            for place, (nr, _, _, demand, ready, due, service) in enumerate(rest, 1)
        ),
        travel=np.array([[customers.tenths(a, b) for b in size] for a in size], np.int64),
        weights=WEIGHTS,
    )


def distance(customers: Customers, routes: Routes) -> float:
    """Answer the length of all routes in units, or raise `Broken`."""
    row = {str(numbers[0]): place for place, numbers in enumerate(customers.rows)}
    each_once([key for keys in routes.values() for key in keys], set(row) - {str(customers.rows[0][0])})
    if sum(bool(keys) for keys in routes.values()) > customers.vehicles:
        raise Broken("too many vehicles")
    tenths = 0
    for keys in routes.values():
        load, now, here = 0, customers.rows[0][4] * 10, 0
        for place in [*(row[key] for key in keys), 0]:
            _, _, _, demand, ready, due, service = customers.rows[place]
            way = customers.tenths(here, place)
            tenths, load, now, here = tenths + way, load + demand, max(now + way, ready * 10), place
            if now > due * 10 or load > customers.capacity:
                raise Broken(f"{place} at {now / 10} with {load} on board")
            now += service * 10
    return tenths / 10
