"""Pictures of the web app for the documentation, from a server of its own with runs of its own: ``python scripts/screenshots.py``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui.chromium import chromium  # noqa: E402
from ui.conftest import Site  # noqa: E402

TARGET = ROOT / "docs" / "assets" / "screens"
FLOWS = """
import time
from armillary import flow, task, tags

def job(name, seconds=0.02, fails=False):
    @task(name=name)
    def body(*_):
        time.sleep(seconds)
        if fails:
            raise ValueError("Your spaceship crashed!")
        return [name]
    return body

@flow
def preprocessing():
    train, valid = job("load_train")(), job("load_valid")()
    features = job("fit_features")(train)
    return job("apply_features")(features, train), job("apply_features")(features, valid)

@flow
def main():
    with tags("ml"):
        data = preprocessing()
    job("linreg_runs", 0.3)(data)
    best = job("xgboost_runs", 0.6)(data)
    return job("stage_model")(best)

@flow
def pipeline(broken: bool = False):
    data = job("load_data", 0.1)()
    extra = job("call_unreliable_api", 0.05, broken)()
    rows = job("augment_data", 0.12)(data, extra)
    return job("write_to_database", 0.06)(rows)

@flow
def etl():
    loaded = [job(f"extract_{n}", 0.01 + n % 4 / 50)() for n in range(12)]
    cleaned = [job(f"clean_{n}", 0.02)(each) for n, each in enumerate(loaded)]
    joined = [job(f"join_{n}", 0.03)(cleaned[n], cleaned[(n + 1) % 12]) for n in range(12)]
    facts = [job(f"fact_{n}", 0.02)(joined[2 * n], joined[2 * n + 1]) for n in range(6)]
    marts = [job(f"mart_{n}", 0.02)(facts[n], facts[n - 1], cleaned[n]) for n in range(6)]
    tests = [job(f"test_{n}", 0.01)(each) for n, each in enumerate(marts)]
    return [job(f"publish_{n}", 0.01)(tests[n], tests[n + 3]) for n in range(3)] + [job("report")(*tests)]

@task
def score(n):
    if n % 997 == 5:
        raise ValueError(n)
    return n

@flow
def ten_thousand():
    return score.map(range(10_000))
"""


def pages(runs: dict[str, str], deployment: str, queue: str) -> Iterator[tuple[str, str]]:
    yield "dashboard", "/"
    yield "runs", "/runs?q=state%3Afailed"
    yield "run", f"/runs/flow-run/{runs['pipeline']}"
    yield "run-failed", f"/runs/flow-run/{runs['pipeline-failed']}"
    yield "deployment", f"/deployments/{deployment}?tab=next"
    yield "work-queue", f"/work-queues/{queue}"
    yield "radar-pipeline", f"/runs/flow-run/{runs['pipeline']}/radar"
    yield "radar-failed", f"/runs/flow-run/{runs['pipeline-failed']}/radar"
    yield "radar-subflow", f"/runs/flow-run/{runs['main']}/radar"
    yield "radar-hover", f"/runs/flow-run/{runs['preprocessing']}/radar"
    yield "radar-etl", f"/runs/flow-run/{runs['etl']}/radar"
    yield "radar-map", f"/runs/flow-run/{runs['ten_thousand']}/radar"
    yield "layered-etl", f"/runs/flow-run/{runs['etl']}/radar?view=layered"
    yield "timeline-etl", f"/runs/flow-run/{runs['etl']}/radar?view=timeline"


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        (site.folder / "pictured.py").write_text(
            FLOWS
            + "\nif __name__ == '__main__':\n    import sys\n    globals()[sys.argv[1]](*sys.argv[2:], return_state=True)\n"
        )
        site.start()
        try:
            runs = recorded(site)
            site.armillary("deployment", "create", "flows.py")
            queue = site.armillary("work-queue", "create", "ml", "--tag", "ml")
            deployment = site.ask("GET", "deployments")["items"][0]["id"]
            photographed(site, list(pages(runs, deployment, queue)))
        finally:
            site.stop()


def recorded(site: Site) -> dict[str, str]:
    found = {}
    for name, flow, arguments in (
        ("pipeline", "pipeline", []),
        ("pipeline-failed", "pipeline", ["broken"]),
        ("main", "main", []),
        ("etl", "etl", []),
        ("ten_thousand", "ten_thousand", []),
    ):
        environment = {**site.environment, "ARMILLARY_LOGGING_LEVEL": "WARNING" if name == "ten_thousand" else "INFO"}
        subprocess.run(
            [sys.executable, "pictured.py", flow, *arguments],
            cwd=site.folder,
            env=environment,
            check=False,
            stderr=subprocess.DEVNULL,
        )
        found[name] = site.newest(flow)
    found["preprocessing"] = site.newest("preprocessing")
    return found


def photographed(site: Site, wanted: list[tuple[str, str]]) -> None:
    with sync_playwright() as playwright:
        path = chromium()
        browser = playwright.chromium.launch(args=["--no-sandbox"], executable_path=path)
        for theme in ("light", "dark"):
            options: Any = {"color_scheme": theme, "viewport": {"width": 1280, "height": 800}, "base_url": site.url}
            context = browser.new_context(**options)
            context.request.post("/api/signin", data={"token": site.token})
            page = context.new_page()
            for name, address in wanted:
                page.goto(address)
                expect(page.get_by_label("Loading", exact=True)).to_have_count(0)
                if name == "radar-hover":
                    hover(page)
                time.sleep(0.6)
                page.screenshot(path=TARGET / f"{name}-{theme}.png")
        browser.close()


def hover(page: Page) -> None:
    """Over a node with ancestors and descendants."""
    card = page.locator("[title^='fit_features']").first
    card.wait_for()
    box = card.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


if __name__ == "__main__":
    main()
