"""Appends events to a journal and prints the microseconds of each, encoding included."""

import json
import os
import time

from armillary.clock import new_id, now_us
from armillary.core.states import COMPLETED, RUNNING
from armillary.journal.format.events import StateChanged
from armillary.journal.writing.writer import JournalWriter

NUMBER = 200_000


def main() -> None:
    run = new_id()
    writer = JournalWriter.create(os.environ["ARMILLARY_HOME"], root_flow_run_id=run, attempt=1, journal_id=new_id())
    append = writer.append
    started = time.perf_counter()
    for _ in range(NUMBER):
        append(StateChanged(now_us(), "t", run, RUNNING, COMPLETED, "Completed", 1))
    seconds = time.perf_counter() - started
    writer.close()
    print(json.dumps({"microseconds": seconds / NUMBER * 1_000_000}))


main()
