"""Deployments: a flow packaged so that an agent can run it."""

from armillary.sdk.deployments.deployment_spec import DeploymentSpec

__all__ = ["DeploymentSpec"]
