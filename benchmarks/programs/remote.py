"""A flow elsewhere records on a server: prints how fast what it recorded while the server was away is shipped, and how long a
cancel takes to reach its running task."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from database import database
from served import Server

from armillary import flow, task

TASKS = 10_000
CANCELS = 5
NAP = """
import sys, time
from armillary import flow, task

@task
def nap():
    print("napping", flush=True)
    try:
        while True:
            time.sleep(0.01)
    finally:
        print(repr(time.time()), flush=True)

@flow
def sleeper():
    nap().result()

sleeper()
"""


@task
def same(value):
    return value


@flow
def mapped():
    return same.map(range(TASKS))


def main() -> None:
    if sys.argv[1] == "record":
        mapped()
        return
    with database(sys.argv[1]), Server() as server, tempfile.TemporaryDirectory() as folder:
        elsewhere = {
            **os.environ,
            "ARMILLARY_HOME": os.path.join(folder, "home"),
            "ARMILLARY_API_URL": server.api_url,
            "ARMILLARY_API_KEY": server.token,
            "ARMILLARY_DATABASE_URL": "",
        }
        print(json.dumps({**shipped(server, elsewhere), **cancelled(server, elsewhere, Path(folder, "nap.py"))}))


def shipped(server: Server, elsewhere: dict[str, str]) -> dict[str, float]:
    """With a wrong token nothing arrives while it runs; then another process ships it all."""
    wrong = {**elsewhere, "ARMILLARY_API_KEY": "none", "ARMILLARY_DRAIN_SECONDS": "0"}
    subprocess.run([sys.executable, __file__, "record"], env=wrong, check=True, stderr=subprocess.DEVNULL)
    before = frames(server)
    ship = [sys.executable, "-m", "armillary", "journal", "ship"]
    began = time.perf_counter()
    subprocess.run(ship, env=elsewhere, check=True, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    return {"frames_per_second": (frames(server) - before) / seconds}


def cancelled(server: Server, elsewhere: dict[str, str], script: Path) -> dict[str, float]:
    script.write_text(NAP)
    took = []
    for _ in range(CANCELS):
        sleeper = subprocess.Popen(
            [sys.executable, str(script)], env=elsewhere, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert sleeper.stdout is not None
        sleeper.stdout.readline()
        while not (run := running(server)):
            time.sleep(0.02)
        began = time.time()
        server.post(f"/flow_runs/{run}/cancel")
        took.append((float(sleeper.stdout.readline()) - began) * 1000)
        sleeper.wait()
    return {"cancel_milliseconds": statistics.median(took), "cancel_most": max(took)}


def running(server: Server) -> str | None:
    found = json.loads(server.post("/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["RUNNING"]}}}}))
    return found["items"][0]["id"] if found["items"] else None


def frames(server: Server) -> float:
    text = server.get("/metrics").decode()
    [line] = [each for each in text.splitlines() if each.startswith("armillary_ingested_frames_total")]
    return float(line.split()[-1])


main()
