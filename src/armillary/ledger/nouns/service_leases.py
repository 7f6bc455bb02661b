"""Which server runs which service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, or_, select, update

from armillary.clock import to_datetime
from armillary.ledger.database import dialect
from armillary.ledger.tables.server_tables import service_lease


@dataclass(slots=True)
class ServiceLease:
    """``holder`` names the server; times are those of its last turn."""

    name: str
    epoch: int
    holder: str
    lease_until: datetime
    loops: int
    loop_started: datetime | None = None
    loop_ended: datetime | None = None
    last_error: str | None = None


def take(connection: Connection, name: str, holder: str, now: int, lease_micros: int) -> bool:
    """Take or renew a service's lease; False when another server holds it."""
    if _renewed(connection, name, holder, now, lease_micros):
        return True
    never = {"name": name, "epoch": 0, "holder": "", "lease_until": 0, "loops": 0}
    dialect.insert_missing(connection, service_lease, [never])
    return _renewed(connection, name, holder, now, lease_micros)


def _renewed(connection: Connection, name: str, holder: str, now: int, lease_micros: int) -> bool:
    """One statement, because every turn of every service begins with it. The row stays locked until the turn's transaction
    ends, so whoever lost the lease has written nothing since; others do not wait for it."""
    table = service_lease.c
    free = select(table.name).where(table.name == name).with_for_update(skip_locked=True).scalar_subquery()
    changed = connection.execute(
        update(service_lease)
        .where(table.name == free, or_(table.holder == holder, table.lease_until <= now))
        .values(
            holder=holder,
            epoch=case((table.holder == holder, table.epoch), else_=table.epoch + 1),
            lease_until=now + lease_micros,
            loop_started=now,
        )
    )
    return changed.rowcount == 1


def ended(connection: Connection, name: str, holder: str, started: int, now: int, error: str | None = None) -> None:
    """Note that a turn has ended."""
    table = service_lease
    connection.execute(
        update(table)
        .where(table.c.name == name, table.c.holder == holder)
        .values(loop_started=started, loop_ended=now, loops=table.c.loops + 1, last_error=error)
    )


def release(connection: Connection, now: int, home: str | None = None) -> None:
    """Give back all leases that the keeper of a home has or had, whose names end with it. None: of every server, for one that
    knows it is alone."""
    statement = update(service_lease).where(service_lease.c.lease_until > now).values(lease_until=now)
    if home is not None:
        statement = statement.where(service_lease.c.holder.endswith(home, autoescape=True))
    connection.execute(statement)


def every(connection: Connection) -> list[ServiceLease]:
    """All services that ever ran, by name."""
    return [
        ServiceLease(
            row["name"],
            row["epoch"],
            row["holder"],
            to_datetime(row["lease_until"]),
            row["loops"],
            None if row["loop_started"] is None else to_datetime(row["loop_started"]),
            None if row["loop_ended"] is None else to_datetime(row["loop_ended"]),
            row["last_error"],
        )
        for row in connection.execute(select(service_lease).order_by(service_lease.c.name)).mappings()
    ]
