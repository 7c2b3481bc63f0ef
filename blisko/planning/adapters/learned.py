import time
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from blisko.planning.ports import Spread
from blisko.planning.queries.roads import paces_learned
from blisko.planning.rules.hours import hours_of
from blisko.planning.rules.speeds import Paces, prior_paces, spread_of
from blisko.planning.rules.ways import Point, Travel

LOOK_EVERY = 300.0  # seconds; what was learned changes once a night


class AsSaid:
    """Ways take what the roads say, within the ranges that hold before anything was learned."""

    def spread(self, travel: Travel, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Spread:
        return _spread(prior_paces(), travel, at)


class LearnedTimes:
    """Ways take what our own trips of such a length at such an hour took, against what the roads say."""

    def __init__(self) -> None:
        self._paces: Paces | None = None
        self._until = 0.0

    def spread(self, travel: Travel, starts: Sequence[Point], ends: Sequence[Point], *, at: datetime) -> Spread:
        if self._paces is None or time.monotonic() >= self._until:
            self._paces, self._until = paces_learned(), time.monotonic() + LOOK_EVERY
        return _spread(self._paces, travel, at)


def _spread(paces: Paces, travel: Travel, at: datetime) -> Spread:
    seconds, metres = travel.seconds.astype(np.float64), travel.metres.astype(np.float64)
    return Spread(*spread_of(paces, seconds, metres, travel.estimated, hours_of(at)))
