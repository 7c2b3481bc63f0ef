"""Words for times and people."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.utils import translation

from blisko.ui.icons import ICONS
from blisko.ui.templatetags.ui import age_words, attribute_json, day_name, icon, initials, seen_ago

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def render(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Jan Nowak", "JN"), ("łucja maria żak", "ŁŻ"), ("Béla", "B"), ("", ""), ("Jan (zastępca) Kos", "JK"), ("7 8", "")],
)
def test_initials_are_the_first_letters_of_first_and_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("language", "seconds", "words"),
    [
        ("en", 1, "seen just now"),
        ("en", 23, "seen 20 seconds ago"),
        ("en", 60, "seen 1 minute ago"),
        ("pl", 61, "pozycja sprzed 1 minuty"),
        ("pl", 25, "pozycja sprzed 25 sekund"),
        ("hu", 90, "1 perce láttuk"),
        ("hu", 300, "nincs jel, utoljára 10:55-kor láttuk"),
        ("en", -50, "seen just now"),
    ],
)
def test_an_age_is_said_in_words_and_a_lost_signal_with_its_time(language: str, seconds: int, words: str) -> None:
    with translation.override(language), override_settings(TIME_ZONE="Europe/Warsaw"):
        assert age_words(NOW - timedelta(seconds=seconds), NOW, lost_after=120 if seconds == 300 else 900) == words


def test_the_island_carries_every_plural_form_of_polish() -> None:
    with translation.override("pl"):
        tag = seen_ago(NOW, NOW)
    for form in ("one", "few", "many", "other"):
        assert f'seconds-{form}="pozycja sprzed {{n}} sekund' in tag
        assert f'minutes-{form}="pozycja sprzed {{n}} minut' in tag


def test_a_day_has_a_name_near_today_and_a_date_farther_off() -> None:
    with translation.override("en"):
        assert [day_name(NOW + timedelta(days=days), NOW) for days in (-1, 0, 1)] == ["Yesterday", "Today", "Tomorrow"]
        assert day_name(NOW + timedelta(days=3), NOW) == "Wednesday 25 November"
    with translation.override("hu"):
        assert day_name(NOW + timedelta(days=3), NOW) == "november 25., szerda"


def test_a_window_is_told_in_local_time() -> None:
    text = render("{% time_window a b %}", a=NOW, b=NOW + timedelta(hours=2))
    assert ">11:00</time>–<time" in text
    assert ">13:00</time>" in text


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in icon("phone")
    assert 'aria-label="Call &lt;"' in icon("phone", "Call <")
    assert all(path.startswith("M") for path in ICONS.values())


def test_values_of_islands_cannot_break_out_of_their_attribute() -> None:
    evil = [{"label": '"><script>alert(1)</script>'}]
    text = render('<x points="{{ points|attribute_json }}">', points=evil)
    assert "<script" not in text
    assert json.loads(attribute_json(evil)) == evil


def test_a_map_without_a_basemap_has_empty_styles_and_keeps_its_points() -> None:
    text = render("{% visit_map points route estimate=True label='Jan' %}", points=[{"kind": "home"}], route=[[21, 52], [21.1, 52.1]])
    assert 'style-light=""' in text
    assert 'route-kind="estimate"' in text


def test_stars_are_radios_that_need_no_script() -> None:
    text = render("{% stars_field 'rating' 'How was it?' 4 %}")
    assert text.count('type="radio"') == 5
    assert 'value="4" id="rating-4" checked' in text
    assert "1 star<" in text


@pytest.mark.parametrize("status", [403, 404, 409, 410, 422, 429, 503])
def test_every_refusal_says_what_to_do_next(status: int) -> None:
    source = "{% include 'ui/refusal_fragment.html' %}"
    text = Template(source).render(Context({"refusal": {"words": "No.", "status": status, "retry_after": 30}}))
    assert "No." in text
    assert 'role="alert"' in text
    assert '<p class="soft"></p>' not in text
