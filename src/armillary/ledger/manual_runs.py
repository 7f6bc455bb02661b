"""A run of a deployment that somebody asks for."""

from __future__ import annotations

import random
from typing import Any

from msgspec import UNSET
from sqlalchemy import Connection

from armillary.core.deployment import Deployment
from armillary.core.errors import InvalidParameters, did_you_mean
from armillary.core.flow_run import FlowRun
from armillary.core.names import checked_name, run_name
from armillary.ledger import flow_runs, scheduled_runs
from armillary.ledger.scheduled_runs import NewRun


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
    made = scheduled_runs.make(connection, of, [wanted], now)
    found = flow_runs.get(connection, made[0]) if made else flow_runs.with_key(connection, of.flow_id, wanted.key)
    assert found is not None
    return found


def check_parameters(of: Deployment, given: dict[str, Any]) -> None:
    """Names only: whether values fit is for the flow's own annotations to say, when it runs."""
    schema = of.parameter_schema
    known = schema.get("properties", UNSET)
    if known is UNSET:
        return
    unknown = sorted(set(given) - set(known))
    if unknown and not schema.get("additionalProperties", False):
        raise InvalidParameters(
            f"Flow {of.flow_name!r} has no parameter {unknown[0]!r}.",
            subject=unknown[0],
            advice=did_you_mean(unknown[0], known) if known else "It takes none.",
        )
    missing = sorted(set(schema.get("required", ())) - set(given))
    if missing:
        raise InvalidParameters(
            f"Flow {of.flow_name!r} needs the parameter {missing[0]!r}.",
            subject=missing[0],
            advice=f"Give it: --param {missing[0]}=…",
        )
