"""The technician's app on a slow telephone: how heavy its shell is, and how soon his day is on the screen with a warm cache.

Chromium with its processor slowed down four times, phone-sized, in two ways: with a network, and with none at all (the service worker
answers). Run: `make bench ARGS=shell`.
"""

import re
from datetime import timedelta
from statistics import median

from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.house import house, put_worker_to_sleep
from bench.page_weight import technicians_app
from tests.browser import launch, open_phone
from tests.journeys.staff import PLACES, a_promise, a_worker, sign_in, until

VISITS, RUNS, SLOWER = 8, 9, 4
WEIGHT, FIRST = 150_000, 1000  # bytes, milliseconds
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
KEPT = "async () => (await (await caches.open('blisko-pages-1')).keys()).length"


def first_screens(context: BrowserContext, page: Page, address: str) -> list[float]:
    """Answer when the day was on the screen each time, in milliseconds from its call."""
    slow = context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    found = []
    for _ in range(RUNS):
        page.goto(address)
        found.append(float(str(until(lambda: page.evaluate(PAINTED), "first screen"))))
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return found


def main() -> None:
    files = technicians_app()
    for name, size in files.items():
        print(f"{size / 1000:7.1f} kB  {name}")
    print(f"{sum(files.values()) / 1000:7.1f} kB  the shell, gzip; target under {WEIGHT / 1000:.0f} kB")
    with house() as platform, sync_playwright() as playwright:
        worker = a_worker(platform, "Piotr Pracowity")
        for nr in range(VISITS):
            a_promise(f"Klient {nr}", worker=worker, place=PLACES[nr % len(PLACES)], starts_in=timedelta(minutes=5 + 65 * nr))
        browser = launch(playwright)
        context = open_phone(browser, language="pl")
        page = context.new_page()
        sign_in(page, platform.web, worker.email)
        until(lambda: page.evaluate(KEPT) >= VISITS + 3, "day on the telephone")
        put_worker_to_sleep()
        address = re.sub(r"(/t/).*", r"\1", page.url)
        with_network = first_screens(context, page, address)
        context.set_offline(True)
        without = first_screens(context, page, address)
        browser.close()
    for name, times in (("with a network", with_network), ("without one", without)):
        of = f"median {median(times):.0f} ms, worst {max(times):.0f} ms of {RUNS}"
        print(f"first screen {name}: {of}, {SLOWER}x slower; target {FIRST} ms")


if __name__ == "__main__":
    main()
