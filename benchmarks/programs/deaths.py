"""Kills the process of a run, and then an agent: prints how many seconds pass until the one is CRASHED with the signal named, and until
the other's run has begun at another agent."""

import json
import os
import signal
import time
from pathlib import Path

from deploying import agent, deployed, until

from armillary.client.connecting import connect

ROUNDS = 5
FLOW = """
import os
import time
from pathlib import Path
from armillary import flow, runtime

@flow
def waiting() -> None:
    Path(f"{runtime.flow_run.id}-{os.getpid()}").touch()
    while not Path("go").exists():
        time.sleep(0.01)
"""
SPECIFICATIONS = """
DeploymentSpec(name='once', flow_location='main.py', crash_retries=0)
DeploymentSpec(name='again', flow_location='main.py')
"""


def main() -> None:
    with deployed(FLOW, SPECIFICATIONS) as folder, connect() as client, agent() as first:
        once = client.find_deployment("waiting/once")
        took = []
        for _ in range(ROUNDS):
            run_id = client.run_deployment(once.id).id
            process = begun(folder, run_id, 1)[0]
            began = time.monotonic()
            os.kill(process, signal.SIGKILL)
            until(lambda run_id=run_id: "SIGKILL" in (client.find_flow_run(run_id).state_message or ""))
            took.append(time.monotonic() - began)
        run_id = client.run_deployment(client.find_deployment("waiting/again").id).id
        begun(folder, run_id, 1)
        with agent():
            began = time.monotonic()
            first.kill()
            begun(folder, run_id, 2)
            taken = time.monotonic() - began
            (folder / "go").touch()
            until(lambda: client.find_flow_run(run_id).state_type == "COMPLETED")
    print(json.dumps({"process_seconds": max(took), "agent_seconds": taken}))


def begun(folder: Path, run_id: str, many: int) -> list[int]:
    """The processes in which that run has begun."""

    def look() -> list[int] | None:
        found = [int(each.name.rpartition("-")[2]) for each in folder.glob(f"{run_id}-*")]
        return found if len(found) >= many else None

    return until(look)


main()
