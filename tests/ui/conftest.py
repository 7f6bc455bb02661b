"""The web app in a real browser, on a real server, with runs of real flows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

import warm_commands
from armillary.home.address import read_address

from .chromium import chromium

ROOT = Path(__file__).resolve().parents[2]
FLOWS = Path(__file__).with_name("flows.py")
PATIENCE_MS = 40_000
"""How long a browser may take on a busy machine to show what it should. Nothing that works on an idle one comes near it."""
expect.set_options(timeout=PATIENCE_MS)
WINDOW: ViewportSize = {"width": 1360, "height": 860}
AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"


class Site:
    """A home with a server, and what tests do beside the browser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.process: subprocess.Popen[str] | None = None
        self._client = httpx.Client(timeout=120)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
        self.environment = {
            **kept,
            "ARMILLARY_HOME": str(self.home),
            "ARMILLARY_LOGGING_LEVEL": "INFO",
            "NO_COLOR": "1",
            "UI_TEST_FOLDER": str(folder),
        }
        (folder / "flows.py").write_text(FLOWS.read_text())

    def start(self, port: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "armillary", "server", "start", "--port", str(port)],
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=self.folder,
        )
        assert self.process.stderr is not None
        banner = ""
        while "ARMILLARY_API_URL=" not in banner:
            line = self.process.stderr.readline()
            assert line, f"the server ended: {banner}"
            banner += line

    def stop(self) -> None:
        self._client.close()
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.communicate(timeout=120)
            self.process = None

    @property
    def url(self) -> str:
        address = read_address(str(self.home))
        assert address is not None
        return address.url

    @property
    def token(self) -> str:
        return (self.home / "token").read_text().strip()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self._client.request(method, f"{self.url}/api/{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def run(self, flow: str, *arguments: str, **streams: Any) -> subprocess.Popen[str]:
        """Begin a run of one of the flows, in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "flows.py", flow, *arguments],
            cwd=self.folder,
            env=self.environment,
            text=True,
            **streams,
        )

    def ran(self, flow: str, *arguments: str) -> str:
        """The id of a run of the flow that has ended."""
        self.run(flow, *arguments).wait(timeout=120)
        return self.newest(flow)

    def newest(self, flow: str) -> str:
        wanted = {"flows": {"name": {"any_": [flow.replace("_", "-")]}}, "sort": "START_TIME_DESC", "limit": 1}
        found: str = self.ask("POST", "flow_runs/filter", wanted)["items"][0]["id"]
        return found

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that goes on until it is ended."""
        return subprocess.Popen(
            [sys.executable, "-m", "armillary", *arguments],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def armillary(self, *arguments: str) -> str:
        return warm_commands.run(arguments, env=self.environment, cwd=self.folder).stdout.strip()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file: while it is open an event loop runs on this thread, where tests of other files have their own."""
    with sync_playwright() as playwright:
        path = chromium()
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        found = playwright.chromium.launch(args=sandbox, executable_path=path)
        yield found
        found.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server that has seen some runs; what changes it is for ``own_site``."""
    made = Site(tmp_path_factory.mktemp("site"))
    made.start()
    for flow in ("pipeline", "failing", "parent", "mapped"):
        made.ran(flow)
    made.armillary("deployment", "create", "flows.py")
    made.armillary("work-queue", "create", "ml", "--tag", "ml")
    made.ask("POST", "block_documents", {"name": "models", "type": "s3", "options": {"bucket": "models"}})
    told = {"name": "on-call", "states": ["FAILED", "Late"], "target": "https://hooks.example.org/services"}
    made.ask("POST", "notification_policies", told)
    yield made
    made.stop()


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A server of one test's own."""
    made = Site(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def files_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of one file's own, for tests that mind nothing of what the others leave in it."""
    made = Site(tmp_path_factory.mktemp("files_site"))
    made.environment["ARMILLARY_OUTBOUND_PRIVATE"] = "true"
    made.start()
    yield made
    made.stop()


class Told:
    """What went wrong in a page without anybody seeing it."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.foreign: list[str] = []


@pytest.fixture
def told() -> Told:
    return Told()


def signed_in(browser: Browser, site: Site, told: Told, theme: Any = "light", motion: Any = None) -> BrowserContext:
    """A browser that knows the site's cookie."""
    context = browser.new_context(viewport=WINDOW, color_scheme=theme, reduced_motion=motion, base_url=site.url)
    context.set_default_timeout(PATIENCE_MS)
    context.request.post("/api/signin", data={"token": site.token})
    return context


def _own(url: str, page: str) -> bool:
    """A page that is only being opened has no address yet."""
    asked, shown = urlsplit(url), urlsplit(page)
    return asked.scheme in ("data", "blob") or not shown.netloc or asked.netloc == shown.netloc


def watched(page: Page, told: Told) -> Page:
    """Notes what fails in the page, and what it asks of anybody but its own server."""
    page.on("request", lambda request: None if _own(request.url, page.url) else told.foreign.append(request.url))
    page.on("pageerror", lambda error: told.errors.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: (
            told.errors.append(f"{page.url}: {message.text}")
            if message.type == "error" and not re.search(r"status of 40\d|ERR_CONNECTION|ERR_INCOMPLETE", message.text)
            else None
        ),
    )
    return page


ASKED = """
window.__asked = 0;
const ask = window.fetch;
window.fetch = (...given) => {
  if (String(given[0]).startsWith("/api/stream")) return ask(...given);
  window.__asked++;
  return ask(...given).finally(() => window.__asked--);
};
"""
"""Counts what the page has asked for and has no answer to; what follows all changes is never answered to its end."""

STILL = """(patience) => new Promise((still, fail) => {
  const ends = ({ playState, effect }) => playState === "running" && effect.getComputedTiming().endTime !== Infinity;
  const until = performance.now() + patience;
  let frames = 0;
  const look = () => {
    const moving = document.getAnimations().filter(ends);
    for (const each of moving) each.finish();
    const unrest = Object.entries({
      "no heading": !document.querySelector("h1, [role=alert]"),
      "loading": document.querySelector("[aria-label=Loading]"),
      "asking": window.__asked,
      "moving": moving.length,
    }).flatMap(([what, is]) => is ? [what] : []);
    frames = unrest.length ? 0 : frames + 1;
    if (frames > 2) still();
    else if (performance.now() > until) fail(new Error(`${location.href} never comes to rest: ${unrest}`));
    else requestAnimationFrame(look);
  };
  look();
})"""
"""It has read and drawn everything when nothing is asked, loaded or moved for some frames: what was answered is drawn in the next.
What moves is taken to its end at once."""


def still(page: Page) -> None:
    """Waits until the page, which counts what it ``ASKED``, has come to rest."""
    page.evaluate(STILL, PATIENCE_MS)


def drawn(page: Page) -> None:
    """Waits until what has changed is on the screen."""
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def overflow(page: Page) -> int:
    """By how much the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


FORGETFUL = """
if (location.protocol.startsWith("http") && !sessionStorage.getItem("begun")) {
  sessionStorage.setItem("begun", "yes");
  localStorage.clear();
}
"""


@pytest.fixture(scope="module")
def shared_context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """One for the pages of a file: it has read the app's scripts once. A new page begins without what another one kept."""
    context = signed_in(browser, site, Told())
    context.add_init_script(FORGETFUL)
    yield context
    context.close()


@pytest.fixture
def page(shared_context: BrowserContext, told: Told) -> Iterator[Page]:
    """A page of the shared site; it must not fail unseen, and must ask nobody but the site."""
    page = watched(shared_context.new_page(), told)
    yield page
    page.close()
    assert not told.errors
    assert not told.foreign
