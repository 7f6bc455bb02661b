"""A run of a deployment that somebody asks for."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import Connection

from armillary.core.deployments.deployment import Deployment
from armillary.core.errors import InvalidParameters
from armillary.core.rules.json_schema import check_names, check_values, missing
from armillary.core.runs.flow_run import FlowRun
from armillary.core.text.names import checked_name, run_name
from armillary.ledger.database import dialect
from armillary.ledger.deployments import scheduled_runs
from armillary.ledger.deployments.scheduled_runs import NewRun
from armillary.ledger.runs import flow_runs


def create(
    connection: Connection,
    of: Deployment,
    run_id: str,
    now: int,
    *,
    parameters: dict[str, Any] | None = None,
    tags: tuple[str, ...] = (),
    due: int | None = None,
    name: str | None = None,
    key: str | None = None,
) -> FlowRun:
    """Make it, SCHEDULED for ``due`` or at once. Under a ``key`` that was used before, the run it made then. Raises
    InvalidParameters for those the flow does not have or lacks, InvalidOption for an unusable name."""
    given = {**of.parameters, **(parameters or {})}
    check_parameters(of, given)
    wanted = NewRun(
        run_id,
        checked_name(name, "run name") if name else run_name(random.random),
        now if due is None else due,
        key or f"run:{run_id}",
        None,
        parameters,
        tuple(checked_name(tag, "tag") for tag in tags),
    )
    dialect.lock(connection, f"run {of.flow_id} {wanted.key}")
    made = scheduled_runs.make(connection, of, [wanted], now)
    found = flow_runs.get(connection, made[0]) if made else flow_runs.with_key(connection, of.flow_id, wanted.key)
    assert found is not None
    return found


def check_parameters(of: Deployment, given: dict[str, Any]) -> None:
    """Raises InvalidParameters for those the flow does not have, lacks, or cannot take."""
    schema = of.parameter_schema
    if "properties" not in schema:
        return
    check_names(of.flow_name, schema, given)
    lacking = missing(schema, given)
    if lacking:
        raise InvalidParameters(
            f"Flow {of.flow_name!r} needs the parameter {lacking[0]!r}.",
            subject=lacking[0],
            advice=f"Give it: --param {lacking[0]}=…",
        )
    check_values(schema, given)
