"""The demo as a newcomer meets it: what is printed first can be followed to the end."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from blisko.kit import postgres, runner
from tests.browser import assert_accessible
from tests.conftest import OpenPage, Photograph
from tests.database import HOME

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
UP, SOON, STORY, ENDED = 240, 30, 150, 20  # seconds
SPEED = 20.0
COMMAND = [sys.executable, "-m", "config.cli", "demo", "--home", str(HOME / "demo"), "--seed", "1"]


@dataclass
class Running:
    """A demo and what it has printed so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def said(self) -> str:
        return "".join(self.lines)


def until(found: Callable[[], object], what: str, seconds: float) -> object:
    """Answer what `found` finds, asking again until it does."""
    end = time.monotonic() + seconds
    while not (thing := found()):
        assert time.monotonic() < end, f"no {what} within {seconds:.0f} s"
        time.sleep(0.1)
    return thing


def start(*more: str) -> Running:
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BLISKO_HOME", "BLISKO_CLOCK")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    demo = Running(subprocess.Popen([*COMMAND, *more], env=env, **pipes))  # type: ignore[call-overload]
    threading.Thread(target=demo.listen, daemon=True).start()
    return demo


@pytest.fixture
def demo() -> Iterator[Running]:
    """A small, quick demo on free ports and a database of its own."""
    ports = ["--port", str(runner.free_port()), "--live-port", str(runner.free_port())]
    running = start(*ports, "--fresh", "--speed", str(SPEED), "--technicians", "6", "--visits", "8")
    try:
        yield running
    finally:
        running.process.kill()
        postgres.stop(HOME / "demo" / "postgres")


def place_of(page: Page) -> str:
    return str(page.locator(".map-spot:has(.mark-technician)").evaluate("spot => spot.style.transform"))


def test_newcomer_follows_the_guide_from_the_telephone_to_the_evidence(
    demo: Running, phone: OpenPage, desk: OpenPage, photo: Photograph, artefacts: Path
) -> None:
    until(lambda: "Ctrl+C ends everything" in demo.said or demo.process.poll() is not None, "guide", UP)
    (artefacts / "demo-guide.txt").write_text(demo.said, encoding="utf-8")
    addresses = re.findall(r"http://\S+", demo.said)
    assert "/demo/phone/" in addresses[0], f"the first thing to follow is not a telephone:\n{demo.said}"

    handset = phone(language="pl")
    handset.goto(addresses[0])
    link = handset.locator(".bubble a").first
    expect(link).to_be_visible(timeout=SOON * 1000)
    photo(handset, "demo-telephone")
    with handset.expect_popup() as opened:
        link.click()
    page = opened.value
    expect(page.locator("h1")).to_contain_text(re.compile("przyjedzie|jedzie"), timeout=SOON * 1000)
    photo(page, "demo-today")

    watch_him_come(page, photo)
    expect(page.locator("h1")).to_contain_text("jest na miejscu", timeout=STORY * 1000)
    expect(page.locator("h1")).to_contain_text("Czy wszystko działa?", timeout=STORY * 1000)
    photo(page, "demo-done")
    page.locator(".answer-yes").click()
    expect(page.locator("h1")).to_contain_text("Dziękujemy")
    page.locator("label[for=rating-5]").click()
    page.locator("form.card button").click()
    expect(page.locator(".stars-shown")).to_be_visible()
    photo(page, "demo-answered")
    assert_accessible(page)
    find_the_evidence(demo, desk(language="en"), photo)
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(ENDED) == 0
    assert "The demo has ended." in demo.said


def watch_him_come(page: Page, photo: Photograph) -> None:
    expect(page.locator(".mark-technician")).to_be_visible(timeout=STORY * 1000)
    expect(page.locator("blisko-map[view=still]")).to_be_visible(timeout=SOON * 1000)
    first = place_of(page)
    until(lambda: place_of(page) != first, "movement of the technician", SOON)
    second = place_of(page)
    until(lambda: place_of(page) not in (first, second), "more movement of the technician", SOON)
    assert page.locator(".person img").first.evaluate("one => one.complete && one.naturalWidth > 0"), "the technician has no face"
    photo(page, "demo-on-the-way")


def find_the_evidence(demo: Running, page: Page, photo: Photograph) -> None:
    """As the guide says: sign in as the dispatcher and open the printed address."""
    email, password = re.findall(r"(dispatcher@\S+), password (\S+)", demo.said)[0]
    page.goto(re.findall(r"http://\S+/day/", demo.said)[0])
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("form:has([name=password]) button").first.click()
    expect(page).to_have_url(re.compile("/day/"))
    expect(page.locator("blisko-map[view=basemap]")).to_be_visible(timeout=SOON * 1000)
    photo(page, "demo-dispatcher")
    page.goto(re.findall(r"http://\S+search=Zofia\S*", demo.said)[0])
    page.get_by_role("link", name="Zofia Lewandowska").click()
    evidence = page.locator(".entry-service_confirmed", has_text="Yes, everything works")
    expect(evidence).to_contain_text("Czy wszystko działa?", timeout=SOON * 1000)
    expect(evidence).to_contain_text("key:")
    photo(page, "demo-evidence")


def test_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        demo = start("--port", str(taken.getsockname()[1]), "--live-port", str(runner.free_port()))
        assert demo.process.wait(60) == 1
        until(lambda: "is already used by" in demo.said, "word about the port", SOON)
