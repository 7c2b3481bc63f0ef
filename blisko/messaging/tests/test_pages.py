import json

import pytest
from django.test import Client

from blisko.access.rules import SYSTEM, KeyKind
from blisko.access.services import give_token, reveal_token
from blisko.accounts.models import Role, User
from blisko.messaging.models import Delivery
from blisko.messaging.ports import Unclear
from blisko.messaging.queries import text_in_force
from blisko.messaging.rules.delivery import Channel, email
from blisko.messaging.services import begin_attempt, settle_attempt
from blisko.messaging.tests.gateway import Gateway
from blisko.messaging.tests.make import NOW, deliver, link, message

pytestmark = pytest.mark.django_db
SMS_TEXT = "/messages/texts/visit_booked/sms/pl/"


def signed_in(role: str) -> Client:
    user = User.objects.create_user(f"{role}@example.com", "a long password", name="Ewa")
    user.roles.add(Role.objects.get(code=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def phones(settings) -> None:
    settings.BLISKO_PLUGS = {
        **settings.BLISKO_PLUGS,
        "messaging.sms": "blisko.messaging.adapters.phones.PhonesSms",
        "messaging.mail": "blisko.messaging.adapters.phones.PhonesMail",
    }


@pytest.mark.parametrize("page", ["/messages/", "/messages/texts/", SMS_TEXT])
def test_strangers_are_asked_to_sign_in(page: str):
    assert Client().get(page).status_code == 302


def test_those_without_the_permission_are_refused():
    agent, technician = signed_in("agent"), signed_in("technician")
    assert agent.get("/messages/texts/").status_code == 403
    assert technician.get("/messages/").status_code == 403
    assert agent.get("/messages/").status_code == 200


@pytest.mark.parametrize(("language", "words"), [("en", "Visit booked"), ("pl", "Wizyta umówiona"), ("hu", "Időpont lefoglalva")])
def test_the_overview_speaks_the_readers_language(language: str, words: str):
    page = signed_in("manager").get("/messages/texts/", headers={"accept-language": language})
    assert words in page.text


def test_an_edited_text_is_previewed_then_saved():
    client = signed_in("manager")
    assert "Szczegoly: " in client.get(SMS_TEXT).text
    long = {"body": "Żółw {name} " + "x" * 40 + " {link}"}
    seen = client.post(f"{SMS_TEXT}preview/", long).text
    assert "Żółw Małgorzata" in seen
    assert "2 parts" in seen
    assert "<strong>Żół</strong>" in seen
    assert text_in_force("visit_booked", Channel.SMS, "pl")[0].body.startswith("{brand}")
    assert "Zolw Malgorzata" in client.post(SMS_TEXT, {**long, "transliterate": "on", "preview": "1"}).text
    assert client.post(SMS_TEXT, {**long, "transliterate": "on"}).status_code == 302
    assert text_in_force("visit_booked", Channel.SMS, "pl")[0].body == long["body"]
    assert client.post(f"{SMS_TEXT}restore/").status_code == 302
    page = client.get(SMS_TEXT).text
    assert long["body"] in page, "kept among the past texts"


@pytest.mark.parametrize(
    ("body", "said"),
    [("{nick} {link}", "{nick}"), ("no link", "needs {link}"), ("{ {link}", "A brace stands alone"), ("", "This field is required")],
)
def test_a_text_that_could_not_be_sent_is_not_saved(body: str, said: str):
    page = signed_in("manager").post(SMS_TEXT, {"body": body})
    assert said in page.text
    assert text_in_force("visit_booked", Channel.SMS, "pl")[0].body.startswith("{brand}")


def test_a_letter_needs_a_subject_without_a_link():
    page = signed_in("manager").post("/messages/texts/visit_booked/email/hu/", {"subject": "{link}", "body": "{link}"})
    assert "A subject is one line without a link" in page.text


def test_unknown_texts_are_not_found():
    client = signed_in("manager")
    for path in ("no_such/sms/pl/", "visit_booked/fax/pl/", "visit_booked/sms/xx/"):
        assert client.get(f"/messages/texts/{path}").status_code == 404


def test_a_doubt_comes_first_and_a_person_settles_it(forgetful_gateway: Gateway):
    delivery = message()
    begun = begin_attempt(delivery.pk, now=NOW)
    assert begun is not None
    settle_attempt(begun, Unclear("cut"), now=NOW)
    dispatcher, agent = signed_in("dispatcher"), signed_in("agent")
    assert "Did these go out?" in dispatcher.get("/messages/").text
    assert "Send again" not in agent.get("/messages/").text
    page = dispatcher.get(f"/messages/{delivery.pk}/").text
    assert "It was sent" in page
    decide = f"/messages/{delivery.pk}/decide/"
    assert dispatcher.get(decide).status_code == 405
    assert agent.post(decide, {"decision": "mark_sent"}).status_code == 403
    assert dispatcher.post(decide, {"decision": "burn"}).status_code == 404
    assert dispatcher.post(decide, {"decision": "mark_sent"}).status_code == 302
    assert dispatcher.post(decide, {"decision": "mark_sent"}).status_code == 409
    assert Delivery.objects.get().state == "sent"


def test_an_address_may_be_left_alone(gateway: Gateway):
    page = f"/messages/{message().pk}/"
    dispatcher = signed_in("dispatcher")
    assert signed_in("agent").post(f"{page}consent/", {"wants": "none"}).status_code == 403
    assert dispatcher.post(f"{page}consent/", {"wants": "none"}).status_code == 302
    assert "wants no messages" in dispatcher.get(page).text
    assert message(key="next").state == "given_up"
    assert dispatcher.post(f"{page}consent/", {"wants": "messages"}).status_code == 302
    assert message(key="last").state == "queued"


def test_no_page_of_the_desk_shows_a_token(gateway: Gateway):
    to_visit = link()
    delivery = message(link=to_visit)
    deliver(delivery.pk)
    client = signed_in("manager")
    for path in ("/messages/", f"/messages/{delivery.pk}/", "/messages/?state=sent&channel=sms&address=200&about=visit:42"):
        page = client.get(path)
        assert page.status_code == 200
        assert reveal_token(to_visit.key_id) not in page.text
    assert client.get("/messages/999999/").status_code == 404


def test_the_demos_telephone_shows_the_message_with_a_link_to_tap(phones: None):
    to_visit = link()
    delivery = message(link=to_visit)
    for _ in range(2):
        deliver(delivery.pk)
    url = f"/v/{reveal_token(to_visit.key_id)}"
    client = Client()
    assert "+48600100200" in client.get("/demo/phone/").text
    page = client.get("/demo/phone/+48600100200/").text
    assert page.count('<li class="bubble ') == 1
    assert f'{url}" target="_blank"' in page
    assert "Wiadomości SMS" in client.get("/demo/phone/+48600100200/", headers={"accept-language": "pl"}).text


def test_the_demos_mailbox_shows_the_letter(phones: None):
    deliver(message(to=email("ewa@example.com")).pk)
    page = Client().get("/demo/phone/ewa@example.com/").text
    assert "Wizyta technika: poniedziałek, 23 listopada, 10:00–12:00" in page


def test_there_are_no_telephones_outside_the_demo(gateway: Gateway):
    assert Client().get("/demo/phone/").status_code == 404
    assert Client().get("/demo/phone/+48600100200/").status_code == 404


def test_a_gateways_receipt_needs_its_key(gateway: Gateway):
    delivery = message()
    deliver(delivery.pk)
    stranger = Client(enforce_csrf_checks=True)
    told = {"reference": str(delivery.reference), "status": "DELIVRD"}
    assert stranger.post("/messages/receipts/guess", told).status_code == 404
    powerless = give_token(KeyKind.API, holder="program:x", opens="api", by=SYSTEM, now=NOW)
    assert stranger.post(f"/messages/receipts/{reveal_token(powerless.pk)}", told).status_code == 403
    scopes = ["messaging.report_receipts"]
    key = give_token(KeyKind.API, holder="program:gateway", opens="api", by=SYSTEM, now=NOW, scopes=scopes)
    door = f"/messages/receipts/{reveal_token(key.pk)}"
    assert stranger.get(door).status_code == 405
    assert stranger.post(door, {"reference": "x"}).status_code == 422
    assert stranger.post(door, "[", content_type="application/json").status_code == 422
    assert stranger.post(door, "[]", content_type="application/json").status_code == 422
    assert stranger.post(door, "x" * 20_001, content_type="application/json").status_code == 422
    assert stranger.post(door, {**told, "status": "BUFFERED"}).status_code == 204
    assert Delivery.objects.get().state == "sent"
    assert stranger.post(door, {**told, "reference": "nobody's"}).status_code == 404
    assert stranger.post(door, json.dumps(told), content_type="application/json").status_code == 204
    assert Delivery.objects.get().state == "delivered"


def test_a_receipt_may_come_in_the_query_and_say_why_not(gateway: Gateway):
    delivery = message()
    deliver(delivery.pk)
    key = give_token(KeyKind.API, holder="program:gateway", opens="api", by=SYSTEM, now=NOW, scopes=["messaging.report_receipts"])
    told = f"ref={delivery.provider_reference or delivery.reference}&state=UNDELIV&err=absent"
    assert Client().post(f"/messages/receipts/{reveal_token(key.pk)}?{told}").status_code == 204
    row = Delivery.objects.get()
    assert (row.state, row.last_error) == ("given_up", "absent")
