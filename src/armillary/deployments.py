"""Deployments: a flow with everything needed to run it without anybody's hand."""

from armillary.sdk.deployments.deployment_spec import DeploymentSpec

__all__ = ["DeploymentSpec"]
