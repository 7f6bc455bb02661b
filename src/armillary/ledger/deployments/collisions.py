"""Deployments whose newest run matters most: a run that is due has the oldest one that goes on cancelled."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from sqlalchemy import Connection, func, select

from armillary.core.deployments.deployment import OnCollision
from armillary.core.states import CANCELLING, SCHEDULED, TERMINAL
from armillary.ledger.tables.deployment_tables import deployment, held_attempt
from armillary.ledger.tables.run_tables import flow_run

_ENDED = {str(each) for each in TERMINAL}


def to_cancel(connection: Connection, now: int) -> list[str]:
    """The root runs that should make room, the oldest of each deployment first. Asked again before they have ended, the same."""
    table = deployment
    wanting = connection.execute(
        select(table.c.id, table.c.concurrency_limit).where(
            table.c.on_collision == str(OnCollision.CANCEL_RUNNING), table.c.concurrency_limit.is_not(None)
        )
    ).all()
    found: list[str] = []
    for deployment_id, limit in wanting:
        due = connection.execute(
            select(func.count()).where(
                flow_run.c.deployment_id == deployment_id,
                flow_run.c.state_type == str(SCHEDULED),
                flow_run.c.next_scheduled_start <= now,
            )
        ).scalar_one()
        if not due:
            continue
        held = connection.execute(
            select(flow_run.c.id, flow_run.c.state_type)
            .join(held_attempt, held_attempt.c.flow_run_id == flow_run.c.id)
            .where(held_attempt.c.deployment_id == deployment_id, flow_run.c.state_type.not_in(_ENDED))
            .order_by(held_attempt.c.granted, flow_run.c.id)
        ).all()
        lacking = min(due, limit) - (limit - len(held))
        going = [each.id for each in held if each.state_type != str(CANCELLING)]
        lacking -= len(held) - len(going)
        found += [str(each) for each in going[: max(0, lacking)]]
    return found


def command_id(flow_run_id: str) -> str:
    """The id of the one command that asks a run to make room, however often somebody finds that it should."""
    return str(UUID(bytes=blake2b(f"make room {flow_run_id}".encode(), digest_size=16).digest()))
