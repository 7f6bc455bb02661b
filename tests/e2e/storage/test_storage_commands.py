"""Storages as people make them: with flags, and by answering questions at a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import warm_commands

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
    return {
        **kept,
        "ARMILLARY_HOME": str(tmp_path / "home"),
        "HOME": str(tmp_path),
        "NO_COLOR": "1",
        "SECRET": "sesame",
    }


@pytest.fixture
def storage(environment: dict[str, str]) -> Command:
    def command(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return warm_commands.run(("storage", *arguments), env=environment, given="", code=code)

    return command


def answered(environment: dict[str, str], *answers: str) -> tuple[str, str]:
    """Sit at a terminal, run ``storage create`` and give these answers: what was seen, and what came on stdout."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "armillary", "storage", "create"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)
    seen = ""
    for answer in answers:
        while not seen.endswith(": "):
            seen += os.read(ours, 4096).decode()
        os.write(ours, f"{answer}\n".encode())
        seen += "\n"
    while True:
        try:
            seen += os.read(ours, 4096).decode()
        except OSError:
            break
    out, _ = process.communicate(timeout=120)
    os.close(ours)
    assert process.returncode == 0, seen
    return seen.replace("\r", ""), out.decode().strip()


def test_the_tutorials_conversation(environment: dict[str, str], tmp_path: Path, storage: Command) -> None:
    seen, out = answered(environment, "3", "~/flows", "local-storage")
    assert "Found the following storage types:\n0) Azure Blob Storage\n    Store data in an Azure blob storage" in seen
    assert "3) Local Storage\n    Store data in a run's local file system." in seen
    assert "You've selected Local Storage. It has 1 option(s)." in seen
    assert "STORAGE PATH" in seen
    assert f"Registered storage 'local-storage' with identifier '{out}'." in seen
    assert json.loads(storage("inspect", out, "-o", "json").stdout)["options"] == {
        "storage_path": str(tmp_path / "flows")
    }


def test_a_wrong_number_is_asked_for_again_and_an_empty_answer_is_the_default(
    environment: dict[str, str], storage: Command
) -> None:
    seen, out = answered(environment, "7", "three", "3", "", "here")
    assert seen.count("Give a number from 0 to 6.") == 2
    path = json.loads(storage("inspect", out, "-o", "json").stdout)["options"]["storage_path"]
    assert path == f"{environment['ARMILLARY_HOME']}/local-storage"


def test_every_answer_can_be_a_flag(storage: Command, tmp_path: Path) -> None:
    made = storage(
        "create", "--type", "local", "--name", "flows", "--option", f"storage_path={tmp_path}/a", "--default"
    )
    listed: list[dict[str, Any]] = json.loads(storage("ls", "-o", "json").stdout)
    assert [(each["id"], each["name"], each["is_default"]) for each in listed] == [(made.stdout.strip(), "flows", True)]
    storage("reset-default")
    assert json.loads(storage("inspect", "flows", "-o", "json").stdout)["is_default"] is False
    storage("set-default", "flows")
    assert "yes" in storage("ls").stdout
    storage("delete", "flows", "--yes")
    assert json.loads(storage("ls", "-o", "json").stdout) == []


def test_a_secret_from_the_environment_is_shown_nowhere(storage: Command, tmp_path: Path) -> None:
    options = ["--option", f"base_path=file://{tmp_path}/x", "--from-env", "storage_options=SECRET"]
    said = storage("create", "--type", "file", "--name", "x", *options, code=2).stderr
    assert "not a JSON object" in said
    assert "sesame" not in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--type"),
        (["--type", "locl"], "Did you mean 'local'"),
        (["--type", "local", "--option", "path=/x"], "storage_path"),
        (["--type", "local", "--option", "storage_path"], "name=value"),
        (["--type", "s3", "--name", "x"], "--option bucket="),
        (["--type", "temporary-local"], "--name"),
    ],
)
def test_what_lacks_is_said_where_nobody_can_be_asked(storage: Command, arguments: list[str], says: str) -> None:
    assert says in storage("create", *arguments, code=2).stderr


def test_a_storage_that_does_not_work_is_not_made(storage: Command) -> None:
    said = storage("create", "--type", "local", "--name", "x", "--option", "storage_path=/proc/no", code=1).stderr
    assert "/proc/no" in said
    assert json.loads(storage("ls", "-o", "json").stdout) == []
