"""One of many clients of a home: ``python -m chaos_faults.client NAME SECONDS``.

Writes, reads and records runs for so long, as whoever keeps the home lets it. Prints, as JSON, how many runs it recorded, how often it
counted its variable up, and how long its writes took, in seconds.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from time import monotonic

from ledger_faults.owners import write_run
from msgspec import json

from armillary import settings
from armillary.client.connecting import connect

TASKS = 5


def main(name: str, seconds: float) -> None:
    chance = random.Random(name)
    home = settings.home()
    took: list[float] = []
    counted = recorded = 0
    with connect(timeout_seconds=60.0, retry_seconds=60.0) as client:
        reads: list[Callable[[], object]] = [
            client.flow_runs,
            client.count_flow_runs,
            client.task_runs,
            client.variables,
        ]
        until = monotonic() + seconds
        while monotonic() < until:
            what = chance.randrange(4)
            if what == 0:
                write_run(home, TASKS, TASKS)
                recorded += 1
            elif what == 1:
                chance.choice(reads)()
            else:
                begun = monotonic()
                if what == 2:
                    counted += 1
                    client.set_variable(name, counted)
                else:
                    client.save_search(name, f"state:failed name:{counted}")
                took.append(monotonic() - begun)
    sys.stdout.write(json.encode({"recorded": recorded, "counted": counted, "took": took}).decode())


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
