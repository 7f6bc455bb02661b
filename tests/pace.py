"""How long something may take here and now: bounds in tests are said for an idle machine and stretched for a busy one."""

from __future__ import annotations

import os
import subprocess
import sys
from time import monotonic

IDLE_START_SECONDS = 0.03
"""What starting a bare interpreter takes on an idle core of the slowest machine we test on."""
MARGIN = 2.0


def at_this_pace(seconds: float) -> float:
    """The bound for what takes at most ``seconds`` on an idle machine.

    The machine is asked twice: how long it has made others wait (its load), and how long a process takes to start right now. A bound
    that is stretched by the larger of the two still fails where the product waits for a timeout of its own.
    """
    began = monotonic()
    subprocess.run([sys.executable, "-S", "-c", ""], check=True)
    now = (monotonic() - began) / IDLE_START_SECONDS
    lately = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * MARGIN * max(1.0, now, lately)
