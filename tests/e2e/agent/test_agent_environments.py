"""In which environment a run's process is."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from .conftest import Project

MAIN = """
import json
import os
import sys
from pathlib import Path

from armillary import flow


@flow
def where() -> None:
    facts = {"prefix": sys.prefix, "cwd": os.getcwd(), "given": os.environ.get("GIVEN"), "conda": os.environ.get("IN_CONDA")}
    (Path(os.environ["ARMILLARY_HOME"]).parent / "facts").write_text(json.dumps(facts))
"""

CONDA = """#!/bin/sh
# As conda does: run [--no-capture-output] --name NAME COMMAND…
shift; shift; shift
IN_CONDA="$1" ; export IN_CONDA ; shift
[ "$IN_CONDA" = training ] || { echo "EnvironmentLocationNotFound: Not a conda environment: $IN_CONDA" >&2; exit 1; }
shift
exec PYTHON "$@"
"""


def facts_with(project: Project, runner: str) -> str:
    (project.folder / "where.py").write_text(MAIN)
    spec = f"DeploymentSpec(name='x', flow_location='where.py', flow_runner=SubprocessFlowRunner({runner}))"
    imports = (
        "from armillary.deployments import DeploymentSpec\nfrom armillary.flow_runners import SubprocessFlowRunner\n"
    )
    (project.folder / "deployments.py").write_text(f"{imports}{spec}\n")
    project("deployment", "create", "deployments.py")
    project.agent()
    run = project.ended(project.run("where/x"))
    if run.state_type != "COMPLETED":
        project.until(lambda client: "rocess" in (client.find_flow_run(run.id).state_message or ""))
        with project.client() as client:
            return str(client.find_flow_run(run.id).state_message)
    return (project.folder / "facts").read_text()


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment that sees Armillary."""
    folder = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    source = Path(__file__).resolve().parents[3] / "src"
    (site / "armillary.pth").write_text(f"{sysconfig.get_path('purelib')}\n{source}\n")
    return folder


def test_a_run_is_in_the_virtual_environment_it_names(project: Project, environment: Path) -> None:
    assert f'"prefix": "{environment}"' in facts_with(project, f"virtualenv={str(environment)!r}")


def test_a_run_has_the_variables_and_the_folder_it_names(project: Project) -> None:
    (project.folder / "work").mkdir()
    said = facts_with(project, "env={'GIVEN': 'a value'}, working_dir='work'")
    assert '"given": "a value"' in said
    assert f'"cwd": "{project.folder / "work"}"' in said


def test_a_run_is_started_through_conda_where_it_names_an_environment_of_it(project: Project, tmp_path: Path) -> None:
    conda = tmp_path / "bin" / "conda"
    conda.parent.mkdir()
    conda.write_text(CONDA.replace("PYTHON", sys.executable))
    conda.chmod(0o755)
    project.environment["PATH"] = f"{conda.parent}:{project.environment['PATH']}"
    assert '"conda": "training"' in facts_with(project, "condaenv='training'")


@pytest.mark.parametrize(
    ("runner", "says"),
    [
        ("virtualenv='/nowhere'", "no virtual environment '/nowhere'"),
        ("working_dir='/nowhere'", "no folder '/nowhere'"),
        ("condaenv='training'", "no conda on this machine"),
    ],
)
def test_an_environment_that_is_not_there_is_a_clear_end(project: Project, runner: str, says: str) -> None:
    assert says in facts_with(project, runner)
