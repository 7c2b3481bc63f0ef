"""Slots: how soon windows are offered with 200 technicians, 14 planned days and 19,600 visits loaded, in process and over HTTP.

Every question is about another site and lets another technician be nearest; no road region is prepared, so ways are estimated. The
comparison is the same question answered from nothing, as it would be without labels that stand ready. The worker is asleep meanwhile.
"""

import gc
import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median, quantiles

import httpx

from bench.house import house, put_worker_to_sleep
from blisko.access.queries import declared_permissions
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.customers.models import Customer, Site
from blisko.field.models import Home, Shift, Technician
from blisko.field.services import add_technician
from blisko.kit import clock
from blisko.planning.models import Assignment
from blisko.planning.queries import offer_new_slots
from blisko.planning.queries.standing import forget_standing
from blisko.visits.models import Visit, WorkOrder
from blisko.visits.tests.make import a_job_type

TECHNICIANS, DAYS, EACH = 200, 14, 7
QUESTIONS, FROM_NOTHING = 400, 5
MINUTES, BATCH = 40, 2000
MIDDLE, SPREAD, BEAT = (52.0, 19.25), 0.35, 0.04  # degrees; each technician works around a place of his own


def loaded(now: datetime, first: date) -> list[int]:
    """Write the technicians, their fortnight and everybody's visits; answer the ids of sites to ask about."""
    dice = random.Random(1)
    centres = [near(dice, MIDDLE, SPREAD) for _ in range(TECHNICIANS)]
    crew = [employed(nr, now) for nr in range(TECHNICIANS)]
    homes = [near(dice, centre, BEAT) for centre in centres]
    Home.objects.bulk_create([Home(technician=one, lat=at[0], lon=at[1]) for one, at in zip(crew, homes, strict=True)])
    days = [first + timedelta(days=nr) for nr in range(DAYS)]
    mornings = [datetime(day.year, day.month, day.day, 6, tzinfo=UTC) for day in days]
    Shift.objects.bulk_create([Shift(technician=one, starts_at=at, ends_at=at + timedelta(hours=10)) for one in crew for at in mornings])
    customer = Customer.objects.create(number="S", name="Klient", created_at=now)
    around = [near(dice, centre, BEAT) for centre in centres for _ in range(DAYS * EACH)]
    asked = [near(dice, dice.choice(centres), BEAT) for _ in range(QUESTIONS)]
    sites = Site.objects.bulk_create(
        [Site(customer=customer, street="Lipowa 1", city="Blisków", lat=lat, lon=lon) for lat, lon in around + asked], batch_size=BATCH
    )
    starts = [
        at + timedelta(minutes=72 * nr + 10)
        for _ in crew
        for at in mornings
        for nr in sorted(dice.sample(range(EACH + 1), EACH))  # one hour of the day is free
    ]
    booked([one for one in crew for _ in range(DAYS * EACH)], sites[: len(around)], starts, now)
    return [site.pk for site in sites[len(around) :]]


def near(dice: random.Random, middle: tuple[float, float], spread: float) -> tuple[float, float]:
    return middle[0] + dice.uniform(-spread, spread), middle[1] + dice.uniform(-spread, spread)


def employed(nr: int, now: datetime) -> Technician:
    return add_technician(
        actor=SYSTEM, now=now, code=f"S{nr}", name=f"Jan {nr}", email=f"s{nr}@example.com", phone="+48 602 300 400", skills=["fibre"],
        password=None,
    )  # fmt: skip


def booked(
    crew: Sequence[Technician], sites: Sequence[Site], starts: Sequence[datetime], now: datetime, minutes: int = MINUTES
) -> None:
    """Write a visit at each site at its time, each given to its technician."""
    job, hour, took = a_job_type(), timedelta(hours=1), timedelta(minutes=minutes)
    orders = WorkOrder.objects.bulk_create(
        [WorkOrder(number=f"S{nr}", customer=site.customer, site=site, job_type=job, created_at=now) for nr, site in enumerate(sites)],
        batch_size=BATCH,
    )
    visits = Visit.objects.bulk_create(
        [
            Visit(number=order.number, order=order, window_from=at - hour, window_to=at + hour, minutes=minutes, created_at=now)
            for order, at in zip(orders, starts, strict=True)
        ],
        batch_size=BATCH,
    )
    Assignment.objects.bulk_create(
        [
            Assignment(visit=visit, technician=technician, during=(at, at + took), made_at=now, made_by="bench")
            for technician, visit, at in zip(crew, visits, starts, strict=True)
        ],
        batch_size=BATCH,
    )


def waits(ask: Callable[[int], int], sites: list[int]) -> list[float]:
    """Answer how many milliseconds each question took; whoever gets no offer at all is no answer."""
    took = []
    for site in sites:
        begun = time.perf_counter()
        found = ask(site)
        took.append(1000 * (time.perf_counter() - begun))
        if not found:
            raise SystemExit("bench: a question without a single offer proves nothing")
    return took


def line(name: str, took: list[float]) -> str:
    cuts = quantiles(took, n=100) if len(took) > 10 else [max(took)] * 99
    return f"{name:24} {len(took):6} {median(took):9.2f} {cuts[94]:9.2f} {cuts[98]:9.2f}"


def main() -> None:
    with house() as platform:
        put_worker_to_sleep()
        report(platform.web)


def report(web: str) -> None:
    now = clock.now()
    first = (now + timedelta(days=1)).date()
    sites, days = loaded(now, first), [first + timedelta(days=nr) for nr in range(DAYS)]
    gc.collect()  # in process as in the web process (config/wsgi.py)
    gc.freeze()

    def in_process(site: int) -> int:
        return len(offer_new_slots(SYSTEM, site, "fibre-repair", days, now=now))

    def from_nothing(site: int) -> int:
        forget_standing()
        return in_process(site)

    token = reveal_token(issue_api_key("bench", tuple(declared_permissions()), actor=SYSTEM, now=now).pk)
    with httpx.Client(base_url=f"{web}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:

        def over_http(site: int) -> int:
            said = client.get(f"/sites/{site}/slots", params={"job_type": "fibre-repair", "first": first.isoformat(), "days": DAYS})
            return len(said.raise_for_status().json())

        for _ in range(12):  # every process of the server has its labels then
            over_http(sites[0])
        print(f"{in_process(sites[0])} windows offered for one site; load {os.getloadavg()[0]:.1f}")
        print(f"{'milliseconds':24} {'asked':>6} {'median':>9} {'p95':>9} {'p99':>9}")
        ready, http = waits(in_process, sites), waits(over_http, sites)
    fresh = waits(from_nothing, sites[:FROM_NOTHING])
    for name, took in (("in process", ready), ("over HTTP", http), ("labels made first", fresh)):
        print(line(name, took))
    print(f"labels made first / in process: {median(fresh) / median(ready):.0f} times as long")


if __name__ == "__main__":
    main()
