"""Running flows from the command line, here and to their end.

The run's id is made before the run, so that the command can say afterwards how it went whatever happened in between.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

from msgspec import json

from armillary.cli.running.result_stores import ResultStores, is_folder
from armillary.cli.terminal.messages import hint
from armillary.cli.terminal.paging import every
from armillary.client.interface.client import Client
from armillary.clock import new_id, now_us, to_us
from armillary.core.deployments.deployment import results_prefix
from armillary.core.errors import Forbidden, InvalidOption, NotFound
from armillary.core.filters import FlowRunFilter
from armillary.core.runs.flow_run import FlowRun
from armillary.engine.calls.assignment import Assignment, assigned
from armillary.engine.calls.recorded_parameters import lost_parameters
from armillary.engine.parameters.signatures import recalled_call
from armillary.sdk.deployments.loading import load_flow
from armillary.sdk.flow import Flow
from armillary.stores.opening import open_store


def run(flow: Flow[..., Any], parameters: dict[str, Any]) -> str:
    """Call the flow and return the id of its run, however that ended. Log lines go to stderr as ever."""
    run_id = new_id()
    call_assigned(flow, parameters, Assignment(run_id, "", 1, now_us()))
    return run_id


def retry(client: Client, flow_run: FlowRun, *, from_failure: bool) -> None:
    """Run a flow run again as its next attempt, with the parameters it had, from the file it came from.

    ``from_failure``: tasks whose results were kept for resuming are not run again, and inputs it was given are not asked for
    again; else those results are deleted first. Everything that can be wrong is found before the attempt is granted. Raises
    NotFound, InvalidOption, IllegalTransition.
    """
    flow = _loaded(flow_run)
    granted = client.grant_attempt(flow_run.id)
    if not from_failure:
        _forget_kept(client, flow_run.id)
    elif not any(client.stored_results(each.id) for each in _below(client, flow_run.id)):
        hint(
            "No results of its tasks are stored, so all of them run again. Give the flow retries, or tasks persist_result=True."
        )
    _go_on(client, flow, granted, with_answers=from_failure)


def resume(client: Client, flow_run: FlowRun, answer: Any) -> None:
    """Run a suspended flow run to its end, as its next attempt. ``answer`` is the input it asks for, UNSET where it asks for none.
    Raises as ``retry``, and InvalidParameters for an input that does not fit."""
    flow = _loaded(flow_run)
    client.resume(flow_run.id, answer)
    _go_on(client, flow, client.grant_attempt(flow_run.id), with_answers=True)


def _loaded(flow_run: FlowRun) -> Flow[..., Any]:
    if flow_run.entrypoint is None:
        raise InvalidOption(
            f"The file of flow run {flow_run.name!r} is not known.",
            subject=flow_run.name,
            advice="Only flows defined at the top of a file can be run again; call this one again where it is.",
        )
    flow = load_flow(flow_run.entrypoint)
    lost = lost_parameters(flow._spec, flow_run.parameters, flow_run.parameter_hashes)
    if lost:
        raise InvalidOption(
            f"Flow run {flow_run.name!r} was given {', '.join(map(repr, lost))}, which the record does not give back as it was: a secret, "
            "or a value too long or that JSON does not say.",
            subject=flow_run.name,
            advice="Call the flow again where those values are made, or annotate the parameter, which converts what was recorded.",
        )
    return flow


def _go_on(client: Client, flow: Flow[..., Any], granted: FlowRun, *, with_answers: bool) -> None:
    given = [each for each in client.run_inputs(granted.id) if each.answered is not None] if with_answers else []
    of_a_call = granted.parameter_hashes is not None  # else they were given by name, for a deployment
    arguments, keywords = recalled_call(flow.fn, granted.parameters) if of_a_call else ((), granted.parameters)
    of = granted.deployment_id
    call_assigned(
        flow,
        keywords,
        Assignment(
            granted.id,
            granted.name,
            granted.attempt,
            to_us(granted.expected_start_time),
            frozenset(granted.tags),
            of,
            answers={each.key: json.encode(each.answer).decode() for each in given},
            result_secret=None if of is None else result_secret(client, of),
            result_prefix="" if of is None else results_prefix(of),
        ),
        arguments,
    )


def result_secret(client: Client, deployment_id: str) -> str | None:
    """What a run of that deployment signs its results with. None where this client is not told: then they are signed by this home,
    and other runs of the deployment compute them anew."""
    try:
        return client.deployment_result_secret(deployment_id)
    except (Forbidden, NotFound):
        return None


def call_assigned(
    flow: Flow[..., Any], parameters: dict[str, Any], assignment: Assignment, arguments: tuple[Any, ...] = ()
) -> None:
    """Let the flow run as that run, to its end."""
    with assigned(assignment):
        answer = flow(*arguments, return_state=True, **parameters)
        if inspect.iscoroutine(answer):
            asyncio.run(answer)


def _forget_kept(client: Client, root_flow_run_id: str) -> None:
    """Delete what was kept of this root run only so that it could be resumed."""
    # Any kept result names its store: one that was also persisted is recorded as that.
    known = ResultStores(client)
    for storage in sorted(
        {each.storage for run in _below(client, root_flow_run_id) for each in client.stored_results(run.id)}
    ):
        store = known.of(storage)
        if store is None and is_folder(storage):
            store = open_store(storage)
        if store is None:
            hint(f"Results stored for a retry stay in {storage}: only the run itself names that store.")
        else:
            store.delete_below(f"runs/{root_flow_run_id}/")


def _below(client: Client, root_flow_run_id: str) -> Iterator[FlowRun]:
    """A root run and its subflows, at any depth."""
    wanted = FlowRunFilter(root_flow_run_id=root_flow_run_id)
    return every(lambda size, after: client.flow_runs(wanted, limit=size, after=after))
