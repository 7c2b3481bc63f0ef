"""Small random problems that use everything a problem may say, except crews where asked."""

import random

import numpy as np

from blisko.planning.rules.problem import Break, PickUp, PlanShift, PlanVisit, Problem, Weights

HOUR = 3600


def a_random_problem(seed: int, *, shifts: int = 3, visits: int = 9) -> Problem:
    dice = random.Random(seed)
    size = shifts + visits + 1
    spots = [(dice.uniform(0, 3000), dice.uniform(0, 3000)) for _ in range(size)]
    travel = np.array([[round(((a - c) ** 2 + (b - d) ** 2) ** 0.5) for c, d in spots] for a, b in spots], dtype=np.int64)
    crew = [_a_shift(dice, n) for n in range(shifts)]
    keys = [shift.key for shift in crew]
    made = [_a_visit(dice, n, shifts + n, keys) for n in range(visits)]
    pickup = PickUp("1", size - 1, 7 * HOUR, 16 * HOUR, 600, frozenset({"ladder"}), dice.choice([None, {"ont": 2}]))
    return Problem(tuple(crew), tuple(made), travel, Weights(uneven=dice.choice([0.0, 50.0]), work=dice.choice([0.0, 0.5])), (pickup,))


def _a_shift(dice: random.Random, number: int) -> PlanShift:
    begins = dice.choice([7, 8, 10]) * HOUR
    lunch = (Break(11 * HOUR, 14 * HOUR, 1800),) if dice.random() < 0.7 else ()
    return PlanShift(
        f"{number}/{number}",
        number,
        dice.choice([number, None]),
        begins,
        begins + 8 * HOUR,
        overtime=dice.choice([0, HOUR]),
        breaks=lunch,
        skills={"fibre": dice.choice([1, 2])} if dice.random() < 0.8 else {},
        tools=frozenset({"ladder"} if dice.random() < 0.5 else ()),
        stock={"ont": dice.choice([0, 1, 3])},
        zones=frozenset({"north"} if dice.random() < 0.2 else ()),
        speed=dice.choice([1.0, 1.15]),
    )


def _a_visit(dice: random.Random, number: int, place: int, shifts: list[str]) -> PlanVisit:
    opens = dice.randrange(8, 15) * HOUR
    windows = ((opens, opens + 2 * HOUR), (opens + 3 * HOUR, opens + 4 * HOUR))[: dice.choice([1, 1, 2])]
    return PlanVisit(
        str(number + 1),
        place,
        windows,
        dice.choice([1800, 3600, 5400]),
        late=dice.choice([0, 2 * HOUR]),
        skills={"fibre": dice.choice([1, 2])} if dice.random() < 0.5 else {},
        tools=frozenset({"ladder"} if dice.random() < 0.2 else ()),
        parts={"ont": 1} if dice.random() < 0.3 else {},
        zone=dice.choice(["", "", "north", "south"]),
        worth=dice.choice([0.5, 1.0, 2.0]),
        must=dice.random() < 0.1,
        only=frozenset(dice.sample(shifts, 1)) if dice.random() < 0.1 else frozenset(),
        never=frozenset(dice.sample(shifts, 1)) if dice.random() < 0.1 else frozenset(),
        preferred=frozenset(dice.sample(shifts, 1)) if dice.random() < 0.2 else frozenset(),
        told=(dice.choice(shifts), opens, opens + HOUR) if dice.random() < 0.4 else None,
        after=(str(number),) if number and dice.random() < 0.1 else (),
        gap=dice.choice([0, 900]),
    )
