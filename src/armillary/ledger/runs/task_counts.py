"""How many task runs of each task of a flow run are in each state type: the table ``task_group``, kept as they change."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from armillary.ledger.database.dialect import Row, add_to
from armillary.ledger.tables import run_tables


class TaskCounts:
    """Collects how the counts change, and adds that to them in the end."""

    __slots__ = ("_changes", "_names")

    def __init__(self) -> None:
        self._changes: Counter[tuple[str, str, str]] = Counter()
        self._names: dict[tuple[str, str], str] = {}

    def move(self, run: Row, before: str | None) -> None:
        """A task run's row was in one state type, None for a new one, and says which it is in now."""
        home, task_key, now = run["flow_run_id"], run["task_key"], run["state_type"]
        if before == now:
            return
        if before is not None:
            self._changes[home, task_key, before] -= 1
        self._changes[home, task_key, now] += 1
        self._names[home, task_key] = run["task_name"]

    def write(self, connection: Connection) -> None:
        rows = [
            {
                "flow_run_id": home,
                "task_key": key,
                "state_type": kind,
                "task_name": self._names[home, key],
                "task_runs": more,
            }
            for (home, key, kind), more in sorted(self._changes.items())
            if more
        ]
        add_to(connection, run_tables.task_group, "task_runs", rows)
