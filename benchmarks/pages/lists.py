"""Bar 8: the first page of any filter over a million runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from armillary.ledger import open_ledger
from armillary.ledger.tables.run_tables import flow_run
from armillary.ledger.views import listings
from benchmarks.filters.seed import seed
from benchmarks.pages.common import Measured, Window, opened, site_of

RUNS = 1_000_000
HOME = Path(".bench") / f"filters-{RUNS}"
FILTERS = {
    "all": "",
    "state:failed": "state:failed",
    "state:crashed": "state:crashed",
    "state:running": "state:running",
    "tag:nightly": "tag:nightly",
    "tag:rare": "tag:rare",
    "flow:": "flow:flow-7",
    "a name": "amber-owl-999",
    "state and tag": "state:failed tag:nightly",
    "state and flow": "state:failed flow:flow-7",
    "a week in the middle": "after:2025-10-20 before:2025-10-27",
}
_SEEN = """async (text) => {
  const began = performance.now();
  history.pushState({}, "", `/runs?q=${encodeURIComponent(text)}`);
  dispatchEvent(new PopStateEvent("popstate"));
  for (;;) {
    const answered = performance.getEntriesByType("resource").some((each) => each.name.endsWith("flow_runs/filter") && each.startTime > began);
    if (answered) return performance.now() - began;
    if (performance.now() - began > 30_000) throw new Error("no page came");
    await new Promise(requestAnimationFrame);
  }
}"""


def measured(folder: Path) -> Iterator[Measured]:
    HOME.mkdir(parents=True, exist_ok=True)
    with open_ledger(str(HOME)) as ledger:
        with ledger.read() as connection:
            there = listings.count(connection, flow_run, flow_run.c.id.is_not(None))
        if not there:
            seed(ledger, RUNS)
    site = site_of(folder)
    site.home = HOME.resolve()
    keep = {"ARMILLARY_RETENTION_DAYS": "0", "ARMILLARY_RETENTION_RUNS": "0"}
    site.environment |= {"ARMILLARY_HOME": str(site.home), **keep}
    with opened(site) as window:
        for name, text in FILTERS.items():
            yield _page(window, name, text)


def _page(window: Window, name: str, text: str) -> Measured:
    """From the filter in the address to the answer with its first rows, while the counts beside it are asked for too."""
    said = text if "after:" in text else f"{text} after:2025-10-01 before:2025-12-01".strip()
    took = []
    for _ in range(2):
        page = window.page()
        page.goto("/runs?q=after%3A2020-01-01%20before%3A2020-01-02")
        page.get_by_text("No flow run matches").wait_for()
        page.wait_for_timeout(300)
        took.append(float(page.evaluate(_SEEN, said)))
        page.context.close()
    return Measured(f"first page of a filter: {name}", took, "ms", 300)
