"""Small random problems with everything in them that the planner may know."""

import random
from dataclasses import replace

import numpy as np

from blisko.planning.rules.problem import Break, Matrix, PickUp, PlanShift, PlanVisit, Problem, Weights

HOUR = 3600
SKILLS, TOOLS, PARTS, ZONES = ("fibre", "copper", "tv"), ("ladder", "splicer"), ("modem", "cable"), ("east", "west")


def a_problem(seed: int, *, shifts: int = 4, linked: bool = True) -> Problem:
    """Answer a day in which any of the planner's rules may bite."""
    dice = random.Random(seed)
    visits = dice.choice([12, 18, 26])  # easy, busy, and too many
    keys = [f"t{n}" for n in range(shifts)]
    places = shifts + visits + 2
    made = [a_visit(dice, n, shifts + n, keys) for n in range(visits)]
    if linked:
        made = _pairs(dice, made)
    return Problem(
        shifts=tuple(a_shift(dice, key, n) for n, key in enumerate(keys)),
        visits=tuple(made),
        travel=travel(dice, places),
        weights=Weights(broken=dice.choice([400.0, 10.0]), work=dice.choice([0.0, 0.0, 0.5]), uneven=dice.choice([0.0, 20.0])),
        pickups=tuple(a_pickup(dice, n, places - 1 - n) for n in range(dice.randrange(3))),
    )


def travel(dice: random.Random, places: int) -> Matrix:
    """Answer seconds between points of a 30-minute square, not quite the same there and back."""
    points = [(dice.random() * 1800, dice.random() * 1800) for _ in range(places)]
    out = np.array([[abs(a[0] - b[0]) + abs(a[1] - b[1]) for b in points] for a in points])
    return np.array(out * np.array([[1 + 0.1 * dice.random() for _ in points] for _ in points]), np.int64)


def a_shift(dice: random.Random, key: str, place: int) -> PlanShift:
    begins = dice.choice([7, 8, 9]) * HOUR
    lunch = Break(begins + 3 * HOUR, begins + 5 * HOUR, 1800)
    coffee = Break(begins + 6 * HOUR, begins + 7 * HOUR, 900)
    return PlanShift(
        key,
        place,
        dice.choice([place, place, None]),
        begins,
        begins + 8 * HOUR,
        overtime=dice.choice([0, HOUR]),
        breaks=dice.choice([(), (lunch,), (lunch, coffee)]),
        skills={skill: dice.randint(1, 3) for skill in SKILLS if dice.random() < 0.8},
        tools=frozenset(tool for tool in TOOLS if dice.random() < 0.6),
        stock={part: dice.randrange(4) for part in PARTS},
        zones=frozenset(zone for zone in ZONES if dice.random() < 0.7),
        speed=dice.choice([1.0, 1.0, 1.25]),
    )


def a_visit(dice: random.Random, nr: int, place: int, keys: list[str]) -> PlanVisit:
    begins = dice.choice([8, 10, 12, 14]) * HOUR
    windows = [(begins, begins + 2 * HOUR)]
    if dice.random() < 0.2:
        windows.append((begins + 3 * HOUR, begins + 4 * HOUR))
    told = (dice.choice(keys), begins, begins + 2 * HOUR) if dice.random() < 0.2 else None
    return PlanVisit(
        f"v{nr}",
        place,
        tuple(windows),
        dice.choice([20, 40, 60]) * 60,
        late=dice.choice([0, HOUR]),
        seconds_by={keys[0]: 1500} if dice.random() < 0.2 else {},
        skills={dice.choice(SKILLS): dice.randint(1, 2)} if dice.random() < 0.6 else {},
        tools=frozenset({dice.choice(TOOLS)}) if dice.random() < 0.2 else frozenset(),
        parts={dice.choice(PARTS): 1} if dice.random() < 0.4 else {},
        zone=dice.choice(ZONES) if dice.random() < 0.3 else "",
        worth=dice.choice([0.5, 1.0, 3.0]),
        must=dice.random() < 0.1,
        only=frozenset(dice.sample(keys, 2)) if dice.random() < 0.1 else frozenset(),
        never=frozenset({dice.choice(keys)}) if dice.random() < 0.1 else frozenset(),
        preferred=frozenset({dice.choice(keys)}) if dice.random() < 0.2 else frozenset(),
        told=told,
    )


def a_pickup(dice: random.Random, nr: int, place: int) -> PickUp:
    parts = dice.choice([None, {part: dice.randrange(1, 4) for part in PARTS}])
    return PickUp(f"depot{nr}", place, 7 * HOUR, dice.choice([12, 18]) * HOUR, 600, frozenset(TOOLS), parts)


def _pairs(dice: random.Random, visits: list[PlanVisit]) -> list[PlanVisit]:
    """Make the first two a job for two, and let the fourth wait for the third."""
    one, two, first, second, *others = visits
    alike = {"windows": one.windows, "late": one.late}
    one, two = replace(one, crew=two.key, told=None), replace(two, crew=one.key, told=None, **alike)
    if dice.random() < 0.5:
        second = replace(second, after=(first.key,), gap=dice.choice([0, 1800]))
    return [one, two, first, second, *others]
