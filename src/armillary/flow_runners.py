"""Flow runners: how an agent starts the process of a deployed run."""

from armillary.core.deployments.flow_runner import FlowRunner, SubprocessFlowRunner, UniversalFlowRunner

__all__ = ["FlowRunner", "SubprocessFlowRunner", "UniversalFlowRunner"]
