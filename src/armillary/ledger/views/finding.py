"""Which run does a person mean? By id, by the beginning of an id, or by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, select

from armillary.core.errors import Ambiguous, NotFound, did_you_mean
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.task_run import TaskRun
from armillary.ledger.querying.text_match import id_begins_with, id_bounds
from armillary.ledger.runs import flow_runs, task_runs
from armillary.ledger.tables.run_tables import flow_run, task_run

_SHORTEST_PREFIX = 4
_SHOWN = 5
_NEARBY = 200


def find_flow_run(connection: Connection, words: str) -> FlowRun:
    """The flow run of that id, of that name, or whose id alone begins so (4 digits at least).

    Raises NotFound with the nearest name, or Ambiguous with the ids that fit.
    """
    found = flow_runs.get(connection, _the_id(connection, flow_run, "flow run", words))
    assert found is not None
    return found


def find_task_run(connection: Connection, words: str, *, flow_run_id: str | None = None) -> TaskRun:
    """As ``find_flow_run``; names of task runs are unique only within their flow run."""
    found = task_runs.get(connection, _the_id(connection, task_run, "task run", words, flow_run_id))
    assert found is not None
    return found


def _the_id(connection: Connection, table: Table, noun: str, words: str, flow_run_id: str | None = None) -> str:
    inside: list[Any] = [] if flow_run_id is None else [table.c.flow_run_id == flow_run_id]
    bounds = id_bounds(words)
    if bounds is not None and bounds[0] == bounds[1]:
        exact = connection.execute(select(table.c.id).where(table.c.id == bounds[0], *inside)).scalar()
        if exact is not None:
            return str(exact)
    fitting = _ids(connection, table, [table.c.name == words, *inside])
    if not fitting and bounds is not None and len(words.replace("-", "")) >= _SHORTEST_PREFIX:
        fitting = _ids(connection, table, [id_begins_with(table.c.id, words), *inside])
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        shown = ", ".join(fitting[:_SHOWN]) + (" and more" if len(fitting) > _SHOWN else "")
        raise Ambiguous(f"{words!r} fits several {noun}s: {shown}.", subject=words, advice="Give one of these ids.")
    recent = select(table.c.name).where(*inside).order_by(table.c.id.desc()).limit(_NEARBY)
    names = set(connection.execute(recent).scalars())
    raise NotFound(f"There is no {noun} {words!r}.", subject=words, advice=_nearest(words, names, noun))


def _ids(connection: Connection, table: Table, conditions: list[Any]) -> list[str]:
    statement = select(table.c.id).where(*conditions).order_by(table.c.id.desc()).limit(_SHOWN + 1)
    return [str(found) for found in connection.execute(statement).scalars()]


def _nearest(words: str, names: set[str], noun: str) -> str | None:
    advice = did_you_mean(words, names)
    return (
        advice
        if advice is not None and advice.startswith("Did")
        else f"`armillary {noun.replace(' ', '-')} ls` lists them."
    )
