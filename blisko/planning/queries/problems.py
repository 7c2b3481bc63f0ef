"""One day as the planner sees it, read from the database; what the rows mean is decided in `rules.world`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from blisko.access.rules import SYSTEM
from blisko.field.queries import breaks_of, day_ends_of, depots_for, places_of, regions_of, shifts_between, technicians_for, van_loads_of
from blisko.field.rules import Load
from blisko.planning.models import Assignment, Pin, PlanningRules, Told, Wish
from blisko.planning.queries.durations import durations_now
from blisko.planning.queries.roads import travel_between
from blisko.planning.rules.durations import WorkTimes, site_kind
from blisko.planning.rules.hours import drives_at
from blisko.planning.rules.presets import PRESETS, Preset
from blisko.planning.rules.problem import NO_TOOLS, Problem, Weights
from blisko.planning.rules.ready import Fit
from blisko.planning.rules.ways import Point, Travel
from blisko.planning.rules.wishes import PinKind, WishKind
from blisko.planning.rules.world import NO_ZONES, Held, Job, Shelf, Worker, World, narrowed, problem_of, travel_places
from blisko.visits.queries import linked_visits, visits_to_plan
from blisko.visits.rules import ENDED, WORTH, Priority, VisitState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from blisko.field.models import Depot, Shift
    from blisko.visits.models import Visit

Ask = Callable[..., Travel]
EVERYBODY = "*"  # instead of a region's code: all of them together


@dataclass(frozen=True)
class Draft:
    """What a plan was or will be made for: the day as it was seen, and the problem made of it; `estimated`: some ways in it are."""

    world: World
    problem: Problem
    region: str
    estimated: bool = False


def local_day(day: date) -> tuple[datetime, datetime]:
    """Answer the beginning and the end of a local day, in UTC; 23 or 25 hours apart when clocks are set."""
    starts, ends = (timezone.make_aware(datetime.combine(each, time.min)) for each in (day, day + timedelta(days=1)))
    return starts.astimezone(UTC), ends.astimezone(UTC)


def day_at(moment: datetime) -> date:
    """Answer the local day a moment belongs to."""
    return timezone.localtime(moment).date()


def planning_rules() -> PlanningRules:
    """Answer how this house plans; the usual way where nobody has said."""
    return PlanningRules.objects.filter(pk=1).first() or PlanningRules(pk=1)


def weights_now() -> Weights:
    """Answer the weights in force."""
    return PRESETS[Preset(planning_rules().preset)]


def draft_of(day: date, region: str, *, now: datetime, weights: Weights | None = None, ask: Ask = travel_between) -> Draft:
    """Answer what is to be planned of a day from `now` on, for the planner; see `world_of` for regions.

    `ask`: what answers the ways between two lists of places at a time; by default what may not write them down.
    """
    world = world_of(day, region)
    travel = travel_of(world, now=now, ask=ask)
    return Draft(world, problem_of(world, travel.seconds, weights=weights or weights_now(), now=now), region, travel.by_estimate)


def travel_of(world: World, *, now: datetime, ask: Ask = travel_between) -> Travel:
    """Answer the ways between all places of a day, as one drives when most of what is left of it is driven."""
    places = travel_places(world)
    return ask(places, places, at=drives_at(world.midnight, now))


def world_of(day: date, region: str) -> World:
    """Answer a day as it stands: shifts that begin on it, visits promised for it or planned on it.

    `region`: the code of one; "": whoever and whatever belongs to none; `EVERYBODY`: all.
    """
    return _world(day, region)


def world_around(day: date, region: str, technician_ids: Iterable[int], visit_ids: Iterable[int], extra: "Sequence[Shift]" = ()) -> World:
    """Answer as much of a day as concerns these technicians and visits, with whom works with them or waits for them; reads no more.

    `extra`: shifts that are not in the calendar, as if they were.
    """
    people, visits = set(technician_ids), set(visit_ids)
    planned = _planned(day)
    more, known = people, visits
    while True:
        known = known | set(planned.filter(technician_id__in=more).values_list("visit_id", flat=True))
        known |= linked_visits(known)
        met = more | set(planned.filter(visit_id__in=known).values_list("technician_id", flat=True))
        if met == more:
            return narrowed(_world(day, region, people=met, ids=known, extra=extra), people, visits)
        more = met


def _planned(day: date) -> "QuerySet[Assignment]":
    starts, ends = local_day(day)
    return Assignment.objects.filter(released_at=None, during__startswith__gte=starts, during__startswith__lt=ends)


def _world(
    day: date, region: str, people: Iterable[int] | None = None, ids: Iterable[int] | None = None, extra: "Sequence[Shift]" = ()
) -> World:
    """Answer a day; `people`, `ids`: only these technicians and visits of it; `extra`: shifts beside those of the calendar."""
    starts, ends = local_day(day)
    planned = _planned(day)
    visits = list(visits_to_plan(starts, ends, also=planned.values_list("visit_id", flat=True), only=ids))
    where = places_of(visit.order.site.postcode for visit in visits)
    working = shifts_between(SYSTEM, starts, ends)
    if people is not None:
        working = working.filter(technician_id__in=list(people))
    begun = [*(one for one in working if starts <= one.starts_at < ends and one.technician.active), *extra]
    homes = regions_of(shift.technician_id for shift in begun)
    shifts = [one for one in begun if _within(region, homes[one.technician_id])]
    crew = {shift.technician_id for shift in shifts}
    theirs = set(planned.filter(technician_id__in=crew).values_list("visit_id", flat=True))
    ours = [
        (visit, place.zone)
        for visit in visits
        for place in [where[visit.order.site.postcode]]
        if _within(region, place.region) or visit.pk in theirs
    ]
    shelves = (shelf_of(one, day) for one in depots_for(SYSTEM) if _within(region, one.region.code if one.region else ""))
    return World(day, starts, _workers(shifts), _jobs(ours, WorkTimes(durations_now(), tuple(sorted(crew)))), tuple(shelves))


def _within(region: str, other: str) -> bool:
    return region in (EVERYBODY, other)


def _jobs(visits: Sequence[tuple["Visit", str]], times: WorkTimes) -> tuple[Job, ...]:
    ids = [visit.pk for visit, _ in visits]
    held = _held(ids)
    wishes: dict[int, dict[str, set[int]]] = {}
    for wish in Wish.objects.filter(visit_id__in=ids):
        wishes.setdefault(wish.visit_id, {}).setdefault(wish.kind, set()).add(wish.technician_id)
    newest = Told.objects.filter(visit_id__in=ids).order_by("visit_id", "-at", "-pk").distinct("visit_id")
    told = {one.visit_id: (one.technician_id, one.told_from, one.told_to) for one in newest}
    jobs = (_job(visit, zone, held.get(visit.pk, {}), wishes.get(visit.pk, {}), told.get(visit.pk), times) for visit, zone in visits)
    return tuple(job for job in jobs if job.state != VisitState.CANCELLED or job.arrived_at)


def _held(visit_ids: Sequence[int]) -> dict[int, dict[int, Held]]:
    found: dict[int, dict[int, Held]] = {}
    rows = Assignment.objects.filter(released_at=None, visit_id__in=visit_ids)
    pinned = set(Pin.objects.filter(assignment__in=rows).values_list("assignment_id", "kind"))
    for pk, visit_id, seat, technician_id, during in rows.values_list("pk", "visit_id", "seat", "technician_id", "during"):
        keeps = ((pk, PinKind.TECHNICIAN) in pinned, (pk, PinKind.TIME) in pinned)
        found.setdefault(visit_id, {})[seat] = Held(technician_id, during.lower, during.upper, *keeps)
    return found


def _job(
    visit: "Visit",
    zone: str,
    held: Mapping[int, Held],
    wishes: Mapping[str, set[int]],
    told: tuple[int | None, datetime, datetime] | None,
    times: WorkTimes,
) -> Job:
    kind = visit.order.job_type
    minutes, minutes_by = times.of(kind.pk, site_kind(visit.order.site.street), visit.minutes, kind.minutes)
    windows = [(visit.window_from, visit.window_to), *((one.lower, one.upper) for one in visit.other_windows)]
    return Job(
        visit_id=visit.pk,
        place=point_of(visit.order.site.lat, visit.order.site.lon),
        windows=_apart(windows),
        minutes=minutes,
        seats=tuple(held.get(seat) for seat in range(1, max(kind.crew_size, *held, 1) + 1)),
        state=visit.state,
        set_out_at=visit.set_out_at,
        arrived_at=visit.arrived_at,
        ended_at=visit.ended_at if visit.state in ENDED else None,
        skills=visit.wanted_levels,
        tools=frozenset(kind.tools),
        parts=kit_of(visit.kit),
        zone=zone,
        worth=WORTH[Priority(visit.priority)],
        must=visit.must,
        only=frozenset(wishes.get(WishKind.ONLY, ())),
        never=frozenset(wishes.get(WishKind.NEVER, ())),
        preferred=frozenset(wishes.get(WishKind.PREFERRED, ())),
        told=told,
        after=visit.after_id,
        gap=visit.gap_minutes,
        minutes_by=minutes_by if kind.crew_size == 1 else {},
    )


def _apart(windows: Iterable[tuple[datetime, datetime]]) -> tuple[tuple[datetime, datetime], ...]:
    """Answer windows in order; those that touch become one."""
    joined: list[tuple[datetime, datetime]] = []
    for starts, ends in sorted(windows):
        if joined and starts <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((starts, ends))
    return tuple(joined)


def kit_of(kit: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Answer the parts of a kit with their counts."""
    found: dict[str, int] = {}
    for one in kit:
        found[str(one["part"])] = found.get(str(one["part"]), 0) + int(one.get("count", 1))
    return found


def workers_by_day(starts: datetime, ends: datetime) -> dict[date, tuple[Worker, ...]]:
    """Answer who works on the local days of a stretch of time, without what they can, carry and where they go."""
    begun = [one for one in shifts_between(SYSTEM, starts, ends) if starts <= one.starts_at < ends and one.technician.active]
    found: dict[date, list[Worker]] = {}
    for worker in _workers(begun):
        bare = replace(worker, skills={}, tools=NO_TOOLS, stock=None, zones=NO_ZONES)
        found.setdefault(day_at(worker.begins), []).append(bare)
    return {day: tuple(workers) for day, workers in found.items()}


def crew_fits() -> dict[int, Fit]:
    """Answer what every active technician can, where he goes and what his van carries."""
    people = list(technicians_for(SYSTEM))
    loads = van_loads_of(one.pk for one in people)
    return {
        one.pk: Fit(
            {level.skill.code: level.level for level in one.levels.all()},
            load.tools,
            frozenset(zone.code for zone in one.zones.all()),
            load.parts or None,
        )
        for one in people
        for load in [loads.get(one.pk, Load())]
    }


def _workers(shifts: "Sequence[Shift]") -> tuple[Worker, ...]:
    who = [shift.technician_id for shift in shifts]
    ends, loads, breaks = day_ends_of(who), van_loads_of(who), breaks_of(shifts)
    people = {one.pk: one for one in technicians_for(SYSTEM).filter(pk__in=who)}
    return tuple(
        Worker(
            shift_id=shift.pk,
            technician_id=shift.technician_id,
            begins=shift.starts_at,
            ends=shift.ends_at,
            start=_place(ends[shift.technician_id].start),
            end=_place(ends[shift.technician_id].end),
            overtime=_overtime(shift),
            breaks=tuple((one.earliest, one.latest, one.minutes) for one in breaks[shift.pk]),
            skills={one.skill.code: one.level for one in people[shift.technician_id].levels.all()},
            tools=load.tools,
            stock=load.parts or None,
            zones=frozenset(zone.code for zone in people[shift.technician_id].zones.all()),
        )
        for shift in shifts
        for load in [loads.get(shift.technician_id, Load())]
    )


def _place(degrees: tuple[float, float] | None) -> Point | None:
    return Point(*degrees) if degrees else None


def _overtime(shift: "Shift") -> int:
    team = shift.technician.team
    return (team.overtime_minutes if team else 0) if shift.overtime_minutes is None else shift.overtime_minutes


def local_hour(day: date, hour: time) -> datetime:
    """Answer an hour of a local day, in UTC."""
    return timezone.make_aware(datetime.combine(day, hour)).astimezone(UTC)


def shelf_of(depot: "Depot", day: date) -> Shelf:
    """Answer a depot as it is open that day."""
    starts, ends = local_day(day)
    if depot.opens_at != depot.closes_at:
        starts, ends = local_hour(day, depot.opens_at), local_hour(day, depot.closes_at)
    load = depot.load
    return Shelf(depot.pk, Point(depot.lat, depot.lon), starts, ends, depot.loading_minutes, load.tools, load.parts)


def point_of(lat: float | None, lon: float | None) -> Point | None:
    """Answer a place as the planner knows it; None where nobody knows it."""
    return None if lat is None or lon is None else Point(lat, lon)
