"""The state lane: events of one journal change the runs below its root.

A batch is applied in memory, event by event in the journal's order, over the rows it concerns; what results is written at the
end, each table once, in the order of primary keys and always with the same columns. What does not count is kept: a state as a
history line with ``applied`` false, anything else in quarantine.

A fenced owner (its attempt is not the root run's) adds history lines to runs that are known, and nothing else. An owner is not
fenced yet while its run waits to be started again and nobody has been granted the next attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from armillary.journal.format.events import (
    Artifact,
    CommandApplied,
    Edge,
    FlowDeclared,
    FlowRunCreated,
    InputAnswered,
    InputAsked,
    Progress,
    ResultStored,
    StateChanged,
    TaskRunCreated,
    TimeSpent,
)
from armillary.ledger.database.checks import is_time
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.refusals import FENCED, NOT_VALUES, Refused
from armillary.ledger.ingest.batch_runs import BatchRuns
from armillary.ledger.ingest.fact_events import TellingEvents
from armillary.ledger.ingest.flow_run_events import FlowRunEvents
from armillary.ledger.ingest.named_ids import NamedIds
from armillary.ledger.ingest.quarantine import Quarantine
from armillary.ledger.ingest.state_events import StateEvents
from armillary.ledger.ingest.task_run_events import TaskRunEvents
from armillary.ledger.runs.task_counts import TaskCounts

Event = Any


def ingest_states(
    connection: Connection,
    root: str,
    attempt: int,
    events: Sequence[tuple[int, Event, bytes]],
    quarantine: Quarantine,
    outbox: Outbox,
    *,
    damaged: bool,
) -> None:
    """Apply events, each with its ordinal and its bytes, of a journal of that attempt. ``damaged``: the frames around them were
    not all readable."""
    named = NamedIds(events)
    runs = BatchRuns(connection, root, attempt, named.flow_runs, named.task_runs)
    named.judge(runs)
    counts = TaskCounts()
    flow_runs, task_runs = FlowRunEvents(runs), TaskRunEvents(runs, counts, named.left_out)
    states, telling = StateEvents(runs, counts), TellingEvents(runs)
    handlers: dict[type, Any] = {
        FlowDeclared: flow_runs.declared,
        FlowRunCreated: flow_runs.created,
        TaskRunCreated: task_runs.created,
        Edge: task_runs.edge,
        StateChanged: states.changed,
        ResultStored: telling.result_stored,
        Artifact: telling.artifact,
        Progress: telling.progressed,
        InputAsked: telling.input_asked,
        InputAnswered: telling.input_answered,
        TimeSpent: telling.time_spent,
        CommandApplied: telling.command_applied,
    }
    fenced = runs.current_attempt != attempt and not runs.awaits_grant
    for ordinal, event, body in events:
        handle = handlers.get(type(event))
        if handle is None:  # header and closed say nothing of runs
            continue
        try:
            if not is_time(event.at):
                raise Refused(NOT_VALUES)
            if fenced and type(event) is not StateChanged:
                raise Refused(FENCED)
            named.check(event)
            handle(event)
        except Refused as refusal:
            # What such an owner says of runs that nobody knows is refused for the same reason: what made them was.
            quarantine.add(ordinal, body, FENCED if fenced else str(refusal))
    if damaged:
        runs.mark_incomplete()
    flow_runs.write_flows()
    flow_runs.settle_parents()
    runs.write(outbox)
    flow_runs.write_tags()
    task_runs.write()
    telling.write(outbox)
    counts.write(connection)
