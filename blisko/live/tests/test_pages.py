from datetime import timedelta

import pytest
from django.test import Client

from blisko.access.rules import SYSTEM
from blisko.access.services import reveal_token
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit import clock
from blisko.kit.tests.work import do_jobs
from blisko.live.services.links import leave_photo, link_for
from blisko.live.tests.make import a_link
from blisko.live.tests.scenes import picture
from blisko.planning.queries import assignment_of
from blisko.planning.services import assign_visit
from blisko.visits.models import Photo
from blisko.visits.queries import visit_by_id
from blisko.visits.services import report_no_access, set_out
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
    page = answer.content.decode()
    assert "does not work at that time" in page and f'action="/day/visits/{visit.pk}/assign/' in page


def test_refused_move_and_follow_up_are_told_at_their_fields() -> None:
    now = clock.now()
    visit, technician, desk = a_visit(now), a_technician(now), signed_in("dispatcher")
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=now)
    backwards = {"day": (now + timedelta(days=1)).date().isoformat(), "window_start": "12:00", "window_end": "10:00"}
    moved = desk.post(f"/day/visits/{visit.pk}/move/", backwards)
    assert moved.status_code == 422 and 'id="id_window_end_error"' in moved.content.decode()
    assert desk.post(f"/day/visits/{visit.pk}/cancel/", {"reason": "boredom"}).status_code == 422
    for step in (set_out, report_no_access):
        step(visit.pk, actor=actor_of(technician), now=now)
    wish = visit.requests.get()
    answer = desk.post(f"/day/requests/{wish.pk}/", backwards)
    assert answer.status_code == 422 and f'id="wish{wish.pk}-window_end_error"' in answer.content.decode()
    late = desk.post(f"/day/visits/{visit.pk}/move/", {**backwards, "window_end": "14:00"})
    assert late.status_code == 409 and "cannot be done at this moment" in late.content.decode()


def test_wish_that_was_answered_meanwhile_is_told_above_the_day() -> None:
    now = clock.now()
    visit, technician, desk = a_visit(now), a_technician(now), signed_in("dispatcher")
    assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=now)
    for step in (set_out, report_no_access):
        step(visit.pk, actor=actor_of(technician), now=now)
    wish = visit.requests.get()
    window = {"day": (now + timedelta(days=1)).date().isoformat(), "window_start": "10:00", "window_end": "12:00"}
    assert desk.post(f"/day/requests/{wish.pk}/", window).status_code == 302
    again = desk.post(f"/day/requests/{wish.pk}/", window)
    assert again.status_code == 422 and "cannot be done at this moment" in again.content.decode()


def test_dispatcher_sees_the_customers_photo_with_the_notes() -> None:
    story = a_link(clock.now())
    leave_photo(story.visit.pk, picture(), actor=story.link_actor(clock.now()), now=clock.now(), caption="Gniazdko za szafą")
    client, address = signed_in("dispatcher"), f"/t/visits/{story.visit.pk}/photos/{Photo.objects.get().pk}/"
    page = client.get(f"/day/visits/{story.visit.pk}/").content.decode()
    assert "Gniazdko za szafą" in page
    assert f'src="{address}"' in page
    assert client.get(address)["Content-Type"] == "image/webp"


def test_new_link_ends_the_old_one() -> None:
    now = clock.now()
    visit, desk = a_visit(now), signed_in("dispatcher")
    old = link_for(visit.pk, now=now)
    assert desk.post(f"/day/visits/{visit.pk}/link/new/").status_code == 302
    assert Client().get(f"/v/{reveal_token(old.pk)}").status_code == 410
    new = link_for(visit.pk, now=now)
    assert new.pk != old.pk
    assert desk.post(f"/day/visits/{visit.pk}/link/end/").status_code == 302
    assert Client().get(f"/v/{reveal_token(new.pk)}").status_code == 410


def test_step_taken_twice_is_told_on_the_card() -> None:
    now = clock.now()
    client, technician_id = technician_client()
    visit = a_visit(now, starts_in=timedelta(minutes=1))
    assign_visit(visit.pk, technician_id, actor=SYSTEM, now=now)
    client.post(f"/t/visits/{visit.pk}/take/set_out/")
    again = client.post(f"/t/visits/{visit.pk}/take/set_out/")
    assert again.status_code == 409 and visit.order.site.street in again.content.decode()


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
    assert wrong.status_code == 422 and 'id="id_phone_error"' in wrong.content.decode()
    again = {"number": "C-77", "job_type": "fibre-repair", "day": day, "window_start": "14:00", "window_end": "16:00"}
    assert desk.post("/day/book/", again).status_code == 302
    assert desk.post("/day/book/", {**again, "number": "C-79"}).status_code == 422


def test_technician_stays_out_of_the_desk_and_dispatcher_out_of_the_keys() -> None:
    visit, (technician, _) = a_visit(clock.now()), technician_client()
    assert technician.get("/day/").status_code == 403
    assert technician.get(f"/day/visits/{visit.pk}/").status_code == 403
    assert technician.post(f"/day/visits/{visit.pk}/cancel/", {"reason": "operator"}).status_code == 404
    assert technician.post(f"/day/visits/{visit.pk}/link/new/").status_code == 403
    for address in ("/customers/", "/day/book/", "/keys/"):
        assert technician.get(address).status_code == 403, address
    desk = signed_in("dispatcher")
    assert desk.get("/keys/").status_code == 403
    assert desk.post("/keys/", {"name": "x", "scopes": ["customers.see"]}).status_code == 403
    assert desk.get("/t/").status_code == 404


def test_nothing_is_changed_by_a_look_or_by_a_form_of_a_stranger() -> None:
    visit, desk, forged = a_visit(clock.now()), signed_in("admin"), signed_in("manager")
    forged.handler.enforce_csrf_checks = True
    steps = ("assign", "cancel", "move", "note", "link/new", "link/end")
    for address in (
        *(f"/day/visits/{visit.pk}/{step}/" for step in steps),
        "/day/requests/1/",
        "/t/phone/add/",
        "/t/photo/",
        "/keys/1/revoke/",
    ):
        assert desk.get(address).status_code == 405, address
        assert forged.post(address).status_code == 403, address
    for address in ("/day/book/", "/keys/"):
        assert forged.post(address).status_code == 403, address


def test_agent_may_not_assign_and_a_stranger_sees_nothing() -> None:
    visit = a_visit(clock.now())
    assert signed_in("agent").post(f"/day/visits/{visit.pk}/assign/", {"technician": "1"}).status_code == 403
    assert signed_in("customer").get("/customers/").status_code == 403
    assert Client().get(f"/day/visits/{visit.pk}/").status_code == 302


@pytest.mark.parametrize("language", ["en", "pl", "hu"])
def test_pages_of_the_desk_open_in_every_language(language: str) -> None:
    desk, visit = signed_in("admin"), a_visit(clock.now())
    desk.cookies["django_language"] = language
    customer = f"/customers/{visit.order.customer_id}/"
    for address in ("/day/", f"/day/visits/{visit.pk}/", "/day/book/", "/customers/", customer, "/technicians/", "/keys/"):
        answer = desk.get(address)
        assert answer.status_code == 200, address
        assert f'<html lang="{language}"' in answer.content.decode()
