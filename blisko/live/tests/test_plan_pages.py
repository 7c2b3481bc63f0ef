"""The pages about the plan over HTTP: alerts, proposals, versions, runs and patterns (F15, F17)."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from blisko.access.rules import SYSTEM
from blisko.accounts.services import add_user
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.models import Region, Technician
from blisko.field.services import add_shift
from blisko.field.tests.make import a_technician
from blisko.kit import clock
from blisko.planning.models import PlanRun, PlanVersion, Proposal, RiskAlert, Told
from blisko.planning.queries import assignment_of
from blisko.planning.rules.alerts import AlertState, CauseCode
from blisko.planning.rules.lines import Change, Line, packed
from blisko.planning.rules.repairs import RepairKind
from blisko.planning.rules.runs import ProposalState, RunState
from blisko.planning.rules.ways_out import WayOut
from blisko.planning.services import assign_visit, start_plan_run
from blisko.visits.models import Visit
from blisko.visits.services import arrive, book_visit, finish, set_out
from blisko.visits.tests.make import a_job_type

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def nine_in_the_morning(settings: Settings) -> None:
    """Let no test run across midnight."""
    settings.BLISKO_CLOCK = f"2026-11-25T09:00:00+01:00@{time.time()}*1"


def ten() -> datetime:
    """Answer ten o'clock of today."""
    return timezone.localtime(clock.now()).replace(hour=10, minute=0, second=0, microsecond=0)


def today() -> str:
    return ten().date().isoformat()


def at_desk(role: str = "dispatcher", name: str = "Danuta") -> Client:
    user = add_user(actor=SYSTEM, now=clock.now(), email=f"{name}@example.com", name=name, roles=[role])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def on_shift(name: str, **more: Any) -> Technician:
    one = a_technician(clock.now(), name=name, shift=False, **more)
    add_shift(one.pk, starts_at=ten() - 2 * HOUR, ends_at=ten() + 6 * HOUR, actor=SYSTEM, now=clock.now())
    return one


def promised(hours: float = 0, *, customer: str = "Zofia Wiśniewska") -> Visit:
    now, start = clock.now(), ten() + hours * HOUR
    a_job_type()
    site = a_site(now, a_customer(now, name=customer))
    return book_visit(actor=SYSTEM, now=now, site_id=site.pk, job_type="fibre-repair", window_from=start, window_to=start + 2 * HOUR)


def given(visit: Visit, technician: Technician, hours: float = 0) -> None:
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=clock.now(), starts_at=ten() + hours * HOUR)


def in_danger(visit: Visit, technician: Technician, *ways: WayOut, probability: float = 0.72) -> RiskAlert:
    now = clock.now()
    return RiskAlert.objects.create(
        visit=visit, technician=technician, probability=probability, expected_at=ten() + 3 * HOUR, cause=CauseCode.BEHIND,
        cause_minutes=25, repairs=[way.as_json() for way in ways], opened_at=now, seen_at=now, repairs_at=now, repairs_for=probability,
    )  # fmt: skip


def page(desk: Client, path: str, **asked: object) -> str:
    answer = desk.get(path, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_alert_says_which_visit_why_how_likely_and_what_each_way_out_costs() -> None:
    ewa, adam, desk = on_shift("Ewa"), on_shift("Adam"), at_desk()
    visit, other = promised(), promised(2, customer="Piotr Lis")
    given(visit, ewa)
    in_danger(
        visit, ewa,
        WayOut(RepairKind.MOVE, visit.pk, adam.pk, None, None, 12, 0, 1),
        WayOut(RepairKind.REORDER, visit.pk, ewa.pk, other.pk, None, -3, 1, 0),
        WayOut(RepairKind.SWAP, visit.pk, adam.pk, None, other.pk, 0, 0, 2),
    )  # fmt: skip
    said = page(desk, "/plan/alerts/")
    assert "Zofia Wiśniewska" in said and "72 % likely to be late" in said and "The technician is 25 min behind the plan." in said
    assert "Give it to Adam, as the last visit." in said and "+12 min of driving" in said and "1 customer to be told" in said
    assert "Ewa goes there before Piotr Lis." in said and "−3 min of driving" in said and "1 promise broken" in said
    assert "Swap with Piotr Lis: Adam goes there instead." in said and "2 customers to be told" in said
    assert said.count('name="index"') == 3 and "No promise is in danger" not in said


def test_other_ways_out_have_their_words_and_none_says_so() -> None:
    ewa, desk = on_shift("Ewa"), at_desk()
    visit, other, lone = promised(), promised(2, customer="Piotr Lis"), promised()
    in_danger(
        visit, ewa,
        WayOut(RepairKind.MOVE, visit.pk, ewa.pk, other.pk, None, 0, 0, 0),
        WayOut(RepairKind.REORDER, visit.pk, ewa.pk, None, None, 0, 0, 0),
    )  # fmt: skip
    in_danger(lone, ewa)
    said = page(desk, "/plan/alerts/")
    assert "Give it to Ewa, before Piotr Lis." in said and "Ewa goes there last." in said
    assert "We found no way out that keeps the promise." in said


def test_one_tap_applies_a_way_out_and_the_list_is_empty_again() -> None:
    ewa, adam, visit, desk = on_shift("Ewa"), on_shift("Adam"), promised(), at_desk()
    given(visit, ewa)
    alert = in_danger(visit, ewa, WayOut(RepairKind.MOVE, visit.pk, adam.pk, None, None, 0, 0, 0))
    assert ">1<" in page(desk, "/plan/")  # the badge
    done = desk.post(f"/plan/alerts/{alert.pk}/repair", {"index": "0"}, follow=True)
    made = assignment_of(visit.pk)
    assert done.redirect_chain == [("/plan/alerts/", 302)] and made and made.technician_id == adam.pk
    alert.refresh_from_db()
    assert alert.state == AlertState.APPLIED and "No promise is in danger" in done.content.decode()
    late = desk.post(f"/plan/alerts/{alert.pk}/repair", {"index": "0"})
    assert late.status_code == 409 and 'role="alert"' in late.content.decode()


def test_refused_way_out_is_told_at_its_alert_and_the_plan_stays() -> None:
    ewa, unskilled, visit, desk = on_shift("Ewa"), on_shift("Adam", skills=()), promised(), at_desk()
    given(visit, ewa)
    alert = in_danger(visit, ewa, WayOut(RepairKind.MOVE, visit.pk, unskilled.pk, None, None, 0, 0, 0))
    refused = desk.post(f"/plan/alerts/{alert.pk}/repair", {"index": "0"})
    said = refused.content.decode()
    assert refused.status_code == 422 and "lacks a skill" in said.split(f'id="alert-{alert.pk}"')[1]
    assert (made := assignment_of(visit.pk)) and made.technician_id == ewa.pk
    gone = desk.post(f"/plan/alerts/{alert.pk}/repair", {"index": "7"})
    assert gone.status_code == 422 and "This way out is no longer there." in gone.content.decode()
    assert desk.post(f"/plan/alerts/{alert.pk}/repair", {"index": "first"}).status_code == 422
    assert desk.post("/plan/alerts/999999/take").status_code == 404 and desk.get(f"/plan/alerts/{alert.pk}/repair").status_code == 405


def test_alert_is_taken_by_name_and_ignored() -> None:
    ewa, visit, desk = on_shift("Ewa"), promised(), at_desk()
    alert = in_danger(visit, ewa)
    RiskAlert.objects.filter(pk=alert.pk).update(state=AlertState.ESCALATED)
    assert "nobody looks after it" in page(desk, "/plan/alerts/")
    assert "Danuta looks after it" in desk.post(f"/plan/alerts/{alert.pk}/take", follow=True).content.decode()
    assert "count-warn" not in page(desk, "/plan/pages", page="alerts")
    assert "No promise is in danger" in desk.post(f"/plan/alerts/{alert.pk}/ignore", follow=True).content.decode()


def a_proposal(visit: Visit, technician: Technician, hours: float = 0) -> Proposal:
    line = Line(technician.pk, ten() + hours * HOUR, ten() + (hours + 1) * HOUR)
    terms = {"left_out": 1, "late": 0, "driven": 10, "overtime": 0, "told_again": 0, "points": 612.4}
    return Proposal.objects.create(
        day=ten().date(), made_at=clock.now(), before=terms, after=terms | {"left_out": 0, "driven": 14, "points": 14.0},
        changes=packed([Change(visit.pk, 1, None, line)]),
    )  # fmt: skip


def test_proposal_shows_what_it_moves_and_waits_for_a_word() -> None:
    ewa, visit, desk = on_shift("Ewa"), promised(), at_desk()
    first = a_proposal(visit, ewa)
    said = page(desk, "/plan/alerts/")
    assert "A repair is proposed" in said and "Visits left out" in said and "−598" in said and "+4" in said and "Ewa" in said
    assert desk.post(f"/plan/proposals/{first.pk}/take", follow=True).redirect_chain == [("/plan/alerts/", 302)]
    assert (made := assignment_of(visit.pk)) and made.technician_id == ewa.pk
    again = desk.post(f"/plan/proposals/{first.pk}/take")
    assert again.status_code == 409
    second = a_proposal(visit, ewa, 1)
    outdated = desk.post(f"/plan/proposals/{second.pk}/take")
    assert outdated.status_code == 409
    assert "Somebody has changed this day meanwhile." in outdated.content.decode().split(f'id="proposal-{second.pk}"')[1]
    desk.post(f"/plan/proposals/{second.pk}/dismiss")
    assert Proposal.objects.get(pk=second.pk).state == ProposalState.DISMISSED


def test_versions_are_listed_and_any_two_compared() -> None:
    ewa, adam, visit, desk = on_shift("Ewa"), on_shift("Adam"), promised(), at_desk()
    assert "Nothing has been planned on this day" in page(desk, "/plan/versions/")
    given(visit, ewa)
    now = clock.now()
    Told.objects.create(visit=visit, technician=ewa, told_from=ten(), told_to=ten() + HOUR, at=now, key="one")
    desk.post("/plan/move", {"visit": visit.pk, "technician": adam.pk, "at": (ten() + HOUR).isoformat()})
    first, last = PlanVersion.objects.order_by("pk")
    said = page(desk, "/plan/versions/", day=today(), a=first.pk, b=last.pk)
    assert f"From version {first.pk} to version {last.pk}" in said and "1 customer has to be told:" in said and "Zofia Wiśniewska" in said
    assert "Danuta" in said and "Moved by hand" in said and "Given to somebody" in said and "The costs were not counted" in said
    difference = said.split('id="difference"')[1].split("</section>")[0]
    assert difference.index("Ewa") < difference.index("10:00") < difference.index("Adam") < difference.index("12:00")
    back = page(desk, "/plan/versions/", day=today(), a=last.pk, b=first.pk).split('id="difference"')[1].split("</section>")[0]
    assert back.index("Adam") < back.index("Ewa") and "No customer has to be told." in back
    same = page(desk, "/plan/versions/", a=last.pk, b=last.pk)
    assert "No visit moves." in same
    alone = page(desk, "/plan/versions/", day=today(), version=first.pk)
    assert f"What version {first.pk} changed" in alone
    for wrong in ({"a": first.pk, "b": 999999}, {"version": "x"}):
        assert desk.get("/plan/versions/", wrong).status_code == 404


def test_day_goes_back_to_an_earlier_version_once_it_was_seen_what_that_changes() -> None:
    ewa, adam, desk = on_shift("Ewa"), on_shift("Adam"), at_desk()
    visit, begun = promised(), promised(2, customer="Piotr Lis")
    given(visit, ewa)
    given(begun, ewa, 2)
    good = PlanVersion.objects.latest("pk")
    given(visit, adam)
    given(begun, adam, 2)
    newest = PlanVersion.objects.latest("pk")
    set_out(begun.pk, actor=SYSTEM, now=clock.now())
    assert f"back={good.pk}" in page(desk, "/plan/versions/") and f"back={newest.pk}" not in page(desk, "/plan/versions/")
    shown = page(desk, "/plan/versions/", back=good.pk).split('id="back"')[1].split("</section>")[0]
    assert "Zofia Wiśniewska" in shown and "has begun" in shown and f"Go back to version {good.pk}" in shown
    asked = {"day": today(), "back": good.pk, "seen": newest.pk}
    assert desk.post("/plan/versions/restore", asked | {"seen": good.pk}).status_code == 409
    assert "Somebody has changed this day" in desk.post("/plan/versions/restore", asked | {"seen": good.pk}).content.decode()
    assert desk.post("/plan/versions/restore", asked).status_code == 302
    made = assignment_of(visit.pk)
    assert made is not None and made.technician_id == ewa.pk
    said = page(desk, "/plan/versions/", day=today())
    assert "Went back" in said and f"to version {good.pk}" in said and f"The plan has gone back to version {good.pk}." in said
    assert "Nothing would change." in page(desk, "/plan/versions/", back=PlanVersion.objects.latest("pk").pk)
    assert desk.get("/plan/versions/", {"back": "x"}).status_code == 404
    assert at_desk("agent", "Agata").post("/plan/versions/restore", asked).status_code == 403


def test_costs_are_compared_where_both_versions_counted_them() -> None:
    desk, terms = at_desk(), {"left_out": 2, "late": 1, "driven": 90, "overtime": 0, "told_again": 0, "points": 2400.0}
    better = terms | {"left_out": 0, "driven": 101, "points": 101.0}
    for before, after in ((terms, terms), (terms, better)):
        PlanVersion.objects.create(
            day=ten().date(), why="nightly", made_at=clock.now(), made_by="system", before=before, after=after, estimated=True
        )
    first, last = PlanVersion.objects.order_by("pk")
    said = page(desk, "/plan/versions/", a=first.pk, b=last.pk)
    assert "Visits left out" in said and "−2" in said and "+11" in said and "−2299" in said and "estimated ways" in said


def test_run_is_started_for_a_day_and_region_watched_and_stopped() -> None:
    desk = at_desk()
    Region.objects.create(code="north", name="North")
    assert "Nothing has been planned yet" in page(desk, "/plan/runs/")
    started = desk.post("/plan/runs/start", {"day": today(), "region": "north", "seconds": "5"}, follow=True)
    run = PlanRun.objects.get()
    assert started.redirect_chain == [("/plan/runs/", 302)] and (run.region, run.seconds, run.state) == ("north", 5, RunState.WAITING)
    assert "North" in started.content.decode() and "Danuta" in started.content.decode()
    again = desk.post("/plan/runs/start", {"day": today(), "region": "north", "seconds": ""})
    assert again.status_code == 422 and "This day is being planned already." in again.content.decode()
    over = desk.post("/plan/runs/start", {"day": "2026-11-01", "region": ""})
    assert over.status_code == 422 and "This day is over." in over.content.decode()
    assert desk.post("/plan/runs/start", {"day": "soon", "region": "south"}).status_code == 422
    PlanRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, progress=40)
    assert 'value="40"' in page(desk, "/plan/runs/") and "being planned" in page(desk, "/plan/runs/")
    assert "stopped" in desk.post(f"/plan/runs/{run.pk}/cancel", follow=True).content.decode()
    late = desk.post(f"/plan/runs/{run.pk}/cancel")
    assert late.status_code == 409 and 'role="alert"' in late.content.decode()


def test_finished_run_leads_to_what_it_changed() -> None:
    desk = at_desk()
    run = start_plan_run(ten().date(), actor=SYSTEM, now=clock.now(), queued=False)
    version = PlanVersion.objects.create(day=run.day, why="nightly", made_at=clock.now(), made_by="system", estimated=True)
    PlanRun.objects.filter(pk=run.pk).update(state=RunState.DONE, progress=100, version=version)
    said = page(desk, "/plan/runs/")
    assert f"/plan/versions/?day={today()}&amp;version={version.pk}" in said and "estimated ways" in said
    PlanRun.objects.filter(pk=run.pk).update(version=None)
    assert "Nothing had to change." in page(desk, "/plan/runs/")


@pytest.mark.parametrize("path", ["/plan/", "/plan/table", "/plan/alerts/", "/plan/versions/", "/plan/runs/"])
def test_estimate_is_never_taken_for_a_road(path: str) -> None:
    said = page(at_desk(), path)
    assert "Ways are our own estimates: straight lines with a usual detour, no real roads." in said and ">estimate<" in said


def worked_on(technician: Technician, hours: float) -> None:
    """A visit of one hour that took `hours`."""
    now = clock.now()
    visit = promised(2)
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=now, starts_at=ten() + 2 * HOUR)
    set_out(visit.pk, actor=SYSTEM, now=now - 12 * HOUR)
    arrive(visit.pk, actor=SYSTEM, now=now - 11 * HOUR)
    finish(visit.pk, actor=SYSTEM, now=now - 11 * HOUR + hours * HOUR)


def test_patterns_name_what_runs_over_and_what_to_change() -> None:
    desk = at_desk("manager", "Marek")
    assert "No pattern yet" in page(desk, "/plan/patterns/")
    for n in range(10):
        worked_on(on_shift(f"Ewa {n}"), 2)
    said = page(desk, "/plan/patterns/", days="30")
    assert "runs over" in said and "10 / 10" in said and "100 %" in said and "72–100 %" in said and "Plan 60 min more." in said
    assert "Ewa" not in said.split('id="main"')[1]
    assert 'aria-current="page">last 30 days' in said and 'aria-current="page">last 90 days' in page(desk, "/plan/patterns/", days="x")


def test_stranger_sees_no_page_and_each_is_linked_for_who_may() -> None:
    desk, agent = at_desk(), at_desk("agent", "Agata")
    for path in ("/plan/alerts/", "/plan/versions/", "/plan/runs/", "/plan/patterns/", "/plan/pages"):
        assert Client().get(path).headers["Location"].startswith("/accounts/login/")
        assert agent.get(path).status_code == 403
    said = page(desk, "/plan/")
    for path in ("/plan/alerts/", "/plan/versions/", "/plan/runs/"):
        assert f'href="{path}' in said
    assert "/plan/patterns/" not in said and desk.get("/plan/patterns/").status_code == 403


@pytest.mark.parametrize(("language", "words"), [("pl", "Żadna obietnica nie jest zagrożona"), ("hu", "Egyetlen ígéret sincs veszélyben")])
def test_pages_speak_the_readers_language(language: str, words: str) -> None:
    desk = at_desk()
    desk.cookies["django_language"] = language
    assert words in page(desk, "/plan/alerts/")
