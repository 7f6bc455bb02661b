"""Asks for runs of a deployment while an agent works for a server, and prints the milliseconds from the question to the first line of
the flow's own code."""

import json
import statistics
import sys
import time
from pathlib import Path

from deploying import agent, deployed, until

from armillary.client.connecting import connect

ROUNDS = 61
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
    with deployed(FLOW, "DeploymentSpec(name='x', flow_location='main.py')") as folder, agent("--warm", sys.argv[1]):
        took = asked(folder)[1:]
    print(json.dumps({"milliseconds": statistics.median(took), "p99": statistics.quantiles(took, n=100)[98]}))


def asked(folder: Path) -> list[float]:
    took = []
    with connect() as client:
        deployment = client.find_deployment("now/x")
        for _ in range(ROUNDS):
            began = time.time()
            said = folder / f"at-{client.run_deployment(deployment.id).id}"
            took.append((float(until(lambda said=said: said.exists() and said.read_text())) - began) * 1000)
            time.sleep(0.7)
    return took


main()
