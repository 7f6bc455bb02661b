"""The disk of a home gets full again and again: nothing that was acknowledged is lost, and all goes on by itself once there is room.

A few times by default; ``make soak`` fills it a hundred times, which takes some five minutes. The disk is a small one of its own,
which only root may have.
"""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Self

import httpx
import pytest

from armillary.home.home_token import read_home_token
from armillary.ledger import open_ledger
from armillary.ledger.ingest.following import catch_up
from armillary.ledger.nouns import variables
from chaos_faults.world import World, assert_sound
from pace import at_this_pace

FILLS = int(os.environ.get("ARMILLARY_SOAK_FILLS", "3"))
HEAVIEST_BYTES = 200_000
DISK_MIB = 64 + 2 * FILLS
FLOWS = 2
LEAST_TOLD, MOST_ANSWERS = 10, 60
"""What happens before a disk is full, and while it is. Some writes are taken even then: what SQLite has already, it writes over."""
RESUMED_SECONDS = 5.0
PATIENCE_SECONDS = 120.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a disk that is small enough to fill")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Writer:
    """Sets a variable to 1, 2, 3 … all the time, and knows what it was told of each."""

    def __init__(self, world: World) -> None:
        self._url = world.server.api_url
        self._token = read_home_token(str(world.home))
        self._over = Event()
        self._thread = Thread(target=self._run)
        self.acknowledged = 0
        self.sent = self.answered = 0
        self.refused: Counter[str] = Counter()

    def _run(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        with httpx.Client(base_url=self._url + "/", headers=headers, timeout=PATIENCE_SECONDS) as client:
            while not self._over.wait(0.01):
                self.sent += 1
                value = {"number": self.sent, "weight": "x" * (self.sent * 7919 % HEAVIEST_BYTES)}
                answer = client.put("variables/counted", json={"value": value})
                self.answered += 1
                if answer.status_code == 200:
                    self.acknowledged = self.sent
                else:
                    self.refused[f"{answer.status_code} {answer.json()['title']}"] += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


class Flows:
    """So many flows at once, all the time. One that begins on a full disk is refused; no other may fail, and what those could not
    write has waited."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running = [world.start_flow() for _ in range(FLOWS)]
        self.refused = self.waited = 0

    def told(self) -> int:
        """What they were told by now; new ones have taken the place of those that ended."""
        for place, each in enumerate(self._running):
            if each.poll() is not None:
                said = each.communicate()[1]
                assert each.returncode == 0 or "No space left" in said, said
                self.refused += each.returncode != 0
                self.waited += "can be written again" in said
                self._running[place] = self._world.start_flow()
        return len(self._world.told())


def fill(disk: Path) -> Path:
    """Take all room there is, to the last byte."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        piece = bytes(1 << 20)
        while piece:
            try:
                written = file.write(piece)
                piece = piece if written == len(piece) else piece[: len(piece) // 2]
            except OSError as problem:
                assert problem.errno == errno.ENOSPC
                piece = piece[: len(piece) // 2]
    return path


def wait_beyond(reached: int, measure: Callable[[], int]) -> float:
    """How long it took until more than ``reached`` was measured, in seconds."""
    begun = monotonic()
    pause = Event()
    while measure() <= reached:
        assert monotonic() - begun < PATIENCE_SECONDS, f"not beyond {reached} within {PATIENCE_SECONDS} seconds"
        pause.wait(0.01)
    return monotonic() - begun


@pytest.mark.timeout(400 + 20 * FILLS)
def test_a_disk_that_is_full_again_and_again_costs_nothing_that_was_acknowledged(tmp_path: Path, disk: Path) -> None:
    chance = random.Random(FILLS)
    resumed: list[float] = []
    with World(disk / "home", tmp_path / "notes") as world:
        world.start_server()
        pid = world.server.pid
        flows = Flows(world)
        with Writer(world) as writer:
            for _ in range(FILLS):
                wait_beyond(flows.told() + LEAST_TOLD, flows.told)
                filler = fill(disk)
                wait_beyond(writer.answered + chance.randrange(MOST_ANSWERS), lambda: writer.answered)
                filler.unlink()
                resumed.append(wait_beyond(writer.acknowledged, lambda: writer.acknowledged))
        assert world.server.pid == pid, "the server did not live on"
        world.end_flows()
        world.end_server(signal.SIGTERM)
    with open_ledger(str(world.home)) as ledger:
        assert catch_up(ledger, str(world.home / "journal")).problems == []
        assert_sound(ledger, world.told(), "a full disk")
        with ledger.read() as connection:
            kept = variables.get(connection, "counted")
    assert kept is not None and writer.acknowledged <= kept.value["number"] <= writer.sent
    assert set(writer.refused) == {"503 LedgerUnavailable"}
    assert flows.waited, "no flow ever met a full disk"
    assert max(resumed) <= at_this_pace(RESUMED_SECONDS)
    print(
        f"{FILLS} fills: {writer.acknowledged:,} of {writer.sent:,} writes, refused {dict(writer.refused)}; resumed after "
        f"{max(resumed):.2f} s at most; {len(world.told()):,} task runs told by {len(world.flows)} flows, {flows.waited} had to wait, {flows.refused} refused"
    )
