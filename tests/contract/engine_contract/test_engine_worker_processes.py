"""What a worker process may do, and what it tells when it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest


def told(folder: Path, home: object, program: str, **settings: str) -> Any:
    """What a script prints as its last line, as JSON; ``program`` is the body of a script that multiprocessing may run again."""
    script = folder / "program.py"
    script.write_text(dedent(program))
    environment = {**os.environ, "PYTHONPATH": str(folder), **settings}
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


SQUARES = """
    import json, multiprocessing, sys
    from concurrent.futures import ProcessPoolExecutor
    from armillary import flow, task
    from armillary.task_runners import ProcessTaskRunner

    class Number:
        def __init__(self, n):
            self.n = n

    def square(x):
        return x * x

    def unwrap(number):
        return number.n

    def child(queue, x):
        queue.put(square(x))

    @task
    def squares(way, method, given=None):
        context = multiprocessing.get_context(method)
        if way == "pool":
            with context.Pool(2) as pool:
                return pool.map(square, [1, 2, 3])
        if way == "executor":
            with ProcessPoolExecutor(2, context) as pool:
                return list(pool.map(given, [1, 2, 3]))
        if way == "objects":
            with context.Pool(2) as pool:
                return pool.map(unwrap, [Number(1), Number(4), Number(9)])
        queue = context.Queue()
        process = context.Process(target=child, args=(queue, 3))
        process.start()
        result = queue.get()
        process.join()
        return [1, 4, result]

    @flow(task_runner=ProcessTaskRunner(max_workers=1))
    def f(way, method):
        return squares(way, method, square).result()

    if __name__ == "__main__":
        print(json.dumps(f({way!r}, {method!r})))
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("way", ["pool", "executor", "objects", "process"])
def test_multiprocessing_finds_what_the_script_defines(tmp_path: Path, home: object, way: str, method: str) -> None:
    program = SQUARES.replace("{way!r}", repr(way)).replace("{method!r}", repr(method))
    assert told(tmp_path, home, program) == [1, 4, 9]


BREAKS = """
    import json, os, sys
    from needy import t
    from armillary import flow
    from armillary.client import InProcessClient
    from armillary.task_runners import ProcessTaskRunner

    @flow(task_runner=ProcessTaskRunner(max_workers=1))
    def f():
        return t().result()

    if __name__ == "__main__":
        os.environ["BROKEN"] = "1"
        told = {"error": None}
        try:
            f()
        except BaseException as error:
            told = {"error": type(error).__name__, "message": str(error), "advice": getattr(error, "advice", None) or ""}
        with InProcessClient(os.environ["ARMILLARY_HOME"]) as client:
            told["states"] = [[run.state_type, run.state_message] for run in client.task_runs().items]
        print(json.dumps(told))
"""

IMPORTS = {
    "an error": ('raise RuntimeError("needs a display")', "RuntimeError", "needs a display"),
    "an exit": ("sys.exit(3)", "WorkerDied", "SystemExit(3)"),
    "a missing module": ("import no_such_module", "ModuleNotFoundError", "no_such_module"),
    "a keyboard interrupt": ("raise KeyboardInterrupt", "WorkerDied", "KeyboardInterrupt"),
    "the end of the process": ("os._exit(1)", "WorkerDied", "exit code 1"),
    "a kill": ("os.kill(os.getpid(), 9)", "WorkerDied", "signal 9"),
    "a crash": ("os.kill(os.getpid(), 11)", "WorkerDied", "signal 11"),
}


@pytest.mark.parametrize(("statement", "error", "words"), IMPORTS.values(), ids=IMPORTS)
def test_what_keeps_a_worker_from_importing_a_task_is_told_in_the_run(
    tmp_path: Path, home: object, statement: str, error: str, words: str
) -> None:
    (tmp_path / "needy.py").write_text(
        f"import os, sys\nfrom armillary import task\nif os.environ.get('BROKEN'):\n    {statement}\n\n"
        "@task\ndef t():\n    return 1\n"
    )
    found = told(tmp_path, home, BREAKS)
    assert found["error"] == error and words in found["message"]
    [[kind, message]] = found["states"]
    assert kind in ("FAILED", "CRASHED") and words in message
    assert ("memory" in found["message"] + found["advice"]) == (statement.endswith(", 9)"))
