"""How long a page of a run of 10,000 task runs takes from its address to where it answers, and how much data it reads.

A run's page is *interactive* when its header, both pictures and the end of its log are there and a click on Task runs,
made at that moment, has shown rows; no task of the main thread may take longer than 50 ms after that. Radar is
interactive when it is drawn. Data is what was read of the API until the click.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median

from playwright.sync_api import Browser, Page, ViewportSize, expect
from tests.ui.conftest import Site

SIZE: ViewportSize = {"width": 1360, "height": 860}
ROUNDS = 5
AFTERWARDS_MS = 1000
_LONG_TASKS = """
window.long_tasks = [];
const observer = new PerformanceObserver((told) => window.long_tasks.push(...told.getEntries()));
observer.observe({ type: "longtask", buffered: true });
"""


def opened(browser: Browser, site: Site, runs: dict[str, str]) -> None:
    """``runs``: their ids, by what they are."""
    for what, run in runs.items():
        measured(browser, site, f"the page of 10,000 task runs, {what}", f"/runs/flow-run/{run}", run_page)
        measured(browser, site, f"the Radar of 10,000 task runs, {what}", f"/runs/flow-run/{run}/radar", radar)


def measured(browser: Browser, site: Site, name: str, address: str, interactive: Callable[[Page], int]) -> None:
    times, sizes, long = [], [], []
    for _ in range(ROUNDS):
        context = browser.new_context(viewport=SIZE, base_url=site.url)
        context.request.post("/api/signin", data={"token": site.token})
        page = context.new_page()
        page.add_init_script(_LONG_TASKS)
        started = time.perf_counter()
        page.goto(address, wait_until="commit")
        sizes.append(interactive(page))
        times.append((time.perf_counter() - started) * 1000)
        now = page.evaluate("performance.now()")
        page.wait_for_timeout(AFTERWARDS_MS)
        long += page.evaluate(
            "(now) => window.long_tasks.filter((task) => task.startTime > now).map((task) => task.duration)", now
        )
        context.close()
    print(  # noqa: T201
        f"opening {name}: median {median(times):.0f} ms, worst {max(times):.0f} ms, {max(sizes) / 1000:.0f} kB of data;"
        f" longest task afterwards {max(long, default=0):.0f} ms"
    )


def run_page(page: Page) -> int:
    page.get_by_role("heading", level=1).wait_for()
    page.get_by_role("img", name=re.compile("When 10,000 task runs ran")).wait_for()
    page.get_by_role("img", name=re.compile("10,000 task runs in")).wait_for()
    page.get_by_role("log").wait_for()
    size = read_until_now(page)
    page.get_by_role("tab", name="Task runs").click()
    expect(page.get_by_role("list", name="Task runs").get_by_role("listitem").nth(5)).to_be_visible()
    return size


def radar(page: Page) -> int:
    page.get_by_role("tree").wait_for(state="attached")
    return read_until_now(page)


def read_until_now(page: Page) -> int:
    found: int = page.evaluate(
        "() => performance.getEntriesByType('resource').filter((each) => each.name.includes('/api/'))"
        ".reduce((sum, each) => sum + each.transferSize, 0)"
    )
    return found
