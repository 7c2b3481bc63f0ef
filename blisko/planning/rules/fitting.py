"""The order with the least driving in which somebody takes visits into his day beside his own, everybody on time and every break taken.

His own visits keep their order. Every order is looked at that could still be kept; of those that end alike, only what nothing beats.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from blisko.planning.rules.problem import PickUp, PlanShift, PlanVisit, Problem
from blisko.planning.rules.timing import Names, drives, lacks, start_within, way_between

Stop = tuple[str, str]  # ("visit" | "pickup", key)


class _Place(NamedTuple):
    """How far a day has come: so many of his own visits, which of the others (bits), where he loaded (""), the last stop's place."""

    own: int
    more: int
    loaded: str
    place: int


class _Label(NamedTuple):
    """One way to have come there: free since when, driven so long, breaks taken, and the stops so far, the last one first."""

    free: int
    driven: int
    taken: int
    trail: "tuple[Stop, _Trail] | None"


_Trail = tuple[Stop, "_Trail"] | None
_Reached = dict[_Place, list[_Label]]


@dataclass(frozen=True, slots=True)
class _Search:
    problem: Problem
    names: Names
    shift: PlanShift
    own: Sequence[str]
    more: Sequence[str]
    earliest: Mapping[str, int]
    pickups: tuple[PickUp, ...]  # none where nothing is missing

    @property
    def everybody(self) -> int:
        return (1 << len(self.more)) - 1


def fitting_order(
    problem: Problem, names: Names, shift: PlanShift, own: Sequence[str], more: Sequence[str], earliest: Mapping[str, int]
) -> list[Stop] | None:
    """Answer the stops of a day with `own` visits (in this order) and `more` (in any), loading once where it must; None where none fits.

    Nobody is late, but for what leads the day already, and he is back before the shift ends. `earliest`: as in `timing.timed`.
    """
    order = [("visit", key) for key in (*own, *more)]
    missing = lacks(problem, shift, order, names)
    if any(kind not in ("tool", "part") for _, kind, _ in missing) or (missing and not problem.pickups):
        return None
    search = _Search(problem, names, shift, own, more, earliest, problem.pickups if missing else ())
    reached: _Reached = {_Place(0, 0, "", shift.start): [_Label(shift.begins, 0, 0, None)]}
    ends: list[tuple[int, int, list[Stop]]] = []
    while reached:
        ends += (end for place, labels in reached.items() if _is_whole(search, place) for end in _home(search, place, labels))
        reached = _one_on(search, reached)
    return min(ends, key=lambda end: end[:2])[2] if ends else None


def _is_whole(search: _Search, at: _Place) -> bool:
    return at.own == len(search.own) and at.more == search.everybody


def _home(search: _Search, at: _Place, labels: Iterable[_Label]) -> Iterator[tuple[int, int, list[Stop]]]:
    """Answer the days that end in time, with every break taken: driven, back, stops."""
    shift = search.shift
    way = 0 if shift.end is None else way_between(search.problem, shift, at.place, shift.end)
    for label in labels:
        for taken, back in drives(shift.breaks, label.free, label.taken, way):
            if taken == len(shift.breaks) and back <= shift.ends:
                yield label.driven + way, back, _stops(label.trail)


def _stops(trail: _Trail) -> list[Stop]:
    stops = []
    while trail is not None:
        stops.append(trail[0])
        trail = trail[1]
    return stops[::-1]


def _one_on(search: _Search, reached: _Reached) -> _Reached:
    """Answer what is reached with one more stop."""
    found: _Reached = {}
    for at, labels in reached.items():
        for stop, after in _next(search, at):
            if not _has_enough(search, after):
                continue
            way = way_between(search.problem, search.shift, at.place, after.place)
            for label in labels:
                for taken, arrives in drives(search.shift.breaks, label.free, label.taken, way):
                    free = _free_after(search, at, stop, arrives)
                    if free is not None and _may_still(search, after, free):
                        found.setdefault(after, []).append(_Label(free, label.driven + way, taken, (stop, label.trail)))
    return {place: _best(labels) for place, labels in found.items()}


def _next(search: _Search, at: _Place) -> Iterator[tuple[Stop, _Place]]:
    visits = search.names.visits
    if at.own < len(search.own):
        key = search.own[at.own]
        yield ("visit", key), at._replace(own=at.own + 1, place=visits[key].place)
    if at.own < len(search.shift.fixed):
        return
    for nr, key in enumerate(search.more):
        if not at.more >> nr & 1:
            yield ("visit", key), at._replace(more=at.more | 1 << nr, place=visits[key].place)
    for pickup in () if at.loaded else search.pickups:
        yield ("pickup", pickup.key), at._replace(loaded=pickup.key, place=pickup.place)


def _free_after(search: _Search, at: _Place, stop: Stop, arrives: int) -> int | None:
    """Answer when a stop is over for who arrives then; None where it cannot be, or not in time."""
    kind, key = stop
    if kind == "pickup":
        pickup = search.names.pickups[key]
        starts = max(arrives, pickup.opens)
        return None if starts > pickup.closes else starts + pickup.seconds
    visit = search.names.visits[key]
    found = start_within(visit, max(arrives, search.earliest.get(key, arrives)))
    if found is None or (found[1] and at.own >= len(search.shift.fixed)):
        return None
    return found[0] + visit.seconds_by.get(search.shift.key, visit.seconds)


def _to_come(search: _Search, at: _Place) -> Iterator[PlanVisit]:
    yield from (search.names.visits[key] for key in search.own[max(at.own, len(search.shift.fixed)) :])
    yield from (search.names.visits[key] for nr, key in enumerate(search.more) if not at.more >> nr & 1)


def _may_still(search: _Search, at: _Place, free: int) -> bool:
    """Tell whether nobody's time is over yet."""
    return all(free <= visit.windows[-1][1] for visit in _to_come(search, at))


def _has_enough(search: _Search, at: _Place) -> bool:
    """Tell whether the van, and what was loaded, hold what was done so far took."""
    if not search.pickups:
        return True  # nobody needs to load
    loaded = [("pickup", at.loaded)] if at.loaded else []
    done = [*search.own[: at.own], *(key for nr, key in enumerate(search.more) if at.more >> nr & 1)]
    return not lacks(search.problem, search.shift, [*loaded, *(("visit", key) for key in done)], search.names)


def _best(labels: Iterable[_Label]) -> list[_Label]:
    """Keep the labels no other one beats: none that took as many breaks was free no later and drove no more."""
    kept: list[_Label] = []
    for label in sorted(labels, key=lambda one: (one.taken, one.free, one.driven)):
        if not any(other.taken == label.taken and other.driven <= label.driven for other in kept):
            kept.append(label)
    return kept
