"""Parts: how soon a day of 30 visits is checked against the van, with what is missing, where it can be had and what the detour costs.

40 technicians of 30 visits each, 60 depots, six kinds of parts and two tools in every kit; every van lacks some of each. Asked in process
with ways asked before and with every way forgotten (no road region is prepared, so ways are estimated), and as the technician's page.
"""

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from bench.house import house, put_worker_to_sleep
from bench.slots import MIDDLE, SPREAD, booked, line, near, waits
from blisko.access.rules import SYSTEM
from blisko.customers.models import Customer, Site
from blisko.field.models import Home, Shift, Technician
from blisko.field.services import add_technician, set_depot, set_van
from blisko.kit import clock
from blisko.planning.queries import parts_check
from blisko.planning.queries.roads import forget_ways
from blisko.visits.models import JobType

TECHNICIANS, VISITS, DEPOTS, QUESTIONS = 40, 30, 60, 200
PARTS, TOOLS = ["ONT", "SFP", "HDMI", "RJ45", "cable", "socket"], ["splicer", "ladder"]
SECRET, LIMIT = "a long enough secret", 200
BEAT = 0.04  # degrees; each technician works around a place of his own


def loaded(now: datetime) -> list[Technician]:
    """Write everybody's day, van and visits, and the depots; answer the technicians."""
    dice = random.Random(1)
    six = datetime(now.year, now.month, now.day, 6, tzinfo=UTC)
    crew, sites = [], []
    customer = Customer.objects.create(number="P", name="Klient", created_at=now)
    for nr in range(TECHNICIANS):
        plate, centre = f"P {nr}", near(dice, MIDDLE, SPREAD)
        held = {part: dice.randint(1, VISITS - 1) for part in PARTS}
        set_van(plate, parts=held, tools=TOOLS[:1], actor=SYSTEM, now=now)
        one = add_technician(
            actor=SYSTEM, now=now, code=f"P{nr}", name=f"Jan {nr}", email=f"p{nr}@example.com", phone="+48 602 300 400", skills=["fibre"],
            password=SECRET, van=plate,
        )  # fmt: skip
        Home.objects.create(technician=one, lat=centre[0], lon=centre[1])
        Shift.objects.create(technician=one, starts_at=six, ends_at=six + timedelta(hours=15))
        places = [near(dice, centre, BEAT) for _ in range(VISITS)]
        sites += [Site(customer=customer, street="Lipowa 1", city="Blisków", lat=lat, lon=lon) for lat, lon in places]
        crew.append(one)
    starts = [six + timedelta(hours=2, minutes=25 * nr) for _ in crew for nr in range(VISITS)]
    booked([one for one in crew for _ in range(VISITS)], Site.objects.bulk_create(sites), starts, now, minutes=15)
    JobType.objects.update(kit=[{"part": part, "count": 1} for part in PARTS], tools=TOOLS)
    for nr in range(DEPOTS):
        lat, lon = near(dice, MIDDLE, SPREAD)
        held = {part: dice.randint(0, 20) for part in dice.sample(PARTS, 4)}
        set_depot(f"p{nr}", name=f"Depot {nr}", lat=lat, lon=lon, parts=held, tools=TOOLS[1:], actor=SYSTEM, now=now)
    return crew


def main() -> None:
    with house() as platform:
        put_worker_to_sleep()
        report(platform.web)


def report(web: str) -> None:
    now = clock.now()
    crew, day = loaded(now), now.date()

    def check(nr: int) -> int:
        found = parts_check(SYSTEM, crew[nr].pk, day, now=now)
        assert len(found.calls) == VISITS
        return len(found.missing) and len(found.fetches)

    def from_nothing(nr: int) -> int:
        forget_ways()
        return check(nr)

    asked = [nr % TECHNICIANS for nr in range(QUESTIONS)]
    with httpx.Client(base_url=web, follow_redirects=True, timeout=60) as client:
        sign_in(client, crew[0].user.email)

        def over_http(_: int) -> int:
            return client.get("/t/parts/").raise_for_status().text.count("take_parts")

        for nr in range(TECHNICIANS):
            check(nr)
        for _ in range(12):  # every process of the server has its ways then
            over_http(0)
        rows: dict[str, Callable[[int], int]] = {"in process": check, "every way forgotten": from_nothing, "the page": over_http}
        took = {name: waits(ask, asked) for name, ask in rows.items()}
    print(f"{VISITS} visits, {check(0)} depots offered; load {os.getloadavg()[0]:.1f}; at most {LIMIT} ms are wanted")
    print(f"{'milliseconds':24} {'asked':>6} {'median':>9} {'p95':>9} {'p99':>9}")
    for name, each in took.items():
        print(line(name, each))


def sign_in(client: httpx.Client, email: str) -> None:
    client.get("/accounts/login/")
    said = {"login": email, "password": SECRET, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    client.post("/accounts/login/", data=said, headers={"Referer": str(client.base_url)}).raise_for_status()


if __name__ == "__main__":
    main()
