"""Every showing of where a technician is is noted for the technician: who, from when to when, how many times (F13)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token, run_retention
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.field.models import Technician
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit.tickets import read_ticket, stream_ticket
from blisko.live.adapters.watchers import Watchers
from blisko.live.models import PositionLook
from blisko.live.queries.known import known_of
from blisko.live.rules.looks import Look, Shown, merged
from blisko.live.services.looks import note_shown
from blisko.live.tests.doors import PATIENCE, LiveProcess, a_phone, listening, live_process
from blisko.live.tests.make import HALFWAY, START, LinkStory, a_fix, a_link
from blisko.planning.services import assign_visit
from blisko.visits.services import set_out
from blisko.visits.tests.make import a_visit

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECRET = "a long enough secret"
pytestmark = pytest.mark.django_db


def looks(technician: Technician) -> list[tuple[str, str, int]]:
    rows = PositionLook.objects.filter(technician=technician).order_by("who")
    return list(rows.values_list("who", "name", "times"))


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_looks_of_one_person_on_one_day_are_one_from_the_first_to_the_last() -> None:
    zone = ZoneInfo("Europe/Warsaw")
    midnight = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)
    first = Look(1, "user:3", "Anna", NOW, NOW + MINUTE)
    next_day, others = Look(1, "user:3", "Anna", midnight, midnight), Look(0, "user:9", "Ewa", NOW, NOW)
    found = merged([first._replace(first_at=NOW - MINUTE), first, next_day, others], zone)
    assert [(who, str(day), technician) for technician, day, who in found] == [
        ("user:9", "2026-11-27", 0),
        ("user:3", "2026-11-27", 1),
        ("user:3", "2026-11-28", 1),
    ]
    assert list(found.values())[1] == first._replace(first_at=NOW - MINUTE)


def test_looks_five_minutes_apart_are_counted_and_more_often_than_once_a_minute_none_is_written() -> None:
    me, other = a_technician(NOW), a_technician(NOW)
    shown = Shown("user:3", "Anna", (me.pk, other.pk, 0))
    rows = []
    for seconds in (0, 30, 59, 61, 350, 700, 720):
        note_shown(shown, now=NOW + timedelta(seconds=seconds))
        [row] = PositionLook.objects.filter(technician=me)
        rows.append((row.times, int((row.last_at - NOW).total_seconds())))
    assert rows == [(1, 0), (1, 0), (1, 0), (1, 61), (1, 350), (2, 700), (2, 700)]
    assert (PositionLook.objects.count(), str(PositionLook.objects.get(technician=me))) == (2, f"user:3 → {me.pk}, 2026-11-27: 2")
    run_retention(now=NOW + timedelta(days=89))
    assert PositionLook.objects.exists()
    run_retention(now=NOW + timedelta(days=91))
    assert not PositionLook.objects.exists()


def test_ticket_names_who_it_was_given_to_where_it_tells_places_alone() -> None:
    who, end = ("user:3", "Anna"), NOW + MINUTE
    given = {fixes: read_ticket(stream_ticket(["day"], until=end, fixes=fixes, who=who), now=NOW) for fixes in (True, False)}
    assert [given[fixes] and given[fixes].who for fixes in (True, False)] == [who, ("", "")]  # type: ignore[union-attr]


@pytest.fixture
def story(settings: Settings) -> LinkStory:
    """A technician on the way, seen a moment ago."""
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    story = a_link(NOW)
    a_fix(story.technician, NOW - 2 * MINUTE, START)
    set_out(story.visit.pk, actor=SYSTEM, now=NOW - MINUTE)
    a_fix(story.technician, NOW, HALFWAY)
    return story


def test_every_page_and_document_that_shows_a_place_is_noted_and_no_other(story: LinkStory) -> None:
    add_user(actor=SYSTEM, now=NOW, email="ewa@example.com", name="Ewa Dyżurna", roles=["dispatcher"], password=SECRET)
    client, user = Client(), User.objects.get(email="ewa@example.com")
    client.post("/accounts/login/", {"login": "ewa@example.com", "password": SECRET})
    placeless = ("/technicians/", "/customers/", f"/day/visits/{story.visit.pk}/", "/plan/table", "/day/?day=2026-12-24")
    for path in (*placeless, f"{story.path}/visit.ics"):
        assert client.get(path).status_code == 200
    assert client.head(story.path).status_code == 200
    assert looks(story.technician) == []
    seen: list[str] = []
    for path, who in (("/day/", f"user:{user.pk}"), (story.path, f"visit:{story.visit.pk}")):
        assert client.get(path).status_code == 200
        seen.append(who)
        assert [who for who, _, _ in looks(story.technician)] == sorted(seen)
    PositionLook.objects.all().delete()
    for path, who in (("/plan/data", f"user:{user.pk}"), (f"{story.path}/visit.json", f"visit:{story.visit.pk}")):
        assert client.get(path).status_code == 200
        assert who in [who for who, _, _ in looks(story.technician)]
    key = issue_api_key("Portal", ["live.issue_links"], actor=SYSTEM, now=NOW)
    said = Client().get(f"/api/v1/visits/{story.visit.pk}/link-view", headers={"Authorization": f"Bearer {reveal_token(key.pk)}"})
    assert said.json()["fields"]["position"]
    assert (f"key:{key.pk}", "Portal", 1) in looks(story.technician)


def test_technician_sees_who_was_shown_where_he_was_and_nobody_elses(story: LinkStory) -> None:
    other = a_technician(NOW)
    for who, name in (("user:3", "Ewa Dyżurna"), (f"visit:{story.visit.pk}", ""), ("visit:0", ""), ("key:7", "Portal")):
        note_shown(Shown(who, name, (story.technician.pk,)), now=NOW)
    note_shown(Shown("user:4", "Marek", (other.pk,)), now=NOW)
    known = known_of(story.technician_actor(), now=NOW)
    assert [(one.look.who, one.visit) for one in known.looks] == [
        ("key:7", ""), ("user:3", ""), ("visit:0", ""), (f"visit:{story.visit.pk}", story.visit.number),
    ]  # fmt: skip
    assert known.looks_days == 90
    client = Client()
    client.force_login(User.objects.get(pk=story.technician.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/t/me/").content.decode()
    for words in ("Ewa Dyżurna", f"The customer of visit {story.visit.number}, by link", "A customer, by link", "Portal, a program"):
        assert words in page
    assert "Marek" not in page
    assert [one.look.who for one in known_of(actor_of(other), now=NOW).looks] == ["user:4"]


def report(live: LiveProcess, token: str, at: datetime, lat: float) -> None:
    assert live.report(token, body=f"id=1&lat={lat}&lon=21.05&timestamp={int(at.timestamp())}".encode())[0] == 200


def test_open_stream_notes_whom_it_told_of_when_it_closes(live: LiveProcess) -> None:
    now = timezone.now().replace(microsecond=0)
    me, quiet, visit = a_technician(now), a_technician(now), a_visit(now)
    assign_visit(visit.pk, me.pk, actor=SYSTEM, now=now)
    _, token = a_phone(me.pk, now)
    report(live, token, now - 60 * timedelta(seconds=1), 52.0)
    set_out(visit.pk, actor=SYSTEM, now=now - timedelta(seconds=50))
    end = now + timedelta(minutes=5)
    day = stream_ticket(["day"], until=end, who=("user:3", "Ewa"))
    blind = stream_ticket(["day"], until=end, fixes=False, who=("user:4", "Jan"))
    link = stream_ticket([f"visit:{visit.pk}"], until=end, who=(f"visit:{visit.pk}", ""))
    with listening(live, day) as console, listening(live, blind), listening(live, link) as customer:
        console.wait_for(lambda events: any(name == "fix" for name, _ in events))
        time.sleep(0.5)  # until the trip is known
        report(live, token, now - timedelta(seconds=10), 52.3)
        customer.wait_for(lambda events: any(name == "fix" for name, _ in events))
    until(lambda: len(looks(me)) == 2)
    assert looks(me) == [("user:3", "Ewa", 1), (f"visit:{visit.pk}", "", 1)]
    assert looks(quiet) == []


def test_looks_that_could_not_be_written_wait_for_no_page_that_leaves() -> None:
    watchers, look = Watchers(), Look(1, "user:3", "Ewa", NOW, NOW)
    watchers.give_back([look])
    assert watchers.left.is_set()
    assert (watchers.take_looks(), watchers.left.is_set()) == ([look], False)


def test_stream_that_is_open_when_the_process_ends_is_noted_too(transactional_db: None, tmp_path: Path) -> None:
    now = timezone.now().replace(microsecond=0)
    me = a_technician(now)
    with live_process(tmp_path, "ending") as live:
        _, token = a_phone(me.pk, now)
        report(live, token, now, 52.0)
        with listening(live, stream_ticket(["day"], until=now + timedelta(minutes=5), who=("user:3", "Ewa"))) as console:
            console.wait_for(lambda events: any(name == "fix" for name, _ in events))
            live.process.terminate()
            live.process.wait(15)
    assert looks(me) == [("user:3", "Ewa", 1)]
