"""A scheduler for fault tests: turns under the lease, as fast as they come, in a time that runs an hour in a second.

    python -m ledger_faults.scheduler HOME DATABASE_URL NAME ORIGIN

runs until it is killed. ORIGIN is when, in UTC microseconds, that time began. Time waits for whoever schedules: on a busy machine a
turn may come later than the runs made ahead reach, and what is missed then is skipped by design.
"""

from __future__ import annotations

import os
import sys
from time import sleep, time_ns

from sqlalchemy import Connection, func, select

from armillary.core.ids import IdGenerator
from armillary.ledger.database.opening import Ledger, open_ledger
from armillary.ledger.deployments import scheduling
from armillary.ledger.nouns import service_leases
from armillary.ledger.postgresql.ledger import open_postgresql
from armillary.ledger.tables.deployment_tables import schedule

SPEED = 3600
LEASE_MICROS = 300_000
new_id = IdGenerator(lambda: time_ns() // 1_000_000, lambda bits: int.from_bytes(os.urandom(10)) >> (80 - bits))


def simulated(connection: Connection, origin: int) -> int:
    """An hour a second, but never later than what every schedule has runs for."""
    reached = connection.execute(select(func.min(schedule.c.scheduled_through))).scalar_one()
    return min(origin + (time_ns() // 1000 - origin) * SPEED, int(reached))


def turn(ledger: Ledger, name: str, origin: int) -> None:
    with ledger.write() as connection:
        if service_leases.take(connection, "scheduler", name, ledger.now(), LEASE_MICROS):
            scheduling.schedule_runs(connection, simulated(connection, origin), new_id)


if __name__ == "__main__":
    home, url, name, origin = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    with open_postgresql(home, url) if url else open_ledger(home) as ledger:
        while True:
            turn(ledger, name, origin)
            sleep(0.01)
