"""A full disk costs nothing that was said, and a killed owner nothing that it was told is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from journal_contract.journals import events_in, run_counts

from armillary.journal.format.damaged import Damaged

TESTS = Path(__file__).resolve().parents[2]
PATHS = os.pathsep.join(str(TESTS / kind) for kind in ("contract", "faults"))


def python(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": PATHS}
    )


@pytest.mark.parametrize("limit_bytes", [400, 1001, 5_003, 20_011, 50_021])
def test_events_said_while_the_disk_was_full_are_on_it_when_it_has_room(tmp_path: Path, limit_bytes: int) -> None:
    process = python("-m", "journal_faults.full_disk", str(tmp_path), str(limit_bytes), "4", "400")
    said, _ = process.communicate(timeout=120)
    complaints, kept = said.split()
    assert (int(complaints) >= 1, kept) == (True, "True")
    assert not [each for each in events_in(tmp_path) if isinstance(each, Damaged)]
    counts = run_counts(tmp_path)
    assert sorted(counts) == [thread * 100_000 + number for thread in range(4) for number in range(400)]
    for thread in range(4):
        mine = [each for each in counts if each // 100_000 == thread]
        assert mine == sorted(mine), "an event overtook one of its own thread"


KILLED = """
import sys
from pathlib import Path
from journal_contract.journals import state, writer_in
writer = writer_in(Path(sys.argv[1]), segment_bytes=30_000)
for number in range(10_000_000):
    writer.append(state(number))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("events", [1, 10, 300, 3000])
def test_every_event_an_owner_was_told_is_kept_survives_its_kill(tmp_path: Path, events: int) -> None:
    process = python("-c", KILLED, str(tmp_path))
    assert process.stdout is not None
    for _ in range(events):
        told = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=120)
    told = max([told, *(int(line) for line in process.stdout.read().split("\n")[:-1])])
    counts = run_counts(tmp_path)
    assert counts[: told + 1] == list(range(told + 1))
    assert len(counts) <= told + 2
