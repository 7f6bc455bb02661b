"""Running flows from the command line, following and cancelling those of other processes, and trying again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from .conftest import Armillary


def started(armillary: Armillary, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A napping run in a process of its own, and its name; its task has begun."""
    process = armillary.start("run", "flows.py:napper", *arguments)
    assert process.stdout is not None
    name = process.stdout.readline().partition("flow run '")[2].partition("'")[0]
    assert any(line.endswith(" - napping\n") for line in process.stdout)
    return process, name


def test_parameters_are_converted_by_the_flow(armillary: Armillary) -> None:
    run = armillary.ran("flows.py:pipeline", "--param", "rows=7")
    assert (run["state_type"], run["parameters"]) == ("COMPLETED", {"rows": 7})


def test_a_module_an_async_flow_and_text_for_a_parameter(armillary: Armillary) -> None:
    assert armillary.ran("flows:greet", "-p", "name=Ada Lovelace")["parameters"] == {"name": "Ada Lovelace"}


def test_a_file_of_a_package_is_imported_as_its_module(armillary: Armillary) -> None:
    package = armillary.folder / "pack"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "rows.py").write_text("ROWS = 3\n")
    (package / "count.py").write_text(
        "from armillary import flow\nfrom .rows import ROWS\n\n\n@flow\ndef count():\n    return ROWS\n"
    )
    assert armillary.ran("pack/count.py:count")["state_type"] == "COMPLETED"
    (package / "rows.py").write_text("raise ValueError('no rows')\n")
    said = armillary("run", "pack/count.py:count", code=2).err
    assert "ValueError: no rows" in said and "importlib" not in said


def test_a_failed_run_exits_with_1_and_says_where_to_look(armillary: Armillary) -> None:
    said = armillary("run", "flows.py:pipeline", "-p", "rows=-1", code=1)
    assert "ValueError: fewer than no rows" in said.err
    assert "hint: armillary flow-run inspect" in said.err
    assert said.out == ""


def test_a_parameter_of_the_wrong_type_fails_the_run_and_is_named(armillary: Armillary) -> None:
    assert "'rows'" in armillary("run", "flows.py:pipeline", "-p", "rows=many", code=1).err


@pytest.mark.parametrize(
    ("place", "code", "advice"),
    [
        ("flows.py:pipelin", 3, "Did you mean 'pipeline'?"),
        ("flow.py:pipeline", 3, "FILE:FLOW"),
        ("nothing.here:pipeline", 3, "FILE.py:FLOW"),
        ("flows.py", 3, "Name one"),
    ],
)
def test_a_place_without_a_flow_is_told_with_what_is_there(
    armillary: Armillary, place: str, code: int, advice: str
) -> None:
    assert advice in armillary("run", place, code=code).err


def test_watching_and_following_end_with_the_run(armillary: Armillary) -> None:
    process, name = started(armillary)
    watching = armillary.start("flow-run", "watch", name)
    following = armillary.start("flow-run", "logs", name, "--follow")
    assert watching.stdout is not None
    assert following.stdout is not None
    assert "Running: 0 of 1 task runs ended" in watching.stdout.readline()
    assert "Created flow run" in following.stdout.readline()
    (armillary.folder / "wake").touch()
    assert f"Flow run '{name}' ended as Completed" in watching.communicate(timeout=120)[0]
    assert "Finished in state Completed('All states completed.')" in following.communicate(timeout=120)[0]
    process.communicate(timeout=120)
    assert (watching.returncode, following.returncode, process.returncode) == (0, 0, 0)


def test_cancelling_a_run_of_another_process_ends_it_with_4(armillary: Armillary) -> None:
    process, name = started(armillary, "-p", "many=3")
    said = armillary("flow-run", "cancel", name, "--wait")
    assert "ended as Cancelled" in said.err
    process.communicate(timeout=120)
    assert process.returncode == 4
    assert "has ended" in armillary("flow-run", "cancel", name, code=2).err


def test_ctrl_c_cancels_the_run_and_exits_with_130(armillary: Armillary) -> None:
    process, name = started(armillary)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode == 130
    assert armillary("flow-run", "inspect", name, "-o", "json").json["state_type"] == "CANCELLED"


def test_a_killed_run_reads_crashed_and_its_watcher_is_told(armillary: Armillary) -> None:
    process, name = started(armillary)
    watching = armillary.start("flow-run", "watch", name)
    assert watching.stdout is not None
    watching.stdout.readline()
    process.kill()
    process.communicate(timeout=120)
    assert "ended as Crashed" in watching.communicate(timeout=120)[0]
    assert watching.returncode == 1


def test_ctrl_c_ends_a_watcher_with_130_and_leaves_the_run_alone(armillary: Armillary) -> None:
    process, name = started(armillary)
    watching = armillary.start("flow-run", "watch", name)
    assert watching.stdout is not None
    watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    watching.communicate(timeout=120)
    assert watching.returncode == 130
    (armillary.folder / "wake").touch()
    process.communicate(timeout=120)
    assert process.returncode == 0


def test_what_a_flow_prints_does_not_mix_into_the_json(armillary: Armillary) -> None:
    said = armillary("run", "flows.py:keeper", "-o", "json")
    assert said.json["state_type"] == "COMPLETED"
    assert "loading 3" in said.err
    assert "loading 3" in armillary("run", "flows.py:keeper").out


def test_retrying_from_failure_takes_over_what_had_finished(armillary: Armillary) -> None:
    failed = armillary.ran("flows.py:pipeline", "-p", "rows=-1", code=1)
    (armillary.folder / "mended").touch()
    said = armillary("flow-run", "retry", failed["name"], "--from-failure", "-o", "json")
    assert (said.json["id"], said.json["attempt"], said.json["state_type"]) == (failed["id"], 2, "COMPLETED")
    assert "loading" not in said.err
    assert (
        armillary("flow-run", "inspect", failed["id"], "-o", "json").json["expected_start_time"]
        == (failed["expected_start_time"])
    )


def test_a_flow_without_retries_takes_over_what_its_tasks_persisted(armillary: Armillary) -> None:
    failed = armillary.ran("flows.py:once", "-p", "rows=-1", code=1)
    (armillary.folder / "mended").touch()
    said = armillary("flow-run", "retry", failed["name"], "--from-failure")
    assert "loading" not in said.out + said.err
    assert "Cached" in armillary("task-run", "ls", "--flow-run", failed["name"]).out
    kept = [each for each in (armillary.home / "results").rglob("*") if each.is_file()]
    assert len(kept) == 1, "the value once; what only pointed to it goes when the run has completed"


def test_retrying_from_failure_says_when_nothing_was_kept(armillary: Armillary) -> None:
    failed = armillary.ran("flows.py:plain", "-p", "rows=1", code=1)
    assert "all of them run again" in armillary("flow-run", "retry", failed["name"], "--from-failure", code=1).err


def test_a_run_whose_parameters_were_not_recorded_whole_is_not_retried(armillary: Armillary) -> None:
    failed = armillary.ran("flows.py:plain", "-p", f'rows="{"x" * 20_000}"', code=1)
    assert "was given 'rows'" in armillary("flow-run", "retry", failed["name"], code=2).err
    assert armillary("flow-run", "inspect", failed["name"], "-o", "json").json["attempt"] == 1


@pytest.mark.parametrize("value", ['"********"', '["<lock>"]', '{"a": "<str of 20,000>"}'])
def test_text_that_looks_like_a_stand_in_is_what_it_was(armillary: Armillary, value: str) -> None:
    failed = armillary.ran("flows.py:plain", "-p", f"rows={value}", code=1)
    armillary("flow-run", "retry", failed["name"], code=1)
    run = armillary("flow-run", "inspect", failed["name"], "-o", "json").json
    assert (run["attempt"], run["parameters"]) == (2, {"rows": json.loads(value)})


VALUES = """
import datetime
import os
from armillary import flow

@flow
def values(a, /, b: datetime.date, *rest, ratio: float = 1.5, **more):
    with open("given", "a") as file:
        file.write(repr((a, b, rest, ratio, more)) + chr(10))
    raise ValueError("again")

if __name__ == "__main__":
    values(1, datetime.date(2024, 1, 31), 2, 3, z={"k": [1]}, return_state=True)
    values((1,), datetime.date(2024, 1, 31), ratio=float("nan"), z=b"x", return_state=True)
"""


def test_a_retried_run_has_the_values_it_had_or_names_those_it_cannot_have(armillary: Armillary) -> None:
    script = armillary.folder / "values.py"
    script.write_text(VALUES)
    subprocess.run([sys.executable, script], cwd=armillary.folder, env=armillary.environment, check=True)
    lossy, exact = armillary("flow-run", "ls", "-o", "json").json
    armillary("flow-run", "retry", exact["name"], code=1)
    said = armillary("flow-run", "retry", lossy["name"], code=2).err
    assert "was given 'a', 'more', 'ratio', which" in said
    first, _, again = (armillary.folder / "given").read_text().splitlines()
    assert first == again == "(1, datetime.date(2024, 1, 31), (2, 3), 1.5, {'z': {'k': [1]}})"


def test_retrying_without_it_runs_everything_again(armillary: Armillary) -> None:
    failed = armillary.ran("flows.py:pipeline", "-p", "rows=-1", code=1)
    assert "loading -1" in armillary("flow-run", "retry", failed["name"], code=1).err


def test_a_run_whose_file_has_gone_is_not_touched_by_a_retry(armillary: Armillary) -> None:
    run = armillary.ran("flows.py:pipeline")
    armillary.flows.unlink()
    assert "There is no file" in armillary("flow-run", "retry", run["name"], code=3).err
    assert armillary("flow-run", "inspect", run["id"], "-o", "json").json["attempt"] == 1
