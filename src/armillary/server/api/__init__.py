"""The REST API: one module for each noun, each with its ``router``."""

from armillary.server.api.administration import admin, news
from armillary.server.api.deployments import (
    block_documents,
    concurrency_limits,
    deployments,
    notification_policies,
    slots,
    variables,
    work_queues,
    workers,
)
from armillary.server.api.runs import (
    artifacts,
    bulk,
    cancelling,
    flow_runs,
    flows,
    graph,
    logs,
    pausing,
    run_states,
    saved_searches,
    task_runs,
)

ROUTERS = (
    flows.router,
    flow_runs.router,
    bulk.router,
    cancelling.router,
    pausing.router,
    graph.router,
    task_runs.router,
    run_states.flow_run_router,
    run_states.task_run_router,
    deployments.router,
    work_queues.router,
    workers.router,
    logs.router,
    news.router,
    artifacts.router,
    variables.router,
    block_documents.router,
    saved_searches.router,
    notification_policies.router,
    slots.router,
    concurrency_limits.router,
    admin.router,
)
"""In the order of the reference; each is served under ``/api``."""
