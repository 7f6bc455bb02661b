"""A run cannot steer the terminal of whoever looks at it."""

from __future__ import annotations

import os
import pty

import pytest

from warm_commands import WarmCommand

from .conftest import Armillary

CODE = r"""
from armillary import artifacts, flow, get_run_logger, variables

STEERING = "before \x1b]52;c;aGk=\x07 \x1b]0;title\x07 \x1b]8;;http://x\x1b\\link \x1b[2J\x1b[H \x9b2J \x85 \x1b[31mred\x1b[0m \r\x08 after"

@flow(log_prints=True)
def steers():
    get_run_logger().warning(STEERING)
    print(STEERING)
    raise ValueError(STEERING)

@flow(persist_result=True)
def keeps():
    variables.set("steering", STEERING)
    artifacts.create_markdown_artifact(STEERING, key="steering")
    return STEERING
"""
STEERS = ("\x1b]", "\x1b[2J", "\x1b[H", "\x9b", "\x85", "\x07", "\x08")


def on_a_terminal(armillary: Armillary, *arguments: str, **environment: str) -> str:
    ours, theirs = pty.openpty()
    command = WarmCommand(
        arguments,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=armillary.folder,
        env={**armillary.environment, "TERM": "xterm-256color", "COLUMNS": "400", **environment},
    )
    os.close(theirs)
    said = b""
    try:
        while more := os.read(ours, 65536):
            said += more
    except OSError:
        pass  # the other side has closed it
    os.close(ours)
    command.wait(20)
    return said.decode()


@pytest.fixture(scope="module")
def steering(tmp_path_factory: pytest.TempPathFactory) -> Armillary:
    made = Armillary(tmp_path_factory.mktemp("steering") / "home")
    made.flows.write_text(CODE)
    made.completed = made.ran("flows.py:keeps")
    made.failed = made.ran("flows.py:steers", code=1)
    return made


LOOKS = {
    "logs": ("flow-run", "logs", "FAILED"),
    "logs, followed": ("flow-run", "logs", "FAILED", "--follow"),
    "logs as JSON": ("flow-run", "logs", "FAILED", "-o", "json"),
    "logs as JSON, followed": ("flow-run", "logs", "FAILED", "-o", "json", "--follow"),
    "watch": ("flow-run", "watch", "FAILED"),
    "inspect": ("flow-run", "inspect", "FAILED"),
    "a list": ("flow-run", "ls"),
    "a variable": ("variable", "get", "steering"),
    "a result": ("result", "get", "KEPT"),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_terminal_is_not_steered(look: tuple[str, ...], steering: Armillary) -> None:
    names = {"FAILED": steering.failed["name"], "KEPT": steering.completed["name"]}
    said = on_a_terminal(steering, *(names.get(word, word) for word in look))
    if "watch" in look:
        said = said[said.index("ended as") :]  # the picture before it moves the cursor itself
    assert "Traceback" not in said or "ValueError" in said
    assert not [each for each in STEERS if each in said], said
    if look[1] in ("logs", "get") and "json" not in look:
        assert "before" in said
        assert "\x1b[31mred" in said
        assert "␛]0;title␇" in said


def test_an_artifact_does_not_steer_it(steering: Armillary) -> None:
    found = steering("artifact", "ls", "-o", "json").json[0]["id"]
    said = on_a_terminal(steering, "artifact", "inspect", found)
    assert "after" in said
    assert not [each for each in STEERS if each in said], said


def test_raw_lines_and_pipes_are_as_the_run_wrote_them(steering: Armillary) -> None:
    name = steering.failed["name"]
    assert "\x1b]0;title\x07" in on_a_terminal(steering, "flow-run", "logs", name, "--raw")
    assert "\x1b]0;title\x07" in steering("flow-run", "logs", name).out
