"""An agent shows what its runs write, and they do not steer its terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from .conftest import Project

FLOWS = r"""
from armillary import flow

@flow(name="staging")
def staging(n: int = 3):
    print("begin \x1b]52;c;aGk=\x07 \x1b[2J \x9b2J \x1b[31mred\x1b[0m end")
    raise SystemExit("\x1b]0;title\x07")
"""
DEPLOYMENTS = """
from armillary.deployments import DeploymentSpec
DeploymentSpec(name="by-hand", flow_name="staging", flow_location="./main.py")
"""


def test_a_run_does_not_steer_its_agents_terminal(project: Project) -> None:
    (project.folder / "main.py").write_text(FLOWS)
    (project.folder / "deployments.py").write_text(DEPLOYMENTS)
    project("deployment", "create", "deployments.py")
    project.run("staging/by-hand")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "armillary", "agent", "start", "--warm", "0"]
    agent = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, text=True, cwd=project.folder, env=project.environment
    )
    project.agents.append(agent)
    os.close(theirs)
    said = b""
    try:
        while b"finished" not in said:
            said += os.read(ours, 65536)
    finally:
        os.close(ours)
    text = said.decode()
    assert "begin ␛]52;c;aGk=␇" in text
    assert "\x1b[31mred" in text
    assert not [each for each in ("\x1b]", "\x1b[2J", "\x9b", "\x07") if each in text], text
