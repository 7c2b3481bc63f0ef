"""Hundreds of customers on their links at once: they move, hesitate, tap twice, cancel, book again; the truth is seen every second."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
from django.utils import timezone

from blisko.access.rules import SYSTEM
from blisko.access.services import reveal_token
from blisko.customers.models import Customer, Site
from blisko.field.models import Home, Shift, Technician
from blisko.field.services import add_technician
from blisko.kit import clock
from blisko.live.queries.link import opened_by_link
from blisko.live.services.links import link_for
from blisko.planning.models import Assignment
from blisko.planning.queries.problems import EVERYBODY, day_at, draft_of
from blisko.planning.rules.checker import faults
from blisko.planning.rules.whatif import as_it_stands, board_of
from blisko.visits.models import Visit, WorkOrder
from blisko.visits.services import arrive, finish, set_out
from blisko.visits.tests.make import a_job_type

HOUR, MINUTES = timedelta(hours=1), 40
MIDDLE, SPREAD, BEAT = (52.0, 19.25), 0.15, 0.03
CHOICE = re.compile(r'name="window" value="([^"]+)"')
GRACE = timedelta(seconds=20)  # in which the queue gives back what a cancelled visit held
# Each answers rows that must not be; seen as of one moment.
NEVER = {
    "a technician is twice at a time": """
        SELECT a.id FROM planning_assignment a JOIN planning_assignment b
        ON a.technician_id = b.technician_id AND a.id < b.id AND a.during && b.during
        WHERE a.released_at IS NULL AND b.released_at IS NULL
    """,
    "a visit is planned outside what was promised": """
        SELECT v.id FROM planning_assignment a JOIN visits_visit v ON v.id = a.visit_id
        WHERE a.released_at IS NULL AND v.state = 'booked' AND v.window_from > %(tomorrow)s
        AND NOT lower(a.during) BETWEEN v.window_from AND v.window_to
    """,
    "a cancelled visit is still planned": """
        SELECT v.id FROM planning_assignment a JOIN visits_visit v ON v.id = a.visit_id
        WHERE a.released_at IS NULL AND v.state = 'cancelled' AND v.ended_at < %(before)s
    """,
    "an order has two visits to come": """
        SELECT order_id FROM visits_visit WHERE state IN ('booked', 'on_the_way', 'on_site') GROUP BY order_id HAVING count(*) > 1
    """,
    "a confirmed choice is nobody's": """
        SELECT h.id FROM planning_slothold h JOIN visits_visit v ON v.id = h.booked_visit_id
        WHERE h.state = 'confirmed' AND v.state = 'booked' AND v.window_from = h.window_from
        AND NOT EXISTS (SELECT FROM planning_assignment a WHERE a.visit_id = v.id AND a.released_at IS NULL)
    """,
}


@dataclass
class Seen:
    """What came of it: taps by what they brought, seconds they took, what each link was told last, and what must not have been."""

    taps: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    told: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    looks: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


def a_country(people: int, customers: int, days: int, *, seed: int = 1) -> list[str]:
    """Write technicians who work today and the next days, and every customer's planned visit on one of the next; answer the links."""
    dice, now = random.Random(seed), clock.now()
    customer = Customer.objects.create(number=f"C{time.time_ns()}", name="Klient", language="pl", created_at=now)
    crew = [_employed(nr, now, dice) for nr in range(people)]
    eight = timezone.localtime(now).replace(hour=8, minute=0, second=0, microsecond=0).astimezone(UTC)
    mornings = [eight + timedelta(days=nr) for nr in range(1, days + 1)]
    Shift.objects.bulk_create([Shift(technician=one, starts_at=at, ends_at=at + 10 * HOUR) for one, _ in crew for at in mornings])
    Shift.objects.bulk_create([Shift(technician=one, starts_at=now - HOUR, ends_at=min(now + 9 * HOUR, mornings[0])) for one, _ in crew])
    seats = [(one, home, at + (1 + 2 * nr) * HOUR) for at in mornings for nr in range(4) for one, home in crew]
    assert len(seats) >= customers, "not enough places for so many customers"
    taken = dice.sample(seats, customers)
    visits = [_planned(customer, one, _near(dice, home, BEAT), at, now) for one, home, at in taken]
    for one, home in crew[: max(1, people // 6)]:  # these drive meanwhile
        for nr in range(3):
            _planned(customer, one, _near(dice, home, BEAT), now + nr * HOUR + timedelta(minutes=5), now)
    return [reveal_token(link_for(visit.pk, now=now).pk) for visit in visits]


def _near(dice: random.Random, middle: tuple[float, float], spread: float) -> tuple[float, float]:
    return middle[0] + dice.uniform(-spread, spread), middle[1] + dice.uniform(-spread, spread)


def _employed(nr: int, now: datetime, dice: random.Random) -> tuple[Technician, tuple[float, float]]:
    mark = f"{time.time_ns() % 10**9}{nr}"
    one = add_technician(
        actor=SYSTEM, now=now, code=f"C{mark}", name=f"Jan {nr}", email=f"c{mark}@example.com", phone="+48 602 300 400",
        skills=["fibre"], password=None,
    )  # fmt: skip
    home = _near(dice, MIDDLE, SPREAD)
    Home.objects.create(technician=one, lat=home[0], lon=home[1])
    return one, home


def _planned(customer: Customer, technician: Technician, place: tuple[float, float], at: datetime, now: datetime) -> Visit:
    site = Site.objects.create(customer=customer, street="Lipowa 1", city="Blisków", lat=place[0], lon=place[1])
    order = WorkOrder.objects.create(number=f"C{site.pk}", customer=customer, site=site, job_type=a_job_type(), created_at=now)
    visit = Visit.objects.create(
        number=f"C{site.pk}", order=order, window_from=at - HOUR / 2, window_to=at + HOUR, minutes=MINUTES, created_at=now
    )
    Assignment.objects.create(
        visit=visit, technician=technician, during=(at, at + timedelta(minutes=MINUTES)), made_at=now, made_by="crowd"
    )
    return visit


async def crowd(web: str, links: Sequence[str], seconds: float, database_url: str, *, seed: int = 1) -> Seen:
    """Let every customer decide again and again for so long, and look at the truth every second."""
    seen, ends = Seen(), time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=web, timeout=60, limits=httpx.Limits(max_connections=48)) as client:
        people = [_customer(client, link, seen, ends, random.Random(seed * 100_003 + nr)) for nr, link in enumerate(links)]
        watching = asyncio.create_task(asyncio.to_thread(_watch, database_url, seen, ends))
        driving = asyncio.create_task(asyncio.to_thread(_drive, ends))
        await asyncio.gather(*people)
        await watching
        await driving
    return seen


async def _customer(client: httpx.AsyncClient, link: str, seen: Seen, ends: float, dice: random.Random) -> None:
    span = ends - time.monotonic()
    pause = dice.uniform(0, span * 0.8)
    while time.monotonic() + pause < ends:
        await asyncio.sleep(pause)
        decided = dice.random()
        if decided < 0.75:
            link = await _move(client, link, seen, dice)
        elif decided < 0.9:
            await _tap(client, seen, "wait", f"/v/{link}/wait", {} if dice.random() < 0.5 else {"stop": "1"})
        else:
            reason = dice.choice(["fixed_itself", "not_home", "not_needed"])
            answer = await _tap(client, seen, "cancel", f"/v/{link}/cancel", {"reason": reason, "sure": "1"})
            if answer.status_code == 303:
                seen.told[link] = ("cancelled", None)
            if dice.random() < 0.5:
                link = await _move(client, link, seen, dice)  # another visit after all
        pause = dice.uniform(0.1, span / 3)


async def _move(client: httpx.AsyncClient, link: str, seen: Seen, dice: random.Random) -> str:
    """Look at the times, choose one, and mostly confirm it, now and then with two taps at once; answer the link to go on with."""
    page = await _tap(client, seen, "times", f"/v/{link}/move", None)
    found = CHOICE.findall(page.text) if page.status_code == 200 else []
    if not found:
        seen.taps["nothing offered"] += 1
        return link
    wanted = dice.choice(found)
    chosen = await _tap(client, seen, "choose", f"/v/{link}/choose", {"window": wanted})
    if "gone" in chosen.headers.get("Location", ""):
        seen.taps["taken meanwhile"] += 1
        return link
    await asyncio.sleep(dice.uniform(0, 1))
    if dice.random() < 0.15:
        await _tap(client, seen, "keep", f"/v/{link}/keep", {})
        return link
    taps = 2 if dice.random() < 0.2 else 1
    answers = await asyncio.gather(*(_tap(client, seen, "confirm", f"/v/{link}/confirm", {}) for _ in range(taps)))
    places = [answer.headers.get("Location", "") for answer in answers if answer.status_code == 303]
    done = [place for place in places if "/move" not in place]
    if not done:
        seen.taps["refused at the end"] += 1
        return link
    seen.taps["confirmed"] += 1
    now_at = done[0].partition("/v/")[2].partition("?")[0].partition("#")[0]
    seen.told[now_at] = ("booked", datetime.fromisoformat(wanted))
    return now_at


async def _tap(client: httpx.AsyncClient, seen: Seen, what: str, address: str, form: dict[str, str] | None) -> httpx.Response:
    begun = time.monotonic()
    answer = await (client.get(address) if form is None else client.post(address, data=form))
    seen.seconds.setdefault(what, []).append(time.monotonic() - begun)
    seen.taps[f"{what} {answer.status_code}"] += 1
    if answer.status_code >= 500:
        seen.wrong[f"{what} answered {answer.status_code}"] += 1
    return answer


def _watch(database_url: str, seen: Seen, ends: float) -> None:
    """Look at the truth at every second, from a thread of its own: the customers' own haste does not hold it up."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        while time.monotonic() < ends:
            _look(connection, seen)
            time.sleep((ends - time.monotonic()) % 1)


def _look(connection: psycopg.Connection[tuple[object, ...]], seen: Seen) -> None:
    now = clock.now()
    known = {"tomorrow": now + 12 * HOUR, "before": now - GRACE}
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for what, words in NEVER.items():
            if connection.execute(words, known).fetchall():
                seen.wrong[what] += 1
    seen.looks += 1


def _drive(ends: float) -> None:
    """Let those who work today go to their visits, one step every moment."""
    while time.monotonic() < ends:
        today = Assignment.objects.filter(released_at=None, during__startswith__lt=clock.now() + 4 * HOUR).order_by("during")
        for row in today.select_related("visit")[:6]:
            step = {"booked": set_out, "on_the_way": arrive, "on_site": finish}.get(row.visit.state)
            if step:
                step(row.visit_id, actor=SYSTEM, now=clock.now())
        time.sleep(2)


def lost(seen: Seen) -> list[str]:
    """Answer what customers were told and the house no longer knows."""
    found = []
    for link, (state, window_from) in seen.told.items():
        visit = _visit_of(link)
        if visit.state != state or (window_from is not None and visit.window_from != window_from):
            found.append(f"{visit.number}: told {state} {window_from}, is {visit.state} {visit.window_from}")
    return found


def _visit_of(link: str) -> Visit:
    return opened_by_link(link, now=clock.now()).visit


def broken_plans(days: int) -> list[str]:
    """Answer what an independent eye finds wrong with the coming days as they are planned."""
    now, found = clock.now(), []
    for nr in range(1, days + 1):
        draft = draft_of(day_at(now) + timedelta(days=nr), EVERYBODY, now=now)
        found += faults(draft.problem, as_it_stands(board_of(draft.world, draft.problem)))
    return found
