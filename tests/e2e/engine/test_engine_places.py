"""Wherever Python runs: -c, the REPL, notebooks, threads, forked children, many processes on one home."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest

import warm_commands
from armillary import flow
from armillary.client.in_process.client import InProcessClient

from .conftest import MakeProgram

ONE_TASK = """
from armillary import flow, task

@task
def one(): return 1

@flow
def main(): return one().result()
"""


def python(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], input=given, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.usefixtures("home")
def test_python_c() -> None:
    result = python("-c", ONE_TASK + "\nprint(main())")
    assert (result.stdout, result.returncode) == ("1\n", 0), result.stderr


@pytest.mark.usefixtures("home")
def test_the_repl() -> None:
    lines = ONE_TASK.replace("main():", "main():\n ").replace("one():", "one():\n ")
    result = python("-i", "-q", given=f"{lines}\n\nprint(main())\n")
    assert "1\n" in result.stdout, result.stderr


def test_a_program_that_fails_exits_non_zero_with_its_own_traceback(program: MakeProgram) -> None:
    failing = program(
        """
        from armillary import flow, task

        @task
        def divide(number):
            return number / 0

        @flow
        def main():
            return divide(1).result()

        main()
        """
    )
    result = failing.run(ARMILLARY_LOGGING_LEVEL="CRITICAL")
    assert result.returncode == 1
    assert "ZeroDivisionError: division by zero\nRaised by task run 'divide-0'." in result.stderr
    files = [line.split('"')[1] for line in result.stderr.splitlines() if line.startswith("  File")]
    assert set(files) == {str(failing.path)}


@pytest.fixture
def kernel(home: Path) -> Any:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(env={**os.environ, "ARMILLARY_HOME": str(home)})
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def execute(kernel: Any, cell: str) -> str:
    """The value of the cell's last expression, or its error, as the notebook shows it."""
    request = kernel.execute(cell)
    while True:
        try:
            message = kernel.get_iopub_msg(timeout=120)
        except Empty:
            return "the kernel says nothing"
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] == "execute_result":
            return str(message["content"]["data"]["text/plain"])
        if message["msg_type"] == "error":
            return "\n".join(message["content"]["traceback"])
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return ""


def test_notebook_cells_run_sync_and_async_flows(kernel: Any, ledger: InProcessClient) -> None:
    assert execute(kernel, ONE_TASK) == ""
    assert execute(kernel, "main()") == "1"
    cell = """
import asyncio

@task
async def later(value):
    await asyncio.sleep(0.01)
    return value

@flow
async def main_async():
    return await later(2) + await one()

@flow
def sync_over_async():
    return later(5).result()
"""
    assert execute(kernel, cell) == ""
    assert execute(kernel, "await main_async()") == "3"
    assert execute(kernel, "sync_over_async()") == "5"
    assert {run.state_type for run in ledger.flow_runs().items} == {"COMPLETED"}


@pytest.mark.usefixtures("home")
def test_threads_other_than_the_main_one(ledger: InProcessClient) -> None:
    @flow
    def threaded(number: int) -> int:
        return number

    answers: list[int] = []
    threads = [threading.Thread(target=lambda n=number: answers.append(threaded(n))) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(8))
    assert len(ledger.flow_runs().items) == 8


def test_a_forked_child_leaves_the_run_to_its_parent(program: MakeProgram, ledger: InProcessClient) -> None:
    forking = program(
        """
        import os
        from armillary import flow, task
        from armillary.errors import OutsideRun

        @task
        def one():
            return 1

        @flow
        def main():
            one().result()
            child = os.fork()
            if child == 0:
                try:
                    one()
                except OutsideRun:
                    os._exit(3)
                os._exit(4)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
            return one().result()

        main()
        """
    )
    result = forking.run()
    assert result.returncode == 0, result.stderr
    assert [run.state_type for run in ledger.flow_runs().items] == ["COMPLETED"]
    assert [run.state_type for run in ledger.task_runs().items] == ["COMPLETED"] * 2


def test_a_relative_home_stays_where_the_process_started(program: MakeProgram, tmp_path: Path) -> None:
    wandering = program(
        """
        import os
        from armillary import flow, task

        @task(persist_result=True, result_storage_key="kept")
        def one():
            return 1

        @flow
        def main():
            os.mkdir("elsewhere")
            os.chdir("elsewhere")
            return one().result()

        main()
        """
    )
    result = wandering.run(ARMILLARY_HOME="own/home")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "own" / "home" / "results" / "kept").exists()
    assert not any((tmp_path / "elsewhere").iterdir())


def test_logging_that_the_user_configures_does_not_end_the_record(
    program: MakeProgram, ledger: InProcessClient
) -> None:
    configuring = program(
        """
        import logging.config
        from armillary import flow, get_run_logger

        @flow(log_prints=True)
        def main(level):
            logging.config.dictConfig({"version": 1, "root": {"level": "INFO"}})
            print("a print")
            get_run_logger().info("a line")

        main(1)
        logging.config.dictConfig({"version": 1, "loggers": {"armillary": {"handlers": [], "level": "INFO"}}})
        main(2)
        """
    )
    result = configuring.run(ARMILLARY_LOGGING_LEVEL="INFO")
    assert result.returncode == 0, result.stderr
    for run in ledger.flow_runs().items:
        assert {"a print", "a line"} <= {line.message for line in ledger.logs(run.id)}


@pytest.mark.parametrize("runner", ["ConcurrentTaskRunner", "SequentialTaskRunner", "ProcessTaskRunner"])
def test_what_a_task_forks_ends_with_its_body_and_may_be_terminated(
    program: MakeProgram, ledger: InProcessClient, runner: str
) -> None:
    forking = program(
        f"""
        import os, sys, time
        from armillary import flow, task
        from armillary.task_runners import {runner}

        def forked(work):
            child = os.fork()
            return child if child else work()

        def fail():
            raise ValueError("in the child")

        def code_of(child):
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

        @task
        def returns():
            child = forked(lambda: None)
            return child and code_of(child)

        @task
        def raises():
            return code_of(forked(fail))

        @task
        def leaves():
            return code_of(forked(lambda: sys.exit(7)))

        @task
        def terminates():
            child = forked(lambda: time.sleep(600))
            os.kill(child, 15)
            code = code_of(child)
            time.sleep(1)  # housekeeping looks for signals meanwhile
            return code

        @flow(task_runner={runner}())
        def main():
            child = os.fork()
            if not child:
                return "in the child"
            codes = [returns().result(), raises().result(), leaves().result(), terminates().result()]
            print(code_of(child), codes)

        main()
        print("end")
        """
    )
    result = forking.run()
    assert (result.stdout, result.returncode) == ("0 [0, 1, 7, -15]\nend\n", 0), result.stderr
    assert "Terminated" not in result.stderr
    assert [run.state_type for run in ledger.flow_runs().items] == ["COMPLETED"]
    assert [run.state_type for run in ledger.task_runs().items] == ["COMPLETED"] * 4


def test_eight_processes_on_one_home_while_somebody_reads(program: MakeProgram, ledger: InProcessClient) -> None:
    many = program(
        """
        from armillary import flow, task

        @task
        def one(number):
            return number

        @flow
        def main():
            return one.map(range(20))

        for _ in range(5):
            main()
        """
    )
    processes = [many.start(ARMILLARY_LOGGING_LEVEL="INFO") for _ in range(8)]
    while any(process.poll() is None for process in processes):
        reader = warm_commands.run(("flow-run", "ls", "-o", "json"), env=many.environment)
        assert reader.stderr == ""
    for process in processes:
        assert process.wait() == 0, process.communicate()
        process.communicate()
    assert ledger.count_flow_runs() == 40
    runs = ledger.task_runs(limit=1000).items
    assert len(runs) == 800
    assert {run.state_type for run in runs} == {"COMPLETED"}


def test_interpreter_exit_does_not_wait_for_idle_threads(program: MakeProgram) -> None:
    result = program(ONE_TASK + "\nmain()\nprint('end')").run()
    assert (result.stdout, result.returncode) == ("end\n", 0)


THREADS_REPLACED = """
import threading
from armillary import flow, task

def never_has_its_turn(*_arguments, **_more):
    "As a coroutine of a thread that waits for it."

def replace_threads():
    started = "_start_joinable_thread" if hasattr(threading, "_start_joinable_thread") else "_start_new_thread"
    setattr(threading, started, never_has_its_turn)
    known = threading.get_ident
    threading.get_ident = lambda: known()

@task
def one(number):
    return number + 1

@task(retries=2, retry_delay_seconds=0.01)
def flaky(marks=[]):
    marks.append(1)
    assert len(marks) > 2
    return len(marks)

@task
def nested():
    return one(10).result()

@flow
def main():
    before = one(0)
    before.result()
    replace_threads()
    mapped = one.map([1, 2, 3])
    return [flaky().result(), nested().result(), *[each.result() for each in mapped], one(before).result()]

print(main())
"""


@pytest.mark.usefixtures("home")
def test_a_flow_that_replaces_threads_by_coroutines_runs_its_tasks_itself() -> None:
    """gevent's patch_all() does to threads what is done here, and to locks and sleeping besides."""
    result = python("-c", THREADS_REPLACED)
    assert (result.stdout, result.returncode) == ("[3, 11, 2, 3, 4, 2]\n", 0), result.stderr
