"""The rest of a day, played: how likely each promise breaks, and the narrowest window that would hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from blisko.access.rules import Actor, require
from blisko.field.queries import breaks_of, day_ends_of, shifts_between
from blisko.planning.models import Assignment
from blisko.planning.queries.assignments import assignment_of, plan_between
from blisko.planning.queries.durations import durations_now, forecast_record, traffic_now
from blisko.planning.queries.problems import day_at, local_day
from blisko.planning.queries.roads import travel_between, way
from blisko.planning.rules.breaks import breaks_left, idle_times
from blisko.planning.rules.durations import Durations, site_kind
from blisko.planning.rules.problem import Break
from blisko.planning.rules.risk import Ahead, Doing, Outlook, RouteAhead, StopAhead, look_ahead
from blisko.planning.rules.traffic import Drive, today
from blisko.planning.rules.ways import Point
from blisko.planning.rules.windows import TAILS, Promise, Record, narrowest_window
from blisko.visits.rules import ENDED, VisitState

if TYPE_CHECKING:
    from blisko.field.models import Shift
    from blisko.field.rules import FloatingBreak
    from blisko.visits.models import Visit

UNKNOWN_LEG = 20 * 60.0  # seconds, from or to a place nobody knows
DOING = {VisitState.ON_THE_WAY: Doing.DRIVING, VisitState.ON_SITE: Doing.ON_SITE}


@dataclass(frozen=True)
class DayAhead:
    """The futures of a day: `ahead` counts seconds from `midnight`; its keys are visit ids in words. `technicians`: by visit id."""

    midnight: datetime
    now: datetime
    ahead: Ahead
    technicians: Mapping[int, int]

    def moment(self, seconds: float) -> datetime:
        """Answer the moment so many seconds after midnight."""
        return self.midnight + timedelta(seconds=round(seconds))

    def forecast_of(self, visit_id: int) -> tuple[datetime, datetime, datetime]:
        """Answer the range that should hold a visit's start nine times in ten, with its middle between."""
        starts = self.ahead.starts[str(visit_id)]
        low, middle, high = (self.now + timedelta(seconds=float(starts[int(s * len(starts))])) for s in (TAILS[0], 0.5, TAILS[1]))
        return low, middle, high

    def outlook_of(self, visit_id: int) -> Outlook | None:
        """Answer the outlook of a visit nobody has reached yet."""
        return next((one for one in self.ahead.outlooks if one.key == str(visit_id)), None)


@dataclass(frozen=True)
class NarrowWindow:
    """The narrowest window that holds, as moments, with the evidence: the visits behind its job type and how recent forecasts did."""

    starts_at: datetime
    ends_at: datetime
    promise: Promise
    visits: int
    record: Record


def day_ahead(actor: Actor, day: date, *, now: datetime, technician_ids: Iterable[int] | None = None) -> DayAhead:
    """Play the rest of a day for everybody, or for some technicians; what is asked of one does not depend on the others."""
    midnight, end = local_day(day)
    rows = plan_between(actor, midnight, end).select_related("visit__order__site")
    if technician_ids is not None:
        rows = rows.filter(technician_id__in=list(technician_ids))
    plans: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows:
        plans[row.technician_id].append(row)
    shifts: dict[int, Shift] = {}
    for shift in shifts_between(actor, midnight, end):
        shifts.setdefault(shift.technician_id, shift)
    starts = {key: ends.start for key, ends in day_ends_of(plans).items()}
    reader = _Reader(midnight, now, durations_now(), starts, breaks_of(shifts.values()))
    drives = [drive for technician_id, plan in plans.items() for drive in reader.driven(technician_id, plan)]
    traffic = traffic_now()
    seen, unseen = today(traffic, drives)
    routes = [reader.route(key, plan, shifts.get(key), seen.get(str(key), unseen)) for key, plan in plans.items()]
    ahead = look_ahead(routes, now=reader.seconds(now), work_shape=reader.durations.shape, traffic=traffic)
    return DayAhead(midnight, now, ahead, {row.visit_id: row.technician_id for plan in plans.values() for row in plan})


def narrow_window(actor: Actor, visit_id: int, *, now: datetime, holds: float = 0.9) -> NarrowWindow | None:
    """Answer the narrowest window inside the promised one that holds with probability `holds`; None for who is not planned or on site."""
    require(actor, "planning.assign")
    row = assignment_of(visit_id)
    if row is None:
        return None
    day = day_at(row.during.lower)
    found = day_ahead(actor, day, now=now, technician_ids=[row.technician_id])
    if found.outlook_of(visit_id) is None:
        return None
    since = (now - found.midnight).total_seconds()
    within = tuple((moment - found.midnight).total_seconds() for moment in (row.visit.window_from, row.visit.window_to))
    record = forecast_record(actor, now=now)
    starts = found.ahead.starts[str(visit_id)].astype(float) + since
    promise = narrowest_window(starts, holds=holds, within=(within[0], within[1]), stretch=record.stretch)
    visit = row.visit
    known = durations_now().of(visit.order.job_type_id, row.technician_id, site_kind(visit.order.site.street), visit.minutes)
    return NarrowWindow(found.moment(promise.starts), found.moment(promise.ends), promise, known.visits, record)


class _Reader:
    """Reads rows of a day as seconds since its midnight."""

    def __init__(
        self,
        midnight: datetime,
        now: datetime,
        durations: Durations,
        homes: "Mapping[int, tuple[float, float] | None]",
        breaks: "Mapping[int, Sequence[FloatingBreak]]",
    ) -> None:
        self.midnight, self.now, self.durations = midnight, now, durations
        self.homes, self.breaks = homes, breaks

    def seconds(self, moment: datetime) -> float:
        return (moment - self.midnight).total_seconds()

    def driven(self, technician_id: int, plan: Sequence[Assignment]) -> list[Drive]:
        """Answer the legs driven today that began and ended at a visit."""
        reached = sorted((row.visit for row in plan if row.visit.arrived_at), key=lambda visit: _sure(visit.arrived_at))
        drives = []
        for before, after in pairwise(reached):
            start, end = _place(before), _place(after)
            if start and end and before.ended_at and after.set_out_at and before.ended_at <= after.set_out_at:
                promised = way(start, end, at=after.set_out_at).seconds
                took = (_sure(after.arrived_at) - after.set_out_at).total_seconds()
                drives.append(Drive("today", str(technician_id), promised, took))
        return drives

    def route(self, technician_id: int, plan: Sequence[Assignment], shift: "Shift | None", traffic: tuple[float, float]) -> RouteAhead:
        """Answer what is left of one technician's day."""
        over = sorted((row for row in plan if row.visit.state in ENDED and row.visit.ended_at), key=lambda row: _sure(row.visit.ended_at))
        left = sorted((row for row in plan if row.visit.state not in ENDED), key=_order)
        now = self.seconds(self.now)
        gaps, since = idle_times([row.visit for row in over], left[0].visit if left else None)
        idle = [(self.seconds(one), self.seconds(until)) for one, until in gaps]
        breaks, busy = breaks_left(self._breaks(shift), idle, self.seconds(since) if since else None, now)
        free = max(busy, self.seconds(shift.starts_at) if shift else now)
        home = self.homes.get(technician_id)
        place = _place(over[-1].visit) if over else Point(*home) if home else None
        legs = self._legs([place, *(_place(row.visit) for row in left)])
        stops = [self._stop(row, leg) for row, leg in zip(left, legs, strict=True)]
        return RouteAhead(str(technician_id), free, tuple(stops), self._behind(left, stops, free), breaks, traffic)

    def _legs(self, places: Sequence[Point | None]) -> list[float]:
        """Answer the seconds of each leg; asked all at once, because the roads remember such tables."""
        known = list(dict.fromkeys(place for place in places if place))
        travel, at = travel_between(known, known, at=self.now), {place: row for row, place in enumerate(known)}
        return [float(travel.seconds[at[a], at[b]]) if a and b else UNKNOWN_LEG for a, b in pairwise(places)]

    def _stop(self, row: Assignment, leg: float) -> StopAhead:
        visit = row.visit
        known = self.durations.of(visit.order.job_type_id, row.technician_id, site_kind(visit.order.site.street), visit.minutes)
        doing = DOING.get(VisitState(visit.state), Doing.AHEAD)
        began = {Doing.DRIVING: visit.set_out_at, Doing.ON_SITE: visit.arrived_at}.get(doing)
        return StopAhead(
            str(visit.pk),
            self.seconds(visit.window_from),
            self.seconds(visit.window_to),
            leg,
            60 * known.median,
            known.spread,
            work_planned=60.0 * visit.minutes,
            doing=doing if began else Doing.AHEAD,
            since=self.seconds(began) if began else 0.0,
        )

    def _behind(self, left: Sequence[Assignment], stops: Sequence[StopAhead], free: float) -> float:
        """Answer by how many seconds the first stop that is left is later than planned."""
        if not left:
            return 0.0
        planned, first = self.seconds(left[0].during.lower), stops[0]
        if first.doing == Doing.ON_SITE:
            return max(0.0, first.since - planned)
        return max(0.0, (first.since if first.doing == Doing.DRIVING else free) + first.leg - planned)

    def _breaks(self, shift: "Shift | None") -> list[Break]:
        if shift is None:
            return []
        breaks = self.breaks[shift.pk]
        return [Break(int(self.seconds(one.earliest)), int(self.seconds(one.latest)), 60 * one.minutes) for one in breaks]


def _order(row: Assignment) -> tuple[bool, bool, datetime]:
    """What is in hand comes first, then as planned."""
    return row.visit.state != VisitState.ON_SITE, row.visit.state != VisitState.ON_THE_WAY, row.during.lower


def _sure(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment


def _place(visit: "Visit") -> Point | None:
    site = visit.order.site
    return Point(site.lat, site.lon) if site.lat is not None and site.lon is not None else None
