"""The REST API: one module for each noun, each with its ``router``."""

from armillary.server.api import (
    admin,
    artifacts,
    bulk,
    cancelling,
    concurrency_limits,
    deployments,
    flow_runs,
    flows,
    graph,
    logs,
    news,
    run_states,
    saved_searches,
    slots,
    task_runs,
    variables,
    work_queues,
)

ROUTERS = (
    flows.router,
    flow_runs.router,
    bulk.router,
    cancelling.router,
    graph.router,
    task_runs.router,
    run_states.flow_run_router,
    run_states.task_run_router,
    deployments.router,
    work_queues.router,
    logs.router,
    news.router,
    artifacts.router,
    variables.router,
    saved_searches.router,
    slots.router,
    concurrency_limits.router,
    admin.router,
)
"""In the order of the reference; each is served under ``/api``."""
