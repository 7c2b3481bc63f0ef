import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps
from django.db import connection
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.accounts.models import Role
from blisko.accounts.queries import actor_for
from blisko.accounts.services import add_user
from blisko.accounts.tests.oidc import provider
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


def test_permissions_ticked_by_an_admin_are_kept() -> None:
    add_user(actor=SYSTEM, now=clock.now(), email="root@example.com", name="Root", roles=["admin"], password=SECRET)
    client, role = Client(), Role.objects.get(code="agent")
    client.post("/accounts/login/", {"login": "root@example.com", "password": SECRET})
    said = {
        "code": "agent",
        "names_en": "Agent",
        "names_pl": "Konsultant",
        "names_hu": "Ügyintéző",
        "permissions": ["customers.see", "planning.assign"],
    }
    answer = client.post(f"/admin/accounts/role/{role.pk}/change/", said)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Role.objects.get(pk=role.pk).permissions == ["customers.see", "planning.assign"]


def test_dispatcher_may_not_open_the_administration() -> None:
    email, client = a_dispatcher(), Client()
    client.post("/accounts/login/", {"login": email, "password": SECRET})
    assert client.get("/admin/", follow=True).status_code == 403


def test_administration_has_no_door_of_its_own() -> None:
    email = add_user(actor=SYSTEM, now=clock.now(), email="root@example.com", name="Root", roles=["admin"], password=SECRET).email
    client = Client()
    answer = client.post("/admin/login/", {"username": email, "password": SECRET})
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_administration_works_without_inline_scripts() -> None:
    add_user(actor=SYSTEM, now=clock.now(), email="root@example.com", name="Root", roles=["admin"], password=SECRET)
    client = Client()
    client.post("/accounts/login/", {"login": "root@example.com", "password": SECRET})
    for path in (
        "/admin/",
        "/admin/accounts/role/",
        "/admin/accounts/user/",
        "/admin/visits/jobtype/add/",
        "/admin/procrastinate/procrastinatejob/",
    ):
        answer = client.get(path)
        page = answer.content.decode()
        assert answer.status_code == 200 and "'unsafe" not in answer["Content-Security-Policy"]
        # Alpine and its like would need `unsafe-eval`; without it their pages stay under an overlay that never closes.
        assert not re.search(r" x-(data|show|on)|<script>|<style|\son\w+=\"| style=", page), path


def test_admin_edits_a_job_type_with_a_name_per_language() -> None:
    add_user(actor=SYSTEM, now=clock.now(), email="root@example.com", name="Root", roles=["admin"], password=SECRET)
    client = Client()
    client.post("/accounts/login/", {"login": "root@example.com", "password": SECRET})
    names = {"names_en": "Repair", "names_pl": "Naprawa", "names_hu": "Javítás"}
    wanted = {"code": "repair", **names, "minutes": "45", "skills": "fibre", "kit": "[]", "checklist": "[]", "active": "on"}
    wanted |= {"levels": '{"fibre": 2}', "crew_size": "1", "priority": "normal"}
    answer = client.post("/admin/visits/jobtype/add/", wanted)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = apps.get_model("visits", "JobType").objects.get(code="repair")
    assert made.names == {"en": "Repair", "pl": "Naprawa", "hu": "Javítás"}


def sso(settings: Settings, address: str) -> None:
    app = {"provider_id": "sso", "name": "Operator's sign-on", "client_id": "blisko", "secret": "s", "settings": {"server_url": address}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}


def came_back(address: str, settings: Settings) -> Client:
    """Answer a client that pressed the button, was sent to the provider and came back from it."""
    sso(settings, address)
    client = Client()
    sent = client.post("/accounts/oidc/sso/login/")
    assert sent.headers["Location"].startswith(f"{address}/authorize?")
    state = parse_qs(urlsplit(sent.headers["Location"]).query)["state"][0]
    client.get("/accounts/oidc/sso/login/callback/", {"code": "c", "state": state})
    return client


def test_person_an_admin_added_comes_in_by_single_sign_on(settings: Settings) -> None:
    email = a_dispatcher()
    with provider({"sub": "7", "email": email, "email_verified": True, "name": "Ewa"}) as address:
        assert came_back(address, settings).get("/day/").status_code == 200


@pytest.mark.parametrize(
    "claims", [{"email": "stranger@example.com", "email_verified": True}, {"email": "ewa@example.com", "email_verified": False}]
)
def test_stranger_and_unproven_address_stay_outside(claims: dict[str, object], settings: Settings) -> None:
    a_dispatcher()
    with provider({"sub": "8", **claims}) as address:
        assert came_back(address, settings).get("/day/").status_code == 302


@pytest.mark.parametrize("email", ["ewa@example.com", "nobody@example.com"])
def test_forgotten_password_without_a_mail_server_is_no_fault_and_tells_nobody_apart(email: str, settings: Settings) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    a_dispatcher()
    assert Client().post("/accounts/password/reset/", {"email": email}).status_code == 503


def test_seed_of_a_second_factor_is_sealed_at_rest_and_nobody_sees_it() -> None:
    user = add_user(actor=SYSTEM, now=clock.now(), email="root@example.com", name="Root", roles=["admin"], password=SECRET)
    seed = "JBSWY3DPEHPK3PXP"
    kept = TOTP.activate(user, seed).instance
    code = format_hotp_value(hotp_value(seed, next(yield_hotp_counters_from_time())))
    assert seed not in str(kept.data) and kept.wrap().validate_code(code)
    client = Client()
    client.force_login(user)
    page = client.get(f"/admin/mfa/authenticator/{kept.pk}/change/").content.decode()
    assert kept.data["secret"] not in page and client.get("/admin/auth/group/").status_code == 404


def test_tries_are_counted_in_the_database_that_all_processes_share() -> None:
    email = a_dispatcher()
    for _ in range(5):
        Client().post("/accounts/login/", {"login": email, "password": "wrong"})
    assert Client().post("/accounts/login/", {"login": email, "password": SECRET}).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_cache")
    assert Client().post("/accounts/login/", {"login": email, "password": SECRET}).status_code == 302
