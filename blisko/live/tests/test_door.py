"""What happens to a phone's report, through a real process and a real database."""

import hashlib
import socket
import struct
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blisko.access.rules import SYSTEM
from blisko.field.tests.make import a_technician
from blisko.live.models import Device, Fix, UnusableCount
from blisko.live.services import revoke_device
from blisko.live.tests import payloads
from blisko.live.tests.doors import LiveProcess, a_phone


def traccar10(at: datetime, lat: float = 52.2297, lon: float = 21.0122) -> bytes:
    return f"id=1&lat={lat}&lon={lon}&timestamp={int(at.timestamp())}&accuracy=5&speed=24.30&bearing=271&batt=78".encode()


def counts(device: int) -> dict[str, int]:
    return dict(UnusableCount.objects.filter(device_id=device).values_list("reason", "count"))


@pytest.fixture
def now() -> datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def phone(now: datetime) -> tuple[int, str]:
    return a_phone(a_technician(now).pk, now)


def test_fix_of_every_dialect_is_in_the_table_when_it_is_acknowledged(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    device, token = phone
    stamp = {name: int((now - timedelta(seconds=s)).timestamp()) for s, name in enumerate(("query", "nine", "ten", "owntracks"), 1)}
    iso = datetime.fromtimestamp(stamp["nine"]).astimezone().isoformat().encode()
    query = payloads.TRACCAR8_CLIENT_QUERY.replace(b"1795330800", b"%d" % stamp["query"]).decode()
    nine = payloads.TRACCAR9_JSON.replace(b"2026-11-22T07:00:00.250Z", iso)
    assert live.report(token, query) == (200, b"")
    assert live.report(token, body=nine, **{"Content-Type": "application/json"}) == (200, b"")
    assert live.report(token, body=payloads.TRACCAR10_FORM.replace(b"1795330800", b"%d" % stamp["ten"])) == (200, b"")
    owntracks = payloads.OWNTRACKS.replace(b"1795330800", b"%d" % stamp["owntracks"])
    assert live.report(token, body=owntracks, **{"X-Limit-U": "blisko", "X-Limit-D": "7"}) == (200, b"[]")
    kept = list(Fix.objects.filter(device_id=device).order_by("-fix_time").values_list("source", "fix_time", "lat", "lon"))
    assert [(source, int(at.timestamp()), lat, lon) for source, at, lat, lon in kept] == [
        ("osmand", stamp["query"], 52.2297, 21.0122),
        ("traccar9", stamp["nine"], 52.2297, 21.0122),
        ("traccar10", stamp["ten"], 52.2297, 21.0122),
        ("owntracks", stamp["owntracks"], 52.2297, 21.0122),
    ]
    assert counts(device) == {}


def test_report_sent_twice_is_one_fix(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    for _ in range(3):
        assert live.report(phone[1], body=traccar10(now))[0] == 200
    assert Fix.objects.filter(device_id=phone[0]).count() == 1


def test_unusable_reports_are_acknowledged_counted_and_block_nothing(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    device, token = phone
    ahead = traccar10(now + timedelta(minutes=10))
    bad = [b"{", b"\xff\xff", b"id=1&lat=0&lon=0", b"id=1&lat=99&lon=0", payloads.NO_ID_QUERY, ahead, traccar10(now - timedelta(days=9))]
    for body in [*bad, b"x=" + b"y" * 70_000]:
        assert live.report(token, body=body)[0] == 200
    assert live.report(token, body=traccar10(now))[0] == 200
    assert Fix.objects.filter(device_id=device).count() == 1
    expected = {"unreadable": 2, "null_island": 1, "no_place": 1, "no_id": 1, "future": 1, "too_old": 1, "too_large": 1}
    assert counts(device) == expected


def test_heartbeat_is_a_sign_of_life_and_no_fix(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    assert live.report(phone[1], body=payloads.TRACCAR10_HEARTBEAT)[0] == 200
    assert Device.objects.get(pk=phone[0]).heard_at is not None
    assert not Fix.objects.filter(device_id=phone[0]).exists()


def test_mock_is_stored_as_mock(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    body = payloads.TRACCAR9_UNKNOWNS.replace(b"2026-11-22T07:00:00Z", now.isoformat().encode())
    assert live.report(phone[1], body=body)[0] == 200
    assert Fix.objects.get(device_id=phone[0]).mock


def test_unknown_token_is_always_the_same_404_until_it_is_429(live: LiveProcess) -> None:
    answers = [live.ask(f"/p/{'x' * 20}{nr}", b"id=1&lat=1&lon=1") for nr in range(90)]
    assert answers[0] == (404, b"Not found.\n")
    assert set(answers) == {(404, b"Not found.\n"), (429, b"Too many tries.\n")}


def test_known_phone_is_heard_behind_an_address_that_is_held_back(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    assert live.report(phone[1], body=traccar10(now))[0] == 200
    for nr in range(90):
        live.ask(f"/p/nobody{nr}")
    assert live.ask(f"/p/{phone[1]}", traccar10(now + timedelta(seconds=1)))[0] == 200


def test_page_of_another_origin_may_report(live: LiveProcess) -> None:
    assert live.ask("/p/whatever", method="OPTIONS")[0] == 204


def everything_written(needle: str) -> list[str]:
    """Every table of the database that holds these digits in any of its rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} AS row_of_it WHERE row_of_it::text LIKE %s", [f"%{needle}%"])
            if cursor.fetchone() != (0,):
                found.append(table)
    return found


def body_of(dialect: str, lat: float, lon: float, at: datetime) -> tuple[str, bytes | None]:
    stamp = int(at.timestamp())
    fields = f"id=1&lat={lat}&lon={lon}&timestamp={stamp}"
    coords = f'"coords":{{"latitude":{lat},"longitude":{lon}}}'
    return {
        "query": (fields, None),
        "form": ("", fields.encode()),
        "nine": ("", f'{{"device_id":"1","location":{{"timestamp":"{at.isoformat()}",{coords}}}}}'.encode()),
        "owntracks": ("", f'{{"_type":"location","lat":{lat},"lon":{lon},"tst":{stamp},"tid":"jk","desc":"{lat}"}}'.encode()),
        "crossing": ("", f'{{"_type":"transition","event":"leave","lat":{lat},"lon":{lon},"tst":{stamp},"tid":"jk"}}'.encode()),
        "ping": ("", f'{{"_type":"location","t":"p","lat":{lat},"lon":{lon},"tst":{stamp},"tid":"jk"}}'.encode()),
        "broken": ("", f'{{"_type":"location","lat":{lat},"lon":{lon},'.encode()),
        "bad time": (f"id={lat}&lat={lat}&lon={lon}&timestamp=x{lon}", None),
    }[dialect]


def test_coordinates_off_shift_are_never_written(live: LiveProcess, now: datetime) -> None:
    """Property: whatever the dialect, the place and the time outside the shift, no table and no log holds the place."""
    technician = a_technician(now, shift=False)
    device, token = a_phone(technician.pk, now)
    sent = 0

    @given(
        dialect=st.sampled_from(["query", "form", "nine", "owntracks", "crossing", "ping", "broken", "bad time"]),
        lat=st.integers(10**7, 89 * 10**6),
        lon=st.integers(10**7, 179 * 10**6),
        ago=st.timedeltas(min_value=timedelta(minutes=-3), max_value=timedelta(days=8)),
    )
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def never(dialect: str, lat: int, lon: int, ago: timedelta) -> None:
        nonlocal sent
        # The last digits make the number one that nothing else in the database holds.
        north, east = f"{lat / 1e6:.6f}77731", f"{lon / 1e6:.6f}77713"
        query, body = body_of(dialect, float(north), float(east), now - ago)
        assert live.report(token, query, body)[0] == 200
        sent += 1
        for needle in (north[:9], east[:9]):
            assert everything_written(needle) == []
            assert needle not in live.log.read_text()

    never()
    assert not Fix.objects.filter(device_id=device).exists()
    assert sum(counts(device).values()) == sent


def test_shift_that_ended_without_a_word_is_noticed_by_the_database(live: LiveProcess, now: datetime) -> None:
    technician = a_technician(now)
    device, token = a_phone(technician.pk, now)
    assert live.report(token, body=traccar10(now - timedelta(seconds=9), 52.1234567))[0] == 200
    assert everything_written("52.1234567") == ["live_fix"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM field_shift WHERE technician_id = %s", [technician.pk])
    assert live.report(token, body=traccar10(now, 52.7654321))[0] == 200
    assert everything_written("52.7654321") == []
    assert counts(device) == {"off_shift": 1}


def test_end_of_a_shift_is_known_at_once(live: LiveProcess, now: datetime) -> None:
    from_now_on = a_technician(now, shift=False)
    device, token = a_phone(from_now_on.pk, now)
    assert live.report(token, body=traccar10(now))[0] == 200
    assert counts(device) == {"off_shift": 1}


def test_database_that_goes_away_costs_a_503_and_no_report(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    device, token = phone
    assert live.report(token, body=traccar10(now - timedelta(seconds=99)))[0] == 200
    with connection.cursor() as cursor:
        ours = "application_name = 'blisko live' AND datname = current_database()"  # other tests' servers are on the same machine
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")
    answers = []
    for nr in range(20):
        until = time.monotonic() + 10
        while (status := live.ask(f"/p/{token}", traccar10(now - timedelta(seconds=nr)))[0]) != 200:
            answers.append(status)
            assert time.monotonic() < until
            time.sleep(0.05)
    assert set(answers) <= {503}
    assert Fix.objects.filter(device_id=device).count() == 21


def test_report_the_database_will_not_have_blocks_nobody(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    device, token = a_phone(a_technician(now).pk, now)
    assert live.report(token, body=traccar10(now))[0] == 200
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM live_unusablecount WHERE device_id = %s", [device])  # the shift may not have been known yet
        cursor.execute("DELETE FROM live_device WHERE id = %s", [device])
    assert live.ask(f"/p/{token}", b"{")[0] == 200
    assert live.report(phone[1], body=traccar10(now))[0] == 200
    assert Fix.objects.filter(device_id=phone[0]).count() == 1


def test_revoked_phone_is_a_stranger(live: LiveProcess, now: datetime) -> None:
    device, token = a_phone(a_technician(now).pk, now)
    assert live.report(token, body=traccar10(now))[0] == 200
    revoke_device(device, actor=SYSTEM, now=now)
    until = time.monotonic() + 10
    while live.ask(f"/p/{token}", traccar10(now))[0] == 200:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert live.ask(f"/p/{token}", traccar10(now))[0] in (404, 429)


def test_phone_nobody_told_of_is_asked_for_at_its_first_report(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    device, token = phone
    assert live.report(token, body=traccar10(now))[0] == 200
    fresh = f"{token[::-1]}-fresh"
    with connection.cursor() as cursor:  # by hand, so that no hint reaches `live`
        cursor.execute(
            "UPDATE access_key SET token_hash = %s WHERE id = (SELECT key_id FROM live_device WHERE id = %s)",
            [hashlib.sha256(fresh.encode()).digest(), device],
        )
    assert live.ask(f"/p/{fresh}", traccar10(now + timedelta(seconds=1)), address="127.0.0.2")[0] == 200
    assert Fix.objects.filter(device_id=device).count() == 2


@pytest.mark.parametrize("reset", [False, True], ids=["hung up", "reset"])
def test_report_that_broke_off_in_the_middle_is_no_report(live: LiveProcess, now: datetime, phone: tuple[int, str], reset: bool) -> None:
    """Half a number is another number: what was cut must not be a place, and is sent again by the phone."""
    device, token = phone
    body = traccar10(now)
    head = f"POST /p/{token} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    for length in (len(body) - 1, body.index(b"&timestamp") - 3, 5):
        with socket.create_connection(("127.0.0.1", live.port), timeout=10) as link:
            link.sendall(head + body[:length])
            time.sleep(0.05)
            if reset:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert live.report(token, body=body)[0] == 200
    assert list(Fix.objects.filter(device_id=device).values_list("lat", "lon", "fix_time")) == [(52.2297, 21.0122, now)]
    assert counts(device) == {}


def test_report_that_never_ends_is_given_up_and_left_to_the_phone(live: LiveProcess, now: datetime, phone: tuple[int, str]) -> None:
    _, token = phone
    assert live.report(token, body=traccar10(now))[0] == 200
    with socket.create_connection(("127.0.0.1", live.port), timeout=30) as slow:
        slow.sendall(f"POST /p/{token} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nid=1&lat=".encode())
        assert slow.recv(200).startswith(b"HTTP/1.1 408")
