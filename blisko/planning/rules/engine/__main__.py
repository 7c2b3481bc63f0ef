"""Compile the planner and the search for slots once, ahead of whoever first asks: `python -m blisko.planning.rules.engine`."""

import numpy as np

from blisko.planning.rules.engine import solve
from blisko.planning.rules.offers.scan import warm
from blisko.planning.rules.problem import PlanShift, PlanVisit, Problem


def main() -> None:
    """Solve one tiny problem; every compiled function is compiled on the way, whatever a problem has in it."""
    shift = PlanShift("anybody", 0, 0, 0, 100)
    visits = (PlanVisit("one", 1, ((0, 50),), 10), PlanVisit("two", 1, ((0, 90),), 10))
    plan = solve(Problem((shift,), visits, np.array([[0, 5], [5, 0]])), clock=lambda: 0.0, iterations=5)
    solve(Problem((shift,), visits, np.array([[0, 5], [5, 0]])), clock=lambda: 0.0, iterations=5, start=plan)
    warm()


if __name__ == "__main__":
    main()
