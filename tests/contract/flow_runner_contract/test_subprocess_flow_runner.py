"""The options of the subprocess flow runner: in which environment a run's process is."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from armillary.core.deployments.flow_runner import SubprocessFlowRunner, from_document
from armillary.core.errors import InvalidOption

from .conftest import MADE, Place, Runners

CONDA = """#!/bin/sh
# As conda does: run [--no-capture-output] --name NAME COMMAND…
shift; shift; shift
IN_CONDA="$1" ; export IN_CONDA ; shift
[ "$IN_CONDA" = training ] || { echo "EnvironmentLocationNotFound: Not a conda environment: $IN_CONDA" >&2; exit 1; }
shift
exec PYTHON "$@"
"""


@pytest.fixture
def runners(place: Place) -> Iterator[Runners]:
    made = Runners(place, MADE["processes"])
    yield made
    made.close()


def facts(place: Place, runners: Runners, **options: Any) -> dict[str, Any]:
    submitted = runners.submit("telling", SubprocessFlowRunner(**options), n=1)
    assert submitted.wait() is None
    found: dict[str, Any] = json.loads(place.until("facts"))
    return found


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment that sees Armillary."""
    folder = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    source = Path(__file__).resolve().parents[3] / "src"
    (site / "armillary.pth").write_text(f"{sysconfig.get_path('purelib')}\n{source}\n")
    return folder


def test_a_run_is_in_the_virtual_environment_it_names(place: Place, runners: Runners, environment: Path) -> None:
    assert facts(place, runners, virtualenv=str(environment))["prefix"] == str(environment)


def test_a_run_has_the_variables_and_the_folder_it_names(place: Place, runners: Runners) -> None:
    (place.folder / "work").mkdir()
    found = facts(place, runners, env={"GIVEN": "a value"}, working_dir=str(place.folder / "work"))
    assert (found["given"], found["cwd"]) == ("a value", str(place.folder / "work"))


def test_a_run_is_started_through_conda_where_it_names_an_environment_of_it(
    place: Place, runners: Runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    conda = place.folder / "bin" / "conda"
    conda.parent.mkdir()
    conda.write_text(CONDA.replace("PYTHON", sys.executable))
    conda.chmod(0o755)
    monkeypatch.setenv("PATH", str(conda.parent), prepend=":")
    assert facts(place, runners, condaenv="training")["conda"] == "training"
    died = runners.submit("telling", SubprocessFlowRunner(condaenv="trainin"), n=1).wait()
    assert died is not None
    assert "Not a conda environment: trainin" in died


def test_an_interpreter_that_was_started_ahead_for_one_environment_serves_no_other(place: Place) -> None:
    warm = Runners(place, MADE["warm"])
    for given in ("one", "other", "one"):
        submitted = warm.submit("telling", SubprocessFlowRunner(env={"GIVEN": given}), n=1)
        submitted.wait()
        warm.forget(submitted)
        assert json.loads(place.until("facts"))["given"] == given
    warm.close()


@pytest.mark.parametrize("shown", [True, False])
def test_what_a_run_writes_is_on_the_agents_terminal_where_that_is_wanted(
    place: Place, runners: Runners, capsys: pytest.CaptureFixture[str], shown: bool
) -> None:
    submitted = runners.submit("speaking", SubprocessFlowRunner(stream_output=shown))
    assert submitted.wait() is None
    assert ("from a child" in capsys.readouterr().err) is shown
    assert "from a child" in [each.message for each in place.client.logs(submitted.claimed.flow_run.id)]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"virtualenv": "/nowhere"}, "no virtual environment '/nowhere'"),
        ({"working_dir": "/nowhere"}, "directory '/nowhere' does not exist"),
        ({"condaenv": "training"}, "no conda on this machine"),
    ],
)
def test_an_environment_that_is_not_there_is_named(
    place: Place, runners: Runners, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidOption, match=says):
        runners.submit("telling", SubprocessFlowRunner(**options), n=1)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"type": "subproces"}, "no flow runner 'subproces'"),
        ({"type": "subprocess", "virtual_env": "x"}, "no option 'virtual_env'"),
        ({"type": "subprocess", "virtualenv": "x", "condaenv": "y"}, "one environment"),
        ({"type": "subprocess", "env": {"A": 1}}, "env"),
        ({"type": "subprocess", "working_dir": 5}, "working_dir"),
        ({"type": "subprocess", "stream_output": "no"}, "stream_output"),
        ({"type": "universal", "env": ["A=1"]}, "env"),
    ],
)
def test_options_are_checked_when_they_are_given(document: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidOption, match=says):
        from_document(document)
