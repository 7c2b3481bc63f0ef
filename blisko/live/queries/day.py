"""The day as the dispatcher and the technician see it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from blisko.access.rules import Actor, require
from blisko.accounts.queries import names_of
from blisko.customers.queries import addresses_of
from blisko.field.queries import shifts_between, technicians_for
from blisko.kit.steps import steps_of
from blisko.live.ports import Dial
from blisko.live.queries.calls import dial
from blisko.live.queries.link import link_key_of
from blisko.live.queries.positions import Position, positions_of
from blisko.live.queries.private import on_break
from blisko.live.rules.fixes import FRESH
from blisko.messaging.queries import MessageState, deliveries_by_subject
from blisko.planning.queries import assignment_of, assignments_of, taken_from
from blisko.visits.queries import own_visits, photos_of, visit_by_id, visit_for, visits_between
from blisko.visits.rules import VisitState, open_steps

if TYPE_CHECKING:
    from blisko.access.models import Key
    from blisko.field.models import Technician
    from blisko.kit.models import Step
    from blisko.planning.models import Assignment
    from blisko.visits.models import Note, Photo, Visit


@dataclass(frozen=True)
class Row:
    """One visit of the day with who does it, its messages and the steps open to the reader."""

    visit: "Visit"
    assignment: "Assignment | None"
    messages: list[MessageState]
    steps: list[str]

    @property
    def late(self) -> bool:
        return bool(self.visit.arrived_at and self.visit.arrived_at > self.visit.window_to)


@dataclass(frozen=True)
class Present:
    """A technician who works today and where he was last seen."""

    technician: "Technician"
    position: Position | None
    fresh: bool
    break_until: datetime | None = None

    @property
    def topic(self) -> str:
        """Under what an open page hears of him."""
        return f"technician:{self.technician.pk}"


@dataclass(frozen=True)
class Card:
    """All about one visit: who does it, what was written, whom to ring, what may be done next, who did what, and the
    customer's link where the actor may end it.
    """

    visit: "Visit"
    assignment: "Assignment | None"
    notes: "list[Note]"
    photos: "list[Photo]"
    phones: list[str]
    steps: list[str]
    taken: "list[Step]"
    names: dict[str, str]
    link: "Key | None"

    @property
    def ring(self) -> Dial | None:
        """What one tap rings to reach the customer."""
        return dial(visit_id=self.visit.pk, number=self.phones[0], by_customer=False) if self.phones else None


def card_of(actor: Actor, visit_id: int, *, now: datetime) -> Card:
    """Answer one visit with everything around it, to whoever may see it."""
    visit = visit_for(actor, visit_id, now=now)
    taken = list(steps_of(visit))
    return Card(
        visit,
        assignment_of(visit_id),
        list(visit.notes.order_by("at")),
        photos_of(visit_id),
        addresses_of(visit.order.customer, "phone"),
        open_steps(actor, VisitState(visit.state)),
        taken,
        names_of(step.by for step in taken),
        link_key_of(visit_id, now=now) if actor.may("visits.book") else None,
    )


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Answer the start and the end of a local day."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    return start, timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def day_of(actor: Actor, day: date, *, now: datetime) -> list[Row]:
    """Answer every visit of a local day, in order of windows."""
    require(actor, "live.see_day")
    visits = list(visits_between(actor, *day_bounds(day)))
    return _rows(actor, visits, messages=actor.may("messaging.see_deliveries"))


def own_day(actor: Actor, day: date, *, now: datetime) -> list[Row]:
    """Answer the technician's own visits of a local day, in planned order."""
    require(actor, "live.own_day")
    rows = _rows(actor, list(own_visits(actor, *day_bounds(day), now=now)), messages=False)
    return sorted(rows, key=lambda row: (row.assignment.during.lower if row.assignment else row.visit.window_from, row.visit.pk))


def present_technicians(actor: Actor, day: date, *, now: datetime) -> list[Present]:
    """Answer who works on a day, with positions where the actor may see them."""
    require(actor, "live.see_day")
    working = {shift.technician_id for shift in shifts_between(actor, *day_bounds(day))}
    pausing = on_break(actor, now=now)
    seen = {one.technician_id: one for one in positions_of(actor, now=now)} if actor.may("live.see_positions") else {}
    return [
        Present(one, seen.get(one.pk), one.pk in seen and now - seen[one.pk].fix.fix_time < FRESH, pausing.get(one.pk))
        for one in technicians_for(actor)
        if one.pk in working
    ]


def _rows(actor: Actor, visits: "list[Visit]", *, messages: bool) -> list[Row]:
    plan = assignments_of(visit.pk for visit in visits)
    sent = deliveries_by_subject(actor, [f"visit:{visit.pk}" for visit in visits]) if messages else {}
    return [
        Row(visit, plan.get(visit.pk), sent.get(f"visit:{visit.pk}", []), open_steps(actor, VisitState(visit.state))) for visit in visits
    ]


@dataclass(frozen=True)
class Gone:
    """A visit that was a technician's and no longer is: its number and window, where it was to be, and what became of it; no customer."""

    visit_id: int
    number: str
    street: str
    window: tuple[datetime, datetime]
    state: str
    reason: str
    at: datetime


def gone_from(actor: Actor, technician_id: int, *, now: datetime) -> list[Gone]:
    """Answer the visits that were taken from a technician today and were still to come: cancelled, moved, or given to somebody else."""
    require(actor, "live.own_day")
    starts, ends = day_bounds(timezone.localtime(now).date())
    rows = [row for row in taken_from(technician_id, starts) if starts <= row.during.lower < ends]
    found = []
    for row in rows:
        visit = visit_by_id(row.visit_id)
        cancelled = visit.state == VisitState.CANCELLED
        reason = visit.end_reason if cancelled else "moved" if not starts <= visit.window_from < ends else "handed_over"
        window = (row.during.lower, row.during.upper)
        found.append(Gone(visit.pk, visit.number, visit.order.site.street, window, visit.state, reason, row.released_at or now))
    return found
