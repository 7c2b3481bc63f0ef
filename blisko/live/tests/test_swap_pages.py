"""A technician hands a visit over on his telephone, and a dispatcher says yes; sick leave in one tap (F14)."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.field.models import Shift, Technician
from blisko.kit import clock
from blisko.kit.tests.work import do_jobs
from blisko.live.templatetags.live import swap_promises
from blisko.messaging.models import Delivery
from blisko.planning.models import SickLeave, SwapAsked, SwapOffer
from blisko.planning.queries import assignment_of, planning_rules
from blisko.planning.rules.swaps import SwapState
from blisko.planning.services import assign_visit, unassign_visit
from blisko.planning.tests.make import HOUR, a_visit_at, a_worker
from blisko.visits.models import Visit

pytestmark = pytest.mark.django_db
SECRET = "a long enough secret"


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.BLISKO_CLOCK = f"2026-11-23T06:00:00+00:00@{time.time()}*1"


def phone_of(technician: Technician) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=technician.user_id))
    return client


def a_desk() -> Client:
    add_user(actor=SYSTEM, now=clock.now(), email="ewa@example.com", name="Ewa", roles=["dispatcher"], password=SECRET)
    client = Client()
    client.post("/accounts/login/", {"login": "ewa@example.com", "password": SECRET})
    return client


def a_pair() -> tuple[Technician, Technician, Visit]:
    now = clock.now().replace(microsecond=0)
    one, visit = a_worker(now), a_visit_at(now, starts=3)
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=now, starts_at=visit.window_from)
    return one, a_worker(now, north=0.15), visit


def test_offer_accept_and_approve_from_page_to_page() -> None:
    one, other, visit = a_pair()
    mine, theirs, desk = phone_of(one), phone_of(other), a_desk()
    assert f"/t/swaps/visits/{visit.pk}/" in mine.get(f"/t/visits/{visit.pk}/").content.decode()
    assert mine.get(f"/t/swaps/visits/{visit.pk}/").status_code == 200
    assert mine.post(f"/t/swaps/visits/{visit.pk}/", {"note": "My child is ill."}).status_code == 302
    offer = SwapOffer.objects.get()
    assert 'href="/t/swaps/"' in theirs.get("/t/").content.decode()
    page = theirs.get("/t/swaps/").content.decode()
    assert all(words in page for words in ("My child is ill.", "min driving, done by", "no promise broken"))
    assert visit.order.customer.name not in page
    assert theirs.post(f"/t/swaps/{offer.pk}/accept/").status_code == 302
    offer.refresh_from_db()
    assert offer.state == SwapState.ACCEPTED
    assert "min of driving" in desk.get("/plan/alerts/").content.decode()
    do_jobs()
    before = Delivery.objects.count()
    assert before > 0
    assert desk.post(f"/plan/swaps/{offer.pk}/approve").status_code == 302
    held = assignment_of(visit.pk)
    assert held is not None and held.technician_id == other.pk
    do_jobs()
    assert Delivery.objects.count() == before  # nobody was told a name or another window: nobody is written to
    assert theirs.get(f"/t/visits/{visit.pk}/").status_code == 200
    assert visit.order.customer.name not in mine.get(f"/t/visits/{visit.pk}/").content.decode()
    assert desk.post(f"/plan/swaps/{offer.pk}/approve").status_code == 409


def test_shift_goes_from_page_to_page_with_its_cost() -> None:
    one, other, visit = a_pair()
    mine, theirs, desk = phone_of(one), phone_of(other), a_desk()
    shift = Shift.objects.get(technician=one)
    address = f"/t/swaps/shifts/{shift.pk}/"
    assert address in mine.get("/t/swaps/").content.decode()
    assert visit.order.site.street in mine.get(address).content.decode()
    assert mine.post(address, {"note": "My child is ill."}).status_code == 302
    assert "Offered to colleagues" in mine.get(address).content.decode()
    page = mine.get("/t/swaps/").content.decode()
    assert address not in page and visit.order.site.street in page
    assert "1 offer of a colleague" in theirs.get("/t/").content.decode()
    page = theirs.get("/t/swaps/").content.decode()
    assert visit.order.site.street in page and "The visits go into your own shift." in page and visit.order.customer.name not in page
    offer = SwapOffer.objects.get()
    assert theirs.post(f"/t/swaps/{offer.pk}/accept/").status_code == 302
    page = desk.get("/plan/alerts/").content.decode()
    assert visit.order.customer.name in page and "min of driving" in page and "one shift fewer" in page
    assert desk.post(f"/plan/swaps/{offer.pk}/approve").status_code == 302
    held = assignment_of(visit.pk)
    assert held is not None and held.technician_id == other.pk
    assert Shift.objects.get(technician=one).ends_at - clock.now() < timedelta(minutes=2)


def test_shift_nobody_can_take_or_with_nothing_left_is_told_in_words() -> None:
    one, other, visit = a_pair()
    mine, shift = phone_of(one), Shift.objects.get(technician=one)
    Technician.objects.filter(pk=other.pk).update(active=False)
    refused = mine.post(f"/t/swaps/shifts/{shift.pk}/")
    assert refused.status_code == 409 and "No colleague can take this" in refused.content.decode()
    assert phone_of(a_worker(clock.now())).get(f"/t/swaps/shifts/{shift.pk}/").status_code == 404
    unassign_visit(visit.pk, actor=SYSTEM, now=clock.now())
    page = mine.get(f"/t/swaps/shifts/{shift.pk}/").content.decode()
    assert "Nothing is left of this shift" in page and "<form class" not in page


def test_no_is_said_in_words_and_offers_are_taken_back_and_declined() -> None:
    one, other, visit = a_pair()
    mine, theirs, desk = phone_of(one), phone_of(other), a_desk()
    for answer in ("withdraw", "accept"):
        mine.post(f"/t/swaps/visits/{visit.pk}/")
        offer = SwapOffer.objects.latest("pk")
        (mine if answer == "withdraw" else theirs).post(f"/t/swaps/{offer.pk}/{answer}/")
    assert desk.post(f"/plan/swaps/{offer.pk}/decline").status_code == 302
    assert theirs.post(f"/t/swaps/{offer.pk}/accept/").status_code == 409
    assert theirs.post(f"/t/swaps/{offer.pk}/steal/").status_code == 422
    assert theirs.post(f"/t/swaps/visits/{visit.pk}/").status_code == 404
    Technician.objects.filter(pk=other.pk).update(active=False)
    assert mine.post(f"/t/swaps/visits/{visit.pk}/").status_code == 409


def test_sick_leave_asks_once_and_then_the_visits_are_before_the_dispatcher() -> None:
    one, _, visit = a_pair()
    mine, desk = phone_of(one), a_desk()
    assert mine.get("/t/sick/").status_code == 200
    assert 'name="sure"' in mine.get("/t/sick/?days=1").content.decode()
    assert mine.post("/t/sick/", {"days": "99"}).status_code == 422
    assert not SickLeave.objects.exists()
    assert mine.post("/t/sick/", {"days": "1"}).status_code == 302
    assert 'role="status"' in mine.get("/t/sick/").content.decode()
    assert assignment_of(visit.pk) is None
    assert visit.order.customer.name in desk.get("/plan/alerts/").content.decode()
    assert timedelta(0) < SickLeave.objects.get().ends_at - clock.now() <= 25 * HOUR


def test_who_is_asked_sees_whether_others_of_his_visits_begin_later() -> None:
    assert swap_promises(SwapAsked(later=1)) == "1 visit begins later, within its promise"
    assert swap_promises(SwapAsked(later=2)) == "2 visits begin later, within their promises"


def test_house_chooses_the_rules_of_swaps_in_the_administration() -> None:
    add_user(actor=SYSTEM, now=clock.now(), email="root@example.com", name="Root", roles=["admin"], password=SECRET)
    boss = Client()
    boss.post("/accounts/login/", {"login": "root@example.com", "password": SECRET})
    said = {"swaps": "always", "swap_minutes": "20", "rest_hours": "12"}
    assert boss.post("/admin/planning/planningrules/add/", said).status_code == 302
    found = planning_rules()
    assert (found.swaps, found.swap_minutes, found.rest_hours) == ("always", 20, 12)
    assert boss.post("/admin/planning/planningrules/1/change/", said | {"rest_hours": "10"}).status_code == 302
    assert planning_rules().rest_hours == 10
    assert a_desk().get("/admin/planning/planningrules/", follow=True).status_code == 403
