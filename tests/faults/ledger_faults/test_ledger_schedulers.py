"""Schedulers that are killed and paused. Each test takes as long as its processes need to start anew: a few seconds.

``make soak`` makes a hundred thousand occurrences, which takes some minutes on each database.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep

import pytest
from ledger_contract.postgresql_server import DATABASES, ledger_in
from sqlalchemy import func, select

from armillary import settings
from armillary.clock import to_datetime
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.ids import flow_id
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.schedule import to_document
from armillary.ledger.database.opening import Ledger
from armillary.ledger.deployments import deployments, scheduling
from armillary.ledger.nouns import service_leases
from armillary.ledger.postgresql.home_ledger import open_home
from armillary.ledger.tables.run_tables import flow_run
from ledger_faults.owners import now
from ledger_faults.scheduler import new_id, simulated

from .conftest import Spawn

OCCURRENCES = int(os.environ.get("ARMILLARY_SOAK_OCCURRENCES", "2000"))
DEPLOYMENTS = 8
MOST_BETWEEN_BLOWS = 200
PAUSE_SECONDS = 0.5
"""Longer than the lease."""
MINUTE = 60_000_000


@pytest.mark.timeout(400 + OCCURRENCES // 20)
@pytest.mark.parametrize("kind", DATABASES)
def test_two_schedulers_that_are_killed_make_every_occurrence_once(
    request: pytest.FixtureRequest, tmp_path: Path, spawn: Spawn, kind: str
) -> None:
    chance = random.Random(7)
    home, origin = str(tmp_path / "home"), now()
    begun = origin - origin % MINUTE
    blows: Counter[str] = Counter()
    with ledger_in(request, kind), open_home(home) as ledger:
        url = settings.get("DATABASE_URL") or ""
        rule = to_document(IntervalSchedule(timedelta(minutes=1), anchor_date=to_datetime(begun)))
        for number in range(DEPLOYMENTS):
            schedule = DeploymentSchedule(new_id(), rule, "")
            wanted = Deployment(
                new_id(),
                f"d{number}",
                flow_id("f"),
                "f",
                "f.py:f",
                to_datetime(begun),
                to_datetime(begun),
                schedules=[schedule],
            )
            with ledger.write() as connection:
                deployments.save(connection, wanted, begun)
        schedulers = {name: spawn("scheduler", home, url, name, origin) for name in "ab"}
        while _made_more(ledger, chance.randrange(1, MOST_BETWEEN_BLOWS)) < OCCURRENCES:
            leader = _leader(ledger, schedulers)
            other = next(each for each in schedulers if each != leader)
            blow = chance.choices(["pause", "kill the leader", "kill the other"], [2, 5, 3])[0]
            blows[blow] += 1
            if blow == "pause":
                _pause(ledger, leader, schedulers)
                continue
            killed = schedulers.pop(other if blow == "kill the other" else leader)
            killed.kill()
            killed.communicate()
            name = f"after {blows.total()}"
            schedulers[name] = spawn("scheduler", home, url, name, origin)
        for each in schedulers.values():
            assert each.poll() is None, each.communicate()
            each.kill()
            each.communicate()
        with ledger.write() as connection:
            scheduling.schedule_runs(connection, simulated(connection, origin), new_id)
        with ledger.read() as connection:
            [lease] = service_leases.every(connection)
            made = defaultdict(list)
            due = select(flow_run.c.schedule_id, flow_run.c.expected_start).order_by(flow_run.c.expected_start)
            for row in connection.execute(due):
                made[row.schedule_id].append(row.expected_start)
    assert lease.epoch > 1, "the lease never moved"
    assert len(made) == DEPLOYMENTS
    for times in made.values():
        assert times[0] == begun + MINUTE and len(times) > 110, "time did not go on"
        assert {later - earlier for earlier, later in pairwise(times)} == {MINUTE}
    print(f"{sum(map(len, made.values())):,} occurrences on {kind}, epoch {lease.epoch}, {dict(blows)}")


def _pause(ledger: Ledger, leader: str, schedulers: dict[str, subprocess.Popen[str]]) -> None:
    """Stop the leader where it is for longer than its lease, or until another has taken it, and let it go on."""
    schedulers[leader].send_signal(signal.SIGSTOP)
    until = monotonic() + PAUSE_SECONDS
    while monotonic() < until and _leader(ledger, schedulers) == leader:
        sleep(0.01)
    schedulers[leader].send_signal(signal.SIGCONT)


def _leader(ledger: Ledger, schedulers: dict[str, subprocess.Popen[str]]) -> str:
    """The one that has the lease, once one that lives has it."""
    while True:
        with ledger.read() as connection:
            for lease in service_leases.every(connection):
                if lease.holder in schedulers:
                    return lease.holder
        sleep(0.01)


def _made_more(ledger: Ledger, many: int) -> int:
    """Wait until so many more runs are made, by whoever has the lease; how many there are then."""
    wanted = None
    while True:
        with ledger.read() as connection:
            made = connection.execute(select(func.count()).select_from(flow_run)).scalar_one()
        wanted = wanted or made + many
        if made >= wanted:
            return made
        sleep(0.005)
