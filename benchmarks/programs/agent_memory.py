"""Has an agent work off many short runs, and prints by how many megabytes it would grow over 10,000 of them: the slope of what was
measured, after the first third in which it warms up."""

import json
import statistics
import sys

from deploying import agent, deployed, until

from armillary.client.connecting import connect
from armillary.core.filters import FlowRunFilter
from armillary.core.states import COMPLETED

AT_ONCE = 4
STEP = 40
FLOW = "from armillary import flow\n\n@flow(log_prints=True)\ndef short() -> None:\n    print('a line')\n"


def main() -> None:
    runs = int(sys.argv[1])
    points: list[tuple[int, float]] = []
    with (
        deployed(FLOW, "DeploymentSpec(name='x', flow_location='main.py')"),
        connect() as client,
        agent("--limit", str(AT_ONCE)) as process,
    ):
        deployment = client.find_deployment("short/x")
        for done in range(0, runs, STEP):
            for _ in range(STEP):
                client.run_deployment(deployment.id)
            wanted = done + STEP
            until(lambda wanted=wanted: client.count_flow_runs(FlowRunFilter(state_types=[COMPLETED])) >= wanted, 0.1)
            points.append((wanted, resident_mb(process.pid)))
    later = points[len(points) // 3 :]
    slope = statistics.linear_regression([many for many, _ in later], [mb for _, mb in later]).slope
    begin, end = later[0][1], later[-1][1]
    print(json.dumps({"growth_mb": slope * 10_000, "begin_mb": begin, "end_mb": end, "runs": runs}))


def resident_mb(process: int) -> float:
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        [line] = [line for line in file if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


main()
