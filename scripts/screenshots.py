"""Pictures of the web app's pages for the documentation, from a server of its own with runs of its own: ``python scripts/screenshots.py``.

Radar and Timeline have ``scripts/radar_pictures.py``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui.chromium import chromium  # noqa: E402
from ui.conftest import Site  # noqa: E402

TARGET = ROOT / "docs" / "assets" / "screens"
FLOWS = '''
import sys
import time
from datetime import timedelta
from typing import Literal

from armillary import flow, get_run_logger, tags, task
from armillary.artifacts import create_markdown_artifact, create_table_artifact
from armillary.deployments import DeploymentSpec
from armillary.schedules import CronSchedule, IntervalSchedule

@task(retries=3)
def call_unreliable_api(broken):
    get_run_logger().info("GET https://example.org/trips")
    if broken:
        raise ConnectionError("Our unreliable service failed.")
    time.sleep(0.1)
    return {"data": 42}

@task
def augment_data(data):
    time.sleep(0.12)
    return data

@task
def write_to_database(data):
    time.sleep(0.06)
    get_run_logger().info("Wrote \\x1b[32m%s\\x1b[0m rows to the database", 4212)

@flow
def pipeline(broken: bool = False):
    """Data from an unreliable service, augmented and written down."""
    write_to_database(augment_data(call_unreliable_api(broken)))

@task
def load_frame(path):
    time.sleep(0.05)
    return path

@task
def fit_preprocessor(frame):
    time.sleep(0.08)
    return frame

@flow
def preprocess_data(train: str, valid: str):
    frames = [load_frame(train), load_frame(valid)]
    return fit_preprocessor(frames)

@task
def linreg_runs(data):
    time.sleep(0.15)

@task
def xgboost_runs(data, runs):
    time.sleep(0.3)
    create_table_artifact([
        {"model": "xgboost", "rmse": 5.19, "inference": "1.4e-05", "depth": 12},
        {"model": "xgboost", "rmse": 5.31, "inference": "1.1e-05", "depth": 8},
        {"model": "linear regression", "rmse": 6.42, "inference": "2.0e-06", "depth": None},
    ], key="scores", description="Validation of the candidates")

@flow
def main(num_xgb_runs: int = 10, loss: Literal["rmse", "mae"] = "rmse"):
    with tags("ml"):
        data = preprocess_data("green_tripdata_2021-01.parquet", "green_tripdata_2021-02.parquet")
    linreg_runs(data)
    xgboost_runs(data, num_xgb_runs)

@flow(name="mlflow-staging")
def staging(num_xgb_runs: int = 10, loss: Literal["rmse", "mae"] = "rmse"):
    """Trains candidates and stages the best."""
    main(num_xgb_runs, loss)

DeploymentSpec(name="deploy-mlflow-staging", flow=staging, tags=["ml"], schedule=IntervalSchedule(interval=timedelta(minutes=1)))
DeploymentSpec(name="weekly-report", flow=pipeline, tags=["report"], schedule=CronSchedule(cron="0 9 * * 1-5", timezone="Europe/Berlin"))

if __name__ == "__main__":
    globals()[sys.argv[1]](*[argument == "broken" for argument in sys.argv[2:]], return_state=True)
'''


class Picture(NamedTuple):
    name: str
    address: str
    prepare: Callable[[Page], None] | None = None


def pictures(site: Site) -> Iterator[Picture]:
    report = next(each for each in site.ask("GET", "deployments")["items"] if each["name"] == "weekly-report")
    queue = next(each["id"] for each in site.ask("GET", "work_queues") if each["name"] == "ml")
    run, failed = site.newest("main"), _failed(site)
    yield Picture("dashboard", "/?q=after%3A-20m%20before%3A%2B2h")
    yield Picture("runs", "/runs?q=state%3Afailed%20state%3Acompleted")
    yield Picture("run", f"/runs/flow-run/{run}")
    yield Picture("run-failed", f"/runs/flow-run/{failed}?level=40")
    yield Picture("deployment-calendar", f"/deployments/{report['id']}?tab=next")
    yield Picture("schedule-editor", f"/deployments/{report['id']}?tab=schedules", _edit)
    yield Picture("work-queue", f"/work-queues/{queue}")
    yield Picture("artifact", f"/artifacts/{site.ask('GET', 'artifacts?key=scores')['items'][0]['id']}")
    yield Picture("notifications", "/settings?tab=notifications")
    yield Picture("palette", f"/runs/flow-run/{run}", _palette)


def _failed(site: Site) -> str:
    wanted = {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}, "limit": 1}
    found: str = site.ask("POST", "flow_runs/filter", wanted)["items"][0]["id"]
    return found


def _edit(page: Page) -> None:
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Next firings").get_by_role("listitem").first).to_be_visible()


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("run")
    expect(page.get_by_role("option").first).to_be_visible()


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        (site.folder / "flows.py").write_text(FLOWS)
        site.start()
        agent = None
        try:
            _recorded(site)
            agent = site.begin("agent", "start", "ml")
            _photographed(site)
        finally:
            if agent is not None:
                agent.terminate()
                agent.wait(timeout=30)
            site.stop()


def _recorded(site: Site) -> None:
    site.armillary("deployment", "create", "flows.py")
    site.armillary("work-queue", "create", "ml", "--tag", "ml")
    s3 = {"bucket": "models", "region_name": "eu-central-1", "aws_access_key_id": "-", "aws_secret_access_key": "-"}
    site.ask("POST", "block_documents", {"name": "models", "type": "s3", "options": s3})
    local = {"name": "local-storage", "type": "local", "options": {"storage_path": "/srv/flows"}}
    site.ask("PUT", "block_documents/default", {"id": site.ask("POST", "block_documents", local)["id"]})
    hook = "https://hooks.example.org/services/secret"
    told = {"name": "on-call", "states": ["FAILED", "CRASHED", "Late"], "tags": ["ml"], "target": hook}
    site.ask("POST", "notification_policies", told)
    for flow, *arguments in (("pipeline",), ("main",), ("pipeline", "broken"), ("pipeline",), ("main",)):
        subprocess.run(
            [sys.executable, "flows.py", flow, *arguments],
            cwd=site.folder,
            env=site.environment,
            check=False,
            stderr=subprocess.DEVNULL,
        )


def _photographed(site: Site) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=["--no-sandbox"], executable_path=chromium())
        for theme in ("light", "dark"):
            options: Any = {"color_scheme": theme, "viewport": {"width": 1280, "height": 800}, "base_url": site.url}
            context = browser.new_context(**options)
            context.request.post("/api/signin", data={"token": site.token})
            page = context.new_page()
            for name, address, prepare in pictures(site):
                page.goto(address)
                page.wait_for_selector("h1")
                expect(page.get_by_label("Loading", exact=True)).to_have_count(0)
                page.wait_for_timeout(500)
                if prepare is not None:
                    prepare(page)
                page.screenshot(path=TARGET / f"{name}-{theme}.png")
        browser.close()


if __name__ == "__main__":
    main()
