"""A manager imports a sheet in a real browser, in every language, light and dark."""

from typing import Any

import pytest
from django.test import Client

from blisko.access.rules import SYSTEM
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.kit import clock
from tests import platform
from tests.browser import assert_accessible
from tests.conftest import OpenPage, Photograph

SHEET = "Nr klienta;Kto;Telefon\nB{0}1;Łucja Źrebięca;601234567\nB{0}2;;601234568\nB{0}3;Ewa;nie ma\n"
pytestmark = pytest.mark.browser


def manager() -> User:
    known = User.objects.filter(email="importer@example.com").first()
    return known or add_user(actor=SYSTEM, now=clock.now(), email="importer@example.com", name="Anna Nowak", roles=["manager"])


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark"), ("hu", "light")])
def test_sheet_is_brought_in(house: platform.Platform, desk: OpenPage, photo: Photograph, language: str, theme: str) -> None:
    client = Client()
    client.force_login(manager())
    page: Any = desk(language=language, theme=theme)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": house.web}])
    page.goto(f"{house.web}/imports/")
    assert_accessible(page)
    page.locator("[name=noun]").select_option("customers")
    content = SHEET.format(language.upper()).encode("cp1250")
    page.locator("[name=file]").set_input_files({"name": "klienci.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main button").first.click()
    page.locator("select[name=name]").select_option("Kto")
    assert_accessible(page)
    photo(page, "import-columns")
    page.locator("button[name=check]").click()
    page.locator("#refused").wait_for()
    assert_accessible(page)
    photo(page, "import-checked")
    page.locator("button[name=land]").click()
    page.locator("#refused").wait_for()
    assert page.locator("#import form").count() == 0
    assert page.locator("tbody tr").count() == 2
    photo(page, "import-landed")
