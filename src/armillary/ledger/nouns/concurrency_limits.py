"""Concurrency limits by tag, and their slots.

A slot is a row that names the task run which holds it: no counter exists that could drift. Rows go when the run says so, when it
has ended, or when its root run has no owner any more; how many there are is counted under the limit's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, and_, delete, exists, func, insert, or_, select, update

from armillary.clock import to_datetime
from armillary.core.criteria import TextCriterion
from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.errors import InvalidOption
from armillary.core.page import Page
from armillary.core.rules.ownership import SUSPENDED
from armillary.core.states import CANCELLING, PAUSED, PENDING, RUNNING, TERMINAL
from armillary.core.text.names import checked_name
from armillary.ledger.database import dialect
from armillary.ledger.nouns.attempt_tokens import root_of_task_run
from armillary.ledger.querying.criteria import of_names
from armillary.ledger.querying.paging import Order, narrowed, next_cursor, paged
from armillary.ledger.tables.run_tables import flow_run, task_run
from armillary.ledger.tables.server_tables import concurrency_limit, slot

BY_TAG = Order("concurrency limits", (concurrency_limit.c.tag,), descending=False)
MOST_SLOTS = 1_000_000
_OWNED = [kind.value for kind in (PENDING, RUNNING, PAUSED, CANCELLING)]
_unowned = or_(
    flow_run.c.state_type.not_in(_OWNED),
    and_(flow_run.c.state_type == PAUSED.value, flow_run.c.state_name == SUSPENDED),
)
"""As :func:`armillary.core.rules.ownership.has_owner` says."""
_ENDED = [kind.value for kind in TERMINAL]
_is_abandoned = or_(
    exists().where(task_run.c.id == slot.c.run_id, task_run.c.state_type.in_(_ENDED)),
    exists().where(flow_run.c.id == slot.c.root_flow_run_id, _unowned),
)
"""Its row goes when the next slot of the limit is asked for; until then it holds nothing."""


@dataclass(slots=True)
class Granting:
    """``full`` names the tags whose slots are all taken: none was given then."""

    granted: bool
    full: list[str]


def put(connection: Connection, limit_id: str, tag: str, slots: int, now: int) -> ConcurrencyLimit:
    """Let at most ``slots`` task runs with ``tag`` run at once; 0 lets none begin. A tag that has a limit gets the new number:
    what holds a slot keeps it."""
    checked_name(tag, "tag")
    if not 0 <= slots <= MOST_SLOTS:
        raise InvalidOption(f"A limit of {slots} slots.", subject="slots", advice=f"Give 0 to {MOST_SLOTS}.")
    dialect.lock(connection, _lock_name(tag))
    changed = connection.execute(
        update(concurrency_limit).where(concurrency_limit.c.tag == tag).values(slots=slots, updated=now)
    )
    if changed.rowcount == 0:
        row = {"id": limit_id, "tag": tag, "slots": slots, "created": now, "updated": now}
        connection.execute(insert(concurrency_limit), row)
    found = of_tag(connection, tag)
    assert found is not None
    return found


def get(connection: Connection, limit_id: str) -> ConcurrencyLimit | None:
    row = connection.execute(select(concurrency_limit).where(concurrency_limit.c.id == limit_id)).mappings().first()
    return None if row is None else _record(connection, row)


def of_tag(connection: Connection, tag: str) -> ConcurrencyLimit | None:
    row = connection.execute(select(concurrency_limit).where(concurrency_limit.c.tag == tag)).mappings().first()
    return None if row is None else _record(connection, row)


def page(
    connection: Connection, *, tag: TextCriterion | None = None, limit: int = 200, after: str | None = None
) -> Page[ConcurrencyLimit]:
    """Limits by tag."""
    order = narrowed(BY_TAG, tag)
    statement = select(concurrency_limit).where(of_names(concurrency_limit.c.tag, tag))
    found = connection.execute(paged(statement, order, limit, after)).mappings().all()
    return Page([_record(connection, row) for row in found[:limit]], next_cursor(found, order, limit))


def remove(connection: Connection, limit_id: str) -> bool:
    """Whether there was one. What held its slots runs on."""
    connection.execute(delete(slot).where(slot.c.concurrency_limit_id == limit_id))
    return connection.execute(delete(concurrency_limit).where(concurrency_limit.c.id == limit_id)).rowcount > 0


def limited_tags(connection: Connection) -> list[str]:
    return list(connection.execute(select(concurrency_limit.c.tag).order_by(concurrency_limit.c.tag)).scalars())


def acquire(
    connection: Connection, root_flow_run_id: str, run_id: str, tags: Sequence[str], holder: str | None, now: int
) -> Granting:
    """A slot of every limited tag among ``tags`` for a task run, or none at all. A run that holds them already is granted
    them again. ``holder`` names the journal or worker whose end frees them. Raises InvalidOption for a task run that is known to be
    below another root run."""
    if root_of_task_run(connection, run_id) not in (None, root_flow_run_id):
        raise InvalidOption(
            f"Task run {run_id} is not below flow run {root_flow_run_id}.",
            subject="task_run_id",
            advice="Name the root run that it is below.",
        )
    limits = connection.execute(
        select(concurrency_limit)
        .where(concurrency_limit.c.tag.in_(sorted(set(tags))))
        .order_by(concurrency_limit.c.tag)
    ).all()
    for limit in limits:
        dialect.lock(connection, _lock_name(limit.tag))
    full = []
    for limit in limits:
        free_abandoned(connection, limit.id)
        others = (
            select(func.count())
            .select_from(slot)
            .where(slot.c.concurrency_limit_id == limit.id, slot.c.run_id != run_id)
        )
        if connection.execute(others).scalar_one() >= limit.slots:
            full.append(limit.tag)
    if full:
        release(connection, run_id)
        return Granting(False, full)
    dialect.insert_missing(
        connection,
        slot,
        [
            {
                "concurrency_limit_id": limit.id,
                "run_id": run_id,
                "root_flow_run_id": root_flow_run_id,
                "holder": holder,
                "acquired": now,
            }
            for limit in limits
        ],
    )
    return Granting(True, [])


def release(connection: Connection, run_id: str) -> int:
    """Give back every slot of a task run; how many that were."""
    return connection.execute(delete(slot).where(slot.c.run_id == run_id)).rowcount


def free_abandoned(connection: Connection, limit_id: str | None = None) -> int:
    """Give back the slots of task runs that have ended or whose root run has no owner; how many that were."""
    statement = delete(slot).where(_is_abandoned)
    if limit_id is not None:
        statement = statement.where(slot.c.concurrency_limit_id == limit_id)
    return connection.execute(statement).rowcount


def _lock_name(tag: str) -> str:
    return f"concurrency_limit {tag}"


def _record(connection: Connection, row: RowMapping) -> ConcurrencyLimit:
    held = (
        select(slot.c.run_id)
        .where(slot.c.concurrency_limit_id == row["id"], ~_is_abandoned)
        .order_by(slot.c.acquired, slot.c.run_id)
    )
    return ConcurrencyLimit(
        row["id"],
        row["tag"],
        row["slots"],
        list(connection.execute(held).scalars()),
        to_datetime(row["created"]),
        to_datetime(row["updated"]),
    )
