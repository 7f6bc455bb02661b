"""Ends an agent's runs after the agent has died: ``python -m armillary.agent.flow_runners.orphans GRACE_SECONDS``.

A separate process, because it must not depend on any lock of the agent or of a run: a run's own watch needs the interpreter, which an
extension may hold for hours. It reads from stdin which processes there are, ``+MARK LEADER`` and ``-MARK``, a line each; stdin ends with
the agent, however that died. Runs left after the grace period are killed, with all processes they started.
"""

from __future__ import annotations

import signal
import sys
from time import monotonic, sleep

from armillary.agent.flow_runners import process_tree

_LOOK_EVERY_SECONDS = 0.1


def main(grace_seconds: float) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # meant for the agent, with which this process ends
        signal.signal(number, signal.SIG_IGN)
    leaders: dict[str, int] = {}
    for line in sys.stdin:
        note(leaders, line)
    deadline = monotonic() + grace_seconds
    while monotonic() < deadline and any(process_tree.is_left(*each) for each in leaders.items()):
        sleep(_LOOK_EVERY_SECONDS)
    for mark, leader in leaders.items():
        process_tree.kill_tree(leader, mark)


def note(leaders: dict[str, int], line: str) -> None:
    """
    >>> leaders = {}
    >>> for line in ("+ab 0", "+ab 17", "+cd 18", "-cd"):
    ...     note(leaders, line)
    >>> leaders
    {'ab': 17}
    """
    mark, _, leader = line[1:].strip().partition(" ")
    if line.startswith("+"):
        leaders[mark] = int(leader)
    else:
        leaders.pop(mark, None)


if __name__ == "__main__":
    main(float(sys.argv[1]))
