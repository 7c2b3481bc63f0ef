"""From a `Problem` to the arrays the compiled planner works on."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.engine.dice import dice_from
from blisko.planning.rules.engine.world import (
    BANNED,
    HI,
    LAST,
    LO,
    MAYBE,
    MAYBE_PICK,
    MOST_BREAKS,
    NBREAKS,
    NEARBY_FROM,
    NEVER,
    NXT,
    PARTS,
    PICK,
    PLACE,
    POINT_PARTS,
    PRV,
    ROUTE,
    STEP,
    USED,
    VAN_PARTS,
    Ints,
    Kept,
    Prices,
    State,
    World,
)
from blisko.planning.rules.problem import PickUp, PlanShift, PlanVisit, Problem

Short = npt.NDArray[np.int32]

NEAR, CLOSE = 60, 300
MUST = 1e6  # times dearer to leave out
FAR_OFF = 1 << 40


def world_from(problem: Problem) -> World:
    """Answer the arrays of a problem."""
    shifts, visits, weights = problem.shifts, problem.visits, problem.weights
    travel, travel_of, _ = _travel(problem)
    fixed = {key: t for t, shift in enumerate(shifts) for key in shift.fixed}
    index = {visit.key: j for j, visit in enumerate(visits)}
    service, service_of = _alike(_services(problem), len(shifts))
    price, price_of = _alike(_every_price(problem, fixed), len(shifts))
    tools = {name: 1 << n for n, name in enumerate(sorted({x for v in visits for x in v.tools}))}
    parts = sorted({x for v in visits for x in v.parts})
    return World(
        nv=len(visits), nt=len(shifts), parts=len(parts), travel=travel, service=service.astype(np.int64), price=price,
        window=_padded([v.windows for v in visits], 2), visit=_visits(problem, fixed, index, tools, parts),
        worth=np.array([weights.left_out * v.worth * (MUST if v.must or v.key in fixed else 1.0) for v in visits]),
        shift=_shifts(shifts, (travel_of, service_of, price_of), tools, parts), point=_points(problem.pickups, tools, parts),
        earlier=_links([[index[a] for a in v.after if a in index] for v in visits]), later=_links(_later(visits, index)),
        able=_able(price, price_of), near=_near(problem, travel), close=_close(problem, travel),
        second=weights.minute / 60, work=weights.work / 60, late=weights.late / 60, over=weights.overtime / 60,
        broken=float(weights.broken), told_price=float(weights.told_twice), uneven=float(weights.uneven),
        soft=any(v.late or v.told for v in visits) or any(s.overtime for s in shifts) or bool(fixed),
        stocked=bool(tools or parts), linked=any(v.crew or v.after for v in visits),
        free=np.array([not (v.crew or v.after or later) for v, later in zip(visits, _later(visits, index), strict=True)], np.bool_),
    )  # fmt: skip


def state_from(problem: Problem, w: World, seed: int) -> State:
    """Answer an empty plan: every visit absent."""
    nv, nt, rows = w.nv, w.nt, w.nv if w.nv <= NEARBY_FROM else 0
    width, n = int(w.shift[:, NBREAKS].max(initial=0)) + 1, nv + 3 * nt
    node = np.zeros((n, HI + 1 + STEP * width), np.int64)
    node[:, [NXT, PRV, ROUTE]] = -1
    starts, ends = np.arange(nv, nv + nt), np.arange(nv + nt, nv + 2 * nt)
    node[starts, NXT], node[ends, PRV] = ends, starts
    node[starts, ROUTE] = node[ends, ROUTE] = np.arange(nt)
    outside = w.travel.shape[1] - 1
    node[:nv, PLACE] = [v.place for v in problem.visits]
    node[starts, PLACE] = [s.start for s in problem.shifts]
    node[ends, PLACE] = [outside if s.end is None else s.end for s in problem.shifts]
    node[:nv, LO], node[:nv, HI] = w.window[:, 0, 0], w.visit[:, LAST]
    tour = np.zeros((nt + 1, USED + 2 * w.parts), np.int64)
    tour[:, [PICK, MAYBE_PICK]], tour[:, MAYBE] = -1, -2
    return State(
        node=node, owed=np.zeros((n, width)), tour=tour, money=np.zeros((nt, 3)), absent=np.arange(nv + 1), nabsent=np.array([nv]),
        known=np.zeros((rows, nt), np.int64), known_price=np.zeros((rows, nt)), known_place=np.zeros((rows, nt, 3), np.int64),
        row=np.zeros(nv + 1, np.int64), key=np.zeros(nv + 1), where=np.zeros(4, np.int64), there=np.zeros(3, np.int64),
        tries=np.zeros((24, 2), np.int64), prices=np.zeros(24), dice=dice_from(seed),
        x=np.zeros((6, width), np.int64), c=np.zeros((6, width)),
    )  # fmt: skip


def kept_from(w: World, s: State) -> Kept:
    """Answer room for a plan to come back to."""
    return Kept(s.node[:, : HI + 1].copy(), np.zeros((w.nt, 2), np.int64), s.absent.copy(), s.nabsent.copy(), np.zeros(1))


def _services(problem: Problem) -> list[Prices]:
    shifts = problem.shifts if any(v.seconds_by for v in problem.visits) else problem.shifts[:1]
    return [np.array([v.seconds_by.get(s.key, v.seconds) for v in problem.visits], np.float64) for s in shifts]


def _every_price(problem: Problem, fixed: Mapping[str, int]) -> list[Prices]:
    choosy = any(v.skills or v.zone or v.only or v.never or v.preferred or v.told for v in problem.visits)
    shifts = problem.shifts if choosy or fixed else problem.shifts[:1]
    return [_prices(problem, s, fixed) for s in shifts]


def _visits(problem: Problem, fixed: Mapping[str, int], index: Mapping[str, int], tools: Mapping[str, int], parts: Sequence[str]) -> Ints:
    shift_index = {shift.key: t for t, shift in enumerate(problem.shifts)}
    rows = []
    for v in problem.visits:
        told = v.told or ("", 0, FAR_OFF)
        latest = FAR_OFF if v.key in fixed else v.windows[-1][1] + v.late
        mate = index.get(v.crew, -1) if v.crew else -1
        wanted = sum(tools[x] for x in v.tools), len(v.windows), *(v.parts.get(x, 0) for x in parts)
        rows.append([v.windows[-1][1], latest, shift_index.get(told[0], -1), told[1], told[2], mate, v.gap, *wanted])
    return np.array(rows, np.int64).reshape(len(rows), PARTS + len(parts))


def _shifts(shifts: Sequence[PlanShift], rows_of: tuple[Ints, Ints, Ints], tools: Mapping[str, int], parts: Sequence[str]) -> Ints:
    rows = []
    twins = _twins(shifts, rows_of[2])
    for t, s in enumerate(shifts):
        rests = [x for b in s.breaks[:MOST_BREAKS] for x in (b.earliest, b.latest, b.seconds)]
        rests += [0] * (3 * MOST_BREAKS - len(rests))
        van = sum(tools.get(x, 0) for x in s.tools), twins[t], *rests, *(s.stock.get(x, 0) for x in parts)
        times = s.begins, s.ends, s.ends + s.overtime, len(s.breaks), len(s.fixed)
        rows.append([*(int(of[t]) for of in rows_of), *times, *van])
    return np.array(rows, np.int64).reshape(len(rows), VAN_PARTS + len(parts))


def _points(points: Sequence[PickUp], tools: Mapping[str, int], parts: Sequence[str]) -> Ints:
    rows = [
        [
            p.place,
            sum(tools.get(x, 0) for x in p.tools),
            p.opens,
            p.closes,
            p.seconds,
            *(-1 if p.parts is None else p.parts.get(x, 0) for x in parts),
        ]
        for p in points
    ]
    return np.array(rows, np.int64).reshape(len(rows), POINT_PARTS + len(parts))


def _travel(problem: Problem) -> tuple[Short, Ints, int]:
    """Answer travel times by speed with one more place that is no way from anywhere (a day that ends at its last visit), and its number."""
    n = problem.travel.shape[0]
    wide = np.zeros((n + 1, n + 1), np.int64)
    wide[:n, :n] = problem.travel
    speeds = sorted({s.speed for s in problem.shifts}) or [1.0]
    layers = [wide if speed == 1.0 else np.ceil(wide * speed) for speed in speeds]
    return np.array(layers).astype(np.int32), np.array([speeds.index(s.speed) for s in problem.shifts], np.int64), n


def _prices(problem: Problem, shift: PlanShift, fixed: Mapping[str, int]) -> Prices:
    """Answer the points for giving each visit to the shift; BANNED where it may not have it."""
    weights = problem.weights
    out = np.zeros(len(problem.visits))
    for j, visit in enumerate(problem.visits):
        if visit.key in fixed:
            out[j] = 0.0 if visit.key in shift.fixed else BANNED
        elif not may_have(shift, visit):
            out[j] = BANNED
        else:
            out[j] = weights.disliked * bool(visit.preferred and shift.key not in visit.preferred)
            out[j] += weights.told_twice * bool(visit.told and visit.told[0] != shift.key)
    return out


def may_have(shift: PlanShift, visit: PlanVisit) -> bool:
    """Tell whether the shift's technician may be given the visit at all: skills, zone, and who is wanted or not."""
    if shift.key in visit.never or (visit.only and shift.key not in visit.only):
        return False
    if visit.zone and shift.zones and visit.zone not in shift.zones:
        return False
    return all(shift.skills.get(skill, 0) >= max(1, level) for skill, level in visit.skills.items())


def _alike(rows: Sequence[Prices], n: int) -> tuple[Prices, Ints]:
    """Answer the different rows, and which of them each shift has."""
    kinds: dict[bytes, int] = {}
    which = [kinds.setdefault(row.tobytes(), len(kinds)) for row in rows]
    first = dict(zip(reversed(which), reversed(rows), strict=True))
    of = which if len(which) == n else [0] * n
    return np.array([first[kind] for kind in range(len(kinds))]), np.array(of, np.int64)


def _padded(lists: Sequence[Sequence[Sequence[int]]], width: int) -> Ints:
    out = np.full((len(lists), max([1, *map(len, lists)]), width), NEVER, np.int64)
    for i, rows in enumerate(lists):
        for k, row in enumerate(rows):
            out[i, k] = row
    return out


def _links(lists: Sequence[Sequence[int]]) -> Ints:
    out = np.full((len(lists), max([1, *map(len, lists)])), -1, np.int64)
    for i, row in enumerate(lists):
        out[i, : len(row)] = row
    return out


def _later(visits: Sequence[PlanVisit], index: dict[str, int]) -> list[list[int]]:
    out: list[list[int]] = [[] for _ in visits]
    for j, visit in enumerate(visits):
        for key in visit.after:
            if key in index:
                out[index[key]].append(j)
    return out


def _twins(shifts: Sequence[PlanShift], price_of: Ints) -> list[int]:
    first: dict[Hashable, int] = {}
    out = []
    for t, s in enumerate(shifts):
        alike = (s.start, s.end, s.begins, s.ends, s.overtime, s.breaks, s.tools, tuple(sorted(s.stock.items())), s.speed, int(price_of[t]))
        out.append(t if s.fixed else first.setdefault(alike, t))
    return out


def _able(price: Prices, price_of: Ints) -> Ints:
    may = price[price_of].T < BANNED  # [visit, shift]
    order = np.argsort(~may, axis=1, kind="stable")
    return np.pad(np.where(np.take_along_axis(may, order, axis=1), order, -1), ((0, 0), (0, 1)), constant_values=-1)


def _apart(problem: Problem, travel: Short) -> Prices:
    places = np.array([v.place for v in problem.visits], np.int64)
    there = travel[0][np.ix_(places, places)].astype(np.float64)
    return np.minimum(there, there.T)


def _close(problem: Problem, travel: Short) -> Ints:
    if not problem.visits:
        return np.zeros((0, 0), np.int64)
    apart = _apart(problem, travel)
    return np.argsort(apart, axis=1, kind="stable")[:, :CLOSE].astype(np.int64)


def _near(problem: Problem, travel: Short) -> Ints:
    """Answer for each visit those whose neighbourhood in a route costs least travel and waiting (Vidal et al. 2013)."""
    if not problem.visits:
        return np.zeros((0, 0), np.int64)
    places = np.array([v.place for v in problem.visits], np.int64)
    there = travel[0][np.ix_(places, places)].astype(np.float64)
    begins = np.array([v.windows[0][0] for v in problem.visits], np.float64)
    last = np.array([v.windows[-1][1] + v.late for v in problem.visits], np.float64)
    stay = np.array([v.seconds for v in problem.visits], np.float64)
    soonest = begins[:, None] + stay[:, None] + there
    wait = np.maximum(0.0, begins[None, :] - last[:, None] - stay[:, None] - there)
    missed = np.maximum(0.0, soonest - last[None, :])
    cost = there + 0.2 * wait + 10.0 * missed
    cost = np.minimum(cost, cost.T)
    np.fill_diagonal(cost, np.inf)
    return np.argsort(cost, axis=1, kind="stable")[:, :NEAR].astype(np.int64)
