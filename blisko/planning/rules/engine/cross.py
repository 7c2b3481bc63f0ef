"""Cross two plans: around one place the routes of the one, elsewhere those of the other."""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from random import Random

from blisko.planning.rules.engine.world import Ints
from blisko.planning.rules.problem import Plan, Problem

LEAST, MOST = 0.3, 0.7  # share of the routes that come from the one
SAME = 1e-6  # plans whose costs are no further apart are taken for one


def crossed(problem: Problem, close: Ints, one: Plan, other: Plan, dice: Random) -> Plan:
    """Answer the routes of `one` nearest to a visit the dice choose (rows of `close`: visits, nearest first), the rest as in `other`.

    A visit that would be planned twice stays with the routes of `one`; who is missing is for the search to put in.
    """
    shift_of = {stop.key: route.shift for route in one.routes for stop in route.stops if stop.kind == "visit"}
    nearest = (problem.visits[c].key for c in close[dice.randrange(len(problem.visits))])
    near = list(dict.fromkeys(shift_of[key] for key in nearest if key in shift_of))
    mine = set(near[: max(1, round(len(near) * dice.uniform(LEAST, MOST)))])
    routes = [route for route in one.routes if route.shift in mine]
    taken = {key for key, shift in shift_of.items() if shift in mine}
    for route in other.routes:
        if route.shift not in mine:
            stops = tuple(stop for stop in route.stops if stop.kind != "visit" or stop.key not in taken)
            routes.append(replace(route, stops=stops))
    return Plan(tuple(routes), (), 0.0)


def parents(plans: Sequence[Plan], dice: Random) -> tuple[Plan, Plan]:
    """Answer two of the plans (cheapest first): the better of any two, and any other; of one alone, twice that."""
    if len(plans) == 1:
        return plans[0], plans[0]
    a = min(dice.sample(range(len(plans)), 2))
    return plans[a], plans[dice.choice([b for b in range(len(plans)) if b != a])]


def fittest(plans: Sequence[Plan], most: int) -> list[Plan]:
    """Answer the cheapest plans, at most so many and no two that cost the same, cheapest first."""
    kept: list[Plan] = []
    for plan in sorted(plans, key=attrgetter("cost")):
        if not kept or plan.cost > kept[-1].cost + SAME:
            kept.append(plan)
    return kept[:most]


def cheapest(plans: Sequence[Plan]) -> Plan:
    """Answer the plan that costs least."""
    return min(plans, key=attrgetter("cost"))
