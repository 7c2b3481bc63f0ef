"""What could be offered: labels of the coming days stand ready in this process and are made anew for the days that changed."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Count, Max, Sum
from django.db.models.functions import Extract, TruncDate
from django.utils import timezone

from blisko.access.rules import SYSTEM, Actor, require
from blisko.customers.queries import site_by_id
from blisko.field.queries import places_of, shifts_between, shifts_mark
from blisko.planning.queries.problems import EVERYBODY, day_at, kit_of, local_day, local_hour, point_of, weights_now, world_of
from blisko.planning.queries.roads import roads, travel_between
from blisko.planning.queries.versions import revisions_of
from blisko.planning.queries.wishes import wishes_of
from blisko.planning.rules.lines import Seat
from blisko.planning.rules.problem import Matrix
from blisko.planning.rules.slots import Gaps, Needs, Offer, estimated_ways, gaps_of, offers_in, suited, tables_of, ways_for
from blisko.planning.rules.ways import Point
from blisko.planning.rules.whatif import Board, board_of
from blisko.planning.rules.wishes import WishKind
from blisko.planning.rules.world import World, problem_of, seconds_of, technician_of, travel_places, visit_key
from blisko.visits.queries import job_type_by_code, visit_for

if TYPE_CHECKING:
    from blisko.customers.models import Site
    from blisko.visits.models import JobType

BAND_HOURS = range(8, 20, 2)
BAND = 2  # hours
NEARBY = timedelta(minutes=10)
FRESH_TODAY = timedelta(minutes=1)
MOST_DAYS = 31
SPANS = 100  # of days asked for, whose shifts are kept counted


@dataclass(frozen=True)
class Slot:
    """A window that could be promised. `detour`: what it costs in driving; `nearby`: somebody is close by then anyway."""

    starts: datetime
    ends: datetime
    detour: timedelta
    nearby: bool
    technician_id: int


@dataclass(frozen=True)
class _Standing:
    """The labels of one day, and what they were made from."""

    made_of: object
    at: datetime
    board: Board
    gaps: Gaps
    bands: Sequence[tuple[datetime, datetime]]


_standing: dict[date, _Standing] = {}
_counted: dict[tuple[date, date], tuple[object, Mapping[date, object]]] = {}
_building = threading.Lock()


def offer_slots(actor: Actor, visit_id: int, days: Iterable[date], *, now: datetime) -> list[Slot]:
    """Answer the windows to which a visit could be moved, to whoever may see it (its customer's link, too), the best first.

    Nobody else would be told anything new. A job for two is not offered: who may send two must be asked.
    """
    visit = visit_for(actor, visit_id, now=now)
    wishes = wishes_of(visit_id)
    only, never = (frozenset(who for who, kind in wishes.items() if kind == wished) for wished in (WishKind.ONLY, WishKind.NEVER))
    return _offered(visit.order.job_type, visit.order.site, visit.minutes, days, now=now, only=only, never=never, without=(visit_id, 1))


def offer_new_slots(actor: Actor, site_id: int, job_type: str, days: Iterable[date], *, now: datetime) -> list[Slot]:
    """Answer the windows that could be promised for a new visit at a site, to whoever books visits, the best first."""
    require(actor, "visits.book")
    kind = job_type_by_code(job_type)
    return _offered(kind, site_by_id(site_id), kind.minutes, days, now=now)


def _offered(
    kind: "JobType",
    site: "Site",
    minutes: int,
    days: Iterable[date],
    *,
    now: datetime,
    only: frozenset[int] = frozenset(),
    never: frozenset[int] = frozenset(),
    without: Seat | None = None,
) -> list[Slot]:
    if kind.crew_size > 1:
        return []
    zone, place = places_of([site.postcode])[site.postcode].zone, point_of(site.lat, site.lon)
    needs = Needs(place, minutes * 60, kind.wanted_levels, frozenset(kind.tools), kit_of(kind.kit), zone, only, never)
    wanted = sorted(day for day in set(days) if day >= day_at(now))[:MOST_DAYS]
    found: list[Slot] = []
    for standing in standing_days(wanted, now=now):
        gaps = standing.gaps
        if without is not None and visit_key(*without) in standing.board.starts:
            gaps = gaps_of(standing.board, without=without)
        found += _offered_on(standing, gaps, needs, now)
    return sorted(found, key=lambda one: (one.detour, one.starts))


def _offered_on(standing: _Standing, gaps: Gaps, needs: Needs, now: datetime) -> list[Slot]:
    bands, midnight = [band for band in standing.bands if band[1] > now], standing.board.world.midnight
    spans = [(seconds_of(max(starts, now), midnight), seconds_of(ends, midnight)) for starts, ends in bands]
    offers = offers_in(gaps, needs.seconds, suited(gaps, needs), *ways_for(gaps, *estimated_ways(gaps, needs.place)), spans)
    if needs.place and not roads().seen().estimated:
        offers = _looked_at_again(gaps, needs, offers, spans, now)
    found = []
    for offer in offers:
        detour = timedelta(seconds=max(0, offer.detour))
        found.append(Slot(*bands[offer.band], detour, detour <= NEARBY, technician_of(gaps.gaps[offer.gap].shift.key)))
    return found


def bands_of(day: date) -> list[tuple[datetime, datetime]]:
    """Answer the windows in which a local day is offered."""
    return [(local_hour(day, time(hour)), local_hour(day, time(hour + BAND))) for hour in BAND_HOURS]


def _looked_at_again(gaps: Gaps, needs: Needs, offers: Sequence[Offer], spans: Sequence[tuple[int, int]], now: datetime) -> list[Offer]:
    """Answer the offers that hold with the ways the roads know, which are asked for these few gaps alone."""
    rows = [offer.gap for offer in offers]
    if not rows or needs.place is None:
        return []
    few = tables_of([gaps.gaps[row] for row in rows])
    place = needs.place
    to = travel_between([gap.before.point or place for gap in few.gaps], [place], at=now).seconds[:, 0]
    back = travel_between([place], [gap.behind.point or place for gap in few.gaps], at=now).seconds[0]
    again = offers_in(few, needs.seconds, suited(few, needs), *ways_for(few, to, back), [spans[offer.band] for offer in offers])
    held = {offer.band: offer for offer in again}
    return [Offer(offers[band].band, one.detour, rows[one.gap]) for band, one in held.items()]


def standing_days(days: Sequence[date], *, now: datetime) -> list[_Standing]:
    """Answer the labels of several days, made anew where the plan or the shifts have changed, and today once a minute."""
    if not days:
        return []
    revisions, shifts, today = revisions_of(list(days)), _shifts(days), day_at(now)
    found = []
    for day in days:
        made_of = (revisions[day], shifts.get(day))
        standing = _standing.get(day)
        if standing is None or standing.made_of != made_of or (day == today and not timedelta(0) <= now - standing.at <= FRESH_TODAY):
            with _building:
                standing = _standing[day] = _stand(day, made_of, now)
        found.append(standing)
    for old in [day for day in _standing if day < today]:
        _standing.pop(old, None)
    return found


def forget_standing() -> None:
    """Empty this process's memory of labels."""
    _standing.clear()
    _counted.clear()


def _shifts(days: Sequence[date]) -> Mapping[date, object]:
    """Answer for each day a few figures that change with any of its shifts; counted only when some shift has changed at all."""
    starts, ends = local_day(days[0])[0], local_day(days[-1])[1]
    mark, known = shifts_mark(starts, ends), _counted.get((days[0], days[-1]))
    if known is None or known[0] != mark:
        known = mark, _count_shifts(starts, ends)
        if len(_counted) >= SPANS:
            _counted.clear()
        _counted[days[0], days[-1]] = known
    return known[1]


def _count_shifts(starts: datetime, ends: datetime) -> Mapping[date, object]:
    rows = shifts_between(SYSTEM, starts, ends).order_by()
    told = rows.annotate(day=TruncDate("starts_at", tzinfo=timezone.get_default_timezone())).values("day")
    sums = told.annotate(many=Count("pk"), last=Max("pk"), a=Sum(Extract("starts_at", "epoch")), b=Sum(Extract("ends_at", "epoch")))
    return {row["day"]: tuple(row.values()) for row in sums}


def _stand(day: date, made_of: object, now: datetime) -> _Standing:
    world = world_of(day, EVERYBODY)
    problem = problem_of(world, _own_ways(world, now), weights=weights_now(), now=now)
    board = board_of(world, problem)
    return _Standing(made_of, now, board, gaps_of(board), bands_of(day))


def _own_ways(world: World, now: datetime) -> Matrix:
    """Answer the ways between the places of each technician's own day: no others are asked for."""
    rows = {place: row for row, place in enumerate(travel_places(world))}
    travel = np.zeros((len(rows), len(rows)), np.int64)
    own: dict[int, set[Point]] = {}
    for worker in world.workers:
        own.setdefault(worker.technician_id, set()).update(place for place in (worker.start, worker.end) if place)
    for job in world.jobs:
        for held in job.seats:
            if held and job.place:
                own.setdefault(held.technician_id, set()).add(job.place)
    for places in own.values():
        few = sorted(places)
        picked = [rows[place] for place in few]
        travel[np.ix_(picked, picked)] = travel_between(few, few, at=now).seconds
    return travel
