"""Forty at once want the same technician: one gets him, the others are told so."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from blisko.access.queries import declared_permissions
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.customers.tests.make import a_site
from blisko.field.tests.make import a_technician
from blisko.kit import clock
from blisko.planning.models import Assignment
from blisko.visits.queries import visit_by_id
from blisko.visits.tests.make import a_visit
from tests import platform

BOOKERS = 40
GATE = 4711
# Each booker is a process with a connection of its own; it waits at the gate and asks the moment the gate opens.
BOOKERS_AT_THE_GATE = """
import django, os, sys
from datetime import datetime
django.setup()
from django.db import connection
from blisko.access.rules import SYSTEM
from blisko.kit import clock
from blisko.kit.errors import Refusal
from blisko.planning.services import assign_visit

starts_at = datetime.fromisoformat(sys.argv[1])
gate, technician, *visits = map(int, sys.argv[2:])
for visit in visits:
    if os.fork() == 0:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock_shared(%s)", [gate])
        try:
            assign_visit(visit, technician, actor=SYSTEM, now=clock.now(), starts_at=starts_at)
            word = "booked"
        except Refusal as no:
            word = type(no).__name__
        except BaseException as fault:
            word = repr(fault)
        os.write(1, (word + "\\n").encode())
        os._exit(0)
for visit in visits:
    os.wait()
"""
pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def wanted(house: platform.Platform) -> tuple[platform.Platform, list[int], int]:
    """Forty visits in the same hour, and the one technician they want."""
    now = clock.now()
    site, technician = a_site(now), a_technician(now)
    visits = [a_visit(now, site, hours=1) for _ in range(BOOKERS)]
    return house, [visit.pk for visit in visits], technician.pk


def test_of_forty_processes_exactly_one_books_the_technician(wanted: tuple[platform.Platform, list[int], int]) -> None:
    place, visits, technician = wanted
    env = {**os.environ, **place.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [
        sys.executable,
        "-c",
        BOOKERS_AT_THE_GATE,
        visit_by_id(visits[0]).window_from.isoformat(),
        *map(str, (GATE, technician, *visits)),
    ]
    with psycopg.connect(place.database_url, autocommit=True) as gate:
        gate.execute("SELECT pg_advisory_lock(%s)", [GATE])
        bookers = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
            while gate.execute(waiting, [GATE]).fetchone() != (BOOKERS,):
                assert bookers.poll() is None, "the bookers ended before the gate opened"
                time.sleep(0.05)
            gate.execute("SELECT pg_advisory_unlock(%s)", [GATE])
            said = Counter(bookers.communicate(timeout=120)[0].split())
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(bookers.pid, signal.SIGKILL)
    assert said == {"booked": 1, "DoubleBooked": BOOKERS - 1}
    assert Assignment.objects.filter(technician_id=technician, released_at=None).count() == 1


def test_of_forty_requests_exactly_one_books_the_technician(wanted: tuple[platform.Platform, list[int], int]) -> None:
    place, visits, technician = wanted
    key = issue_api_key("bookers", tuple(declared_permissions()), actor=SYSTEM, now=clock.now())
    with httpx.Client(base_url=place.web, headers={"Authorization": f"Bearer {reveal_token(key.pk)}"}, timeout=60) as client:

        def ask(visit: int) -> httpx.Response:
            return client.post(f"/api/v1/visits/{visit}/assignment", json={"technician_id": technician})

        with ThreadPoolExecutor(BOOKERS) as pool:
            answers = list(pool.map(ask, visits))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: BOOKERS - 1}
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {no["detail"] for no in refused} == {
        "This technician already has a visit at that time. Choose another time or another technician."
    }


def test_one_key_sent_forty_times_makes_one_customer(house: platform.Platform) -> None:
    key = issue_api_key("repeater", tuple(declared_permissions()), actor=SYSTEM, now=clock.now())
    headers = {"Authorization": f"Bearer {reveal_token(key.pk)}", "Idempotency-Key": f"forty-{key.pk}"}
    with httpx.Client(base_url=house.web, headers=headers, timeout=60) as client:

        def ask(_: int) -> httpx.Response:
            return client.post("/api/v1/customers", json={"number": f"FORTY-{key.pk}", "name": "Zofia Wiśniewska"})

        with ThreadPoolExecutor(BOOKERS) as pool:
            answers = list(pool.map(ask, range(BOOKERS)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 409)
