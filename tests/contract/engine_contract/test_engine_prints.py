"""What runs print: the terminal's part becomes log lines, everything else goes where it was sent."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from armillary import Flow, flow, get_run_logger, task
from armillary.client.in_process.client import InProcessClient

Body = Callable[[], object]


@pytest.fixture(autouse=True)
def _lines_are_recorded(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARMILLARY_LOGGING_LEVEL", "INFO")


def printing(body: Body) -> Flow[[], None]:
    @flow
    def caller() -> None:
        task(name="printing", log_prints=True)(body)().result()

    return caller


def logged(ledger: InProcessClient, body: Body) -> list[str]:
    """The log lines that a task with this body makes by printing."""
    printing(body)()
    run = ledger.task_runs().items[-1]
    lines = [line.message for line in ledger.logs(run.flow_run_id) if line.task_run_id == run.id]
    return [line for line in lines if not line.startswith("Finished in state")]


def test_what_is_printed_to_the_terminal_is_logged(ledger: InProcessClient) -> None:
    def body() -> None:
        print("by default")
        print("to stdout", file=sys.stdout)
        print("to stderr", file=sys.stderr)

    assert logged(ledger, body) == ["by default", "to stdout", "to stderr"]


@pytest.mark.parametrize("redirected", [contextlib.redirect_stdout, contextlib.redirect_stderr])
def test_redirected_prints_stay_redirected(
    ledger: InProcessClient, redirected: Callable[[io.StringIO], object]
) -> None:
    outer, inner, explicit = io.StringIO(), io.StringIO(), io.StringIO()
    stream = "stdout" if redirected is contextlib.redirect_stdout else "stderr"

    def body() -> None:
        with redirected(outer):  # type: ignore[attr-defined]
            print("outer", file=getattr(sys, stream))
            with redirected(inner):  # type: ignore[attr-defined]
                print("inner", file=getattr(sys, stream))
                print("explicit", file=explicit)
        print("logged", file=getattr(sys, stream))

    assert logged(ledger, body) == ["logged"]
    assert [each.getvalue() for each in (outer, inner, explicit)] == ["outer\n", "inner\n", "explicit\n"]


PARTS: list[tuple[str, Body, list[str]]] = [
    ("an end that is no new line waits", lambda: [print("a", end=""), print("b")], ["ab"]),
    ("three parts", lambda: [print("a", end=" "), print("b", end=" "), print("c")], ["a b c"]),
    ("an end of its own with a new line", lambda: print("a", end="!\n"), ["a!"]),
    ("the rest of a run", lambda: print("a", end=""), ["a"]),
    ("an empty print ends a line", lambda: [print("a", end=""), print()], ["a"]),
    ("only an empty end", lambda: [print("", end=""), print("a")], ["a"]),
    ("a progress bar", lambda: [[print(f"\r{n} %", end="") for n in range(50)], print()], ["49 %"]),
    ("text with new lines is one line", lambda: print("a\nb"), ["a\nb"]),
]


@pytest.mark.parametrize(("body", "lines"), [case[1:] for case in PARTS], ids=[case[0] for case in PARTS])
def test_parts_of_a_line_are_one_log_line(ledger: InProcessClient, body: Body, lines: list[str]) -> None:
    assert logged(ledger, body) == lines


def test_a_line_that_never_ends_is_logged_in_parts(ledger: InProcessClient) -> None:
    def body() -> None:
        for _ in range(25):
            print("x" * 10_000, end="")

    lines = logged(ledger, body)
    assert sum(map(len, lines)) == 250_000 and len(lines) == 3


def test_threads_of_one_run_end_their_own_lines(ledger: InProcessClient) -> None:
    from contextvars import copy_context

    def body() -> None:
        print("mine", end="")
        thread = Thread(target=copy_context().run, args=(print, "theirs"))
        thread.start()
        thread.join()
        print(" ends")

    assert logged(ledger, body) == ["theirs", "mine ends"]


class Noticed(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def noticed() -> Iterator[Noticed]:
    handler = Noticed()
    logger = logging.getLogger("armillary.task_runs")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def test_a_record_says_where_and_in_which_run_it_was_made(ledger: InProcessClient, noticed: Noticed) -> None:
    def speaks() -> None:
        print("by print")
        get_run_logger().info("by logger", extra={"task_name": "mine"})

    printing(speaks)()
    run = ledger.task_runs().items[-1]
    for text in ("by print", "by logger"):
        [record] = [each for each in noticed.records if each.getMessage() == text]
        assert (record.funcName, record.filename) == ("speaks", "test_engine_prints.py")
        facts = record.__dict__
        assert (facts["flow_name"], facts["flow_run_id"]) == ("caller", run.flow_run_id)
        assert (facts["task_run_name"], facts["task_run_id"]) == (run.name, run.id)
        assert facts["task_name"] == ("printing" if text == "by print" else "mine")
