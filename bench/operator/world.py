"""What is true in the made-up operator's town: places, ways, people, work. Luck has names, so that all policies meet the same."""

import math
import random
from bisect import bisect
from dataclasses import dataclass

import numpy as np

from bench.planning.field_day import places, roads
from blisko.planning.rules.durations import DoneJob
from blisko.planning.rules.problem import Break, Matrix
from blisko.planning.rules.traffic import Drive

HOUR, DAY = 3600, 86400
BEGINS, ENDS, OVERTIME = 8 * HOUR, 17 * HOUR, HOUR
LUNCH = Break(int(11.5 * HOUR), int(13.5 * HOUR), 1800)
JOBS = (20, 30, 40, 60, 75)  # minutes in the catalogue
SHARES = (4, 3, 5, 3, 2)
SKILL = ("line", "line", "line", "fibre", "cable")  # of each job
HAS = {"line": 1.0, "fibre": 0.7, "cable": 0.5}  # share of technicians
RUSH = ((6.0, 1.0), (7.0, 1.15), (8.0, 1.35), (9.5, 1.1), (11.0, 1.0), (14.0, 1.05), (15.5, 1.3), (17.0, 1.35), (18.5, 1.05), (24.0, 1.0))
SICK = 0.03
SITES, PAST = 400, 40  # places visited again and again; days of records from before


@dataclass(frozen=True)
class Town:
    """The truth. `ways`: seconds on an empty street; the first rows are technicians' homes. What policies may know comes from `past`."""

    seed: int
    technicians: int
    ways: Matrix
    skills: tuple[frozenset[str], ...]
    work: tuple[float, ...]
    trouble: tuple[float, ...]
    pace: tuple[float, ...]

    def dice(self, *name: object) -> random.Random:
        """Answer the dice of one piece of luck; the same name falls the same way under every policy."""
        return random.Random(f"{self.seed} {name}")  # a string: its hash is the same in every process

    def site(self, place: int) -> str:
        """Answer the kind of a place."""
        return "flat" if place % 5 < 3 else "house"

    def minutes(self, name: object, job: int, technician: int, place: int) -> float:
        """Answer how long a visit really takes."""
        dice = self.dice("work", name)
        log = self.work[job] + self.pace[technician] + (0.08 if self.site(place) == "house" else 0.0) + dice.gauss(0, 0.28)
        luck = dice.random()
        if luck < self.trouble[job]:
            log += dice.gauss(0.7, 0.3)
        elif luck > 0.95:
            log -= 1.0
        return max(3.0, JOBS[job] * math.exp(log))

    def drive(self, day: int, technician: int, a: int, b: int, leaves: float) -> int:
        """Answer how long a drive really takes at that hour of that day."""
        if a == b:
            return 0
        dice = self.dice("drive", day, a, b)
        log = 0.09 * _heavy(self.dice("day", day)) + 0.06 * _heavy(self.dice("route", day, technician)) + 0.14 * _heavy(dice)
        log += dice.uniform(0.4, 1.1) if dice.random() < 0.03 else 0.0
        return max(30, int(self.ways[a, b] * rush(leaves) * math.exp(log)))

    def sick(self, day: int) -> set[int]:
        """Answer who does not come to work; somebody always does."""
        found = {nr for nr in range(self.technicians) if self.dice("sick", day, nr).random() < SICK}
        return found if len(found) < self.technicians else set()

    def past(self) -> tuple[list[DoneJob], list[Drive]]:
        """Answer the operator's own records from before the first day, which every policy may learn from."""
        jobs, drives = [], []
        for day in range(-PAST, 0):
            for nr in range(self.technicians):
                dice, here, time = self.dice("past", day, nr), nr, float(BEGINS)
                for stop in range(7):
                    there = dice.randrange(self.technicians, len(self.ways))
                    job = dice.choices(range(len(JOBS)), SHARES)[0]
                    job = job if SKILL[job] in self.skills[nr] else 0
                    took = self.drive(day, nr, here, there, time)
                    minutes = self.minutes((day, nr, stop), job, nr, there)
                    jobs.append(DoneJob(job, nr, self.site(there), JOBS[job], minutes))
                    drives.append(Drive(str(day), f"{day}.{nr}", float(self.ways[here, there]), took))
                    time, here = time + took + 60 * minutes, there
        return jobs, drives


def town(seed: int, technicians: int) -> Town:
    """Answer a town; the same seed is the same town."""
    numbers = np.random.default_rng(seed)
    ways = roads(numbers, places(numbers, technicians, SITES))
    dice = random.Random(f"{seed} town")
    skills = [{skill for skill, share in HAS.items() if dice.random() < share} for _ in range(technicians)]
    for nr, skill in enumerate(HAS):  # nothing nobody can do
        skills[nr % technicians].add(skill)
        skills[(nr + 1) % technicians].add(skill)
    return Town(
        seed,
        technicians,
        ways,
        tuple(map(frozenset, skills)),
        tuple(dice.gauss(0.05, 0.15) for _ in JOBS),
        tuple(dice.uniform(0.04, 0.2) for _ in JOBS),
        tuple(dice.gauss(0, 0.12) for _ in range(technicians)),
    )


def rush(time: float) -> float:
    """Answer by how much streets are slower at that second of the day."""
    hour = min(max(time / HOUR, RUSH[0][0]), RUSH[-1][0] - 0.01)
    at = bisect([hour_ for hour_, _ in RUSH], hour)
    (before, low), (after, high) = RUSH[at - 1], RUSH[at]
    return low + (high - low) * (hour - before) / (after - before)


def _heavy(dice: random.Random) -> float:
    """A draw of spread one with the tails of Student's t of 4 degrees, cut where nobody would still drive."""
    return max(-4.0, min(4.0, dice.gauss(0, 1) / math.sqrt(dice.gammavariate(2, 0.5)) / math.sqrt(2)))
