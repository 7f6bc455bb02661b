"""``flow.serve(…)``: a deployment whose schedule and runs live in the process that calls it."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import Any

from armillary.agent.agent import CLAIM_SECONDS, Agent
from armillary.agent.flow_runners.threads import Threads
from armillary.agent.home_services import serving_home
from armillary.agent.ledger_link import LedgerLink
from armillary.client.connecting import connect
from armillary.client.interface.client import Client
from armillary.clock import new_id
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.errors import ArmillaryError, Conflict, OutsideRun
from armillary.engine.runs.current import current_run
from armillary.sdk.deployments.deployment_spec import DeploymentSpec
from armillary.sdk.flow import Flow


def serve(flow: Flow[..., Any], name: str, limit: int, options: dict[str, Any]) -> None:
    """Create the deployment, with its own work queue, and execute due runs, ``limit`` at once, until Ctrl-C or SIGTERM.
    Then no run starts and running ones get half a minute to finish; a second signal stops them. The deployment
    is paused while it is not served."""
    if current_run.get() is not None:
        raise OutsideRun(
            f"Flow {flow.name!r} cannot be served inside a run.",
            subject=flow.name,
            advice="Serve it outside of any flow.",
        )
    queue = f"serve/{flow.name}/{name}"
    wanted = DeploymentSpec(name=name, flow=flow, work_queue=queue, **options).prepared("").deployment
    with connect() as client:
        _have_queue(client, queue)
        deployment = client.save_deployment(wanted)
        client.set_deployment_paused(deployment.id, False)
    agent = Agent(
        LedgerLink(lambda: connect(timeout_seconds=CLAIM_SECONDS + 20, retry_seconds=0)),
        LedgerLink(lambda: connect(timeout_seconds=10, retry_seconds=0)),
        [queue],
        limit,
        lambda _worker: Threads(flow),
        name=f"serve {deployment.path}",
    )
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: agent.stop())
    words = "; ".join(each.words for each in deployment.schedules) or "on demand"
    sys.stderr.write(f"Serving {deployment.path}: {words}. Run it now: armillary deployment run {deployment.path}\n")
    try:
        with serving_home(connect):
            agent.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        with suppress(ArmillaryError), connect() as client:
            client.set_deployment_paused(deployment.id, True)
    sys.stderr.write(f"Stopped serving {deployment.path}.\n")


def _have_queue(client: Client, name: str) -> None:
    at = client.find_work_queue("default").created
    with suppress(Conflict):
        client.create_work_queue(WorkQueue(new_id(), name, at, at, "Runs in the process that serves the flow."))
