"""The page “What if” over HTTP: one more technician, the presets side by side, and choosing one (F15)."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from blisko.access.rules import SYSTEM
from blisko.field.models import Region, Skill, Technician, TechnicianSkill
from blisko.kit import clock
from blisko.live.tests.test_plan_pages import at_desk, on_shift, page, promised, ten, today
from blisko.planning.models import PlanTrial, PlanVersion
from blisko.planning.queries import preset_in_use
from blisko.planning.rules.runs import RunState

pytestmark = pytest.mark.django_db
FIGURES = {"left_out": 3, "late": 1, "driven": 200, "overtime": 10, "told_again": 0, "points": 3000.0}


@pytest.fixture(autouse=True)
def nine_in_the_morning(settings: Settings) -> None:
    """Let no test run across midnight."""
    settings.BLISKO_CLOCK = f"2026-11-25T09:00:00+01:00@{time.time()}*1"


def tried(like: Technician, *, state: RunState = RunState.DONE, **more: object) -> PlanTrial:
    found = {
        "as_planned": {**FIGURES, "left_out": 4},
        "anew": FIGURES,
        "one_more": {**FIGURES, "left_out": 1, "late": 0, "driven": 260},
        "promises": {**FIGURES, "late": 0, "driven": 240},
        "roads": {**FIGURES, "driven": 150, "told_again": 5},
        "calm": FIGURES,
        **more,
    }
    return PlanTrial.objects.create(
        day=ten().date(), like=like, preset="balanced", seconds=5, asked_by="user:7", asked_by_name="Danuta", created_at=clock.now(),
        state=state, visits=20, found=found if state == RunState.DONE else {}, progress=40,
    )  # fmt: skip


def rows(said: str) -> list[str]:
    """Answer the rows of all tables, as plain text."""
    found = []
    for row in said.split("<tr")[1:]:
        text = "".join(piece.rpartition(">")[2] + " " for piece in row.split("</tr>")[0].split("<"))
        found.append(" ".join(text.split()))
    return found


def test_empty_states_say_why_there_is_nothing_to_try() -> None:
    desk = at_desk()
    assert "Nobody works then" in page(desk, "/plan/trials/", day=today(), region="")
    on_shift("Jan")
    said = page(desk, "/plan/trials/", day=today(), region="")
    assert "There is nothing to do then" in said and "Try the day to see what each would change." in said
    assert "This day is over" in page(desk, "/plan/trials/", day="2026-11-01", region="")
    assert "26.11.2026" in page(desk, "/plan/trials/").replace("11/26/2026", "26.11.2026"), "tomorrow, where nobody asks"


def test_day_is_tried_watched_and_stopped() -> None:
    desk, jan = at_desk(), on_shift("Jan")
    promised(1)
    said = page(desk, "/plan/trials/", day=today(), region="")
    assert "1 technician works · 1 visit to do · 1 of them given to nobody" in said and "Jan · 8:00–16:00".replace(" 8", " 08") in said
    asked = {"day": today(), "region": "", "like": jan.pk, "seconds": "2"}
    started = desk.post("/plan/trials/start", asked, follow=True)
    trial = PlanTrial.objects.get()
    assert started.redirect_chain == [(f"/plan/trials/?day={today()}&region=", 302)] and (trial.seconds, trial.like) == (2, jan)
    assert "waiting" in started.content.decode() and "Its plan stays as it is." in started.content.decode()
    again = desk.post("/plan/trials/start", asked)
    assert again.status_code == 422 and "being tried already" in again.content.decode()
    PlanTrial.objects.update(state=RunState.RUNNING, progress=40)
    assert 'value="40"' in page(desk, "/plan/trials/", day=today(), region="")
    assert "Nothing was changed." in desk.post(f"/plan/trials/{trial.pk}/cancel", follow=True).content.decode()
    assert desk.post(f"/plan/trials/{trial.pk}/cancel", {"day": today()}).status_code == 409


def test_bad_asks_are_told_at_their_fields() -> None:
    desk, jan = at_desk(), on_shift("Jan")
    promised(1)
    asked = {"day": today(), "region": "", "like": jan.pk, "seconds": "2"}
    for wrong in ({"seconds": "31"}, {"like": "x"}, {"like": jan.pk + 1}, {"day": "soon"}, {"region": "south"}, {"day": "2026-11-01"}):
        assert desk.post("/plan/trials/start", {**asked, **wrong}).status_code == 422
    assert desk.get("/plan/trials/", {"day": "soon"}).status_code == 422
    assert not PlanTrial.objects.exists()


def test_region_stays_in_the_address_and_the_first_one_is_shown_where_nobody_asks() -> None:
    desk = at_desk()
    Region.objects.create(code="north", name="North")
    assert '<option value="north" selected>North' in page(desk, "/plan/trials/", day=today())
    said = page(desk, "/plan/trials/", day=today(), region="")
    assert '<option value="" selected>Whoever is in no region' in said


def test_one_more_is_told_beside_the_plan_with_what_is_assumed_of_him() -> None:
    desk, jan = at_desk(), on_shift("Jan")
    TechnicianSkill.objects.update_or_create(
        technician=jan, skill=Skill.objects.get_or_create(code="tv", defaults={"names": {"en": "Television"}})[0], defaults={"level": 2}
    )
    promised(1)
    tried(jan)
    said = page(desk, "/plan/trials/", day=today(), region="")
    assert "2 more visits would be served." in said and "somebody like Jan" in said and "Television (2)" in said
    assert "estimated ways" in said and "5 seconds for each search" in said
    assert "Visits left out 4 3 1 −2" in rows(said) and "Promises kept 15 16 19 +3" in rows(said)
    assert "Minutes driven 200 200 260 +60" in rows(said) and "Minutes of overtime 10 10 10 0" in rows(said)
    assert "has changed since" not in said
    PlanVersion.objects.create(day=ten().date(), why="moved", made_at=clock.now() + timedelta(minutes=1), made_by="system")
    assert "has changed since" in page(desk, "/plan/trials/", day=today(), region="")


def test_one_more_who_brings_nothing_is_said_to() -> None:
    desk, jan = at_desk(), on_shift("Jan")
    tried(jan, one_more=FIGURES)
    assert "what they lack is something else" in page(desk, "/plan/trials/", day=today(), region="")
    none = {**FIGURES, "left_out": 0}
    tried(jan, anew=none, one_more=none)
    assert "Every visit is served without one more, too." in page(desk, "/plan/trials/", day=today(), region="")
    tried(jan, state=RunState.FAILED)
    assert "The search failed." in page(desk, "/plan/trials/", day=today(), region="")


def test_presets_stand_side_by_side_and_who_may_chooses_one() -> None:
    manager, jan = at_desk("manager", "Marek"), on_shift("Jan")
    tried(jan)
    said = rows(page(manager, "/plan/trials/", day=today(), region=""))
    [balanced] = [row for row in said if "A bit of everything" in row]
    [roads] = [row for row in said if "Few minutes driven" in row]
    assert "in use" in balanced and balanced.endswith("told anew 60. 3 1 200 10 0") and "Use this" not in balanced
    assert "3 (0) 1 (0) 150 (−50) 10 (0) 5 (+5) Use this : Few minutes driven" in roads.replace("( ", "(")
    chosen = manager.post("/plan/trials/preset", {"preset": "roads", "day": today(), "region": ""}, follow=True)
    assert preset_in_use(SYSTEM) == "roads" and "strive for this from now on" in chosen.content.decode()
    [balanced] = [row for row in rows(chosen.content.decode()) if "A bit of everything" in row]
    assert "200 (+50)" in balanced, "what was tried is compared with what is in use now"
    unknown = manager.post("/plan/trials/preset", {"preset": "luck", "day": today(), "region": ""})
    assert unknown.status_code == 422 and "We do not know this way of planning." in unknown.content.decode()


def test_dispatcher_sees_the_presets_but_does_not_choose() -> None:
    desk = at_desk()
    said = page(desk, "/plan/trials/", day=today(), region="")
    assert "In minutes driven: a promise broken 200, a visit left out 450, a minute of overtime 1.5, a customer told anew 15." in said
    assert "Use this" not in said and 'aria-current="page">What if' in said
    assert desk.post("/plan/trials/preset", {"preset": "roads", "day": today(), "region": ""}).status_code == 403
    assert preset_in_use(SYSTEM) == "balanced"


def test_stranger_sees_and_tries_nothing() -> None:
    agent, jan = at_desk("agent", "Agata"), on_shift("Jan")
    trial = tried(jan, state=RunState.RUNNING)
    assert Client().get("/plan/trials/").headers["Location"].startswith("/accounts/login/")
    assert agent.get("/plan/trials/").status_code == 403
    for path in ("start", "preset", f"{trial.pk}/cancel"):
        assert agent.post(f"/plan/trials/{path}", {"day": today(), "region": "", "preset": "calm"}).status_code == 403
    assert PlanTrial.objects.get().state == RunState.RUNNING


@pytest.mark.parametrize(("language", "words"), [("pl", "Co by było, gdyby"), ("hu", "Mi lenne, ha")])
def test_page_speaks_the_readers_language(language: str, words: str) -> None:
    desk = at_desk()
    desk.cookies["django_language"] = language
    assert words in page(desk, "/plan/trials/")
