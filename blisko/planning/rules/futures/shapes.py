"""A shape of chance: quantiles of a spread of one, as a table to be read both ways.

A shape is `STEPS` + 3 numbers: the quantiles at 0/STEPS … STEPS/STEPS (the two ends only close the table), then how fast the low and
the high tail go on beyond the last inner quantile (mean excess: an exponential tail of the logarithm, a Pareto tail of the time itself).
"""

import math

import numpy as np
import numpy.typing as npt

from blisko.kit.compiled import compiled

STEPS = 128
LOW, HIGH = STEPS + 1, STEPS + 2
Numbers = npt.NDArray[np.float64]
SMALLEST = 1e-12


@compiled
def value_at(shape: Numbers, rank: float) -> float:
    """Answer the value that a share `rank` of all lies below."""
    if rank * STEPS < 1:
        return float(shape[1] + shape[LOW] * math.log(max(rank, SMALLEST) * STEPS))
    if (1 - rank) * STEPS < 1:
        return float(shape[STEPS - 1] - shape[HIGH] * math.log(max(1 - rank, SMALLEST) * STEPS))
    place = rank * STEPS
    i = int(place)
    return float(shape[i] + (shape[i + 1] - shape[i]) * (place - i))


@compiled
def rank_of(shape: Numbers, value: float) -> float:
    """Answer which share of all lies below `value`: the other way round."""
    if value < shape[1]:
        return math.exp((value - shape[1]) / shape[LOW]) / STEPS
    if value >= shape[STEPS - 1]:
        return 1 - math.exp((shape[STEPS - 1] - value) / shape[HIGH]) / STEPS
    low, high = 1, STEPS - 1
    while high - low > 1:
        middle = (low + high) // 2
        if shape[middle] <= value:
            low = middle
        else:
            high = middle
    return float((low + (value - shape[low]) / (shape[high] - shape[low])) / STEPS)
