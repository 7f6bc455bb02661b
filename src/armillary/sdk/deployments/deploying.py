"""``flow.deploy(…)``: what ``armillary deployment create`` does, from Python."""

from __future__ import annotations

from typing import Any

from armillary.client.connecting import connect
from armillary.core.deployments.deployment import Deployment
from armillary.sdk.deployments.deployment_spec import DeploymentSpec
from armillary.sdk.deployments.project_upload import locate
from armillary.sdk.flow import Flow


def deploy(flow: Flow[..., Any], name: str, options: dict[str, Any]) -> Deployment:
    """Upload the project around the flow's file to its storage and create the deployment. Raises as ``DeploymentSpec`` does, and
    InvalidOption for a flow that cannot be loaded from a file."""
    prepared = DeploymentSpec(name=name, flow=flow, **options).prepared("")
    with connect() as client:
        located = locate(client, prepared)
        located.upload(client)
        return client.save_deployment(located.deployment)
