"""What the tests in a real browser share: the site served, Chromium, questions put to a page."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.sites import build_site

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "NO BROWSER: the tests of tests/test_browser.py were skipped. To run them: "
    "apt-get install chromium"
)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--no-first-run", "--disable-sync"),
]
PATIENCE = 10_000  # milliseconds that a page has to answer, in the slowest of places
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]  # the dark scheme changes nothing else
AXE = Axe().axe_script


def installed() -> str | None:
    """The path of a Chromium that was installed on this machine; none is ever downloaded."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


# --- the site -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    folder: Path
    address: str  # http://127.0.0.1:1234

    def rows(self, query: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self.folder / "questionnaires.db")) as database:
            return database.execute(query, values).fetchall()

    def one(self, query: str, *values: object) -> object:
        return self.rows(query, *values)[0][0]


@contextmanager
def served(raw: Path, folder: Path) -> Iterator[Site]:
    """`datasette <folder> --port <a free one>`, in a process of its own, until it answers."""
    build_site(raw, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", str(folder), "--port", str(port)]
    with (folder / "datasette.log").open("w") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        site = Site(folder, f"http://127.0.0.1:{port}")
        _wait_for(site, server)
        yield site
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(site: Site, server: subprocess.Popen) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{site.address}/", timeout=5).close()
        except OSError:
            assert server.poll() is None, (site.folder / "datasette.log").read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError("datasette does not answer")


# --- the reader -----------------------------------------------------------------------------------


@dataclass
class Reader:
    """A browser with one page per setting, and what its pages did that a reader does not see."""

    browser: Browser
    sites: list[Site]
    contexts: dict[str, BrowserContext] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # every address requested
    complaints: list[tuple[str, str]] = field(default_factory=list)  # (address, console error)

    def page(self, width: int = 1280, height: int = 800, **setting: object) -> Page:
        """The page of a setting, its size put back: a context of Playwright's `new_context`."""
        key = repr(sorted(setting.items()))
        if key not in self.contexts:
            self.contexts[key] = context = self.browser.new_context(**setting)  # type: ignore[arg-type]
            context.set_default_timeout(PATIENCE)
            context.on("request", lambda request: self.asked.append(request.url))
            context.on("console", self._console)
            context.on("weberror", lambda e: self.complaints.append((e.page.url, str(e.error))))
            context.new_page()
        page = self.contexts[key].pages[0]
        page.set_viewport_size({"width": width, "height": height})
        return page

    def _console(self, message) -> None:
        where = message.location["url"]
        refused = "Failed to load resource" in message.text and where == message.page.url
        if message.type in ("error", "warning") and not refused:  # a test sees the page's status
            self.complaints.append((where, message.text))

    def elsewhere(self) -> list[str]:
        """What was requested from another host than the sites."""
        ours = (*(f"{site.address}/" for site in self.sites), "data:", "blob:", "about:")
        return [url for url in self.asked if not url.startswith(ours)]


# --- what is asked of a page ----------------------------------------------------------------------

UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"

_AXE_RUN = """
async rules => {
  const found = await axe.run(document, {
    runOnly: rules, resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
  });
  const where = node => node.html.slice(0, 160) + " " + node.any.map(check => check.message);
  return found.violations.map(rule =>
    `${rule.id}: ${rule.help} (${rule.nodes.length}): ${rule.nodes.slice(0, 3).map(where).join()}`);
}
"""


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """Rules of axe-core that the page breaks as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(_AXE_RUN, rules)


_SIDEWAYS = """
() => {
  const root = document.documentElement, width = root.clientWidth, found = [];
  const all = [...document.body.querySelectorAll("*")];
  const name = e =>
    `${e.tagName.toLowerCase()}.${e.className} ${e.textContent.trim().slice(0, 40)}`;
  const beyond = Math.max(root.scrollWidth, document.body.scrollWidth, innerWidth) - width;
  const goes = e => e.getBoundingClientRect().right > width + 1 && !e.closest(".scroll > *");
  if (beyond > 0)
    found.push(`${beyond} px too wide: ` + all.filter(goes).slice(-3).map(name).join(" | "));
  for (const e of all)
    if (["hidden", "clip"].includes(getComputedStyle(e).overflowX) && e.clientWidth > 1
        && e.scrollWidth > e.clientWidth + 1)
      found.push("cut: " + name(e));
  return found;
}
"""


def sideways(page: Page) -> list[str]:
    """What makes the page scroll from left to right, and what is cut at its edge."""
    return page.evaluate(_SIDEWAYS)


_SHIFTED = """
() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => total += e.value))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => setTimeout(() => done(total), 60));
})
"""


def shifted(page: Page) -> float:
    """How much of the page moved since it was opened: Chromium's layout-shift total."""
    return page.evaluate(_SHIFTED)


# How everything that takes the focus looks at rest; what was already there keeps its first look.
_AT_REST = """
() => {
  const takes = "a[href], button, input, select, textarea, summary, [tabindex]";
  window.looks ??= e => {
    const style = getComputedStyle(e);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow].join();
  };
  window.rest ??= new Map();
  for (const e of document.querySelectorAll(takes)) if (!rest.has(e)) rest.set(e, looks(e));
}
"""
_STOP = r"""
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const seen = e.closest(".CodeMirror") || e;  // the SQL editor shows the focus for its own input
  const style = getComputedStyle(seen), box = seen.getClientRects()[0];
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
  const over = document.elementFromPoint(
    middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
  window.been ??= new Set();
  const again = been.has(e);
  been.add(e);
  return {
    words: (e.getAttribute("aria-label") || e.textContent).trim().replace(/\s+/g, " "),
    href: e.getAttribute("href") || "", name: e.getAttribute("name") || "", again,
    marked: looks(seen) !== rest.get(seen) && (ring || style.boxShadow !== "none"),
    shown: !!over && (seen.contains(over) || over.contains(seen)),
  };
}
"""
_STOPS = """
() => {
  const takes = "a[href], button, input:not([type=hidden]), select, textarea, summary, "
    + "[tabindex='0']";
  return [...document.querySelectorAll(takes)]
    .filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true})).length;
}
"""


def tab(page: Page) -> dict | None:
    """Press Tab: where the focus went ({words, href, name, again}), seen by a reader's eyes.

    None past the end of the page.
    """
    page.evaluate(_AT_REST)
    page.keyboard.press("Tab")
    stop = page.evaluate(_STOP)
    for _ in range(20):
        if not stop or (stop["marked"] and stop["shown"]):
            break
        page.wait_for_timeout(300)  # the SQL editor takes the focus over once it has loaded
        stop = {**page.evaluate(_STOP), "again": stop["again"]}
    if stop and not stop["again"]:
        assert stop["marked"], f"nothing shows that the focus is on {stop} of {page.url}"
        assert stop["shown"], f"the focus is out of sight on {stop} of {page.url}"
    return stop


def tab_to(page: Page, most: int = 120, **wanted: str) -> list[dict]:
    """Press Tab until the focus is on what is wanted; every stop on the way."""
    stops: list[dict] = []
    for _ in range(most):
        stop = tab(page)
        assert stop is not None, f"the focus never reached {wanted}: {stops}"
        stops.append(stop)
        if all(stop[name] == value for name, value in wanted.items()):
            return stops
    raise AssertionError(f"the focus did not reach {wanted} in {most} stops")


def stops(page: Page) -> int:
    """How many things of the page take the focus."""
    return page.evaluate(_STOPS)
