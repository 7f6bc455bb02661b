"""An agent that was paused for longer than its lease, as on a machine that sleeps: others run by then what it had."""

from __future__ import annotations

import os
import signal
from select import select as readable

from agent.conftest import Project


def test_of_two_processes_that_were_given_a_run_the_later_goes_on_alone(project: Project) -> None:
    project.environment["ARMILLARY_WORKER_LEASE_SECONDS"] = "2"
    project.deployed()
    sleeper = project.agent("--limit", "1")
    run_id = project.run("slow/by-hand")
    [first] = project.begun()
    ended = os.pidfd_open(first)
    for pid in (sleeper.pid, first):
        os.kill(pid, signal.SIGSTOP)
    project.agent("--limit", "1")
    project.begun(2)
    for pid in (first, sleeper.pid):
        os.kill(pid, signal.SIGCONT)
    assert readable([ended], [], [], 30)[0], "two processes run one run"
    os.close(ended)
    (project.folder / "go").touch()
    run = project.ended(run_id, "COMPLETED")
    assert run.attempt == 2
    assert (project.folder / "firsts").read_text() == "x"
