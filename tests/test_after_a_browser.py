"""A browser in the thread leaves tests without one as they were: what they write is taken back, and they may run loops of their own."""

import asyncio

import pytest
from django.db import connection
from playwright.sync_api import Browser

from blisko.accounts.models import User


@pytest.mark.browser
@pytest.mark.django_db
def test_browser_comes_first(browser: Browser) -> None:
    assert browser.is_connected()


@pytest.mark.django_db
def test_what_is_written_is_within_the_test_s_transaction() -> None:
    assert connection.in_atomic_block
    User.objects.create(email="left@example.com", name="Left behind")


@pytest.mark.django_db
def test_nothing_was_left_behind() -> None:
    assert not User.objects.filter(email="left@example.com").exists()


@pytest.mark.django_db
def test_loop_of_one_s_own_runs() -> None:
    async def answer() -> int:
        return 42

    assert asyncio.run(answer()) == 42
