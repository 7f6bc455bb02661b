"""Bar 1: what a first visit takes, in time and bytes."""

from __future__ import annotations

import gzip
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.pages.common import ROOT, Measured, Window, opened, site_of

UI = ROOT / "src" / "armillary" / "ui_dist"
FLOWS = """
from armillary import flow, task

@task
def load(n):
    return n

@flow
def pipeline():
    return [load(n) for n in range(20)]
"""
_PAINT = """() => new Promise((resolve) => {
  const told = performance.getEntriesByName('first-contentful-paint')[0];
  if (told) resolve(told.startTime);
  new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').forEach((each) => resolve(each.startTime)))
    .observe({ type: 'paint', buffered: true });
})"""


def measured(folder: Path) -> list[Measured]:
    with opened(site_of(folder, FLOWS)) as window:
        for _ in range(5):
            window.run("pipeline").wait()
        run = window.site.newest("pipeline")
        found = []
        for name, path in (("dashboard", "/"), ("run page", f"/runs/flow-run/{run}")):
            visits = [_visit(window, path) for _ in range(5)]
            found.append(Measured(f"first contentful paint, {name}", [paint for paint, _, _ in visits], "ms", 1000))
            sizes = [size / 1000 for _, size, _ in visits]
            found.append(Measured(f"JavaScript of a first load, {name}, gz", sizes, "kB", 250))
            foreign = [float(many) for _, _, many in visits]
            found.append(Measured(f"requests to other origins, {name}", foreign, "", 0))
    return [*found, Measured("the app in the wheel", [_zipped(folder) / 1e6], "MB", 3)]


def _visit(window: Window, path: str) -> tuple[float, int, int]:
    page = window.page()
    scripts: list[bytes] = []
    foreign: list[str] = []
    page.on("response", lambda answer: scripts.append(answer.body()) if answer.url.endswith(".js") else None)
    page.on("request", lambda asked: None if asked.url.startswith(window.site.url) else foreign.append(asked.url))
    page.goto(path)
    paint = float(page.evaluate(_PAINT))
    page.wait_for_load_state("load")
    page.wait_for_timeout(800)
    page.context.close()
    return paint, sum(len(gzip.compress(script)) for script in scripts), len(foreign)


def _zipped(folder: Path) -> int:
    target = folder / "ui.zip"
    with ZipFile(target, "w", ZIP_DEFLATED) as wheel:
        for file in UI.rglob("*"):
            if file.is_file():
                wheel.write(file)
    return target.stat().st_size
