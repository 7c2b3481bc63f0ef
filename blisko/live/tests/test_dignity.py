"""Followed on the job, in its areas and nowhere else: not at home, not on a break, not by a clock that was put back (F13)."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.services import add_user
from blisko.accounts.tests.make import an_actor
from blisko.field.events import HomeSet
from blisko.field.models import Technician
from blisko.field.services import drop_work_area, set_home, set_region, set_team, set_work_area
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit.earth import metres_between
from blisko.kit.events import handlers_of
from blisko.kit.tickets import stream_ticket
from blisko.live.handlers import hide_home
from blisko.live.models import Fix, PositionRules, UnusableCount
from blisko.live.queries.day import present_technicians
from blisko.live.queries.link import seen_by_link
from blisko.live.rules.fixes import Ground, is_still_there, why_not_kept
from blisko.live.rules.records import Fix as Measured
from blisko.live.rules.records import Reason
from blisko.live.services.positions import change_position_rules
from blisko.live.services.private import end_private, go_private, take_break
from blisko.live.tests.doors import PATIENCE, LiveProcess, a_phone, listening
from blisko.live.tests.make import HALFWAY, START, a_fix, a_link
from blisko.visits.services import set_out

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOME = (52.2297, 21.0122)
MANAGER = an_actor("manager")
pytestmark = pytest.mark.django_db


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


def form(at: datetime, lat: float, lon: float = 21.0) -> bytes:
    return f"id=1&lat={lat}&lon={lon}&timestamp={int(at.timestamp())}&accuracy=5".encode()


def kept(device: int) -> list[float]:
    return sorted(Fix.objects.filter(device_id=device).values_list("lat", flat=True))


def counts(device: int) -> dict[str, int]:
    return dict(UnusableCount.objects.filter(device_id=device).values_list("reason", "count"))


def phone_of(technician: Technician, now: datetime) -> tuple[int, str]:
    return a_phone(technician.pk, now)


@given(lat=st.floats(51, 53), lon=st.floats(20, 22))
def test_place_is_kept_inside_an_area_and_away_from_home_alone(lat: float, lon: float) -> None:
    areas = [[(20.5, 51.5), (21.5, 51.5), (21.5, 52.5), (20.5, 52.5)], [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]]
    fix, shift = Measured(lat, lon, NOW), (NOW - MINUTE, NOW + MINUTE)
    reason = why_not_kept(fix, [shift], NOW, Ground(areas, HOME, 20_000))
    if metres_between((lat, lon), HOME) <= 20_000:
        assert reason == Reason.NEAR_HOME
    else:
        assert (reason is None) == (20.5 < lon < 21.5 and 51.5 < lat < 52.5)
    assert why_not_kept(fix, [], NOW, Ground(areas, HOME, 20_000)) == Reason.OFF_SHIFT


def test_place_from_before_a_break_is_not_where_somebody_is() -> None:
    work = [(NOW, NOW + 60 * MINUTE), (NOW + 90 * MINUTE, NOW + 200 * MINUTE)]
    fix = Measured(52.0, 21.0, NOW + 59 * MINUTE)
    assert is_still_there(fix, work, NOW + 59.5 * MINUTE)
    assert not is_still_there(fix, work, NOW + 60 * MINUTE)
    assert not is_still_there(fix, work, NOW + 91 * MINUTE)
    assert is_still_there(fix._replace(fix_time=NOW + 90 * MINUTE), work, NOW + 91 * MINUTE)


def test_outside_the_areas_of_ones_region_nothing_is_kept(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    for region in ("mazovia", "silesia"):
        set_region(region, name=region, actor=SYSTEM, now=now)
        set_team(region, name=region, region=region, actor=SYSTEM, now=now)
    set_work_area("m", name="M", region="mazovia", shape=square(20, 52, 22, 53), actor=SYSTEM, now=now)
    set_work_area("m2", name="M2", region="mazovia", shape=square(20, 54, 22, 55), actor=SYSTEM, now=now)
    phones = {team: phone_of(a_technician(now, team=team), now) for team in ("mazovia", "silesia")}
    alone = phone_of(a_technician(now), now)
    for device, token in (*phones.values(), alone):
        for nr, lat in enumerate((51.1, 52.1, 53.1, 54.1)):
            assert live.report(token, body=form(now - nr * timedelta(seconds=1), lat))[0] == 200
        inside = [52.1, 54.1] if device == phones["mazovia"][0] else [51.1, 52.1, 53.1, 54.1]
        assert kept(device) == inside
        assert counts(device) == ({"out_of_area": 2} if len(inside) == 2 else {})


def test_area_is_enforced_at_once_by_the_database_and_soon_by_the_door(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    device, token = phone_of(a_technician(now), now)
    assert live.report(token, body=form(now - 9 * MINUTE, 51.1))[0] == 200
    set_work_area("all", name="All", shape=square(20, 52, 22, 53), actor=SYSTEM, now=now)
    for nr in range(8):  # whether the door has heard of it or not
        assert live.report(token, body=form(now - (8 - nr) * MINUTE, 51.2))[0] == 200
    assert live.report(token, body=form(now, 52.1))[0] == 200
    assert (kept(device), counts(device)) == ([51.1, 52.1], {"out_of_area": 8})
    drop_work_area("all", actor=SYSTEM, now=now)
    until, nr = time.monotonic() + PATIENCE, 0
    while 51.3 not in kept(device) and time.monotonic() < until:
        assert live.report(token, body=form(now, 51.3))[0] == 200
    assert kept(device) == [51.1, 51.3, 52.1]


def test_around_ones_home_nothing_is_kept_and_what_was_is_deleted(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    me, other = a_technician(now), a_technician(now)
    device, token = phone_of(me, now)
    others, others_token = phone_of(other, now)
    near, far = HOME[0] + 0.0017, HOME[0] + 0.0019  # 189 and 211 m
    for one in (token, others_token):
        assert live.report(one, body=form(now - 5 * MINUTE, near, HOME[1]))[0] == 200
    set_home(me.pk, lat=HOME[0], lon=HOME[1], actor=SYSTEM, now=now)
    assert handlers_of(HomeSet)
    for _ in range(2):
        hide_home(HomeSet(me.pk, now))
    assert (kept(device), kept(others)) == ([], [near])
    for nr, lat in enumerate((near, far, HOME[0])):
        assert live.report(token, body=form(now - (4 - nr) * MINUTE, lat, HOME[1]))[0] == 200
    assert (kept(device), counts(device)) == ([far], {"near_home": 2})
    change_position_rules(PositionRules(home_metres=300), actor=MANAGER, now=now)
    assert (kept(device), kept(others)) == ([], [near])
    assert live.report(token, body=form(now, far, HOME[1]))[0] == 200
    assert (kept(device), counts(device)) == ([], {"near_home": 3})


def test_who_edits_the_field_says_how_far_around_homes_and_nobody_else() -> None:
    with pytest.raises(Forbidden):
        change_position_rules(PositionRules(home_metres=300), actor=an_actor("dispatcher"), now=NOW)
    with pytest.raises(ValidationError):
        change_position_rules(PositionRules(home_metres=10), actor=MANAGER, now=NOW)
    add_user(actor=SYSTEM, now=NOW, email="adam@example.com", name="Adam", roles=["admin"], password="a long enough secret")
    client = Client()
    client.post("/accounts/login/", {"login": "adam@example.com", "password": "a long enough secret"})
    assert client.get("/admin/live/positionrules/").status_code == 200
    assert client.post("/admin/live/positionrules/add/", {"home_metres": "50"}).status_code == 200
    assert client.post("/admin/live/positionrules/add/", {"home_metres": "400"}).status_code == 302
    assert client.post("/admin/live/positionrules/1/change/", {"home_metres": "500"}).status_code == 302
    assert PositionRules.objects.get().home_metres == 500
    assert client.get("/admin/live/positionrules/add/").status_code == 403
    assert str(PositionRules.objects.get()) == "500 m"


def test_clock_that_was_put_back_moves_nobody_into_the_past(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    device, token = phone_of(a_technician(now), now)
    assert live.report(token, body=form(now - MINUTE, 52.1))[0] == 200
    for nr in range(3):
        assert live.report(token, body=form(now - timedelta(hours=2) + nr * MINUTE, 52.2))[0] == 200
    assert live.report(token, body=form(now, 52.3))[0] == 200
    assert (kept(device), counts(device)) == ([52.1, 52.3], {"clock_back": 3})


def test_customer_sees_no_place_from_the_moment_a_break_begins_until_the_next_one_is_known() -> None:
    story = a_link(NOW)
    actor = story.technician_actor()
    a_fix(story.technician, NOW - 2 * MINUTE, START)
    set_out(story.visit.pk, actor=SYSTEM, now=NOW - MINUTE)
    a_fix(story.technician, NOW, HALFWAY)

    def seen(at: datetime) -> tuple[bool, bool]:
        view = seen_by_link(story.token, now=at)[1]
        return view["position"] is not None, view["seen"]["fresh"]

    for begin in (lambda: take_break(actor=actor, now=NOW + MINUTE), lambda: go_private(15, actor=actor, now=NOW + 3 * MINUTE)):
        begin()
        assert seen(NOW + 3 * MINUTE) == (False, False)
    assert seen(NOW + 2 * MINUTE) == (False, False)
    end_private(actor=actor, now=NOW + 4 * MINUTE)
    assert seen(NOW + 5 * MINUTE) == (False, False)
    a_fix(story.technician, NOW + 5 * MINUTE, HALFWAY)
    assert seen(NOW + 5 * MINUTE) == (True, True)


def test_console_shows_nobodys_place_on_a_break_nor_after_his_shift() -> None:
    me, dispatcher = a_technician(NOW), an_actor("dispatcher")
    a_fix(me, NOW, HALFWAY)

    def place(at: datetime) -> bool:
        [one] = present_technicians(dispatcher, at.date(), now=at)
        return one.position is not None

    assert place(NOW + MINUTE)
    take_break(actor=actor_of(me), now=NOW + 2 * MINUTE)
    assert not place(NOW + 3 * MINUTE)
    end_private(actor=actor_of(me), now=NOW + 4 * MINUTE)
    assert not place(NOW + 5 * MINUTE)  # nothing is shown from before it
    a_fix(me, NOW + 5 * MINUTE, HALFWAY)
    assert place(NOW + 5 * MINUTE)
    go_private(15, actor=actor_of(me), now=NOW + 6 * MINUTE)
    assert not place(NOW + 7 * MINUTE)
    end_private(actor=actor_of(me), now=NOW + 8 * MINUTE)
    a_fix(me, NOW + 9 * MINUTE, HALFWAY)
    assert place(NOW + 9 * MINUTE)
    assert not place(NOW + timedelta(hours=12))


def test_open_console_hears_nothing_of_a_break_and_no_page_is_told_the_place_before_it(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    me = a_technician(now)
    _, token = phone_of(me, now)
    ticket = stream_ticket(["day"], until=now + timedelta(minutes=5))
    with listening(live, ticket) as console:
        assert live.report(token, body=form(now - 2 * MINUTE, 52.1))[0] == 200
        console.wait_for(lambda events: ("fix", 52.1) in [(name, said.get("lat")) for name, said in events])
        go_private(15, actor=actor_of(me), now=now - MINUTE)
        console.wait_for(lambda events: ("hint", "day") in [(name, said.get("topic")) for name, said in events])
        assert live.report(token, body=form(now, 52.2))[0] == 200
        assert 52.2 not in [said.get("lat") for _, said in console.listen()]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with listening(live, ticket) as later:
            if not [said for name, said in later.listen(0.2) if name == "fix" and said["technician"] == me.pk]:
                return
    raise AssertionError("a page that opens in private time is told where he was")


def test_retention_counts_from_when_a_place_was_measured() -> None:
    me = a_technician(NOW)
    late = a_fix(me, NOW - timedelta(days=6), (52.1, 21.0))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE live_fix SET received_at = %s", [NOW])
    run_retention(now=NOW + timedelta(days=23))
    assert Fix.objects.filter(device_id=late.device_id).exists()
    run_retention(now=NOW + timedelta(days=24, seconds=1))
    assert not Fix.objects.exists()
