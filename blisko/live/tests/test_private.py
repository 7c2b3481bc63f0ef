"""Private time: one tap, nothing of where he is is kept, and it ends by itself (F13)."""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.models import RetentionRule
from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.models import User
from blisko.accounts.tests.make import an_actor
from blisko.field.errors import NoSuchTechnician
from blisko.field.models import BreakRule, Technician
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit import clock
from blisko.kit.tests.at_once import AtOnce
from blisko.live.errors import BadPrivateTime
from blisko.live.models import Fix, PrivateTime, UnusableCount
from blisko.live.queries.day import present_technicians
from blisko.live.queries.known import known_of
from blisko.live.queries.private import on_break, private_now
from blisko.live.rules.fixes import PRIVATE_MINUTES, Span, is_on_shift, without
from blisko.live.services.private import end_private, go_private, take_break
from blisko.live.tests.doors import PATIENCE, LiveProcess, a_phone
from blisko.live.tests.make import a_fix

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def span() -> st.SearchStrategy[Span]:
    starts, lengths = st.integers(0, 100), st.integers(1, 40)
    return st.builds(lambda at, long: (NOW + at * MINUTE, NOW + (at + long) * MINUTE), starts, lengths)


@given(shifts=st.lists(span(), max_size=3), private=st.lists(span(), max_size=4))
def test_what_is_left_of_shifts_is_every_moment_of_them_that_is_not_private(shifts: list[Span], private: list[Span]) -> None:
    left = without(shifts, private)
    for nr in range(-1, 150):
        at = NOW + nr * MINUTE
        assert is_on_shift(left, at) == (is_on_shift(shifts, at) and not is_on_shift(private, at))


def test_private_time_ends_by_itself_is_prolonged_and_ended_early() -> None:
    me = a_technician(NOW)
    actor = actor_of(me)
    assert go_private(30, actor=actor, now=NOW).ends_at == NOW + 30 * MINUTE
    assert private_now(me.pk, actor=actor, now=NOW + 29 * MINUTE)
    assert private_now(me.pk, actor=actor, now=NOW + 30 * MINUTE) is None
    go_private(60, actor=actor, now=NOW + 10 * MINUTE)
    [only] = PrivateTime.objects.all()
    assert (only.starts_at, only.ends_at) == (NOW, NOW + 70 * MINUTE)
    for _ in range(2):
        end_private(actor=actor, now=NOW + 20 * MINUTE)
    only.refresh_from_db()
    assert only.ends_at == NOW + 20 * MINUTE
    assert run_retention(now=NOW + timedelta(days=31))["live.private_times"] == 1


def test_only_offered_lengths_and_only_for_oneself() -> None:
    me = a_technician(NOW)
    for minutes in (-1, 0, 1, 16, 600):
        with pytest.raises(BadPrivateTime):
            go_private(minutes, actor=actor_of(me), now=NOW)
    with pytest.raises(NoSuchTechnician):
        go_private(PRIVATE_MINUTES[0], actor=SYSTEM, now=NOW)


def test_what_was_kept_of_that_time_already_is_deleted_and_nothing_else() -> None:
    me, other = a_technician(NOW), a_technician(NOW)
    places = [(me, -1), (me, 0), (me, 5), (other, 5)]
    for nr, (whose, minutes) in enumerate(places):
        a_fix(whose, NOW + minutes * MINUTE, (52.0 + nr / 100, 19.0))
    go_private(15, actor=actor_of(me), now=NOW)
    assert sorted(round(100 * (one.lat - 52)) for one in Fix.objects.all()) == [0, 3]


def test_two_who_go_private_at_once_do_not_stop_each_other(at_once: AtOnce) -> None:
    actors = [actor_of(a_technician(NOW)) for _ in range(4)]
    said = at_once(*(lambda actor=actor: go_private(15, actor=actor, now=NOW) for actor in actors))
    assert [type(one).__name__ for one in said] == ["PrivateTime"] * 4


def report(live: LiveProcess, token: str, at: datetime, lat: float) -> None:
    body = f"id=1&lat={lat}&lon=21.0122&timestamp={int(at.timestamp())}&accuracy=5&speed=24.30&bearing=271&batt=78".encode()
    assert live.report(token, body=body)[0] == 200


def kept() -> list[float]:
    return sorted(Fix.objects.values_list("lat", flat=True))


def phone_of(now: datetime) -> tuple[Technician, int, str]:
    me = a_technician(now)
    return (me, *a_phone(me.pk, now))


def test_phone_that_goes_on_sending_tells_nothing_until_it_ends(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    me, device, token = phone_of(now)
    report(live, token, now - 9 * MINUTE, 52.1)
    go_private(15, actor=actor_of(me), now=now - 8 * MINUTE)
    for nr in range(7):
        report(live, token, now - nr * MINUTE, 52.2 + nr / 1000)
    assert kept() == [52.1]
    assert dict(UnusableCount.objects.filter(device_id=device).values_list("reason", "count")) == {"off_shift": 7}
    end_private(actor=actor_of(me), now=now)
    until = time.monotonic() + PATIENCE
    while 52.3 not in kept() and time.monotonic() < until:  # the door hears of it in a moment
        report(live, token, now, 52.3)
    report(live, token, now - MINUTE, 52.4)  # what was private stays so
    assert kept() == [52.1, 52.3]


def test_database_itself_keeps_no_place_of_private_time_nobody_told_the_door_of(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    me, _, token = phone_of(now)
    report(live, token, now - MINUTE, 52.1)
    PrivateTime.objects.create(technician=me, starts_at=now - MINUTE / 2, ends_at=now + 15 * MINUTE)
    report(live, token, now, 52.2)
    assert kept() == [52.1]


def test_one_tap_on_his_page_and_one_to_end_it() -> None:
    me, client = a_technician(clock.now()), Client()
    client.force_login(User.objects.get(pk=me.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert 'name="minutes" value="30"' in client.get("/t/phone/").content.decode()
    assert client.get("/t/phone/private/").status_code == 405
    assert client.post("/t/phone/private/", {"minutes": "30"}).status_code == 302
    assert private_now(me.pk, actor=SYSTEM, now=clock.now())
    assert "Private until" in client.get("/t/").content.decode()
    client.post("/t/phone/private/", {"minutes": "0"})
    assert "Private until" not in client.get("/t/").content.decode()
    assert client.post("/t/phone/private/", {"minutes": "soon"}).status_code == 422


def test_break_is_as_long_as_it_is_planned_and_only_the_console_hears_of_it() -> None:
    me, other = a_technician(NOW), a_technician(NOW)
    actor, desk = actor_of(me), an_actor("dispatcher")
    assert take_break(actor=actor, now=NOW).ends_at == NOW + 30 * MINUTE  # nothing is planned
    end_private(actor=actor, now=NOW + MINUTE)
    BreakRule.objects.create(earliest=time_of_day(12), latest=time_of_day(13), minutes=45)
    pause = take_break(actor=actor, now=NOW + 5 * MINUTE)
    assert (pause.ends_at, pause.is_break) == (NOW + 50 * MINUTE, True)
    go_private(15, actor=actor_of(other), now=NOW + 5 * MINUTE)
    assert on_break(desk, now=NOW + 6 * MINUTE) == {me.pk: NOW + 50 * MINUTE}
    [here] = [one for one in present_technicians(desk, NOW.date(), now=NOW + 6 * MINUTE) if one.break_until]
    assert here.technician == me
    go_private(15, actor=actor, now=NOW + 10 * MINUTE)  # private rather: nobody is told
    assert on_break(desk, now=NOW + 11 * MINUTE) == {}
    with pytest.raises(Forbidden):
        on_break(actor, now=NOW)


def test_no_place_of_a_break_is_kept() -> None:
    me = a_technician(NOW)
    before = a_fix(me, NOW - MINUTE, (52.0, 19.2))
    later = Fix.objects.create(device=before.device, fix_time=NOW + MINUTE, lat=52.1, lon=19.3, received_at=NOW, source="test", mock=False)
    take_break(actor=actor_of(me), now=NOW)
    assert list(Fix.objects.values_list("fix_time", flat=True)) == [before.fix_time]
    assert later.fix_time not in Fix.objects.values_list("fix_time", flat=True)


def test_break_is_one_tap_and_told_on_the_pages() -> None:
    me = a_technician(clock.now())
    client = Client()
    client.force_login(User.objects.get(pk=me.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Break: 30 minutes" in client.get("/t/phone/").content.decode()
    assert client.post("/t/phone/private/", {"minutes": "break"}).status_code == 302
    assert "You are on your break until" in client.get("/t/phone/").content.decode()
    assert "On your break until" in client.get("/t/").content.decode()
    client.post("/t/phone/private/", {"minutes": "0"})
    assert "on your break" not in client.get("/t/phone/").content.decode()


def test_what_is_known_about_him_is_what_the_database_holds_and_nobody_elses() -> None:
    now = clock.now()
    me, other = a_technician(now), a_technician(now)
    a_fix(me, now - timedelta(days=2), (52.0001, 19.2001))
    kept = a_fix(me, now, (52.0002, 19.2002))
    a_fix(other, now, (52.9, 19.9))
    UnusableCount.objects.create(device=kept.device, day=now.date(), reason="off_shift", count=7, last_at=now)
    take_break(actor=actor_of(me), now=now + MINUTE)
    known = known_of(actor_of(me), now=now)
    assert (known.fixes, known.fixes_today, known.thrown_away, known.operations, len(known.alone)) == (2, 1, 7, 0, 1)
    assert (known.first, known.last) == (now - timedelta(days=2), now)
    assert (known.fixes_days, known.alone_days, known.thrown_days, known.operations_days) == (30, 30, 90, 90)
    RetentionRule.objects.create(name="live.fixes", says="", days=12)
    client = Client()
    client.force_login(User.objects.get(pk=me.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/t/me/").content.decode()
    assert "2 places are kept" in page and "after 12 days" in page
    rows = client.get("/t/me/places.csv").content.decode().splitlines()
    assert [row.split(",")[1:3] for row in rows[1:]] == [["52.0001", "19.2001"], ["52.0002", "19.2002"]]
    run_retention(now=now + timedelta(days=13))
    assert known_of(actor_of(me), now=now).fixes == 0
    assert client.get("/t/me/places.csv").content.decode().splitlines() == ["time,lat,lon,accuracy_m,app"]
