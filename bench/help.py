"""How soon help is heard: a technician's telephone and a console side by side, from the tap until it is on the other's screen.

A message, a photo as a telephone's camera makes it (4 megapixels), a call, and the answer back, over the running platform with Chromium
at both ends on this machine. The photo is made small on the telephone, sent in pieces, and read anew by the house.
Run: `make bench ARGS=help`.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from PIL import Image, ImageChops
from playwright.sync_api import Page, sync_playwright

from bench.house import house
from tests.browser import launch, open_desk, open_phone
from tests.journeys.staff import a_person, a_promise, a_worker, sign_in

RUNS, TARGET, PATIENCE = 15, 2000, 30_000  # milliseconds


def camera(path: Path, seed: int) -> Path:
    """Write a photo with as much in it as a real one: soft shapes under fine grain, 1.8 MB of JPEG."""
    soft = Image.merge("RGB", [Image.effect_noise((240 + seed, 180), 90).resize((2400, 1800), Image.Resampling.BICUBIC) for _ in range(3)])
    grain = Image.effect_noise((2400, 1800), 8).convert("RGB")
    ImageChops.add(soft, grain, scale=1.0, offset=-128).save(path, "JPEG", quality=88)
    return path


def measured(page: Page, what: str, tap: Callable[[int], None]) -> list[float]:
    """Tap so many times; answer how long each took, in milliseconds, until one more of `what` is on `page`."""
    found = []
    for nr in range(RUNS):
        wanted = page.locator(what).count() + 1
        began = time.monotonic()
        tap(nr)
        page.wait_for_function("([what, wanted]) => document.querySelectorAll(what).length >= wanted", arg=[what, wanted], timeout=PATIENCE)
        found.append(1000 * (time.monotonic() - began))
        page.wait_for_timeout(700)  # what comes sooner is the same tap
    return found


def line(name: str, times: list[float]) -> str:
    late = sum(one > TARGET for one in times)
    return f"{name:8} median {median(times):5.0f} ms, worst {max(times):5.0f} ms of {len(times)}, {late} later than {TARGET} ms"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, house() as platform, sync_playwright() as playwright:
        photos = [camera(Path(folder) / f"{nr}.jpg", nr) for nr in range(RUNS)]
        worker = a_worker(platform, "Piotr Pracowity")
        visit = a_promise("Łucja Żak", worker=worker)
        browser = launch(playwright)
        console, mine = open_desk(browser).new_page(), open_phone(browser).new_page()
        sign_in(console, platform.web, a_person("dispatcher"))
        console.goto(f"{platform.web}/help/")
        sign_in(mine, platform.web, worker.email)
        mine.goto(f"{platform.web}/t/visits/{visit.pk}/")
        for page in (console, mine):
            page.locator("live-stream[state=live]").wait_for(state="attached", timeout=PATIENCE)
        mine.locator("button[popovertarget=help]:visible").first.click()
        mine.evaluate("document.querySelector('help-call a').addEventListener('click', (event) => event.preventDefault())")

        def write(nr: int) -> None:
            mine.locator("#help-text").fill(f"No signal at socket {nr}")
            mine.locator("form[data-operation=help] button").click()

        def show(nr: int) -> None:
            mine.locator("#help input[type=file]").set_input_files(photos[nr])

        def answer(nr: int) -> None:
            console.locator("textarea[name=text]").fill(f"Try port {nr}")
            console.locator("form[action$='/answer/'] button").first.click()

        times = [
            ("message", measured(console, ".said", write)),
            ("photo", measured(console, ".said-photo", show)),
            ("call", measured(console, ".said", lambda _: mine.locator("help-call a").click())),
            ("answer", measured(mine, ".said:not(.said-mine)", answer)),
        ]
        browser.close()
    for name, found in times:
        print(line(name, found))
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
