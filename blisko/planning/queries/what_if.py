"""What a change by hand would bring, before anybody makes it; and what could be done about a promise at risk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from blisko.access.rules import Actor, require
from blisko.field.queries import places_of, regions_of
from blisko.kit.plugs import plug
from blisko.planning.errors import NotThatDay, OffShift
from blisko.planning.models import Assignment
from blisko.planning.ports import Solver
from blisko.planning.queries.problems import EVERYBODY, Draft, day_at, draft_of, travel_of, weights_now, world_around, world_of
from blisko.planning.rules.lines import present_plan
from blisko.planning.rules.presets import PRESETS, Preset
from blisko.planning.rules.problem import PlanShift, Problem
from blisko.planning.rules.repairs import Repair, nearest_technicians, repairs_of
from blisko.planning.rules.terms import Terms, terms_of
from blisko.planning.rules.trials import with_one_more
from blisko.planning.rules.whatif import Board, Consequences, board_of, consequences_of, moved, swapped, without
from blisko.planning.rules.world import World, narrowed, problem_of, seconds_of, unpinned, visit_key
from blisko.visits.queries import visit_for

if TYPE_CHECKING:
    from blisko.field.models import Shift
    from blisko.visits.models import Visit


def solver() -> Solver:
    """Answer the planner that one settings line chose."""
    chosen: Solver = plug("planning.solver")
    return chosen


def consequences(
    actor: Actor,
    visit_ids: Sequence[int],
    technician_id: int | None,
    starts_at: datetime | None = None,
    before: int | None = None,
    *,
    now: datetime,
) -> Consequences:
    """Answer what it would bring to give visits to a technician: before another visit, where `starts_at` falls, or where it costs least.

    None takes them from whoever has them. Refuses `NotThatDay` for visits of different days; every other no is in the answer.
    """
    require(actor, "planning.assign")
    visits = [visit_for(actor, visit_id, now=now) for visit_id in visit_ids]
    day = day_of_visit(visits[0], starts_at)
    board = board_for(visits, [technician_id] if technician_id else [], day, also=[before] if before else [], now=now)
    return consequences_on(board, visit_ids, technician_id, starts_at, before)


def consequences_on(
    board: Board, visit_ids: Sequence[int], technician_id: int | None, starts_at: datetime | None = None, before: int | None = None
) -> Consequences:
    """Answer the same on a board that was laid out already, for the house's own use."""
    keys = [visit_key(visit_id) for visit_id in visit_ids]
    if technician_id is None:
        return consequences_of(board, without(board, keys), keys)
    starts = seconds_of(starts_at, board.world.midnight) if starts_at else None
    found = []
    for shift in _shifts(board, technician_id, before, starts):
        orders = moved(board, keys, shift, before=visit_key(before) if before else None, starts=starts)
        found.append(consequences_of(board, orders, keys, floors={keys[0]: starts} if starts is not None else None))
    if not found:
        return replace(consequences_of(board, board.orders, []), refusal=OffShift())
    return min(found, key=lambda one: (one.refusal is not None, one.points))


def _shifts(board: Board, technician_id: int, before: int | None, starts: int | None) -> list[PlanShift]:
    mine = board.shifts_of(technician_id)
    if before:
        return [shift for shift in mine if ("visit", visit_key(before)) in board.orders[shift.key]]
    return [shift for shift in mine if starts is None or shift.begins <= starts < shift.ends + shift.overtime]


def swap_consequences(actor: Actor, a: int, b: int, *, now: datetime) -> Consequences:
    """Answer what it would bring if two visits changed places; refuses `NotThatDay` for visits of different days."""
    require(actor, "planning.assign")
    visits = [visit_for(actor, visit_id, now=now) for visit_id in (a, b)]
    return swap_on(board_for(visits, [], day_of_visit(visits[0]), now=now), a, b)


def swap_on(board: Board, a: int, b: int) -> Consequences:
    """Answer the same on a board that was laid out already, for the house's own use."""
    keys = [visit_key(a), visit_key(b)]
    return consequences_of(board, swapped(board, *keys), keys)


def board_for(visits: "Sequence[Visit]", technician_ids: Sequence[int], day: date, *, also: Sequence[int] = (), now: datetime) -> Board:
    """Answer as much of a day's plan as concerns these visits and technicians, for the house's own use."""
    ids = {visit.pk for visit in visits} | set(also)
    found = world_around(day, _region(visits, technician_ids), technician_ids, ids)
    if not ids <= {job.visit_id for job in found.jobs}:
        raise NotThatDay
    world = unpinned(found)
    return board_of(world, _problem(world, now))


def boards_with(
    visits: "Sequence[Visit]", together: Sequence[int], each: Sequence[int], day: date, *, now: datetime, extra: "Sequence[Shift]" = ()
) -> dict[int, Board]:
    """Answer, for each of these technicians, the plan of him, of those `together` and of visits, pins in force; each region is read once.

    Visits that are not of that day leave nobody. `extra`: see `world_around`. For the house's own use.
    """
    ids, homes = {visit.pk for visit in visits}, regions_of([*together, *each])
    here = {place.region for place in places_of(visit.order.site.postcode for visit in visits).values()} | {homes[one] for one in together}
    regions: dict[str, list[int]] = {}
    for one in each:
        regions.setdefault(homes[one] if {homes[one]} | here == {homes[one]} else EVERYBODY, []).append(one)
    found = {}
    for region, people in regions.items():
        whole = world_around(day, region, [*together, *people], ids, extra)
        if ids <= {job.visit_id for job in whole.jobs}:
            worlds = {one: narrowed(whole, [*together, one], ids) for one in people}
            found.update({one: board_of(world, _problem(world, now)) for one, world in worlds.items()})
    return found


def _problem(world: World, now: datetime) -> Problem:
    return problem_of(world, travel_of(world, now=now).seconds, weights=weights_now(), now=now)


def _region(visits: "Sequence[Visit]", technician_ids: Sequence[int]) -> str:
    """Answer the one region all of them belong to, else all of them together."""
    places = places_of(visit.order.site.postcode for visit in visits)
    codes = {place.region for place in places.values()} | set(regions_of(technician_ids).values())
    return codes.pop() if len(codes) == 1 else EVERYBODY


def day_of_visit(visit: "Visit", starts_at: datetime | None = None) -> date:
    """Answer the local day on which a visit is planned, or promised where nobody planned it; the one of `starts_at` where given."""
    if starts_at is not None:
        return day_at(starts_at)
    held = Assignment.objects.filter(visit=visit, released_at=None).first()
    return day_at(held.during.lower if held else visit.window_from)


def repairs_for(actor: Actor, visit_id: int, *, now: datetime) -> list[Repair]:
    """Answer up to three ways to keep a promise at risk, least painful first; what a dispatcher pinned stays where it is."""
    require(actor, "planning.assign")
    visit = visit_for(actor, visit_id, now=now)
    day = day_of_visit(visit)
    whole = world_of(day, _region([visit], []))
    if visit_id not in {job.visit_id for job in whole.jobs}:
        return []
    world = narrowed(whole, nearest_technicians(whole, visit_id), [visit_id])
    return repairs_of(board_of(world, _problem(world, now)), visit_id)


def one_more(actor: Actor, day: date, technician_id: int, *, now: datetime, region: str = "", seconds: float = 5) -> tuple[Terms, Terms]:
    """Answer what a day's plan would amount to as it is staffed, and with one more technician like this one: planned anew both times."""
    require(actor, "planning.assign")
    draft = draft_of(day, region, now=now)
    more = with_one_more(draft.problem, technician_id)
    return _solved(draft, draft.problem, seconds), _solved(draft, more, seconds)


def compare_presets(
    actor: Actor, day: date, a: Preset, b: Preset, *, now: datetime, region: str = "", seconds: float = 5
) -> tuple[Terms, Terms]:
    """Answer what a day's plan would amount to under two presets; points are by each one's own weights and not to be compared."""
    require(actor, "planning.assign")
    draft = draft_of(day, region, now=now)
    one, other = (_solved(draft, replace(draft.problem, weights=PRESETS[preset]), seconds) for preset in (a, b))
    return one, other


def _solved(draft: Draft, problem: Problem, seconds: float) -> Terms:
    plan = solver().solve(problem, seconds=seconds, start=present_plan(draft.world, problem))
    return terms_of(problem, plan)
