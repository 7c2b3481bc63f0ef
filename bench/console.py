"""The dispatcher's console under the hand: frames while a visit is dragged over a day of 400, beside the same page at rest.

Chromium paints with the processor here, where a dispatcher's machine has a graphics card, the map, too: whenever its lines change, frames
wait for it, as once at the beginning of a drag. Beside frames stands what the page's own thread needed for each. The worker is asleep
meanwhile: it is the page that is measured.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles

from django.db import connection
from playwright.sync_api import Page, ViewportSize, sync_playwright

from bench.house import house, put_worker_to_sleep
from blisko.access.rules import SYSTEM
from blisko.customers.tests.make import a_customer, a_site
from blisko.kit import clock
from blisko.planning.services import assign_visit
from blisko.visits.tests.make import a_visit
from tests.browser import chromium
from tests.journeys.staff import PLACES, a_person, a_worker, sign_in
from tests.platform import Platform

TECHNICIANS, VISITS_EACH = 40, 10
WALL: ViewportSize = {"width": 2560, "height": 1900}
SECONDS = 6.0
PATIENCE = 300.0  # seconds until the day's messages are written
FRAME = 1000 / 60  # milliseconds
COUNT = """() => {
  const seen = window.seen = { frames: [], long: 0, running: true };
  new PerformanceObserver(list => { seen.long += list.getEntries().length; }).observe({ type: "longtask" });
  const step = at => { seen.frames.push(at); if (seen.running) requestAnimationFrame(step); };
  requestAnimationFrame(step);
}"""
SEEN = """() => [...document.querySelectorAll(".tl-row .tl-bar")]
  .filter(one => { const box = one.getBoundingClientRect(); return box.top > 0 && box.bottom < innerHeight; }).length"""
TELL = "() => { window.seen.running = false; return window.seen; }"


@dataclass(frozen=True)
class Frames:
    """What was measured in some seconds: gaps between frames in ms, tasks over 50 ms, ms of the page's thread for each frame."""

    gaps: list[float]
    long: int
    busy: float

    def line(self, name: str) -> str:
        p95 = quantiles(self.gaps, n=20)[-1]
        late = sum(gap > 1.5 * FRAME for gap in self.gaps) / len(self.gaps)
        return (
            f"{name:8} {1000 / median(self.gaps):6.1f} {1000 * len(self.gaps) / sum(self.gaps):6.1f} {p95:8.1f} {100 * late:9.1f}"
            f" {max(self.gaps):8.1f} {self.long:6} {self.busy:10.2f}"
        )


def full_day(platform: Platform) -> None:
    """Give forty technicians ten visits each, in two-hour windows, and wait until everything that follows has been done."""
    now = clock.now()
    for nr in range(TECHNICIANS):
        worker = a_worker(platform, f"Jan {nr:02} Kowalski", face=False)
        for step in range(VISITS_EACH):
            lat, lon = PLACES[(nr + step) % len(PLACES)]
            customer = a_customer(now, name=f"Klient {nr:02}-{step}", phone=f"+4860{nr:03}{step:04}")
            site = a_site(now, customer, lat=lat + nr / 2000, lon=lon + step / 2000)
            visit = a_visit(now, site, starts_in=timedelta(minutes=62 * step + 5))
            assign_visit(visit.pk, worker.technician.pk, actor=SYSTEM, now=now)
    until = time.monotonic() + PATIENCE
    while under_way() and time.monotonic() < until:
        time.sleep(1)


def under_way() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name <> 'care'")
        return int(cursor.fetchone()[0])


def measured(page: Page, work: Callable[[Page, float], None]) -> Frames:
    """Count frames while `work` goes on, until the moment it is given."""
    told = page.context.new_cdp_session(page)
    told.send("Performance.enable")

    def busy() -> float:
        metrics = {one["name"]: one["value"] for one in told.send("Performance.getMetrics")["metrics"]}
        return float(metrics["TaskDuration"]) * 1000

    page.evaluate(COUNT)
    before, end = busy(), time.monotonic() + SECONDS
    work(page, end)
    used, seen = busy() - before, page.evaluate(TELL)
    frames = seen["frames"]
    gaps = [after - at for at, after in zip(frames, frames[1:], strict=False)]
    return Frames(gaps, seen["long"], used / len(gaps))


def rest(page: Page, end: float) -> None:
    time.sleep(max(0.0, end - time.monotonic()))


def drag(page: Page, end: float) -> None:
    """Drag a visit to and fro over all rows until a moment."""
    bars = page.locator(".tl-row .tl-bar:not([data-fixed])")
    rows, box = page.locator(".tl-rows").bounding_box(), bars.nth(bars.count() // 2).bounding_box()
    assert rows is not None
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    step = 0
    while time.monotonic() < end:
        step += 1
        x = rows["x"] + 260 + (step * 7) % (rows["width"] - 400)
        y = rows["y"] + 60 + abs((step * 5) % (2 * (rows["height"] - 120)) - (rows["height"] - 120))
        page.mouse.move(x, min(y, WALL["height"] - 60))
    if not page.locator("plan-timeline[dragging]").count():
        raise SystemExit("bench: nothing was dragged, so nothing was measured")
    page.keyboard.press("Escape")
    page.mouse.up()
    print(f"{step} moves of the hand")


def main() -> None:
    with house() as platform:
        full_day(platform)
        put_worker_to_sleep()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--no-first-run"])
            page = browser.new_context(viewport=WALL, locale="en", timezone_id="Europe/Warsaw").new_page()
            sign_in(page, platform.web, a_person("dispatcher"))
            report(page, platform.web)
            browser.close()


def report(page: Page, web: str) -> None:
    page.goto(f"{web}/plan/")
    page.locator("plan-console[ready]").wait_for()
    page.locator("[data-do=dense]").click()
    page.wait_for_timeout(3000)
    if (seen := page.evaluate(SEEN)) != TECHNICIANS * VISITS_EACH:
        raise SystemExit(f"bench: {seen} of {TECHNICIANS * VISITS_EACH} visits are on screen")
    print(f"{seen} visits on screen at {WALL['width']}x{WALL['height']}, load {os.getloadavg()[0]:.1f}")
    print(f"{'':8} {'median':>6} {'mean':>6} {'p95':>8} {'late':>9} {'longest':>8} {'tasks':>6} {'own thread':>10}")
    print(f"{'':8} {'fps':>6} {'fps':>6} {'ms':>8} {'% frames':>9} {'ms':>8} {'>50ms':>6} {'ms/frame':>10}")
    still = measured(page, rest)
    print(still.line("at rest"))
    held = measured(page, drag)
    print(held.line("dragging"))
    print(f"dragging / at rest: {median(held.gaps) / median(still.gaps):.2f} of the time between frames")


if __name__ == "__main__":
    main()
