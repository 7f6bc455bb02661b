"""The tutorial's second half with its real flow: trained, compared and staged, by an agent, at the times that were scheduled."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "mlflow_staging"
STAGED = """
import json, warnings
warnings.simplefilter("ignore")
from mlflow.tracking import MlflowClient
client = MlflowClient("sqlite:///mlflow.db")
staged = client.get_latest_versions("NYCRideDurationModel", stages=["Staging"])
names = [each.name for each in client.search_experiments()]
print(json.dumps({"staged": [int(each.version) for each in staged], "experiments": names}))
"""

TRAINING = """
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy
import xgboost

from armillary import flow, runtime
from armillary.deployments import DeploymentSpec

LOADED = datetime.now(UTC)


@flow
def training() -> None:
    rows = numpy.random.default_rng(1).random((2000, 20))
    data = xgboost.DMatrix(rows, label=rows.sum(axis=1))
    model = xgboost.train({"nthread": 2}, data, num_boost_round=20)
    assert abs(float(model.predict(data).mean()) - 10) < 1
    started = "warm" if LOADED < runtime.flow_run.expected_start_time else "cold"
    Path(f"trained-{os.getpid()}").write_text(started)


DeploymentSpec(name="x", flow=training)
"""

Command = Callable[..., str]


@pytest.fixture(scope="session")
def python() -> str:
    """An interpreter with what the example needs, made once and kept beside the benchmarks' peers."""
    requirements = (EXAMPLE / "requirements.txt").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    folder = ROOT / ".bench" / "mlflow"
    mark = folder / f"made-{sha256(requirements).hexdigest()[:12]}"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "mlflow.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "-e", str(ROOT), "-r", str(EXAMPLE / "requirements.txt")], check=True)
            mark.touch()
    return str(folder / "bin" / "python")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "ARMILLARY_HOME": str(tmp_path / "home"), "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example as somebody has it, with fewer XGBoost runs."""
    made = tmp_path / "mlflow_staging"
    shutil.copytree(EXAMPLE, made, ignore=shutil.ignore_patterns("mlruns", "*.db", "artifacts", "__pycache__"))
    for name in ("main.py", "deployments.py"):
        path = made / name
        path.write_text(path.read_text().replace('"num_xgb_runs": 3', '"num_xgb_runs": 1'))
    return made


@pytest.fixture
def run(python: str, folder: Path, environment: dict[str, str]) -> Iterator[Command]:
    def command(*arguments: str) -> str:
        done = subprocess.run(
            [python, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    yield command
    command("-m", "armillary", "server", "stop")


@pytest.mark.timeout(900)  # the first time an environment is made
def test_a_model_version_is_staged_by_scheduled_runs_that_were_late(
    run: Command, python: str, folder: Path, environment: dict[str, str]
) -> None:
    def armillary(*arguments: str) -> str:
        return run("-m", "armillary", *arguments).strip()

    def runs(*states: str) -> list[dict[str, Any]]:
        wanted = [option for state in states for option in ("--state", state)]
        found: list[dict[str, Any]] = json.loads(
            armillary("flow-run", "ls", "--flow", "mlflow-staging", *wanted, "--limit", "500", "-o", "json")
        )
        return [each for each in found if each["deployment_id"] is not None]

    run("main.py")
    before = json.loads(run("-c", STAGED))
    armillary("server", "start", "--background", "--port", "0")
    options = ["--type", "local", "--name", "local-storage", "--option", "storage_path=../local-storage"]
    block = armillary("storage", "create", *options)
    text = (
        (folder / "deployments.py")
        .read_text()
        .replace("flow_location=", f'flow_storage="{block}",\n    flow_location=')
    )
    (folder / "deployments.py").write_text(text)
    deployment = armillary("deployment", "create", "deployments.py")
    assert len(runs("scheduled")) in (100, 101)  # a minute may have begun meanwhile
    from_minutes_ago = time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime(time.time() - 120))
    late = armillary("deployment", "backfill", deployment, "--from", from_minutes_ago).split()
    assert len(late) >= 2
    queue = armillary(
        "work-queue", "create", "--deployment", deployment, "--flow-runner", "subprocess", "mlflow-deploy-runner"
    )
    assert late[0] in armillary("work-queue", "preview", queue)
    armillary("deployment", "pause", deployment)  # two runs are enough for two processors
    agent = subprocess.Popen(
        [python, "-m", "armillary", "agent", "start", queue, "--limit", "2", "--warm", "0"],
        cwd=folder,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        for each in late[:2]:
            run("-m", "armillary", "flow-run", "watch", each)
    finally:
        agent.send_signal(signal.SIGTERM)
        agent.wait(timeout=120)
    [first, second] = [json.loads(armillary("flow-run", "inspect", each, "-o", "json")) for each in late[:2]]
    assert first["state_type"] == second["state_type"] == "COMPLETED"
    assert second["start_time"] < first["end_time"], "late runs are worked off at once"
    after = json.loads(run("-c", STAGED))
    assert after["staged"][0] > before["staged"][0]
    scheduled = first["expected_start_time"].replace("T", " ").replace("Z", "+00:00")
    assert f"nyc-taxi-experiment-{scheduled}" in after["experiments"], "named by the time it was scheduled for"
    assert first["start_time"] > first["expected_start_time"]


@pytest.mark.timeout(900)
def test_xgboost_trains_with_its_threads_in_an_interpreter_that_was_started_ahead(
    python: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Libraries that start threads when they are imported do not survive a fork: nothing forks here."""

    def armillary(*arguments: str) -> str:
        command = [python, "-m", "armillary", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout

    (tmp_path / "training.py").write_text(TRAINING)
    armillary("deployment", "create", "training.py")
    agent = subprocess.Popen(
        [python, "-m", "armillary", "agent", "start", "--limit", "1"],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        found: list[str] = []
        while "warm" not in found:
            armillary("deployment", "run", "training/x", "--watch")
            found = [each.read_text() for each in tmp_path.glob("trained-*")]
    finally:
        agent.send_signal(signal.SIGTERM)
        agent.wait(timeout=120)
    assert found.count("cold") >= 1, "the first one"
