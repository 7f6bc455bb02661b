"""Deployments: a flow with everything needed to run it without anybody's hand."""

from armillary.sdk.deployment_spec import DeploymentSpec

__all__ = ["DeploymentSpec"]
