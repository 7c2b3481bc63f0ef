"""The figures, counted by hand over a small week, and the pages that show them."""

import csv
import io
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.services import add_user
from blisko.accounts.tests.make import an_actor
from blisko.field.models import Team
from blisko.kit.tests.work import do_jobs
from blisko.live.services.openings import note_opening
from blisko.live.tests.make import LinkStory, a_link
from blisko.planning.models import SlotHold
from blisko.reports.errors import BadPeriod
from blisko.reports.queries import Asked, behind_figure, figures
from blisko.reports.rules import Counts, Figure, Group, check_period, mean_score, share_of
from blisko.visits.rules import CancelReason
from blisko.visits.services import arrive, cancel_visit, confirm_service, finish, invite_customer, rate_visit, report_no_access, set_out

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
TODAY = NOW.date()
MANAGER = an_actor("manager")
WEEK = Asked(TODAY - timedelta(days=6), TODAY)
db = pytest.mark.django_db


def begun(name: str) -> LinkStory:
    story = a_link(NOW, name=name)
    do_jobs()
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW)
    arrive(story.visit.pk, actor=story.technician_actor(), now=NOW)
    return story


def done(name: str, *, works: bool | None = None, stars: int | None = None) -> LinkStory:
    story = begun(name)
    finish(story.visit.pk, actor=story.technician_actor(), now=NOW)
    if works is not None:
        confirm_service(story.visit.pk, works, asked="?", language="en", actor=story.link_actor(NOW), now=NOW)
    if stars is not None:
        rate_visit(story.visit.pk, stars, actor=story.link_actor(NOW), now=NOW, comment="")
    return story


@pytest.fixture
def week(settings: Settings) -> dict[str, LinkStory]:
    """Eight visits of today: three done, two answers, one nobody at home, one called off at the door, one in time, two to come."""
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    stories = {
        "yes": done("Ada A", works=True, stars=5),
        "no": done("Bea B", works=False, stars=2),
        "silent": done("Cyd C"),
        "absent": begun("Dan D"),
        "door": begun("Eva E"),
        "cancelled": a_link(NOW, name="Fay F"),
        "moved": a_link(NOW, name="Gus G"),
        "other day": a_link(NOW, name="Hal H", starts_in=timedelta(days=9)),
    }
    do_jobs(at_most=1000)
    report_no_access(stories["absent"].visit.pk, actor=stories["absent"].technician_actor(), now=NOW)
    cancel_visit(stories["door"].visit.pk, actor=stories["door"].link_actor(NOW), now=NOW, reason=CancelReason.NOT_NEEDED)
    cancel_visit(stories["cancelled"].visit.pk, actor=stories["cancelled"].link_actor(NOW), now=NOW, reason=CancelReason.FIXED_ITSELF)
    place = stories["moved"].visit.order.site_id
    invite_customer(actor=SYSTEM, now=NOW, site_id=place, job_type="fibre-repair", choose_until=NOW + timedelta(days=5))  # counts nowhere
    do_jobs(at_most=1000)
    moved = stories["moved"]
    SlotHold.objects.create(
        visit=moved.visit,
        purpose="move",
        state="confirmed",
        technician=moved.technician,
        day=TODAY,
        window_from=moved.visit.window_from,
        window_to=moved.visit.window_to,
        made_at=NOW,
        until=NOW,
        by="key:1",
    )
    for name in ("yes", "no", "moved"):
        note_opening(stories[name].token, now=NOW)
    team = Team.objects.create(code="north", name="North")
    stories["yes"].technician.team = team
    stories["yes"].technician.save()
    return stories


@db
def test_figures_are_what_one_counts_by_hand(week: dict[str, LinkStory]) -> None:
    [line] = figures(MANAGER, WEEK, Group.DAY)
    assert line.name == "2026-11-24"
    found = line.counts
    assert (found.visits, found.told, found.opened) == (7, 7, 3)
    assert (found.done, found.answered, found.works, found.rated, found.score) == (3, 2, 1, 2, 7)
    assert (found.attended, found.no_access, found.at_the_door) == (5, 1, 1)
    assert (found.moves, found.moved) == (1, 1)
    assert found.saved == 1
    assert found.saved_metres > 0 or found.saved_seconds >= 0


@db
def test_each_figure_opens_exactly_the_visits_it_counts(week: dict[str, LinkStory]) -> None:
    expected = {
        Figure.OPENED: ({"yes", "no", "moved"}, {"silent", "absent", "door", "cancelled"}),
        Figure.WORKS: ({"yes"}, {"no", "silent"}),
        Figure.RESPONSE: ({"yes", "no"}, {"silent"}),
        Figure.SCORE: ({"yes", "no"}, None),
        Figure.SAVED: ({"cancelled"}, None),
        Figure.NO_ACCESS: ({"absent"}, None),
        Figure.AT_THE_DOOR: ({"door"}, None),
        Figure.MOVES: ({"moved"}, None),
    }
    names = {story.visit.pk: name for name, story in week.items()}
    assert set(expected) == set(Figure)
    for figure, (part, rest) in expected.items():
        assert {names[one.visit_id] for one in behind_figure(MANAGER, WEEK, figure)} == part, figure
        if rest is not None:
            assert {names[one.visit_id] for one in behind_figure(MANAGER, WEEK, figure, missing=True)} == rest, figure


@db
def test_figures_are_narrowed_and_grouped(week: dict[str, LinkStory]) -> None:
    north = Team.objects.get().pk
    by_team = {line.name: line.counts.visits for line in figures(MANAGER, WEEK, Group.TEAM)}
    assert by_team == {"North": 1, "–": 6}
    assert [line.name for line in figures(MANAGER, WEEK, Group.JOB_TYPE)] == ["Fibre repair"]
    counted = [figures(MANAGER, Asked(WEEK.first, WEEK.last, team, job), Group.DAY) for team, job in ((north, ""), (0, ""), (None, "none"))]
    assert [sum(line.counts.visits for line in lines) for lines in counted] == [1, 6, 0]


@db
def test_only_whoever_may_sees_figures(week: dict[str, LinkStory]) -> None:
    for actor in (an_actor("dispatcher"), an_actor("technician")):
        with pytest.raises(Forbidden):
            figures(actor, WEEK, Group.DAY)
        with pytest.raises(Forbidden):
            behind_figure(actor, WEEK, Figure.OPENED)
    assert Client().get("/figures/").status_code == 302
    assert signed_in("dispatcher").get("/figures/").status_code == 403


def signed_in(role: str) -> Client:
    user = add_user(actor=SYSTEM, now=NOW, email=f"{role}@example.com", name="Maria", roles=[role])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@db
def test_page_shows_values_references_and_formulas(week: dict[str, LinkStory]) -> None:
    page = signed_in("manager").get("/figures/").text
    for words in ("42.9 %", "3 / 7", "reference 75 %", "33.3 %", "reference 50 %", "3.50", "Previews by robots do not count", "2026-11-24"):
        assert words in page, words
    assert 'style="' not in page


@db
@pytest.mark.parametrize(("language", "words"), [("pl", "Link otwarty"), ("hu", "Megnyitott link")])
def test_page_speaks_the_readers_language(week: dict[str, LinkStory], language: str, words: str) -> None:
    assert words in signed_in("manager").get("/figures/", headers={"accept-language": language}).text


@db
def test_lists_and_sheets_hold_the_same_visits(week: dict[str, LinkStory]) -> None:
    manager = signed_in("manager")
    for figure in Figure:
        page = manager.get(f"/figures/{figure}/")
        assert page.status_code == 200
        rows = list(csv.reader(io.StringIO(manager.get(f"/figures/{figure}/sheet.csv").text.removeprefix("\ufeff"))))
        for row in rows[1:]:
            assert row[0] in page.text
        assert len(rows) - 1 == len(behind_figure(MANAGER, WEEK, figure))
    table = list(csv.reader(io.StringIO(manager.get("/figures/sheet.csv").text.removeprefix("\ufeff"))))
    assert table[1][:3] == ["2026-11-24", "7", "42.9"]
    assert week["silent"].visit.number in manager.get("/figures/works/?missing=1").text
    assert manager.get("/figures/burnt/").status_code == 404


@db
def test_empty_and_wrong_periods_are_told(week: dict[str, LinkStory]) -> None:
    manager = signed_in("manager")
    assert "No visits on these days" in manager.get("/figures/?first=2020-01-01&last=2020-01-02").text
    for query in ("first=2026-11-24&last=2026-11-01", "first=2020-01-01&last=2026-11-01", "first=soon", "team=999", "group=moon"):
        assert manager.get(f"/figures/?{query}").status_code == 422
        assert manager.get(f"/figures/opened/?{query}").status_code == 422


def test_period_is_92_days_at_most() -> None:
    check_period(TODAY, TODAY)
    check_period(TODAY, TODAY + timedelta(days=91))
    for last in (TODAY - timedelta(days=1), TODAY + timedelta(days=92)):
        with pytest.raises(BadPeriod):
            check_period(TODAY, last)


@given(st.builds(Counts, **{name: st.integers(0, 50) for name in Counts.__dataclass_fields__}))
def test_shares_know_when_there_is_nothing_to_divide(counts: Counts) -> None:
    assert (share_of(Figure.OPENED, counts) is None) == (counts.told == 0)
    assert (mean_score(counts) is None) == (counts.rated == 0)
    assert share_of(Figure.SCORE, counts) is None
    assert counts + Counts() == counts
