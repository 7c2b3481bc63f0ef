"""The machinery itself: the platform starts, is mended when something dies, and Chromium draws."""

import asyncio
import os
import signal
import time
import urllib.error
import urllib.request

import pytest
from django.contrib.contenttypes.models import ContentType

from tests.browser import assert_accessible, assert_fits, assert_readable
from tests.conftest import OpenPage, Photograph
from tests.platform import Platform

PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Drawn</title>
<main><h1>Drawn</h1><canvas id="c" aria-label="drawing"></canvas></main></html>"""


@pytest.mark.faults
@pytest.mark.parametrize("name", ["web", "live", "worker", "planner"])
def test_killed_process_of_the_platform_comes_back(running_platform: Platform, name: str) -> None:
    first = running_platform.supervisor.pid(name)
    assert first
    os.kill(first, signal.SIGKILL)
    until = time.monotonic() + 30
    while running_platform.supervisor.pid(name) in (None, first):
        assert time.monotonic() < until
        time.sleep(0.05)
    running_platform.wait_until_ready()


def test_pages_are_served_by_the_running_platform(house: Platform) -> None:
    assert ContentType.objects.exists()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{house.web}/nothing-is-here")
    assert refused.value.code == 404


@pytest.mark.browser
def test_telephone_draws_with_webgl_and_is_checked_and_photographed(phone: OpenPage, photo: Photograph) -> None:
    page = phone(language="hu", theme="dark")
    page.set_content(PAGE)
    assert page.evaluate("!!document.getElementById('c').getContext('webgl2')")
    assert page.evaluate("navigator.language") == "hu"
    assert page.evaluate("[innerWidth, devicePixelRatio]") == [360, 2]
    assert_accessible(page)
    assert photo(page, "machinery").stat().st_size > 1000
    page.set_content(PAGE.replace(' lang="en"', ""))
    with pytest.raises(AssertionError, match="html-has-lang"):
        assert_accessible(page)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ('<p style="width: 500px">Wide</p>', "wider than the screen"),
        ('<p style="position: relative; left: -20px">Aside</p>', "out of the screen"),
        ('<p style="width: 3rem; overflow: hidden; white-space: nowrap">Cut off at its end</p>', "cut off"),
        ('<button style="width: 3rem; padding: 0">Konstantynopolitańczykowianeczka</button>', "out of its button"),
        ('<p>Below</p><p style="margin-top: -3.5rem; padding-top: 1rem">Above</p>', "upon one another"),
    ],
)
def test_what_cannot_be_read_is_found(phone: OpenPage, words: str, fault: str) -> None:
    page = phone()
    page.set_content(PAGE)
    assert_readable(page, letters=200)
    page.set_content(PAGE.replace("<canvas", f"{words}<canvas"))
    with pytest.raises(AssertionError, match=fault):
        assert_readable(page, letters=200)


@pytest.mark.browser
def test_screen_of_a_telephone_does_not_grow_with_what_is_too_wide(phone: OpenPage) -> None:
    page = phone()
    page.set_content(PAGE)
    assert_fits(page)
    page.set_content(PAGE.replace("<canvas", '<p style="width: 365px">Wide</p><canvas'))
    with pytest.raises(AssertionError, match="wider than the screen"):
        assert_fits(page)


def test_code_with_a_loop_of_its_own_runs_after_the_browser() -> None:
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
