"""Slots: how soon windows are offered with 200 technicians, 14 planned days and 19,600 visits loaded, in process and over HTTP.

Every question is about another site and lets another technician be nearest; no road region is prepared, so ways are estimated. The
comparison is the same question answered from nothing, as it would be without labels that stand ready. The worker is asleep meanwhile.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil

TECHNICIANS, DAYS, EACH = 200, 14, 7
QUESTIONS, FROM_NOTHING = 400, 5
MINUTES = 40
MIDDLE, SPREAD, BEAT = (52.0, 19.25), 0.35, 0.04  # degrees; each technician works around a place of his own


def loaded(now: datetime, first: date) -> list[int]:
    """Write the technicians, their fortnight and everybody's visits; answer the ids of sites to ask about."""
    from blisko.access.rules import SYSTEM
    from blisko.customers.models import Customer, Site
    from blisko.field.models import Home, Shift
    from blisko.field.services import add_technician
    from blisko.planning.models import Assignment
    from blisko.visits.models import Visit, WorkOrder
    from blisko.visits.tests.make import a_job_type

    dice, job = random.Random(1), a_job_type()

    def near(middle: tuple[float, float], spread: float) -> dict[str, float]:
        return {"lat": middle[0] + dice.uniform(-spread, spread), "lon": middle[1] + dice.uniform(-spread, spread)}

    centres = [(one["lat"], one["lon"]) for one in (near(MIDDLE, SPREAD) for _ in range(TECHNICIANS))]
    crew = [
        add_technician(
            actor=SYSTEM, now=now, code=f"S{nr}", name=f"Jan {nr}", email=f"s{nr}@example.com", phone="+48 602 300 400", skills=["fibre"],
            password=None,
        )
        for nr in range(TECHNICIANS)
    ]  # fmt: skip
    Home.objects.bulk_create([Home(technician=one, **near(centre, BEAT)) for one, centre in zip(crew, centres, strict=True)])
    mornings = [datetime(day.year, day.month, day.day, 6, tzinfo=UTC) for day in (first + timedelta(days=nr) for nr in range(DAYS))]
    Shift.objects.bulk_create(
        [Shift(technician=one, starts_at=at, ends_at=at + timedelta(hours=10)) for one in crew for at in mornings], batch_size=2000
    )
    many = TECHNICIANS * DAYS * EACH
    customer = Customer.objects.create(number="S", name="Klient", created_at=now)
    sites = Site.objects.bulk_create(
        [
            Site(customer=customer, street="Lipowa 1", city="Blisków", **near(centre, BEAT))
            for centre in [one for one in centres for _ in range(DAYS * EACH)] + dice.choices(centres, k=QUESTIONS)
        ],
        batch_size=2000,
    )
    orders = WorkOrder.objects.bulk_create(
        [WorkOrder(number=f"S{nr}", customer=customer, site=site, job_type=job, created_at=now) for nr, site in enumerate(sites[:many])],
        batch_size=2000,
    )
    starts = [
        at + timedelta(minutes=72 * nr + 10)
        for _ in crew
        for at in mornings
        for nr in sorted(dice.sample(range(EACH + 1), EACH))  # one hour of the day is free
    ]
    visits = Visit.objects.bulk_create(
        [
            Visit(
                number=order.number, order=order, window_from=at - timedelta(hours=1), window_to=at + timedelta(hours=1), minutes=MINUTES,
                created_at=now,
            )
            for order, at in zip(orders, starts, strict=True)
        ],
        batch_size=2000,
    )  # fmt: skip
    Assignment.objects.bulk_create(
        [
            Assignment(
                visit=visit,
                technician=crew[nr // (DAYS * EACH)],
                during=(at, at + timedelta(minutes=MINUTES)),
                made_at=now,
                made_by="bench",
            )
            for nr, (visit, at) in enumerate(zip(visits, starts, strict=True))
        ],
        batch_size=2000,
    )
    return [site.pk for site in sites[many:]]


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
    import tests.database  # noqa: F401  # before Django: a server that forgets fast

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from tests.journeys.staff import morning

    with tempfile.TemporaryDirectory() as folder, morning(Path(folder) / "platform.log") as platform:
        connections["default"].settings_dict["NAME"] = platform.database_url.rpartition("/")[2].partition("?")[0]
        settings.BLISKO_CLOCK = platform.env["BLISKO_CLOCK"]
        for child in psutil.Process().children(recursive=True):
            if child.cmdline()[-1:] == ["worker"]:
                child.suspend()
        report(platform.web)
        connections["default"].close()


def report(web: str) -> None:
    import httpx

    from blisko.access.queries import declared_permissions
    from blisko.access.rules import SYSTEM
    from blisko.access.services import issue_api_key, reveal_token
    from blisko.kit import clock
    from blisko.planning.queries import offer_new_slots
    from blisko.planning.queries.slots import forget_standing

    now = clock.now()
    first = (now + timedelta(days=1)).date()
    sites, days = loaded(now, first), [first + timedelta(days=nr) for nr in range(DAYS)]

    def in_process(site: int) -> int:
        return len(offer_new_slots(SYSTEM, site, "fibre-repair", days, now=now))

    def from_nothing(site: int) -> int:
        forget_standing()
        return in_process(site)

    token = reveal_token(issue_api_key("bench", tuple(declared_permissions()), actor=SYSTEM, now=now).pk)
    with httpx.Client(base_url=f"{web}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:

        def over_http(site: int) -> int:
            said: Any = client.get(f"/sites/{site}/slots", params={"job_type": "fibre-repair", "first": first.isoformat(), "days": DAYS})
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
