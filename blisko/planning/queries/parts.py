"""The parts of a day: one look before leaving, and what will soon be too few."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from blisko.access.rules import SYSTEM, Actor, require
from blisko.field.queries import (
    day_ends_of,
    depots_for,
    depots_with,
    regions_of,
    seen_technician,
    shifts_between,
    technicians_for,
    used_for,
    van_loads_of,
    vans_for,
)
from blisko.field.rules import Load
from blisko.planning.models import Assignment
from blisko.planning.queries.problems import day_at, kit_of, local_day, point_of, shelf_of
from blisko.planning.queries.roads import travel_between
from blisko.planning.rules.hours import drives_at
from blisko.planning.rules.parts import Missing, PartsCheck, calls_of, fetches_of, missing_of, near_shelves
from blisko.planning.rules.ways import Point
from blisko.planning.rules.wishes import LEAD
from blisko.planning.rules.world import Held, Job, Shelf
from blisko.visits.rules import ENDED, VisitState

if TYPE_CHECKING:
    from blisko.field.models import Depot, Van

TO_COME = (VisitState.BOOKED, VisitState.ON_THE_WAY, VisitState.ON_SITE)
AHEAD = 3  # days whose kits a stock without a minimum should hold


def parts_check(actor: Actor, technician_id: int, day: date, *, now: datetime) -> PartsCheck:
    """Answer what the rest of a technician's day wants, what his van lacks and where that can be had: his own, or who sees the field."""
    seen_technician(actor, technician_id)
    midnight, ends = local_day(day)
    jobs = _led_by(technician_id, midnight, ends)
    shift = shifts_between(SYSTEM, midnight, ends).filter(technician_id=technician_id, starts_at__gte=midnight).first()
    start = day_ends_of([technician_id])[technician_id].start
    used = used_for(job.visit_id for job in jobs)
    here, calls = calls_of(jobs, used, start=Point(*start) if start else None, begins=shift.starts_at if shift else now, now=now)
    load = van_loads_of([technician_id]).get(technician_id, Load())
    wanted: Counter[str] = Counter()
    for call in calls:
        wanted.update(call.parts)
    tools = frozenset(tool for call in calls for tool in call.tools)
    if not load.parts:
        return PartsCheck(False, tuple(calls), wanted, tools)
    missing = missing_of(load.parts, load.tools, calls)
    shelves = near_shelves(_shelves(technician_id, day, missing), missing, here, calls)
    if not shelves:
        return PartsCheck(True, tuple(calls), wanted, tools, tuple(missing))
    places = list(dict.fromkeys(place for place in (here, *(call.place for call in calls), *(shelf.place for shelf in shelves)) if place))
    travel = travel_between(places, places, at=drives_at(midnight, now))
    rows, seconds = {place: nr for nr, place in enumerate(places)}, travel.seconds.tolist()

    def way(start: Point | None, end: Point | None) -> int:
        return int(seconds[rows[start]][rows[end]]) if start and end else 0

    fetches = fetches_of(missing, shelves, here, calls, way)
    return PartsCheck(True, tuple(calls), wanted, tools, tuple(missing), tuple(fetches), travel.by_estimate)


def _led_by(technician_id: int, starts: datetime, ends: datetime) -> list[Job]:
    """Answer the visits a technician leads on a day, with no more of them than their parts and tools need."""
    rows = Assignment.objects.filter(
        released_at=None, seat=LEAD, technician_id=technician_id, during__startswith__gte=starts, during__startswith__lt=ends
    ).select_related("visit__order__job_type", "visit__order__site")
    return [
        Job(
            row.visit_id,
            point_of(row.visit.order.site.lat, row.visit.order.site.lon),
            (),
            row.visit.minutes,
            (Held(technician_id, row.during.lower, row.during.upper),),
            state=row.visit.state,
            arrived_at=row.visit.arrived_at,
            ended_at=row.visit.ended_at if row.visit.state in ENDED else None,
            tools=frozenset(row.visit.order.job_type.tools),
            parts=kit_of(row.visit.kit),
        )
        for row in rows
    ]


def _shelves(technician_id: int, day: date, missing: Sequence[Missing]) -> list[Shelf]:
    """Answer the depots a technician may go to that have any of what is missing, and no more of their stock than that."""
    region = regions_of([technician_id])[technician_id]
    parts, tools = [one.code for one in missing if not one.tool], [one.code for one in missing if one.tool]
    return [shelf_of(depot, day) for depot in depots_with(parts, tools, region)]


@dataclass(frozen=True)
class LowStock:
    """A part of which a van or a depot holds too few: fewer than the minimum, or, where nobody set one, than the next days want."""

    code: str
    count: int
    wanted: int
    by_minimum: bool
    van: "Van | None" = None
    depot: "Depot | None" = None
    driver: str = ""


def low_stock(actor: Actor, *, now: datetime) -> list[LowStock]:
    """Answer what vans and depots hold too few of; a van nobody counts and an endless depot lack nothing.

    What the next days want: of a van, the kits of the visits its driver leads; of a depot, what the vans that begin the day there lack.
    """
    require(actor, "field.see")
    wanted = _wanted_by_technician(now)
    drivers = {one.van_id: one for one in technicians_for(actor) if one.van_id}
    found, asked = [], dict[int, Counter[str]]()
    for van in vans_for(actor):
        driver, stock = drivers.get(van.pk), {row.part.code: row for row in van.stock.all()}
        wants = wanted.get(driver.pk, Counter[str]()) if driver and stock else Counter[str]()
        for low in _low({code: (row.count, row.minimum) for code, row in stock.items()}, wants):
            found.append(LowStock(*low, van=van, driver=driver.name if driver else ""))
            if driver and driver.start_depot_id:
                asked.setdefault(driver.start_depot_id, Counter())[low[0]] += low[2] - low[1]
    for depot in depots_for(actor):
        if not depot.endless:
            held = {row.part.code: (row.count, row.minimum) for row in depot.stock.all()}
            found += [LowStock(*low, depot=depot) for low in _low(held, asked.get(depot.pk, Counter()))]
    return found


def _low(stock: Mapping[str, tuple[int, int | None]], wants: Mapping[str, int]) -> list[tuple[str, int, int, bool]]:
    """Answer part, count, how many there should be, and whether a minimum says so, where there are fewer."""
    found = []
    for code in sorted(stock.keys() | wants.keys()):
        count, minimum = stock.get(code, (0, None))
        least = wants.get(code, 0) if minimum is None else minimum
        if count < least:
            found.append((code, count, least, minimum is not None))
    return found


def _wanted_by_technician(now: datetime) -> dict[int, Counter[str]]:
    """Answer which parts the visits that technicians lead from today on want, as far as they are not used yet."""
    today = day_at(now)
    starts, ends = local_day(today)[0], local_day(today + timedelta(days=AHEAD - 1))[1]
    rows = Assignment.objects.filter(released_at=None, seat=LEAD, during__startswith__gte=starts, during__startswith__lt=ends)
    columns = ("technician_id", "visit_id", "visit__order__job_type__kit", "visit__more_parts")
    coming = list(rows.filter(visit__state__in=TO_COME).values_list(*columns))
    used = used_for(visit_id for _, visit_id, *_ in coming)
    found: dict[int, Counter[str]] = {}
    for technician_id, visit_id, kit, more in coming:
        left = Counter(kit_of([*kit, *more])) - Counter(used.get(visit_id, {}))
        found.setdefault(technician_id, Counter()).update(left)
    return found
