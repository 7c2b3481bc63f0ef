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
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from bench.page_weight import technicians_app
from blisko.access.rules import SYSTEM
from blisko.field.tests.make import actor_of
from blisko.kit import clock
from blisko.kit.models import Step
from blisko.live.models import Fix, Operation
from blisko.live.rules.app import APP, ISLANDS
from blisko.live.rules.provisioning import App
from blisko.live.services import issue_device
from blisko.planning.services import unassign_visit
from blisko.ui.built import built_files
from blisko.visits.models import Visit
from blisko.visits.queries import evidence_of
from blisko.visits.rules import CancelReason, VisitState
from blisko.visits.services import add_photo, arrive, cancel_visit, write_note
from blisko.visits.tests.make import a_job_type
from tests.browser import FLAGS, PHONE, assert_accessible, assert_fits, chromium
from tests.conftest import Photograph
from tests.journeys.staff import CHECKLIST, PATIENCE, PLACES, Worker, a_promise, a_worker, asks_for_proof, morning, sign_in, until
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

    def at_work(self, worker: Worker, *visits: Visit) -> Page:
        """Sign in, and wait until the day is on the telephone."""
        sign_in(self.page, self.wire.address, worker.email)
        self.is_kept(*visits)
        return self.page

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


def is_alive(page: Page, *tags: str) -> None:
    """Wait until the scripts of these tags are there."""
    wanted = list(tags or ("work-queue",))
    until(lambda: page.evaluate("(tags) => tags.every((tag) => !!customElements.get(tag))", wanted), "scripts")


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
    page = phone.at_work(worker, visit)
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
    page = phone.at_work(worker, visit)
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


def test_work_of_whoever_had_the_telephone_before_is_never_sent_as_anothers(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]
) -> None:
    first, second = a_worker(house, "Anna Pierwsza"), a_worker(house, "Bogdan Drugi")
    hers, his = a_promise("Maria Pierwsza", worker=first), a_promise("Karol Drugi", worker=second, place=PLACES[1])
    telephones.append(phone := Telephone(browser, wire))
    page = phone.at_work(first, hers)
    page.goto(f"{wire.address}/t/visits/{hers.pk}/")
    phone.lose_network()
    page.locator("#note-text").fill("Klucz u Anny.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".unsent:visible [data-count]")).to_have_text("1")
    # He signs in without her signing out (her session was ended elsewhere), while her page is still open.
    open_page = page
    phone.context.clear_cookies()
    phone.find_network()
    page = phone.context.new_page()
    phone.wire.mend()
    sign_in(page, wire.address, second.email)
    open_page.evaluate("dispatchEvent(new Event('online'))")
    expect(open_page.locator("#note-text")).to_have_count(0, timeout=WAIT)  # her page gives way: it is none of his
    expect(page.locator("work-queue")).to_have_attribute("who", str(second.technician.pk))
    page.goto(f"{wire.address}/t/visits/{his.pk}/")
    tap(page, "Set out")
    until(lambda: Visit.objects.get(pk=his.pk).state == VisitState.ON_THE_WAY, "his step")
    assert not hers.notes.exists()
    assert not Operation.objects.filter(visit_id=hers.pk).exists()
    page.goto(f"{wire.address}/t/phone/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/accounts/"))
    sign_in(page, wire.address, first.email)
    until(lambda: [note.text for note in hers.notes.all()] == ["Klucz u Anny."], "her note, once she is back")
    assert {row.queue.technician_id for row in Operation.objects.filter(visit_id=hers.pk)} == {first.technician.pk}


def test_page_drawn_anew_leaves_alone_what_a_finger_is_doing(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]
) -> None:
    worker = a_worker(house, "Celina Pisząca")
    visit = a_promise("Roman Podpisany", worker=worker)
    telephones.append(phone := Telephone(browser, wire))
    page = phone.page
    sign_in(page, wire.address, worker.email)
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    is_alive(page, "sign-here", "work-queue")
    page.locator("#signer").fill("Roman")
    page.locator("canvas.sign").scroll_into_view_if_needed()
    drawn = """() => { const it = document.querySelector('canvas.sign'), at = it.getContext('2d');
        at.fillStyle = '#123456'; at.fillRect(5, 5, 40, 40); return it.toDataURL(); }"""
    before = page.evaluate(drawn)
    page.locator("details.more summary").first.click()
    with page.expect_response(lambda answer: answer.url.endswith(f"/t/visits/{visit.pk}/")):
        write_note(visit.pk, text="Zadzwonić dwa razy.", actor=SYSTEM, now=clock.now())
        page.evaluate("document.body.dispatchEvent(new CustomEvent('blisko:poll'))")
    expect(page.locator("[data-notes]")).to_contain_text("Zadzwonić dwa razy.")
    assert page.evaluate("document.querySelector('canvas.sign').toDataURL()") == before
    expect(page.locator("#signer")).to_have_value("Roman")
    expect(page.locator("sign-here")).to_be_visible()
    assert page.locator("details.more").first.evaluate("one => one.open")


def test_trembling_glove_is_one_tap_and_a_photo_is_kept_before_anything_is_done_with_it(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]
) -> None:
    worker = a_worker(house, "Damian Drżący")
    visit = a_promise("Ola Zdjęta", worker=worker)
    telephones.append(phone := Telephone(browser, wire))
    sign_in(phone.page, wire.address, worker.email)
    phone.is_kept(visit)
    phone.context.close()  # signed in some time ago: Chromium writes cookies down half a minute later
    phone.start()
    page = phone.page
    phone.lose_network()
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    is_alive(page)
    page.locator(".technician-actions button:visible", has_text="Set out").dblclick()
    expect(page.locator("[data-pills]").first).to_have_text("On the way")
    page.locator("#note-text").fill("Raz.")
    page.evaluate("for (let nr = 0; nr < 3; nr += 1) document.querySelector('form[data-operation=note]').requestSubmit()")
    expect(page.locator(".note.is-unsent")).to_have_count(1)
    expect(page.locator(".unsent:visible [data-count]")).to_have_text("2")
    # The telephone is killed before the photo can have been made small: it was written down as it came from the camera.
    page.evaluate("() => { globalThis.createImageBitmap = () => new Promise(() => {}); }")
    page.locator("#picture").set_input_files({"name": "socket.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    page.get_by_role("button", name="Save the photo").click()
    expect(page.locator(".photo-unsent")).to_be_visible()
    phone.kill()
    phone.start()
    page = phone.page
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    phone.find_network()
    until(lambda: evidence_of(visit).photos == 1, "photo")
    expect(page.locator("work-queue[state=sent]")).to_have_count(1, timeout=WAIT)
    rows = Operation.objects.filter(queue__technician=worker.technician).order_by("number")
    assert [(row.kind, row.state) for row in rows] == [("set_out", "applied"), ("note", "applied"), ("photo", "applied")]


def test_to_ring_is_to_stay_and_to_go_elsewhere_with_unsent_work_is_asked_about(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]
) -> None:
    worker = a_worker(house, "Dorota Dzwoniąca")
    visit = a_promise("Olaf Słuchawka", worker=worker)
    telephones.append(phone := Telephone(browser, wire))
    page = phone.at_work(worker, visit)
    phone.lose_network()
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    is_alive(page)
    page.locator("#note-text").fill("Dzwonię.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".unsent:visible [data-count]")).to_have_text("1")
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.evaluate("() => { globalThis.asked = []; addEventListener('beforeunload', (event) => asked.push(event.defaultPrevented)); }")
    page.locator("a[href^='tel:']").first.click()
    until(lambda: page.evaluate("asked") == [False], "browser that asks before ringing")
    page.wait_for_timeout(1_100)
    page.evaluate("() => { setTimeout(() => { location.href = 'http://127.0.0.1:18999/'; }, 0); }")
    until(lambda: page.evaluate("asked") == [False, True], "question")


def test_what_was_sent_is_shown_over_a_page_kept_from_before(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]
) -> None:
    worker = a_worker(house, "Edyta Wysłana")
    visit = a_promise("Filip Stary", worker=worker)
    telephones.append(phone := Telephone(browser, wire))
    page = phone.at_work(worker, visit)
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    is_alive(page)
    # From now on no page is brought, only operations go: as when the network carries a little and breaks off.
    page.context.route(re.compile(r"/t/(visits/\d+/)?$"), lambda route: route.abort())
    tap(page, "Set out")
    until(lambda: Visit.objects.get(pk=visit.pk).state == VisitState.ON_THE_WAY, "step")
    expect(page.locator("work-queue[state=sent]")).to_have_count(1, timeout=WAIT)
    page.context.unroute(re.compile(r"/t/(visits/\d+/)?$"))
    phone.lose_network()
    for address in (f"/t/visits/{visit.pk}/", "/t/"):
        page.goto(wire.address + address)
        expect(page.locator(f"[data-visit='{visit.pk}'] [data-pills]").first).to_have_text("On the way")
        expect(page.locator("work-queue[state=sent]")).to_have_count(1)


def test_lost_store_is_opened_anew_and_a_picture_nobody_can_take_stays_until_it_was_seen(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone], photo: Photograph
) -> None:
    worker = a_worker(house, "Gustaw Gubiący")
    visit = a_promise("Halina Wielka", worker=worker)
    telephones.append(phone := Telephone(browser, wire, theme="dark"))
    page = phone.page
    page.context.add_init_script(
        """const open = indexedDB.open.bind(indexedDB);
        indexedDB.open = (...how) => {
            const asked = open(...how);
            asked.addEventListener("success", () => globalThis.store = asked.result);
            return asked;
        };"""
    )
    sign_in(page, wire.address, worker.email)
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    until(lambda: page.evaluate("() => !!globalThis.store"), "store")
    page.evaluate("globalThis.store.close()")
    tap(page, "Set out")
    until(lambda: Visit.objects.get(pk=visit.pk).state == VisitState.ON_THE_WAY, "step after a lost store")
    # What no browser can read and the house will not have, of nine megabytes.
    page.locator("#picture").set_input_files({"name": "odd.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 9_000_000})
    page.locator("#caption").fill("Gniazdko")
    page.get_by_role("button", name="Save the photo").click()
    told = page.locator(".banner", has_text="could not be taken")
    expect(told).to_contain_text("Gniazdko", timeout=WAIT)
    expect(page.locator("work-queue[state=sent]")).to_have_count(1)
    photo(page, "offline-refused")
    assert_accessible(page)
    page.locator("#note-text").fill("Dalej.")
    page.get_by_role("button", name="Save the note").click()
    until(lambda: visit.notes.filter(text="Dalej.").exists(), "work after it")
    page.reload()
    expect(told).to_be_visible()
    told.get_by_role("button", name="Remove").click()
    expect(told).to_have_count(0)
    page.reload()
    is_alive(page)
    expect(told).to_have_count(0)


def test_where_nothing_can_be_kept_it_goes_as_a_plain_form_or_is_told(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]
) -> None:
    worker = a_worker(house, "Lech Pełny")
    visit = a_promise("Marta Zwykła", worker=worker)
    arrive(visit.pk, actor=actor_of(worker.technician), now=clock.now())
    telephones.append(phone := Telephone(browser, wire))
    page = phone.page
    page.context.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('full', 'QuotaExceededError'); };")
    sign_in(page, wire.address, worker.email)
    phone.is_kept(visit)
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    is_alive(page)
    page.locator(".tick").first.click()  # the form and the button that was pressed
    until(lambda: evidence_of(visit).steps == {0}, "tick by a plain form")
    expect(page.locator(".tick").first).to_have_attribute("aria-pressed", "true")
    phone.lose_network()
    is_alive(page)
    told: list[str] = []
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.accept()))
    page.locator("#note-text").fill("Bez sieci.")
    page.get_by_role("button", name="Save the note").click()
    until(lambda: told, "that it cannot be kept")
    assert "cannot keep your work" in told[0]
    expect(page.locator("#note-text")).to_have_value("Bez sieci.")


def test_pictures_that_no_page_shows_any_longer_go(house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]) -> None:
    worker = a_worker(house, "Nina Zdjęciowa")
    visit = a_promise("Oskar Stary", worker=worker)
    shown = add_photo(visit.pk, content=picture(), caption="Gniazdko", actor=SYSTEM, now=clock.now())
    telephones.append(phone := Telephone(browser, wire))
    page = phone.at_work(worker, visit)
    ask = "async () => (await (await caches.open('blisko-files-1')).keys()).map((one) => new URL(one.url).pathname)"
    there = f"/t/visits/{visit.pk}/photos/{shown.pk}/"
    until(lambda: there in page.evaluate(ask), "photo on the telephone")
    unassign_visit(visit.pk, actor=SYSTEM, now=clock.now())
    page.evaluate("localStorage.removeItem('blisko-kept')")
    page.goto(f"{wire.address}/t/")
    until(lambda: there not in page.evaluate(ask), "photo that has gone")


def test_whatever_pages_are_made_of_is_there_before_they_are_and_after_signing_out(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]
) -> None:
    worker = a_worker(house, "Igor Świeży")
    telephones.append(phone := Telephone(browser, wire))
    page = phone.at_work(worker)
    kept = """async () => {
        const names = (await caches.keys()).filter((one) => one.startsWith("blisko-app-"));
        const all = await Promise.all(names.map(async (one) => (await caches.open(one)).keys()));
        return all.flat().map(({url}) => new URL(url).pathname);
    }"""
    files = set(page.evaluate(kept))
    assert {f"/static/{file}" for file in built_files(settings.BUILT, APP)} | {"/t/offline/"} <= files
    # Nothing is ever needed of what no page has asked for yet: an island comes without a network too.
    phone.lose_network()
    page.evaluate("document.body.append(document.createElement('sign-here'), document.createElement('part-count'))")
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:after:swap'))")
    is_alive(page, "sign-here", "part-count")
    phone.find_network()
    page.goto(f"{wire.address}/t/phone/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/accounts/"))
    phone.lose_network()
    page.goto(f"{wire.address}/t/")
    expect(page.locator("main")).to_contain_text("was not saved on your phone")


def test_every_island_of_the_technicians_pages_is_brought_with_them() -> None:
    folder = Path("blisko/live/templates/live/technician")
    tags = {tag for file in folder.glob("*.html") for tag in re.findall(r"<([a-z]+-[a-z-]+)[\s>]", file.read_text())}
    assert tags <= {each.partition("/")[2] for each in ISLANDS}


def test_open_page_keeps_where_it_was_without_a_network_from_page_to_page_and_the_screen_on_under_way(
    house: Platform, browser: Browser, wire: Wire, telephones: list[Telephone]
) -> None:
    worker = a_worker(house, "Janina Jadąca")
    visit = a_promise("Kamil Czekający", worker=worker)
    telephones.append(phone := Telephone(browser, wire))
    page, context = phone.page, phone.context
    issue_device(worker.technician.pk, App.PAGE, actor=actor_of(worker.technician), now=clock.now())

    def kept() -> set[float]:
        return {round(lat, 3) for lat in Fix.objects.filter(device__technician=worker.technician).values_list("lat", flat=True)}

    context.grant_permissions(["geolocation"])
    context.add_init_script(
        """globalThis.locks = [];
        navigator.wakeLock.request = async () => {
            const lock = {released: false, release: async () => { lock.released = true; }};
            globalThis.locks.push(lock);
            return lock;
        };"""
    )
    context.set_geolocation({"latitude": 52.001, "longitude": 19.23, "accuracy": 9})
    sign_in(page, wire.address, worker.email)
    phone.is_kept(visit)
    until(lambda: kept() == {52.001}, "first position")
    phone.lose_network()
    house_cut = re.compile(re.escape(house.live))
    context.route(house_cut, lambda route: route.abort())
    page.goto(f"{wire.address}/t/visits/{visit.pk}/")
    is_alive(page, "report-here", "work-queue")
    context.set_geolocation({"latitude": 52.005, "longitude": 19.23, "accuracy": 9})
    expect(page.locator("report-here[state=waiting]")).to_have_count(1, timeout=WAIT)
    awake = "globalThis.locks.filter((one) => !one.released).length"
    assert page.evaluate(awake) == 0
    tap(page, "Set out")
    context.set_geolocation({"latitude": 52.006, "longitude": 19.23, "accuracy": 9})
    until(lambda: page.evaluate(awake) == 1, "screen that stays on")
    tap(page, "I have arrived")
    context.set_geolocation({"latitude": 52.007, "longitude": 19.23, "accuracy": 9})
    until(lambda: page.evaluate(awake) == 0, "screen that may sleep")
    page.goto(f"{wire.address}/t/")
    is_alive(page, "report-here")
    context.unroute(house_cut)
    phone.find_network()
    until(lambda: {52.005, 52.006, 52.007} <= kept(), "positions from without a network")
