"""Nothing we write sounds like an order or reminds of a debt that is not there (L10)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.accounts.tests.make import an_actor
from blisko.messaging.errors import BadTemplate
from blisko.messaging.models import Template
from blisko.messaging.queries.texts import check_to_save, preview_text, text_in_force
from blisko.messaging.rules.defaults import default_text
from blisko.messaging.rules.delivery import Channel
from blisko.messaging.rules.templates import KINDS, LANGUAGES, Kind, Text
from blisko.messaging.rules.wording import check_length, check_wording, plain
from blisko.messaging.services import save_text

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BOOKED = KINDS["visit_booked"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("code", KINDS)
def test_every_text_the_house_came_with_is_polite_and_short(code: str, channel: Channel, language: str) -> None:
    seen = check_to_save(KINDS[code], channel, language, default_text(code, channel, language))
    assert seen.parts is None or seen.parts.parts <= KINDS[code].most_parts


@pytest.mark.parametrize(
    ("language", "words", "what", "word"),
    [
        ("en", "You MUST be at home. {link}", "order", "MUST"),
        ("en", "You have to be at home. {link}", "order", "have to"),
        ("en", "Customers are required to wait. {link}", "order", "are required"),
        ("en", "Your invoice is overdue. {link}", "debt", "overdue"),
        ("pl", "Musisz być w domu. {link}", "order", "Musisz"),
        ("pl", "Należy bezwzględnie czekać. {link}", "order", "Należy"),
        ("pl", "Nalezy czekac. {link}", "order", "Nalezy"),
        ("pl", "Prosimy spłacić zadłużenie. {link}", "debt", "zadłużenie"),
        ("pl", "Zaległość na koncie. {link}", "debt", "Zaległość"),
        ("hu", "Ön köteles otthon lenni. {link}", "order", "köteles"),
        ("hu", "Otthon muszáj lennie. {link}", "order", "muszáj"),
        ("hu", "Várnia kell. {link}", "order", "kell"),
        ("hu", "Rendezze hátralékát! {link}", "debt", "hátralékát"),
    ],
)
def test_order_and_debt_are_refused_by_the_word(language: str, words: str, what: str, word: str) -> None:
    with pytest.raises(BadTemplate) as no:
        check_wording(BOOKED, language, Text(words))
    assert no.value.details[what] == word and no.value.details["in"] == "body"
    assert what == "debt" or no.value.details["instead"]
    with pytest.raises(BadTemplate) as no:
        check_wording(BOOKED, language, Text("{link}", words))
    assert no.value.details["in"] == "subject"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "You need not do anything; mustard and debtless homeowners are welcome. {link}"),
        ("pl", "Nie musi Pani nic robić. Długo nie potrwa, długi przewód mamy. {link}"),
        ("hu", "Önnek nem kell semmit tennie; kellemes napot! {link}"),
        ("de", "Sie müssen nichts tun, and nobody must. {link}"),
    ],
)
def test_polite_words_pass(language: str, words: str) -> None:
    check_wording(BOOKED, language, Text(words))


def test_message_about_a_debt_may_name_it() -> None:
    check_wording(Kind("reminder", {}, ("link",), about_debt=True), "en", Text("Your invoice is overdue. {link}"))


def test_sms_is_no_longer_than_its_message_may_be() -> None:
    check_length(BOOKED, 2)
    with pytest.raises(BadTemplate) as no:
        check_to_save(BOOKED, Channel.SMS, "en", Text("{link} " + "word " * 100))
    assert no.value.details == {"parts": 4, "most": 2}


@given(st.text())
def test_plain_letters_stand_where_the_others_stood(words: str) -> None:
    assert len(plain(words)) == len(words)


@pytest.mark.django_db
def test_impolite_text_is_not_saved_and_one_saved_before_the_rule_is_still_sent() -> None:
    actor, rude = an_actor("manager", "user:7"), Text("You must wait: {link}")
    for ask in (
        lambda: save_text(actor, "visit_booked", Channel.SMS, "en", rude, now=NOW),
        lambda: preview_text(actor, BOOKED, Channel.SMS, "en", rude),
    ):
        with pytest.raises(BadTemplate):
            ask()
    assert not Template.objects.exists()
    Template.objects.create(code="visit_booked", channel="sms", language="en", body=rude.body, updated_at=NOW, updated_by="user:1")
    assert text_in_force("visit_booked", Channel.SMS, "en")[0].body == rude.body
