"""Deployments. Whatever changes one also makes its next runs, so they are there with the answer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from armillary.clock import new_id
from armillary.core.deployments import flow_runner
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.errors import InvalidOption
from armillary.core.text.names import checked_name
from armillary.ledger.deployments import deployments, scheduling


def save(connection: Connection, wanted: Deployment, now: int) -> Deployment:
    """Make it, or replace the one of its flow and name. Raises InvalidOption for a name with a slash, and for a flow runner that does
    not exist or does not have an option."""
    _name_part(wanted.flow_name, "flow name")
    _name_part(wanted.name, "deployment name")
    flow_runner.from_document(wanted.flow_runner)
    return _scheduled(connection, deployments.save(connection, wanted, now).id, now)


def set_paused(connection: Connection, deployment_id: str, paused: bool, now: int) -> Deployment:
    """Raises NotFound."""
    deployments.set_paused(connection, deployment_id, paused, now)
    return _scheduled(connection, deployment_id, now)


def set_schedules(
    connection: Connection, deployment_id: str, schedules: Sequence[DeploymentSchedule], now: int
) -> Deployment:
    """Raises NotFound."""
    deployments.set_schedules(connection, deployment_id, schedules, now)
    return _scheduled(connection, deployment_id, now)


def _scheduled(connection: Connection, deployment_id: str, now: int) -> Deployment:
    scheduling.schedule_runs(connection, now, new_id, deployment_id)
    return deployments.get(connection, deployment_id)


def _name_part(name: str, what: str) -> None:
    if "/" in checked_name(name, what):
        raise InvalidOption(f"The {what} {name!r} contains a slash, which separates flow and name.", subject=what)
