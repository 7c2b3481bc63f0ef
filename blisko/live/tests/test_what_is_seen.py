"""The table of fields by stage, walked: what must not be seen is absent from the bytes, under every rule a house can choose (F2, F13)."""

import re
from datetime import timedelta
from math import cos, radians

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from blisko.kit.earth import metres_between
from blisko.kit.tests.work import do_jobs
from blisko.kit.tickets import read_ticket
from blisko.live.models import CustomerRules
from blisko.live.queries.house import visibility_now
from blisko.live.queries.link import seen_by_link
from blisko.live.rules.stages import AHEAD, FIELDS, Stage, shows, view_of
from blisko.live.rules.visibility import (
    CHOSEN,
    NEEDS,
    THERE,
    Near,
    Seen,
    Visibility,
    When,
    is_seen,
    is_streamed,
    names_him,
    on_grid,
    seen_of,
)
from blisko.live.tests.make import HALFWAY, LinkStory
from blisko.live.tests.scenes import (
    FILLS,
    LINK,
    MARKS,
    NEVER,
    NOW,
    READERS,
    SCENES,
    WISHES,
    reader,
    readers,
    scene,
    scenes_of,
    shown_in,
    told_in,
)
from blisko.messaging.models import Delivery

# So near the technician must be, and is not before he is there (stops: one before today's visit, none on the way).
WITHIN = {When.MINUTES: 1, When.STOPS: 0, When.METRES: 1}
HIDES = {
    When.ALWAYS: frozenset(),
    When.NEVER: frozenset(Stage),
    When.ON_THE_WAY: AHEAD,
    When.MINUTES: AHEAD | {Stage.ON_THE_WAY},
    When.STOPS: AHEAD,
    When.METRES: AHEAD | {Stage.ON_THE_WAY},
}
# Every address once: with all that pages read from it.
ASKED_FULLY = {who: read for who, read in READERS.items() if who in ("page", "fragment") or who.endswith(WISHES)}


def rules_of(when: When, fields: tuple[str, ...] = CHOSEN) -> dict[str, object]:
    chosen: dict[str, object] = {f"{field}_when": when for field in fields}
    return chosen | {f"{field}_within": WITHIN.get(when, 0) for field in fields}


def streams_fixes(page: str) -> bool:
    found = re.search(r"ticket=([^\"&]+)", page)
    return bool(found and read_ticket(found[1], now=NOW).fixes)


def test_every_declared_field_has_its_mark() -> None:
    assert set(MARKS) == set(FIELDS)
    assert set(CHOSEN) <= set(FIELDS)


def test_every_address_below_the_link_is_walked_and_a_new_one_by_itself() -> None:
    pages = ("", "/", "/now", "/photo", "/move", "/cancel", "/report", "/report.pdf", "/visit.json", "/visit.ics", "/photos/<int:photo_id>")
    for page in pages:
        assert page in READERS and any(who.startswith(f"{page}?") for who in READERS)
    assert {"/new", "/api/other/<str:token>"} <= set(readers([f"{LINK}/new", "/api/other/<str:token>", "/elsewhere"]))
    assert "/elsewhere" not in readers(["/elsewhere"])
    named = {name for who in READERS for name in re.findall(r"<\w+:(\w+)>", who)}
    assert named == {"token", *FILLS}, "tell the walk what stands there"


@pytest.mark.django_db
@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("name", ["done", "yes and stars", "no access"])
def test_report_as_a_file_names_nobody_where_the_house_shows_no_name(settings: Settings, name: str, when: When) -> None:
    story = scene(settings, name, **rules_of(when))
    do_jobs(at_most=2000)
    words = reader(f"{LINK}/report.pdf")(story)
    assert story.visit.number in words
    assert ("Xawery" in words) is (when != When.NEVER)
    assert not told_in(story, words) & {"technician_phone", "position", "address"}
    assert not [never for never in NEVER if never in words]


@pytest.mark.django_db
@pytest.mark.parametrize("stage", Stage)
def test_whoever_reads_the_link_finds_what_its_stage_allows_and_nothing_else(settings: Settings, stage: Stage) -> None:
    allowed, ever = {field for field in FIELDS if shows(stage, field)}, set()
    for nr, name in enumerate(scenes_of(stage)):
        story = scene(settings, name)
        for who, read in (ASKED_FULLY if nr else READERS).items():
            words = read(story)
            told = told_in(story, words)
            assert not told - allowed, f"{who} shows {told - allowed}: {name}"
            assert not [never for never in NEVER if never in words], f"{who}: {name}"
            ever |= told
        assert Client().get(f"{story.path}/photo").status_code == (200 if shows(stage, "technician_photo") else 410)
    assert ever == allowed


@pytest.mark.django_db
@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("when", [when for when in When if when != When.ALWAYS])
def test_what_the_house_hides_is_in_no_bytes(settings: Settings, stage: Stage, when: When) -> None:
    """For every stage under every rule at once for all fields; where a stage has several scenes, in those that differ by the technician."""
    hidden = set(CHOSEN) if stage in HIDES[when] else set()
    afterwards = ("choosing", "disputed", "stars", "still", "days ago")
    for name in [name for name in scenes_of(stage) if not any(words in name for words in afterwards)]:
        story = scene(settings, name, **rules_of(when))
        near_after_all = (when == When.STOPS and name in ("today, late", "today, well known")) or (
            when == When.MINUTES and name == "just set out"
        )
        gone = set() if near_after_all else hidden
        for who, read in ASKED_FULLY.items():
            words = read(story)
            told = told_in(story, words)
            assert not told & gone, f"{who} shows {told & gone}: {name}"
            assert "eta" not in gone or "likely" not in told
            if "position" in gone:
                assert not shown_in(words) & {"home", "route"} and "<blisko-map" not in words
                assert not streams_fixes(words)
        seen = shows(stage, "technician_photo") and "technician_photo" not in gone
        assert Client().get(f"{story.path}/photo").status_code == (200 if seen else 410)


@pytest.mark.django_db
@pytest.mark.parametrize("field", CHOSEN)
@pytest.mark.parametrize("name", ["today", "on the way"])
def test_one_field_is_hidden_and_the_others_stay(settings: Settings, name: str, field: str) -> None:
    whole = shown_in(READERS["page"](scene(settings, name)))
    seen = shown_in(READERS["page"](scene(settings, name, **rules_of(When.NEVER, (field,)))))
    with_it = {"position": {"position", "home", "route"}, "technician_name": {"technician_name"}}.get(field, {field})
    assert seen - {"map_comes"} == whole - with_it


@pytest.mark.django_db
def test_place_is_rounded_and_so_is_all_that_is_told_of_it(settings: Settings) -> None:
    story = scene(settings, "on the way", grid=1000)
    _, view = seen_by_link(story.token, now=NOW)
    for read in (READERS["page"], READERS["page without a script"], READERS["fragment"]):
        words = read(story)
        assert str(HALFWAY[0]) not in words and str(HALFWAY[1]) + "," not in words
        assert "<blisko-map" in words and not streams_fixes(words)
    place = (view["position"]["lat"], view["position"]["lon"])
    assert 0 < metres_between(place, HALFWAY) < 750
    assert view["position"]["heading"] is None
    assert view["route"]["line"][0] == [place[1], place[0]]


@pytest.mark.django_db
def test_places_go_to_the_page_by_themselves_only_on_the_way(settings: Settings) -> None:
    for name in ("today", "on the way", "on site"):
        assert streams_fixes(READERS["page"](scene(settings, name))) is (name == "on the way")


@pytest.mark.django_db
def test_message_names_nobody_where_the_house_shows_no_name(settings: Settings) -> None:
    story: LinkStory = scene(settings, "just set out", technician_name_when=When.NEVER)
    do_jobs()
    body = Delivery.objects.get(about=f"visit:{story.visit.pk}", code="visit_on_the_way").body
    assert "our technician" in body and "Xawery" not in body


@pytest.mark.parametrize(
    ("rule", "near", "seen"),
    [
        (Seen(), Near(False), True),
        (Seen(When.NEVER), THERE, False),
        (Seen(When.ON_THE_WAY), Near(False, minutes=1, stops=0), False),
        (Seen(When.ON_THE_WAY), Near(True), True),
        (Seen(When.MINUTES, 15), Near(True, minutes=15), True),
        (Seen(When.MINUTES, 15), Near(True, minutes=15.1), False),
        (Seen(When.MINUTES, 15), Near(True), False),
        (Seen(When.STOPS, 2), Near(False, stops=2), True),
        (Seen(When.STOPS, 2), Near(False, stops=3), False),
        (Seen(When.METRES, 800), Near(True, metres=799), True),
        (Seen(When.METRES, 800), Near(False, minutes=1), False),
    ],
)
def test_rule_counts_how_near_he_is_and_what_is_not_known_is_not_near(rule: Seen, near: Near, seen: bool) -> None:
    assert is_seen(rule, near) is seen


RULE = st.builds(Seen, st.sampled_from(When), st.integers(0, 100))
NEAR = st.builds(Near, st.booleans(), st.none() | st.integers(0, 200), st.none() | st.integers(0, 9), st.none() | st.integers(0, 90_000))


@given(st.sampled_from(Stage), st.dictionaries(st.sampled_from(CHOSEN), RULE), NEAR)
def test_house_can_only_take_away(stage: Stage, fields: dict[str, Seen], near: Near) -> None:
    view = view_of({field: field for field in FIELDS}, stage)
    seen = seen_of(view, Visibility(fields), near)
    assert set(seen) == set(view)
    assert all(value in (None, view[field]) for field, value in seen.items())
    assert all(seen[field] == view[field] for field in view if field not in CHOSEN and field not in NEEDS)
    assert not (seen.get("route") and not seen.get("position"))


@given(st.floats(-80, 80), st.floats(-179, 179), st.integers(50, 5000))
def test_rounded_place_is_the_same_for_all_its_field_and_not_far(lat: float, lon: float, metres: int) -> None:
    place = on_grid((lat, lon), metres)
    assert metres_between(place, (lat, lon)) <= metres * 0.72 + metres**2 / 2e5 + 1
    assert on_grid((lat, lon), 0) == (lat, lon)
    step = metres / 111_320
    inside = (place[0] + step * 0.3, place[1] + step * 0.3 / max(cos(radians(place[0])), 0.01))
    assert metres_between(on_grid(inside, metres), place) < 0.5


def test_names_and_streams_follow_the_rules() -> None:
    nearby = Visibility({"technician_name": Seen(When.MINUTES, 5), "position": Seen(When.MINUTES, 5)})
    assert names_him(Visibility(), under_way=False) and names_him(nearby, under_way=True) and not names_him(nearby, under_way=False)
    assert is_streamed(Visibility(), Stage.ON_THE_WAY) and not is_streamed(Visibility(), Stage.TODAY)
    assert not is_streamed(nearby, Stage.ON_THE_WAY) and not is_streamed(Visibility(grid=100), Stage.ON_THE_WAY)


@pytest.mark.django_db
def test_house_that_chose_nothing_shows_what_the_stage_does() -> None:
    rules = visibility_now()
    assert rules.grid == 0 and all(rules.of(field) == Seen() for field in CHOSEN)
    assert CustomerRules().eta_when == When.ALWAYS and timedelta(0) == timedelta() and SCENES
