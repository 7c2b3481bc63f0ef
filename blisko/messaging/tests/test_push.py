"""Messages in the customer's own browser: who is told, by whom nobody else can read it, and when it ends."""

import socket
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry, Key
from blisko.access.queries import actor_by_token
from blisko.access.rules import SYSTEM, Actor, KeyKind
from blisko.access.services import give_token, reveal_token, revoke_key, run_retention
from blisko.kit.plugs import plug
from blisko.messaging.adapters.console import ConsolePush
from blisko.messaging.adapters.webpush import CURVE, WebPush, encrypted, signing_key
from blisko.messaging.errors import BadBrowser, BadTemplate
from blisko.messaging.models import Delivery, Subscription
from blisko.messaging.ports import Accepted, Busy, Gone, OutgoingNotice, Refused, Unclear
from blisko.messaging.queries import browsers_told_of, deliveries_about, push_offer
from blisko.messaging.queries.texts import check_to_save
from blisko.messaging.rules.browsers import (
    LASTS,
    LASTS_AT_MOST,
    MOST_BROWSERS,
    Browser,
    check_browser,
    lasts_for,
    mark_of,
    topic_of,
    unpacked,
)
from blisko.messaging.rules.delivery import ATTEMPT_LASTS, Address, Channel, browser, masked
from blisko.messaging.rules.templates import KINDS, Text
from blisko.messaging.services import begin_attempt, forget_browsers, rescue_overdue, subscribe_browser, unsubscribe_browser
from blisko.messaging.tests.make import NOW, boss, deliver, message, values
from blisko.messaging.tests.push_service import KeptPush, PushService, UserAgent, a_push_service

ABOUT = "visit:42"
HOUR = timedelta(hours=1)
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
GOOD = Browser("https://push.example/send/abc", P256DH, AUTH)


@pytest.fixture
def kept(settings: Settings) -> Iterator[type[KeptPush]]:
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "messaging.push": f"{KeptPush.__module__}.KeptPush"}
    yield KeptPush
    KeptPush.kept.clear()
    KeptPush.answers.clear()


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    settings.BLISKO_PUSH_PRIVATE = True
    plug.cache_clear()
    with a_push_service() as found:
        yield found
    plug.cache_clear()


def a_customer_of(about: str = ABOUT) -> Actor:
    """Answer a customer as he comes through his link."""
    key = give_token(KeyKind.LINK, holder="customer:1", opens=about, by=SYSTEM, now=NOW, until=NOW + timedelta(days=9))
    return actor_by_token(reveal_token(key.pk), kind=KeyKind.LINK, now=NOW)


def a_notice(**more: Any) -> OutgoingNotice:
    given: dict[str, Any] = {
        "to": GOOD, "title": "Technik już jedzie", "text": "Przyjazd: 10:20–10:50", "language": "pl",
        "url": "http://localhost:8000/v/secret-token", "topic": topic_of(AUTH, ABOUT),
        "lasts": HOUR, "urgent": True, "reference": str(uuid.uuid4()),
    }  # fmt: skip
    return OutgoingNotice(**{**given, **more})


def told(code: str = "visit_on_the_way", **more: Any) -> list[Delivery]:
    """Write a message to every browser that is told of the visit, and hand it over."""
    written = [message(code, to=to, key=more.pop("key", code), **more) for to in browsers_told_of(ABOUT, now=NOW)]
    for one in written:
        deliver(one.pk)
        one.refresh_from_db()
    return written


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"endpoint": "http://push.example/send"}, "endpoint"),
        ({"endpoint": "https://127.0.0.1/send"}, "endpoint"),
        ({"endpoint": "https://169.254.169.254/latest"}, "endpoint"),
        ({"endpoint": "https://push.example/" + "x" * 1000}, "endpoint"),
        ({"endpoint": ""}, "endpoint"),
        ({"p256dh": ""}, "p256dh"),
        ({"p256dh": "A" + P256DH[1:]}, "p256dh"),
        ({"p256dh": P256DH[:-4]}, "p256dh"),
        ({"p256dh": "é" * 87}, "p256dh"),
        ({"auth": "!!!!"}, "auth"),
        ({"auth": AUTH + "AAAA"}, "auth"),
        ({"auth": "A" * 5000}, "auth"),
    ],
)
def test_browser_that_could_not_be_told_is_refused(wrong: dict[str, str], what: str) -> None:
    check_browser(GOOD, private=False)
    with pytest.raises(BadBrowser) as no:
        check_browser(replace(GOOD, **wrong), private=False)
    assert no.value.details == {"browser": what}


def test_a_browser_keeps_its_secrets_to_itself() -> None:
    assert "push.example" not in repr(GOOD) and AUTH not in repr(GOOD) and P256DH not in repr(a_notice())
    assert masked("push:17") == "push:17" and browser(17) == Address(Channel.PUSH, "push:17")
    assert len(mark_of(GOOD.endpoint)) == 24


def test_topic_is_one_for_one_visit_in_one_browser() -> None:
    first = topic_of(AUTH, ABOUT)
    assert len(first) == 32 and len(unpacked(first)) == 24, "RFC 8030 allows 32 letters of base64url"
    assert first == topic_of(AUTH, ABOUT) != topic_of(AUTH, "visit:43") and first != topic_of("other", ABOUT)


def test_a_push_service_keeps_a_message_as_long_as_it_is_useful() -> None:
    assert lasts_for(NOW + HOUR, NOW, 1.0) == HOUR
    assert lasts_for(NOW + HOUR, NOW, 60.0) == timedelta(minutes=1)
    assert lasts_for(NOW - HOUR, NOW, 1.0) == timedelta(0)
    assert lasts_for(NOW + timedelta(days=99), NOW, 1.0) == LASTS_AT_MOST
    assert lasts_for(None, NOW, 1.0) == LASTS


def test_a_notification_speaks_of_no_link_and_is_short() -> None:
    kind = KINDS["visit_booked"]
    check_to_save(kind, Channel.PUSH, "en", Text("{day}", "Booked"))
    wrong = (Text("{day} {link}", "x"), Text("{day}", ""), Text("{day}", "x" * 61), Text("x" * 181, "x"), Text("You must wait", "x"))
    for text in wrong:
        with pytest.raises(BadTemplate):
            check_to_save(kind, Channel.PUSH, "en", text)


def test_words_are_sealed_as_rfc_8291_shows() -> None:
    """Its appendix A, to the byte."""
    ours = int.from_bytes(unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    salt = unpacked("DGv6ra1nlYgDCS1FRnbzlw")
    sealed = encrypted(b"When I grow up, I want to be a watermelon", GOOD, ec.derive_private_key(ours, CURVE), salt)
    assert sealed == unpacked(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_our_key_is_the_same_wherever_the_secret_is() -> None:
    first, again, other = (signing_key(secret).private_numbers().private_value for secret in (b"one", b"one", b"two"))
    assert first == again != other
    assert len(unpacked(WebPush().key)) == 65


def test_every_carrier_of_notifications_accepts_one(service: PushService, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    notice = a_notice(to=UserAgent(service.origin).browser, text="http://x.pl/v/secret-token")
    for carrier in (ConsolePush(), KeptPush(), WebPush()):
        assert isinstance(carrier.send(notice), Accepted) and carrier.repeatable is False and isinstance(carrier.key, str)
    KeptPush.kept.clear()
    assert "secret-token" not in caplog.text and "/send/" not in caplog.text


def test_only_the_browser_reads_it_and_only_we_can_have_said_it(service: PushService) -> None:
    user = UserAgent(service.origin)
    notice = a_notice(to=user.browser)
    assert WebPush(contact="mailto:help@example.com").send(notice) == Accepted()
    assert service.told(user) == [
        {"title": notice.title, "body": notice.text, "url": notice.url, "lang": "pl", "tag": notice.topic},
    ]
    (heard,) = service.heard
    assert (heard.headers["TTL"], heard.headers["Topic"], heard.headers["Urgency"]) == ("3600", notice.topic, "high")
    assert f"k={WebPush().key}" in heard.headers["Authorization"]
    for secret in ("secret-token", "Technik", "10:20"):
        assert secret.encode() not in heard.body and secret not in str(heard.headers)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Accepted()),
        (404, Gone("HTTP 404")),
        (410, Gone("HTTP 410")),
        (400, Refused("HTTP 400")),
        (413, Refused("HTTP 413")),
        (302, Refused("HTTP 302, a redirect, which is not followed")),
        (429, Busy("HTTP 429", timedelta(seconds=7))),
        (503, Busy("HTTP 503", timedelta(seconds=7))),
        (500, Unclear("HTTP 500")),
        ("hang", Unclear("No answer within 0.5 seconds")),
    ],
)
def test_each_answer_of_a_push_service_has_its_meaning(service: PushService, status: int | str, outcome: object) -> None:
    service.status, service.headers = status, {"Retry-After": "7", "Location": service.origin}
    assert WebPush(timeout=0.5).send(a_notice(to=UserAgent(service.origin).browser)) == outcome
    assert len(service.heard) == 1


def test_no_push_service_is_surely_not_told_and_a_private_one_is_not_called(service: PushService, settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        assert WebPush().send(a_notice(to=UserAgent(nobody).browser)) == Busy("No answer (ConnectError)")
    settings.BLISKO_PUSH_PRIVATE = False
    named = UserAgent(service.origin.replace("127.0.0.1", "localhost")).browser
    assert WebPush().send(a_notice(to=named)) == Busy("The address leads into a private network, which is not allowed")
    assert not service.heard


def test_key_that_is_no_point_of_the_curve_is_nobodys() -> None:
    assert isinstance(WebPush().send(a_notice(to=replace(GOOD, p256dh="B" + "A" * 86))), Gone)


@pytest.mark.django_db
def test_browser_is_told_once_and_a_tap_opens_the_link_it_was_allowed_from(kept: type[KeptPush]) -> None:
    customer = a_customer_of()
    subscribe_browser(customer, ABOUT, GOOD, now=NOW)
    subscribe_browser(customer, ABOUT, GOOD, now=NOW + HOUR)
    assert Subscription.objects.count() == AuditEntry.objects.filter(verb="subscribe_browser").count() == 1
    [one], [again] = told(until=NOW + HOUR), told(until=NOW + HOUR)
    [notice] = kept.kept
    assert one.pk == again.pk and one.state == "sent"
    assert notice.url.endswith("/v/" + reveal_token(int(customer.id.removeprefix("key:"))))
    assert (notice.title, notice.lasts, notice.urgent) == ("Technik już jedzie", HOUR, True)
    assert "/v/" not in notice.text and "{" not in notice.text
    told("visit_cancelled", context={key: value for key, value in values().items() if key not in ("technician", "eta")})
    assert kept.kept[1].topic == notice.topic, "the later one takes the place of the earlier"
    assert "push.example" not in str(deliveries_about(boss("messaging.see_deliveries"), ABOUT))


@pytest.mark.django_db
def test_strangers_key_opens_nobody_elses_messages(kept: type[KeptPush]) -> None:
    stranger = a_customer_of("visit:43")
    with pytest.raises(Forbidden):
        subscribe_browser(stranger, ABOUT, GOOD, now=NOW)
    with pytest.raises(Forbidden):
        unsubscribe_browser(stranger, ABOUT, GOOD.endpoint, now=NOW)
    assert push_offer(stranger, ABOUT, now=NOW) is None
    with pytest.raises(BadBrowser):
        subscribe_browser(a_customer_of(), ABOUT, replace(GOOD, endpoint="https://10.0.0.1/"), now=NOW)
    assert not Subscription.objects.exists()


@pytest.mark.django_db
def test_one_tap_ends_it_for_this_visit_and_what_is_queued_with_it(kept: type[KeptPush]) -> None:
    customer, other = a_customer_of(), a_customer_of("visit:43")
    subscribe_browser(customer, ABOUT, GOOD, now=NOW)
    subscribe_browser(other, "visit:43", GOOD, now=NOW)
    [to] = browsers_told_of(ABOUT, now=NOW)
    queued = message("visit_on_the_way", to=to)
    assert unsubscribe_browser(customer, ABOUT, GOOD.endpoint, now=NOW) is True, "the other visit still tells it"
    deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.last_error, kept.kept) == ("given_up", "the link has ended", [])
    assert unsubscribe_browser(customer, ABOUT, GOOD.endpoint, now=NOW) is True
    assert unsubscribe_browser(other, "visit:43", GOOD.endpoint, now=NOW) is False


@pytest.mark.django_db
def test_house_tells_no_more_browsers_than_a_household_has(kept: type[KeptPush]) -> None:
    customer = a_customer_of()
    for n in range(MOST_BROWSERS + 2):
        subscribe_browser(customer, ABOUT, replace(GOOD, endpoint=f"https://push.example/{n}"), now=NOW)
    offer = push_offer(customer, ABOUT, now=NOW)
    assert offer is not None
    assert offer.told == tuple(mark_of(f"https://push.example/{n}") for n in range(2, MOST_BROWSERS + 2))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state", "stays"),
    [
        (Gone("HTTP 410"), "given_up", False),
        (Refused("HTTP 400"), "given_up", True),
        (Unclear("HTTP 500"), "given_up", True),
        (Busy("HTTP 503"), "failed", True),
    ],
)
def test_what_a_push_service_answers_is_settled_without_a_person(kept: type[KeptPush], answer: Any, state: str, stays: bool) -> None:
    subscribe_browser(a_customer_of(), ABOUT, GOOD, now=NOW)
    kept.answers.append(answer)
    [one] = told()
    assert (one.state, one.last_error, Subscription.objects.exists()) == (state, answer.why, stays)


@pytest.mark.django_db
def test_notification_whose_process_died_is_let_be(kept: type[KeptPush]) -> None:
    subscribe_browser(a_customer_of(), ABOUT, GOOD, now=NOW)
    [to] = browsers_told_of(ABOUT, now=NOW)
    lost = message("visit_on_the_way", to=to)
    assert begin_attempt(lost.pk, now=NOW) is not None
    later = NOW + 2 * ATTEMPT_LASTS
    rescue_overdue(now=later)
    deliver(lost.pk, now=later)
    lost.refresh_from_db()
    assert (lost.state, lost.attempts, kept.kept) == ("given_up", 1, [])


@pytest.mark.django_db
def test_browser_is_forgotten_when_its_link_ends(kept: type[KeptPush]) -> None:
    ended, running, revoked = a_customer_of(), a_customer_of("visit:43"), a_customer_of("visit:44")
    for actor, about in ((ended, ABOUT), (running, "visit:43"), (revoked, "visit:44")):
        subscribe_browser(actor, about, GOOD, now=NOW)
    Key.objects.filter(opens=ABOUT).update(until=NOW + HOUR)
    revoke_key(int(revoked.id.removeprefix("key:")), by=SYSTEM, now=NOW)
    later = NOW + 2 * HOUR
    assert [browsers_told_of(about, now=later) for about in (ABOUT, "visit:44")] == [[], []]
    assert len(browsers_told_of("visit:43", now=later)) == 1
    assert run_retention(now=later)["messaging.subscriptions"] == 2
    assert forget_browsers("visit:43") == 1 and not Subscription.objects.exists()


@pytest.mark.django_db
def test_house_without_notifications_offers_none(settings: Settings) -> None:
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "messaging.push": "blisko.messaging.adapters.console.ConsolePush"}
    assert push_offer(a_customer_of(), ABOUT, now=NOW) is None
