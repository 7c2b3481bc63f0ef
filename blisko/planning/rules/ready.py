"""Questions to days whose gaps stand ready: whoever can do one more visit, and the cheapest way to do it in every band."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.offers.scan import ASK, scan
from blisko.planning.rules.problem import NO_TOOLS
from blisko.planning.rules.slots import FAR, NEVER, Gaps, Ints
from blisko.planning.rules.ways import BALL, Point, unit_vectors
from blisko.planning.rules.world import NO_ZONES, UNCOUNTED, UNKNOWN_WAY

Mask = npt.NDArray[np.bool_]
NOWHERE = Point(0.0, 0.0)  # stands where no way is estimated


@dataclass(frozen=True)
class Needs:
    """What a visit takes, as far as it decides who could do it and where it fits."""

    place: Point | None
    seconds: int
    skills: Mapping[str, int]
    tools: frozenset[str] = NO_TOOLS
    parts: Mapping[str, int] | None = None
    zone: str = ""
    only: frozenset[int] = frozenset()
    never: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Fit:
    """What a technician can do, where he goes and what his van carries on every day. `stock` None: nobody counts it."""

    skills: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = NO_TOOLS
    zones: frozenset[str] = NO_ZONES
    stock: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Ready:
    """Gaps beside what their technicians can do: `kinds`, of which each stands for all that can do the same; `kind`: by route, or -1.

    `left`: of each part that was ever asked for, by route, how many nobody uses yet.
    """

    gaps: Gaps
    crew: Mapping[int, Fit]
    kinds: tuple[Fit, ...]
    kind: npt.NDArray[np.intp]
    left: dict[str, Ints] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """The cheapest way to serve a band of a day: the detour in seconds, and the gap."""

    day: int
    band: int
    detour: int
    gap: int


def made_ready(gaps: Gaps, crew: Mapping[int, Fit]) -> Ready:
    """Answer gaps beside what those who have them can do, by technician; of whom nothing is known, nothing is asked."""
    kinds = {who: (tuple(sorted(fit.skills.items())), fit.tools, fit.zones) for who, fit in crew.items()}
    examples = {kind: crew[who] for who, kind in kinds.items()}
    numbers = {kind: nr for nr, kind in enumerate(examples)}
    kind = np.array([numbers[kinds[who]] if who in kinds else -1 for who in gaps.who.tolist()], np.intp)
    return Ready(gaps, crew, tuple(examples.values()), kind)


def able(ready: Ready, needs: Needs) -> Mask:
    """Answer, by route, who may and can do a visit with what his van still has."""
    can: Mask = np.array([*(_can(kind, needs) for kind in ready.kinds), False], np.bool_)[ready.kind]
    for part, count in (needs.parts or {}).items():
        can &= _left(ready, part) >= count
    if needs.only:
        can &= np.isin(ready.gaps.who, list(needs.only))
    if needs.never:
        can &= ~np.isin(ready.gaps.who, list(needs.never))
    return can


def _can(fit: Fit, needs: Needs) -> bool:
    return (
        all(fit.skills.get(code, 0) >= max(1, level) for code, level in needs.skills.items())
        and needs.tools <= fit.tools
        and not (needs.zone and fit.zones and needs.zone not in fit.zones)
    )


def _left(ready: Ready, part: str) -> Ints:
    found = ready.left.get(part)
    if found is None:
        pairs = zip(ready.gaps.who.tolist(), ready.gaps.parts, strict=True)
        found = np.array([_stock(ready.crew.get(who), part) - parts.get(part, 0) for who, parts in pairs], np.int64)
        ready.left[part] = found
    return found


def _stock(fit: Fit | None, part: str) -> int:
    if fit is None:
        return 0
    return UNCOUNTED if fit.stock is None else fit.stock.get(part, 0)


def spans_from(spans: Sequence[Iterable[tuple[int, int]]], now: Sequence[int]) -> Ints:
    """Answer the bands of several days (seconds from each midnight) as far as they are still to come at `now`, as the search takes them."""
    bands = np.array([list(day) for day in spans], np.int64).reshape(len(spans), -1, 2)
    moment = np.array(now, np.int64)[:, None]
    over = bands[:, :, 1] <= moment
    bands[:, :, 0] = np.maximum(bands[:, :, 0], moment)
    bands[:, :, 1][over] = NEVER
    return bands


def offers_in(
    ready: Ready, needs: Needs, bands: Ints, *, ways: tuple[Ints, Ints] | None = None, besides: Iterable[str] = ()
) -> list[Offer]:
    """Answer for each band of each day (seconds, [day, band, opens or closes]) that can be served the cheapest way to do so.

    `ways`: seconds to the place from before every gap and on from it; None: they are estimated. `besides`: shifts that are not asked.
    """
    gaps = ready.gaps
    price, where = np.full(bands.shape[:2], FAR, np.int64), np.full(bands.shape[:2], -1, np.int64)
    can = able(ready, needs)
    for shift in besides:
        if shift in gaps.routes:
            can[gaps.routes.index(shift)] = False
    asked = can[gaps.route] & (gaps.last - gaps.soonest >= needs.seconds)
    labels = (
        gaps.free,
        gaps.latest,
        gaps.early,
        gaps.late,
        gaps.rest,
        gaps.breaks,
        gaps.straight,
        gaps.soonest,
        gaps.last,
        gaps.day,
        asked,
    )
    to, back = gaps.to, gaps.back
    if ways is not None or needs.place is None:
        unknown = np.full(len(gaps), UNKNOWN_WAY, np.int64)
        there, onward = ways or (unknown, unknown)
        to, back = np.where(to == ASK, there, to), np.where(back == ASK, onward, back)
    place = unit_vectors([needs.place or NOWHERE])[0]
    sides = (to, back, gaps.speed, gaps.start, gaps.end, gaps.spots)
    scan(*labels, *sides, place, BALL, needs.seconds, bands, price, where)
    rows, columns = np.nonzero(where >= 0)
    found = zip(rows.tolist(), columns.tolist(), price[rows, columns].tolist(), where[rows, columns].tolist(), strict=True)
    return [Offer(*each) for each in found]
