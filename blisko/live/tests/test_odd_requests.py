"""What no form of ours sends, sent nevertheless: a refusal, never a fault."""

from urllib.parse import quote

import pytest
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.defaults import server_error
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.accounts.services import add_user
from blisko.kit import clock

pytestmark = pytest.mark.django_db
SECRET = "a long enough secret"


@pytest.fixture
def desk() -> Client:
    """A dispatcher's browser; a fault answers 500 as in earnest."""
    add_user(actor=SYSTEM, now=clock.now(), email="ewa@example.com", name="Ewa", roles=["dispatcher"], password=SECRET)
    client = Client(raise_request_exception=False)
    client.post("/accounts/login/", {"login": "ewa@example.com", "password": SECRET})
    return client


@pytest.mark.parametrize("day", ["2026-13-45", "9999-12-31", "0001-01-01", "\0", "tomorrow", "2026-W01-1", "٢٠٢٦-01-01"])
def test_day_that_nobody_plans_shows_today(desk: Client, day: str) -> None:
    assert desk.get(f"/day/?day={quote(day)}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/customers/?search=%00", "/customers/?page=-1", "/customers/99999999999999999999/", "/messages/?state=%00"]
)
def test_address_that_makes_no_sense_is_no_fault_of_ours(desk: Client, path: str) -> None:
    assert desk.get(path).status_code in (200, 404, 422)


@pytest.mark.parametrize("technician", ["²", "9" * 40, "-1", "\0", "1 OR 1=1"])
def test_technician_who_is_no_number_is_refused(desk: Client, technician: str) -> None:
    assert desk.post("/day/visits/1/assign/", {"technician": technician}).status_code in (302, 404, 409, 422)


def test_page_that_is_not_there_is_told_in_the_readers_language() -> None:
    answer = Client().get("/nowhere/", headers={"Accept-Language": "hu"})
    assert answer.status_code == 404 and 'class="lone"' in answer.content.decode() and "We could not" not in answer.content.decode()


def test_form_without_its_mark_is_told_how_to_go_on() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403 and 'class="lone"' in answer.content.decode()


def test_staff_pages_are_kept_by_nobody(desk: Client) -> None:
    assert [desk.get(path)["Cache-Control"] for path in ("/day/", "/customers/", "/technicians/")] == ["no-store"] * 3


def test_fault_of_ours_is_told_in_the_readers_language_whatever_is_broken(settings: Settings) -> None:
    settings.DJANGO_VITE = {"default": {"manifest_path": "/nowhere"}}
    with translation.override("pl"):
        page = server_error(RequestFactory().get("/")).content.decode()
    assert "<h1>" in page and "This is not" not in page
