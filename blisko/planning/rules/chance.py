"""Shapes of chance learned from what happened: quantiles of standardised residuals, leaning on the normal shape while data are few."""

from collections.abc import Iterable, Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.futures.shapes import HIGH, LOW, STEPS, Numbers

LEAN = 200  # as many residuals are needed for the data to count as much as the normal shape
NORMAL_TAIL = 0.36  # mean excess of a standard normal beyond its last inner quantile
_normal = NormalDist()


def normal_shape() -> Numbers:
    """Answer the shape of a standard normal."""
    inner = [_normal.inv_cdf(i / STEPS) for i in range(1, STEPS)]
    return np.array([inner[0], *inner, inner[-1], NORMAL_TAIL, NORMAL_TAIL])


def shape_of(residuals: Sequence[float] | npt.NDArray[np.float64], lean: float = LEAN) -> Numbers:
    """Answer the shape of residuals that were divided by their spread, blended with the normal: n / (n + `lean`) of it is theirs."""
    z = np.asarray(residuals, dtype=float)
    shape = normal_shape()
    if not len(z):
        return shape
    share = len(z) / (len(z) + lean)
    seen = np.quantile(z, np.arange(1, STEPS) / STEPS)
    shape[1:STEPS] = (1 - share) * shape[1:STEPS] + share * seen
    for column, beyond in ((LOW, seen[0] - z[z < seen[0]]), (HIGH, z[z > seen[-1]] - seen[-1])):
        # one more, pretended excess keeps a handful of extremes from deciding
        excess = (float(beyond.sum()) + NORMAL_TAIL) / (len(beyond) + 1)
        shape[column] = max((1 - share) * NORMAL_TAIL + share * excess, 0.02)
    gaps = np.maximum(np.diff(shape[1:STEPS]), 1e-6)  # strictly rising, so that it can be read both ways
    shape[2:STEPS] = shape[1] + np.cumsum(gaps)
    shape[0], shape[STEPS] = shape[1], shape[STEPS - 1]
    return shape


def as_shape(numbers: Iterable[float]) -> Numbers:
    """Answer a shape from numbers kept elsewhere."""
    return np.array(list(numbers), dtype=float)
