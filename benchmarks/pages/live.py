"""Bar 7: from a change of state to its pixel."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from statistics import quantiles

from benchmarks.pages.common import Measured, opened, site_of

TASKS = 100
FLOWS = f"""
import time
from armillary import flow, task

@task
def tick():
    time.sleep(0.12)

@flow
def ticking():
    time.sleep(1)
    for _ in range({TASKS}):
        tick().result()
"""
_NOTE = """() => {
  window.seen = {};
  const look = () => {
    for (const row of document.querySelectorAll("[aria-label='Task runs'] article")) {
      const name = row.querySelector("a")?.textContent;
      if (name && row.textContent.includes("Completed")) window.seen[name] ??= Date.now();
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def measured(folder: Path) -> list[Measured]:
    with opened(site_of(folder, FLOWS)) as window:
        page = window.page(height=TASKS * 42 + 800)
        page.add_init_script(f"addEventListener('DOMContentLoaded', {_NOTE})")
        process = window.run("ticking")
        page.goto("/")
        row = page.get_by_role("list", name="Flow runs").get_by_role("article").first
        row.get_by_role("link").nth(1).click()
        page.get_by_role("tab", name="Task runs").click()
        process.wait()
        page.get_by_text(f"tick-{TASKS - 1}", exact=True).wait_for()
        page.wait_for_timeout(2_000)
        seen: dict[str, float] = page.evaluate("window.seen")
        run = window.site.newest("ticking")
        wanted = {"task_runs": {"flow_run_id": {"any_": [run]}}, "limit": 200}
        ended = {
            each["name"]: each["end_time"] for each in window.site.ask("POST", "task_runs/filter", wanted)["items"]
        }
        page.context.close()
    late = sorted(seen[name] - _milliseconds(at) for name, at in ended.items())
    percentiles = quantiles(late, n=100)
    return [
        Measured("state change to pixel, p50", [percentiles[49]], "ms", 250, f"of {len(late)} task runs, 8 a second"),
        Measured("state change to pixel, p99", [percentiles[98]], "ms", 1000),
    ]


def _milliseconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp() * 1000
