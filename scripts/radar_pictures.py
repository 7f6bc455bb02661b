"""Pictures of Radar for the documentation, light and dark: ``python scripts/radar_pictures.py [FOLDER]``.

Records the flows of the tutorial that Radar is known from (a pipeline that completes, one that fails, a main flow while it runs a subflow,
preprocessing with its dependencies), an ETL of 60 tasks and a map of 10,000, on a server of its own, and photographs them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui.chromium import chromium  # noqa: E402
from ui.conftest import Site  # noqa: E402

TARGET = ROOT / "docs" / "assets" / "radar"
SIZE: ViewportSize = {"width": 1180, "height": 700}
SIZE_OF_LARGE: ViewportSize = {"width": 940, "height": 560}
FLOWS = """
import sys
import time
from pathlib import Path

from armillary import flow, task
from armillary.task_runners import SequentialTaskRunner

GATE = Path("go")


@task(retries=3, retry_delay_seconds=0.1)
def call_unreliable_api(fails):
    time.sleep(0.1)
    if fails:
        raise ValueError("Your spaceship crashed!")
    return {"data": 42}


@task
def augment_data(data, message):
    time.sleep(0.2)
    return {**data, "message": message}


@task
def write_to_database(data):
    time.sleep(0.1)
    return "Success!"


@flow
def pipeline(fails: bool = False):
    data = call_unreliable_api(fails)
    augmented = augment_data(data, "Hello from my first pipeline")
    write_to_database(augmented)


@task
def load_training_dataframe(path):
    time.sleep(0.2)
    return path


@task
def fit_preprocessor(train):
    time.sleep(0.3)
    return "preprocessor"


@task
def create_model_features(preprocessor, train, valid):
    time.sleep(0.2)
    return ["features"]


@flow
def preprocess_data():
    train = load_training_dataframe("green_tripdata_2021-01.parquet")
    valid = load_training_dataframe("green_tripdata_2021-02.parquet")
    return create_model_features(fit_preprocessor(train), train, valid)


@task
def linreg_runs(data):
    time.sleep(0.8)


@task
def xgboost_runs(many, data):
    while not GATE.exists():
        time.sleep(0.05)


@flow(task_runner=SequentialTaskRunner())
def main():
    data = preprocess_data()
    linreg_runs(data)
    xgboost_runs(2, data)


def job(name, seconds=0.01):
    @task(name=name)
    def body(*_):
        time.sleep(seconds)
        return [name]

    return body


@flow
def etl():
    loaded = [job(f"extract_{n}", 0.01 + n % 4 / 50)() for n in range(12)]
    cleaned = [job(f"clean_{n}")(each) for n, each in enumerate(loaded)]
    joined = [job(f"join_{n}")(cleaned[n], cleaned[(n + 1) % 12]) for n in range(12)]
    facts = [job(f"fact_{n}")(joined[2 * n], joined[2 * n + 1]) for n in range(6)]
    marts = [job(f"mart_{n}")(facts[n], facts[n - 1], cleaned[n]) for n in range(6)]
    tests = [job(f"test_{n}")(each) for n, each in enumerate(marts)]
    published = [job(f"publish_{n}")(tests[n], tests[n + 3]) for n in range(3)]
    report = job("report")(*tests)
    return [*published, job("notify")(report), job("archive")(report)]


@task
def score(number):
    if number % 997 == 5:
        raise ValueError(number)
    return number


@flow
def ten_thousand():
    return score.map(range(10_000))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:], return_state=True)
"""


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        (site.folder / "pictured.py").write_text(FLOWS)
        site.start()
        try:
            photograph(site, target)
        finally:
            site.stop()


def recorded(site: Site, flow: str, *arguments: str) -> str:
    environment = {**site.environment, "ARMILLARY_LOGGING_LEVEL": "WARNING"}
    command = [sys.executable, "pictured.py", flow, *arguments]
    subprocess.run(command, cwd=site.folder, env=environment, check=False, stderr=subprocess.DEVNULL)
    return site.newest(flow)


def photograph(site: Site, target: Path) -> None:
    runs = {
        "completed": recorded(site, "pipeline"),
        "failed": recorded(site, "pipeline", "1"),
        "etl": recorded(site, "etl"),
        "map": recorded(site, "ten_thousand"),
    }
    with (
        subprocess.Popen(
            [sys.executable, "pictured.py", "main"],
            cwd=site.folder,
            env={**site.environment, "ARMILLARY_LOGGING_LEVEL": "WARNING"},
        ),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(args=["--no-sandbox"], executable_path=chromium())
        try:
            for theme in ("light", "dark"):
                options: Any = {"color_scheme": theme, "viewport": SIZE, "base_url": site.url}
                context = browser.new_context(**options)
                context.request.post("/api/signin", data={"token": site.token})
                page = context.new_page()
                pictures(page, site, runs, lambda name, theme=theme: target / f"{name}-{theme}.png")
        finally:
            (site.folder / "go").touch()
            browser.close()


def pictures(page: Page, site: Site, runs: dict[str, str], file: Any) -> None:
    """Every picture in the browser's theme."""

    def taken(name: str) -> None:
        page.wait_for_timeout(500)  # for what moves to come to rest
        page.screenshot(path=file(name))

    for name in ("etl", "completed", "failed"):
        page.set_viewport_size(SIZE_OF_LARGE if name == "etl" else SIZE)
        page.goto(f"/runs/flow-run/{runs[name]}/radar")
        page.get_by_role("tree").wait_for(state="attached")
        taken(name)
    page.goto(f"/runs/flow-run/{runs['map']}/radar")
    page.get_by_role("tree").wait_for(state="attached")
    page.keyboard.press("f")
    expect(page.get_by_role("table").get_by_role("link").first).to_be_visible()
    taken("map")
    main_run = site.newest("main")
    page.goto(f"/runs/flow-run/{main_run}/radar")
    page.locator("[title='xgboost_runs-0: Running']").wait_for(timeout=30_000)
    taken("subflow")
    page.locator("button", has_text="Open here").click()
    expect(page.get_by_role("tree").locator("[data-node]")).to_have_count(7)
    page.mouse.move(5, 690)
    taken("opened")
    page.goto(f"/runs/flow-run/{main_run}/radar?view=timeline")
    expect(page.get_by_role("button", name="Whole run")).to_be_visible()
    taken("timeline")
    page.goto(f"/runs/flow-run/{site.newest('preprocess_data')}/radar")
    page.locator("[title^='fit_preprocessor-0']").hover()
    taken("hover")


if __name__ == "__main__":
    main()
