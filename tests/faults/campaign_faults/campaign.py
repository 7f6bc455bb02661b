"""Servers, agents, their database and the network between them fail at random, while clients ask for runs: what Armillary promises
of runs is true whatever fails when.

``make campaign`` runs it for half an hour; it is not part of ``make test``, whose time it would double. ``ARMILLARY_CAMPAIGN_SEED`` draws the same
faults again.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from armillary import settings
from campaign_faults import checker, effects, faults, ledger_rows
from campaign_faults.askers import Askers
from campaign_faults.cluster import Cluster
from campaign_faults.nemesis import Nemesis
from pace import at_this_pace

SECONDS = float(os.environ.get("ARMILLARY_CAMPAIGN_SECONDS", "45"))
SEED = int(os.environ.get("ARMILLARY_CAMPAIGN_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
GRACE_SECONDS = 10.0
"""Beyond the lease: an agent hears with a heartbeat, a third of a lease later, that it has lost a run, and ends its process. A busy
machine does not stretch this: the second body, too, begins later there."""
ORPHAN_SECONDS = 12.0
"""The processes of a killed agent are asked to end, and killed ten seconds later."""
QUIET_SECONDS = 90.0
"""Until all that was begun or asked for has ended: leases run out, and what died is run again."""


@pytest.mark.timeout(1200 + 3 * SECONDS)
def test_whatever_fails_no_run_is_lost_doubled_or_left_behind(tmp_path: Path) -> None:
    print(f"seed {SEED}, {SECONDS:.0f} s of faults")
    lease = float(settings.SETTINGS["WORKER_LEASE_SECONDS"].default or 0)
    with Cluster(tmp_path) as cluster:
        drawn = faults.draw(
            SEED,
            SECONDS,
            lease,
            [each.name for each in cluster.agents],
            [each.name for each in cluster.servers],
            list(cluster.links),
        )
        nemesis = Nemesis(cluster)
        with Askers(cluster, SEED) as askers:
            nemesis.strike(drawn, monotonic())
        quiet = settle(cluster)
        violations = nemesis.violations
        violations += [f"{each} has not ended after SIGTERM" for each in cluster.end(cluster.agents)]
        violations += left_behind(cluster)
        violations += [f"{each} has not ended after SIGTERM" for each in cluster.end(cluster.servers)]
        rows = ledger_rows.read(cluster.database_url)
        bodies = effects.bodies(effects.read(cluster.effects))
        journals = cluster.left_journals()
    stretch = at_this_pace(1.0)
    violations += checker.double_lives(bodies, lease + GRACE_SECONDS)
    violations += checker.lost_runs(askers.acknowledged, rows.runs, bodies)
    violations += checker.given_up(rows.runs.values(), askers.wished)
    violations += checker.made_twice(rows.runs.values())
    violations += checker.repeated(bodies, rows.runs)
    violations += checker.missing_task_runs(bodies, rows.runs, rows.completed, rows.stale, rows.unapplied)
    violations += checker.orphans(bodies, nemesis.killed, ORPHAN_SECONDS * stretch)
    violations += checker.illegal_histories(rows.histories, rows.runs)
    violations += [f"task run or subflow run {each} has not ended" for each in rows.unended if each not in rows.runs]
    violations += [f"run {each} is held by a worker that has stopped" for each in rows.held]
    violations += [f"journal {each} was not taken in" for each in journals]
    print(
        f"seed {SEED}: {sum(nemesis.done.values())} faults {dict(nemesis.done)}; {len(rows.runs)} runs, {len(bodies)} bodies, "
        f"{sum(len(each.seen) for each in bodies):,} task runs seen, {sum(len(each.deaths) for each in rows.runs.values())} deaths, "
        f"at most {checker.longest_double_life(bodies):.1f} s of two bodies at once; quiet after {quiet:.0f} s; "
        f"{askers.given_up} requests given up; {len(violations)} violations"
    )
    assert violations == [], "\n".join([f"seed {SEED}", *violations, *checker.stories(violations, rows.runs, bodies)])
    assert bodies, "nothing ran"


def settle(cluster: Cluster) -> float:
    """How long it took until no run was under way any more."""
    began = monotonic()
    bound = at_this_pace(QUIET_SECONDS)
    pause = Event()
    while (ledger_rows.unsettled(cluster.database_url) or cluster.left_journals()) and monotonic() - began < bound:
        cluster.revive()
        pause.wait(0.5)
    return monotonic() - began


def left_behind(cluster: Cluster) -> list[str]:
    """The processes that agents leave, when they have had time to end."""
    began = monotonic()
    bound = at_this_pace(ORPHAN_SECONDS)
    pause = Event()
    while (left := cluster.left_processes()) and monotonic() - began < bound:
        pause.wait(0.2)
    return [f"process {each} has outlived its agent" for each in left]
