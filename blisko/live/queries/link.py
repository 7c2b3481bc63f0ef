"""What the customer's link knows of its visit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from blisko.access.queries import actor_by_token, open_keys, opened_ids
from blisko.access.rules import SYSTEM, Actor, KeyKind, require
from blisko.field.rules import first_name
from blisko.live.queries.calls import dial
from blisko.live.queries.house import asks_again_after, visibility_now
from blisko.live.queries.notices import standing_notice
from blisko.live.queries.positions import last_fix, shown_fix, work_of
from blisko.live.queries.reminders import is_worth_asking
from blisko.live.rules.eta import Eta, eta_of, kilometres
from blisko.live.rules.fixes import SHOWN_FOR, is_fresh, is_still_there
from blisko.live.rules.records import Fix
from blisko.live.rules.reminders import is_asked_again
from blisko.live.rules.stages import AHEAD, Stage, stage_of, steps_of_visit, view_of
from blisko.live.rules.visibility import THERE, Near, Visibility, When, is_streamed, on_grid, seen_of
from blisko.planning.queries import assignment_of, held_for, narrow_window, plan_between, purpose_for, saved_trip_of, waits_for_earlier, way
from blisko.planning.rules.choices import Purpose
from blisko.planning.rules.ways import Leg, Point
from blisko.planning.rules.windows import FEWEST, HOLDS
from blisko.visits.queries import dispute_of, has_visit_to_come, photos_of, visit_by_id, visit_for
from blisko.visits.rules import ENDED, LOW_SCORE, VisitState

if TYPE_CHECKING:
    from blisko.access.models import Key
    from blisko.planning.models import Assignment
    from blisko.visits.models import Confirmation, LaterAnswer, Visit

PLAN_REACHES_BACK = timedelta(hours=14)
NOTES_SHOWN = 10
SOON = timedelta(hours=36)
IN_HAND = (VisitState.ON_THE_WAY, VisitState.ON_SITE)
APP = "app:"  # how the holders of links begin that were issued to the operator's own app


class Opened(NamedTuple):
    """A link that was opened: as whom, to which visit, at which stage; and whether places go to the open page by themselves.

    `shows`: the technician whose place is among the facts now.
    """

    actor: Actor
    visit: "Visit"
    stage: Stage
    streams: bool = False
    shows: int | None = None

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The stepper, as `steps_of_visit` answers it."""
        return steps_of_visit(self.stage, VisitState(self.visit.state), promised=self.visit.is_promised)


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
    """Answer the open key of the link that was sent for a visit, for the house's own use; the newest where there are several."""
    sent = open_keys(now).filter(kind=KeyKind.LINK, opens=f"visit:{visit_id}").exclude(holder__startswith=APP)
    return sent.order_by("-pk").first()


def seen_by_link(token: str, *, now: datetime) -> tuple[Opened, dict[str, Any]]:
    """Answer what a link opens, and the only facts of it that may be seen at its stage."""
    return _seen(opened_by_link(token, now=now), now)


def seen_by_program(actor: Actor, visit_id: int, *, now: datetime) -> tuple[Opened, dict[str, Any]]:
    """Answer what the link to a visit shows now, to a program that may issue such links; refuse `NoSuchVisit`."""
    require(actor, "live.issue_links")
    visit = visit_for(SYSTEM, visit_id, now=now)
    return _seen(Opened(actor, visit, stage_now(visit, now=now)), now)


def _seen(opened: Opened, now: datetime) -> tuple[Opened, dict[str, Any]]:
    rules = visibility_now()
    facts = _facts(opened.visit, now, rules)
    seen = seen_of(view_of(facts, opened.stage), rules, _near(opened, facts, now))
    shows = facts["technician"] if seen.get("position") else None
    return opened._replace(streams=is_streamed(rules, opened.stage), shows=shows), seen


def _facts(visit: "Visit", now: datetime, rules: Visibility) -> dict[str, Any]:
    assignment = assignment_of(visit.pk)
    facts: dict[str, Any] = {
        "number": visit.number,
        "job": visit.order.job_type.names,
        "window": (visit.window_from, visit.window_to) if visit.is_promised else None,
        "choose_until": visit.choose_until,
        "likely": _likely(visit, assignment, now),
        "hotline": settings.BLISKO_HOTLINE,
        "address": visit.order.site.address,
        "arrived_at": visit.arrived_at,
        "ended_at": visit.ended_at,
        "cancel_reason": visit.end_reason,
        "calendar": True,
        "note_form": True,
        "cancel_form": True,
        "photo_form": True,
        "notices_form": True,
        "photos": [photo for photo in photos_of(visit.pk) if photo.by_customer],
        "notes": list(reversed(visit.notes.filter(by_customer=True).order_by("-at", "-pk")[:NOTES_SHOWN])),
    }
    about_technician = {**_technician_facts(assignment), **_ahead_facts(visit, assignment), **_drive_facts(visit, assignment, now, rules)}
    return {**facts, **about_technician, **_outcome_facts(visit, now), **_choice_facts(visit, now), **_delay_facts(visit)}


def _likely(visit: "Visit", assignment: "Assignment | None", now: datetime) -> tuple[datetime, datetime] | None:
    """Answer a narrower window than the promised one, where what happened lately says that it holds."""
    if assignment is None or visit.state != VisitState.BOOKED or not now < visit.window_from < now + SOON:
        return None
    found = narrow_window(SYSTEM, visit.pk, now=now)
    if found is None or found.record.forecasts < FEWEST or found.promise.holds < HOLDS:
        return None
    narrower = (found.starts_at, found.ends_at)
    return narrower if narrower[1] - narrower[0] < visit.window_to - visit.window_from else None


def _near(opened: Opened, facts: Mapping[str, Any], now: datetime) -> Near:
    """Answer how near the technician is, by what is known of him."""
    if opened.stage not in (*AHEAD, Stage.ON_THE_WAY):
        return THERE
    if opened.stage == Stage.ON_THE_WAY:
        eta = facts.get("eta")
        return Near(True, (eta.low - now).total_seconds() / 60 if eta else None, 0, facts.get("metres"))
    starts = facts.get("starts")
    stops = facts.get("stops_before") if opened.stage == Stage.TODAY else None
    return Near(False, (starts - now).total_seconds() / 60 if starts else None, stops)


def _ahead_facts(visit: "Visit", assignment: "Assignment | None") -> dict[str, Any]:
    """Answer when the plan has the visit begin, and how many the technician has before it that day: a number and nothing more."""
    if assignment is None or visit.state != VisitState.BOOKED:
        return {}
    starts = assignment.during.lower
    midnight = timezone.localtime(starts).replace(hour=0, minute=0, second=0, microsecond=0)
    his = plan_between(SYSTEM, midnight, midnight + timedelta(days=1)).filter(technician_id=assignment.technician_id)
    before = his.filter(Q(during__startswith__lt=starts) | Q(visit__state__in=IN_HAND))
    left = before.exclude(visit__state__in=ENDED).exclude(visit_id=visit.pk).order_by()
    return {"starts": starts, "stops_before": left.values("visit_id").distinct().count()}


def _choice_facts(visit: "Visit", now: datetime) -> dict[str, Any]:
    """Answer what the customer may choose himself: another time where one person comes, another visit where none is booked yet."""
    alone = visit.order.job_type.crew_size == 1
    hold = held_for(visit.pk, now=now)
    facts: dict[str, Any] = {
        "choose_form": True,
        "move_form": alone,
        "again_form": alone and purpose_for(visit) == Purpose.AGAIN and not has_visit_to_come(visit),
        "waits": waits_for_earlier(visit.pk),
    }
    if hold is not None:
        facts["held"] = {"window": (hold.window_from, hold.window_to), "until": hold.until, "earlier": hold.purpose == Purpose.EARLIER}
    if saved := saved_trip_of(visit.pk):
        facts["saved"] = {"kilometres": kilometres(saved.metres), "minutes": round(saved.seconds / 60)}
    return facts


def _delay_facts(visit: "Visit") -> dict[str, Any]:
    notice = standing_notice(visit)
    if notice is None:
        return {}
    told = {"from": notice.told_from, "to": notice.told_to, "at": notice.at, "answer": notice.answer}
    return {"delay": told, "delay_form": not notice.answer}


def _technician_facts(assignment: "Assignment | None") -> dict[str, Any]:
    if assignment is None:
        return {}
    technician = assignment.technician
    return {
        "technician_name": first_name(technician.name),
        "technician_photo": technician.photo or None,
        "technician_phone": dial(visit_id=assignment.visit_id, number=technician.phone, by_customer=True),
    }


def _drive_facts(visit: "Visit", assignment: "Assignment | None", now: datetime, rules: Visibility) -> dict[str, Any]:
    if assignment is None or visit.state != VisitState.ON_THE_WAY or visit.set_out_at is None:
        return {}
    his = assignment.technician_id
    last = last_fix(his, now=now)
    work = work_of([his], since=last.fix_time, now=now)[his] if last else []
    facts: dict[str, Any] = {"eta": _drive_eta(visit, assignment, last, now), "map_comes": rules.of("position").when != When.NEVER}
    if last is not None and last.fix_time >= visit.set_out_at:
        facts["seen"] = {"at": last.fix_time, "fresh": is_still_there(last, work, now) and is_fresh(last.fix_time, now)}
    fix = shown_fix(last, work, visit_id=visit.pk, state=visit.state, set_out_at=visit.set_out_at, technician_id=his, now=now)
    home = _home(visit)
    if fix is None or home is None:
        return facts
    lat, lon = on_grid((fix.lat, fix.lon), rules.grid)
    leg = way(Point(lat, lon), home, at=now)
    heading = None if rules.grid else fix.heading
    facts |= {
        "technician": his,
        "home": {"lat": home.lat, "lon": home.lon},
        "position": {"lat": round(lat, 5), "lon": round(lon, 5), "heading": heading, "kilometres": kilometres(leg.metres)},
        "metres": leg.metres,
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


def _outcome_facts(visit: "Visit", now: datetime) -> Mapping[str, Any]:
    if visit.state not in ENDED:
        return {}
    facts: dict[str, Any] = {"outcome": visit.state, "report": True}
    if (dispute := dispute_of(visit.pk)) is None:
        facts["dispute_form"] = True
    else:
        names = ("state", "reason", "text", "at", "answer", "answered_at")
        facts["dispute"] = {name: getattr(dispute, name) for name in names}
    if visit.state == VisitState.DONE:
        facts["question"] = True
    wishes = visit.requests.exclude(reason=LOW_SCORE, booked_visit=None)  # a low score alone promises no visit
    if request := wishes.select_related("booked_visit").order_by("-at", "-pk").first():
        booked = request.booked_visit
        facts["follow_up"] = {"state": request.state, "window": (booked.window_from, booked.window_to) if booked else None}
    return facts | _answer_facts(visit, now)


def _answer_facts(visit: "Visit", now: datetime) -> dict[str, Any]:
    """Answer what the customer said of whether it works, what he may still say, and whether he is asked again."""
    answer, later = getattr(visit, "confirmation", None), getattr(visit, "later_answer", None)
    if answer is None:
        return {}
    last = later or answer
    facts: dict[str, Any] = {
        "answer": _given(answer),
        "later_answer": _given(later) if later else None,
        "later_question": is_asked_again(visit.ended_at, answer.at, asks_again_after(), now) and is_worth_asking(visit),
        "trouble_form": not last.works and not visit.notes.filter(by_customer=True, at__gte=last.at).exists(),
    }
    if answer.rated_at is None:
        facts["rating_form"] = True
    else:
        facts["rating"] = {"stars": answer.rating, "comment": answer.comment}
    return facts


def _given(answer: "Confirmation | LaterAnswer") -> dict[str, Any]:
    return {"works": answer.works, "at": answer.at, "asked": answer.asked}
