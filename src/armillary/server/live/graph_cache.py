"""The graphs that were looked at last, kept up to date: reading a large one costs some hundred milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection

from armillary.ledger.views import graph_reading
from armillary.ledger.views.kept_graph import SeenGraph

_MOST_TASK_RUNS = 100_000
"""Some 50 MB, of which the last one used may be all."""

_MOST_GRAPHS = 200

_Key = tuple[str, int | None]


class _Kept:
    """One graph, None until it is read. Who holds the lock may use it."""

    __slots__ = ("lock", "seen")

    def __init__(self) -> None:
        self.lock = Lock()
        self.seen: SeenGraph | None = None


class KeptGraphs:
    """Graphs by flow run and try, the last used last."""

    def __init__(self) -> None:
        self._kept: dict[_Key, _Kept] = {}
        self._lock = Lock()

    @contextmanager
    def up_to_date(
        self, connection: Connection, flow_run_id: str, run_try: int | None = None, version: str | None = None
    ) -> Iterator[SeenGraph]:
        """The graph as the connection sees it, or a little newer; for the block's time it is this thread's alone. ``version`` is its
        version where the connection has read that already. Raises what :func:`armillary.ledger.views.graph_reading.read` does."""
        key = (flow_run_id, run_try)
        with self._lock:
            kept = self._kept.pop(key) if key in self._kept else _Kept()
            self._kept[key] = kept
        try:
            with kept.lock:
                if kept.seen is None or not graph_reading.bring_up_to_date(connection, kept.seen, version):
                    kept.seen = None
                    kept.seen = graph_reading.read(connection, flow_run_id, run_try, version)
                yield kept.seen
        finally:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        with self._lock:
            sizes = {key: len(kept.seen.task_runs) if kept.seen else 0 for key, kept in self._kept.items()}
            total = sum(sizes.values())
            for key in list(sizes)[:-1]:
                if total <= _MOST_TASK_RUNS and len(self._kept) <= _MOST_GRAPHS:
                    return
                total -= sizes[key]
                del self._kept[key]
