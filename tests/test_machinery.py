"""The machinery itself: the platform starts, is mended when something dies, and Chromium draws."""

import os
import signal
import time
import urllib.error
import urllib.request

import pytest
from django.contrib.contenttypes.models import ContentType

from tests.browser import assert_accessible
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


def test_pages_are_served_by_the_running_platform(platform_data: Platform) -> None:
    assert ContentType.objects.exists()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{platform_data.web}/nothing-is-here")
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
