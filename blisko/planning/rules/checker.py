"""Is a plan allowed, and what does it cost: read again from the words of `problem.py`, slowly and plainly.

It shares no function with the engine; a mistake of one is seen by the other. It trusts nothing a plan says but its times, and these
only as far as they fit. What it takes the words to mean where they leave room:

- A way takes ⌈travel · speed⌉ whole seconds. Breaks between two places are taken out of the time between them; waiting is free.
- Stops follow each other without overlap: arrives ≤ starts ≤ ends ≤ the next one's arrives. A visit, a pick-up and a break take exactly
  their seconds, neither more nor less.
- A route with a stop takes every break of its shift, in their order; a shift without stops has no route or an empty one, and no break.
- A skill is asked for at level 1 at least; one nobody has said anything of has level 0. A visit of zone "" may be done by anyone, and
  a shift without zones goes anywhere.
- What is used before the pick-up comes from the van; what is used in all comes from the van and the pick-up's parts together.
- Fixed visits are the first stops of their route, in their order; only a break may stand between or before them. They are facts: who does
  them is not questioned, nor how late they start; when they alone make the day longer than it may be, it may be as long as they make it.
- Whom `after` and `crew` name is not asked about when he is no visit of the problem: that one is done, or no matter of this plan.
- `must` is a price, not a rule: whether a visit would still have fit is the engine's to find.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from blisko.planning.rules.problem import PickUp, Plan, PlannedRoute, PlannedStop, PlanShift, PlanVisit, Problem

VISIT, PICKUP, BREAK = "visit", "pickup", "break"
MUST = 1e6  # times the price of leaving another out


@dataclass(frozen=True, slots=True)
class _Names:
    """Who is who in a problem."""

    problem: Problem
    shifts: dict[str, PlanShift]
    visits: dict[str, PlanVisit]
    pickups: dict[str, PickUp]


def _names(problem: Problem) -> _Names:
    return _Names(
        problem,
        {shift.key: shift for shift in problem.shifts},
        {visit.key: visit for visit in problem.visits},
        {pickup.key: pickup for pickup in problem.pickups},
    )


def faults(problem: Problem, plan: Plan) -> list[str]:
    """Answer everything a plan does that its problem forbids, one sentence each; nothing when it is valid."""
    names = _names(problem)
    strangers = list(_strangers(names, plan))
    if strangers:
        return strangers  # a plan that speaks of something else cannot be judged further
    found = list(_counted(names, plan))
    for route in plan.routes:
        if route.stops:
            for rule in (_times, _ways, _breaks, _head, _allowed, _loaded):
                found += (f"{route.shift}: {words}" for words in rule(names, route))
    return [*found, *_together(names, plan)]


def _strangers(names: _Names, plan: Plan) -> Iterator[str]:
    for key, times in Counter(route.shift for route in plan.routes).items():
        if key not in names.shifts:
            yield f"{key} is no shift"
        if times > 1:
            yield f"{key} has {times} routes"
    known: dict[str, Mapping[str, object]] = {VISIT: names.visits, PICKUP: names.pickups}
    for route in plan.routes:
        for stop in route.stops:
            if stop.kind != BREAK and stop.key not in known.get(stop.kind, {}):
                yield f"{route.shift}: {stop.key} is no {stop.kind}"
    for key in plan.left_out:
        if key not in names.visits:
            yield f"{key} is left out but is no visit"


def _counted(names: _Names, plan: Plan) -> Iterator[str]:
    """Every visit is planned once or left out once, and nobody with a fixed visit stays at home."""
    told = Counter(plan.left_out)
    told.update(stop.key for route in plan.routes for stop in route.stops if stop.kind == VISIT)
    for key in names.visits:
        if told[key] == 0:
            yield f"{key} is neither planned nor left out"
        if told[key] > 1:
            yield f"{key} is planned or left out {told[key]} times"
    out = {route.shift for route in plan.routes if route.stops}
    for shift in names.problem.shifts:
        if shift.fixed and shift.key not in out:
            yield f"{shift.key} has no route, but {', '.join(shift.fixed)} fixed"


def _times(names: _Names, route: PlannedRoute) -> Iterator[str]:
    """The shift holds the route, stops do not overlap and take as long as they should, at the place where they are."""
    shift = names.shifts[route.shift]
    if route.leaves < shift.begins:
        yield f"leaves at {route.leaves}, before the shift begins at {shift.begins}"
    if route.back > max(shift.ends + shift.overtime, _back_at_best(names, route)):
        yield f"is back at {route.back}, after {shift.ends} and {shift.overtime} of overtime"
    free = route.leaves
    for stop in route.stops:
        if not free <= stop.arrives <= stop.starts <= stop.ends:
            yield f"{stop.kind} {stop.key}: {free} (free), {stop.arrives}, {stop.starts}, {stop.ends} are not in order"
        free = stop.ends
        place, seconds = _should(names, shift, stop)
        if stop.kind == BREAK:
            if stop.place is not None:
                yield f"a break is at place {stop.place}"
            continue
        if stop.place != place:
            yield f"{stop.kind} {stop.key} is at place {stop.place}, not {place}"
        if stop.ends - stop.starts != seconds:
            yield f"{stop.kind} {stop.key} takes {stop.ends - stop.starts}, not {seconds}"
    if route.back < free or (shift.end is None and route.back != free):
        yield f"is back at {route.back}, but ends its last stop at {free}"


def _back_at_best(names: _Names, route: PlannedRoute) -> int:
    """Answer when a route could be back after its fixed visits, with every break it still owes then."""
    shift = names.shifts[route.shift]
    behind = [stop for stop in route.stops if stop.kind == VISIT][: len(shift.fixed)]
    if not behind:
        return shift.ends
    last = names.visits[behind[-1].key]
    ready = behind[-1].ends + (0 if shift.end is None else _seconds(names.problem, shift, last.place, shift.end))
    taken = sum(stop.kind == BREAK and stop.ends <= behind[-1].starts for stop in route.stops)
    for pause in shift.breaks[taken:]:
        ready = max(ready, pause.earliest) + pause.seconds
    return ready


def _should(names: _Names, shift: PlanShift, stop: PlannedStop) -> tuple[int | None, int]:
    """Answer where a stop is and how long it takes; breaks are looked at on their own."""
    if stop.kind == BREAK:
        return None, 0
    if stop.kind == PICKUP:
        return names.pickups[stop.key].place, names.pickups[stop.key].seconds
    visit = names.visits[stop.key]
    return visit.place, visit.seconds_by.get(shift.key, visit.seconds)


def _legs(names: _Names, route: PlannedRoute) -> Iterator[tuple[int, int, str]]:
    """Answer every way from one place to the next: the seconds it takes, the seconds there are for it, and where to."""
    problem, shift = names.problem, names.shifts[route.shift]
    place, free, rest = shift.start, route.leaves, 0
    for stop in route.stops:
        if stop.kind == BREAK:
            rest += stop.ends - stop.starts
            continue
        to = _should(names, shift, stop)[0]
        assert to is not None
        yield _seconds(problem, shift, place, to), stop.arrives - free - rest, f"to {stop.kind} {stop.key}"
        place, free, rest = to, stop.ends, 0
    if shift.end is not None:
        yield _seconds(problem, shift, place, shift.end), route.back - free - rest, "to the end place"


def _seconds(problem: Problem, shift: PlanShift, a: int, b: int) -> int:
    return math.ceil(int(problem.travel[a, b]) * shift.speed)


def _ways(names: _Names, route: PlannedRoute) -> Iterator[str]:
    for takes, has, where in _legs(names, route):
        if has < takes:
            yield f"{has} for a way of {takes} {where}"


def _breaks(names: _Names, route: PlannedRoute) -> Iterator[str]:
    taken = [stop for stop in route.stops if stop.kind == BREAK]
    owed = names.shifts[route.shift].breaks
    if len(taken) != len(owed):
        yield f"takes {len(taken)} breaks of {len(owed)}"
        return
    for stop, pause in zip(taken, owed, strict=True):
        if not pause.earliest <= stop.starts <= pause.latest:
            yield f"a break begins at {stop.starts}, not within {pause.earliest}…{pause.latest}"
        if stop.ends - stop.starts != pause.seconds:
            yield f"a break takes {stop.ends - stop.starts}, not {pause.seconds}"


def _head(names: _Names, route: PlannedRoute) -> Iterator[str]:
    fixed = names.shifts[route.shift].fixed
    head = tuple(stop.key if stop.kind == VISIT else stop.kind for stop in route.stops if stop.kind != BREAK)[: len(fixed)]
    if head != fixed:
        yield f"begins with {', '.join(head)}, not with {', '.join(fixed)}"


def _allowed(names: _Names, route: PlannedRoute) -> Iterator[str]:
    """The right technician, and the right moment."""
    shift = names.shifts[route.shift]
    for stop in route.stops:
        if stop.kind == PICKUP:
            pickup = names.pickups[stop.key]
            if not pickup.opens <= stop.starts <= pickup.closes:
                yield f"{pickup.key} is closed at {stop.starts}"
        if stop.kind != VISIT:
            continue
        visit = names.visits[stop.key]
        late = _lateness(visit, stop.starts)
        if late is None or (late > visit.late and visit.key not in shift.fixed):
            yield f"{visit.key} starts at {stop.starts}, in none of its windows"
        if visit.key not in shift.fixed:
            yield from _may(shift, visit)


def _may(shift: PlanShift, visit: PlanVisit) -> Iterator[str]:
    for skill, level in visit.skills.items():
        if shift.skills.get(skill, 0) < max(1, level):
            yield f"{visit.key} takes {skill} of level {level}"
    if visit.only and shift.key not in visit.only:
        yield f"{visit.key} may only be done by {', '.join(sorted(visit.only))}"
    if shift.key in visit.never:
        yield f"{visit.key} must never be done by {shift.key}"
    if visit.zone and shift.zones and visit.zone not in shift.zones:
        yield f"{visit.key} is in zone {visit.zone}"


def _lateness(visit: PlanVisit, starts: int) -> int | None:
    """Answer the seconds after the end of the last window that had begun; 0 within one, None when none had."""
    begun = [end for begin, end in visit.windows if begin <= starts]
    return max(0, starts - max(begun)) if begun else None


def _loaded(names: _Names, route: PlannedRoute) -> Iterator[str]:
    """Tools and parts are there when they are needed; a route stops to load at most once."""
    shift = names.shifts[route.shift]
    loads = [names.pickups[stop.key] for stop in route.stops if stop.kind == PICKUP]
    if len(loads) > 1:
        yield f"stops {len(loads)} times to load"
        return
    tools = set(shift.tools)
    parts: Counter[str] = Counter(shift.stock)
    unlimited = False
    for stop in route.stops:
        if stop.kind == PICKUP:
            tools |= loads[0].tools
            unlimited = loads[0].parts is None
            parts.update(loads[0].parts or {})
        if stop.kind != VISIT:
            continue
        visit = names.visits[stop.key]
        parts.subtract(visit.parts)
        if visit.key in shift.fixed:
            continue
        for tool in sorted(visit.tools - tools):
            yield f"{visit.key} takes the tool {tool}"
        for part in visit.parts:
            if parts[part] < 0 and not unlimited:
                yield f"{visit.key} takes {part}, and {-parts[part]} are missing"


def _together(names: _Names, plan: Plan) -> Iterator[str]:
    """Two who work together start together; what comes after waits for what comes before."""
    planned = {stop.key: (route.shift, stop) for route in plan.routes for stop in route.stops if stop.kind == VISIT}
    for key, (shift, stop) in planned.items():
        visit = names.visits[key]
        if visit.crew:
            other = planned.get(visit.crew)
            if other is None and visit.crew in names.visits:
                yield f"{key} is planned without {visit.crew}"
            if other and (other[0] == shift or other[1].starts != stop.starts):
                yield f"{key} starts with {shift} at {stop.starts}, {visit.crew} with {other[0]} at {other[1].starts}"
        for before in visit.after:
            if before in names.visits and before not in planned:
                yield f"{key} is planned without {before} before it"
            if before in planned and planned[before][1].ends + visit.gap > stop.starts:
                yield f"{key} starts at {stop.starts}, {before} ends at {planned[before][1].ends}, and {visit.gap} must lie between"


@dataclass(frozen=True, slots=True)
class Figures:
    """A valid plan in numbers: keys of visits, and seconds.

    `left_out`: nobody goes. `late`: started after the window, with the seconds after the end of the last window that had begun. `driven`:
    all ways, without breaks and waiting. `work`: from leaving to coming back, over all routes. `overtime`: coming back after the
    shift's end. `told_again`: planned with another technician than told, or outside the times told. `disliked`: done by somebody who is
    not among the preferred, where there are any. `uneven`: the sum over routes of (labour / length of the shift)², labour being all ways
    and all stops, without breaks and waiting.
    """

    left_out: tuple[str, ...]
    late: tuple[tuple[str, int], ...]
    driven: int
    work: int
    overtime: int
    told_again: tuple[str, ...]
    disliked: tuple[str, ...]
    uneven: float


@dataclass(frozen=True, slots=True)
class Costs:
    """A plan's price in points, term by term, named as in `Weights`; `total` is what the engine should say it costs."""

    left_out: float
    broken: float
    late: float
    minute: float
    overtime: float
    told_twice: float
    work: float
    disliked: float
    uneven: float

    @property
    def total(self) -> float:
        return math.fsum(getattr(self, term.name) for term in fields(self))


def figures(problem: Problem, plan: Plan) -> Figures:
    """Answer what a valid plan amounts to, from its times alone."""
    names = _names(problem)
    late, again, disliked = [], [], []
    driven = work = overtime = 0
    uneven = 0.0
    for route in plan.routes:
        if not route.stops:
            continue
        shift = names.shifts[route.shift]
        ways = sum(takes for takes, _, _ in _legs(names, route))
        labour = ways + sum(stop.ends - stop.starts for stop in route.stops if stop.kind != BREAK)
        driven += ways
        work += route.back - route.leaves
        overtime += max(0, route.back - shift.ends)
        uneven += (labour / (shift.ends - shift.begins)) ** 2
        for stop in route.stops:
            if stop.kind != VISIT:
                continue
            visit = names.visits[stop.key]
            if seconds := _lateness(visit, stop.starts):
                late.append((visit.key, seconds))
            if visit.told and not (visit.told[0] == shift.key and visit.told[1] <= stop.starts <= visit.told[2]):
                again.append(visit.key)
            if visit.preferred and shift.key not in visit.preferred:
                disliked.append(visit.key)
    return Figures(plan.left_out, tuple(late), driven, work, overtime, tuple(again), tuple(disliked), uneven)


def costs(problem: Problem, plan: Plan) -> Costs:
    """Answer what a valid plan costs by the problem's weights.

    `left_out`: times each visit's worth, a million times as much for a `must`. `broken`: once for each visit late; `late`: late · m ·
    (1 + m / 60) for its m minutes. `minute`, `work`, `overtime`: a minute each; no minutes are rounded. `told_twice`, `disliked`: once
    for each such visit; a visit left out is not told again, its price is in `left_out`. `uneven`: times the squared share of each shift.
    """
    weights, found = problem.weights, figures(problem, plan)
    worth = {visit.key: visit.worth * (MUST if visit.must else 1) for visit in problem.visits}
    minutes = [seconds / 60 for _, seconds in found.late]
    return Costs(
        left_out=weights.left_out * math.fsum(worth[key] for key in found.left_out),
        broken=weights.broken * len(found.late),
        late=weights.late * math.fsum(m * (1 + m / 60) for m in minutes),
        minute=weights.minute * found.driven / 60,
        overtime=weights.overtime * found.overtime / 60,
        told_twice=weights.told_twice * len(found.told_again),
        work=weights.work * found.work / 60,
        disliked=weights.disliked * len(found.disliked),
        uneven=weights.uneven * found.uneven,
    )
