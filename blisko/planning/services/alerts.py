"""Promises in danger: raised, refreshed and closed as the day goes on; taken, ignored or repaired by a person."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from django.db import connection, transaction

from blisko.access.rules import Actor, require
from blisko.access.services import keep_days, write_audit
from blisko.kit.events import ask_once, emit
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.planning.errors import NoSuchAlert, NoSuchRepair
from blisko.planning.events import RiskEscalated, RiskRaised
from blisko.planning.models import RiskAlert, StartForecast
from blisko.planning.queries.alerts import ignored_dangers, live_alerts_of
from blisko.planning.queries.assignments import assignment_of
from blisko.planning.queries.problems import day_at
from blisko.planning.queries.risks import DayAhead, day_ahead
from blisko.planning.queries.what_if import repairs_for
from blisko.planning.rules.alerts import LIVE, AlertState, are_stale, calm_since, is_unanswered, may_pass, should_raise
from blisko.planning.rules.repairs import RepairKind
from blisko.planning.rules.risk import Outlook
from blisko.planning.rules.ways_out import WayOut, way_out_from, way_out_of
from blisko.planning.services.by_hand import move_assignment, swap_assignments

LOOK = "planning.look_again"
WaysOut = Callable[[int], Iterable[WayOut]]


@transaction.atomic
def refresh_risks(
    day: date, *, actor: Actor, now: datetime, technician_ids: Iterable[int] | None = None, ways_out: WaysOut | None = None
) -> list[RiskAlert]:
    """Play the rest of a day and raise, refresh or close its alerts; answer those that are live.

    `technician_ids`: only theirs (an event concerns one). `ways_out`: of a visit in danger, least painful first; what `repairs_for`
    finds when None. Keeps, once a day, when each visit is expected. Emits `RiskRaised`.
    """
    require(actor, "planning.assign")
    look = ways_out or (lambda visit_id: map(way_out_of, repairs_for(actor, visit_id, now=now)))
    ids = None if technician_ids is None else list(technician_ids)
    with connection.cursor() as cursor:  # two who look at one moment would both raise
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"risks:{day}"])
    found = day_ahead(actor, day, now=now, technician_ids=ids)
    outlooks = {int(one.key): one for one in found.ahead.outlooks}
    rows = live_alerts_of(day, visit_ids=outlooks, technician_ids=ids).select_for_update(of=("self",))
    live = {alert.visit_id: alert for alert in rows}
    changed = _close(live, outlooks, found.technicians, now=now, actor=actor)
    ignored = ignored_dangers(outlooks)
    kept: list[RiskAlert] = []
    for visit_id, one in outlooks.items():
        alert = live.get(visit_id)
        if alert is None and should_raise(one.broken, ignored.get(visit_id)):
            kept.append(_raise(visit_id, one, found, now=now, look=look))
            changed = True
        elif alert is not None:
            kept.append(alert)
            changed |= _refresh(alert, one, found, now=now, look=look, actor=actor)
    _keep_forecasts(found, outlooks, now=now)
    if changed:
        push("alerts")
    return [alert for alert in kept if alert.state in LIVE]


def ask_look(visit_id: int, technician_id: int | None = None, *, now: datetime) -> None:
    """Have the rest of today played again for a visit's technician, or the one named who had it; asked twice before, it is one look."""
    held = assignment_of(visit_id)
    whose = technician_id or (held.technician_id if held else None)
    if whose is not None and (held is None or day_at(held.during.lower) == day_at(now)):
        ask_once(LOOK, "risks", f"{LOOK}:{whose}", alone=LOOK, technician_id=whose)  # two at once would wait for each other anyway


@transaction.atomic
def take_alert(alert_id: int, *, actor: Actor, now: datetime) -> RiskAlert:
    """Say that one looks after an alert, so that it does not go on to others."""
    alert = _alert(alert_id, actor)
    take_step(alert, "take", by=actor, now=now, taken_by=actor.id)
    push("alerts")
    return alert


@transaction.atomic
def ignore_alert(alert_id: int, *, actor: Actor, now: datetime, why: str = "") -> RiskAlert:
    """Let a danger be; it is told again only when it has grown."""
    alert = _alert(alert_id, actor)
    take_step(alert, "ignore", by=actor, now=now, why=why, closed_at=now)
    push("alerts")
    return alert


@transaction.atomic
def apply_repair(alert_id: int, index: int, *, actor: Actor, now: datetime) -> RiskAlert:
    """Do what one of an alert's repairs says; what the plan refuses is refused, and then the alert stays as it was."""
    alert = _alert(alert_id, actor)
    if not 0 <= index < len(alert.repairs):
        raise NoSuchRepair(details={"index": index})
    one = way_out_from(alert.repairs[index])
    take_step(alert, "apply", by=actor, now=now, why=str(one.kind), closed_at=now)
    if one.kind == RepairKind.SWAP and one.other:
        done = swap_assignments(one.visit, one.other, actor=actor, now=now)
    else:
        done = move_assignment(one.visit, one.technician, actor=actor, now=now, before=one.before)
    if done is None:
        raise NoSuchRepair(details={"index": index})
    write_audit(actor, "apply_repair", f"visit:{one.visit}", now=now, detail={"alert": alert_id, "repair": alert.repairs[index]})
    push("alerts")
    return alert


@transaction.atomic
def escalate_alerts(*, actor: Actor, now: datetime) -> int:
    """Tell more people of the alerts nobody has looked after in time; answer how many. Emits `RiskEscalated`."""
    require(actor, "planning.assign")
    late = []
    for alert in RiskAlert.objects.select_for_update(skip_locked=True).filter(state=AlertState.OPEN).order_by("pk"):
        if is_unanswered(AlertState(alert.state), alert.opened_at, now):
            take_step(alert, "escalate", by=actor, now=now)
            late.append(alert.pk)
    if late:
        emit(RiskEscalated(alert_ids=late, at=now))
        push("alerts")
    return len(late)


def _alert(alert_id: int, actor: Actor) -> RiskAlert:
    require(actor, "planning.assign")
    alert = RiskAlert.objects.select_for_update().filter(pk=alert_id).first()
    if alert is None:
        raise NoSuchAlert
    return alert


def _close(
    live: dict[int, RiskAlert], outlooks: Mapping[int, Outlook], technicians: Mapping[int, int], *, now: datetime, actor: Actor
) -> bool:
    """Close the alerts whose visit somebody has reached, or nobody goes to any more, or somebody else does; leave the others in `live`."""
    over = [alert for alert in live.values() if alert.visit_id not in outlooks or technicians[alert.visit_id] != alert.technician_id]
    for alert in over:
        take_step(alert, "pass", by=actor, now=now, why="over", closed_at=now)
        del live[alert.visit_id]
    return bool(over)


def _raise(visit_id: int, one: Outlook, found: DayAhead, *, now: datetime, look: WaysOut) -> RiskAlert:
    facts = _facts(one, found, now) | _looked(look, visit_id, one, now)
    alert = RiskAlert.objects.create(visit_id=visit_id, technician_id=found.technicians[visit_id], opened_at=now, **facts)
    emit(RiskRaised(alert_id=alert.pk, visit_id=visit_id, probability=one.broken, at=now))
    return alert


def _refresh(alert: RiskAlert, one: Outlook, found: DayAhead, *, now: datetime, look: WaysOut, actor: Actor) -> bool:
    calm = calm_since(one.broken, alert.calm_since, now)
    if may_pass(calm, now):
        take_step(alert, "pass", by=actor, now=now, why="calm", closed_at=now, probability=one.broken)
        return True
    shown = (round(alert.probability, 2), alert.cause, alert.cause_minutes, alert.repairs)
    facts = _facts(one, found, now) | {"calm_since": calm}
    if are_stale(alert.repairs_at, alert.repairs_for, now, one.broken):
        facts |= _looked(look, alert.visit_id, one, now)
    for name, value in facts.items():
        setattr(alert, name, value)
    alert.save(update_fields=list(facts))
    return shown != (round(alert.probability, 2), alert.cause, alert.cause_minutes, alert.repairs)


def _facts(one: Outlook, found: DayAhead, now: datetime) -> dict[str, object]:
    """Answer what is seen of a danger; where no future breaks the window any more, what was to blame stays."""
    facts: dict[str, object] = {"probability": one.broken, "expected_at": found.moment(one.middle), "seen_at": now}
    if one.cause is not None:
        facts |= {"cause": one.cause.code, "cause_visit_id": int(one.cause.key), "cause_minutes": one.cause.minutes}
    return facts


def _looked(look: WaysOut, visit_id: int, one: Outlook, now: datetime) -> dict[str, object]:
    return {"repairs": [way.as_json() for way in look(visit_id)], "repairs_at": now, "repairs_for": one.broken}


def _keep_forecasts(found: DayAhead, outlooks: Iterable[int], *, now: datetime) -> None:
    """Keep what is expected of each visit the first time its day is played; that is what came of it later is compared with."""
    known = set(StartForecast.objects.filter(visit_id__in=list(outlooks)).values_list("visit_id", flat=True))
    rows = []
    for visit_id in outlooks:
        if visit_id not in known:
            low, middle, high = found.forecast_of(visit_id)
            rows.append(StartForecast(visit_id=visit_id, made_at=now, low=low, middle=middle, high=high))
    StartForecast.objects.bulk_create(rows, ignore_conflicts=True)


@keep_days("planning.alerts", 365, "Promises in danger and what was done about them")
def _forget_alerts(before: datetime) -> int:
    return RiskAlert.objects.filter(closed_at__lt=before).delete()[0]
