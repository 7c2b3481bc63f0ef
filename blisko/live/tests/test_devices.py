import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from blisko.access.errors import Forbidden
from blisko.access.queries import actor_by_token
from blisko.access.rules import NOBODY, SYSTEM, Actor, ActorKind, KeyKind
from blisko.field.errors import NoSuchTechnician
from blisko.field.tests.make import a_technician
from blisko.kit.errors import NotFound
from blisko.kit.tickets import read_ticket, stream_ticket
from blisko.live.errors import NoSuchDevice, UnknownApp
from blisko.live.models import Fix, UnusableCount
from blisko.live.queries.devices import page_report_url, phone_setup
from blisko.live.queries.positions import devices_of, last_fix, positions_of, shown_fix, unusable_counts_of, work_of
from blisko.live.rules.provisioning import App, provisioning
from blisko.live.services import issue_device, purge_fixes, purge_unusable_counts, revoke_device

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPORT = "https://live.example.com/p/secret-of-27-letters"


def a_fix(device_id: int, ago: timedelta, lat: float = 52.3, lon: float = 21.0, *, mock: bool = False) -> Fix:
    at = NOW - ago
    return Fix.objects.create(device_id=device_id, fix_time=at, lat=lat, lon=lon, received_at=at, source="traccar10", mock=mock)


def person(user_id: int, *permissions: str) -> Actor:
    return Actor(ActorKind.PERSON, f"user:{user_id}", "Ola", frozenset(permissions))


def test_traccar_client_is_set_up_by_the_address_with_its_settings() -> None:
    parts = urlsplit(provisioning(App.TRACCAR, report_url=REPORT, device_id=7).scan)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == REPORT
    told = parse_qs(parts.query)
    assert told["id"] == ["7"]
    assert told["buffer"] == ["true"]
    assert int(told["interval"][0]) <= 60


def test_owntracks_is_set_up_by_an_inline_file() -> None:
    scan = provisioning(App.OWNTRACKS, report_url=REPORT, device_id=7).scan
    head, _, inline = scan.partition("inline=")
    told = json.loads(base64.urlsafe_b64decode(inline))
    assert head == "owntracks:///config?"
    assert (told["_type"], told["mode"], told["url"], told["tid"]) == ("configuration", 3, REPORT, "07")


def test_osmand_is_set_up_by_its_template() -> None:
    assert "lat={0}&lon={1}&timestamp={2}" in provisioning(App.OSMAND, report_url=REPORT, device_id=7).type_in


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["traccar", "owntracks", "osmand"])
def test_phone_is_issued_with_a_token_that_is_only_hashed_at_rest(app: str) -> None:
    setup = issue_device(a_technician(NOW).pk, app, actor=SYSTEM, now=NOW)
    token = setup.how.type_in.partition("/p/")[2].partition("?")[0]
    assert setup.device.app == app
    assert len(token) == 27
    assert actor_by_token(token, kind=KeyKind.DEVICE, now=NOW).id == f"key:{setup.device.key_id}"
    assert setup.qr.startswith("data:image/svg+xml")
    assert phone_setup(setup.device.pk, actor=SYSTEM) == setup


@pytest.mark.django_db
def test_unknown_app_is_refused() -> None:
    technician = a_technician(NOW)
    with pytest.raises(UnknownApp):
        issue_device(technician.pk, "pager", actor=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_phones_are_for_the_technician_himself_and_for_who_sees_positions() -> None:
    technician, other = a_technician(NOW), a_technician(NOW)
    own = person(technician.user_id)
    setup = issue_device(technician.pk, "traccar", actor=own, now=NOW)
    assert list(devices_of(own, technician.pk)) == [setup.device]
    assert devices_of(person(999, "field.see", "live.see_positions"), technician.pk).count() == 1
    for stranger in (NOBODY, person(other.user_id)):
        with pytest.raises(NoSuchTechnician):
            phone_setup(setup.device.pk, actor=stranger)
        with pytest.raises(NotFound):
            revoke_device(setup.device.pk, actor=stranger, now=NOW)
    with pytest.raises(Forbidden):
        devices_of(person(999, "field.see"), technician.pk)
    with pytest.raises(NoSuchDevice):
        phone_setup(setup.device.pk + 1000, actor=SYSTEM)


@pytest.mark.django_db
def test_revoked_phone_is_shown_to_nobody_any_more() -> None:
    technician = a_technician(NOW)
    setup = issue_device(technician.pk, "traccar", actor=SYSTEM, now=NOW)
    revoke_device(setup.device.pk, actor=SYSTEM, now=NOW)
    revoke_device(setup.device.pk, actor=SYSTEM, now=NOW)
    assert not devices_of(SYSTEM, technician.pk).exists()
    with pytest.raises(NoSuchDevice):
        phone_setup(setup.device.pk, actor=SYSTEM)


@pytest.mark.django_db
def test_open_page_of_a_technician_has_one_address() -> None:
    technician = a_technician(NOW)
    own = person(technician.user_id)
    assert page_report_url(technician.pk, actor=own) == ""
    first = issue_device(technician.pk, "page", actor=own, now=NOW)
    assert issue_device(technician.pk, "page", actor=own, now=NOW) == first
    assert page_report_url(technician.pk, actor=own) == first.how.type_in
    revoke_device(first.device.pk, actor=own, now=NOW)
    assert page_report_url(technician.pk, actor=own) == ""
    assert issue_device(technician.pk, "page", actor=own, now=NOW).how.type_in != first.how.type_in


@pytest.mark.django_db
def test_last_position_is_the_newest_real_fix_of_any_of_his_phones() -> None:
    technician = a_technician(NOW)
    one, two = (issue_device(technician.pk, "traccar", actor=SYSTEM, now=NOW).device.pk for _ in range(2))
    a_fix(one, timedelta(minutes=9), 52.1)
    a_fix(two, timedelta(minutes=5), 52.2)
    a_fix(one, timedelta(minutes=7), 52.3)
    a_fix(two, timedelta(minutes=1), 52.4, mock=True)
    found = last_fix(technician.pk, now=NOW)
    assert found is not None
    assert (found.lat, found.fix_time) == (52.2, NOW - timedelta(minutes=5))
    assert [(seen.technician_id, seen.fix.lat) for seen in positions_of(SYSTEM, now=NOW)] == [(technician.pk, 52.2)]
    assert last_fix(technician.pk, now=NOW + timedelta(days=1)) is None
    with pytest.raises(Forbidden):
        positions_of(NOBODY, now=NOW)


@pytest.mark.django_db
def test_page_shows_the_customer_what_the_stream_would() -> None:
    technician = a_technician(NOW)
    device = issue_device(technician.pk, "traccar", actor=SYSTEM, now=NOW).device.pk

    def shown(state: str = "on_the_way", set_out_at: datetime | None = NOW - timedelta(minutes=10)) -> float | None:
        last, him = last_fix(technician.pk, now=NOW), technician.pk
        work = work_of([him], since=NOW - timedelta(hours=1), now=NOW)[him]
        fix = shown_fix(last, work, visit_id=42, state=state, set_out_at=set_out_at, technician_id=him, now=NOW)
        return fix.lat if fix else None

    assert shown() is None
    a_fix(device, timedelta(minutes=11), 52.2)
    assert shown() is None
    a_fix(device, timedelta(minutes=9), 52.2005)
    assert shown() is None
    a_fix(device, timedelta(minutes=2), 52.3)
    assert shown() == 52.3
    assert shown(state="on_site") is None
    assert shown(set_out_at=None) is None


@pytest.mark.django_db
def test_reports_not_kept_are_told_to_those_who_may_know() -> None:
    technician = a_technician(NOW)
    device = issue_device(technician.pk, "traccar", actor=SYSTEM, now=NOW).device
    UnusableCount.objects.create(device=device, day=NOW.date(), reason="off_shift", count=3, last_at=NOW)
    found = unusable_counts_of(person(technician.user_id), technician.pk, since=NOW - timedelta(days=7))
    assert [(row.reason, row.count) for row in found] == [("off_shift", 3)]
    with pytest.raises(NoSuchTechnician):
        unusable_counts_of(NOBODY, technician.pk, since=NOW)


@pytest.mark.django_db
def test_old_positions_and_counts_are_forgotten() -> None:
    device = issue_device(a_technician(NOW).pk, "traccar", actor=SYSTEM, now=NOW).device
    a_fix(device.pk, timedelta(days=31))
    a_fix(device.pk, timedelta(days=1))
    UnusableCount.objects.create(device=device, day=NOW.date(), reason="off_shift", count=3, last_at=NOW - timedelta(days=100))
    assert purge_fixes(NOW - timedelta(days=30)) == 1
    assert Fix.objects.count() == 1
    assert purge_unusable_counts(NOW - timedelta(days=90)) == 1


def test_ticket_says_what_was_put_in_until_its_end() -> None:
    ticket = stream_ticket(["visit:42"], until=NOW, fixes=False)
    read = read_ticket(ticket, now=NOW - timedelta(seconds=1))
    assert read is not None
    assert (read.topics, read.until, read.fixes) == (("visit:42",), NOW, False)
    assert read_ticket(ticket, now=NOW) is None
    assert read_ticket(ticket[:-1] + ("a" if ticket[-1] != "a" else "b"), now=NOW - timedelta(days=1)) is None
