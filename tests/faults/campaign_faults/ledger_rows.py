"""What the ledger says of a campaign, read from its database as plain records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table, create_engine, select

from armillary.core.rules.crash import Death
from armillary.core.states import TERMINAL, StateType
from armillary.ledger.tables.deployment_tables import held_attempt, run_death
from armillary.ledger.tables.run_tables import flow_run, flow_run_state, quarantine, task_run, task_run_state


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a run's history that counted."""

    type: StateType
    attempt: int


@dataclass(slots=True)
class Run:
    """A root run."""

    id: str
    name: str
    state_type: StateType
    state_message: str | None = None
    attempt: int = 1
    deaths: dict[int, Death] = field(default_factory=dict)
    """Whose death ended an attempt, by attempt."""

    @property
    def has_ended(self) -> bool:
        return self.state_type in TERMINAL

    def __str__(self) -> str:
        deaths = ", ".join(f"attempt {attempt} by {whose}" for attempt, whose in self.deaths.items()) or "none"
        return f"run {self.id} ({self.name}) is {self.state_type}, attempt {self.attempt}; deaths: {deaths}"


@dataclass(slots=True)
class LedgerRows:
    """``completed`` are task runs, and ``stale`` those of which an owner that was fenced said that they completed. ``unapplied`` is
    what else could not be applied, kept whole. ``histories`` are of flow runs and task runs, by id."""

    runs: dict[str, Run]
    completed: set[str] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)
    unapplied: list[bytes] = field(default_factory=list)
    histories: dict[str, list[Line]] = field(default_factory=dict)
    unended: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)


def read(database_url: str) -> LedgerRows:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            return _read(connection)
    finally:
        engine.dispose()


def unsettled(database_url: str) -> list[str]:
    """The runs that have not ended, or that a worker still holds."""
    rows = read(database_url)
    return sorted({*rows.unended, *rows.held})


def _read(connection: Connection) -> LedgerRows:
    root = flow_run.c
    statement = select(root.id, root.name, root.state_type, root.state_message, root.attempt)
    runs = {
        row.id: Run(row.id, row.name, StateType(row.state_type), row.state_message, row.attempt)
        for row in connection.execute(statement.where(root.parent_flow_run_id.is_(None)))
    }
    for death in connection.execute(select(run_death)):
        runs[death.flow_run_id].deaths[death.attempt] = Death(death.whose)
    task, line = task_run.c, task_run_state.c
    completed = select(task.id).where(task.state_type == "COMPLETED")
    stale = select(line.task_run_id).where(line.type == "COMPLETED", line.applied.is_(False))
    ended = [str(each) for each in TERMINAL]
    unended = [
        str(each)
        for runs_of in (flow_run, task_run)
        for each in connection.execute(select(runs_of.c.id).where(runs_of.c.state_type.not_in(ended))).scalars()
    ]
    return LedgerRows(
        runs,
        {str(each) for each in connection.execute(completed).scalars()},
        {str(each) for each in connection.execute(stale).scalars()},
        [bytes(each) for each in connection.execute(select(quarantine.c.body)).scalars()],
        {
            **_histories(connection, flow_run_state, "flow_run_id"),
            **_histories(connection, task_run_state, "task_run_id"),
        },
        unended,
        [str(each) for each in connection.execute(select(held_attempt.c.flow_run_id)).scalars()],
    )


def _histories(connection: Connection, states: Table, run_id: str) -> dict[str, list[Line]]:
    found: defaultdict[str, list[Line]] = defaultdict(list)
    statement = select(states.c[run_id], states.c.type, states.c.attempt).where(states.c.applied)
    for a_run, kind, attempt in connection.execute(statement.order_by(states.c[run_id], states.c.sequence)):
        found[str(a_run)].append(Line(StateType(kind), attempt))
    return dict(found)
