"""What runs publish: markdown, tables, links, images, progress."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from armillary.ledger import run_rows
from armillary.ledger.dialect import Row, upsert
from armillary.ledger.outbox import Outbox
from armillary.ledger.tables import artifact, flow_run


def write_artifacts(
    connection: Connection, root: str, artifacts: dict[str, Row], progress: dict[str, Row], outbox: Outbox
) -> None:
    """Add or replace ``artifacts`` by id, then move those in ``progress``; what belongs to another root run stays as it is."""
    if not artifacts and not progress:
        return
    inside = select(flow_run.c.id).where(flow_run.c.root_flow_run_id == root)
    owned = set(connection.execute(inside).scalars())
    foreign = {row["id"] for row in run_rows.load(connection, artifact, artifacts) if row["flow_run_id"] not in owned}
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
    upsert(connection, artifact, [artifacts[key] for key in sorted(artifacts) if key not in foreign])
    for artifact_id, row in artifacts.items():
        outbox.tell(
            "artifact", artifact_id, root, {"key": row["key"], "kind": row["kind"], "fraction": row["fraction"]}
        )
