"""Patterns, not people: which jobs and parts come back or run over more often than the others, and what to change."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

OVERRUN = 1.25  # times the planned minutes
FEWEST = 10  # visits, below which nothing is said of a group
SURE = 1.96  # standard errors of the intervals
ROUND = 5  # minutes
ENOUGH = 0.75  # the share of visits that should fit into the planned minutes


class PatternKind(StrEnum):
    REPEAT = "repeat"
    OVERRUN = "overrun"


class Advice(StrEnum):
    """What to change: plan more minutes, look at what the technicians wrote, or at the part in the kit."""

    ADD_MINUTES = "add_minutes"
    LOOK_AT_REASON = "look_at_reason"
    CHECK_PART = "check_part"


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A visit that took place: its job type, the parts of its kit, minutes planned and taken, and whether and why another followed."""

    job_type: str
    kit: tuple[str, ...]
    planned: float
    minutes: float
    repeated: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How often visits of one job type, or with one part, repeat or run over, against all the others.

    `share` of `visits`, with its 95 % interval `low` … `high` (Wilson 1927); `others`: the share among the rest. It `stands_out` when
    the whole interval lies above the others. `minutes`: how many more to plan. `reason`, `reason_share`: the commonest one given.
    """

    kind: PatternKind
    job_type: str
    part: str
    visits: int
    count: int
    share: float
    low: float
    high: float
    others: float
    stands_out: bool
    advice: Advice
    minutes: int = 0
    reason: str = ""
    reason_share: float = 0.0


def wilson(count: int, visits: int) -> tuple[float, float]:
    """Answer the 95 % interval of a share (Wilson's score interval, which holds for few visits, too)."""
    share, z2 = count / visits, SURE**2
    middle = (share + z2 / (2 * visits)) / (1 + z2 / visits)
    half = SURE * math.sqrt(share * (1 - share) / visits + z2 / (4 * visits**2)) / (1 + z2 / visits)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def patterns(visits: Sequence[VisitSeen]) -> list[Pattern]:
    """Answer every group with enough visits, what stands out first and then by how surely it is above the others."""
    found: list[Pattern] = []
    for job_type in sorted({one.job_type for one in visits}):
        found += _both(visits, lambda one, name=job_type: one.job_type == name, job_type, "")  # type: ignore[misc]  # mypy knows no lambda defaults
    for part in sorted({part for one in visits for part in one.kit}):
        found += _both(visits, lambda one, name=part: name in one.kit, "", part)  # type: ignore[misc]  # as above
    return sorted(found, key=lambda one: (not one.stands_out, one.others - one.low))


def _both(visits: Sequence[VisitSeen], belongs: Callable[[VisitSeen], bool], job_type: str, part: str) -> Iterable[Pattern]:
    inside = [one for one in visits if belongs(one)]
    outside = [one for one in visits if not belongs(one)]
    if len(inside) < FEWEST:
        return
    for kind, bad in ((PatternKind.REPEAT, _repeats), (PatternKind.OVERRUN, _runs_over)):
        if not (count := sum(map(bad, inside))):
            continue
        share, (low, high) = count / len(inside), wilson(count, len(inside))
        others = sum(map(bad, outside)) / len(outside) if outside else share
        advice, minutes, reason, of_it = _advice(kind, inside, part)
        yield Pattern(kind, job_type, part, len(inside), count, share, low, high, others, low > others, advice, minutes, reason, of_it)


def _repeats(one: VisitSeen) -> bool:
    return one.repeated


def _runs_over(one: VisitSeen) -> bool:
    return one.minutes > OVERRUN * one.planned


def _advice(kind: PatternKind, inside: Sequence[VisitSeen], part: str) -> tuple[Advice, int, str, float]:
    if kind == PatternKind.OVERRUN:
        over = sorted(one.minutes - one.planned for one in inside)
        wanted = over[min(int(ENOUGH * len(over)), len(over) - 1)]
        return Advice.ADD_MINUTES, max(ROUND * math.ceil(wanted / ROUND), 0), "", 0.0
    reasons = Counter(one.reason for one in inside if one.repeated and one.reason)
    reason, count = reasons.most_common(1)[0] if reasons else ("", 0)
    of_it = count / reasons.total() if reasons else 0.0
    return (Advice.CHECK_PART if part else Advice.LOOK_AT_REASON), 0, reason, of_it
