"""Run contexts: ``from armillary.context import get_run_context``."""

from armillary.engine.handles.contexts import FlowRunContext, TaskRunContext, get_run_context
from armillary.sdk.tags import tags

__all__ = ["FlowRunContext", "TaskRunContext", "get_run_context", "tags"]
