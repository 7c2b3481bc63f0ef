"""Live repairs: how soon a disturbed day has a committed plan again, with 40 technicians and 320 visits in a running house.

From the moment before somebody is absent, a visit is cancelled, moved or booked for today, to the end of the repair that follows:
the event, the wait for others like it, the reading of the day, the search and the commit are all in it. Beside it stands what the
search alone is given.
"""

import os
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import fmean, median, quantiles

from django.db import connection

from bench.console import under_way
from bench.house import house
from bench.slots import BEAT, MIDDLE, booked, employed, near
from blisko.access.rules import SYSTEM
from blisko.customers.models import Customer, Site
from blisko.field.models import Home, Shift
from blisko.field.services import report_absent
from blisko.kit import clock
from blisko.planning.models import Assignment, PlanRun, PlanVersion, Told
from blisko.planning.queries.problems import day_at
from blisko.planning.queries.versions import visits_told_otherwise
from blisko.planning.rules.lines import unpacked
from blisko.planning.rules.presets import Preset, Repairs
from blisko.planning.rules.runs import Why
from blisko.planning.services import change_planning_rules, start_plan_run
from blisko.planning.services.repairing import JOB, SECONDS
from blisko.visits.models import Visit
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import cancel_visit, move_visit
from blisko.visits.tests.make import a_visit

TECHNICIANS, EACH, SPREAD = 40, 8, 0.15
MORNING = 20  # seconds of searching before the day begins
WARM, COUNTED = 4, 40
PATIENCE = 300.0
OPEN = """
SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name IN ('events', 'repairs'))
"""
ENDED = """
SELECT extract(epoch FROM max(e.at)), count(*) FILTER (WHERE j.status IN ('todo', 'doing')), count(*) FILTER (WHERE j.status = 'failed')
  FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type IN ('succeeded', 'failed')
 WHERE j.task_name = %s AND j.id > %s
"""


def a_planned_day(dice: random.Random, now: datetime) -> None:
    """Write the day, let it be planned, and tell every customer who comes and when."""
    crew = [employed(nr, now) for nr in range(TECHNICIANS)]
    centres = [near(dice, MIDDLE, SPREAD) for _ in crew]
    Home.objects.bulk_create([Home(technician=one, lat=at[0], lon=at[1]) for one, at in zip(crew, centres, strict=True)])
    Shift.objects.bulk_create([Shift(technician=one, starts_at=now, ends_at=now + timedelta(hours=9)) for one in crew])
    customer = Customer.objects.create(number="R", name="Klient", created_at=now)
    places = [near(dice, centre, 2 * BEAT) for centre in centres for _ in range(EACH)]
    sites = Site.objects.bulk_create([Site(customer=customer, street="Lipowa 1", city="Blisków", lat=lat, lon=lon) for lat, lon in places])
    starts = [now + timedelta(minutes=70 + 60 * nr) for _ in crew for nr in range(EACH)]
    booked([one for one in crew for _ in range(EACH)], sites, starts, now)
    change_planning_rules(preset=Preset.BALANCED, repairs=Repairs.APPLIED, days_ahead=3, seconds=60, actor=SYSTEM, now=now)
    run = start_plan_run(day_at(now), seconds=MORNING, actor=SYSTEM, now=now)
    wait(lambda: PlanRun.objects.get(pk=run.pk).finished_at is not None, "the morning's plan")
    if PlanRun.objects.get(pk=run.pk).version_id is None:
        raise SystemExit("bench: the morning's plan was not committed")
    Told.objects.bulk_create(
        Told(
            visit_id=one.visit_id,
            technician_id=one.technician_id,
            told_from=visit.window_from,
            told_to=visit.window_to,
            at=now,
            key=f"bench:{one.pk}",
        )
        for one in Assignment.objects.filter(released_at=None).select_related("visit")
        for visit in [one.visit]
    )
    wait(lambda: under_way() == 0, "quiet")


def wait(met: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not met():
        if time.monotonic() > until:
            raise SystemExit(f"bench: {what} did not come within {PATIENCE:.0f} s")
        time.sleep(0.05)


def absent(dice: random.Random, now: datetime) -> None:
    held = Assignment.objects.filter(released_at=None, during__startswith__gt=now).values_list("technician_id", flat=True)
    report_absent(dice.choice(sorted(set(held))), starts=now, ends=now + timedelta(hours=9), actor=SYSTEM, now=now)


def cancelled(dice: random.Random, now: datetime) -> None:
    cancel_visit(a_booked(dice, now).pk, actor=SYSTEM, now=now, reason=CancelReason.NOT_NEEDED)


def moved(dice: random.Random, now: datetime) -> None:
    starts = now + timedelta(minutes=dice.randrange(120, 360))
    move_visit(a_booked(dice, now).pk, window_from=starts, window_to=starts + timedelta(hours=2), actor=SYSTEM, now=now)


def emergency(dice: random.Random, now: datetime) -> None:
    lat, lon = near(dice, MIDDLE, SPREAD)
    site = Site.objects.create(customer=Customer.objects.get(number="R"), street="Lipowa 2", city="Blisków", lat=lat, lon=lon)
    a_visit(now, site, starts_in=timedelta(minutes=dice.randrange(60, 300)))


def a_booked(dice: random.Random, now: datetime) -> Visit:
    held = Assignment.objects.filter(released_at=None, visit__state=VisitState.BOOKED, during__startswith__gt=now)
    return dice.choice([one.visit for one in held.select_related("visit").order_by("pk")])


KINDS = {"absent": absent, "cancelled": cancelled, "moved": moved, "emergency": emergency}


def repaired(disturb: Callable[[random.Random, datetime], None], dice: random.Random) -> float:
    """Disturb the day; answer the seconds until the repair that follows has ended."""
    last, begun = ended(0)[1], time.time()
    disturb(dice, clock.now())
    wait(lambda: ended(last)[0] is not None, "a repair")
    at, _, open_, failed = ended(last)
    if failed or open_:
        raise SystemExit(f"bench: {failed} repairs failed, {open_} more were asked")
    wait(told, "everybody's hearing of it")
    print(f"  {disturb.__name__}: {float(at or 0) - begun:.2f} s", flush=True)
    return float(at or 0) - begun


def told() -> bool:
    """Whether every handler has heard of what was changed; what is looked at because of it may go on, as it does in use."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        return bool(cursor.fetchone()[0])


def ended(after: int) -> tuple[float | None, int, int, int]:
    """Answer when the repairs asked after that job ended, the last job's id, how many are open and how many failed."""
    with connection.cursor() as cursor:
        cursor.execute(ENDED, [JOB, after])
        at, open_, failed = cursor.fetchone()
        cursor.execute("SELECT coalesce(max(id), 0) FROM procrastinate_jobs")
        return (None if at is None else float(at)), int(cursor.fetchone()[0]), int(open_), int(failed)


def main() -> None:
    dice = random.Random(7)
    with house():
        a_planned_day(dice, clock.now())
        names = list(KINDS)
        for nr in range(WARM):
            repaired(KINDS[names[nr % len(names)]], dice)
        before = PlanVersion.objects.count()
        took = [(name, repaired(KINDS[name], dice)) for nr in range(COUNTED) for name in [names[nr % len(names)]]]
        report(took, before)


def report(took: list[tuple[str, float]], before: int) -> None:
    print(f"{TECHNICIANS} technicians, {TECHNICIANS * EACH} visits; load {os.getloadavg()[0]:.1f}; the search alone is given {SECONDS} s")
    print(f"{'seconds to a plan':20} {'repairs':>8} {'median':>8} {'p95':>8} {'most':>8}")
    for name in (*KINDS, "all"):
        mine = sorted(seconds for kind, seconds in took if name in (kind, "all"))
        print(f"{name:20} {len(mine):8} {median(mine):8.2f} {quantiles(mine, n=20, method='inclusive')[-1]:8.2f} {mine[-1]:8.2f}")
    versions = list(PlanVersion.objects.order_by("pk")[before:].iterator())
    repairs = [one for one in versions if one.why == Why.REPAIR]
    anew = [len(visits_told_otherwise(SYSTEM, unpacked(one.changes))) for one in repairs]
    if repairs:
        print(f"{len(repairs)} repairs changed the plan; {fmean(anew):.1f} customers each were to be told of another name or time")
    print(f"median / search alone: {median(seconds for _, seconds in took) / SECONDS:.2f}")


if __name__ == "__main__":
    main()
