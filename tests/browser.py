"""Chromium as the customer's telephone: how it is started, checked for accessibility and photographed."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

ROOT = Path(__file__).resolve().parent.parent
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-gpu-rasterization",  # only maps need WebGL; pages painted through it cost the processor more than twice as much
]  # fmt: skip
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def chromium() -> str:
    """The path of the system's Chromium."""
    found = os.environ.get("BLISKO_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Chromium is missing: sudo apt-get install -y --no-install-recommends chromium (or set BLISKO_CHROMIUM)"
    return found


def launch(playwright: Playwright) -> Browser:
    """Start Chromium with an empty profile and WebGL drawn by the processor."""
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


def open_phone(browser: Browser, *, language: str = "en", theme: str = "light", scripts: bool = True) -> BrowserContext:
    """Answer a fresh phone-sized context (360 x 740 at two pixels per point)."""
    return browser.new_context(
        viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, locale=language, color_scheme=theme,
        java_script_enabled=scripts, timezone_id="Europe/Warsaw",
    )  # fmt: skip


def open_desk(browser: Browser, *, language: str = "en", theme: str = "light") -> BrowserContext:
    """Answer a fresh context of the size of a dispatcher's screen."""
    return browser.new_context(viewport=DESK, locale=language, color_scheme=theme, timezone_id="Europe/Warsaw")


def assert_accessible(page: Page) -> None:
    """Fail with readable violations unless `page` passes axe's WCAG 2.2 A and AA rules."""
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    assert axe.exists(), "axe-core is missing: npm ci"
    # Evaluated, not added as a script tag: the page's own security policy stays in force.
    page.evaluate(axe.read_text())
    # What is still fading in has not got its colours yet; what moves for ever cannot be brought to its end.
    page.evaluate("document.getAnimations().forEach(one => { try { one.finish(); } catch { return; } })")
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", WCAG)
    told = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
        + "\n".join(
            f"    {' '.join(map(str, node['target']))}  {node['html'][:160]}\n      {node['failureSummary']}" for node in violation["nodes"]
        )
        for violation in found["violations"]
    ]
    assert not told, f"{page.url} is not accessible:\n" + "\n".join(told)


def photograph(page: Page, name: str, folder: Path) -> Path:
    """Save the whole page as `screens/<name>-<language>-<theme>.png` among the artefacts and answer its path."""
    language = page.evaluate("document.documentElement.lang || 'en'")
    theme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    path = folder / "screens" / f"{name}-{language}-{theme}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
    return path
