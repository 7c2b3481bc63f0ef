from datetime import timedelta

import pytest
from django.test import Client

from blisko.access.rules import SYSTEM
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.field.tests.make import a_technician
from blisko.kit import clock
from blisko.kit.tests.work import do_jobs
from blisko.planning.queries import assignment_of
from blisko.planning.services import assign_visit
from blisko.visits.queries import visit_by_id
from blisko.visits.tests.make import a_job_type, a_visit

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    user = add_user(actor=SYSTEM, now=clock.now(), email=f"{role}@example.com", name=role.title(), roles=[role])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def technician_client() -> tuple[Client, int]:
    technician = a_technician(clock.now())
    client = Client()
    client.force_login(User.objects.get(pk=technician.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, technician.pk


def test_everybody_comes_home_to_the_page_of_his_work() -> None:
    assert Client().get("/").headers["Location"].startswith("/accounts/login/")
    assert signed_in("dispatcher").get("/").headers["Location"] == "/day/"
    assert technician_client()[0].get("/").headers["Location"] == "/t/"


def test_dispatcher_sees_the_day_assigns_and_cancels() -> None:
    now = clock.now()
    visit, technician, desk = a_visit(now, starts_in=timedelta(minutes=1)), a_technician(now), signed_in("dispatcher")
    page = desk.get(f"/day/?day={visit.window_from.astimezone().date()}")
    assert visit.order.customer.name in page.content.decode()
    assert desk.post(f"/day/visits/{visit.pk}/assign/", {"technician": technician.pk}).status_code == 302
    made = assignment_of(visit.pk)
    assert made is not None and made.technician_id == technician.pk
    assert technician.name in desk.get(f"/day/visits/{visit.pk}/").content.decode()
    desk.post(f"/day/visits/{visit.pk}/cancel/", {"reason": "operator", "note": "storm"})
    do_jobs()
    assert visit_by_id(visit.pk).state == "cancelled"
    assert assignment_of(visit.pk) is None


def test_refusal_of_an_assignment_is_told_in_words() -> None:
    now = clock.now()
    visit, technician = a_visit(now), a_technician(now, shift=False)
    answer = signed_in("dispatcher").post(f"/day/visits/{visit.pk}/assign/", {"technician": technician.pk})
    assert answer.status_code == 422
    assert "does not work at that time" in answer.content.decode()


def test_technician_works_on_his_visit_from_his_pages() -> None:
    now = clock.now()
    client, technician_id = technician_client()
    visit = a_visit(now, starts_in=timedelta(minutes=1))
    assert client.get(f"/t/visits/{visit.pk}/").status_code == 404
    assign_visit(visit.pk, technician_id, actor=SYSTEM, now=now)
    assert visit.order.site.street in client.get("/t/").content.decode()
    page = client.get(f"/t/visits/{visit.pk}/").content.decode()
    assert "geo:52.000000,19.200000" in page
    for step, state in (("set_out", "on_the_way"), ("arrive", "on_site"), ("finish", "done")):
        assert client.post(f"/t/visits/{visit.pk}/take/{step}/", {"note": "ok"}).status_code == 302
        assert visit_by_id(visit.pk).state == state
    assert client.get(f"/t/visits/{visit.pk}/take/finish/").status_code == 405


def test_technician_sets_up_a_phone_by_qr_code() -> None:
    client, _ = technician_client()
    client.post("/t/phone/add/", {"app": "traccar"})
    page = client.get("/t/phone/").content.decode()
    assert "<svg" in page and "Traccar" in page


def test_dispatcher_books_for_a_new_customer_and_finds_him_with_his_timeline() -> None:
    a_job_type()
    desk = signed_in("dispatcher")
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    said = {
        "number": "C-77", "name": "Ágnes Kovács", "language": "hu", "phone": "+36 30 123 4567", "street": "Fő utca 1", "city": "Blisków",
        "job_type": "fibre-repair", "day": day, "window_start": "10:00", "window_end": "12:00",
    }  # fmt: skip
    answer = desk.post("/day/book/", said)
    assert answer.status_code == 302, answer.content.decode()[:500]
    assert "Ágnes Kovács" in desk.get("/customers/?search=Kov").content.decode()
    wrong = desk.post("/day/book/", {**said, "number": "C-78", "phone": "12"})
    assert wrong.status_code == 422 and "country code" in wrong.content.decode()


def test_agent_may_not_assign_and_a_stranger_sees_nothing() -> None:
    visit = a_visit(clock.now())
    assert signed_in("agent").post(f"/day/visits/{visit.pk}/assign/", {"technician": "1"}).status_code == 403
    assert signed_in("customer").get("/customers/").status_code == 403
    assert Client().get(f"/day/visits/{visit.pk}/").status_code == 302


@pytest.mark.parametrize("language", ["en", "pl", "hu"])
def test_pages_of_the_desk_open_in_every_language(language: str) -> None:
    desk, visit = signed_in("admin"), a_visit(clock.now())
    desk.cookies["django_language"] = language
    for address in ("/day/", f"/day/visits/{visit.pk}/", "/day/book/", "/customers/", f"/customers/{visit.order.customer_id}/", "/technicians/"):
        answer = desk.get(address)
        assert answer.status_code == 200, address
        assert f'<html lang="{language}"' in answer.content.decode()
