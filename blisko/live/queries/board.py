"""The plan of a day as the dispatcher sees it: a lane per technician, and what nobody goes to yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from blisko.access.rules import Actor, require
from blisko.field.queries import shifts_between, technicians_for
from blisko.kit.fields import said
from blisko.live.queries.day import day_bounds
from blisko.live.rules.board import ENDED_STATES, Filters, Looks, fits, is_risky, may_be_late
from blisko.planning.queries import AlertCard, assignments_of, dangers_of, plan_versions, route_stops, takers_of, way
from blisko.planning.rules.runs import Why
from blisko.planning.rules.ways import Point
from blisko.visits.queries import visits_between
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.field.models import Shift, Technician
    from blisko.planning.models import Assignment, RouteStop
    from blisko.visits.models import Visit


@dataclass(frozen=True)
class Bar:
    """One visit on the plan: `planned` when, `drive` minutes to it from the one before, whether the filters ask for it.

    `danger`: how likely it is late, and why, where the rest of the day as it is played says so.
    """

    visit: "Visit"
    assignment: "Assignment | None"
    risky: bool
    fits: bool
    drive: float | None = None
    pins: frozenset[str] = frozenset()
    danger: AlertCard | None = None

    @property
    def planned(self) -> tuple[datetime, datetime] | None:
        return (self.assignment.during.lower, self.assignment.during.upper) if self.assignment else None

    @property
    def movable(self) -> bool:
        return self.visit.state == VisitState.BOOKED


@dataclass(frozen=True)
class Lane:
    """One technician's day."""

    technician: "Technician"
    shifts: "list[Shift]"
    bars: list[Bar]
    stops: "list[RouteStop]" = field(default_factory=list)

    @property
    def worked(self) -> timedelta:
        """How long he is with customers."""
        return sum((bar.planned[1] - bar.planned[0] for bar in self.bars if bar.planned), timedelta())

    @property
    def driven(self) -> float:
        """Minutes between his visits."""
        return sum(bar.drive or 0.0 for bar in self.bars)


@dataclass(frozen=True)
class Board:
    """A day's plan under filters; `zero` is its local midnight."""

    day: date
    zero: datetime
    lanes: list[Lane]
    waiting: list[Bar]
    starts: datetime
    ends: datetime
    teams: list[tuple[str, str]] = field(default_factory=list)

    @property
    def bars(self) -> list[Bar]:
        return [bar for lane in self.lanes for bar in lane.bars] + self.waiting


def board_of(actor: Actor, day: date, asked: Filters, *, now: datetime) -> Board:
    """Answer the plan of a local day: the lanes of the team or technician asked for, and of what nobody goes to whatever they could do."""
    require(actor, "live.see_day")
    starts, ends = day_bounds(day)
    visits = [v for v in visits_between(actor, starts, ends) if v.state != VisitState.CANCELLED]
    plan = assignments_of(visit.pk for visit in visits)
    prefetch_related_objects(list(plan.values()), "pins")
    by_technician: dict[int, list[tuple[Visit, Assignment]]] = {}
    for visit in visits:
        if visit.pk in plan:
            by_technician.setdefault(plan[visit.pk].technician_id, []).append((visit, plan[visit.pk]))
    shifts: dict[int, list[Shift]] = {}
    for shift in shifts_between(actor, starts, ends):
        shifts.setdefault(shift.technician_id, []).append(shift)
    stops: dict[int, list[RouteStop]] = {}
    for stop in route_stops(actor, day) if actor.may("planning.assign") else ():
        stops.setdefault(stop.technician_id, []).append(stop)
    everybody = list(technicians_for(actor))
    theirs = [one for one in everybody if _asked_for(one, asked)]
    look = _Look(asked, now, dangers_of(actor, day) if actor.may("planning.assign") else {})
    lanes = [
        Lane(one, shifts.get(one.pk, []), look.bars(by_technician.get(one.pk, [])), stops.get(one.pk, []))
        for one in theirs
        if one.pk in shifts or one.pk in by_technician
    ]
    nobodys = [visit for visit in visits if visit.pk not in plan and visit.state not in ENDED_STATES]
    waiting = [look.bar(visit, None) for visit in (nobodys if theirs == everybody else _for_them(nobodys, theirs))]
    teams = sorted({(one.team.code, one.team.name) for one in everybody if one.team}, key=lambda team: team[1])
    return Board(day, starts, lanes, [bar for bar in waiting if bar.fits], *_span(lanes, waiting, (starts, ends)), teams)


def _asked_for(one: "Technician", asked: Filters) -> bool:
    return (not asked.technician or asked.technician == one.pk) and (
        not asked.team or (one.team is not None and one.team.code == asked.team)
    )


def _for_them(visits: "list[Visit]", technicians: "list[Technician]") -> "list[Visit]":
    """Answer the visits somebody of these could be sent to."""
    takers = takers_of(visits, technicians)
    return [visit for visit in visits if takers[visit.pk]]


@dataclass(frozen=True)
class _Look:
    """How the visits of a day are looked at: what is asked for, when, and which promises are in danger as the day is played."""

    asked: Filters
    now: datetime
    dangers: Mapping[int, AlertCard]

    def bar(self, visit: "Visit", assignment: "Assignment | None", drive: float | None = None) -> Bar:
        order, start = visit.order, assignment.during.lower if assignment else None
        danger = self.dangers.get(visit.pk) if may_be_late(visit.state) else None
        risky = danger is not None or is_risky(visit.state, (visit.window_from, visit.window_to), start, self.now)
        words = " ".join((order.customer.name, order.site.street, order.site.city, visit.number, order.number, said(order.job_type.names)))
        looks = Looks(visit.state, order.job_type.code, risky, assignment is not None, words)
        pins = frozenset(pin.kind for pin in assignment.pins.all()) if assignment else frozenset()
        return Bar(visit, assignment, risky, fits(self.asked, looks), drive, pins, danger)

    def bars(self, pairs: "list[tuple[Visit, Assignment]]") -> list[Bar]:
        bars: list[Bar] = []
        last: Point | None = None
        for visit, assignment in sorted(pairs, key=lambda pair: (pair[1].during.lower, pair[0].pk)):
            place = place_of(visit)
            drive = way(last, place, at=assignment.during.lower).seconds / 60 if last and place else None
            bars.append(self.bar(visit, assignment, drive))
            last = place or last
        return bars


def place_of(visit: "Visit") -> Point | None:
    """Answer where a visit takes place; None while nobody knows."""
    site = visit.order.site
    return Point(site.lat, site.lon) if site.lat is not None and site.lon is not None else None


def _span(lanes: list[Lane], waiting: list[Bar], day: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """Answer the hours worth showing: all that happens, at least eight hours, in whole hours of the day."""
    moments = [moment for lane in lanes for shift in lane.shifts for moment in (shift.starts_at, shift.ends_at)]
    moments += [moment for lane in lanes for bar in lane.bars if bar.planned for moment in bar.planned]
    moments += [moment for bar in waiting for moment in (bar.visit.window_from, bar.visit.window_to)]
    inside = [min(max(moment, day[0]), day[1]) for moment in moments] or [day[0] + timedelta(hours=7), day[0] + timedelta(hours=19)]
    hour = timedelta(hours=1)
    first = day[0] + (min(inside) - day[0]) // hour * hour
    last = day[0] - (day[0] - max(inside)) // hour * hour
    return first, max(last, min(first + 8 * hour, day[1]))


def can_undo(actor: Actor, day: date) -> bool:
    """Tell whether the actor has changed the plan of a day and not taken it back yet."""
    if not actor.may("planning.assign"):
        return False
    return plan_versions(actor, day).filter(made_by=actor.id, undone_by=None).exclude(why=Why.UNDONE).exists()
