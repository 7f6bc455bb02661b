"""The agent's side of the process of one run: new or warm, its output, and its end."""

from __future__ import annotations

import signal
import sys
from threading import Thread
from time import monotonic

from armillary.agent.flow_runners.interpreter import Interpreter
from armillary.agent.flow_runners.memory import out_of_memory_kills
from armillary.agent.order import order_for
from armillary.agent.output import ProcessLine
from armillary.agent.output_recorder import PATIENCE_SECONDS, OutputRecorder
from armillary.agent.projects import Results
from armillary.core.deployments.flow_runner import SubprocessFlowRunner, from_document
from armillary.core.deployments.worker import ClaimedRun
from armillary.core.text.terminal_text import terminal_text

_READ_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 0.2


class RunProcess:
    """``interpreter`` loads the run's flow, from ``root`` if it has its own copy."""

    def __init__(
        self,
        claimed: ClaimedRun,
        interpreter: Interpreter,
        results: Results,
        recorder: OutputRecorder,
        root: str | None = None,
    ) -> None:
        self.claimed = claimed
        self.root = root
        self._run_id = claimed.flow_run.id
        self._recorder = recorder
        self._interpreter = interpreter
        self._last_line = ""
        self._memory_kills = out_of_memory_kills()
        runner = from_document(claimed.deployment.flow_runner)
        self._shows = not isinstance(runner, SubprocessFlowRunner) or runner.stream_output
        interpreter.begin(order_for(claimed, results.kind, results.options))
        self._reader = Thread(
            target=interpreter.listen, args=(self._record,), name=f"armillary-output-{self._run_id[-6:]}", daemon=True
        )
        self._reader.start()

    def wait(self) -> str | None:
        code, left_behind = self._interpreter.wait()
        self._read_to_the_end()
        if left_behind and code == 0:
            self._record([ProcessLine(f"Ended what the run left behind: {', '.join(left_behind)}", False)])
        self._recorder.finish(self._run_id)
        if not self._reader.is_alive():
            self._interpreter.release()
        return self._how_it_died(code)

    def _read_to_the_end(self) -> None:
        """Read what is left in the pipe, at the pace of recording. A detached daemon may hold the pipe open forever."""
        ended = monotonic()
        while self._reader.is_alive():
            patience = PATIENCE_SECONDS if self._recorder.has_waiting(self._run_id) else _READ_SECONDS
            if monotonic() - ended > patience:
                return
            self._reader.join(_LOOK_EVERY_SECONDS)

    def ask_to_end(self) -> None:
        self._interpreter.signal(signal.SIGTERM)

    def kill(self) -> None:
        self._interpreter.signal(signal.SIGKILL)

    def _how_it_died(self, code: int) -> str | None:
        if code == 0:
            return None
        last_words = f" Its last line: {self._last_line}" if self._last_line else ""
        if code > 0:
            return f"Its process exited with code {code}.{last_words}"
        why = ""
        if code == -signal.SIGKILL and out_of_memory_kills() > self._memory_kills:
            why = ", as the machine ran out of memory"
        return f"Its process was killed by {_signal_name(-code)}{why}.{last_words}"

    def _record(self, lines: list[ProcessLine]) -> None:
        if self._shows:
            shown = terminal_text if sys.stderr.isatty() else str
            sys.stderr.write("".join(f"{shown(line.text)}\n" for line in lines))
        own = [line.text for line in lines if not line.recorded]
        self._last_line = next((text for text in reversed(own) if text.strip()), self._last_line)
        if own:
            self._recorder.record(self._run_id, own)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
