"""Runs a command beside busy loops: ``python scripts/beside_busy_loops.py [--loops 4] [--times 3] COMMAND …``.

The loops compete for every core as long as the command runs, which is what a shared machine does to a test. Every time is run, whatever
came of those before it; the exit code is 1 if any failed. Standard library only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic


@contextmanager
def busy_loops(many: int) -> Iterator[None]:
    loops = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(many)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a command beside busy loops, several times.")
    parser.add_argument("--loops", type=int, default=4, help="busy loops beside it")
    parser.add_argument("--times", type=int, default=3, help="how often to run it")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments")
    options = parser.parse_args()
    if not options.command:
        parser.error("give the command to run, for example: make test")
    outcomes = []
    for _ in range(options.times):
        began = monotonic()
        with busy_loops(options.loops):
            code = subprocess.run(options.command, check=False).returncode
        outcomes.append((code, monotonic() - began))
    for number, (code, seconds) in enumerate(outcomes, 1):
        print(f"run {number}: {'passed' if code == 0 else f'failed with exit code {code}'} in {seconds / 60:.1f} min")
    return 1 if any(code for code, _ in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
