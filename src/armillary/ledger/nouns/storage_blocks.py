"""Storage blocks. Their secrets are sealed before they are written, and opened for who is to use them only."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import json
from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from armillary.clock import to_datetime
from armillary.core.criteria import TextCriterion
from armillary.core.deployments.storage_block import StorageBlock, checked_options
from armillary.core.errors import Conflict, NotFound, did_you_mean
from armillary.core.page import Page
from armillary.core.text.names import checked_name
from armillary.ledger.database import secret_box
from armillary.ledger.database.checks import is_id
from armillary.ledger.querying.criteria import of_names
from armillary.ledger.querying.paging import Order, narrowed, next_cursor, paged
from armillary.ledger.tables.deployment_tables import deployment, held_attempt, storage_block, worker
from armillary.ledger.tables.run_tables import flow_run

BY_NAME = Order("storage_blocks", (storage_block.c.name,), descending=False)
_MOST_NAMED = 5


def save(
    connection: Connection,
    home: str,
    block_id: str,
    name: str,
    kind: str,
    options: Mapping[str, str],
    now: int,
    *,
    replace: bool = False,
) -> StorageBlock:
    """Make a block; with ``replace`` one of that name is made anew and keeps its id. ``home`` is where the key is. Raises
    Conflict for a name that is taken, InvalidOption for what the kind does not take."""
    checked_name(name, "storage name")
    shown, secrets = checked_options(kind, options)
    sealed = {option: secret_box.seal(home, connection, value) for option, value in secrets.items()}
    row = {
        "type": kind,
        "options": json.encode(shown).decode(),
        "secrets": json.encode(sealed).decode() if sealed else None,
        "updated": now,
    }
    known = connection.execute(select(storage_block.c.id).where(storage_block.c.name == name)).scalar()
    if known is None:
        made = {"id": block_id, "name": name, "is_default": False, "created": now, **row}
        connection.execute(insert(storage_block), made)
        return get(connection, block_id)
    if not replace:
        raise Conflict(f"There is a storage {name!r} already.", subject=name, advice="Choose another name.")
    connection.execute(update(storage_block).where(storage_block.c.id == known).values(**row))
    return get(connection, str(known))


def get(connection: Connection, block_id: str) -> StorageBlock:
    """Raises NotFound."""
    return _record(_row(connection, block_id))


def find(connection: Connection, words: str) -> StorageBlock:
    """The block of that id or name. Raises NotFound with the nearest."""
    column = storage_block.c.id if is_id(words) else storage_block.c.name
    row = connection.execute(select(storage_block).where(column == words)).mappings().first()
    if row is not None:
        return _record(row)
    known = connection.execute(select(storage_block.c.name)).scalars().all()
    raise NotFound(
        f"There is no storage {words!r}.",
        subject=words,
        advice=did_you_mean(words, known) if known else "Make one: armillary storage create",
    )


def opened(connection: Connection, home: str, block_id: str) -> dict[str, str]:
    """All options of a block, its secrets too: for who reads and writes there. Raises NotFound, InvalidSetting."""
    row = _row(connection, block_id)
    options: dict[str, str] = json.decode(row["options"])
    for option, sealed in json.decode(row["secrets"] or "{}").items():
        options[option] = secret_box.unseal(home, connection, sealed)
    return options


def is_of_held_run(connection: Connection, block_id: str, token_id: str | None) -> bool:
    """Whether a worker that this token registered holds a run whose deployment keeps its code in that block."""
    statement = (
        select(held_attempt.c.flow_run_id)
        .join(worker, worker.c.id == held_attempt.c.worker_id)
        .join(flow_run, flow_run.c.id == held_attempt.c.flow_run_id)
        .join(deployment, deployment.c.id == flow_run.c.deployment_id)
        .where(
            deployment.c.storage_block_id == block_id,
            or_(
                worker.c.token_id == token_id, worker.c.token_id.is_(None)
            ),  # one that registered before this was recorded
        )
        .limit(1)
    )
    return connection.execute(statement).first() is not None


def default(connection: Connection) -> StorageBlock | None:
    row = connection.execute(select(storage_block).where(storage_block.c.is_default)).mappings().first()
    return None if row is None else _record(row)


def page(
    connection: Connection, *, name: TextCriterion | None = None, limit: int = 200, after: str | None = None
) -> Page[StorageBlock]:
    """Blocks by name."""
    order = narrowed(BY_NAME, name)
    statement = select(storage_block).where(of_names(storage_block.c.name, name))
    found = connection.execute(paged(statement, order, limit, after)).mappings().all()
    return Page([_record(row) for row in found[:limit]], next_cursor(found, order, limit))


def set_default(connection: Connection, block_id: str | None, now: int) -> None:
    """Let deployments that name no storage use this one; None: the home's own folder. Raises NotFound."""
    if block_id is not None:
        get(connection, block_id)
    table = storage_block
    connection.execute(update(table).where(table.c.is_default).values(is_default=False, updated=now))
    if block_id is not None:
        connection.execute(update(table).where(table.c.id == block_id).values(is_default=True, updated=now))


def remove(connection: Connection, block_id: str, *, force: bool = False) -> StorageBlock:
    """Forget a block; what lies there stays. Raises NotFound, and Conflict while deployments keep their code there, unless
    ``force``: their runs then crash with that reason."""
    gone = get(connection, block_id)
    using = connection.execute(
        select(deployment.c.flow_name, deployment.c.name)
        .where(deployment.c.storage_block_id == block_id)
        .order_by(deployment.c.flow_name, deployment.c.name)
    ).all()
    if using and not force:
        named = ", ".join(f"{flow_name}/{name}" for flow_name, name in using[:_MOST_NAMED])
        more = f" and {len(using) - _MOST_NAMED} more" if len(using) > _MOST_NAMED else ""
        raise Conflict(
            f"The code of {named}{more} is in storage {gone.name!r}.",
            subject=gone.name,
            advice="Create them again with another storage first, or force it: their runs will crash.",
        )
    connection.execute(delete(storage_block).where(storage_block.c.id == block_id))
    return gone


def _row(connection: Connection, block_id: str) -> RowMapping:
    row = connection.execute(select(storage_block).where(storage_block.c.id == block_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no storage {block_id!r}.", subject=block_id)
    return row


def _record(row: RowMapping) -> StorageBlock:
    return StorageBlock(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        created=to_datetime(row["created"]),
        updated=to_datetime(row["updated"]),
        options=json.decode(row["options"]),
        secret_names=sorted(json.decode(row["secrets"] or "{}")),
        is_default=row["is_default"],
    )
