"""How changes of a plan are written: all of them or none, each with its key, its event and its place in the day's history."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from psycopg.types.range import TimestamptzRange

from blisko.access.rules import Actor
from blisko.access.services import give_key, take_key
from blisko.kit.events import emit
from blisko.kit.push import push
from blisko.planning.errors import PlanOutdated
from blisko.planning.events import PlanChanged, VisitAssigned, VisitReleased
from blisko.planning.models import Assignment, Pin, PlanDay, PlanVersion
from blisko.planning.queries.problems import day_at, local_day
from blisko.planning.queries.roads import only_estimated
from blisko.planning.rules.lines import Change, Line, packed
from blisko.planning.rules.runs import Why
from blisko.planning.rules.terms import Terms
from blisko.visits.queries import lock_visits

KEY_OUTLIVES = timedelta(days=2)


def line_of(row: Assignment) -> Line:
    """Answer an assignment as a line of a plan."""
    return Line(row.technician_id, row.during.lower, row.during.upper)


def queue_up(technician_ids: Iterable[int]) -> None:
    """Let those who plan the same technicians at the same moment come one after the other: each sees the gaps the last one left.

    The exclusion constraint alone would keep them apart, too, but two who wait for each other in it end in a deadlock.
    """
    with connection.cursor() as cursor:
        for technician_id in sorted(set(technician_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"technician:{technician_id}"])


def hold_changes(changes: Iterable[Change]) -> None:
    """Hold the visits and then the technicians that are about to change, always in this order, until the transaction ends."""
    touched = list(changes)
    lock_visits({one.visit_id for one in touched})
    queue_up(line.technician_id for one in touched for line in (one.was, one.becomes) if line)


def hold_still(visit_ids: Sequence[int], technician_ids: Sequence[int], day: date) -> None:
    """Hold everything that visits' going to a technician touches, in the order in which everybody does: visits, technicians, days.

    Refuses `PlanOutdated` where one of the technicians was given another visit meanwhile: whoever holds that one may be waiting for him.
    """
    mine = Assignment.objects.filter(visit_id__in=visit_ids, released_at=None)
    theirs = Assignment.objects.filter(technician_id__in=technician_ids, released_at=None, during__startswith__range=local_day(day))
    visits = lock_visits([*visit_ids, *theirs.values_list("visit_id", flat=True)])
    held = list(mine)
    queue_up([*technician_ids, *(row.technician_id for row in held)])
    if theirs.exclude(visit_id__in=visits).exists():
        raise PlanOutdated
    hold_days({day, *(day_at(row.during.lower) for row in held)})


@transaction.atomic
def write_changes(
    changes: Sequence[Change],
    *,
    why: Why,
    actor: Actor,
    now: datetime,
    region: str = "",
    terms: tuple[Terms, Terms] | None = None,
    undoes: PlanVersion | None = None,
    restores: PlanVersion | None = None,
    estimated: bool | None = None,
) -> PlanVersion:
    """Write changes of a plan: old seats given up first, so that two may change places; pins stay with whoever stays.

    Refuses `PlanOutdated` when a seat is no longer what the change says it was, or somebody has become busy meanwhile.
    """
    hold_changes(changes)
    visits = lock_visits({one.visit_id for one in changes})
    rows = _present(changes)
    pins = _pins(rows)
    Assignment.objects.filter(pk__in=[row.pk for row in rows.values()]).update(released_at=now)
    wanted = [one for one in changes if one.becomes is not None]
    try:
        with transaction.atomic():
            made = Assignment.objects.bulk_create(_row(one, one.becomes, actor, now) for one in wanted if one.becomes)
    except IntegrityError:
        raise PlanOutdated from None
    Pin.objects.bulk_create(
        Pin(assignment=row, kind=pin.kind, at=pin.at, by=pin.by)
        for row in made
        for pin in pins.get((row.visit_id, row.seat), ())
        if pin.assignment.technician_id == row.technician_id
    )
    _hand_over(changes, {visit.pk: visit.window_to + KEY_OUTLIVES for visit in visits.values()}, actor=actor, now=now)
    return record_version(
        changes, why=why, actor=actor, now=now, region=region, terms=terms, undoes=undoes, restores=restores, estimated=estimated
    )


def _row(change: Change, line: Line, actor: Actor, now: datetime) -> Assignment:
    return Assignment(
        visit_id=change.visit_id,
        seat=change.seat,
        technician_id=line.technician_id,
        during=TimestamptzRange(line.starts, line.ends),
        made_at=now,
        made_by=actor.id,
    )


def _present(changes: Iterable[Change]) -> dict[tuple[int, int], Assignment]:
    """Answer the assignments the changes begin from; refuse `PlanOutdated` when they are others."""
    ids = {one.visit_id for one in changes}
    found = Assignment.objects.select_for_update().filter(visit_id__in=ids, released_at=None).order_by("pk")
    rows = {(row.visit_id, row.seat): row for row in found}
    for one in changes:
        row = rows.get((one.visit_id, one.seat))
        if (line_of(row) if row else None) != one.was:
            raise PlanOutdated(details={"visit": one.visit_id})
    changed = {(one.visit_id, one.seat) for one in changes}
    return {seat: row for seat, row in rows.items() if seat in changed}


def _pins(rows: Mapping[tuple[int, int], Assignment]) -> dict[tuple[int, int], list[Pin]]:
    found: dict[tuple[int, int], list[Pin]] = defaultdict(list)
    for pin in Pin.objects.filter(assignment__in=list(rows.values())).select_related("assignment"):
        found[pin.assignment.visit_id, pin.assignment.seat].append(pin)
    return found


def _hand_over(changes: Sequence[Change], until: Mapping[int, datetime], *, actor: Actor, now: datetime) -> None:
    """Take keys from who no longer comes and give them to who does; tell both. A changed time alone changes no key."""
    handed = [one for one in changes if one.handed_over]
    rows = Assignment.objects.filter(visit_id__in={one.visit_id for one in handed}, released_at=None)
    holders = set(rows.values_list("visit_id", "technician_id"))
    ever = Assignment.objects.filter(visit_id__in={one.visit_id for one in handed})
    users = dict(ever.values_list("technician_id", "technician__user_id"))
    for one in handed:
        if one.was and (one.visit_id, one.was.technician_id) not in holders:
            take_key(f"user:{users[one.was.technician_id]}", f"visit:{one.visit_id}", by=actor, now=now)
            emit(VisitReleased(visit_id=one.visit_id, technician_id=one.was.technician_id, at=now))
    for one in handed:
        if one.becomes:
            give_key(f"user:{users[one.becomes.technician_id]}", f"visit:{one.visit_id}", by=actor, now=now, until=until[one.visit_id])
            emit(VisitAssigned(visit_id=one.visit_id, technician_id=one.becomes.technician_id, at=now))


@transaction.atomic
def record_version(
    changes: Sequence[Change],
    *,
    why: Why,
    actor: Actor,
    now: datetime,
    region: str = "",
    terms: tuple[Terms, Terms] | None = None,
    undoes: PlanVersion | None = None,
    restores: PlanVersion | None = None,
    estimated: bool | None = None,
) -> PlanVersion:
    """Keep what has just been changed as a version of its day's plan, and let everybody know.

    `estimated`: whether some ways it was made with were only estimates; None: as the roads stand now.
    """
    days = [day_at(line.starts) for one in changes for line in (one.becomes, one.was) if line]
    version = PlanVersion.objects.create(
        day=days[0],
        region=region,
        why=why,
        made_at=now,
        made_by=actor.id,
        made_by_name=actor.name[:120],
        before=asdict(terms[0]) if terms else {},
        after=asdict(terms[1]) if terms else {},
        changes=packed(changes),
        undoes=undoes,
        restores=restores,
        estimated=only_estimated() if estimated is None else estimated,
    )
    for day in sorted(set(days)):
        bump_day(day)
    ids = sorted({one.visit_id for one in changes})
    emit(PlanChanged(day=days[0], version_id=version.pk, visit_ids=ids, at=now))
    for visit_id in ids:
        push(f"visit:{visit_id}")
    for topic in ("assignments", "day"):
        push(topic)
    return version


def hold_days(days: Iterable[date]) -> None:
    """Hold the counts of days until the transaction ends, always in the same order, for who changes several of them."""
    wanted = sorted(set(days))
    PlanDay.objects.bulk_create([PlanDay(day=day) for day in wanted], ignore_conflicts=True)
    list(PlanDay.objects.select_for_update().filter(day__in=wanted).order_by("day"))


def bump_day(day: date) -> None:
    """Count that something about a day has changed which a plan of it rests on."""
    PlanDay.objects.get_or_create(day=day)
    PlanDay.objects.filter(day=day).update(revision=F("revision") + 1)
