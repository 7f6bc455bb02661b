"""Ctrl-C, SIGTERM, kill -9 and cancellation of real processes."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

import warm_commands
from armillary.client.in_process.client import InProcessClient
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import TERMINAL, StateType
from armillary.engine.interrupts.guard import Lost
from armillary.journal.command_file import append_command
from armillary.journal.commands import stop
from armillary.journal.reading.files import journals_in

from .conftest import MakeProgram

BUSY = """
    import asyncio, sys, time
    from pathlib import Path
    from armillary import flow, pause_flow_run, task

    here = Path(__file__).parent
    where = sys.argv[1]

    @task
    def nap(mark):
        (here / mark).touch()
        for _ in range(6000):
            time.sleep(0.01)

    @task
    async def nap_async():
        await asyncio.sleep(600)

    @flow
    def below():
        nap("busy")

    @flow
    def main():
        nap("other"); nap_async()
        if where == "body":
            (here / "busy").touch()
            time.sleep(600)
        elif where == "result":
            nap("busy").result()
        elif where == "end":
            nap("busy")
        else:
            below()

    @flow
    async def main_async():
        nap("other"); nap_async()
        (here / "busy").touch()
        await asyncio.sleep(600)

    @flow(retries=1, retry_delay_seconds=600)
    def tried_again():
        (here / "busy").touch()
        raise ValueError("again")

    @flow(retries=1, retry_delay_seconds=600)
    async def tried_again_async():
        (here / "busy").touch()
        raise ValueError("again")

    @flow
    def paused():
        (here / "busy").touch()
        pause_flow_run()

    @flow
    def goes_on():
        try:
            nap("busy").result()
        except BaseException:
            if where == "raises another":
                raise ValueError("late") from None
        return 1

    if where == "async":
        asyncio.run(main_async())
    elif where in ("goes on", "raises another"):
        goes_on()
    elif where == "between tries":
        tried_again()
    elif where == "between tries, async":
        asyncio.run(tried_again_async())
    elif where == "pause":
        paused()
    else:
        main()
"""

PLACES = ["body", "result", "end", "subflow", "async"]
HELD = {"between tries": "AwaitingRetry", "between tries, async": "AwaitingRetry", "pause": "Paused"}
"""Places where no body is at work, and the state in which a run waits there."""


def the_run(ledger: InProcessClient, where: str) -> FlowRun:
    """The root run, once it is where it is to be."""
    while True:
        [run] = [each for each in ledger.flow_runs().items if each.parent_flow_run_id is None]
        if run.state_name == HELD.get(where, "Running"):
            return run


@pytest.mark.parametrize("where", PLACES)
def test_ctrl_c_cancels_the_run_with_everything_in_it(
    program: MakeProgram, ledger: InProcessClient, where: str
) -> None:
    busy = program(BUSY)
    process = busy.start(where)
    busy.appears("busy", process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGINT or "KeyboardInterrupt" in err
    assert {run.state_type for run in ledger.flow_runs().items} == {"CANCELLED"}
    assert {run.state_type for run in ledger.task_runs().items} == {"CANCELLED"}


@pytest.mark.parametrize("where", [*PLACES, *HELD])
def test_sigterm_crashes_the_run_and_ends_the_process_by_the_signal(
    program: MakeProgram, ledger: InProcessClient, where: str
) -> None:
    busy = program(BUSY)
    process = busy.start(where)
    busy.appears("busy", process)
    the_run(ledger, where)
    process.terminate()
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGTERM
    top = [run for run in ledger.flow_runs().items if run.parent_flow_run_id is None]
    assert [run.state_type for run in top] == ["CRASHED"]
    assert all(run.state_type in TERMINAL for run in ledger.task_runs().items)


@pytest.mark.parametrize("where", [*PLACES, *HELD, "goes on", "raises another"])
def test_an_owner_that_lost_its_run_crashes_it_since_nobody_wished_it_cancelled(
    program: MakeProgram, home: Path, ledger: InProcessClient, where: str
) -> None:
    busy = program(BUSY)
    process = busy.start(where)
    busy.appears("busy", process)
    run = the_run(ledger, where)
    [journal] = journals_in(str(home / "journal"))
    append_command(str(home / "journal"), journal.journal_id, stop(run.id, 0))
    process.communicate(timeout=120)
    assert process.returncode == 1
    top = [each for each in ledger.flow_runs().items if each.parent_flow_run_id is None]
    assert [(each.state_type, each.state_message) for each in top] == [("CRASHED", Lost.reason)]
    assert all(each.state_type in TERMINAL for each in ledger.task_runs().items)


def test_one_ctrl_c_counts_once_however_long_the_body_cleans_up(program: MakeProgram, ledger: InProcessClient) -> None:
    tidy = program(
        """
        import time
        from pathlib import Path
        from armillary import flow, task

        @task
        def nap():
            time.sleep(600)

        @flow
        def main():
            nap()
            try:
                Path(__file__).with_name("busy").touch()
                time.sleep(600)
            finally:
                time.sleep(1.5)
                Path(__file__).with_name("tidy").touch()

        main()
        """
    )
    process = tidy.start(ARMILLARY_CANCEL_GRACE_SECONDS="1", ARMILLARY_LOGGING_LEVEL="INFO")
    tidy.appears("busy", process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert tidy.folder.joinpath("tidy").exists(), err
    assert "Interrupted twice" not in err
    assert "Ctrl-C again" in err
    assert [run.state_message for run in ledger.flow_runs().items] == ["Interrupted."]


def test_a_signal_handler_that_stood_before_is_called_after_the_run(
    program: MakeProgram, ledger: InProcessClient
) -> None:
    chained = program(
        """
        import signal, sys, time
        from pathlib import Path
        from armillary import flow

        def mine(number, frame):
            print("mine")
            sys.exit(7)

        signal.signal(signal.SIGTERM, mine)

        @flow
        def main():
            Path(__file__).with_name("busy").touch()
            time.sleep(600)

        main()
        """
    )
    process = chained.start()
    chained.appears("busy", process)
    process.terminate()
    out, _ = process.communicate(timeout=120)
    assert (out, process.returncode) == ("mine\n", 7)
    assert ledger.flow_runs().items[0].state_type == "CRASHED"


def test_a_signal_handler_that_the_body_puts_in_place_stays(program: MakeProgram) -> None:
    serving = program(
        """
        import os, signal, sys
        from armillary import flow

        @flow
        def main():
            signal.signal(signal.SIGTERM, lambda *_: (print("mine"), sys.exit(7)))

        main()
        os.kill(os.getpid(), signal.SIGTERM)
        """
    )
    result = serving.run()
    assert (result.stdout, result.returncode) == ("mine\n", 7)


STEPS = """
    import sys
    from pathlib import Path
    from armillary import flow, task

    @task
    def step(number):
        with open(Path(__file__).with_name("done"), "a") as file:
            file.write(f"{number}\\n")
        return number

    @flow
    def main():
        Path(__file__).with_name("busy").touch()
        number = 0
        while True:
            step(number).result()
            with open(Path(__file__).with_name("seen"), "a") as file:
                file.write(f"{number}\\n")
            number += 1

    main()
"""


@pytest.mark.parametrize("seed", range(6))
def test_what_a_killed_flow_had_seen_completed_is_recorded(
    program: MakeProgram, ledger: InProcessClient, seed: int
) -> None:
    steps = program(STEPS)
    process = steps.start(ARMILLARY_LOGGING_LEVEL="ERROR")
    seen = steps.appears("seen", process)
    wanted = random.Random(seed).randrange(1, 400)
    while seen.read_text().count("\n") < wanted:
        assert process.poll() is None
    process.kill()
    process.communicate()
    finished = seen.read_text().split()
    [run] = ledger.flow_runs().items
    assert (run.state_type, run.state_message) == ("CRASHED", "The process that ran it died.")
    states: dict[str, StateType] = {}
    after = None
    while not states or after is not None:
        page = ledger.task_runs(limit=1000, after=after)
        states.update((each.name, each.state_type) for each in page.items)
        after = page.after
    for number in finished:
        assert states[f"step-{number}"] == "COMPLETED"
    assert set(states.values()) <= {StateType.COMPLETED, StateType.CRASHED}


def test_a_cancel_command_reaches_a_running_task(program: MakeProgram, home: Path, ledger: InProcessClient) -> None:
    busy = program(BUSY)
    process = busy.start("result")
    busy.appears("busy", process)
    [run] = [each for each in ledger.flow_runs().items if each.parent_flow_run_id is None]
    warm_commands.run(("flow-run", "cancel", run.name), env=busy.environment)
    process.communicate(timeout=120)
    assert process.returncode == 1
    assert {each.state_type for each in ledger.flow_runs().items} == {"CANCELLED"}
    assert {each.state_type for each in ledger.task_runs().items} == {"CANCELLED"}
