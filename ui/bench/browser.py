"""Measures Radar and Timeline in Chromium on a real server: ``python ui/bench/browser.py``.

With ``live``, a number of minutes and perhaps a view (``timeline``), it watches a run of 10,000 mapped task runs that
lasts so long instead, and prints how busy the main thread is and what it holds in memory.

For each gesture it prints the median, 95th percentile and longest of the main thread's work in each frame
(milliseconds, the tasks of the renderer's main thread as its own trace tells), and the longest time between two frames.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "ui")]

from bench.opening import SIZE, opened  # noqa: E402
from bench.runs import FLOWS, recorded  # noqa: E402
from tests.ui.chromium import chromium  # noqa: E402
from tests.ui.conftest import Site  # noqa: E402

FRAMES = 120


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        (site.folder / "measured.py").write_text(FLOWS)
        site.start()
        try:
            if sys.argv[1:2] == ["live"]:
                watched(site, *(sys.argv[2:4] or ["10"]))
                return
            # Twice, as flows are: a Radar is laid out like that of the run before.
            _, woven, mapped, many = (recorded(site, flow) for flow in ("woven", "woven", "mapped", "many"))
            with sync_playwright() as playwright:
                path = chromium()
                browser = playwright.chromium.launch(args=["--no-sandbox"], executable_path=path)
                opened(browser, site, {"1,000 nodes": woven, "one map": mapped})
                measure(browser, site, woven, many)
                browser.close()
        finally:
            site.stop()


def watched(site: Site, minutes: str, view: str = "radar") -> None:
    """A run of 10,000 mapped task runs while it goes on."""
    environment = {**site.environment, "ARMILLARY_LOGGING_LEVEL": "WARNING"}
    command = [sys.executable, "measured.py", "lasting", minutes]
    with (
        subprocess.Popen(command, cwd=site.folder, env=environment, stderr=subprocess.DEVNULL) as running,
        sync_playwright() as playwright,
    ):
        path = chromium()
        flags = ["--no-sandbox", "--enable-precise-memory-info", "--js-flags=--expose-gc"]
        browser = playwright.chromium.launch(args=flags, executable_path=path)
        context = browser.new_context(viewport=SIZE, base_url=site.url)
        context.request.post("/api/signin", data={"token": site.token})
        page = context.new_page()
        while not (found := site.ask("POST", "flow_runs/filter", {"limit": 1})["items"]):
            time.sleep(0.2)
        page.goto(f"/runs/flow-run/{found[0]['id']}/radar?view={view}")
        page.get_by_role("tree").wait_for(state="attached")
        session = context.new_cdp_session(page)
        session.send("Performance.enable")

        def now() -> dict[str, float]:
            told = session.send("Performance.getMetrics")["metrics"]
            return {each["name"]: each["value"] for each in told}

        before = now()
        held: list[float] = []
        while running.poll() is None:
            page.wait_for_timeout(10_000)
            page.evaluate("() => window.gc?.()")
            after = now()
            held.append(after["JSHeapUsedSize"] / 1e6)
            busy = (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"])
            done = page.get_by_role("tree").inner_text().split("\n")[-1]
            print(f"main thread {busy:.1%} busy, {held[-1]:.1f} MB held ({done})", flush=True)  # noqa: T201
        third = max(1, len(held) // 3)
        print(  # noqa: T201
            f"memory: {median(held[:third]):.1f} MB in the first third, {median(held[-third:]):.1f} MB in the last"
        )
        browser.close()


def measure(browser: Browser, site: Site, woven: str, many: str) -> None:
    context = browser.new_context(viewport=SIZE, base_url=site.url)
    context.request.post("/api/signin", data={"token": site.token})
    page = context.new_page()
    page.goto(f"/runs/flow-run/{woven}/radar")
    page.get_by_role("tree").wait_for(state="attached")
    time.sleep(1)
    told("pan, the whole Radar", browser, page, pan)
    told("zoom in and out, Radar", browser, page, zoom)
    told("pointing at nodes, the whole Radar", browser, page, hover)
    near(page, "step_2_3")
    told("pan among cards", browser, page, pan)
    near(page, "step_2_3")
    told("pointing at cards", browser, page, hover)
    page.goto(f"/runs/flow-run/{many}/radar?view=timeline")
    expect(page.get_by_role("button", name="Whole run")).to_be_visible(timeout=60_000)
    time.sleep(1)
    told("zoom, Timeline of 100,000 spans", browser, page, deep)
    context.close()


def pan(page: Page) -> None:
    page.mouse.move(600, 420)
    page.mouse.down()
    for step in range(FRAMES):
        page.mouse.move(600 + (step % 40) * 6, 420 + (step % 30) * 5)
    page.mouse.up()


def zoom(page: Page) -> None:
    page.mouse.move(660, 430)
    for step in range(FRAMES):
        page.mouse.wheel(0, -90 if step % 60 < 30 else 90)


def hover(page: Page) -> None:
    for step in range(FRAMES):
        page.mouse.move(400 + step * 7 % 700, 200 + step * 11 % 500)


def near(page: Page, name: str) -> None:
    """Looks at a node among its neighbours, as cards, with nothing chosen."""
    page.keyboard.press("/")
    page.get_by_label("Find a task run").fill(name)
    page.keyboard.press("Enter")
    page.get_by_label("Selection", exact=True).wait_for()
    page.keyboard.press("Escape")  # the field
    page.keyboard.press("Escape")  # the choice
    page.get_by_label("Selection", exact=True).wait_for(state="detached")
    time.sleep(1)


def deep(page: Page) -> None:
    """From the whole run to a millisecond, and back."""
    page.mouse.move(660, 430)
    for step in range(FRAMES):
        page.mouse.wheel(0, -160 if step < FRAMES // 2 else 160)


def told(name: str, browser: Browser, page: Page, gesture: Callable[[Page], None]) -> None:
    gesture(page)  # once to warm up
    page.evaluate(
        """() => { window.frames_seen = []; let before = performance.now();
        const next = (now) => {
            window.frames_seen.push(now - before); before = now; window.frames_run = requestAnimationFrame(next);
        };
        window.frames_run = requestAnimationFrame(next); }"""
    )
    browser.start_tracing(page=page, categories=["devtools.timeline", "toplevel"])
    gesture(page)
    page.wait_for_timeout(100)
    work = frames(json.loads(browser.stop_tracing()))
    gaps = page.evaluate("() => { cancelAnimationFrame(window.frames_run); return window.frames_seen.slice(1); }")
    ordered = sorted(work)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(  # noqa: T201
        f"{name}: main thread per frame median {median(ordered):.1f} ms, p95 {p95:.1f} ms, longest {ordered[-1]:.1f} ms"
        f" ({len(ordered)} frames; longest gap {max(gaps):.0f} ms)"
    )


def frames(trace: dict[str, Any]) -> list[float]:
    """The main thread's busy milliseconds, from one frame to the next."""
    events = trace["traceEvents"]
    threads = {
        (e["pid"], e["tid"])
        for e in events
        if e.get("name") == "thread_name" and e["args"].get("name") == "CrRendererMain"
    }
    begun = [e for e in events if e.get("name") == "FireAnimationFrame" and (e["pid"], e["tid"]) in threads]
    assert begun, "no frame was traced"
    thread = (begun[0]["pid"], begun[0]["tid"])
    # The thread's own time where it is told: on a busy machine a task also lasts as long as others are let run.
    tasks = [
        (e["ts"], e.get("tdur", e["dur"]))
        for e in events
        if (e["pid"], e["tid"]) == thread
        and e.get("ph") == "X"
        and e["name"] in ("RunTask", "ThreadControllerImpl::RunTask")
    ]
    marks = sorted({e["ts"] for e in begun})
    busy = [0.0] * len(marks)
    at = 0
    for start, length in sorted(tasks):
        while at + 1 < len(marks) and marks[at + 1] <= start:
            at += 1
        busy[at] += length / 1000
    return [each for each in busy if each > 0]


if __name__ == "__main__":
    main()
