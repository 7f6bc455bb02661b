"""A process whose disk is full after so many bytes, and then not any more.

    python -m journal_faults.full_disk FOLDER LIMIT_BYTES THREADS EVENTS

appends from several threads under a limit on file size, lifts the limit while they still write, and closes.
"""

from __future__ import annotations

import resource
import signal
import sys
import threading

from journal_contract.journals import JOURNAL, ROOT, state

from armillary.journal.writing.writer import JournalWriter

if __name__ == "__main__":
    folder, limit, threads, events = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    heard: list[str] = []
    writer = JournalWriter.create(
        folder, root_flow_run_id=ROOT, attempt=1, journal_id=JOURNAL, complaint=heard.append, segment_bytes=1 << 26
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    half = threading.Barrier(threads + 1)

    def append(first: int) -> None:
        for number in range(first, first + events):
            if number == first + events // 2:
                half.wait()
            assert writer.append(state(number, "x" * (number % 90)))

    running = [threading.Thread(target=append, args=(thread * 100_000,)) for thread in range(threads)]
    for thread in running:
        thread.start()
    half.wait()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for thread in running:
        thread.join()
    kept = writer.close(wait_seconds=10)
    print(len(heard), kept)
