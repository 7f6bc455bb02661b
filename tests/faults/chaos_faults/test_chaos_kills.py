"""Flows and the server that follows them are killed at random instants: what a flow was told has happened, and no history is illegal.

A dozen kills by default. ``make chaos`` makes a thousand, which takes some ten minutes; ``ARMILLARY_CHAOS_SEED`` repeats one.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from armillary.ledger import open_ledger
from armillary.ledger.ingest.following import catch_up
from chaos_faults.world import World, assert_sound

KILLS = int(os.environ.get("ARMILLARY_CHAOS_KILLS", "12"))
SEED = int(os.environ.get("ARMILLARY_CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
AT_ONCE = 2
SERVERS_EVERY = 8
"""One kill of that many hits the server."""


@pytest.mark.timeout(400 + 4 * KILLS)
def test_what_a_flow_was_told_has_happened_whoever_is_killed_whenever(tmp_path: Path) -> None:
    with World(tmp_path / "home", tmp_path / "notes") as world:
        chance = random.Random(SEED)
        world.start_server()
        for _ in range(KILLS):
            victims = [world.start_flow() for _ in range(AT_ONCE)]
            try:
                victims[0].wait(timeout=chance.uniform(0.05, 0.6))
            except subprocess.TimeoutExpired:
                pass
            if chance.randrange(SERVERS_EVERY) == 0:
                world.end_server(signal.SIGKILL)
                world.start_server()
            victims[0].kill()
        world.end_flows()
        world.end_server(signal.SIGTERM)
    with open_ledger(str(world.home)) as ledger:
        assert catch_up(ledger, str(world.home / "journal")).problems == [], f"seed {SEED}"
        assert_sound(ledger, world.told(), f"seed {SEED}")
    assert list((world.home / "journal").iterdir()) == [], f"seed {SEED}"
