"""A manager brings a sheet in through the pages: choose, check, land, read what was refused."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from blisko.access.rules import SYSTEM
from blisko.accounts.services import add_user
from blisko.customers.models import Customer
from blisko.imports.models import ImportRun
from blisko.kit import clock

SHEET = "Nr klienta;Kto;Telefon\nK1;Łucja;601234567\nK2;;601234568\nK3;=cmd|' /C calc'!A0;+48601234569\nK3;Ewa;\n"
MAPPING = {"number": "Nr klienta", "name": "Kto", "phone": "Telefon"}
pytestmark = pytest.mark.django_db


def signed_in(role: str, language: str = "en") -> Client:
    user = add_user(actor=SYSTEM, now=clock.now(), email=f"{role}@example.com", name=role, roles=[role])
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client


def sent(client: Client, content: bytes = SHEET.encode("cp1250"), name: str = "klienci.csv") -> Any:
    return client.post("/imports/take/", {"noun": "customers", "file": SimpleUploadedFile(name, content)})


def test_sheet_is_checked_before_it_lands() -> None:
    client = signed_in("manager")
    to = sent(client)["Location"]
    page = client.get(to).content.decode()
    assert "Windows-1250, ;" in page
    assert "Łucja" in page
    client.post(f"{to}go/", {**MAPPING, "check": "1"})
    assert "Would be added" in client.get(to).content.decode()
    assert not Customer.objects.exists()
    client.post(f"{to}go/", {**MAPPING, "land": "1"})
    page = client.get(to).content.decode()
    assert "“Nr klienta” K3 is already in line 4." in page
    assert ImportRun.objects.get().added == Customer.objects.count() == 2
    assert client.post(f"{to}go/", {**MAPPING, "land": "1"}).status_code == 409


def test_missing_column_is_asked_for() -> None:
    client = signed_in("manager")
    to = sent(client)["Location"]
    answer = client.post(f"{to}go/", {"number": "Nr klienta", "land": "1"})
    assert answer.status_code == 422
    assert not Customer.objects.exists()


def test_report_is_harmless_in_a_spreadsheet() -> None:
    client = signed_in("manager")
    to = sent(client, "number;name;lat;street;city\n1;A;x;S;C\n".replace("lat", "=lat").encode())["Location"]
    client.post(f"{to}go/", {"number": "number", "name": "name", "lat": "=lat", "street": "street", "city": "city", "land": "1"})
    report = client.get(f"{to}report.csv").content.decode("utf-8-sig").splitlines()
    assert report == ["Line;Why it was refused", "2;“=lat” is not a number: “x”."]


def test_bad_file_is_told_on_the_form() -> None:
    answer = sent(signed_in("manager"), b"\x00\x01\x02", "a.csv")
    assert answer.status_code == 422
    assert "The letters of this file cannot be read." in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("pl", "„Kto” jest puste"), ("hu", "„Kto” mező üres")])
def test_reasons_are_told_in_the_readers_language(language: str, words: str) -> None:
    client = signed_in("manager", language)
    to = sent(client)["Location"]
    client.post(f"{to}go/", {**MAPPING, "land": "1"})
    assert words in client.get(to).content.decode()


def test_agent_may_not_import() -> None:
    assert signed_in("agent").get("/imports/").status_code == 403


def test_somebody_not_signed_in_is_sent_to_the_door() -> None:
    assert Client().get("/imports/")["Location"].startswith("/accounts/login/")
