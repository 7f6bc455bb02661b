"""Where a deployed run's code comes from, and what becomes of what its process writes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from armillary.core.runs.log_line import LogLine

from .conftest import Project
from .test_agent_runs import project_error

MAIN = """
import os
import subprocess
import sys
from pathlib import Path

from datetime import UTC, datetime

from armillary import flow, get_run_context, get_run_logger, runtime, task
from helpers import GREETING

LOADED = datetime.now(UTC)
print("imported")


@task(persist_result=True)
def kept() -> int:
    return 1


@flow(log_prints=True)
def place() -> dict[str, str]:
    kept().result()
    Path(__file__).with_name("scratch").write_text("mine")
    print("greeting", GREETING)
    print("root", runtime.project_root)
    print("file", __file__)
    print("cwd", os.getcwd())
    print("path", sys.path[0])
    return {}


@flow
def timed() -> None:
    pid, expected = os.getpid(), get_run_context().flow_run.expected_start_time
    Path(f"timed-{pid}").write_text("warm" if LOADED < expected else "cold")


@flow
def noisy() -> None:
    get_run_logger().info("from the logger")
    print("from print")
    sys.stderr.write("from stderr\\n")
    subprocess.run(["sh", "-c", "echo from a child; printf '10 %%\\\\r100 %%\\\\n'"], check=True)


@flow
def falling() -> None:
    print("the last words")
    os.abort()


@flow(name="at-import")
def at_import() -> None:
    Path("ran").touch()


at_import()
"""

DEPLOYMENTS = """
from armillary.deployments import DeploymentSpec

for name in ("place", "noisy", "falling", "timed", "at-import"):
    DeploymentSpec(name="x", flow_name=name, flow_location="flows/main.py"{storage})
"""


def written(project: Project, greeting: str = "hello", storage: str | None = None) -> Project:
    flows = project.folder / "flows"
    flows.mkdir(exist_ok=True)
    (flows / "main.py").write_text(MAIN)
    (flows / "helpers.py").write_text(f"GREETING = {greeting!r}\n")
    (project.folder / "armillary.yaml").touch()
    said = f', flow_storage="{storage}"' if storage else ""
    (project.folder / "deployments.py").write_text(DEPLOYMENTS.replace("{storage}", said))
    return project


def log_of(project: Project, run_id: str) -> list[LogLine]:
    with project.client() as client:
        return client.logs(run_id)


def said(project: Project, run_id: str) -> dict[str, str]:
    """What ``place`` printed, by its first word."""
    return dict(each.message.split(" ", 1) for each in log_of(project, run_id) if " " in each.message)


def test_a_run_has_the_code_it_was_deployed_with_in_a_copy_of_its_own_that_goes_with_it(project: Project) -> None:
    written(project)("deployment", "create", "deployments.py")
    written(project, "changed since")
    shutil.rmtree(project.folder / "flows")
    project.agent()
    first, second = (project.run("place/x") for _ in range(2))
    for run_id in (first, second):
        assert project.ended(run_id).state_type == "COMPLETED"
    one, other = said(project, first), said(project, second)
    assert one["greeting"] == other["greeting"] == "hello"
    assert one["file"] == f"{one['root']}/flows/main.py"
    assert one["path"] == f"{one['root']}/flows"
    assert one["cwd"] == str(project.folder)
    assert one["root"] != other["root"]
    project.until(lambda client: not Path(one["root"]).exists() and not Path(other["root"]).exists())


def test_created_again_it_has_the_new_code(project: Project) -> None:
    written(project)("deployment", "create", "deployments.py")
    written(project, "new")
    dry = project("deployment", "create", "deployments.py", "--dry-run").stderr
    assert "code: " in dry
    assert "0 continue unchanged" in dry
    project("deployment", "create", "deployments.py")
    assert "Nothing differs" in project("deployment", "create", "deployments.py", "--dry-run").stderr
    project.agent()
    run_id = project.run("place/x")
    project.ended(run_id)
    assert said(project, run_id)["greeting"] == "new"


def test_code_and_results_go_to_the_storage_that_is_named(project: Project, tmp_path: Path) -> None:
    store = tmp_path / "store"
    options = ["--type", "local", "--name", "shared", "--option", f"storage_path={store}"]
    block = project("storage", "create", *options).stdout.strip()
    written(project, storage=block)("deployment", "create", "deployments.py")
    [archive] = (store / "projects").iterdir()
    assert archive.name.startswith(project.json("deployment", "inspect", "place/x")["project_hash"])
    project.agent()
    run_id = project.run("place/x")
    assert project.ended(run_id).state_type == "COMPLETED"
    kept = [each for each in store.rglob("*") if each.is_file() and each != archive]
    assert kept, "the task's result"
    said_by = project("storage", "delete", "shared", "--yes", code=2).stderr
    assert "at-import/x" in said_by


def test_a_storage_that_is_gone_when_a_run_starts_is_a_clear_end_for_that_run_alone(
    project: Project, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    project(
        "storage", "create", "--type", "local", "--name", "shared", "--option", f"storage_path={store}", "--default"
    )
    project.created()
    project("storage", "reset-default")
    shutil.rmtree(store)
    project.agent()
    run_id = project.run("staging/by-hand")
    assert project.ended(run_id).state_type == "CRASHED"
    project.until(lambda client: "is not in" in (client.find_flow_run(run_id).state_message or ""))
    project.created()
    assert project.ended(project.run("staging/by-hand")).state_type == "COMPLETED"


def test_code_from_a_git_repository_is_that_of_its_branch_when_the_deployment_was_created(
    project: Project, tmp_path: Path
) -> None:
    def git(*arguments: str) -> None:
        options = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *options, *arguments], cwd=project.folder, check=True, capture_output=True)

    project("storage", "create", "--type", "local", "--name", "flows", "--option", f"storage_path={tmp_path}/unused")
    written(project, storage="repository")
    git("init", "--quiet")
    git("add", "flows", "armillary.yaml")
    git("commit", "--quiet", "-m", "first")
    project("storage", "create", "--type", "git", "--name", "repository", "--option", f"repository={project.folder}")
    project("deployment", "create", "deployments.py")
    written(project, "not committed", storage="repository")
    project.agent()
    run_id = project.run("place/x")
    assert project.ended(run_id).state_type == "COMPLETED"
    assert said(project, run_id)["greeting"] == "hello"


def test_secret_looking_and_large_files_are_named_before_they_are_given_away(project: Project) -> None:
    (project.folder / ".env").write_text("PASSWORD=x")
    with (project.folder / "big.bin").open("wb") as file:
        file.truncate(12_000_000)
    told = project("deployment", "create", "deployments.py").stderr
    assert ".env looks like a secret" in told
    assert "big.bin is large, 12.0 MB" in told
    (project.folder / ".armillaryignore").write_text(".env\n*.bin\n")
    assert "warning" not in project("deployment", "create", "deployments.py").stderr


def test_a_flow_called_while_its_file_is_loaded_does_not_run(project: Project) -> None:
    told = written(project)("deployment", "create", "deployments.py").stderr
    assert "Flow 'at-import' was called while its file was loading" in told
    assert '`if __name__ == "__main__":`' in told
    assert not (project.folder / "ran").exists()
    project.agent()
    assert project.ended(project.run("place/x")).state_type == "COMPLETED"
    assert not (project.folder / "ran").exists()
    assert project.ended(project.run("at-import/x")).state_type == "COMPLETED"
    assert (project.folder / "ran").exists()


def test_all_that_a_run_writes_is_in_its_log_once(project: Project) -> None:
    written(project)("deployment", "create", "deployments.py")
    project.agent()
    run_id = project.run("noisy/x")
    assert project.ended(run_id).state_type == "COMPLETED"
    project.until(lambda client: any(each.message == "100 %" for each in client.logs(run_id)))
    lines = [each.message for each in log_of(project, run_id)]
    for wanted in ("imported", "from the logger", "from print", "from stderr", "from a child", "100 %"):
        assert [each for each in lines if wanted in each] == [wanted], wanted
    assert len([each for each in lines if "Finished in state" in each]) == 1
    assert not any("10 %" in each for each in lines)


def test_the_last_lines_of_a_process_that_dies_are_kept(project: Project) -> None:
    written(project)("deployment", "create", "deployments.py")
    project.agent()
    run_id = project.run("falling/x")
    assert project.ended(run_id).state_type == "CRASHED"
    project.until(lambda client: "SIGABRT" in (client.find_flow_run(run_id).state_message or ""))
    assert "the last words" in [each.message for each in log_of(project, run_id)]


def test_parameters_that_do_not_fit_are_refused_when_the_deployment_is_created_and_at_every_run(
    project: Project,
) -> None:
    file = project.folder / "wrong.py"
    wrong = 'DeploymentSpec(name="a", flow_name="staging", flow_location="main.py", parameters={"n": "many"})'
    file.write_text(f"from armillary.deployments import DeploymentSpec\n{wrong}\n")
    assert "'n' got 'many'" in project_error(project, "deployment", "create", "wrong.py")
    project.deployed()
    refused = project_error(project, "deployment", "run", "staging/by-hand", "--param", "n=many")
    assert "integer" in refused
    assert project("deployment", "run", "staging/by-hand", "--param", 'n="5"').stdout.strip()


def test_an_interpreter_started_ahead_runs_one_run_and_another_is_started_for_the_next(project: Project) -> None:
    written(project)("deployment", "create", "deployments.py")
    project.agent("--limit", "1")
    found: list[str] = []
    while found.count("warm") < 2:
        assert project.ended(project.run("timed/x")).state_type == "COMPLETED"
        found = [each.read_text() for each in project.folder.glob("timed-*")]
    assert "cold" in found, "the first one"


def test_without_warm_interpreters_every_run_starts_cold(project: Project) -> None:
    written(project)("deployment", "create", "deployments.py")
    project.agent("--warm", "0")
    for _ in range(3):
        assert project.ended(project.run("timed/x")).state_type == "COMPLETED"
    assert [each.read_text() for each in project.folder.glob("timed-*")] == ["cold"] * 3


def test_an_agent_that_was_killed_leaves_copies_that_the_next_one_removes(project: Project) -> None:
    project.deployed()
    agent = project.agent()
    project.run("slow/by-hand")
    project.begun()
    [left] = (project.home / "copies").iterdir()
    agent.kill()
    agent.wait()
    project.agent()
    assert not left.exists()
