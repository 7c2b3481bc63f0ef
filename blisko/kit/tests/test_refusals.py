import json

import pytest
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from blisko.kit import errors
from blisko.kit.middleware import PrivateByDefault, RefusalMiddleware

SIX = [
    (errors.NotFound, 404),
    (errors.NotAllowed, 403),
    (errors.WrongMoment, 409),
    (errors.Invalid, 422),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
]


def answered(request: HttpRequest, fault: Exception) -> HttpResponse | None:
    return RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, fault)


@pytest.mark.parametrize(("kind", "status"), SIX)
def test_program_gets_problem_details(kind: type[errors.Refusal], status: int, rf: RequestFactory) -> None:
    response = answered(rf.get("/api/v1/kettles"), kind(details={"kettle": 3}))
    assert response is not None
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (body["status"], body["instance"], body["details"]) == (status, "/api/v1/kettles", {"kettle": 3})


@pytest.mark.parametrize(("kind", "status"), SIX)
def test_person_gets_a_page_and_an_open_page_a_fragment(kind: type[errors.Refusal], status: int, rf: RequestFactory) -> None:
    page = answered(rf.get("/kettles"), kind())
    fragment = answered(rf.get("/kettles", HTTP_HX_REQUEST="true"), kind())
    assert page is not None and fragment is not None
    assert (page.status_code, fragment.status_code) == (status, status)
    assert b"<html" in page.content
    assert b"<html" not in fragment.content


def test_bug_is_not_dressed_up_as_a_refusal(rf: RequestFactory) -> None:
    assert answered(rf.get("/kettles"), ValueError("bug")) is None


def test_database_that_is_away_is_told_as_such(rf: RequestFactory) -> None:
    response = answered(rf.get("/api/x"), OperationalError("the database system is starting up"))
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "10")


def test_too_many_says_when_to_come_back(rf: RequestFactory) -> None:
    response = answered(rf.get("/api/x"), errors.TooMany(retry_after=17))
    assert response is not None
    assert response["Retry-After"] == "17"


def test_value_the_database_cannot_hold_is_told_to_whoever_sent_it(rf: RequestFactory) -> None:
    response = answered(rf.get("/kettles"), DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))
    assert response is not None
    assert response.status_code == 422


def test_what_says_nothing_else_is_kept_by_nobody(rf: RequestFactory) -> None:
    private = PrivateByDefault(lambda _: HttpResponse())(rf.get("/customers/1/"))
    public = PrivateByDefault(lambda _: HttpResponse(headers={"Cache-Control": "public, max-age=60"}))(rf.get("/map/style/light.json"))
    assert (private["Cache-Control"], public["Cache-Control"]) == ("no-store", "public, max-age=60")
