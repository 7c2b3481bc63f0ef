"""A platform whose clock says nine in the morning, and the people who work there."""

import io
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from blisko.access.queries import actor_by_token
from blisko.access.rules import SYSTEM, Actor, KeyKind
from blisko.access.services import reveal_token
from blisko.accounts.services import add_user
from blisko.customers.models import Customer, Site
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.models import Technician
from blisko.field.services import add_part, add_shift, add_technician, set_depot, set_minimum, set_photo, set_van, use_parts
from blisko.field.tests.make import actor_of, let_work
from blisko.kit import clock
from blisko.live.rules.provisioning import App
from blisko.live.services import issue_device
from blisko.live.services.links import leave_photo, link_for
from blisko.planning.models import Proposal, RiskAlert
from blisko.planning.rules.alerts import LIVE, CauseCode
from blisko.planning.rules.lines import Change, Line, packed
from blisko.planning.rules.repairs import RepairKind
from blisko.planning.rules.ways_out import WayOut
from blisko.planning.services import assign_visit
from blisko.simulator.services.city import write_city
from blisko.simulator.services.portraits import portrait
from blisko.visits.models import JobType, Visit
from blisko.visits.rules import CancelReason
from blisko.visits.services import (
    arrive,
    cancel_visit,
    confirm_service,
    finish,
    invite_customer,
    rate_visit,
    report_no_access,
    set_out,
    write_note,
)
from blisko.visits.tests.make import a_job_type, a_visit
from tests.database import HOME
from tests.platform import Platform, running

SECRET = "a long enough secret"
PATIENCE = 40
# Every language for its words, either theme for its colours: neither shows anything new with the other.
LOOKS = [("en", "light"), ("pl", "dark"), ("hu", "light")]
# Points on streets of the generated city.
PLACES = [(51.99296, 19.25881), (52.00581, 19.22769), (52.00016, 19.23220), (51.99631, 19.23803), (52.0102, 19.2361), (51.9871, 19.2412)]


CLOSING = {
    "photos": 1, "signature": True, "checklist": True,
    "measures": [{"key": "signal", "names": {"en": "Signal", "pl": "Sygnał", "hu": "Jelszint"}, "unit": "dBm", "min": -27, "max": -8}],
}  # fmt: skip
CHECKLIST = [
    {"en": "Measure the signal at the socket", "pl": "Zmierz sygnał w gniazdku", "hu": "Mérje meg a jelszintet az aljzatnál"},
    {"en": "Clean up", "pl": "Posprzątaj", "hu": "Takarítson el"},
]


def asks_for_proof() -> None:
    """Let every job ask for all a job may ask for at its end."""
    JobType.objects.update(closing=CLOSING, checklist=CHECKLIST)


@contextmanager
def morning(log: Path, **settings_too: str) -> Iterator[Platform]:
    """Run a platform on the generated city that believes it is nine o'clock of the present day."""
    city = write_city(HOME / "city", seed=1)
    nine = datetime.now(ZoneInfo(settings.TIME_ZONE)).replace(hour=9, minute=0, second=0, microsecond=0)
    with running(log, BLISKO_MAP_FILE=str(city.mbtiles), BLISKO_CLOCK=f"{nine.isoformat()}@{time.time()}*1", **settings_too) as found:
        yield found


def a_person(role: str, name: str = "") -> str:
    """Answer the e-mail address of somebody new in a role."""
    email = f"{role}{time.time_ns()}@example.com"
    add_user(actor=SYSTEM, now=clock.now(), email=email, name=name or role.title(), roles=[role], password=SECRET)
    return email


@dataclass
class Worker:
    """A technician on shift, with his address for signing in and his telephone's token."""

    technician: Technician
    email: str
    token: str
    platform: Platform

    def report(self, place: tuple[float, float], *, heading: int = 120, at: datetime | None = None) -> None:
        """Send a position as the telephone does, to the live process."""
        moment = at or clock.now()
        said = {"id": "1", "lat": place[0], "lon": place[1], "timestamp": int(moment.timestamp()), "accuracy": 8, "bearing": heading}
        url = f"{self.platform.live}/p/{self.token}?{urllib.parse.urlencode(said)}"
        with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=10) as answer:
            assert answer.status == 200

    def take(self, visit: Visit, *steps: Callable[..., Visit]) -> None:
        for step in steps:
            step(visit.pk, actor=actor_of(self.technician), now=clock.now())


def a_worker(platform: Platform, name: str = "Jan Kowalski", *, face: bool = True) -> Worker:
    """Answer a technician who works from eight to eight."""
    now, mark = clock.now(), time.time_ns()
    email = f"t{mark}@example.com"
    one = add_technician(
        actor=SYSTEM, now=now, code=f"T{mark % 10**8}", name=name, email=email, phone="+48 602 300 400", skills=["fibre"], password=SECRET
    )
    add_shift(one.pk, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=11), actor=SYSTEM, now=now)
    if face:
        set_photo(one.pk, portrait(name, woman=name.split()[0].endswith(("a", "Ágnes"))), actor=SYSTEM, now=now)
    setup = issue_device(one.pk, App.OSMAND, actor=actor_of(one), now=now)
    return Worker(one, email, setup.how.type_in.partition("/p/")[2].partition("?")[0], platform)


def a_newcomer(name: str, language: str) -> Customer:
    return a_customer(clock.now(), name=name, language=language, phone=f"+4860{time.time_ns() % 10_000_000:07d}")


def a_home(customer: Customer, place: tuple[float, float]) -> Site:
    return a_site(clock.now(), customer, lat=place[0], lon=place[1])


def a_promise(
    name: str, *, worker: Worker | None = None, place: tuple[float, float] = PLACES[0], starts_in: timedelta = timedelta(minutes=5),
    language: str = "pl",
) -> Visit:  # fmt: skip
    """Answer a booked visit with its customer's link, given to `worker` where there is one."""
    now = clock.now()
    visit = a_visit(now, a_home(a_newcomer(name, language), place), starts_in=starts_in)
    if worker is not None:
        assign_visit(visit.pk, worker.technician.pk, actor=SYSTEM, now=now)
    return visit


def an_invitation(name: str, *, language: str = "pl") -> Visit:
    """Answer a visit whose customer is asked to choose its time within a week."""
    now, customer = clock.now(), a_newcomer(name, language)
    a_job_type()
    return invite_customer(
        actor=SYSTEM, now=now, site_id=a_home(customer, PLACES[0]).pk, job_type="fibre-repair", choose_until=now + timedelta(days=7)
    )


def link_actor(visit: Visit) -> Actor:
    """Answer the customer as he comes through his link."""
    now = clock.now()
    return actor_by_token(reveal_token(link_for(visit.pk, now=now).pk), kind=KeyKind.LINK, now=now)


def link_of(platform: Platform, visit: Visit, language: str = "") -> str:
    token = reveal_token(link_for(visit.pk, now=clock.now()).pk)
    return f"{platform.web}/v/{token}" + (f"?lang={language}" if language else "")


def works_tomorrow(worker: Worker, hours: int = 10) -> None:
    """Let him work tomorrow, too, from eight on."""
    eight = timezone.localtime(clock.now()).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    let_work(worker.technician, eight, eight + timedelta(hours=hours), now=clock.now())


def a_picture() -> bytes:
    """A photo that says where it was taken."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (1200, 900), (180, 60, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def say(visit: Visit, *, works: bool, rating: int = 0, comment: str = "") -> None:
    """Answer for the customer, from his link."""
    now = clock.now()
    from_link = link_actor(visit)
    confirm_service(visit.pk, works, asked="Czy wszystko działa?", language="pl", actor=from_link, now=now, comment=comment)
    if rating:
        rate_visit(visit.pk, rating, actor=from_link, now=now, comment=comment)


@dataclass(frozen=True)
class FullDay:
    """A day with a visit in every state."""

    busy: Worker
    unassigned: Visit
    ahead: Visit
    driving: Visit
    done: Visit
    broken: Visit


def a_full_day(platform: Platform) -> FullDay:
    """Fill a day: three technicians, visits in every state, long names, a wish that waits."""
    first, second = a_worker(platform), a_worker(platform, "Ágnes Nagyné Szentgyörgyi-Horváth", face=False)
    third = a_worker(platform, "Wojciech Brzęczyszczykiewicz")
    hour = timedelta(hours=1)
    unassigned = a_promise("Aleksandra Konstantynopolitańczykowianeczka-Brzozowska", place=PLACES[1], starts_in=3 * hour)
    ahead = a_promise("Piotr Zieliński", worker=first, place=PLACES[2], starts_in=2 * hour)
    driving = a_promise("Zofia Wiśniewska", worker=first, place=PLACES[0])
    inside = a_promise("Kovács Béla", worker=second, place=PLACES[3], language="hu")
    done = a_promise("Emily Carter", worker=third, place=PLACES[4], language="en")
    broken = a_promise("Maria Lewandowska", worker=third, place=PLACES[5], starts_in=2 * hour)
    shut = a_promise("Tomasz Wójcik", worker=second, place=PLACES[1], starts_in=2 * hour)
    off = a_promise("Ewa Nowak", place=PLACES[2], starts_in=4 * hour)
    an_invitation("Konstancja Szczepańska-Brzęczyszczykiewicz")
    _equip(first)
    leave_photo(driving.pk, a_picture(), actor=link_actor(driving), now=clock.now(), caption="Gniazdko w przedpokoju")
    write_note(driving.pk, "Domofon nie działa, proszę dzwonić. Pies jest łagodny.", actor=link_actor(driving), now=clock.now())
    first.take(driving, set_out)
    second.take(inside, set_out, arrive)
    third.take(done, set_out, arrive, finish)
    third.take(broken, set_out, arrive, finish)
    second.take(shut, set_out, report_no_access)
    cancel_visit(off.pk, actor=SYSTEM, now=clock.now(), reason=CancelReason.FIXED_ITSELF)
    say(done, works=True, rating=5, comment="Bardzo miły i szybki.")
    say(broken, works=False, comment="Na routerze świeci się czerwona lampka, a telewizor nie widzi dekodera.")
    first.report(PLACES[1])
    second.report(PLACES[3], heading=0)
    third.report(PLACES[5], heading=250)
    return FullDay(first, unassigned, ahead, driving, done, broken)


def _equip(worker: Worker) -> None:
    """Give him a van that lacks some of what his day wants, and two depots that have it; the books did not know of all he used."""
    now, names = clock.now(), {"en": "Optical terminal", "pl": "Terminal optyczny ONT", "hu": "Optikai végberendezés (ONT)"}
    add_part("ONT", names, actor=SYSTEM, now=now)
    add_part("RJ45", {"en": "RJ45 plug", "pl": "Wtyk RJ45", "hu": "RJ45-csatlakozó"}, actor=SYSTEM, now=now)
    JobType.objects.update(kit=[{"part": "ONT", "count": 1}, {"part": "RJ45", "count": 4}], tools=["splicer"])
    van = set_van("EL 12345", name="Kangoo", tools=["splicer"], parts={"ONT": 1, "RJ45": 40}, actor=SYSTEM, now=now)
    Technician.objects.filter(pk=worker.technician.pk).update(van=van)
    where: dict[str, Any] = {"opens_at": time_of_day(6), "closes_at": time_of_day(21), "tools": ["splicer"], "actor": SYSTEM, "now": now}
    set_depot("baza", name="Baza Blisków", lat=PLACES[3][0], lon=PLACES[3][1], parts={"ONT": 12, "RJ45": 200}, **where)
    set_depot("punkt", name="Punkt odbioru Dworzec", lat=PLACES[5][0], lon=PLACES[5][1], parts={"ONT": 2}, **where)
    use_parts(worker.technician.pk, {"SFP": 1}, op=uuid4(), actor=actor_of(worker.technician), now=now)
    set_minimum("RJ45", 50, van="EL 12345", actor=SYSTEM, now=now)


def in_danger(day: FullDay) -> None:
    """Let the promise of the visit ahead be in danger, with three ways out."""
    now, visit, first = clock.now(), day.ahead, day.busy.technician
    if RiskAlert.objects.filter(visit=visit, state__in=LIVE).exists():
        return
    ways = [
        WayOut(RepairKind.MOVE, visit.pk, first.pk, None, None, 12, 0, 1),
        WayOut(RepairKind.SWAP, visit.pk, first.pk, None, day.unassigned.pk, -4, 1, 2),
        WayOut(RepairKind.REORDER, visit.pk, first.pk, day.driving.pk, None, 0, 0, 0),
    ]
    RiskAlert.objects.create(
        visit=visit, technician=first, probability=0.72, expected_at=visit.window_to, cause=CauseCode.WORK, cause_visit=day.driving,
        cause_minutes=40, repairs=[one.as_json() for one in ways], opened_at=now, seen_at=now, repairs_at=now, repairs_for=0.72,
    )  # fmt: skip


def proposed(day: FullDay) -> None:
    """Let a repair wait for a word: the visit nobody goes to is given to somebody."""
    now, visit = clock.now(), day.unassigned
    if Proposal.objects.exists():
        return
    line = Line(day.busy.technician.pk, visit.window_from, visit.window_to)
    terms = {"left_out": 1, "late": 0, "driven": 42, "overtime": 0, "told_again": 0, "points": 642.0}
    Proposal.objects.create(
        day=timezone.localtime(now).date(), made_at=now, before=terms, after=terms | {"left_out": 0, "driven": 51, "points": 51.0},
        changes=packed([Change(visit.pk, 1, None, line)]),
    )  # fmt: skip


def sign_in(page: Page, web: str, email: str) -> None:
    """Sign in through the form, as people do."""
    page.goto(f"{web}/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(SECRET)
    page.locator("form.form button").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def until(found: Callable[[], object], what: str) -> object:
    """Answer what `found` finds, asking again until it does."""
    end = time.monotonic() + PATIENCE
    while not (thing := found()):
        assert time.monotonic() < end, f"no {what} within {PATIENCE} s"
        time.sleep(0.1)
    return thing
