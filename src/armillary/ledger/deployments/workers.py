"""Workers: the agents and processes that run what others scheduled, and whether they live.

That a worker lives is a fact in the ledger, its lease, so any server can judge it: a worker may speak to one server today and
to another tomorrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import json
from sqlalchemy import Connection, bindparam, select, update

from armillary import settings
from armillary.clock import now_us, to_datetime
from armillary.core.deployments.worker import Worker
from armillary.core.errors import Forbidden, NotFound
from armillary.ledger.database import dialect
from armillary.ledger.database.checks import is_id
from armillary.ledger.nouns import api_tokens
from armillary.ledger.tables.deployment_tables import held_attempt, worker


def lease_micros() -> int:
    return int(settings.get("WORKER_LEASE_SECONDS") * 1_000_000)


def register(connection: Connection, wanted: Worker, now: int, token_id: str | None = None) -> None:
    """A worker begins. Registering again renews it; it began when it did. ``token_id`` is the token it belongs to, if any: only with
    that it may be registered again, unless that token is good no longer. Raises Forbidden."""
    known = _owner(connection, wanted.id)
    if known is not None and not _may_use(known.token_id, token_id) and _is_good(connection, known.token_id, now):
        raise _of_another(wanted.id)
    row = {
        "id": wanted.id,
        "name": wanted.name,
        "kind": "agent",
        "host": wanted.host,
        "pid": wanted.pid,
        "version": wanted.version,
        "queues": json.encode(wanted.queues).decode(),
        "slots": wanted.slots,
        "started": now,
        "last_heartbeat": now,
        "lease_until": now + lease_micros(),
        "stopped": None,
        "token_id": token_id,
    }
    dialect.upsert(connection, worker, [row], keep=["started"])


def check(connection: Connection, worker_id: str, token_id: str | None = None) -> None:
    """Raises NotFound for a worker nobody knows, or that lost its lease: it should register. Raises what :func:`check_owner` does."""
    check_owner(connection, worker_id, token_id)
    known = _owner(connection, worker_id)
    if known is None or known.stopped is not None:
        raise _unknown(worker_id)


def check_owner(connection: Connection, worker_id: str, token_id: str | None) -> None:
    """Raises Forbidden for a worker that another token registered, and NotFound where that one is good no longer: then it should
    register anew. ``token_id`` None stands for who may speak for every worker."""
    known = _owner(connection, worker_id)
    if known is None or _may_use(known.token_id, token_id):
        return
    if _is_good(connection, known.token_id, now_us()):
        raise _of_another(worker_id)
    raise _unknown(worker_id)


def heartbeat(connection: Connection, worker_id: str, now: int) -> None:
    """The worker lives: its lease begins anew. Raises NotFound for one nobody knows, which should register."""
    changed = connection.execute(
        update(worker)
        .where(worker.c.id == worker_id, worker.c.stopped.is_(None))
        .values(last_heartbeat=now, lease_until=now + lease_micros())
    )
    if not changed.rowcount:
        raise _unknown(worker_id)


def renew(connection: Connection, heard: Mapping[str, int]) -> None:
    """Many workers live, each as of the time it was heard of. Those that stopped stay stopped; one whose row somebody writes at
    this moment is passed over, as its next heartbeat comes soon."""
    if not heard:
        return
    table = worker
    free = (
        select(table.c.id)
        .where(table.c.id.in_(heard), table.c.stopped.is_(None))
        .order_by(table.c.id)
        .with_for_update(skip_locked=True)
    )
    beats = [
        {"of": str(each), "at": heard[str(each)], "until": heard[str(each)] + lease_micros()}
        for each in connection.execute(free).scalars()
    ]
    if beats:
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("of"), table.c.last_heartbeat < bindparam("at"))
            .values(last_heartbeat=bindparam("at"), lease_until=bindparam("until")),
            beats,
        )


def silent(connection: Connection, now: int) -> list[str]:
    """Those whose lease has run out."""
    table = worker
    statement = select(table.c.id).where(table.c.stopped.is_(None), table.c.lease_until < now).order_by(table.c.id)
    return [str(each) for each in connection.execute(statement).scalars()]


def hold(connection: Connection, worker_id: str) -> None:
    """The worker goes on until this transaction has ended: whoever is about to end it waits, and sees what it was given here. Raises
    NotFound for one that has stopped."""
    statement = select(worker.c.stopped).where(worker.c.id == worker_id).with_for_update(read=True)
    known = connection.execute(statement).first()
    if known is None or known.stopped is not None:
        raise _unknown(worker_id)


def seize(connection: Connection, worker_id: str) -> int | None:
    """Until this transaction has ended nothing is given to the worker, and all that it was given before can be seen here. Returns when
    its lease runs out, None where it has stopped or nobody knows it."""
    statement = select(worker.c.lease_until).where(worker.c.id == worker_id, worker.c.stopped.is_(None))
    return connection.execute(statement.with_for_update()).scalar()


def stopped_with_runs(connection: Connection) -> list[str]:
    """Workers that have stopped and hold runs all the same."""
    statement = select(worker.c.id).join(held_attempt, held_attempt.c.worker_id == worker.c.id)
    found = connection.execute(statement.where(worker.c.stopped.is_not(None)).distinct().order_by(worker.c.id))
    return [str(each) for each in found.scalars()]


def end(connection: Connection, worker_id: str, now: int) -> None:
    """A worker has stopped. Ending twice is ending once."""
    still = (worker.c.id == worker_id, worker.c.stopped.is_(None))
    connection.execute(update(worker).where(*still).values(stopped=now))


def held_by(connection: Connection, worker_id: str) -> list[str]:
    """The root runs a worker holds."""
    statement = select(held_attempt.c.flow_run_id).where(held_attempt.c.worker_id == worker_id)
    return [str(each) for each in connection.execute(statement.order_by(held_attempt.c.flow_run_id)).scalars()]


def every(connection: Connection, now: int, *, with_stopped: bool = False) -> list[Worker]:
    """The workers, newest first."""
    statement = select(worker).order_by(worker.c.started.desc())
    if not with_stopped:
        statement = statement.where(worker.c.stopped.is_(None))
    found = connection.execute(statement).mappings().all()
    return [_worker(connection, row, now) for row in found]


def _owner(connection: Connection, worker_id: str) -> Any:
    return connection.execute(select(worker.c.token_id, worker.c.stopped).where(worker.c.id == worker_id)).first()


def _may_use(owner: str | None, token_id: str | None) -> bool:
    return token_id is None or owner is None or owner == token_id


def _is_good(connection: Connection, token_id: str, now: int) -> bool:
    """Whether somebody may still come with that token; the home's own is not in the table."""
    return not is_id(token_id) or api_tokens.is_good(connection, token_id, now)


def _of_another(worker_id: str) -> Forbidden:
    return Forbidden(
        f"The worker {worker_id!r} belongs to another token.",
        subject=worker_id,
        advice="Register a worker of your own; each belongs to the token that registered it.",
    )


def _unknown(worker_id: str) -> NotFound:
    return NotFound(f"There is no worker {worker_id!r} any more.", subject=worker_id, advice="Register it again.")


def _worker(connection: Connection, row: Any, now: int) -> Worker:
    return Worker(
        id=row["id"],
        name=row["name"],
        host=row["host"],
        pid=row["pid"],
        version=row["version"],
        started=to_datetime(row["started"]),
        last_heartbeat=to_datetime(row["last_heartbeat"]),
        queues=json.decode(row["queues"]),
        slots=row["slots"],
        stopped=None if row["stopped"] is None else to_datetime(row["stopped"]),
        alive=row["stopped"] is None and row["lease_until"] >= now,
        held=held_by(connection, row["id"]),
    )
