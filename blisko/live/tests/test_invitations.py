"""The customer is asked to choose the first time himself: until he has, nothing is promised and nobody plans for it (O1, O5, F1)."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.accounts.services import add_user
from blisko.customers.models import TimelineEntry
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.models import Technician
from blisko.field.services import add_shift
from blisko.field.tests.make import a_technician
from blisko.kit.tests.work import do_jobs
from blisko.live.jobs import look_at_invitations
from blisko.live.queries.link import opened_by_link
from blisko.live.rules.stages import Stage
from blisko.live.services.app_links import issue_app_links
from blisko.live.services.links import link_for
from blisko.messaging.models import Delivery
from blisko.planning.models import SavedTrip
from blisko.planning.queries import assignment_of
from blisko.planning.queries.problems import EVERYBODY, world_of
from blisko.planning.queries.standing import forget_standing
from blisko.visits.models import Visit
from blisko.visits.queries import invited, visits_between
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import cancel_visit, invite_customer, move_visit
from blisko.visits.tests.make import a_job_type, a_visit

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_that_time(settings: Settings) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    forget_standing()


def an_invitation(**more: Any) -> Visit:
    a_job_type()
    wanted = {"site_id": a_site(NOW, a_customer(NOW, language="en")).pk, "job_type": "fibre-repair", "choose_until": NOW + 7 * DAY, **more}
    visit = invite_customer(actor=SYSTEM, now=NOW, **wanted)
    do_jobs()
    return visit


def somebody_works() -> Technician:
    technician, begins = a_technician(NOW, shift=False), NOW.replace(hour=7, minute=0) + 2 * DAY
    add_shift(technician.pk, starts_at=begins, ends_at=begins + timedelta(hours=8), actor=SYSTEM, now=NOW)
    return technician


def path_of(visit: Visit) -> str:
    return f"/v/{reveal_token(link_for(visit.pk, now=NOW).pk)}"


def codes_about(visit: Visit) -> list[str]:
    return list(Delivery.objects.filter(about=f"visit:{visit.pk}", channel="sms").order_by("pk").values_list("code", flat=True))


def dispatcher() -> Client:
    user = add_user(actor=SYSTEM, now=NOW, email="desk@example.com", name="Desk", roles=["dispatcher"])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_link_is_sent_and_the_first_time_chosen_on_it_is_the_promise() -> None:
    technician, visit = somebody_works(), an_invitation(description="No signal.")
    path = path_of(visit)
    assert codes_about(visit) == ["visit_invited"]
    assert opened_by_link(path[3:], now=NOW).stage == Stage.INVITED
    page = Client().get(f"{path}/move").content.decode()
    wanted = re.search(r'name="window" value="([^"]+)"', page)
    assert wanted is not None and "When may we come?" in page and "Until now" not in page
    Client().post(f"{path}/choose", {"window": wanted[1]})
    assert "The time you have chosen" in Client().get(path).content.decode()
    for _ in range(2):  # a second tap changes nothing
        Client().post(f"{path}/confirm")
    do_jobs()
    booked = Visit.objects.get()
    assert (booked.state, booked.choose_until, booked.window_from) == ("booked", None, datetime.fromisoformat(wanted[1]))
    held = assignment_of(visit.pk)
    assert held is not None and held.technician_id == technician.pk
    assert codes_about(visit) == ["visit_invited", "visit_booked"]
    kinds = TimelineEntry.objects.filter(subject=f"visit:{visit.pk}").order_by("pk").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind in ("visit_invited", "visit_booked", "visit_moved")] == ["visit_invited", "visit_booked"]
    page = Client().get(path).content.decode()
    assert "Your visit is booked" in page and "Choose a time" not in page


def test_until_then_no_day_and_no_plan_knows_of_it() -> None:
    visit, booked = an_invitation(), a_visit(NOW, starts_in=DAY)
    assert list(visits_between(SYSTEM, NOW - DAY, NOW + 8 * DAY)) == [booked]
    assert list(invited(SYSTEM)) == [visit]
    assert visit.pk not in [job.visit_id for job in world_of(NOW.date(), EVERYBODY).jobs]


@pytest.mark.parametrize("by_link", [True, False])
def test_called_off_before_anything_was_promised_it_says_no_time_and_sends_nothing(by_link: bool) -> None:
    somebody_works()
    visit = an_invitation()
    path = path_of(visit)
    assert "not_home" not in Client().get(f"{path}/cancel").content.decode()
    if by_link:
        Client().post(f"{path}/cancel", {"reason": "fixed_itself"})
    else:
        cancel_visit(visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    do_jobs()
    visit.refresh_from_db()
    assert visit.state == VisitState.CANCELLED
    assert codes_about(visit) == ["visit_invited"]
    page = Client().get(path).content.decode()
    assert "The visit is cancelled" in page and "<time datetime=" not in page and "<s>" not in page
    assert Client().get(f"{path}/visit.json").json()["steps"] == [{"name": "cancelled", "state": "failed"}]
    assert "Book another visit" in page  # the link stays useful
    assert not SavedTrip.objects.exists()
    assert not visits_between(SYSTEM, NOW - DAY, NOW + 8 * DAY).exists()


def test_who_rings_instead_is_booked_by_the_desk() -> None:
    visit = an_invitation()
    desk = dispatcher()
    page = desk.get(f"/day/visits/{visit.pk}/").content.decode()
    assert "Book it for the customer" in page and "To be chosen" in page
    given = {"day": "2026-11-27", "window_start": "10:00", "window_end": "12:00"}
    assert desk.post(f"/day/visits/{visit.pk}/move/", given).status_code == 302
    do_jobs()
    visit.refresh_from_db()
    assert (visit.state, visit.window_from) == (VisitState.BOOKED, datetime(2026, 11, 27, 9, tzinfo=UTC))
    assert codes_about(visit) == ["visit_invited", "visit_booked"]
    move_visit(visit.pk, window_from=NOW + 5 * DAY, window_to=NOW + 5 * DAY + timedelta(hours=2), actor=SYSTEM, now=NOW)
    do_jobs()
    assert codes_about(visit)[-1] == "visit_moved"


def test_desk_invites_from_the_booking_page_and_sees_who_has_not_chosen() -> None:
    a_job_type()
    desk = dispatcher()
    newcomer = {"number": "K9", "name": "Anna Zielińska", "phone": "+48601100200", "street": "Polna 1", "city": "Blisków", "language": "pl"}
    window = {"day": "2026-11-26", "window_start": "10:00", "window_end": "12:00"}
    answer = desk.post("/day/book/", {**newcomer, **window, "job_type": "fibre-repair", "by_customer": "on"})
    assert answer.status_code == 302
    visit = Visit.objects.get()
    assert visit.state == VisitState.INVITED
    assert visit.choose_until == datetime(2026, 11, 26, 22, 59, tzinfo=UTC)
    do_jobs()
    assert codes_about(visit) == ["visit_invited"]
    page = desk.get("/day/").content.decode()
    assert "Customers asked to choose a time" in page and "has not chosen in time" not in page
    Visit.objects.update(choose_until=NOW - DAY)
    assert "1 has not chosen in time" in desk.get("/day/").content.decode()
    past = desk.post("/day/book/", {**newcomer, **window, "day": "2026-11-20", "job_type": "fibre-repair", "by_customer": "on"})
    assert past.status_code == 422 and 'id="id_day_error"' in past.content.decode()


def test_program_invites_and_its_customer_s_next_visit_comes_before_what_is_to_be_chosen() -> None:
    a_job_type()
    token = a_program()
    site = a_site(NOW)
    body = {"site_id": site.pk, "job_type": "fibre-repair", "choose_until": (NOW + 3 * DAY).isoformat()}
    answer = Client().post(
        "/api/v1/visits/invitations", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["state"] == "invited" and made["choose_until"].startswith("2026-11-27")
    booked = a_visit(NOW, site, starts_in=5 * DAY)
    links = issue_app_links(site.customer_id, minutes=5, embeddable=False, actor=SYSTEM, now=NOW)
    assert [key.opens for key in links] == [f"visit:{booked.pk}", f"visit:{made['id']}"]


def a_program() -> str:
    scopes = ["visits.book", "visits.see_all", "customers.see"]
    return reveal_token(issue_api_key("portal", scopes, actor=SYSTEM, now=NOW).pk)


def test_choosing_after_the_last_day_still_books(settings: Settings) -> None:
    somebody_works()
    visit = an_invitation(choose_until=NOW + timedelta(hours=1))
    settings.BLISKO_CLOCK = f"{(NOW + DAY).isoformat()}@{time.time()}*1"
    path = path_of(visit)
    page = Client().get(path).content.decode()
    assert "Please choose by" not in page and f"{path}/move" in page
    wanted = re.search(r'name="window" value="([^"]+)"', Client().get(f"{path}/move").content.decode())
    assert wanted is not None
    Client().post(f"{path}/choose", {"window": wanted[1]})
    Client().post(f"{path}/confirm")
    visit.refresh_from_db()
    assert visit.state == VisitState.BOOKED


def test_who_has_not_chosen_is_reminded_once_in_the_middle_of_a_day_before_the_time_is_over(settings: Settings) -> None:
    def at(hours: float) -> None:
        settings.BLISKO_CLOCK = f"{(NOW + timedelta(hours=hours)).isoformat()}@{time.time()}*1"
        look_at_invitations(0)
        do_jobs()

    chosen, visit = an_invitation(choose_until=NOW + 3 * DAY), an_invitation(choose_until=NOW + 3 * DAY)
    move_visit(chosen.pk, window_from=NOW + DAY, window_to=NOW + 1.1 * DAY, actor=SYSTEM, now=NOW)
    at(30)
    assert codes_about(visit) == ["visit_invited"]  # there is time yet
    at(48 - 3)
    assert codes_about(visit) == ["visit_invited"]  # it is night
    for hours in (50, 51, 71):
        at(hours)
        assert codes_about(visit) == ["visit_invited", "visit_invited"]
    assert codes_about(chosen) == ["visit_invited", "visit_booked"]


def test_who_was_invited_shortly_before_is_not_reminded(settings: Settings) -> None:
    visit = an_invitation(choose_until=NOW + DAY)
    settings.BLISKO_CLOCK = f"{(NOW + timedelta(hours=2)).isoformat()}@{time.time()}*1"
    look_at_invitations(0)
    do_jobs()
    assert codes_about(visit) == ["visit_invited"]
