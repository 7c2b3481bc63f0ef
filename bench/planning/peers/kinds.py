"""What peers need to know of a `Problem`: who is like whom, who may do what, and what a second is worth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bench.planning.timetable import may
from blisko.planning.rules.problem import PlanShift, Problem


@dataclass(frozen=True)
class Kind:
    """Shifts that differ by name only, and which visits (by number) each of them may do."""

    shifts: tuple[PlanShift, ...]
    allowed: npt.NDArray[np.bool_]


def kinds(problem: Problem) -> list[Kind]:
    """Answer the kinds of shifts in the order they come. Every shift ends somewhere: no peer is asked for an open end."""
    assert all(shift.end is not None and not shift.fixed for shift in problem.shifts)
    assert not any(visit.crew or visit.after or visit.only or visit.never or visit.seconds_by for visit in problem.visits)
    alike: dict[str, list[PlanShift]] = {}
    for shift in problem.shifts:
        alike.setdefault(repr(replace(shift, key="")), []).append(shift)
    return [
        Kind(tuple(shifts), np.array([may(shifts[0], visit) and visit.tools <= shifts[0].tools for visit in problem.visits], np.bool_))
        for shifts in alike.values()
    ]


def parts(problem: Problem) -> list[str]:
    return sorted({part for visit in problem.visits for part in visit.parts})


def second_driven(problem: Problem) -> float:
    return problem.weights.minute / 60


def second_worked(problem: Problem) -> float:
    return problem.weights.work / 60


def points(problem: Problem) -> float:
    """Answer by how much to multiply points so that a second of what counts is one whole number."""
    return 1 / (second_driven(problem) or second_worked(problem))


def numbers(problem: Problem) -> dict[str, int]:
    return {visit.key: nr for nr, visit in enumerate(problem.visits)}


def routes_of(problem: Problem, found: Sequence[tuple[str, Sequence[int]]]) -> dict[str, list[str]]:
    """Answer routes by names from shift keys and numbers of visits."""
    return {key: [problem.visits[nr].key for nr in order] for key, order in found if order}
