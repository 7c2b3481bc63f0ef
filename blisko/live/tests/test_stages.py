"""The stages, and the table of fields walked from end to end: what each page may and may not hold."""

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.field.services import set_photo
from blisko.live.queries.link import opened_by_link
from blisko.live.rules.stages import FIELDS, Stage, shows, stage_of, steps_of_visit, view_of
from blisko.live.tests.make import HALFWAY, START, LinkStory, a_fix, a_link
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import (
    arrive,
    cancel_visit,
    confirm_service,
    finish,
    need_another,
    rate_visit,
    report_no_access,
    set_out,
    write_note,
)

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
WINDOW = (NOW + timedelta(hours=1), NOW + timedelta(hours=3))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "starts", "answered", "stage"),
    [
        (VisitState.BOOKED, timedelta(days=3), False, Stage.BOOKED),
        (VisitState.BOOKED, timedelta(days=1), False, Stage.DAY_BEFORE),
        (VisitState.BOOKED, timedelta(hours=1), False, Stage.TODAY),
        (VisitState.BOOKED, timedelta(hours=-30), False, Stage.TODAY),
        (VisitState.ON_THE_WAY, timedelta(days=3), False, Stage.ON_THE_WAY),
        (VisitState.ON_SITE, timedelta(0), False, Stage.ON_SITE),
        (VisitState.DONE, timedelta(0), False, Stage.DONE),
        (VisitState.DONE, timedelta(0), True, Stage.CLOSED),
        (VisitState.NO_ACCESS, timedelta(0), False, Stage.CLOSED),
        (VisitState.NOT_COMPLETED, timedelta(0), False, Stage.CLOSED),
        (VisitState.NEEDS_ANOTHER, timedelta(0), False, Stage.CLOSED),
        (VisitState.CANCELLED, timedelta(days=3), False, Stage.CANCELLED),
    ],
)
def test_stage_follows_the_visit(state: VisitState, starts: timedelta, answered: bool, stage: Stage) -> None:
    assert stage_of(state, (NOW + starts, NOW + starts + timedelta(hours=2)), NOW, WARSAW, answered=answered) == stage


def test_days_turn_at_midnight_where_the_customer_lives() -> None:
    window = (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), datetime(2026, 11, 25, 1, tzinfo=UTC))  # 00:30 on the 25th in Warsaw
    before, after = datetime(2026, 11, 24, 22, 59, tzinfo=UTC), datetime(2026, 11, 24, 23, 1, tzinfo=UTC)
    assert stage_of(VisitState.BOOKED, window, before, WARSAW, answered=False) == Stage.DAY_BEFORE
    assert stage_of(VisitState.BOOKED, window, after, WARSAW, answered=False) == Stage.TODAY


def test_position_is_shown_on_the_way_and_never_else() -> None:
    for field in ("position", "route", "home", "eta", "seen"):
        assert FIELDS[field] == {Stage.ON_THE_WAY}


def test_undeclared_field_reaches_no_stage() -> None:
    assert not any(shows(stage, "technician_surname") for stage in Stage)
    assert "technician_surname" not in view_of({"technician_surname": "Kowalski"}, Stage.TODAY)


@pytest.mark.parametrize("state", VisitState)
def test_stepper_has_one_present_step_at_most(state: VisitState) -> None:
    steps = steps_of_visit(stage_of(state, WINDOW, NOW, WARSAW, answered=False), state)
    assert len([name for name, how in steps if how == "now"]) <= 1
    assert steps[0][0] == "booked"


# What each field leaves on the page, and nothing else on it does.
MARKS = {
    "number": "V-0",
    "job": "Fibre repair",
    "window": "<time datetime=",
    "hotline": "+48 22 555 01 00",
    "address": "ulica Lipowa 5",
    "technician_name": "Xawery",
    "technician_photo": "/photo",
    "technician_phone": "602300400",
    "home": "&quot;kind&quot;:&quot;home&quot;",
    "position": "52.015",
    "route": "19.22,52.015",
    "seen": "<seen-ago",
    "eta": "Our estimate",
    "arrived_at": "since 09:",
    "notes": "the intercom is broken",
    "note_form": 'id="note"',
    "ended_at": "at 09:",
    "question": "/answer",
    "answer": "You answered",
    "trouble_form": "What does not work?",
    "rating_form": "/rating",
    "rating": "stars-shown",
    "outcome": "We could not get in",
    "follow_up": "What happens next",
    "cancel_reason": "We had to call it off",
}
NEVER = ("Nieznany", "Wiśniewska", "601100200", "customer:", "user:")


def on_the_way(story: LinkStory) -> None:
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW - 5 * MINUTE)


def on_site(story: LinkStory) -> None:
    on_the_way(story)
    arrive(story.visit.pk, actor=story.technician_actor(), now=NOW - 2 * MINUTE)


def done(story: LinkStory) -> None:
    on_site(story)
    finish(story.visit.pk, actor=story.technician_actor(), now=NOW - MINUTE)


def answered(story: LinkStory, *, works: bool, stars: int | None = None) -> None:
    done(story)
    link = story.link_actor(NOW)
    confirm_service(story.visit.pk, works, asked="Does everything work?", language="en", actor=link, now=NOW)
    if stars:
        rate_visit(story.visit.pk, stars, actor=link, now=NOW, comment="quick and kind")


def locked_out(story: LinkStory) -> None:
    on_site(story)
    report_no_access(story.visit.pk, actor=story.technician_actor(), now=NOW - MINUTE)


def unfinished(story: LinkStory) -> None:
    on_site(story)
    need_another(story.visit.pk, actor=story.technician_actor(), now=NOW - MINUTE, note="a part is missing")


def called_off(story: LinkStory) -> None:
    cancel_visit(story.visit.pk, actor=SYSTEM, now=NOW - MINUTE, reason=CancelReason.OPERATOR)


SCENES: dict[str, tuple[Stage, timedelta, Callable[[LinkStory], None]]] = {
    "booked": (Stage.BOOKED, timedelta(days=4), lambda story: None),
    "the day before": (Stage.DAY_BEFORE, timedelta(days=1), lambda story: None),
    "today": (Stage.TODAY, timedelta(hours=1), lambda story: None),
    "on the way": (Stage.ON_THE_WAY, timedelta(hours=1), on_the_way),
    "on site": (Stage.ON_SITE, timedelta(hours=1), on_site),
    "done": (Stage.DONE, timedelta(hours=1), done),
    "yes": (Stage.CLOSED, timedelta(hours=1), lambda story: answered(story, works=True)),
    "yes and stars": (Stage.CLOSED, timedelta(hours=1), lambda story: answered(story, works=True, stars=5)),
    "no": (Stage.CLOSED, timedelta(hours=1), lambda story: answered(story, works=False)),
    "no access": (Stage.CLOSED, timedelta(hours=1), locked_out),
    "needs another": (Stage.CLOSED, timedelta(hours=1), unfinished),
    "cancelled": (Stage.CANCELLED, timedelta(days=1), called_off),
}


def photograph(story: LinkStory) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, "PNG")
    set_photo(story.technician.pk, out.getvalue(), actor=story.technician_actor(), now=NOW)


def scene(settings: Settings, name: str) -> LinkStory:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    stage, starts_in, happens = SCENES[name]
    story = a_link(NOW - timedelta(hours=1), starts_in=starts_in + timedelta(hours=1), name="Xawery Nieznany")
    photograph(story)
    a_fix(story.technician, NOW - 10 * MINUTE, START)
    a_fix(story.technician, NOW - timedelta(seconds=20), HALFWAY)
    write_note(story.visit.pk, "the intercom is broken", actor=story.link_actor(NOW), now=NOW - 30 * MINUTE)
    happens(story)
    assert opened_by_link(story.token, now=NOW).stage == stage
    return story


def shown_on(page: str) -> set[str]:
    return {field for field, mark in MARKS.items() if mark in page}


def test_every_declared_field_has_its_mark() -> None:
    assert set(MARKS) == set(FIELDS)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", Stage)
def test_page_shows_what_its_stage_allows_and_nothing_else(settings: Settings, stage: Stage) -> None:
    allowed, ever = {field for field in FIELDS if shows(stage, field)}, set()
    for name in (name for name, (its, _, _) in SCENES.items() if its == stage):
        story = scene(settings, name)
        for address in (story.path, f"{story.path}/now"):
            page = Client().get(address).content.decode()
            shown = shown_on(page)
            assert not shown - allowed, f"{address} shows {shown - allowed} when {name}"
            assert not [words for words in NEVER if words in page]
            ever |= shown
        photo = Client().get(f"{story.path}/photo")
        assert photo.status_code == (200 if shows(stage, "technician_photo") else 410)
    assert ever == allowed
