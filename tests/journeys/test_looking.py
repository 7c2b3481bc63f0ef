"""A link preview, a scanner and a prefetching browser look at every address of the site, and nothing changes."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import SYSTEM, KeyKind
from blisko.access.services import give_token, issue_api_key, reveal_token
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.field.models import Technician
from blisko.kit.tests.work import do_jobs
from blisko.live.rules.provisioning import App
from blisko.live.services import issue_device
from blisko.live.tests.make import a_link
from blisko.live.tests.scenes import SCENES, scene
from blisko.webhooks.rules import VisitEventType
from blisko.webhooks.services import add_endpoint, pause_endpoint
from tests.looking import Found, look, routes

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]


def a_full_house(settings: Settings, scenes: Iterable[str]) -> tuple[dict[str, Client], list[str]]:
    """Answer who looks (nobody, an administrator, a technician, a program), and a link of each scene, one that ended, one that is none."""
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    hook = add_endpoint("App", "https://example.com/", list(VisitEventType), actor=SYSTEM, now=NOW)
    pause_endpoint(hook.pk, actor=SYSTEM, now=NOW)
    tokens = []
    for name in scenes:
        tokens.append(scene(settings, name).token)
        do_jobs(at_most=2000)
    story = a_link(NOW, name="Ewa Nowa")
    issue_device(story.technician.pk, App.TRACCAR, actor=story.technician_actor(), now=NOW)
    do_jobs(at_most=2000)
    ended = give_token(KeyKind.LINK, holder="customer:1", opens="visit:1", by=SYSTEM, now=NOW, until=NOW - timedelta(days=1))
    admin = add_user(actor=SYSTEM, now=NOW, email="admin@example.com", name="Ada", roles=["admin"])
    worker = User.objects.get(pk=Technician.objects.get(pk=story.technician.pk).user_id)
    program = reveal_token(issue_api_key("robot", ["visits.see_all", "live.issue_links"], actor=SYSTEM, now=NOW).pk)
    clients = {"nobody": Client(raise_request_exception=False), "admin": Client(raise_request_exception=False)}
    clients |= {"technician": Client(raise_request_exception=False)}
    clients |= {"program": Client(raise_request_exception=False, headers={"authorization": f"Bearer {program}"})}
    clients["admin"].force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    clients["technician"].force_login(worker, backend="allauth.account.auth_backends.AuthenticationBackend")
    return clients, [*tokens, reveal_token(ended.pk), "guessed"]


def looked_at(clients: dict[str, Client], tokens: list[str]) -> list[Found]:
    found: list[Found] = []
    for route in sorted(set(routes())):
        who = ["nobody", "admin"] + (["program"] if route.startswith("/api/") else ["technician"] if "/admin/" not in route else [])
        is_link = route.startswith("/v/")
        found += look({name: clients[name] for name in (who[:1] if is_link else who)}, route, tokens if is_link else tokens[:1])
    return found


def test_looking_at_any_address_changes_nothing(settings: Settings) -> None:
    clients, tokens = a_full_house(settings, {stage: name for name, (stage, _, _) in SCENES.items()}.values())
    found = looked_at(clients, tokens)
    assert not {(one.who, one.address, *sorted(one.changed)) for one in found if one.changed}
    assert not {(one.who, one.address) for one in found if max(one.statuses) >= 500}
    ours = {one.address for one in found if not one.address.startswith(("/admin/", "/accounts/", "/api/"))}
    there = {one.address for one in found if one.address in ours and one.statuses & {200, 302, 405}}
    assert len(there) > 0.7 * len(ours), sorted(ours - there)


def test_look_that_changes_something_is_found(settings: Settings) -> None:
    clients, tokens = a_full_house(settings, ["today"])
    settings.ROOT_URLCONF = "tests.journeys.forgetful"
    found = [one for one in looked_at(clients, tokens) if one.changed]
    assert {one.address.split("/")[1] for one in found} == {"opened", "nested", "wish"}
    assert {one.who for one in found if one.address == "/wish"} == {"admin", "technician"}
    assert {table for one in found for table in one.changed} == {"access_auditentry", "accounts_user"}
