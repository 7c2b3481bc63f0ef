"""What the customer's link knows of its visit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from blisko.access.queries import actor_by_token, open_keys, opened_ids
from blisko.access.rules import SYSTEM, Actor, KeyKind
from blisko.field.rules import first_name
from blisko.live.queries.positions import last_fix, shown_fix
from blisko.live.rules.eta import Eta, eta_of, kilometres
from blisko.live.rules.fixes import FRESH, SHOWN_FOR
from blisko.live.rules.records import Fix
from blisko.live.rules.stages import Stage, stage_of, view_of
from blisko.planning.queries import assignment_of, plan_between, way
from blisko.planning.rules.ways import Leg, Point
from blisko.visits.queries import visit_by_id, visit_for
from blisko.visits.rules import ENDED, VisitState

if TYPE_CHECKING:
    from blisko.access.models import Key
    from blisko.planning.models import Assignment
    from blisko.visits.models import Visit

PLAN_REACHES_BACK = timedelta(hours=14)
NOTES_SHOWN = 10


class Opened(NamedTuple):
    """A link that was opened: as whom, to which visit, at which stage."""

    actor: Actor
    visit: "Visit"
    stage: Stage


def opened_by_link(token: str, *, now: datetime) -> Opened:
    """Answer what a link's token opens; refuse `UnknownKey` (404) or `EndedKey` (410)."""
    actor = actor_by_token(token, kind=KeyKind.LINK, now=now)
    [visit_id] = opened_ids(actor, "visit", now=now)
    visit = visit_for(actor, visit_id, now=now)
    return Opened(actor, visit, stage_now(visit, now=now))


def stage_now(visit: "Visit", *, now: datetime) -> Stage:
    """Answer the stage a visit's link shows at `now`."""
    window = (visit.window_from, visit.window_to)
    return stage_of(VisitState(visit.state), window, now, timezone.get_default_timezone(), answered=hasattr(visit, "confirmation"))


def link_key_of(visit_id: int, *, now: datetime) -> "Key | None":
    """Answer the open link key of a visit, for the house's own use; the newest where there are several."""
    return open_keys(now).filter(kind=KeyKind.LINK, opens=f"visit:{visit_id}").order_by("-pk").first()


def seen_by_link(token: str, *, now: datetime) -> tuple[Opened, dict[str, Any]]:
    """Answer what a link opens, and the only facts of it that may be seen at its stage."""
    opened = opened_by_link(token, now=now)
    return opened, view_of(_facts(opened.visit, now), opened.stage)


def _facts(visit: "Visit", now: datetime) -> dict[str, Any]:
    assignment = assignment_of(visit.pk)
    facts: dict[str, Any] = {
        "number": visit.number,
        "job": visit.order.job_type.names,
        "window": (visit.window_from, visit.window_to),
        "hotline": settings.BLISKO_HOTLINE,
        "address": visit.order.site.address,
        "arrived_at": visit.arrived_at,
        "ended_at": visit.ended_at,
        "cancel_reason": visit.end_reason,
        "note_form": True,
        "notes": list(reversed(visit.notes.filter(by_customer=True).order_by("-at", "-pk")[:NOTES_SHOWN])),
    }
    return {**facts, **_technician_facts(assignment), **_drive_facts(visit, assignment, now), **_outcome_facts(visit)}


def _technician_facts(assignment: "Assignment | None") -> dict[str, Any]:
    if assignment is None:
        return {}
    technician = assignment.technician
    return {
        "technician_name": first_name(technician.name),
        "technician_photo": technician.photo or None,
        "technician_phone": technician.phone,
    }


def _drive_facts(visit: "Visit", assignment: "Assignment | None", now: datetime) -> dict[str, Any]:
    if assignment is None or visit.state != VisitState.ON_THE_WAY or visit.set_out_at is None:
        return {}
    last = last_fix(assignment.technician_id, now=now)
    facts: dict[str, Any] = {"eta": _drive_eta(visit, assignment, last, now)}
    if last is not None and last.fix_time >= visit.set_out_at:
        facts["seen"] = {"at": last.fix_time, "fresh": now - last.fix_time <= FRESH}
    fix = shown_fix(visit_id=visit.pk, state=visit.state, set_out_at=visit.set_out_at, technician_id=assignment.technician_id, now=now)
    home = _home(visit)
    if fix is None or home is None:
        return facts
    leg = way(Point(fix.lat, fix.lon), home, at=now)
    facts |= {
        "home": {"lat": home.lat, "lon": home.lon},
        "position": {"lat": round(fix.lat, 5), "lon": round(fix.lon, 5), "heading": fix.heading, "kilometres": kilometres(leg.metres)},
        "route": {"line": [[round(lon, 5), round(lat, 5)] for lat, lon in leg.line], "estimated": leg.estimated},
    }
    return facts


def drive_eta(visit: "Visit", assignment: "Assignment", *, now: datetime) -> Eta | None:
    """Answer when the technician who has set out will be there: from the last position, else from the plan, else nothing.

    A place from shortly before setting out counts too: where it is stays hidden, how long it takes from there need not.
    """
    return _drive_eta(visit, assignment, last_fix(assignment.technician_id, now=now), now)


def _drive_eta(visit: "Visit", assignment: "Assignment", fix: Fix | None, now: datetime) -> Eta | None:
    home = _home(visit)
    if home is None or visit.set_out_at is None:
        return None
    if fix is not None and now - fix.fix_time <= SHOWN_FOR:
        known_at = max(fix.fix_time, visit.set_out_at)
        leg = way(Point(fix.lat, fix.lon), home, at=known_at)
        return _eta(leg, known_at, now, by_plan=False)
    start = _place_before(visit, assignment)
    return _eta(way(start, home, at=visit.set_out_at), visit.set_out_at, now, by_plan=True) if start else None


def _eta(leg: Leg, known_at: datetime, now: datetime, *, by_plan: bool) -> Eta | None:
    return eta_of(known_at=known_at, low_seconds=leg.low, high_seconds=leg.high, now=now, by_plan=by_plan)


def _home(visit: "Visit") -> Point | None:
    site = visit.order.site
    return None if site.lat is None or site.lon is None else Point(site.lat, site.lon)


def _place_before(visit: "Visit", assignment: "Assignment") -> Point | None:
    """Answer where the plan has the technician before this visit: at the one he does last before it."""
    start = assignment.during.lower
    plan = plan_between(SYSTEM, start - PLAN_REACHES_BACK, start).filter(technician_id=assignment.technician_id)
    before = plan.filter(during__endswith__lte=start).last()
    return _home(visit_by_id(before.visit_id)) if before else None


def _outcome_facts(visit: "Visit") -> Mapping[str, Any]:
    if visit.state not in ENDED:
        return {}
    facts: dict[str, Any] = {"outcome": visit.state}
    if visit.state == VisitState.DONE:
        facts["question"] = True
    if request := visit.requests.select_related("booked_visit").order_by("-at", "-pk").first():
        booked = request.booked_visit
        facts["follow_up"] = {"state": request.state, "window": (booked.window_from, booked.window_to) if booked else None}
    answer = getattr(visit, "confirmation", None)
    if answer is not None:
        facts["answer"] = {"works": answer.works, "at": answer.at, "asked": answer.asked}
        facts["trouble_form"] = not answer.works and not visit.notes.filter(by_customer=True, at__gte=answer.at).exists()
        if answer.rated_at is None:
            facts["rating_form"] = True
        else:
            facts["rating"] = {"stars": answer.rating, "comment": answer.comment}
    return facts
