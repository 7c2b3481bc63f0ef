"""VROOM (pyvroom 1.15), its longest search. Kept: skills, parts, windows, breaks, priorities. Not known to it: lateness, what somebody
was told, the length of a day (it makes ways short, whatever the waiting). It throws no dice: a seed changes nothing."""

from datetime import timedelta

import numpy as np
import vroom

from bench.planning.instances import Routes
from bench.planning.peers.kinds import kinds, parts, routes_of
from blisko.planning.rules.problem import Plan, PlanShift, Problem

LONGEST = 5
TOP = 100  # VROOM's highest priority


def solve(problem: Problem, seconds: float, seed: int, start: Plan | None = None, *, fees: dict[str, int] | None = None) -> Routes:
    """Answer routes; `fees`: what using a shift costs, in ticks."""
    loads, alike = parts(problem), kinds(problem)
    desk = vroom.Input()
    desk.set_durations_matrix("car", problem.travel.astype(np.uint32))
    may = np.array([kind.allowed for kind in alike])
    groups: dict[bytes, int] = {}
    for nr, visit in enumerate(problem.visits):
        skill = groups.setdefault(may[:, nr].tobytes(), len(groups))
        desk.add_job(
            vroom.Job(
                nr,
                visit.place,
                default_service=visit.seconds,
                delivery=vroom.Amount([visit.parts.get(part, 0) for part in loads]),
                skills={skill},
                priority=0 if visit.must else min(TOP, round(visit.worth * 10)),
                time_windows=[vroom.TimeWindow(*window) for window in visit.windows],
            )
        )
    keys = []
    for row, kind in enumerate(alike):
        skills = {skill for column, skill in groups.items() if np.frombuffer(column, np.bool_)[row]}
        for shift in kind.shifts:
            desk.add_vehicle(_vehicle(len(keys), shift, skills, loads, (fees or {}).get(shift.key, 0)))
            keys.append(shift.key)
    found = desk.solve(LONGEST, nb_threads=1, timeout=timedelta(seconds=seconds)).routes
    jobs = found[found["type"] == "job"]
    return routes_of(problem, [(keys[int(nr)], [int(job) for job in stops]) for nr, stops in jobs.groupby("vehicle_id", sort=False)["id"]])


def _vehicle(nr: int, shift: PlanShift, skills: set[int], loads: list[str], fee: int) -> vroom.Vehicle:
    return vroom.Vehicle(
        nr,
        shift.start,
        shift.end,
        capacity=[shift.stock.get(part, 0) for part in loads],
        skills=skills,
        time_window=vroom.TimeWindow(shift.begins, shift.ends + shift.overtime),
        breaks=[
            vroom.Break(which, [vroom.TimeWindow(pause.earliest, pause.latest)], pause.seconds) for which, pause in enumerate(shift.breaks)
        ],
        costs=vroom.VehicleCosts(fixed=fee),
    )
