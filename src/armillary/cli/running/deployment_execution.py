"""A deployment run in this process: from its own copy of its project, with its parameters."""

from __future__ import annotations

import os
import random
import sys
from typing import Any

from armillary import settings
from armillary.agent.projects import Projects
from armillary.cli.running.execution import call_assigned, result_secret
from armillary.client.interface.client import Client
from armillary.clock import new_id, now_us
from armillary.core.deployments.deployment import Deployment, results_prefix
from armillary.core.text.names import run_name
from armillary.engine.calls.assignment import Assignment
from armillary.sdk.deployments.loading import load_flow
from armillary.stores.blocks import open_block
from armillary.stores.opening import use_for_results


def execute_here(client: Client, of: Deployment, given: dict[str, Any]) -> str:
    """Run it to its end, and say the run's id. Raises StorageUnavailable, NotFound, and whatever its file raises."""
    run_id = new_id()
    projects = Projects(settings.home(), run_id)
    try:
        entrypoint = of.entrypoint
        results = projects.fetch(client, of)
        if of.project_hash is not None:
            root = projects.copy(of.project_hash)
            os.environ["ARMILLARY_PROJECT_ROOT"] = root
            sys.path.insert(0, root)
            entrypoint = os.path.join(root, entrypoint)
        if results.kind is not None:
            use_for_results(open_block(results.kind, results.options or {}))
        flow = load_flow(entrypoint)
        assignment = Assignment(
            run_id,
            run_name(random.random),
            1,
            now_us(),
            frozenset(of.tags),
            of.id,
            result_secret=result_secret(client, of.id),
            result_prefix=results_prefix(of.id),
        )
        call_assigned(flow, {**of.parameters, **given}, assignment)
    finally:
        projects.close()
    return run_id
