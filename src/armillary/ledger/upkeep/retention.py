"""What goes by itself, so that a ledger that is never looked after does not grow for ever: a little at a time, in transactions
so short that nobody waits for them.

Root runs go with all runs below them, oldest first, once every run below has ended too: those that ended too long ago, and
those beyond the newest so many. A run too big for one step is taken up by the next one where this one stopped.
"""

from __future__ import annotations

from sqlalchemy import Connection, Text, and_, cast, delete, func, or_, select

from armillary.ledger.database import dialect
from armillary.ledger.ingest import owners
from armillary.ledger.nouns import idempotency_keys
from armillary.ledger.runs import deleting
from armillary.ledger.tables.deployment_tables import claim
from armillary.ledger.tables.run_tables import flow_run, tombstone
from armillary.ledger.tables.server_tables import api_token
from armillary.ledger.upkeep import pruning

_TASK_RUNS_AT_ONCE = 2_000
_CLAIMS_KEPT_MICROS = 600_000_000
_TOKENS_KEPT_MICROS = 30 * 86_400_000_000


def excess(connection: Connection, most_flow_runs: int) -> int:
    """How many flow runs there are beyond that. Counts them all, so not for every turn."""
    return max(0, connection.execute(select(func.count()).select_from(flow_run)).scalar_one() - most_flow_runs)


def retire(connection: Connection, ended_before: int, now: int) -> int:
    """One step: delete the oldest root run that ended before, or part of a big one. Returns how many flow runs are gone or
    on their way; 0: nothing is left to do."""
    old = pruning.old_roots(ended_before).limit(1)
    root = connection.execute(old).scalar()
    if root is None or not dialect.lock_free(connection, [str(root)]):
        return 0
    if connection.execute(old.where(flow_run.c.id == root)).scalar() is None:
        return 0  # it is being tried again
    ids = deleting.below(connection, str(root))
    deleting.bury(connection, ids, now)
    deleting.delete_part(connection, ids, _TASK_RUNS_AT_ONCE)
    return len(ids)


def forget(connection: Connection, now: int) -> int:
    """Delete what nothing refers to any more: old tombstones, answers kept for asking again, claims, and tokens long refused, but none
    that made others which are still there. Returns how many rows that were."""
    made = api_token.alias()
    makers = select(made.c.made_by).where(made.c.made_by.is_not(None))
    ended = and_(api_token.c.expires.is_not(None), api_token.c.expires < now - _TOKENS_KEPT_MICROS)
    revoked = and_(api_token.c.revoked.is_not(None), api_token.c.revoked < now - _TOKENS_KEPT_MICROS)
    return (
        idempotency_keys.forget(connection, now)
        + owners.forget_old(connection, now)
        + sum(
            connection.execute(statement).rowcount
            for statement in (
                delete(tombstone).where(tombstone.c.deleted < now - pruning.TOMBSTONES_KEPT_MICROS),
                delete(claim).where(claim.c.at < now - _CLAIMS_KEPT_MICROS),
                delete(api_token).where(or_(ended, revoked), cast(api_token.c.id, Text).not_in(makers)),
            )
        )
    )
