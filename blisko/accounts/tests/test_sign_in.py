import pytest
from django.apps import apps
from django.test import Client

from blisko.access.rules import SYSTEM
from blisko.accounts.models import Role
from blisko.accounts.queries import actor_for
from blisko.accounts.services import add_user
from blisko.kit import clock

pytestmark = pytest.mark.django_db
SECRET = "a long enough secret"


def a_dispatcher() -> str:
    add_user(actor=SYSTEM, now=clock.now(), email="Ewa@Example.com", name="Ewa", roles=["dispatcher"], password=SECRET)
    return "ewa@example.com"


def test_person_signs_in_by_email_in_the_look_of_the_house() -> None:
    email, client = a_dispatcher(), Client()
    page = client.get("/accounts/login/").content.decode()
    assert 'class="lone"' in page and "sign up" not in page.lower()
    assert client.post("/accounts/login/", {"login": email, "password": "wrong"}).status_code == 200
    assert client.post("/accounts/login/", {"login": email, "password": SECRET}).headers["Location"] == "/"
    assert client.get("/day/").status_code == 200


def test_nobody_opens_an_account_for_himself() -> None:
    answer = Client().post("/accounts/signup/", {"email": "x@example.com", "password1": SECRET, "password2": SECRET})
    assert answer.status_code == 200 and "_auth_user_id" not in answer.wsgi_request.session


def test_second_factor_can_be_set_up() -> None:
    email, client = a_dispatcher(), Client()
    client.post("/accounts/login/", {"login": email, "password": SECRET})
    assert client.get("/accounts/2fa/").status_code == 200


def test_permissions_an_admin_edits_count_at_once() -> None:
    user = add_user(actor=SYSTEM, now=clock.now(), email="a@example.com", name="A", roles=["agent"])
    assert not actor_for(user).may("planning.assign")
    role = Role.objects.get(code="agent")
    role.permissions = [*role.permissions, "planning.assign"]
    role.save()
    assert actor_for(type(user).objects.get(pk=user.pk)).may("planning.assign")


def test_admin_sees_every_declared_permission_as_a_box_to_tick() -> None:
    add_user(actor=SYSTEM, now=clock.now(), email="root@example.com", name="Root", roles=["admin"], password=SECRET)
    client = Client()
    client.post("/accounts/login/", {"login": "root@example.com", "password": SECRET})
    page = client.get(f"/admin/accounts/role/{Role.objects.get(code='agent').pk}/change/").content.decode()
    assert 'value="planning.assign"' in page and 'value="messaging.edit_templates"' in page


def test_dispatcher_may_not_open_the_administration() -> None:
    email, client = a_dispatcher(), Client()
    client.post("/accounts/login/", {"login": email, "password": SECRET})
    assert client.get("/admin/").status_code == 302


def test_admin_edits_a_job_type_with_a_name_per_language() -> None:
    add_user(actor=SYSTEM, now=clock.now(), email="root@example.com", name="Root", roles=["admin"], password=SECRET)
    client = Client()
    client.post("/accounts/login/", {"login": "root@example.com", "password": SECRET})
    names = {"names_en": "Repair", "names_pl": "Naprawa", "names_hu": "Javítás"}
    wanted = {"code": "repair", **names, "minutes": "45", "skills": "fibre", "kit": "[]", "checklist": "[]", "active": "on"}
    answer = client.post("/admin/visits/jobtype/add/", wanted)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = apps.get_model("visits", "JobType").objects.get(code="repair")
    assert made.names == {"en": "Repair", "pl": "Naprawa", "hu": "Javítás"}
