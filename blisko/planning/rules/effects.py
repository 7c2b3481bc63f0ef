"""Effects of crossed factors on a number, groups with few values shrunk towards the rest.

value = level + one effect per factor + rest. Every effect is normal with its factor's variance τ² and is shrunk to
n·τ² / (n·τ² + σ²) · (mean of its group's rests): empirical Bayes (Efron and Morris 1973); crossed effects as in Henderson 1975 and
Robinson 1991, solved by going round the factors. τ² and σ² are found by expectation and maximisation (Dempster, Rubin and Tsutakawa
1981), each factor seen apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
ROUNDS = 40
FIRST_VARIANCE, LEAST = 0.05, 1e-6


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor's effects, the variance left in each, how many values stand behind each, and the variance of a group never seen."""

    values: Numbers
    left: Numbers
    size: npt.NDArray[np.intp]
    variance: float


@dataclass(frozen=True, slots=True)
class Effects:
    """What explains the values: `doubt` is the variance left in the level, `within` that of the rests."""

    level: float
    doubt: float
    within: float
    factors: tuple[Factor, ...]
    rest: Numbers


def crossed_effects(y: Numbers, factors: Sequence[Index], *, spread: float, doubt: float) -> Effects:
    """Answer level and effects of values `y`; `factors`: per factor each value's group, from 0.

    `spread`: of the rests, to begin with. `doubt`: how far the level may be from 0 before anything is seen.
    """
    size = [np.bincount(index) for index in factors]
    values = [np.zeros(len(n)) for n in size]
    left = [np.full(len(n), FIRST_VARIANCE) for n in size]
    variances = [FIRST_VARIANCE] * len(size)
    within, level, known = spread**2, 0.0, doubt**2
    rest = y.copy()
    for _ in range(ROUNDS):
        free = rest + level
        known = 1 / (1 / doubt**2 + len(y) / within)
        level = known * float(free.sum()) / within
        rest = free - level
        for f, index in enumerate(factors):
            free = rest + values[f][index]
            left[f] = 1 / (1 / variances[f] + size[f] / within)
            values[f] = left[f] * np.bincount(index, free) / within
            variances[f] = max(float(np.mean(values[f] ** 2 + left[f])), LEAST)
            rest = free - values[f][index]
        unsure = sum(float(one[index].mean()) for one, index in zip(left, factors, strict=True))
        within = max(float(np.mean(rest**2)) + unsure, LEAST)
    found = tuple(Factor(v, one, n, variance) for v, one, n, variance in zip(values, left, size, variances, strict=True))
    return Effects(level, known, within, found, rest)
