"""A reader in a process of its own.

python -m ledger_faults.reader HOME once            catch up once
python -m ledger_faults.reader HOME until FILE      again and again until FILE exists
python -m ledger_faults.reader HOME die N           die as by ``kill -9`` just behind the Nth commit
python -m ledger_faults.reader HOME limit BYTES     no file may grow beyond that, as on a full disk
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from armillary.core.errors import LedgerUnavailable
from armillary.ledger import open_ledger
from armillary.ledger.ingest.following import Progress, catch_up
from armillary.ledger.runs import flow_runs


def main(home: str, how: str, argument: str = "") -> int:
    folder = str(Path(home) / "journal")
    commits = 0

    def die(_: Progress) -> None:
        nonlocal commits
        commits += 1
        if commits == int(argument):
            os.kill(os.getpid(), signal.SIGKILL)

    with open_ledger(home) as ledger:
        if how == "limit":
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(argument), int(argument)))
            try:
                catch_up(ledger, folder)
            except LedgerUnavailable as problem:
                sys.stdout.write(str(problem))
                return 3
            return 0
        while True:
            done = catch_up(ledger, folder, die if how == "die" else None)
            if done.problems:
                sys.stdout.write(str(done.problems))
                return 4
            with ledger.read() as connection:
                flow_runs.page(connection)
            if how != "until" or Path(argument).exists():
                return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
