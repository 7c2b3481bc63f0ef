"""What a plan amounts to, in the few figures a person compares."""

from dataclasses import asdict, dataclass
from typing import Any

from blisko.planning.rules.checker import costs, figures
from blisko.planning.rules.problem import Plan, Problem


@dataclass(frozen=True, slots=True)
class Terms:
    """`left_out`, `late`, `told_again`: visits; `driven`, `overtime`: minutes; `points`: what it costs by the weights in force."""

    left_out: int
    late: int
    driven: int
    overtime: int
    told_again: int
    points: float


def terms_of(problem: Problem, plan: Plan) -> Terms:
    """Answer what a valid plan amounts to."""
    found = figures(problem, plan)
    total = round(costs(problem, plan).total, 1)
    return Terms(len(found.left_out), len(found.late), round(found.driven / 60), round(found.overtime / 60), len(found.told_again), total)


def difference(before: Terms, after: Terms) -> Terms:
    """Answer what is more (or, below nothing, less) in the second."""
    one, other = asdict(before), asdict(after)
    more: dict[str, Any] = {name: round(other[name] - one[name], 1) for name in one}
    return Terms(**more)
