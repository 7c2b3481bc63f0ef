"""Every carrier keeps the same promises, against the real thing at the other end of the line."""

import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from blisko.messaging.adapters.console import ConsoleMail, ConsoleSms
from blisko.messaging.adapters.http import HttpSms
from blisko.messaging.adapters.phones import PhonesMail, PhonesSms
from blisko.messaging.adapters.smtp import SmtpMail
from blisko.messaging.models import DemoMessage
from blisko.messaging.ports import Accepted, Busy, OutgoingMail, OutgoingSms, Refused, Unclear
from blisko.messaging.rules.delivery import email
from blisko.messaging.rules.sms import count
from blisko.messaging.tests.conftest import BODY
from blisko.messaging.tests.gateway import Gateway
from blisko.messaging.tests.make import deliver, link, message
from tools import mail_server
from tools.mail_server import MailServer

NASTY = 'Zażółć "gęślą" \\ {phone} & <b>+%20=?#\n😀 http://x.pl/v/tajne'


def sms(text: str = "Hello http://x.pl/v/secret-token") -> OutgoingSms:
    return OutgoingSms("+48600100200", text, str(uuid.uuid4()), count(text), "pl")


def letter(**more: Any) -> OutgoingMail:
    first = OutgoingMail("ewa@example.com", "Temat: zażółć", "Treść\n\nhttp://x.pl/v/secret-token", "<p>Treść</p>", str(uuid.uuid4()), "pl")
    return replace(first, **more)


@pytest.fixture(scope="session")
def mail_process() -> Iterator[MailServer]:
    with mail_server.running() as server:
        yield server


@pytest.fixture
def post(mail_process: MailServer, settings, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "localhost", mail_process.port, True, 5
    settings.DEFAULT_FROM_EMAIL = "Blisko <noreply@blisko.example>"
    monkeypatch.setenv("SSL_CERT_FILE", str(mail_process.certificate))
    return mail_process


def arrived(post: MailServer, reference: str) -> list[Any]:
    name = f"<{reference}@blisko.example>"
    for _ in range(40):
        found = [one for one in post.letters() if one["Message-ID"] == name]
        if found:
            return found
        threading.Event().wait(0.1)
    return []


@pytest.fixture(params=["console", "phones", "http"])
def sms_carrier(request: pytest.FixtureRequest, gateway: Gateway, db: None) -> Any:
    http = HttpSms(f"{gateway.url}/send", BODY, repeatable=True)
    return {"console": ConsoleSms(), "phones": PhonesSms(), "http": http}[request.param]


@pytest.fixture(params=["console", "phones", "smtp"])
def mail_carrier(request: pytest.FixtureRequest, post: MailServer, db: None) -> Any:
    return {"console": ConsoleMail(), "phones": PhonesMail(), "smtp": SmtpMail()}[request.param]


def test_every_sms_carrier_accepts_a_message_and_its_repetition(sms_carrier: Any, gateway: Gateway):
    one = sms(NASTY)
    assert isinstance(sms_carrier.repeatable, bool)
    assert isinstance(sms_carrier.send(one), Accepted)
    assert isinstance(sms_carrier.send(one), Accepted)
    assert DemoMessage.objects.count() + len(gateway.sent) <= 1, "repeatable carriers make one of two"


def test_every_mail_carrier_accepts_a_letter(mail_carrier: Any):
    assert isinstance(mail_carrier.repeatable, bool)
    assert isinstance(mail_carrier.send(letter()), Accepted)


def test_the_console_shows_neither_link_nor_address(caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    ConsoleSms().send(sms())
    ConsoleMail().send(letter())
    assert "secret-token" not in caplog.text
    assert "600100200" not in caplog.text
    assert "ewa@" not in caplog.text
    assert "[link]" in caplog.text


@pytest.mark.parametrize(
    "options",
    [
        {"body": BODY},
        {"body": "to={phone}&text={message}&reference={reference}", "body_format": "form"},
        {"method": "GET", "query": "?to={phone}&text={message}&reference={reference}"},
    ],
    ids=["json", "form", "query"],
)
def test_no_letter_of_a_message_breaks_the_form_it_travels_in(gateway: Gateway, options: dict[str, str]):
    query = options.get("query", "")
    rest = {name: value for name, value in options.items() if name != "query"}
    assert HttpSms(f"{gateway.url}/send{query}", **rest).send(sms(NASTY)) == Accepted("")
    (sent,) = gateway.sent
    assert (sent["to"], sent["text"]) == ("+48600100200", NASTY)


def test_plain_text_and_headers_are_filled_too(gateway: Gateway):
    headers = {"Authorization": "Bearer {secret}", "X-To": "{digits}"}
    carrier = HttpSms(
        f"{gateway.url}/send?reference={{reference}}&to={{digits}}", "{message}", body_format="text", headers=headers, secret="s\r\nX: y"
    )
    assert isinstance(carrier.send(sms("Cześć")), Accepted)
    (sent,) = gateway.sent
    assert (sent["body"], sent["auth"], sent["to"]) == ("Cześć", "Bearer sX: y", "48600100200")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (429, Busy("HTTP 429", timedelta(seconds=7))),
        (503, Busy("HTTP 503", timedelta(seconds=7))),
        (400, Refused("HTTP 400")),
        (404, Refused("HTTP 404")),
        (302, Refused("HTTP 302")),
        (500, Unclear("HTTP 500")),
        (504, Unclear("HTTP 504")),
        ("drop", Unclear("no answer (RemoteProtocolError)")),
        ("hang", Unclear("no answer (ReadTimeout)")),
    ],
)
def test_each_answer_of_a_gateway_has_its_meaning(gateway: Gateway, answer: int | str, outcome: object):
    gateway.next(answer, retry_after=7)
    assert HttpSms(f"{gateway.url}/send", BODY, timeout=1).send(sms()) == outcome


def test_no_gateway_at_all_is_surely_not_sent():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert HttpSms(url, BODY).send(sms()) == Busy("no connection (ConnectError)")


def test_the_words_of_the_answer_may_decide(gateway: Gateway):
    url = f"{gateway.url}/send"
    assert HttpSms(url, BODY, success="queued", reference_in=r'"id": "([^"]+)"').send(sms()) == Accepted("gw-1")
    assert HttpSms(url, BODY, success="DELIVERED").send(sms()) == Refused("HTTP 200 without the words of success")


def test_a_letter_arrives_whole_in_two_forms(post: MailServer):
    one = letter()
    assert SmtpMail().send(one) == Accepted(f"<{one.reference}@blisko.example>")
    (got,) = arrived(post, one.reference)
    assert (got["Subject"], got["To"], got["Content-Language"]) == (one.subject, one.address, "pl")
    assert got["From"] == "Blisko <noreply@blisko.example>"
    plain, html = got.iter_parts()
    assert plain.get_content().strip() == one.text
    assert html.get_content().strip() == one.html


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("unknown@example.com", Refused("SMTP 550: No such mailbox here")),
        ("greylisted@example.com", Busy("SMTP 451: Come again later")),
    ],
)
def test_the_mail_servers_no_is_told_from_its_not_now(post: MailServer, address: str, outcome: object):
    assert SmtpMail().send(letter(address=address)) == outcome


def test_letters_travel_under_tls(post: MailServer, settings):
    assert isinstance(SmtpMail().send(letter(address="encrypted@example.com")), Accepted)
    settings.EMAIL_USE_TLS = False
    assert SmtpMail().send(letter(address="encrypted@example.com")) == Refused("SMTP 550: Only under TLS")


def test_a_stranger_in_the_mail_servers_place_gets_nothing(post: MailServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert SmtpMail().send(letter()) == Busy("no mail server (SSLCertVerificationError)")


def test_no_mail_server_is_surely_not_sent(settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed.getsockname()[1]
        assert SmtpMail().send(letter()) == Busy("no mail server (ConnectionRefusedError)")


def test_a_line_cut_in_the_middle_of_a_letter_is_unclear(settings):
    """A server that takes the letter and dies before its answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.getsockname()[1], False
        thread = threading.Thread(target=cut_after_data, args=(server,))
        thread.start()
        assert isinstance(SmtpMail().send(letter()), Unclear)
        thread.join()


def cut_after_data(server: socket.socket) -> None:
    line, _ = server.accept()
    with line, line.makefile("rwb") as talk:
        talk.write(b"220 hello\r\n")
        talk.flush()
        for said in talk:
            talk.write(b"354 go on\r\n" if said.upper().startswith(b"DATA") else b"250 fine\r\n")
            talk.flush()
            if said.upper().startswith(b"DATA"):
                return


@pytest.mark.django_db
def test_a_message_becomes_a_letter_with_a_button(post: MailServer, settings):
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "messaging.mail": "blisko.messaging.adapters.smtp.SmtpMail"}
    delivery = message(to=email("ewa@example.com"), link=link())
    deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_reference) == ("sent", f"<{delivery.reference}@blisko.example>")
    (got,) = arrived(post, str(delivery.reference))
    plain, html = got.iter_parts()
    assert "/v/" in plain.get_content()
    assert '<a href="http' in html.get_content()
    assert "Otwórz stronę wizyty" in html.get_content()
    assert got["Subject"].strip() == "Wizyta technika: poniedziałek, 23 listopada, 10:00–12:00"
