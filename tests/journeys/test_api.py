"""The JSON API over HTTP: tokens, refusals, pages of answers, and things done once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from blisko.access.queries import declared_permissions
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token, revoke_key
from blisko.field.tests.make import a_technician
from blisko.kit import clock
from blisko.visits.tests.make import a_job_type

pytestmark = pytest.mark.django_db


class Program:
    """A program with a token."""

    def __init__(self, *scopes: str) -> None:
        self.key = issue_api_key("test", scopes or tuple(declared_permissions()), actor=SYSTEM, now=clock.now())
        self.token = reveal_token(self.key.pk)
        self.client = Client()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            data=json.dumps(body) if body is not None else b"",
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    def book(self, hours: int = 2, **more: Any) -> Any:
        a_job_type()
        customer = self.ask("POST", "customers", {"number": f"A{clock.now().timestamp()}", "name": "Zofia Wiśniewska"}).json()
        site = self.ask("POST", f"customers/{customer['id']}/sites", {"street": "ulica Lipowa 5", "city": "Blisków"}).json()
        start = clock.now() + timedelta(hours=1)
        window = {"window_from": start.isoformat(), "window_to": (start + timedelta(hours=hours)).isoformat()}
        return self.ask("POST", "visits", {"site_id": site["id"], "job_type": "fibre-repair", **window, **more})


def test_visit_goes_from_booking_to_done_through_the_api() -> None:
    program, technician = Program(), a_technician(clock.now())
    visit = program.book()
    assert visit.status_code == 201, visit.json()
    number = visit.json()["id"]
    assigned = program.ask("POST", f"visits/{number}/assignment", {"technician_id": technician.pk})
    assert assigned.status_code == 201, assigned.json()
    for step, state in (("set-out", "on_the_way"), ("arrive", "on_site"), ("finish", "done")):
        told = program.ask("POST", f"visits/{number}/steps/{step}", {})
        assert (told.status_code, told.json()["state"]) == (200, state)
    again = program.ask("POST", f"visits/{number}/steps/finish", {})
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")


def test_stranger_gets_401_and_the_way_in() -> None:
    program = Program()
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}):
        response = Client().get("/api/v1/customers", headers=headers)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
        assert response.json()["type"] == "urn:blisko:refusal:not-signed-in"
    revoke_key(program.key.pk, by=SYSTEM, now=clock.now())
    assert program.ask("GET", "customers").status_code == 401


def test_scopes_are_all_a_token_may_do() -> None:
    program = Program("customers.see")
    assert program.ask("GET", "customers").status_code == 200
    refused = program.ask("POST", "customers", {"number": "1", "name": "A"})
    assert (refused.status_code, refused.json()["details"]) == (403, {"permission": "customers.edit"})


def test_wrong_values_are_named_by_their_place() -> None:
    refused = Program().ask("POST", "customers", {"number": "", "language": "de"})
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert {error["pointer"] for error in refused.json()["details"]["errors"]} == {"#/number", "#/name", "#/language"}


def test_time_without_an_offset_is_refused() -> None:
    refused = Program().ask("GET", "visits?starts=2026-11-24T10:00:00&ends=2026-11-25T10:00:00Z")
    assert refused.status_code == 422


def test_body_of_another_kind_is_refused() -> None:
    program = Program()
    response = program.client.post("/api/v1/customers", {"number": "1"}, headers={"Authorization": f"Bearer {program.token}"})
    assert response.status_code == 415


def test_same_key_does_the_thing_once_and_answers_the_same() -> None:
    program = Program()
    first = program.ask("POST", "customers", {"number": "K1", "name": "A"}, **{"Idempotency-Key": "one"})
    second = program.ask("POST", "customers", {"number": "K1", "name": "A"}, **{"Idempotency-Key": "one"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert (first.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")
    other = program.ask("POST", "customers", {"number": "K2", "name": "A"}, **{"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["type"]) == (422, "urn:blisko:refusal:invalid")


def test_refused_request_leaves_its_key_free() -> None:
    program = Program()
    taken = program.ask("POST", "customers", {"number": "K3", "name": "A", "phone": "x"}, **{"Idempotency-Key": "two"})
    assert taken.status_code == 422
    assert program.ask("POST", "customers", {"number": "K3", "name": "A"}, **{"Idempotency-Key": "two"}).status_code == 201


def test_rate_limit_is_told_with_the_time_to_wait(settings: Any) -> None:
    settings.BLISKO_API_RATE = 3
    program = Program()
    answers = [program.ask("GET", "customers") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3]["Retry-After"]) <= 60


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    program = Program()
    for number in range(5):
        program.ask("POST", "customers", {"number": f"P{number}", "name": f"Name {number % 2}"})
    seen, cursor = [], ""
    while cursor is not None:
        page = program.ask("GET", f"customers?limit=2&search=Name&cursor={cursor}").json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next"]
    assert seen == ["P0", "P2", "P4", "P1", "P3"]
    assert program.ask("GET", "customers?cursor=made-up").status_code == 422


def test_signed_in_person_needs_the_csrf_token_to_change_something(django_user_model: Any) -> None:
    user = django_user_model.objects.create_user("d@example.com", name="D")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get("/api/v1/job-types").status_code == 403
    refused = client.post("/api/v1/customers", data="{}", content_type="application/json")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:blisko:refusal:no-csrf-token")


def test_documentation_page_asks_nobody_else() -> None:
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    assert b"//cdn" not in page.content
    assert Client().get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")


def test_sheet_sent_to_the_api_is_checked_landed_and_reported() -> None:
    program = Program()

    def send(**fields: str) -> Any:
        sheet = SimpleUploadedFile("customers.csv", "Nr;Name\nS1;Łucja\nS2;\n".encode("cp1250"))
        headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": f"sheet {fields.get('dry_run')}"}
        return program.client.post("/api/v1/imports", {"noun": "customers", "file": sheet, **fields}, headers=headers)

    checked = send(dry_run="true")
    assert checked.status_code == 200, checked.json()
    assert (checked.status_code, checked.json()["state"], checked.json()["added"]) == (200, "checked", 1)
    assert program.ask("GET", "customers?search=S1").json()["items"] == []
    landed = program.ask("POST", f"imports/{checked.json()['id']}/land")
    assert (landed.json()["state"], landed.json()["added"], landed.json()["refused"]) == ("landed", 1, 1)
    refused = program.ask("GET", f"imports/{checked.json()['id']}/refused").json()["items"]
    assert [(line["line"], line["reason"]) for line in refused] == [(3, "“Name” is empty.")]
    first, again = send(), send()
    assert (first.json()["known"], again["Idempotency-Replayed"], again.json()) == (1, "true", first.json())
    missing = send(mapping='{"name": "Nobody"}')
    assert (missing.status_code, missing.json()["type"]) == (422, "urn:blisko:refusal:invalid")


def test_integration_says_where_and_with_what_somebody_works_and_reads_it_back() -> None:
    program, technician = Program(), a_technician(clock.now(), team="north", van="BL 1")
    depot = {"name": "Base", "lat": 52.1, "lon": 21.1, "opens_at": "06:30", "region": "mazovia", "tools": ["ladder"]}
    zone = {"name": "North", "region": "mazovia", "postcodes": ["00-9"]}
    rules = [{"earliest": "11:00", "latest": "13:00", "minutes": 30}]
    team = {"name": "North", "region": "mazovia", "overtime_minutes": 45, "breaks": rules}
    van = {"tools": ["ladder"], "parts": [{"part": "ONT", "count": 2}]}
    for path, body in (("depots/base", depot), ("zones/n", zone), ("teams/north", team), ("vans/BL%201", van)):
        said = program.ask("PUT", f"field/{path}", body)
        assert said.status_code == 200, said.json()
        assert said.json().items() >= body.items()
        assert program.ask("GET", f"field/{path.split('/')[0]}").json()["items"] == [said.json()]
    assert program.ask("GET", "field/regions").json()["items"] == [{"code": "mazovia", "name": "mazovia"}]
    assert program.ask("PUT", "field/breaks", {"breaks": rules}).status_code == 204
    wanted = {"levels": {"fibre": 3}, "zones": ["n"], "end_depot": "base"}
    told = program.ask("PATCH", f"technicians/{technician.pk}", wanted).json()
    assert told.items() >= (wanted | {"region": "mazovia", "start_depot": None}).items()


def test_home_is_kept_for_the_planner_and_read_only_by_who_edits_the_field() -> None:
    editor, reader, technician = Program(), Program("field.see"), a_technician(clock.now())
    home, path = {"lat": 52.25, "lon": 21.5}, f"technicians/{technician.pk}/home"
    assert editor.ask("GET", path).json() is None
    assert editor.ask("PUT", path, home).status_code == 204
    assert editor.ask("GET", path).json() == home
    assert (reader.ask("GET", path).status_code, reader.ask("PUT", path, home).status_code) == (403, 403)
    for listed in ("technicians", f"technicians/{technician.pk}"):
        assert "52.25" not in reader.ask("GET", listed).content.decode()
    assert editor.ask("DELETE", path).status_code == 204
    assert editor.ask("GET", path).json() is None


def test_shift_has_breaks_and_loses_the_hours_of_an_absence() -> None:
    program, technician = Program(), a_technician(clock.now(), shift=False)
    start, path = clock.now().replace(microsecond=0), f"technicians/{technician.pk}"
    pause = {"earliest": (start + timedelta(hours=1)).isoformat(), "latest": (start + timedelta(hours=2)).isoformat(), "minutes": 20}
    shift = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=8)).isoformat(), "breaks": [pause], "overtime_minutes": 15}
    made = program.ask("POST", f"{path}/shifts", shift).json()
    assert (len(made["breaks"]), made["breaks"][0]["minutes"], made["overtime_minutes"]) == (1, 20, 15)
    away = {"starts": (start + timedelta(hours=4)).isoformat(), "ends": shift["ends_at"]}
    assert program.ask("POST", f"{path}/absences", away).status_code == 204
    left = program.ask("GET", f"technicians/shifts?starts={start:%Y-%m-%dT%H:%M:%SZ}&ends={start + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}")
    (one,) = left.json()["items"]
    assert (one["id"], one["overtime_minutes"], len(one["breaks"])) == (made["id"], 0, 1)
    assert one["ends_at"] < made["ends_at"]
