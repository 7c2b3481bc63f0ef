"""How long work takes: from real visits, by job type, technician and kind of site, thin groups shrunk towards the rest.

log(minutes / planned minutes) = all + job type + technician + site + job type × technician + job type × site + rest.
Effects are shrunk as `rules.effects` says. The spread of a job type is shrunk towards everybody's as if `SPREAD_LEAN` more visits
had everybody's variance (Smyth 2004). What remains gives the shape of chance, so tails are as heavy as they were.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.chance import as_shape, normal_shape, shape_of
from blisko.planning.rules.effects import crossed_effects
from blisko.planning.rules.futures.shapes import Numbers, rank_of, value_at

SHORTEST, LONGEST = 1.0, 16 * 60.0  # minutes; whatever lies outside was a slip of the finger
FENCE = 4.5  # robust spreads from its group's median; beyond it somebody forgot to tap "finish"
USUAL_SPREAD = 0.45  # of the logarithm, while nothing is known
DOUBT = 0.25  # how far all jobs together may be from the plan, while nothing is known
SPREAD_LEAN = 20
EVIDENCE = 20  # visits of a job type before its plan counts with what they took instead of what was written down
MAD = 1.4826  # median absolute deviation → standard deviation of a normal
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoneJob:
    """One visit that took place: what, by whom, where, minutes planned and minutes it took."""

    job_type: int
    technician: int
    site: str
    planned: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Duration:
    """How long one visit takes: log-spread and shape around a median in minutes.

    `visits` of its job type stand behind it, `own` of them by this technician.
    """

    median: float
    spread: float
    visits: int
    own: int
    shape: Numbers

    def quantile(self, share: float) -> float:
        """Answer the minutes within which this share of such visits ends."""
        return self.median * math.exp(self.spread * value_at(self.shape, share))

    def share_within(self, minutes: float) -> float:
        """Answer the share of such visits that end within so many minutes."""
        return rank_of(self.shape, math.log(minutes / self.median) / self.spread) if minutes > 0 else 0.0


@dataclass(frozen=True)
class Durations:
    """The fitted table. `effects`: factor → group → (effect, variance left in it, visits); groups unseen stay at 0 ± `loose`[factor]."""

    level: float
    doubt: float
    spread: float
    spreads: Mapping[str, float]
    effects: Mapping[str, Mapping[str, tuple[float, float, int]]]
    loose: Mapping[str, float]
    shape: Numbers
    visits: int = 0
    mistaken: int = 0

    def of(self, job_type: int, technician: int | None, site: str, planned: float) -> Duration:
        """Answer how long such a visit takes; a technician of None is anybody."""
        log, variance, seen = self.level, self.doubt, {}
        for factor, group in _groups(job_type, technician, site):
            effect, left, seen[factor] = self.effects.get(factor, {}).get(group, (0.0, self.loose.get(factor, 0.0), 0))
            log += effect
            variance += left
        within = self.spreads.get(str(job_type), self.spread)
        return Duration(planned * math.exp(log), math.sqrt(within**2 + variance), seen["job"], seen["job × technician"], self.shape)

    def as_json(self) -> dict[str, Any]:
        """Answer the table as plain values to be kept."""
        kept = {name: getattr(self, name) for name in ("level", "doubt", "spread", "visits", "mistaken")}
        return kept | {
            "spreads": dict(self.spreads),
            "loose": dict(self.loose),
            "shape": self.shape.tolist(),
            "effects": dict(self.effects),
        }


def durations_from(kept: Mapping[str, Any]) -> Durations:
    """Answer the table that `as_json` wrote."""
    effects = {factor: {group: (row[0], row[1], int(row[2])) for group, row in rows.items()} for factor, rows in kept["effects"].items()}
    return Durations(**{**kept, "effects": effects, "shape": as_shape(kept["shape"])})


def unknown_durations() -> Durations:
    """Answer the table of who has seen no visit: the planned minutes, with a wide spread."""
    return Durations(0.0, DOUBT**2, USUAL_SPREAD, {}, {}, {}, normal_shape())


@dataclass(frozen=True)
class WorkTimes:
    """Whole minutes to plan with: what half of such visits took at most, where enough of them took place, else what was written down."""

    durations: Durations
    technicians: tuple[int, ...]
    _known: dict[tuple[int, str, int], tuple[int, Mapping[int, int]]] = field(default_factory=dict)

    def of(self, job_type: int, site: str, planned: int, usual: int) -> tuple[int, Mapping[int, int]]:
        """Answer the minutes it takes anybody, and those whom it takes longer or less.

        `planned` differs from the job type's `usual` minutes where a person set it: he knows something about this visit, and is believed.
        """
        if planned != usual:
            return planned, {}
        key = (job_type, site, planned)
        if key not in self._known:
            self._known[key] = self._learned(*key)
        return self._known[key]

    def _learned(self, job_type: int, site: str, planned: int) -> tuple[int, Mapping[int, int]]:
        anybody = self.durations.of(job_type, None, site, planned)
        if anybody.visits < EVIDENCE:
            return planned, {}
        minutes = _whole(anybody)
        theirs = {one: _whole(self.durations.of(job_type, one, site, planned)) for one in self.technicians}
        return minutes, {one: own for one, own in theirs.items() if own != minutes}


def _whole(duration: Duration) -> int:
    return max(1, round(duration.quantile(0.5)))


def site_kind(street: str) -> str:
    """Answer the kind of site an address tells: a flat has a number of its own (Lipowa 5/12, Fő u. 3. II/5, Długa 4 m. 7), else a house."""
    words = street.lower().replace(",", " ").split()
    numbers = [word for word in words if word[:1].isdigit() or "/" in word]
    return "flat" if any("/" in number for number in numbers) or {"m.", "lok.", "em.", "apt", "flat"} & set(words) else "house"


def fit_durations(jobs: Sequence[DoneJob]) -> Durations:
    """Fit the table to real visits; slips of the finger are left out and counted."""
    kept = [job for job in jobs if SHORTEST <= job.minutes <= LONGEST and job.planned > 0]
    y = np.array([math.log(job.minutes / job.planned) for job in kept])
    kept, y = _within_fence(kept, y)
    if not kept:
        return unknown_durations()
    factors = _factors(kept)
    found = crossed_effects(y, [index for _, index in factors.values()], spread=USUAL_SPREAD, doubt=DOUBT)
    within = max(float(np.mean(found.rest**2)), 1e-4)
    types, of_type = factors["job"]
    spreads = np.sqrt((SPREAD_LEAN * within + np.bincount(of_type, found.rest**2)) / (SPREAD_LEAN + np.bincount(of_type)))
    table = {
        factor: {name: (float(e), float(v), int(n)) for name, e, v, n in zip(names, one.values, one.left, one.size, strict=True)}
        for (factor, (names, _)), one in zip(factors.items(), found.factors, strict=True)
    }
    return Durations(
        level=found.level,
        doubt=found.doubt,
        spread=math.sqrt(within),
        spreads={name: float(spread) for name, spread in zip(types, spreads, strict=True)},
        effects=table,
        loose={factor: one.variance for factor, one in zip(factors, found.factors, strict=True)},
        shape=shape_of(found.rest / spreads[of_type]),
        visits=len(kept),
        mistaken=len(jobs) - len(kept),
    )


def _groups(job_type: int, technician: int | None, site: str) -> Iterable[tuple[str, str]]:
    """Yield each factor with the group this visit is in."""
    yield "job", str(job_type)
    yield "technician", str(technician)
    yield "site", site
    yield "job × technician", f"{job_type} {technician}"
    yield "job × site", f"{job_type} {site}"


def _factors(jobs: Sequence[DoneJob]) -> dict[str, tuple[Names, npt.NDArray[np.intp]]]:
    """Answer per factor the names of its groups and each visit's group."""
    names: dict[str, dict[str, int]] = {}
    index: dict[str, list[int]] = {}
    for job in jobs:
        for factor, group in _groups(job.job_type, job.technician, job.site):
            known = names.setdefault(factor, {})
            index.setdefault(factor, []).append(known.setdefault(group, len(known)))
    return {factor: (tuple(names[factor]), np.array(index[factor], dtype=np.intp)) for factor in names}


def _within_fence(jobs: list[DoneJob], y: Numbers) -> tuple[list[DoneJob], Numbers]:
    """Leave out what lies absurdly far from the median of its job type; few visits are judged by everybody's median."""
    if len(jobs) < 5:
        return jobs, y
    types = np.array([job.job_type for job in jobs])
    middle = np.full(len(y), float(np.median(y)))
    for job_type in np.unique(types):
        if (types == job_type).sum() >= 10:
            middle[types == job_type] = np.median(y[types == job_type])
    spread = max(MAD * float(np.median(np.abs(y - middle))), 0.1)
    good = np.abs(y - middle) <= FENCE * spread
    return [job for job, fits in zip(jobs, good, strict=True) if fits], y[good]
