"""Asks for runs of a deployment while an agent works for a server, and prints the milliseconds from the question to the first line of
the flow's own code."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from armillary.client.connecting import connect

ROUNDS = 21
FLOW = """
import time
from pathlib import Path
from armillary import flow, runtime

@flow
def now() -> None:
    began = time.time()
    Path("at-" + runtime.flow_run.id).write_text(repr(began))
"""


def main() -> None:
    warm = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.py").write_text(FLOW)
        (folder / "deployments.py").write_text(
            "from armillary.deployments import DeploymentSpec\nDeploymentSpec(name='x', flow_location='main.py')\n"
        )
        os.chdir(folder)
        command("server", "start", "--background", "--port", "0")
        command("deployment", "create", "deployments.py")
        agent = subprocess.Popen([*ARMILLARY, "agent", "start", "--warm", warm], stderr=subprocess.PIPE, text=True)
        assert agent.stderr is not None
        agent.stderr.readline()
        took = asked(folder)
        agent.terminate()
        agent.communicate()
        command("server", "stop")
    print(json.dumps({"milliseconds": statistics.median(took[1:]), "most": max(took[1:])}))


def asked(folder: Path) -> list[float]:
    took = []
    with connect() as client:
        deployment = client.find_deployment("now/x")
        for _ in range(ROUNDS):
            began = time.time()
            said = folder / f"at-{client.run_deployment(deployment.id).id}"
            while not said.exists() or not said.read_text():
                time.sleep(0.002)
            took.append((float(said.read_text()) - began) * 1000)
            time.sleep(0.7)
    return took


ARMILLARY = [sys.executable, "-m", "armillary"]


def command(*arguments: str) -> None:
    subprocess.run([*ARMILLARY, *arguments], check=True, capture_output=True)


main()
