"""What an open page hears, through a real process and a real database."""

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from blisko.access.rules import SYSTEM
from blisko.field.models import Technician
from blisko.field.tests.make import a_technician
from blisko.kit.push import push
from blisko.kit.tickets import stream_ticket
from blisko.live.models import Fix
from blisko.live.tests.doors import PATIENCE, Events, LiveProcess, a_phone, listening, live_process
from blisko.planning.services import assign_visit
from blisko.visits.models import Visit
from blisko.visits.services import arrive, set_out
from blisko.visits.tests.make import a_visit

HOME = (52.2297, 21.0122)


def report(live: LiveProcess, token: str, at: datetime, lat: float, lon: float = 21.05, *, mock: bool = False) -> None:
    body = f'{{"device_id":"1","location":{{"timestamp":"{at.isoformat()}","mock":{str(mock).lower()},'
    body += f'"coords":{{"latitude":{lat},"longitude":{lon}}}}}}}'
    assert live.report(token, body=body.encode())[0] == 200


def fixes(events: Events) -> list[tuple[float, str]]:
    return [(said["lat"], said["topic"]) for name, said in events if name == "fix"]


def hints(events: Events) -> list[tuple[str, str]]:
    return [(said["topic"], said["hint"]) for name, said in events if name == "hint"]


@pytest.fixture
def now() -> datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def technician(transactional_db: None, now: datetime) -> Technician:
    return a_technician(now)


@pytest.fixture
def visit(technician: Technician, now: datetime) -> Visit:
    visit = a_visit(now)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=now)
    return visit


def until_on_the_way(live: LiveProcess, visit: Visit, technician: Technician, now: datetime) -> None:
    set_out(visit.pk, actor=SYSTEM, now=now)
    # The hint that tells `live` is on its way to us, too.
    with listening(live, stream_ticket([f"visit:{visit.pk}"], until=timezone.now() + timedelta(minutes=5))):
        time.sleep(0.3)


def test_customer_sees_the_technician_only_between_setting_out_and_arriving(
    live: LiveProcess, now: datetime, technician: Technician, visit: Visit
) -> None:
    _, token = a_phone(technician.pk, now)
    topic = f"visit:{visit.pk}"
    other = a_visit(now)
    with (
        listening(live, stream_ticket([topic], until=now + timedelta(minutes=5))) as page,
        listening(live, stream_ticket([f"visit:{other.pk}"], until=now + timedelta(minutes=5))) as stranger,
    ):
        report(live, token, now - timedelta(seconds=60), *HOME)
        report(live, token, now - timedelta(seconds=50), 52.30)
        assert fixes(page.listen()) == []
        set_out(visit.pk, actor=SYSTEM, now=now - timedelta(seconds=45))
        page.wait_for(lambda events: (topic, "changed") in hints(events))
        time.sleep(0.3)
        report(live, token, now - timedelta(seconds=40), 52.3005)
        report(live, token, now - timedelta(seconds=30), 52.31, mock=True)
        report(live, token, now - timedelta(seconds=46), 52.32)
        assert fixes(page.listen()) == []
        report(live, token, now - timedelta(seconds=20), 52.33)
        report(live, token, now - timedelta(seconds=25), 52.34)
        report(live, token, now - timedelta(seconds=10), 52.35)
        events = page.wait_for(lambda events: (52.35, topic) in fixes(events))
        assert fixes(events) == [(52.33, topic), (52.35, topic)]
        told = [said for name, said in events if name == "fix"][-1]
        assert set(told) == {"topic", "lat", "lon", "heading", "at", "age_s", "fresh"}
        assert told["at"] == (now - timedelta(seconds=10)).isoformat()
        assert 10 <= told["age_s"] < 30
        arrive(visit.pk, actor=SYSTEM, now=now)
        page.wait_for(lambda events: hints(events).count((topic, "changed")) >= 2)
        time.sleep(0.3)
        report(live, token, now, 52.36)
        assert (52.36, topic) not in fixes(page.listen())
        assert stranger.listen() == []


def test_page_that_opens_later_is_told_the_last_position_at_once(
    live: LiveProcess, now: datetime, technician: Technician, visit: Visit
) -> None:
    _, token = a_phone(technician.pk, now)
    report(live, token, now - timedelta(seconds=60), *HOME)
    until_on_the_way(live, visit, technician, now - timedelta(seconds=50))
    report(live, token, now - timedelta(seconds=40), 52.30)
    with listening(live, stream_ticket([f"visit:{visit.pk}"], until=now + timedelta(minutes=5))) as page:
        assert fixes(page.listen()) == [(52.3, f"visit:{visit.pk}")]


def test_ticket_without_fixes_hears_hints_alone(live: LiveProcess, now: datetime, technician: Technician, visit: Visit) -> None:
    _, token = a_phone(technician.pk, now)
    report(live, token, now - timedelta(seconds=60), *HOME)
    topic = f"visit:{visit.pk}"
    with listening(live, stream_ticket([topic], until=now + timedelta(minutes=5), fixes=False)) as page:
        set_out(visit.pk, actor=SYSTEM, now=now - timedelta(seconds=50))
        page.wait_for(lambda events: (topic, "changed") in hints(events))
        time.sleep(0.3)
        report(live, token, now - timedelta(seconds=40), 52.30)
        assert fixes(page.listen()) == []


def test_dispatcher_sees_everybody_and_which_technician(live: LiveProcess, now: datetime, technician: Technician) -> None:
    _, token = a_phone(technician.pk, now)
    with listening(live, stream_ticket(["day"], until=now + timedelta(minutes=5))) as page:
        report(live, token, now, 52.30)
        events = page.wait_for(lambda events: (52.3, "day") in fixes(events))
        assert technician.pk in [said["technician"] for name, said in events if name == "fix" and said["lat"] == 52.3]


def test_hint_reaches_those_who_listen_to_its_topic(live: LiveProcess, now: datetime) -> None:
    with listening(live, stream_ticket(["kettle:1"], until=now + timedelta(minutes=5))) as page:
        push("kettle:2")
        push("kettle:1", "boils")
        page.wait_for(lambda events: hints(events) == [("kettle:1", "boils")])


@pytest.mark.parametrize("ticket", ["", "nonsense", "eyJ0b3BpY3MiOlsiZGF5Il19:1xUzSr:Z40iO5JRU"])
def test_page_without_a_ticket_of_ours_hears_nothing(live: LiveProcess, ticket: str) -> None:
    assert live.ask(f"/stream?ticket={ticket}") == (403, b"This ticket has ended.\n")


def test_ticket_that_has_ended_opens_nothing(live: LiveProcess, now: datetime) -> None:
    ticket = stream_ticket(["day"], until=now - timedelta(seconds=1))
    assert live.ask(f"/stream?ticket={ticket}")[0] == 403


def test_page_is_asked_to_renew_before_its_ticket_ends_and_then_let_go(live: LiveProcess) -> None:
    with listening(live, stream_ticket(["day"], until=timezone.now() + timedelta(seconds=3))) as page:
        page.wait_for(lambda events: ("renew", {}) in events)
        until = time.monotonic() + PATIENCE
        while b"\r\n0\r\n" not in page.heard:
            page.listen(0.2)
            assert time.monotonic() < until


def test_position_taken_by_one_process_is_shown_by_another(
    transactional_db: None, tmp_path: Path, now: datetime, technician: Technician
) -> None:
    notify = {"BLISKO_FANOUT": "blisko.live.adapters.fanout.NotifyFanout"}
    _, token = a_phone(technician.pk, now)
    with (
        live_process(tmp_path, "one", **notify) as one,
        live_process(tmp_path, "two", **notify) as two,
        listening(two, stream_ticket(["day"], until=now + timedelta(minutes=5))) as page,
    ):
        time.sleep(0.5)
        report(one, token, now, 52.41)
        page.wait_for(lambda events: (52.41, "day") in fixes(events))


def test_streams_end_at_once_when_the_process_is_told_to_end(transactional_db: None, tmp_path: Path, now: datetime) -> None:
    with live_process(tmp_path, "ending") as live, listening(live, stream_ticket(["day"], until=now + timedelta(minutes=5))) as page:
        begun = time.monotonic()
        live.process.terminate()
        live.process.wait(15)
        assert time.monotonic() - begun < 5
        page.listen(0.2)
        assert b"\r\n0\r\n" in page.heard


def test_acknowledged_fixes_outlive_a_kill(transactional_db: None, tmp_path: Path, now: datetime) -> None:
    """A smoke test: the server's own durability (fsync) is off in tests, so this is about `live` alone."""
    phones = [a_phone(a_technician(now).pk, now) for _ in range(6)]
    acknowledged: set[tuple[int, datetime]] = set()
    with live_process(tmp_path, "killed") as live:

        def drive(device: int, token: str) -> None:
            for nr in range(5000):
                at = now - timedelta(seconds=5000 - nr)
                try:
                    report(live, token, at, 52.2 + nr / 1e5)
                except (OSError, AssertionError):
                    return
                acknowledged.add((device, at))

        drives = [threading.Thread(target=drive, args=phone) for phone in phones]
        for one in drives:
            one.start()
        time.sleep(1.5)
        live.process.kill()
        for one in drives:
            one.join()
    kept = set(Fix.objects.values_list("device_id", "fix_time"))
    assert len(acknowledged) > 50
    assert acknowledged <= kept
