"""The process of one run, seen from the agent: started or taken warm, listened to, and seen off."""

from __future__ import annotations

import signal
import sys
from collections import deque
from threading import Thread

from armillary.agent.interpreter import Interpreter
from armillary.agent.order import order_for
from armillary.agent.output import Line
from armillary.agent.output_recorder import OutputRecorder
from armillary.agent.projects import Results
from armillary.core.flow_runner import SubprocessFlowRunner, from_document
from armillary.core.worker import ClaimedRun

_KEPT_LINES = 20


class RunProcess:
    """``interpreter`` has been told to load the run's flow."""

    def __init__(
        self, claimed: ClaimedRun, interpreter: Interpreter, results: Results, recorder: OutputRecorder
    ) -> None:
        self.claimed = claimed
        self.run_id = claimed.flow_run.id
        self._recorder = recorder
        self._interpreter = interpreter
        self._last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
        runner = from_document(claimed.deployment.flow_runner)
        self._shows = not isinstance(runner, SubprocessFlowRunner) or runner.stream_output
        interpreter.begin(order_for(claimed, results.kind, results.options))
        self._reader = Thread(
            target=interpreter.listen, args=(self._hear,), name=f"armillary-output-{self.run_id[-6:]}", daemon=True
        )
        self._reader.start()

    def wait(self) -> str | None:
        """Until the process has ended and its output is recorded. How it died, or None when it ended by itself."""
        code = self._interpreter.wait()
        self._reader.join(timeout=5)
        self._recorder.finish(self.run_id)
        if code == 0:
            return None
        if code < 0:
            return f"Its process was killed by {_signal_name(-code)}."
        said = next((line for line in reversed(self._last_lines) if line.strip()), "")
        return f"Its process exited with code {code}{': ' + said if said else ''}."

    def ask_to_end(self) -> None:
        """As Ctrl-C would, to the whole process group."""
        self._interpreter.signal(signal.SIGTERM)

    def kill(self) -> None:
        self._interpreter.signal(signal.SIGKILL)

    def _hear(self, line: Line) -> None:
        self._last_lines.append(line.text)
        if self._shows:
            sys.stderr.write(line.text + "\n")
        if not line.recorded:
            self._recorder.record(self.run_id, line.text)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
