"""The token of an attempt: what the process of a claimed run sends, instead of its agent's.

It is derived from the token of the agent that claimed, so that a claim whose answer was lost is answered the same again although
only a hash is kept; who knows neither that token nor the answer cannot make it. It speaks of one root run: it ships that run's
journals, takes slots for its tasks, and reads the run, what is below it, and what every run may read. It is good until the agent
gives the run back, or loses it.

Each route that lets it in says how the request names the run: ``requires(READ, attempt=named_run)``. A route that says
nothing refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection

from armillary.core.errors import Forbidden, NotFound
from armillary.ledger.nouns import attempt_tokens
from armillary.server.access.derived_tokens import derived_token
from armillary.server.live.keeper import Keeper
from armillary.server.permissions import Caller

_NAMED = re.compile(r"[\w-]{43}\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9][0-9]{0,8})", re.ASCII).fullmatch


def attempt_token(agents_token: str, claim_id: str, flow_run_id: str, attempt: int) -> str:
    """The token of that attempt, if that claim gave it to that agent. It names the attempt, so that one that is over can be told so."""
    secret = derived_token(agents_token, f"armillary attempt {claim_id} {flow_run_id} {attempt}")
    return f"{secret}.{flow_run_id}.{attempt}"


def named_attempt(token: str) -> attempt_tokens.HeldAttempt | None:
    """The attempt that a token names, whether or not it is good; None for any other token."""
    found = _NAMED(token)
    return None if found is None else attempt_tokens.HeldAttempt(found[1], int(found[2]))


def any_run(_request: Request, _caller: Caller) -> None:
    """The route tells every run the same."""


def told_in_body(_request: Request, _caller: Caller) -> None:
    """The route reads its body first, and asks :func:`check_root` or :func:`check_journals` itself."""


def named_run(request: Request, caller: Caller) -> None:
    """The request names flow runs or task runs, in its path and query: each must be the run or below it."""
    keeper: Keeper = request.app.state.keeper
    with keeper.ledger.read() as connection:
        roots = [attempt_tokens.root_of_flow_run(connection, each) for each in _named(request, "flow_run_id")]
        roots += [attempt_tokens.root_of_task_run(connection, each) for each in _named(request, "task_run_id")]
    check_root(caller, *(roots or [None]))


def named_slots(request: Request, caller: Caller) -> None:
    """The request names a task run, of which more than its slots may not be known yet."""
    keeper: Keeper = request.app.state.keeper
    with keeper.ledger.read() as connection:
        roots = [attempt_tokens.slots_root(connection, each) for each in _named(request, "task_run_id")]
    check_root(caller, *(root for root in roots if root is not None))


def named_block(request: Request, caller: Caller) -> None:
    """The request names a storage block: the one its deployment names will do."""
    keeper: Keeper = request.app.state.keeper
    with keeper.ledger.read() as connection:
        declared = attempt_tokens.storage_block_of(connection, caller.flow_run_id or "")
    if _named(request, "block_id") != [declared]:
        raise Forbidden(
            "The token of a run opens the storage of its own deployment alone.",
            subject=caller.name,
            advice="Give the deployment's flow runner a token of its own: env={'ARMILLARY_API_KEY': …}.",
        )


def _named(request: Request, parameter: str) -> list[str]:
    """Every id the request gives for a parameter, as the route will read it; what is no id names nothing that is anybody's."""
    given = [request.path_params[parameter]] if parameter in request.path_params else []
    return [_as_id(str(each)) for each in (*given, *request.query_params.getlist(parameter))]


def _as_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return text


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


def check_task_run(connection: Connection, caller: Caller, task_run_id: str) -> None:
    """Raises Forbidden for the token of an attempt when the task run is another root's, and NotFound while nobody knows whose it is."""
    if caller.flow_run_id is not None:
        root = attempt_tokens.root_of_task_run(connection, task_run_id)
        if root is None:
            raise NotFound(
                f"There is no task run {task_run_id!r}.", subject=task_run_id, advice="Ship its beginning first."
            )
        check_root(caller, root)
