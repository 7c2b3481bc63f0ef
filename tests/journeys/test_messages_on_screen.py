"""What a newcomer sees first: the customer's telephone; and what an admin sees as he writes a text."""

from datetime import date

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from blisko.accounts.models import Role, User
from blisko.accounts.rules import FIRST_ROLES
from blisko.messaging.queries import text_in_force
from blisko.messaging.rules.delivery import Channel, email
from blisko.messaging.rules.delivery import phone as phone_address
from blisko.messaging.rules.words import day_words
from blisko.messaging.tests.make import deliver, link, message, values
from tests.browser import assert_accessible
from tests.conftest import OpenPage, Photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
LANGUAGES = {"en": "Customers' telephones", "pl": "Telefony klientów", "hu": "Az ügyfelek telefonjai"}


@pytest.fixture
def demo(settings: Settings) -> None:
    carriers = {"messaging.sms": "PhonesSms", "messaging.mail": "PhonesMail"}
    adapters = {plug: f"blisko.messaging.adapters.phones.{name}" for plug, name in carriers.items()}
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, **adapters}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customers_telephone_is_clear_in_every_language(
    demo: None, live_server: LiveServer, phone: OpenPage, desk: OpenPage, photo: Photograph, language: str, theme: str
):
    said = values(link=link(), day=day_words(date(2026, 11, 23), language))
    for code in ("visit_booked", "visit_day_before", "visit_on_the_way"):
        deliver(message(code, key=code, language=language, context=said).pk)
    deliver(message(language=language, context=said, key="other", to=phone_address("+36301234567")).pk)
    deliver(message(language=language, context=said, to=email("ewa@example.com")).pk)
    page = phone(language=language, theme=theme)
    page.goto(f"{live_server.url}/demo/phone/")
    assert LANGUAGES[language] in page.inner_text("h1")
    photo(page, "telephones")
    assert_accessible(page)
    page.click("text=+48600100200")
    page.wait_for_selector(".bubble-newest a")
    assert page.locator(".bubble").count() == 3
    photo(page, "telephone")
    assert_accessible(page)
    wide = desk(language=language, theme=theme)
    for address in ("+48600100200", "ewa@example.com"):
        wide.goto(f"{live_server.url}/demo/phone/{address}/")
        photo(wide, "mailbox-wide" if "@" in address else "telephone-wide")
        assert_accessible(wide)


def test_a_new_message_arrives_by_itself(demo: None, live_server: LiveServer, phone: OpenPage):
    page = phone()
    page.goto(f"{live_server.url}/demo/phone/+48600100200/")
    to_visit = link()
    deliver(message("visit_booked", link=to_visit, context=values(link=to_visit)).pk)
    page.wait_for_selector(".bubble-newest a", timeout=8000)
    assert page.locator(".bubble-newest a").is_visible()


def test_the_preview_follows_the_typing(demo: None, live_server: LiveServer, desk: OpenPage, photo: Photograph, settings: Settings):
    user = User.objects.create_user("boss@example.com", "a long password", name="Boss")
    # Tests that commit leave an empty database behind, first roles included.
    manager = next(first for first in FIRST_ROLES if first.code == "manager")
    wanted = {"names": manager.names, "permissions": list(manager.permissions)}
    user.roles.add(Role.objects.get_or_create(code="manager", defaults=wanted)[0])
    page = desk()
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("input[name=login]", "boss@example.com")
    page.fill("input[name=password]", "a long password")
    page.click("button[type=submit]")
    page.goto(f"{live_server.url}/messages/texts/")
    photo(page, "texts")
    assert_accessible(page)
    page.goto(f"{live_server.url}/messages/texts/visit_booked/sms/pl/")
    page.fill("textarea", "Dzień dobry {name}, " + "prosimy o chwilę cierpliwości. " * 4 + "{link}")
    page.wait_for_selector("#preview :text('2 parts')")
    assert "Dzien dobry Malgorzata" in page.inner_text("#preview")
    page.fill("textarea", "{nick} {link}")
    page.wait_for_selector("#preview :text('{nick}')")
    photo(page, "text")
    assert_accessible(page)
    page.fill("textarea", "{brand}: {day}, {window} {link}")
    page.click("button:text-is('Save')")
    page.wait_for_selector(".toast")
    assert text_in_force("visit_booked", Channel.SMS, "pl")[0].body == "{brand}: {day}, {window} {link}"
    page.goto(f"{live_server.url}/messages/")
    assert_accessible(page)
