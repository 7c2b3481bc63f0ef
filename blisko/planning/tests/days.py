"""Small days in plain values: one home, two places ten minutes from it and from each other."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from blisko.planning.rules.problem import Problem, Weights
from blisko.planning.rules.ways import Point
from blisko.planning.rules.world import Held, Job, Shelf, Worker, World, problem_of, travel_places

DAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC)
HOME, EAST, WEST = Point(52.0, 19.0), Point(52.0, 19.1), Point(52.0, 18.9)
HOUR = 3600


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def a_worker(technician_id: int = 1, *, begins: float = 8, ends: float = 16, **more: object) -> Worker:
    told: dict[str, object] = {"start": HOME, "end": HOME, **more}
    return Worker(100 + technician_id, technician_id, at(begins), at(ends), **told)  # type: ignore[arg-type]


def a_job(visit_id: int = 1, *, opens: float = 10, **more: object) -> Job:
    told: dict[str, object] = {"place": EAST, "minutes": 60, **more}
    return Job(visit_id, windows=((at(opens), at(opens + 2)),), **told)  # type: ignore[arg-type]


def held(hour: float, technician_id: int = 1, **more: bool) -> tuple[Held]:
    return (Held(technician_id, at(hour), at(hour + 1), **more),)


def a_problem(workers: list[Worker], jobs: list[Job], *, hour: float = 6, shelves: tuple[Shelf, ...] = ()) -> Problem:
    return problem_on(World(DAY, MIDNIGHT, tuple(workers), tuple(jobs), shelves), hour=hour)


def problem_on(world: World, *, hour: float = 6) -> Problem:
    places = travel_places(world)
    travel = np.array([[0 if a == b else 600 for b in places] for a in places], dtype=np.int64).reshape(len(places), len(places))
    return problem_of(world, travel, weights=Weights(), now=at(hour))
