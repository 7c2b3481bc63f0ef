from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.messaging.errors import BadAddress, BadTemplate, NoSuchTemplate
from blisko.messaging.rules.defaults import default_text
from blisko.messaging.rules.delivery import (
    FIRST_WAIT,
    LONGEST_WAIT,
    Address,
    Channel,
    LinkTo,
    email,
    masked,
    phone,
    wait_before,
)
from blisko.messaging.rules.sms import GSM_BASIC, GSM_EXTENSION, Encoding, Parts, count, fits_gsm, strangers
from blisko.messaging.rules.templates import KINDS, LANGUAGES, LONGEST, Text, check_text, fill, longest_values, values_for, with_link
from blisko.messaging.rules.transliteration import transliterate
from blisko.messaging.rules.words import day_words, time_words

GSM = "".join(sorted(GSM_BASIC | GSM_EXTENSION))
PUBLIC_URL = "https://wizyta.operator.pl"
WORDS = st.text() | st.text(alphabet=GSM + "ęłóśżźćńőűűáíú„”–…\u00a0😀 ", max_size=400)
BOOKED = KINDS["visit_booked"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", Parts(Encoding.GSM7, 0, 0, 160)),
        ("a" * 160, Parts(Encoding.GSM7, 160, 1, 0)),
        ("a" * 161, Parts(Encoding.GSM7, 161, 2, 145)),
        ("a" * 306, Parts(Encoding.GSM7, 306, 2, 0)),
        ("a" * 307, Parts(Encoding.GSM7, 307, 3, 152)),
        ("€" * 80, Parts(Encoding.GSM7, 160, 1, 0)),
        ("€" * 81, Parts(Encoding.GSM7, 162, 2, 153 - 10)),
        ("ę" * 70, Parts(Encoding.UCS2, 70, 1, 0)),
        ("ę" * 71, Parts(Encoding.UCS2, 71, 2, 63)),
        ("😀" * 35, Parts(Encoding.UCS2, 70, 1, 0)),
        ("😀" * 36, Parts(Encoding.UCS2, 72, 2, 67 - 6)),
    ],
)
def test_parts_are_counted_as_phones_count_them(text, parts):
    assert count(text) == parts


def test_an_escape_is_not_cut_from_its_character():
    text = "a" * 152 + "€" + "a" * 152
    assert count(text).units == 306
    assert count(text).parts == 3


def test_a_surrogate_pair_is_not_cut_in_two():
    text = "ę" * 66 + "😀" + "ę" * 66
    assert count(text).units == 134
    assert count(text).parts == 3


def test_the_alphabet_is_the_128_of_the_standard_less_its_escape():
    assert len(GSM_BASIC) == 127
    assert not any(fits_gsm(letter) for letter in "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáíóúőűÁÍÓÚŐŰ")
    assert fits_gsm("öüéäàèìòùñåæøßÖÜÉÄ")


def test_strangers_name_each_dear_letter_once():
    assert strangers("zażółć zażółć €") == "żółć"


@given(WORDS, WORDS)
def test_a_longer_text_never_costs_less(text, more):
    shorter, longer = count(text), count(text + more)
    assert longer.parts >= shorter.parts
    assert longer.encoding != shorter.encoding or longer.units >= shorter.units
    assert longer.left >= 0


@given(WORDS.filter(lambda text: "{" not in text and "://" not in text))
def test_transliterated_text_always_fits_the_cheap_alphabet(text):
    assert strangers(transliterate(text)) == ""


@given(WORDS)
def test_transliterating_twice_changes_nothing_more(text):
    assert transliterate(transliterate(text)) == transliterate(text)


@given(st.text(alphabet=GSM))
def test_text_in_the_cheap_alphabet_is_left_alone(text):
    assert transliterate(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zażółć gęślą jaźń", "Zazolc gesla jazn"),
        ("ŁÓDŹ", "LODZ"),
        ("árvíztűrő tükörfúrógép", "arviztürö tükörfurogép"),
        ("„Tak” – powiedział… 5\u00a0zł", '"Tak" - powiedzial... 5 zl'),
        ("Do zobaczenia 👋 jutro 😀", "Do zobaczenia jutro "),
        ("Šárka Nguyễn Ştefan", "Sarka Nguyen Stefan"),
        ("e\u0301", "é"),
        ("Ω и ß", "Ω ß"),
        ("→ {link:7} ę {ę} https://x.pl/ę-ą", "-> {link:7} e {ę} https://x.pl/ę-ą"),
    ],
)
def test_transliteration_loses_no_more_than_the_marks(text, plain):
    assert transliterate(text) == plain


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", KINDS)
def test_every_first_text_is_sound_and_its_sms_is_one_part_at_its_longest(code, language):
    kind = KINDS[code]
    for channel in Channel:
        text = default_text(code, channel, language)
        check_text(kind, channel, text)
        body = fill(kind, text.body, longest_values(language, PUBLIC_URL))
        if channel is Channel.SMS:
            sms = count(transliterate(body))
            assert (sms.encoding, sms.parts) == (Encoding.GSM7, 1), (sms, body)


def test_no_first_text_exists_in_a_language_of_strangers():
    with pytest.raises(NoSuchTemplate):
        default_text("visit_booked", Channel.SMS, "xx")
    with pytest.raises(NoSuchTemplate):
        default_text("no_such", Channel.EMAIL, "en")


def test_a_stranger_placeholder_is_refused_and_the_allowed_ones_are_listed():
    with pytest.raises(BadTemplate) as refusal:
        check_text(BOOKED, Channel.SMS, Text("Hi {nick}, {link}"))
    assert refusal.value.details["unknown"] == "nick"
    assert "day" in refusal.value.details["allowed"]
    assert "{day}" in refusal.value.words


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        (Channel.SMS, Text("No link at all")),
        (Channel.SMS, Text("A { alone {link}")),
        (Channel.SMS, Text("A } alone {link}")),
        (Channel.SMS, Text("{link.key_id}")),
        (Channel.SMS, Text("{0} {link}")),
        (Channel.SMS, Text("   ")),
        (Channel.EMAIL, Text("{link}", "")),
        (Channel.EMAIL, Text("{link}", "Two\nlines")),
        (Channel.EMAIL, Text("{link}", "Your {link}")),
        (Channel.EMAIL, Text("{link}", "{nick}")),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused(channel, text):
    with pytest.raises(BadTemplate):
        check_text(BOOKED, channel, text)


def test_an_empty_text_is_refused_even_where_no_link_is_needed():
    with pytest.raises(BadTemplate, match="empty"):
        check_text(KINDS["visit_cancelled"], Channel.SMS, Text("  "))


def test_double_braces_are_real_ones():
    check_text(BOOKED, Channel.SMS, Text("{{day}} {link}"))
    assert fill(BOOKED, "{{day}} {day}", {"day": "Monday"}) == "{day} Monday"


def test_a_value_cannot_bring_a_placeholder_or_a_line_of_its_own():
    filled = fill(BOOKED, "Hello {name}: {link}", {"name": "{link:9}\r\nBcc: x {day}\u202e", "link": LinkTo(7)})
    assert filled == "Hello (link:9) Bcc: x (day): {link:7}"


@given(st.text())
def test_only_the_messages_own_link_is_ever_revealed(name):
    filled = fill(BOOKED, "{name} {link}", {"name": name, "link": LinkTo(7)})
    assert with_link(filled, LinkTo(7), "URL").endswith(" URL")
    assert with_link(filled, LinkTo(7), "URL").count("URL") == 1 + name.count("URL")
    assert with_link(filled, None, "URL") == filled


def test_a_missing_value_is_refused_before_anything_is_sent():
    with pytest.raises(BadTemplate):
        fill(BOOKED, "{name}", {})
    with pytest.raises(BadTemplate):
        fill(BOOKED, "{nick}", {})
    with pytest.raises(BadTemplate) as refusal:
        values_for(BOOKED, {"name": "Ewa"})
    assert "day" in refusal.value.details["missing"]


def test_the_window_is_made_of_its_ends():
    given_values = dict.fromkeys(BOOKED.allowed, "x") | {"from": "10:00", "to": "12:00"}
    del given_values["window"]
    assert values_for(BOOKED, given_values)["window"] == "10:00–12:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_previews_day_is_the_longest_there_is(language):
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(730))
    assert max(len(day_words(day, language)) for day in days) == len(LONGEST[language]["day"])


def test_days_are_said_as_natives_say_them():
    monday = date(2026, 11, 23)
    assert day_words(monday, "en") == "Monday 23 November"
    assert day_words(monday, "pl") == "poniedziałek, 23 listopada"
    assert day_words(monday, "hu") == "november 23., hétfő"
    assert day_words(monday, "de") == "Monday 23 November"
    assert time_words(time(8, 5)) == "08:05"


@pytest.mark.parametrize("value", ["", "600100200", "+48", "+48600100200x", "+0123456789", "+" + "1" * 16, "+4860010020०"])
def test_what_is_no_telephone_number_is_refused(value):
    with pytest.raises(BadAddress):
        Address(Channel.SMS, value)


@pytest.mark.parametrize("value", ["", "x", "@x.pl", "a@", "a b@x.pl", "a@x.pl,b@x.pl", "a@x.pl\nBcc: b@x.pl", "<a@x.pl>"])
def test_what_is_no_mail_address_is_refused(value):
    with pytest.raises(BadAddress):
        email(value)


def test_addresses_are_tidied_and_masked():
    assert phone("+48 (600) 100-200").value == "+48600100200"
    assert email(" Jan.Kos@Example.COM ").value == "Jan.Kos@example.com"
    assert masked("+48600100200") == "+48•••••••00"
    assert masked("jan@example.com") == "j•••@example.com"


@given(st.integers(min_value=1, max_value=10_000), st.floats(min_value=0, max_value=1, exclude_max=True))
def test_waits_double_and_stay_within_bounds(attempt, chance):
    wait = wait_before(attempt, chance)
    assert FIRST_WAIT / 2 <= wait <= LONGEST_WAIT
    assert wait_before(attempt + 1, 0.0) >= wait_before(attempt, 0.0)


def test_the_gateway_may_ask_for_a_longer_wait_but_not_for_ever():
    assert wait_before(1, 0.0, timedelta(seconds=120)) == timedelta(seconds=120)
    assert wait_before(1, 0.0, timedelta(seconds=1)) == FIRST_WAIT / 2
    assert wait_before(1, 0.0, timedelta(days=9)) == LONGEST_WAIT
