"""A generated field day: 40 technicians who start at home, 320 visits in eight towns and between them, five skills, two-hour windows,
a lunch of half an hour somewhere between 11:30 and 14:00, four kinds of spare parts. Seeded: the same seed is the same day."""

import numpy as np
import numpy.typing as npt

from bench.planning.instances import Broken, Instance, Routes
from bench.planning.timetable import timetable
from blisko.planning.rules.checker import faults, figures
from blisko.planning.rules.problem import Break, Matrix, PlanShift, PlanVisit, Problem

HOUR = 3600
LUNCH = Break(int(11.5 * HOUR), int(13.5 * HOUR), 1800)
WINDOWS = np.array([(8, 10), (10, 12), (12, 14), (14, 16), (16, 18)]) * HOUR
SHIFTS = np.array([(8, 17), (7, 16), (9, 18)]) * HOUR
SKILLS = [0.34, 0.24, 0.2, 0.13, 0.09]
AREA_KM, TOWNS = 50.0, 8


def load(seed: int, technicians: int = 40, visits: int = 320) -> Instance:
    problem = day(seed, technicians, visits)

    def value(routes: Routes) -> float:
        """Answer the minutes driven, whoever is left out."""
        plan = timetable(problem, routes)
        if wrong := faults(problem, plan):
            raise Broken("; ".join(wrong))
        return figures(problem, plan).driven / 60

    return Instance(f"day{seed}", problem, value)


def day(seed: int, technicians: int, visits: int) -> Problem:
    """Answer a day whose dice fall in the order of the first prototype's, so that its published figures are for these days."""
    dice = np.random.default_rng(seed)
    travel = roads(dice, places(dice, technicians, visits))
    skills = []
    for _ in range(technicians):
        count = dice.choice([2, 3, 4], p=[0.4, 0.4, 0.2])
        skills.append({str(skill): 1 for skill in dice.choice(5, count, replace=False, p=SKILLS)})
    asked = dice.choice(5, visits, p=SKILLS)
    minutes = np.clip(np.round(dice.lognormal(np.log(38), 0.45, visits) / 5) * 5, 10, 120).astype(int)
    windows = WINDOWS[dice.choice(5, visits, p=[0.24, 0.24, 0.18, 0.22, 0.12])]
    shifts = SHIFTS[dice.choice(3, technicians, p=[0.55, 0.15, 0.30])]
    takes = dice.random(visits) < 0.45
    kinds = np.full(visits, -1)
    kinds[takes] = dice.choice(4, int(takes.sum()), p=[0.4, 0.3, 0.2, 0.1])
    stock = np.stack([dice.integers(low, high, technicians) for low, high in ((1, 5), (1, 4), (0, 4), (0, 3))], axis=1)
    pressing = dice.random(visits) < 0.1
    return Problem(
        shifts=tuple(
            PlanShift(
                f"t{nr}",
                nr,
                nr,
                int(shifts[nr][0]),
                int(shifts[nr][1]),
                breaks=(LUNCH,),
                skills=skills[nr],
                stock={str(kind): int(stock[nr][kind]) for kind in range(4)},
            )
            for nr in range(technicians)
        ),
        visits=tuple(
            PlanVisit(
                f"v{nr}",
                technicians + nr,
                ((int(windows[nr][0]), int(windows[nr][1])),),
                int(minutes[nr]) * 60,
                skills={str(asked[nr]): 1},
                parts={str(kinds[nr]): 1} if kinds[nr] >= 0 else {},
                worth=10.0 if pressing[nr] else 1.0,
            )
            for nr in range(visits)
        ),
        travel=travel,
    )


def places(dice: np.random.Generator, technicians: int, visits: int) -> npt.NDArray[np.float64]:
    """Answer kilometres east and north: towns of unequal size, and some who live between them."""
    towns = dice.uniform(6, AREA_KM - 6, (TOWNS, 2))
    share = dice.dirichlet(np.ones(TOWNS) * 2)

    def scatter(count: int, rural: float) -> npt.NDArray[np.float64]:
        town = dice.choice(TOWNS, count, p=share)
        points = towns[town] + dice.normal(0, 3.2, (count, 2))
        outside = dice.random(count) < rural
        points[outside] = dice.uniform(0, AREA_KM, (int(outside.sum()), 2))
        return np.clip(points, 0, AREA_KM)

    return np.vstack([scatter(technicians, 0.25), scatter(visits, 0.2)])


def roads(dice: np.random.Generator, points: npt.NDArray[np.float64]) -> Matrix:
    """Answer seconds by road: detours of a quarter and more, slow in town, 90 s to park; no way is longer than round a third place."""
    straight = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    km = straight * (1.25 + 0.15 * dice.random(straight.shape))
    seconds = (km / (22 + 38 * (1 - np.exp(-km / 12))) * HOUR + 90) * (1 + 0.05 * dice.standard_normal(straight.shape))
    seconds = np.maximum(seconds, 60)
    np.fill_diagonal(seconds, 0)
    for via in range(len(seconds)):
        seconds = np.minimum(seconds, seconds[:, via : via + 1] + seconds[via : via + 1])
    return np.ceil(seconds).astype(np.int64)
