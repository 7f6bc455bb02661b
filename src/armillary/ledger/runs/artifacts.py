"""What runs publish: markdown, tables, links, images, progress."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, exists, func, select, update

from armillary.clock import to_datetime
from armillary.core.page import Page
from armillary.core.runs.artifact import Artifact
from armillary.ledger.database.dialect import Row, upsert
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.querying.paging import Order, bounded_page, paged
from armillary.ledger.tables.run_tables import artifact, flow_run


def write_artifacts(
    connection: Connection, root: str, artifacts: dict[str, Row], progress: dict[str, Row], outbox: Outbox
) -> None:
    """Add or replace ``artifacts`` by id, then move those in ``progress``. None of them is of another root run."""
    if not artifacts and not progress:
        return
    inside = select(flow_run.c.id).where(flow_run.c.root_flow_run_id == root)
    for artifact_id, moved in progress.items():
        if artifact_id in artifacts:
            artifacts[artifact_id].update(fraction=moved["fraction"], updated=moved["at"])
        else:
            connection.execute(
                update(artifact)
                .where(artifact.c.id == artifact_id, artifact.c.flow_run_id.in_(inside))
                .values(fraction=moved["fraction"], updated=moved["at"])
            )
        outbox.tell("artifact", artifact_id, root, {"fraction": moved["fraction"]})
    upsert(connection, artifact, [artifacts[key] for key in sorted(artifacts)])
    for artifact_id, row in artifacts.items():
        outbox.tell(
            "artifact", artifact_id, root, {"key": row["key"], "kind": row["kind"], "fraction": row["fraction"]}
        )


def page(
    connection: Connection,
    *,
    flow_run_id: str | None = None,
    task_run_id: str | None = None,
    key: str | None = None,
    kind: str | None = None,
    latest: bool = False,
    limit: int = 200,
    after: str | None = None,
) -> Page[Artifact]:
    """Artifacts that match, newest first. ``latest``: of each key only the newest, and none without a key. A page ends early once
    what it shows has ``paging.MOST_CHARACTERS``."""
    statement = select(artifact)
    for column, wanted in (
        (artifact.c.flow_run_id, flow_run_id),
        (artifact.c.task_run_id, task_run_id),
        (artifact.c.key, key),
        (artifact.c.kind, kind),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if latest:
        newer = artifact.alias().c
        statement = statement.where(
            artifact.c.key.is_not(None), ~exists().where(newer.key == artifact.c.key, newer.id > artifact.c.id)
        )
    order = Order(f"artifacts {flow_run_id} {task_run_id} {key} {kind} {latest}", (artifact.c.id,))
    return bounded_page(connection, paged(statement, order, limit, after), order, limit, artifact.c.data, _record)


def get(connection: Connection, artifact_id: str) -> Artifact | None:
    row = connection.execute(select(artifact).where(artifact.c.id == artifact_id)).mappings().first()
    return None if row is None else _record(row)


def count(connection: Connection, flow_run_id: str) -> int:
    statement = select(func.count()).select_from(artifact).where(artifact.c.flow_run_id == flow_run_id)
    return connection.execute(statement).scalar_one()


def _record(row: RowMapping) -> Artifact:
    return Artifact(
        row["id"],
        row["flow_run_id"],
        row["kind"],
        row["data"],
        to_datetime(row["created"]),
        row["task_run_id"],
        row["key"],
        row["description"],
        row["fraction"],
        to_datetime(row["updated"]),
    )
