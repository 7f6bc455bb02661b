"""The token of an attempt: what the process of a claimed run sends, instead of its agent's.

It is derived from the token of the agent that claimed, so that a claim whose answer was lost is answered the same again although
only a hash is kept; who knows neither that token nor the answer cannot make it. It speaks of one root run: it ships that run's
journals, takes slots for its tasks, and reads the run, what is below it, and what every run may read. It is good until the agent
gives the run back, or loses it.

Each route that lets it in says how the request names the run: ``requires(READ, attempt=named_run)``. A route that says
nothing refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request

from armillary.core.errors import Forbidden
from armillary.ledger import attempt_tokens
from armillary.server.access.derived_tokens import derived_token
from armillary.server.keeper import Keeper
from armillary.server.permissions import Caller


def attempt_token(agents_token: str, claim_id: str, flow_run_id: str, attempt: int) -> str:
    """The token of that attempt, if that claim gave it to that agent."""
    return derived_token(agents_token, f"armillary attempt {claim_id} {flow_run_id} {attempt}")


def any_run(_request: Request, _caller: Caller) -> None:
    """The route tells every run the same."""


def told_in_body(_request: Request, _caller: Caller) -> None:
    """The route reads its body first, and asks :func:`check_root` or :func:`check_journals` itself."""


def named_run(request: Request, caller: Caller) -> None:
    """The request names a flow run or task run, in its path or query."""
    given = {**request.query_params, **request.path_params}
    keeper: Keeper = request.app.state.keeper
    with keeper.ledger.read() as connection:
        if "flow_run_id" in given:
            root = attempt_tokens.root_of_flow_run(connection, str(given["flow_run_id"]).lower())
        else:
            root = attempt_tokens.root_of_task_run(connection, str(given.get("task_run_id", "")).lower())
    check_root(caller, root)


def named_slots(request: Request, caller: Caller) -> None:
    """The request names a task run, of which more than its slots may not be known yet."""
    keeper: Keeper = request.app.state.keeper
    with keeper.ledger.read() as connection:
        root = attempt_tokens.slots_root(connection, str(request.path_params["task_run_id"]).lower())
    if root is not None:
        check_root(caller, root)


def named_block(request: Request, caller: Caller) -> None:
    """The request names a storage block: the one its deployment names will do."""
    keeper: Keeper = request.app.state.keeper
    with keeper.ledger.read() as connection:
        declared = attempt_tokens.storage_block_of(connection, caller.flow_run_id or "")
    if declared != str(request.path_params["block_id"]).lower():
        raise Forbidden(
            "The token of a run opens the storage of its own deployment alone.",
            subject=caller.name,
            advice="Give the deployment's flow runner a token of its own: env={'ARMILLARY_API_KEY': …}.",
        )


def check_root(caller: Caller, *roots: str | None) -> None:
    """Raises Forbidden for the token of an attempt whose root run is another. Any other caller may speak of all."""
    if caller.flow_run_id is not None and any(root != caller.flow_run_id for root in roots):
        raise Forbidden(
            "The token of a run speaks of that run alone.",
            subject=caller.name,
            advice="Give the deployment's flow runner a token of its own: env={'ARMILLARY_API_KEY': …}.",
        )


def check_journals(caller: Caller, owners: Iterable[attempt_tokens.HeldAttempt]) -> None:
    """Raises Forbidden for the token of an attempt when one of these journals is not of that attempt."""
    if caller.flow_run_id is not None:
        for owner in owners:
            check_root(caller, owner.flow_run_id if owner.attempt == caller.attempt else None)
