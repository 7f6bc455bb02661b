"""Looking at what ran: tables in a pipe, JSON, and errors that help."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest

from .conftest import Armillary


def test_flow_runs_are_listed_in_plain_columns_with_whole_ids(filled: Armillary) -> None:
    lines = filled("flow-run", "ls").out.splitlines()
    assert lines[0].split()[:4] == ["ID", "NAME", "FLOW", "STATE"]
    assert [line.split()[0] for line in lines[1:]] == [filled.failed["id"], filled.completed["id"]]
    assert [line.split()[3] for line in lines[1:]] == ["Failed", "Completed"]


def test_a_listing_as_json_is_an_array_of_the_records(filled: Armillary) -> None:
    found = filled("flow-run", "ls", "-o", "json").json
    assert [each["state_type"] for each in found] == ["FAILED", "COMPLETED"]
    assert {"id", "name", "state_name", "flow_name", "parameters", "start_time"} <= set(found[0])


@pytest.mark.parametrize(
    ("options", "many"),
    [
        (["--state", "failed"], 1),
        (["--state", "failed", "--state", "Completed"], 2),
        (["--flow", "pipeline"], 2),
        (["--flow", "other"], 0),
        (["--limit", "1"], 1),
        (["--newer-than", "1h"], 2),
        (["--newer-than", "0s"], 0),
    ],
)
def test_options_narrow_a_listing(filled: Armillary, options: list[str], many: int) -> None:
    assert len(filled("flow-run", "ls", "-o", "json", *options).json) == many


def test_a_flow_is_listed_with_its_description(filled: Armillary) -> None:
    assert [flow["name"] for flow in filled("flow", "ls", "-o", "json").json] == ["pipeline"]
    assert "Loads and checks." in filled("flow", "ls").out


def test_inspecting_a_flow_run_tells_how_its_tasks_stand(filled: Armillary) -> None:
    for words in (filled.failed["name"], filled.failed["id"], filled.failed["id"][:-2]):
        found = filled("flow-run", "inspect", words, "-o", "json").json
        assert found["id"] == filled.failed["id"]
        assert found["task_run_counts"] == {"COMPLETED": 2, "FAILED": 2}
        assert [state["name"] for state in found["states"]][-1] == "Failed"
    assert "2 completed, 2 failed" in filled("flow-run", "inspect", filled.failed["name"]).out


def test_task_runs_are_listed_and_inspected_by_their_flow_run(filled: Armillary) -> None:
    listed = filled("task-run", "ls", "--flow-run", filled.completed["name"], "-o", "json").json
    assert [each["name"] for each in listed] == ["load-0", "check-0"]
    found = filled("task-run", "inspect", "check-0", "-r", filled.completed["name"], "-o", "json").json
    assert found["upstreams"] == {"data": [listed[0]["id"]]}
    assert [state["type"] for state in found["states"]] == ["PENDING", "RUNNING", "COMPLETED"]


@pytest.mark.parametrize(
    ("options", "many"),
    [
        (["--state", "failed"], 2),
        (["--state", "failed", "--state", "completed"], 6),
        (["--name", "CHECK"], 3),
        (["--name", "check", "--state", "completed"], 1),
        (["--task", "load"], 3),
        (["--tag", "nobody"], 0),
    ],
)
def test_task_runs_of_all_runs_are_narrowed_by_what_they_are_themselves(
    filled: Armillary, options: list[str], many: int
) -> None:
    found = filled("task-run", "ls", "-o", "json", *options).json
    assert len(found) == many
    if options == ["--state", "failed"]:
        assert {each["state_type"] for each in found} == {"FAILED"}


def test_logs_read_as_they_did_on_the_console(filled: Armillary) -> None:
    said = filled("flow-run", "logs", filled.completed["name"]).out
    assert "| INFO    | Task run 'load-0' - loading 3\n" in said
    assert f"| INFO    | Flow run '{filled.completed['name']}' - Finished in state Completed" in said
    last = filled("flow-run", "logs", filled.completed["name"], "--limit", "1", "-o", "json").json
    assert [line["message"] for line in last] == [said.splitlines()[-1].partition(" - ")[2]]
    errors = filled("flow-run", "logs", filled.failed["name"], "--level", "error", "-o", "json").json
    assert errors and all(line["level"] >= 40 for line in errors)


def test_following_a_run_that_has_ended_ends_with_the_code_of_its_state(filled: Armillary) -> None:
    assert "fewer than no rows" in filled("flow-run", "logs", filled.failed["id"], "--follow", code=1).out
    watched = filled("flow-run", "watch", filled.completed["id"], "-o", "json")
    assert watched.json["state_type"] == "COMPLETED"
    assert "2 of 2 task runs ended (2 completed)" in watched.err


def test_kept_values_are_printed(armillary: Armillary) -> None:
    name = armillary.ran("flows.py:keeper")["name"]
    assert armillary("result", "get", name).out == "3\n"
    assert armillary("result", "get", "load-0", "-r", name).out == "{'rows': 3}\n"
    assert armillary("result", "get", "load-0", "-r", name, "-o", "json").json["value"] == {"rows": 3}


def test_a_value_that_was_not_kept_is_told_with_how_to_keep_it(filled: Armillary) -> None:
    assert "persist_result=True" in filled("result", "get", "check-0", "-r", filled.completed["name"], code=3).err


def test_what_does_not_exist_is_told_on_stderr_with_the_nearest_name(filled: Armillary) -> None:
    said = filled("flow-run", "inspect", filled.completed["name"][:-1] + "x", code=3)
    assert said.out == ""
    assert f"hint: Did you mean '{filled.completed['name']}'?" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["flow-run", "ls", "--state", "nowhere"],
        ["flow-run", "ls", "--limit", "0"],
        ["flow-rn", "ls"],
        ["flow-run", "lst"],
        ["work-queue", "create", "q", "--limit", "9" * 20],
        [],
    ],
)
def test_wrong_usage_exits_with_2(filled: Armillary, arguments: list[str]) -> None:
    assert filled(*arguments, code=2).err


@pytest.mark.parametrize(
    ("word", "here"),
    [("orion", "armillary server start"), ("work-pool", "armillary work-queue"), ("dags", "armillary deployment ls")],
)
def test_commands_of_other_orchestrators_are_told_as_what_they_are_here(
    filled: Armillary, word: str, here: str
) -> None:
    assert f"hint: {here}\n" in filled(word, "start", code=2).err


def test_a_listing_says_that_it_is_not_all(filled: Armillary) -> None:
    said = filled("flow-run", "ls", "--limit", "1")
    assert len(said.out.splitlines()) == 2
    assert "Only 1 are shown" in said.err
    assert "shown" not in filled("flow-run", "ls", "--limit", "2").err
    assert len(filled("flow-run", "ls", "--limit", "9" * 20).out.splitlines()) == 3


@pytest.mark.parametrize("output", ["table", "json"])
def test_output_that_cannot_be_written_is_an_error_of_one_line(filled: Armillary, output: str) -> None:
    with open("/dev/full", "w") as full:
        said = subprocess.run(
            [sys.executable, "-m", "armillary", "flow-run", "ls", "-o", output],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=filled.environment,
            timeout=120,
        )
    assert (said.returncode, said.stderr) == (1, "error: The output cannot be written: No space left on device.\n")


def test_a_command_without_output_does_its_work(filled: Armillary) -> None:
    said = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m armillary flow-run ls >&- 2>&-"], env=filled.environment, timeout=60
    )
    assert said.returncode == 0


def test_the_tab_key_offers_run_names_and_settings(filled: Armillary) -> None:
    def offered(line: str) -> str:
        words = line.split(" ")
        return filled(
            code=None, _ARMILLARY_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1)
        ).out

    assert filled.completed["name"] in offered("armillary flow-run inspect " + filled.completed["name"][:3])
    assert "flow-run" in offered("armillary flow")
    assert "ARMILLARY_DURABILITY" in offered("armillary config set ARMILLARY_D")


def test_the_database_tells_what_it_holds_and_can_be_copied(filled: Armillary) -> None:
    info = filled("database", "info", "-o", "json").json
    assert (info["flow_runs"], info["quarantined"]) == (2, 0)
    filled("database", "backup", "copy.db")
    copy = sqlite3.connect(filled.folder / "copy.db")
    assert copy.execute("SELECT count(*) FROM flow_run").fetchone() == (2,)
    copy.close()
    assert "exists already" in filled("database", "backup", "copy.db", code=2).err


def test_help_teaches_with_examples_and_tells_the_exit_codes(filled: Armillary) -> None:
    assert "130 interrupted" in " ".join(filled("--help").out.split())
    for noun, verb in (("flow-run", "ls"), ("database", "prune"), ("config", "set"), ("profile", "create")):
        assert f"armillary {noun} {verb}" in filled(noun, verb, "--help").out


def test_help_and_version_load_neither_the_database_nor_the_engine(filled: Armillary) -> None:
    for arguments in (["--help"], ["version"], ["flow-run", "--help"]):
        said = filled(*arguments, PYTHONPROFILEIMPORTTIME="1").err
        assert "armillary.cli" in said
        for heavy in ("sqlalchemy", "rich.console", "armillary.engine", "alembic"):
            assert heavy not in said, f"{arguments} loads {heavy}"
