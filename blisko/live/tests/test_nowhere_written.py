"""No place that must not be kept is in any table or log, whatever the shifts, breaks, areas, homes, dialects and times (F13)."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from math import cos, radians

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from blisko.access.rules import SYSTEM, Actor
from blisko.access.services import run_retention
from blisko.field.events import HomeSet
from blisko.field.models import Technician, WorkArea
from blisko.field.services import add_shift, set_home, set_work_area
from blisko.field.tests.make import a_technician, actor_of
from blisko.live.handlers import hide_home
from blisko.live.models import Fix, PrivateTime, UnusableCount
from blisko.live.services.private import end_private, go_private, take_break
from blisko.live.tests.doors import PATIENCE, LiveProcess, a_phone

pytestmark = pytest.mark.django_db
UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]  # each try is a real process: looking for a smaller one takes an hour
MINUTE = timedelta(minutes=1)
MIDDLE = (50.0, 20.0)
AREA = 0.3  # degrees around the middle
HOME = (50.1, 20.1)
HOME_M = 200.0
numbers = count(1)


@dataclass(frozen=True)
class Sent:
    """A place as a phone sends it: digits that nothing else in the house has, degrees, and when it was measured."""

    digits: tuple[str, str]
    at: datetime
    dialect: str
    readable: bool = True

    @property
    def place(self) -> tuple[float, float]:
        return float(self.digits[0]), float(self.digits[1])

    def request(self) -> tuple[str, bytes | None]:
        """Answer the query and the body in which this goes out."""
        (lat, lon), stamp = self.digits, int(self.at.timestamp())
        fields = f"id=1&lat={lat}&lon={lon}&timestamp={stamp}"
        coords = f'"coords":{{"latitude":{lat},"longitude":{lon},"accuracy":5}}'
        iso = self.at.isoformat()
        wrong = f'"lat":{lat},"lon":{lon}'
        return {
            "query": (fields, None),
            "form": ("", fields.encode()),
            "nine": ("", f'{{"device_id":"1","location":{{"timestamp":"{iso}",{coords}}}}}'.encode()),
            "batch": ("", f'{{"device_id":"{lat}","location":[{{"timestamp":"{iso}",{coords}}}]}}'.encode()),
            "mock": ("", f'{{"device_id":"1","location":{{"timestamp":"{iso}","mock":true,{coords}}}}}'.encode()),
            "owntracks": ("", f'{{"_type":"location",{wrong},"tst":{stamp},"tid":"jk","poi":"{lat}"}}'.encode()),
            "crossing": ("", f'{{"_type":"transition","event":"leave",{wrong},"tst":{stamp},"tid":"jk","desc":"{lon}"}}'.encode()),
            "heartbeat": ("", f'{{"device_id":"1","location":{{"event":"heartbeat","timestamp":"{iso}",{coords}}}}}'.encode()),
            "ping": ("", f'{{"_type":"location","t":"p",{wrong},"tst":{stamp},"tid":"jk"}}'.encode()),
            "waypoint": ("", f'{{"_type":"waypoint",{wrong},"desc":"{lat}"}}'.encode()),
            "broken": ("", f'{{"_type":"location",{wrong},'.encode()),
            "strange": ("", f'{{{wrong}}}'.encode()),
            "bad time": (f"id={lat}&lat={lat}&lon={lon}&timestamp=x{lon}", None),
        }[self.dialect]


KEPT_DIALECTS = ("query", "form", "nine", "batch", "mock", "owntracks", "crossing")
OTHERS = ("heartbeat", "ping", "waypoint", "broken", "strange", "bad time")


def digits_of(lat: float, lon: float) -> tuple[str, str]:
    """Answer a place with digits of its own after the first four decimals: seven metres at most from where it was drawn."""
    nr = next(numbers)
    return f"{lat:.4f}{nr:05d}77731", f"{lon:.4f}{nr:05d}77713"


def needle(digits: str) -> str:
    return digits[:12]


def holding(needles: Sequence[str]) -> dict[str, str]:
    """Answer which needle is in which table, and in whatever row of it: the whole database as text."""
    if not needles:
        return {}
    pattern = "|".join(re.escape(one) for one in needles)
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT substring(one::text FROM %s) FROM {table} AS one WHERE one::text ~ %s", [pattern, pattern])
            found |= {found_needle: table for (found_needle,) in cursor.fetchall()}
    return found


@dataclass
class Day:
    """What a drawn example set up, in the test's own words: an oracle that shares nothing with the house's rules."""

    now: datetime
    shifts: list[tuple[datetime, datetime]]
    alone: list[tuple[datetime, datetime]]
    area: bool
    home: bool

    def may_be_kept(self, one: Sent) -> bool:
        """Tell whether this place may stand in the database at the end."""
        lat, lon = one.place
        north, east = (lat - HOME[0]) * 111_195, (lon - HOME[1]) * 111_195 * cos(radians(HOME[0]))
        return (
            one.dialect in KEPT_DIALECTS
            and self.now - timedelta(days=7) <= one.at <= self.now + 2 * MINUTE
            and any(start <= one.at < end for start, end in self.shifts)
            and not any(start <= one.at < end for start, end in self.alone)
            and not (self.area and max(abs(lat - MIDDLE[0]), abs(lon - MIDDLE[1])) > AREA)
            and not (self.home and (north**2 + east**2) ** 0.5 <= HOME_M)
        )


def places() -> st.SearchStrategy[tuple[float, float]]:
    """Around home, inside the area, outside of it, anywhere; never within metres of an edge, where roundings differ."""
    anywhere = st.tuples(st.floats(10, 80), st.floats(10, 80))
    less = AREA - 0.01
    inside = st.tuples(*(st.floats(middle - less, middle + less) for middle in MIDDLE))
    beside = st.builds(lambda at, by: (at, MIDDLE[1] + AREA + by), st.floats(49.8, 50.2), st.floats(0.001, 0.05))
    at_home = st.builds(lambda n, e: (HOME[0] + n, HOME[1] + e), st.floats(-0.0012, 0.0012), st.floats(-0.0016, 0.0016))
    near_home = st.builds(lambda e: (HOME[0] + 0.0022, HOME[1] + e), st.floats(-0.003, 0.003))
    return st.one_of(inside, beside, at_home, near_home, anywhere)


@dataclass(frozen=True)
class Drawn:
    """One example: minutes before now, and what happens between the reports."""

    shifts: list[tuple[int, int]]
    known: list[str]  # what is set before the first report: the area, the home
    steps: list[tuple[str, int]]
    reports: list[tuple[str, tuple[float, float], int]]
    order: list[bool]


def examples() -> st.SearchStrategy[Drawn]:
    step = st.tuples(st.sampled_from(["private", "break", "end", "area", "home"]), st.integers(0, 600))
    report = st.tuples(st.sampled_from(KEPT_DIALECTS * 2 + OTHERS), places(), st.integers(-10, 700))
    return st.builds(
        Drawn,
        st.lists(st.tuples(st.integers(0, 600), st.integers(30, 700)), min_size=1, max_size=3),
        st.lists(st.sampled_from(["area", "home"]), unique=True),
        st.lists(step, max_size=4),
        st.lists(report, min_size=1, max_size=12),
        st.lists(st.booleans(), min_size=16, max_size=16),
    )


def work(technician: Technician, drawn: Drawn, now: datetime) -> list[tuple[datetime, datetime]]:
    """Let him work the drawn hours, as far as they leave each other room."""
    kept: list[tuple[datetime, datetime]] = []
    for ago, length in drawn.shifts:
        span = (now - ago * MINUTE, now + (length - ago) * MINUTE)
        if all(span[1] <= start or end <= span[0] for start, end in kept):
            add_shift(technician.pk, starts_at=span[0], ends_at=span[1], actor=SYSTEM, now=now)
            kept.append(span)
    return kept


def take(step: str, at: datetime, technician: Technician, actor: Actor, day: Day) -> None:
    """Let one thing happen, through the services."""
    if step == "private":
        go_private(30, actor=actor, now=at)
    elif step == "break":
        take_break(actor=actor, now=at)
    elif step == "end":
        end_private(actor=actor, now=at)
    elif step == "area":
        around = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
        ring = [[MIDDLE[1] + x * AREA, MIDDLE[0] + y * AREA] for x, y in around]
        set_work_area("all", name="All", shape={"type": "Polygon", "coordinates": [ring]}, actor=SYSTEM, now=at)
        day.area = True
    else:
        set_home(technician.pk, lat=HOME[0], lon=HOME[1], actor=SYSTEM, now=at)
        hide_home(HomeSet(technician.pk, at))
        day.home = True


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 4 * PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_no_forbidden_place_is_in_any_table_or_log(live: LiveProcess) -> None:
    """Property over shifts, breaks, private times, areas, homes, dialects and times, in any order, with the real process and database."""

    @given(drawn=examples())
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
    def never(drawn: Drawn) -> None:
        WorkArea.objects.all().delete()
        now = timezone.now().replace(microsecond=0)
        me = a_technician(now, shift=False)
        _, token = a_phone(me.pk, now)
        actor, day = actor_of(me), Day(now, work(me, drawn, now), [], area=False, home=False)
        reports = [Sent(digits_of(*place), now - ago * MINUTE, dialect) for dialect, place, ago in drawn.reports]
        for step in drawn.known:
            take(step, now, me, actor, day)
        steps, waiting, before_area = list(drawn.steps), list(reports), set[str]()
        for first in drawn.order:
            if steps and (first or not waiting):
                step, ago = steps.pop()
                if step == "area" and not day.area:
                    before_area |= {one.digits[0] for one in reports if one not in waiting}
                take(step, now - ago * MINUTE, me, actor, day)
            elif waiting:
                assert live.report(token, *waiting.pop().request())[0] == 200
        for one in waiting:
            assert live.report(token, *one.request())[0] == 200
        for step, ago in steps:
            if step == "area" and not day.area:
                before_area |= {one.digits[0] for one in reports}
            take(step, now - ago * MINUTE, me, actor, day)
        day.alone = list(PrivateTime.objects.filter(technician=me).values_list("starts_at", "ends_at"))
        anywhere = Day(day.now, day.shifts, day.alone, area=False, home=day.home)
        forbidden = [one for one in reports if not (anywhere if one.digits[0] in before_area else day).may_be_kept(one)]
        needles = [needle(digits) for one in forbidden for digits in one.digits]
        assert holding(needles) == {}
        log = live.log.read_text()
        assert [one for one in needles if one in log] == []
        allowed = [one for one in reports if day.may_be_kept(one) and one.dialect != "crossing"]
        until(lambda: _kept(live, me, allowed))
        assert holding([needle(one.digits[0]) for one in allowed]) == {needle(one.digits[0]): "live_fix" for one in allowed}
        assert holding(needles) == {}

    never()


def _kept(live: LiveProcess, technician: Technician, allowed: list[Sent]) -> bool:
    """Whether all that may be kept is; what the door did not yet know to be right, or came out of its order, is sent by another phone."""
    known = {needle(f"{lat:.14f}") for lat in Fix.objects.filter(device__technician=technician).values_list("lat", flat=True)}
    missing = [one for one in allowed if needle(one.digits[0]) not in known]
    if missing:
        _, token = a_phone(technician.pk, timezone.now())
        for one in sorted(missing, key=lambda one: one.at):
            assert live.report(token, *one.request())[0] == 200
    return not missing


def test_needle_is_found_wherever_it_is_written() -> None:
    """The search itself finds what it looks for: in a fix, in the audit trail's JSON, in a job's arguments."""
    now = timezone.now()
    set_home(a_technician(now).pk, lat=51.8765432123, lon=19.5, actor=SYSTEM, now=now)
    assert holding(["51.876543212"]) == {"51.876543212": "field_home"}
    assert holding(["51.876543219"]) == {} == holding([])


def test_after_the_retention_run_nothing_older_than_its_rule_is_anywhere(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    me = a_technician(now)
    device, token = a_phone(me.pk, now)
    old, new = Sent(digits_of(51.5, 21.5), now - 6 * 60 * MINUTE, "form"), Sent(digits_of(51.6, 21.6), now, "form")
    for one in (old, new):
        assert live.report(token, *one.request())[0] == 200
    assert live.report(token, body=b"{")[0] == 200
    go_private(15, actor=actor_of(me), now=now + MINUTE)
    both = [needle(one.digits[0]) for one in (old, new)]
    assert set(holding(both)) == set(both)
    gone = run_retention(now=now + timedelta(days=30) - 3 * 60 * MINUTE)
    assert (gone["live.fixes"], holding(both)) == (1, {both[1]: "live_fix"})
    gone = run_retention(now=now + timedelta(days=30) + MINUTE)
    assert (gone["live.fixes"], holding(both)) == (1, {})
    assert (run_retention(now=now + timedelta(days=31))["live.private_times"], PrivateTime.objects.count()) == (1, 0)
    assert UnusableCount.objects.filter(device_id=device).exists()
    assert run_retention(now=now + timedelta(days=91))["live.unusable"] == 1
    assert not UnusableCount.objects.exists()
