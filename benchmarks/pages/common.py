"""A server with a browser on it, and what a measurement says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from ui.chromium import chromium  # noqa: E402
from ui.conftest import Site  # noqa: E402


class Measured(NamedTuple):
    """``bar`` is what the median must stay under, in the unit; None: there is none, it is only told."""

    what: str
    values: Sequence[float]
    unit: str
    bar: float | None
    detail: str = ""

    @property
    def is_reached(self) -> bool:
        return self.bar is None or median(self.values) <= self.bar

    def row(self) -> str:
        middle, worst = median(self.values), max(self.values)
        bar = "" if self.bar is None else f"bar {self.bar:g}: {'reached' if self.is_reached else 'MISSED'}"
        return f"{self.what:52} {middle:9.1f} {self.unit:5} worst {worst:9.1f}  {bar:22} {self.detail}"


class Window:
    """A browser on a site, signed in."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site

    def context(self, height: int = 900) -> BrowserContext:
        made = self.browser.new_context(viewport={"width": 1440, "height": height}, base_url=self.site.url)
        made.request.post("/api/signin", data={"token": self.site.token})
        return made

    def page(self, height: int = 900) -> Page:
        """Of a context of its own, so that nothing is cached."""
        page = self.context(height).new_page()
        page.set_default_timeout(60_000)
        return page

    def run(self, flow: str) -> subprocess.Popen[str]:
        """Begin a run of one of the flows; its console lines go nowhere."""
        return subprocess.Popen(
            [sys.executable, "flows.py", flow],
            cwd=self.site.folder,
            env=self.site.environment,
            stderr=subprocess.DEVNULL,
            text=True,
        )


@contextmanager
def opened(site: Site) -> Iterator[Window]:
    """Starts the site's server and a browser, and stops both."""
    site.start()
    try:
        with sync_playwright() as playwright:
            sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(args=sandbox, executable_path=chromium())
            yield Window(browser, site)
            browser.close()
    finally:
        site.stop()


def site_of(folder: Path, flows: str = "") -> Site:
    """A site in a folder of its own, with flows to run by name: ``python measured.py NAME``."""
    made = Site(folder)
    (folder / "flows.py").write_text(f"import sys\n{flows}\nglobals()[sys.argv[1]](return_state=True)\n")
    return made
