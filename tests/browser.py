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
    # Only maps need WebGL: pages painted and put together through it cost the processor more than twice as much.
    "--disable-gpu-rasterization", "--disable-gpu-compositing",
]  # fmt: skip
# What is wrong with letters on a page: wider than the screen, cut off, out of their button, one word upon another.
UNREADABLE = """() => {
  const told = [], name = (one) => `${one.localName}.${one.className}: ${one.textContent.trim().replace(/\\s+/g, " ").slice(0, 60)}`;
  const hidden = (one) => !one.checkVisibility() || one.closest(".unseen, .skip, blisko-map, svg, .stars input") !== null
    || getComputedStyle(one).clipPath !== "none";
  const screen = document.documentElement.clientWidth;
  const words = [];
  for (const one of document.body.querySelectorAll("*")) {
    if (hidden(one)) continue;
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (box.width > 1 && (box.right > screen + 1 || box.left < -1)) told.push(`out of the screen: ${name(one)}`);
    const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
    if (clips && one.localName !== "textarea" && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1))
      told.push(`cut off: ${name(one)}`);
    for (const node of one.childNodes) {
      if (node.nodeType !== 3 || !node.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) if (rect.width > 1) words.push({ one, node, rect });
    }
  }
  for (const { one, rect } of words) {
    const button = one.closest("button, summary, a.button, .segment, .pill, label.choice"), box = button?.getBoundingClientRect();
    if (box && (rect.left < box.left - 1 || rect.right > box.right + 1 || rect.top < box.top - 2 || rect.bottom > box.bottom + 2))
      told.push(`out of its button: ${name(button)}`);
  }
  const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]);
  words.forEach((a, nr) => words.slice(nr + 1).forEach((b) => {
    const across = shared(a.rect, b.rect, "left", "right"), down = shared(a.rect, b.rect, "top", "bottom");
    if (a.node !== b.node && across > 2 && down > 0.4 * Math.min(a.rect.height, b.rect.height))
      told.push(`upon one another: ${name(a.one)} and ${name(b.one)}`);
  }));
  return [...new Set(told)];
}"""
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


SMALL_FOR_GLOVES = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, .skip, p, li > span, blisko-map") && one.type !== "hidden")
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.height < 47.5 || box.width < 47.5))
  .map(([one, box]) => `${one.localName}.${one.className} ${one.textContent.trim().slice(0, 40)}: ${box.width}x${box.height}`)"""


def assert_sunlit(page: Page) -> None:
    """Fail unless `page` can be read in the sun (contrast 7:1) and tapped with gloves (48 px; links in sentences aside)."""
    page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text())
    page.evaluate("document.getAnimations().forEach(one => { try { one.finish(); } catch { return; } })")
    rule = "color-contrast-enhanced"
    wanted = {"runOnly": {"type": "rule", "values": [rule]}, "rules": {rule: {"enabled": True}}}
    found = page.evaluate("wanted => axe.run(document, wanted)", wanted)
    told = [f"{node['html'][:120]}: {node['any'][0]['message']}" for violation in found["violations"] for node in violation["nodes"]]
    small = page.evaluate(SMALL_FOR_GLOVES)
    assert not told and not small, f"{page.url}:\n" + "\n".join([*told, *small])


def assert_fits(page: Page) -> None:
    """Fail if `page` is wider than the screen. A telephone's `innerWidth` grows with what is too wide, so it tells nothing."""
    page.wait_for_load_state()  # a page that has only begun has no width yet
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    told = page.evaluate(UNREADABLE) if wide > 0 else []
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen:\n" + "\n".join(told)


def assert_readable(page: Page, *, letters: int = 100) -> None:
    """Fail unless every letter of `page` can be read at so many percent of its size: on the screen, whole, and none upon another."""
    page.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%`; }", letters)
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    page.evaluate("document.fonts.ready")
    assert_fits(page)
    found = page.evaluate(UNREADABLE)
    assert not found, f"{page.url} cannot be read at {letters} %:\n" + "\n".join(found)


def photograph(page: Page, name: str, folder: Path) -> Path:
    """Save the whole page as `screens/<name>-<language>-<theme>.png` among the artefacts and answer its path."""
    language = page.evaluate("document.documentElement.lang || 'en'")
    theme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    path = folder / "screens" / f"{name}-{language}-{theme}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
    return path
