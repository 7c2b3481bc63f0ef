"""A technician's day where there is no network: the network is really cut, the browser really killed (F4, F11, O7)."""

import contextlib
import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from bench.page_weight import technicians_app
from blisko.access.rules import SYSTEM
from blisko.kit import clock
from blisko.kit.models import Step
from blisko.live.models import Operation
from blisko.visits.models import Visit
from blisko.visits.queries import evidence_of
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import cancel_visit
from blisko.visits.tests.make import a_job_type
from tests.browser import FLAGS, PHONE, assert_accessible, assert_fits, chromium
from tests.conftest import Photograph
from tests.journeys.staff import CHECKLIST, PATIENCE, PLACES, a_promise, a_worker, asks_for_proof, morning, sign_in, until
from tests.platform import Platform
from tests.wire import Wire, a_wire

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
WAIT = PATIENCE * 1000
@pytest.fixture(scope="module")
def running_platform(artefacts: Path) -> Iterator[Platform]:
    with morning(artefacts / "offline-platform.log") as found:
        yield found


@pytest.fixture
def wire(house: Platform) -> Iterator[Wire]:
    a_job_type()
    asks_for_proof()
    with a_wire(house.web) as found:
        yield found


class Telephone:
    """A browser with a folder of its own, which may be killed and started again."""

    def __init__(self, browser: Browser, wire: Wire, *, language: str = "en", theme: str = "light") -> None:
        self.kind, self.wire, self.look = browser.browser_type, wire, (language, theme)
        self.folder = Path(tempfile.mkdtemp(prefix="blisko-phone-"))
        self.context = self.start()

    def start(self) -> BrowserContext:
        language, theme = self.look
        self.context = self.kind.launch_persistent_context(
            self.folder, executable_path=chromium(), args=FLAGS, viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True,
            locale=language, color_scheme=theme, timezone_id="Europe/Warsaw",
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        return self.context

    @property
    def page(self) -> Page:
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def lose_network(self) -> None:
        self.wire.cut()
        self.context.set_offline(True)

    def find_network(self) -> None:
        self.wire.mend()
        self.context.set_offline(False)

    def kill(self) -> None:
        """As when the battery dies: no page is asked."""
        subprocess.run(["pkill", "-KILL", "-f", str(self.folder)], check=False)
        with contextlib.suppress(Error):
            self.context.close()
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()

    def put_away(self) -> None:
        with contextlib.suppress(Error):
            self.context.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def is_kept(self, *visits: Visit) -> None:
        """Wait until these visits are on the telephone."""
        ask = "async () => (await (await caches.open('blisko-pages-1')).keys()).map((one) => new URL(one.url).pathname)"
        wanted = {"/t/", "/t/phone/", *(f"/t/visits/{visit.pk}/" for visit in visits)}
        until(lambda: wanted <= set(self.page.evaluate(ask)), "day on the telephone")


@pytest.fixture
def telephones(browser: Browser, wire: Wire) -> Iterator[list[Telephone]]:
    found: list[Telephone] = []
    yield found
    for one in found:
        one.put_away()


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def tap(page: Page, words: str) -> datetime:
    """Tap the big button and answer when, by the platform's clock."""
    page.locator(".technician-actions button:visible", has_text=words).click()
    return clock.now()


def sign(page: Page, name: str) -> None:
    page.locator("#signer").fill(name)
    canvas = page.locator("canvas.sign")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 90)
    page.mouse.down()
    for nr in range(8):
        page.mouse.move(box["x"] + 50 + 25 * nr, box["y"] + (60 if nr % 2 else 110))
    page.mouse.up()
    until(lambda: page.evaluate("document.querySelector('sign-here input[type=file]').files.length"), "signature")
    page.get_by_role("button", name="Save the signature").click()


def taken(visit: Visit) -> list[tuple[str, datetime]]:
    return list(Step.objects.filter(subject=f"visits.visit:{visit.pk}").order_by("at", "id").values_list("name", "at"))


def test_technicians_app_is_light() -> None:
    assert sum(technicians_app().values()) < 150_000


def test_whole_visit_without_a_network_survives_a_killed_browser_and_lands_once(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone], photo: Photograph
) -> None:
    worker = a_worker(house, "Piotr Pracowity")
    first = a_promise("Łucja Żak", worker=worker)
    second = a_promise("Jan Drugi", worker=worker, place=PLACES[1], starts_in=timedelta(hours=3))
    telephones.append(phone := Telephone(browser, wire))
    sign_in(phone.page, wire.address, worker.email)
    phone.context.close()  # signed in some time ago: Chromium writes cookies down half a minute later
    phone.start()
    page = phone.page
    page.goto(f"{wire.address}/t/")
    phone.is_kept(first, second)
    asking = phone.context.new_cdp_session(page)
    assert asking.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    asking.detach()
    phone.lose_network()
    page.goto(f"{wire.address}/t/")
    expect(page.locator("[data-when-offline]")).to_be_visible()
    photo(page, "offline-day")
    page.locator(f".job[href='/t/visits/{first.pk}/']").click()
    times = {"set_out": tap(page, "Set out")}
    expect(page.locator(".unsent:visible [data-count]")).to_have_text("1")
    expect(page.locator("[data-pills]").first).to_have_text("On the way")
    page.goto(f"{wire.address}/t/visits/{second.pk}/")
    page.locator("#note-text").fill("Kluczyk u sąsiadki.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".note.is-unsent")).to_have_text("Kluczyk u sąsiadki.")
    page.goto(f"{wire.address}/t/visits/{first.pk}/")
    expect(page.locator(".note.is-unsent")).to_have_count(0)  # two visits are never mixed up
    times["arrive"] = tap(page, "I have arrived")
    expect(page.locator("[data-lacks]")).to_contain_text("a photo")
    tap(page, "Finish")
    expect(page.locator("[data-pills]").first).to_have_text("On site")  # something still lacks
    for nr in range(len(CHECKLIST)):
        page.locator(".tick").nth(nr).click()
        expect(page.locator(".tick").nth(nr)).to_have_attribute("aria-pressed", "true")
    page.locator("#value-signal").fill("-35")
    page.get_by_role("button", name="Save the value").click()
    expect(page.locator("[data-lack='limit:signal']")).to_be_visible()
    page.locator("#value-signal").fill("-19,5")
    page.get_by_role("button", name="Save the value").click()
    expect(page.locator("[data-lack='limit:signal']")).to_be_hidden()
    page.locator("#picture").set_input_files({"name": "socket.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    page.get_by_role("button", name="Save the photo").click()
    expect(page.locator(".photo-unsent")).to_be_visible()
    photo(page, "offline-visit")
    assert_accessible(page)
    assert_fits(page)
    sign(page, "Łucja Żak")
    expect(page.locator("[data-signed]")).to_have_text("Łucja Żak")
    expect(page.locator("[data-lacks]")).to_be_hidden()
    times["finish"] = tap(page, "Finish")
    expect(page.locator("[data-over]")).to_be_visible()
    expect(page.locator(".unsent:visible [data-count]")).to_have_text("10")
    phone.kill()
    phone.start()
    phone.lose_network()
    page = phone.page
    page.goto(f"{wire.address}/t/")
    expect(page.locator(f".job[href='/t/visits/{first.pk}/'] [data-pills]")).to_have_text("Done")
    expect(page.locator(".unsent:visible [data-count]")).to_have_text("10")
    assert Visit.objects.get(pk=first.pk).state == VisitState.BOOKED
    assert not Operation.objects.filter(queue__technician=worker.technician).exists()
    phone.find_network()
    until(lambda: Visit.objects.get(pk=first.pk).state == VisitState.DONE, "end of the visit")
    expect(page.locator("work-queue[state=sent]")).to_have_count(1, timeout=WAIT)
    steps = taken(first)
    assert [name for name, _ in steps] == ["set_out", "arrive", "finish"]
    for name, at in steps:
        assert abs(at - times[name]) < timedelta(seconds=10), f"{name}: {at}, not {times[name]}"
    evidence = evidence_of(first)
    assert (evidence.photos, evidence.signed, evidence.steps, evidence.measured) == (1, True, {0, 1}, {"signal": -19.5})
    assert [note.text for note in second.notes.all()] == ["Kluczyk u sąsiadki."]
    assert not first.notes.exists()
    rows = Operation.objects.filter(queue__technician=worker.technician).order_by("number")
    assert [row.number for row in rows] == list(range(1, 11))
    assert {row.state for row in rows} == {"applied"}


def test_cancelled_while_offline_is_told_and_nothing_done_is_lost(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone], photo: Photograph
) -> None:
    worker = a_worker(house, "Ewa Daleka")
    visit = a_promise("Jednak Działa", worker=worker)
    telephones.append(phone := Telephone(browser, wire, theme="dark"))
    page = phone.page
    sign_in(page, wire.address, worker.email)
    phone.is_kept(visit)
    phone.lose_network()
    cancel_visit(visit.pk, actor=SYSTEM, now=clock.now(), reason=CancelReason.FIXED_ITSELF)
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    tap(page, "Set out")
    expect(page.locator("[data-pills]").first).to_have_text("On the way")
    tap(page, "I have arrived")
    page.locator("#note-text").fill("Router działał już, gdy przyjechałam.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".unsent:visible [data-count]")).to_have_text("3")
    phone.find_network()
    until(lambda: Operation.objects.filter(visit_id=visit.pk).count() == 3, "three operations")
    assert Visit.objects.get(pk=visit.pk).state == VisitState.CANCELLED
    assert [note.text for note in visit.notes.all()] == ["Router działał już, gdy przyjechałam."]
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    expect(page.locator(".is-over")).to_contain_text("Cancelled")
    expect(page.locator(".banner-warn")).to_contain_text("came too late")
    photo(page, "offline-too-late")
    assert_accessible(page)


def test_page_never_seen_says_that_there_is_no_network_and_signing_out_warns_of_unsent_work(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone], photo: Photograph
) -> None:
    worker = a_worker(house, "Adam Cichy")
    visit = a_promise("Maria Nowa", worker=worker)
    telephones.append(phone := Telephone(browser, wire))
    page = phone.page
    sign_in(page, wire.address, worker.email)
    phone.is_kept(visit)
    phone.lose_network()
    page.goto(f"{wire.address}/t/visits/{visit.pk + 100000}/")
    expect(page.locator("main")).to_contain_text("was not saved on your phone")
    photo(page, "offline-unknown")
    assert_accessible(page)
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    tap(page, "Set out")
    page.goto(f"{wire.address}/t/phone/")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Sign out").click()
    until(lambda: asked, "question")
    assert "has not been sent" in asked[0]
    expect(page.locator("h1")).to_have_text("My phone")
    phone.find_network()
    until(lambda: Visit.objects.get(pk=visit.pk).state == VisitState.ON_THE_WAY, "step")
    expect(page.locator("work-queue[state=sent]")).to_have_count(1, timeout=WAIT)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/accounts/"))
    assert page.evaluate("caches.has('blisko-pages-1')") is False
