"""Help on the technician's page, at the console and in the administration (F12)."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.field.models import Technician
from blisko.kit import clock
from blisko.live.jobs import look_at_unanswered_help
from blisko.live.models import HelpDuty, HelpMessage, HelpRules, HelpThread
from blisko.live.rules.help import HelpState
from blisko.live.tests.make import LinkStory, a_link
from blisko.live.tests.test_operations import SIGNS_IN
from blisko.visits.tests.test_photos import picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings: Settings, tmp_path: Path) -> None:
    settings.BLISKO_CLOCK = f"2026-11-27T08:00:00+00:00@{time.time()}*1"
    settings.MEDIA_ROOT = tmp_path


def phone_of(technician: Technician) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=technician.user_id), backend=SIGNS_IN)
    return client


def signed_in(name: str, *roles: str) -> Client:
    client = Client()
    client.force_login(add_user(actor=SYSTEM, now=clock.now(), email=f"{name}@example.com", name=name.title(), roles=roles), SIGNS_IN)
    return client


def asks(story: LinkStory, **data: Any) -> Any:
    return phone_of(story.technician).post(f"/t/visits/{story.visit.pk}/take/help/", data or {"text": "No signal at the socket"})


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_help_is_one_button_on_the_card_and_a_number_to_ring() -> None:
    story = a_link(clock.now())
    page = words(phone_of(story.technician), f"/t/visits/{story.visit.pk}/")
    assert 'popovertarget="help"' in page and 'href="tel:+48225550100"' in page and "Dispatch answers." in page
    duty = add_user(actor=SYSTEM, now=clock.now(), email="ewa@example.com", name="Ewa")
    HelpDuty.objects.create(person=duty, phone="+48600100200", days=[1, 2, 3, 4, 5, 6, 7], starts="00:00", ends="00:00")
    page = words(phone_of(story.technician), f"/t/visits/{story.visit.pk}/")
    assert 'href="tel:+48600100200"' in page and "Ewa is on duty for this job." in page


def test_asked_taken_answered_and_closed_from_page_to_page() -> None:
    story, desk = a_link(clock.now()), signed_in("danuta", "dispatcher")
    mine = phone_of(story.technician)
    assert "Nobody waits for help" in words(desk, "/help/")
    assert asks(story).status_code == 302
    thread = HelpThread.objects.get()
    assert "You wait for help" in words(mine, f"/t/visits/{story.visit.pk}/")
    for page in ("/day/", f"/day/visits/{story.visit.pk}/", "/plan/", "/plan/alerts/", "/help/", "/help/bell"):
        assert "No signal at the socket" in words(desk, page), page
        assert f'tunes="{thread.pk}.0.1"' in words(desk, page)
    assert 'class="nav-link" href="/help/"' in words(desk, "/day/")
    assert story.visit.order.customer.name in words(desk, "/help/")
    assert desk.post(f"/help/{thread.pk}/take/").status_code == 302
    assert "Danuta answers you." in words(mine, f"/t/visits/{story.visit.pk}/")
    refused = desk.post(f"/help/{thread.pk}/answer/", {"text": " "})
    assert refused.status_code == 422 and "Please write a few words first." in refused.content.decode()
    assert desk.post(f"/help/{thread.pk}/answer/", {"text": "Try port 3"}).status_code == 302
    page = words(mine, f"/t/visits/{story.visit.pk}/")
    assert "Danuta has answered" in page and "Try port 3" in page
    assert "No signal at the socket" not in words(desk, "/help/bell")
    assert desk.post(f"/help/{thread.pk}/close/", {"matter": ""}).status_code == 422
    assert desk.post(f"/help/{thread.pk}/close/", {"matter": "A dead port"}).status_code == 302
    assert "A dead port" in words(desk, "/help/")
    assert desk.post(f"/help/{thread.pk}/close/", {"matter": "Twice"}).status_code == 409
    assert desk.post("/help/0/take/").status_code == 404
    assert desk.get(f"/help/{thread.pk}/take/").status_code == 405


def test_call_photo_and_words_have_plain_forms_and_what_is_empty_is_refused() -> None:
    story, desk = a_link(clock.now()), signed_in("danuta", "dispatcher")
    mine, take = phone_of(story.technician), f"/t/visits/{story.visit.pk}/take"
    assert mine.post(f"{take}/help_call/", {"outcome": "rang"}).status_code == 302
    assert "is calling for help" in words(desk, "/help/bell")
    assert mine.post(f"{take}/help_call/", {"outcome": "missed"}).status_code == 302
    assert "wants to be called back" in words(desk, "/help/bell")
    assert mine.post(f"{take}/help_photo/", {"picture": SimpleUploadedFile("box.jpg", picture(2))}).status_code == 302
    photo = f"/t/visits/{story.visit.pk}/help/photos/{HelpMessage.objects.get(said='photo').pk}/"
    assert photo in words(desk, "/help/") and photo in words(mine, f"/t/visits/{story.visit.pk}/")
    assert desk.get(photo)["Content-Type"] == mine.get(photo)["Content-Type"] == "image/webp"
    other = a_link(clock.now())
    assert phone_of(other.technician).get(photo).status_code == 404
    assert Client().get(photo).status_code == 302
    for kind, data in (("help", {"text": " "}), ("help_call", {}), ("help_photo", {})):
        assert mine.post(f"{take}/{kind}/", data).status_code == 422, kind
    assert desk.post(f"/help/{HelpThread.objects.get().pk}/answer/", {"spoke": "1"}).status_code == 302
    assert HelpThread.objects.get().state == HelpState.ANSWERED


def test_customers_link_shows_nothing_of_help() -> None:
    story = a_link(clock.now())
    customer = Client()
    before = customer.get(f"{story.path}/visit.json").json()["fields"]
    asks(story)
    assert customer.get(f"{story.path}/visit.json").json()["fields"] == before
    assert "No signal" not in words(customer, f"{story.path}/now")
    assert customer.get("/help/").status_code == 302
    assert signed_in("agnes", "agent").get("/help/").status_code == 403
    assert phone_of(story.technician).get("/help/").status_code == 403
    assert "help-waits" not in words(phone_of(story.technician), "/help/bell")


def test_technician_sees_that_what_he_asked_is_kept_and_for_how_long() -> None:
    story = a_link(clock.now())
    asks(story)
    page = words(phone_of(story.technician), "/t/me/")
    assert "What I asked when I needed help" in page and "1 message." in page and "after 365 days" in page


def test_unanswered_help_is_looked_at_by_the_clock(settings: Settings) -> None:
    story, desk = a_link(clock.now()), signed_in("danuta", "dispatcher")
    asks(story)
    look_at_unanswered_help(timestamp=0)
    assert HelpThread.objects.get().step == 0
    settings.BLISKO_CLOCK = f"2026-11-27T08:05:01+00:00@{time.time()}*1"
    look_at_unanswered_help(timestamp=0)
    assert HelpThread.objects.get().step == 1
    assert "nobody has answered" in words(desk, "/help/")
    assert "More people have been told that you wait." in words(phone_of(story.technician), f"/t/visits/{story.visit.pk}/")


def test_house_sets_waiting_times_and_duties_in_the_administration() -> None:
    boss, desk = signed_in("root", "admin"), signed_in("danuta", "dispatcher")
    said = {"answer_minutes": "3", "next_minutes": "4", "phone": "22 555 02 00", "last_phone": "", "last_email": ""}
    assert boss.post("/admin/live/helprules/add/", said).status_code == 302
    assert (HelpRules.objects.get().answer_minutes, HelpRules.objects.get().phone) == (3, "+48225550200")
    assert boss.get("/admin/live/helprules/add/").status_code == 403
    assert boss.post("/admin/live/helprules/1/delete/", {"post": "yes"}).status_code == 403
    refused = boss.post("/admin/live/helprules/1/change/", said | {"phone": "nonsense"})
    assert refused.status_code == 200 and "country code" in refused.content.decode()
    person = User.objects.get(name="Danuta")
    duty: dict[str, Any] = {"person": person.pk, "phone": "600 100 200", "job_type": "", "days": ["1", "5"]}
    duty |= {"starts": "08:00", "ends": "16:00"}
    assert boss.post("/admin/live/helpduty/add/", duty).status_code == 302
    found = HelpDuty.objects.get()
    assert (found.days, found.phone, str(found)) == ([1, 5], "+48600100200", "Danuta, 08:00–16:00")
    assert boss.post(f"/admin/live/helpduty/{found.pk}/change/", duty | {"days": ["7"]}).status_code == 302
    assert HelpDuty.objects.get().days == [7]
    assert "Danuta" in words(boss, "/admin/live/helpduty/")
    assert desk.get("/admin/live/helpduty/", follow=True).status_code == 403
    assert boss.post(f"/admin/live/helpduty/{found.pk}/delete/", {"post": "yes"}).status_code == 302
    assert boss.post("/admin/live/helpduty/add/", duty).status_code == 302
    many = {"action": "delete_selected", "_selected_action": [HelpDuty.objects.get().pk], "post": "yes"}
    assert boss.post("/admin/live/helpduty/", many).status_code == 302
    assert not HelpDuty.objects.exists()
