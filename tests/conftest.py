"""Fixtures of the tests above the apps: the running platform and the browser."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from blisko.kit.push import hang_up
from tests import platform
from tests.browser import launch, open_desk, open_phone, photograph

# Two runs on two processors, each with a browser and a platform: what is right may take its time.
expect.set_options(timeout=20_000)


class OpenPage(Protocol):
    """Opens a page on a new device: `phone(language="pl", theme="dark")`."""

    def __call__(self, *, language: str = "en", theme: str = "light") -> Page: ...


class Photograph(Protocol):
    """Keeps a screenshot: `photo(page, "on-the-way")`."""

    def __call__(self, page: Page, name: str) -> Path: ...


@pytest.fixture(scope="session")
def running_platform(artefacts: Path) -> Iterator[platform.Platform]:
    """web, live and worker as real processes over a database of their own, shared by the session: make your own data."""
    with platform.running(artefacts / "platform.log") as found:
        yield found


@pytest.fixture
def house(
    running_platform: platform.Platform, django_db_blocker: DjangoDbBlocker, settings: Settings
) -> Iterator[platform.Platform]:
    """Django in this process reads and writes (and commits to) the running platform's database during the test, by the platform's clock."""
    settings.BLISKO_CLOCK = running_platform.env.get("BLISKO_CLOCK", settings.BLISKO_CLOCK)
    default = connections["default"]
    own = default.settings_dict["NAME"]
    with django_db_blocker.unblock():
        default.close()
        hang_up()
        default.settings_dict["NAME"] = running_platform.database
        try:
            yield running_platform
        finally:
            default.close()
            hang_up()
            default.settings_dict["NAME"] = own


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; each device is a fresh context in it."""
    # Playwright's loop runs in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        loop = asyncio._get_running_loop()
        yield chromium
        # The last test may have been one the loop was taken away for.
        asyncio._set_running_loop(loop)
        chromium.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages on telephones that are put away after the test."""
    contexts: list[BrowserContext] = []

    def open_page(*, language: str = "en", theme: str = "light") -> Page:
        contexts.append(open_phone(browser, language=language, theme=theme))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages on screens of desk size that are put away after the test."""
    contexts: list[BrowserContext] = []

    def open_page(*, language: str = "en", theme: str = "light") -> Page:
        contexts.append(open_desk(browser, language=language, theme=theme))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def photo(artefacts: Path) -> Photograph:
    """Keeps screenshots among CI's artefacts."""
    return lambda page, name: photograph(page, name, artefacts)
