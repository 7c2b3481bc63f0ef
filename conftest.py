"""What every test may count on."""

import asyncio
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests.database import template

# How long one example takes says how busy the machine is, not whether the code is right.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
pytest_plugins = ["blisko.kit.tests.at_once", "tests.spread"]
ROOT = Path(__file__).resolve().parent


def pytest_configure() -> None:
    """Look static files up when they are asked for: else every `Client()` walks all of them before its first request."""
    django_settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def no_language_of_others() -> None:
    """Let no test speak the language the one before it happened to end in."""
    translation.deactivate()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Function) -> Generator[None, object, object]:
    """Let code run a loop of its own after tests in a browser: Playwright's stays in the thread until the session ends.

    It goes before any fixture does: Django keeps one connection for a thread with a loop and another without, and what a test's
    transaction was begun on must be what the test writes on.
    """
    others = None if "browser" in item.fixturenames else asyncio._get_running_loop()
    if others is None:
        return (yield)
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(others)


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """The folder CI keeps after a run."""
    folder = Path(os.environ.get("BLISKO_ARTEFACTS", ROOT / "artefacts"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Let the database of tests begin as a copy of the one that has every table."""
    from django.db import connections

    connections["default"].settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Let go of the database before it is dropped: the thread that sends hints holds a connection of its own."""
    from blisko.kit import push

    yield
    push.hang_up()
