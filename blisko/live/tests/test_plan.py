"""The dispatcher's console over HTTP: the plan as a page, as data and as a table; changed, swapped and undone (F6, O7)."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from blisko.access.errors import Forbidden
from blisko.access.rules import NOBODY, SYSTEM
from blisko.accounts.models import User
from blisko.accounts.queries import actor_for
from blisko.accounts.services import add_user
from blisko.customers.tests.make import a_site
from blisko.field.models import Technician
from blisko.field.services import add_shift
from blisko.field.tests.make import a_technician
from blisko.kit import clock
from blisko.live.models import Onlooker
from blisko.live.queries.board import can_undo
from blisko.live.queries.onlookers import onlookers_of
from blisko.live.services.onlookers import leave_plan, look_at_plan
from blisko.planning.models import RiskAlert
from blisko.planning.queries import assignment_of
from blisko.planning.rules.alerts import CauseCode
from blisko.planning.services import assign_visit
from blisko.visits.models import Visit
from blisko.visits.rules import CancelReason
from blisko.visits.services import book_visit, cancel_visit
from blisko.visits.tests.make import a_job_type

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def nine_in_the_morning(settings: Settings) -> None:
    """Let no test run across midnight."""
    settings.BLISKO_CLOCK = f"2026-11-25T09:00:00+01:00@{time.time()}*1"


def ten() -> datetime:
    """Answer ten o'clock of the day after tomorrow: a day of its own, whatever the hour of the run."""
    return timezone.localtime(clock.now() + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)


def at_desk(name: str = "Danuta") -> Client:
    user = add_user(actor=SYSTEM, now=clock.now(), email=f"{name.split()[0]}@example.com", name=name, roles=["dispatcher"])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def on_shift(name: str, **more: Any) -> Technician:
    one = a_technician(clock.now(), name=name, shift=False, **more)
    add_shift(one.pk, starts_at=ten() - timedelta(hours=2), ends_at=ten() + timedelta(hours=6), actor=SYSTEM, now=clock.now())
    return one


def promised(hours: float = 0, *, lat: float | None = 52.0) -> Visit:
    now, start = clock.now(), ten() + timedelta(hours=hours)
    a_job_type()
    site = a_site(now, lat=lat, lon=19.2 if lat is not None else None)
    return book_visit(
        actor=SYSTEM, now=now, site_id=site.pk, job_type="fibre-repair", window_from=start, window_to=start + timedelta(hours=2)
    )


def given(visit: Visit, technician: Technician, hours: float = 0) -> None:
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=clock.now(), starts_at=ten() + timedelta(hours=hours))


def where(visit: Visit) -> tuple[int, datetime] | None:
    made = assignment_of(visit.pk)
    return (made.technician_id, made.during.lower) if made else None


def data_of(desk: Client, **asked: str) -> Any:
    return desk.get("/plan/data", {"day": ten().date().isoformat(), **asked}).json()


def what_if(desk: Client, visit: Visit, technician: Technician, **more: str) -> Any:
    return desk.get("/plan/what-if", {"visit": visit.pk, "technician": technician.pk, "day": ten().date().isoformat(), **more}).json()


def test_plan_is_a_page_with_its_data_and_a_table_with_the_same_visits() -> None:
    ewa, free = on_shift("Ewa"), on_shift("Adam Wolny")
    planned, waiting, gone = promised(), promised(2), promised(3, lat=None)
    given(planned, ewa)
    cancel_visit(gone.pk, actor=SYSTEM, now=clock.now(), reason=CancelReason.OPERATOR)
    desk, day = at_desk(), ten().date().isoformat()
    page = desk.get(f"/plan/?day={day}").content.decode()
    inside = json.loads(page.split('type="application/json">')[1].split("</script>")[0])
    assert [row["name"] for row in inside["rows"]] == [free.name, ewa.name] and inside["rows"][1]["bars"][0]["id"] == planned.pk
    assert [bar["id"] for bar in inside["tray"]] == [waiting.pk]
    assert inside["rows"][1]["bars"][0]["at"] == [600, 660] and inside["mayChange"] and not inside["undo"]
    assert inside | {"now": 0} == data_of(desk) | {"now": 0, "query": inside["query"]}
    table = desk.get(f"/plan/table?day={day}").content.decode()
    assert f"/plan/visits/{planned.pk}/" in table and f"/plan/visits/{waiting.pk}/" in table and f"/plan/visits/{gone.pk}/" not in table


def test_empty_day_says_so() -> None:
    page = at_desk().get("/plan/?day=2031-01-01")
    assert page.status_code == 200 and data_of(at_desk("Ewa"), day="2031-01-01")["rows"] == []


def test_filters_choose_rows_and_leave_what_takes_time_as_a_pale_bar() -> None:
    ewa, adam = on_shift("Ewa"), on_shift("Adam")
    first, second = promised(), promised(2)
    given(first, ewa)
    given(second, adam, 5)
    desk = at_desk()
    assert [row["name"] for row in data_of(desk, technician=str(ewa.pk))["rows"]] == ["Ewa"]
    assert [bar["fits"] for row in data_of(desk, risk="1")["rows"] for bar in row["bars"]] == [True, False]
    assert data_of(desk, text="nobody of this name")["points"] == []
    assert data_of(desk)["counts"] == {"all": 2, "waiting": 0, "risk": 1}
    assert data_of(desk)["rows"][0]["bars"][0]["flags"] == ["outside the promised window"]


def test_what_nobody_goes_to_is_shown_to_whom_it_could_be_given() -> None:
    able, unable = on_shift("Ewa"), on_shift("Adam", skills=())
    waiting = promised()
    desk = at_desk()
    assert [bar["id"] for bar in data_of(desk, technician=str(able.pk))["tray"]] == [waiting.pk]
    assert data_of(desk, technician=str(unable.pk))["tray"] == []
    assert data_of(desk, technician=str(unable.pk))["trayEmpty"] == "Nothing here for this filter."
    assert data_of(desk)["trayEmpty"] == "Everything is planned."
    table = desk.get("/plan/table", {"day": ten().date().isoformat(), "technician": able.pk}).content.decode()
    assert f"/plan/visits/{waiting.pk}/" in table


def test_risk_is_what_the_rest_of_the_day_as_it_is_played_says() -> None:
    ewa, now = on_shift("Ewa"), clock.now()
    visit, calm = promised(), promised(2)
    given(visit, ewa)
    given(calm, ewa, 2)
    facts = {
        "technician": ewa, "probability": 0.72, "expected_at": ten(), "cause": CauseCode.BEHIND, "cause_minutes": 25,
        "opened_at": now, "seen_at": now, "repairs_at": now, "repairs_for": 0.72,
    }  # fmt: skip
    alert = RiskAlert.objects.create(visit=visit, **facts)
    RiskAlert.objects.create(visit=calm, calm_since=now, **facts)
    found = data_of(at_desk(), risk="1")
    assert found["counts"]["risk"] == 1
    bars = {bar["id"]: bar for row in found["rows"] for bar in row["bars"]}
    assert bars[visit.pk]["risky"] and bars[visit.pk]["fits"] and not bars[calm.pk]["risky"] and not bars[calm.pk]["fits"]
    assert bars[visit.pk]["flags"] == ["72 % likely to be late", "The technician is 25 min behind the plan."]
    menu = at_desk("Ewa Druga").get(f"/plan/visits/{visit.pk}/").content.decode()
    assert f"/plan/alerts/#alert-{alert.pk}" in menu and "72 % likely to be late" in menu


def test_stranger_sees_no_plan_and_agent_changes_none() -> None:
    visit = promised()
    assert Client().get("/plan/").headers["Location"].startswith("/accounts/login/")
    user = add_user(actor=SYSTEM, now=clock.now(), email="agent@example.com", name="Agata", roles=["agent"])
    agent = Client()
    agent.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert agent.get("/plan/").status_code == 403
    assert agent.post("/plan/move", {"visit": visit.pk}).status_code == 403
    with pytest.raises(Forbidden):
        look_at_plan("one", ten().date(), visit.pk, actor=NOBODY, now=clock.now())
    assert not can_undo(NOBODY, ten().date())


def test_consequences_are_told_before_the_drop() -> None:
    ewa, adam = on_shift("Ewa"), on_shift("Adam")
    visit, other, far = promised(), promised(1), promised(lat=52.3)
    given(other, ewa, 1)
    desk = at_desk()
    found = what_if(desk, visit, ewa, time="10:00")
    assert found["ok"] and found["at"] == 600 and found["title"] == "Ewa, 10:00–11:00" and found["moves"] == []
    assert [line["text"] for line in found["lines"]] == ["no more driving", "no promise broken", "nobody to be told"]
    given(visit, ewa)
    late = what_if(desk, visit, adam, at=(ten() + timedelta(hours=3)).isoformat())
    assert [line["text"] for line in late["lines"]] == ["no more driving", "1 promise broken", "nobody to be told"]
    pushed = what_if(desk, far, ewa, time="10:30")
    assert pushed["ok"] and pushed["lines"][0]["text"].startswith("+") and pushed["lines"][0]["tone"] == "warn"
    assert any("other visit moves along" in line["text"] for line in pushed["lines"]) and pushed["moves"][0]["technician"] == ewa.pk
    nobody = desk.get("/plan/what-if", {"visit": visit.pk, "day": ten().date().isoformat()}).json()
    assert nobody["ok"] and nobody["title"] == "not planned" and nobody["at"] is None


def test_visit_goes_before_another_as_early_as_the_day_allows() -> None:
    ewa, adam, desk = on_shift("Ewa"), on_shift("Adam"), at_desk()
    first, second, new = promised(), promised(2), promised(1)
    given(first, ewa)
    given(second, ewa, 2)
    found = desk.get("/plan/what-if", {"visit": new.pk, "before": second.pk, "day": ten().date().isoformat()}).json()
    assert found["ok"] and found["title"] == "Ewa, 11:00–12:00" and found["place"] == "before Zofia Wiśniewska"
    assert "before Zofia Wiśniewska" in found["said"]
    assert desk.post("/plan/move", {"visit": new.pk, "before": second.pk}, headers=JSON).json()["said"] == "Zofia Wiśniewska: Ewa, 11:00."
    assert where(new) == (ewa.pk, ten() + timedelta(hours=1)) and where(second) == (ewa.pk, ten() + timedelta(hours=2))
    stale = desk.post("/plan/move", {"visit": new.pk, "before": second.pk, "technician": adam.pk}, headers=JSON)
    assert stale.status_code == 409 and "Somebody has changed this day" in stale.json()["detail"]
    assert desk.post("/plan/move", {"visit": new.pk, "before": new.pk}, headers=JSON).status_code == 422
    assert f'<option value="{second.pk}">' in desk.get(f"/plan/visits/{new.pk}/").content.decode().split('name="before"')[1]


def test_promise_mended_and_drive_saved_are_told_too() -> None:
    ewa, adam = on_shift("Ewa"), on_shift("Adam")
    near, far = promised(), promised(lat=52.3)
    given(near, ewa)
    given(far, ewa, 4)
    lines = what_if(at_desk(), far, adam, time="10:00")["lines"]
    assert lines[0]["text"].startswith("−") and [line["text"] for line in lines[1:]] == ["1 promise kept again", "nobody to be told"]
    assert {line["tone"] for line in lines} == {"good"}


def test_refusal_is_an_answer_in_words() -> None:
    ewa, unskilled, off = on_shift("Ewa"), on_shift("Adam", skills=()), a_technician(clock.now(), name="Olga", shift=False)
    visit, desk = promised(), at_desk()
    for technician, said, more in (
        (unskilled, "lacks a skill", {"time": "10:00"}),
        (off, "does not work at that time", {"time": "10:00"}),
        (ewa, "does not work at that time", {"time": "07:00"}),
        (ewa, "does not work at that time", {"time": "15:30"}),
    ):
        found = what_if(desk, visit, technician, **more)
        assert not found["ok"] and said in found["said"] and found["lines"][0]["tone"] == "danger"
    unreadable = desk.get("/plan/what-if", {"visit": visit.pk, "technician": ewa.pk, "at": "teatime"}, headers=JSON)
    assert unreadable.status_code == 422 and unreadable.json()["detail"] == "Choose a visit, a technician and a time."


def test_visit_is_moved_and_the_move_undone() -> None:
    ewa, adam, visit, desk = on_shift("Ewa"), on_shift("Adam"), promised(), at_desk()
    given(visit, ewa)
    said = desk.post("/plan/move", {"visit": visit.pk, "technician": adam.pk, "at": (ten() + timedelta(hours=1)).isoformat()}, headers=JSON)
    assert said.json() == {"said": "Zofia Wiśniewska: Adam, 11:00."}
    assert where(visit) == (adam.pk, ten() + timedelta(hours=1)) and data_of(desk)["undo"]
    assert "nobody goes there now" in desk.post("/plan/move", {"visit": visit.pk}, headers=JSON).json()["said"]
    assert where(visit) is None
    desk.post("/plan/undo", {"day": ten().date().isoformat()}, headers=JSON)
    assert where(visit) == (adam.pk, ten() + timedelta(hours=1))
    desk.post("/plan/undo", headers=JSON)
    assert where(visit) == (ewa.pk, ten()) and not data_of(desk)["undo"]
    nothing = desk.post("/plan/undo", headers=JSON)
    assert nothing.status_code == 409 and nothing.json()["detail"] == "There is nothing of yours left to undo."


def test_undo_gives_way_to_whoever_came_later() -> None:
    ewa, adam, visit, desk, other_desk = on_shift("Ewa"), on_shift("Adam"), promised(), at_desk(), at_desk("Olga")
    desk.post("/plan/move", {"visit": visit.pk, "technician": ewa.pk})
    other_desk.post("/plan/move", {"visit": visit.pk, "technician": adam.pk})
    refused = desk.post("/plan/undo", headers=JSON)
    assert refused.status_code == 409 and "Somebody has changed this day meanwhile" in refused.json()["detail"]
    assert where(visit) == (adam.pk, ten())


def test_several_visits_go_together_or_not_at_all() -> None:
    ewa, unskilled, desk = on_shift("Ewa"), on_shift("Adam", skills=()), at_desk()
    first, second = promised(), promised()
    both = {"visit": [first.pk, second.pk], "technician": ewa.pk}
    assert desk.post("/plan/move", both, headers=JSON).json()["said"] == "2 visits given to Ewa."
    assert [made[0] for visit in (first, second) if (made := where(visit))] == [ewa.pk, ewa.pk]
    before = (where(first), where(second))
    refused = desk.post("/plan/move", {**both, "technician": unskilled.pk, "page": "table", "back": "risk=1"}, follow=True)
    assert refused.redirect_chain == [("/plan/table?risk=1", 302)] and "lacks a skill" in refused.content.decode()
    assert (where(first), where(second)) == before
    assert desk.post("/plan/move", {"visit": [first.pk, second.pk]}, headers=JSON).json()["said"].startswith("2 visits taken back")


def test_two_visits_swap_their_places() -> None:
    ewa, adam, desk = on_shift("Ewa"), on_shift("Adam"), at_desk()
    first, second = promised(), promised()
    given(first, ewa)
    given(second, adam)
    found = desk.get("/plan/what-if", {"visit": first.pk, "swap": second.pk, "day": ten().date().isoformat()}).json()
    assert found["ok"] and found["title"] == "Adam, 10:00–11:00"
    assert desk.post("/plan/swap", {"visit": [first.pk, second.pk]}, headers=JSON).status_code == 200
    assert (where(first), where(second)) == ((adam.pk, ten()), (ewa.pk, ten()))
    desk.post("/plan/undo")
    assert (where(first), where(second)) == ((ewa.pk, ten()), (adam.pk, ten()))
    assert desk.post("/plan/swap", {"visit": [first.pk]}, headers=JSON).status_code == 422
    waiting = promised()
    alone = desk.post("/plan/swap", {"visit": [first.pk, waiting.pk]}, headers=JSON)
    assert alone.status_code == 422 and "Only two visits that somebody does" in alone.json()["detail"]


def test_pins_are_set_shown_and_taken_away() -> None:
    ewa, visit, waiting, desk = on_shift("Ewa"), promised(), promised(), at_desk()
    given(visit, ewa)
    assert desk.post("/plan/pin", {"visit": visit.pk}, headers=JSON).json()["said"] == "1 visit pinned."
    assert data_of(desk)["rows"][0]["bars"][0]["pinned"] and "Unpin" in desk.get(f"/plan/visits/{visit.pk}/").content.decode()
    assert desk.post("/plan/pin", {"visit": visit.pk, "free": "1"}, headers=JSON).json()["said"] == "1 visit unpinned."
    assert not data_of(desk)["rows"][0]["bars"][0]["pinned"]
    assert desk.post("/plan/pin", {"visit": waiting.pk}).status_code == 409


def test_plain_form_shows_consequences_moves_and_tells_a_refusal() -> None:
    ewa, visit, other, desk = on_shift("Ewa"), promised(), promised(), at_desk()
    given(other, ewa)
    path, day = f"/plan/visits/{visit.pk}/", ten().date().isoformat()
    form = {"visit": str(visit.pk), "technician": str(ewa.pk), "day": day}
    asked = desk.get(path, {"technician": ewa.pk, "time": "11:00", "day": day, "ask": "1"}).content.decode()
    assert "Ewa, 11:00–12:00: no more driving" in asked
    refused = desk.post("/plan/move", {**form, "time": "07:30"})
    assert refused.status_code == 422 and "does not work at that time" in refused.content.decode()
    moved = desk.post(
        "/plan/move", {"visit": visit.pk, "technician": ewa.pk, "time": "11:00", "day": day, "back": f"day={day}", "page": "table"}
    )
    assert moved.headers["Location"] == f"/plan/table?day={day}" and where(visit) == (ewa.pk, ten() + timedelta(hours=1))
    page = desk.get(path).content.decode()
    assert "15 min earlier" in page and f'<option value="{other.pk}">' in page
    for wrong in (
        {"visit": visit.pk, "technician": ewa.pk, "time": "25:00", "day": day},
        {"visit": visit.pk, "technician": ewa.pk, "at": "soon"},
    ):
        assert desk.post("/plan/move", wrong).status_code == 422
    assert desk.post("/plan/move", {"technician": ewa.pk}).status_code == 422


def test_colleagues_see_who_looks_at_what_until_the_console_closes() -> None:
    visit, desk, other, day = promised(), at_desk(), at_desk("Olga Nowak"), ten().date().isoformat()
    assert other.post("/plan/here", {"console": "abc", "day": day, "visit": visit.pk}).status_code == 204
    assert data_of(desk)["onlookers"] == [{"initials": "ON", "name": "Olga Nowak"}]
    assert data_of(desk)["tray"][0]["watched"] == ["ON"]
    assert data_of(other)["onlookers"] == [] and data_of(desk, day="2031-01-01")["onlookers"] == []
    assert other.post("/plan/here", {"console": "abc", "left": "1"}).status_code == 204
    assert data_of(desk)["onlookers"] == [] and other.post("/plan/here", {}).status_code == 422


def test_console_that_is_silent_is_forgotten(django_capture_on_commit_callbacks: Any) -> None:
    now, day = clock.now(), ten().date()
    watcher = actor_for(add_user(actor=SYSTEM, now=now, email="w@example.com", name="Wanda", roles=["dispatcher"]))
    look_at_plan("one", day, None, actor=watcher, now=now)
    look_at_plan("one", day, None, actor=watcher, now=now + timedelta(seconds=5))
    assert [one.name for one in onlookers_of(SYSTEM, day, now=now + timedelta(seconds=30))] == ["Wanda"]
    assert onlookers_of(SYSTEM, day, now=now + timedelta(minutes=2)) == []
    look_at_plan("two", day, None, actor=watcher, now=now + timedelta(seconds=40))
    for seconds, told in ((45, 0), (65, 1), (85, 0), (200, 1)):
        with django_capture_on_commit_callbacks() as hints:
            look_at_plan("two", day, None, actor=watcher, now=now + timedelta(seconds=seconds))
        assert len(hints) == told, "colleagues' pages are told once that a console has fallen silent, or speaks again"
    assert list(Onlooker.objects.values_list("console", flat=True)) == ["two"]
    leave_plan("one", actor=watcher)
    leave_plan("two", actor=watcher)
    assert not Onlooker.objects.exists() and User.objects.filter(name="Wanda").exists()
