"""Variables, concurrency limits, artifacts and saved searches, from the ledger itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from armillary.clock import new_id, now_us
from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.page import Page
from armillary.core.runs.artifact import Artifact
from armillary.core.saved_search import SavedSearch
from armillary.core.variable import Variable
from armillary.home import artifacts as home_artifacts
from armillary.home import concurrency_limits as home_limits
from armillary.home import variables as home_variables
from armillary.ledger.database.opening import Ledger
from armillary.ledger.nouns import concurrency_limits, saved_searches, variables
from armillary.ledger.runs import artifacts

_LOOK_FOR_DEAD_SECONDS = 1.0


class InProcessNouns:
    """A part of :class:`armillary.client.in_process.InProcessClient`."""

    _ledger: Ledger
    _catch_up: Callable[[], None]
    _looked_for_dead = -1.0

    def variables(
        self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None
    ) -> Page[Variable]:
        with self._ledger.read() as connection:
            return variables.page(connection, name_prefix=name_prefix, limit=limit, after=after)

    def variable(self, name: str) -> Variable:
        with self._ledger.read() as connection:
            return home_variables.get(connection, name)

    def set_variable(self, name: str, value: Any, tags: Sequence[str] = ()) -> Variable:
        with self._ledger.write() as connection:
            return variables.put(connection, name, value, tags, _now())

    def unset_variable(self, name: str) -> None:
        with self._ledger.write() as connection:
            home_variables.unset(connection, name)

    def concurrency_limits(self, *, limit: int = 200, after: str | None = None) -> Page[ConcurrencyLimit]:
        self._catch_up()
        with self._ledger.read() as connection:
            return concurrency_limits.page(connection, limit=limit, after=after)

    def concurrency_limit(self, tag: str) -> ConcurrencyLimit:
        self._catch_up()
        with self._ledger.read() as connection:
            return home_limits.of_tag(connection, tag)

    def set_concurrency_limit(self, tag: str, slots: int) -> ConcurrencyLimit:
        with self._ledger.write() as connection:
            return home_limits.put(connection, self._ledger.home, tag, slots, _now())

    def delete_concurrency_limit(self, tag: str) -> None:
        with self._ledger.write() as connection:
            home_limits.remove_of_tag(connection, self._ledger.home, tag)

    def take_slots(self, root_flow_run_id: str, task_run_id: str, tags: Sequence[str]) -> list[str]:
        full = self._take(root_flow_run_id, task_run_id, tags)
        if full and monotonic() - self._looked_for_dead >= _LOOK_FOR_DEAD_SECONDS:
            self._looked_for_dead = monotonic()
            self._catch_up()  # a holder may have died without a word
            full = self._take(root_flow_run_id, task_run_id, tags)
        return full

    def _take(self, root_flow_run_id: str, task_run_id: str, tags: Sequence[str]) -> list[str]:
        with self._ledger.write() as connection:
            return concurrency_limits.acquire(connection, root_flow_run_id, task_run_id, tags, None, _now()).full

    def give_slots_back(self, task_run_id: str) -> int:
        with self._ledger.write() as connection:
            return concurrency_limits.release(connection, task_run_id)

    def artifacts(
        self,
        *,
        flow_run_id: str | None = None,
        key: str | None = None,
        kind: str | None = None,
        latest: bool = False,
        limit: int = 200,
        after: str | None = None,
    ) -> Page[Artifact]:
        self._catch_up()
        with self._ledger.read() as connection:
            return artifacts.page(
                connection, flow_run_id=flow_run_id, key=key, kind=kind, latest=latest, limit=limit, after=after
            )

    def artifact(self, artifact_id: str) -> Artifact:
        self._catch_up()
        with self._ledger.read() as connection:
            return home_artifacts.get(connection, artifact_id)

    def saved_searches(self, *, limit: int = 200, after: str | None = None) -> Page[SavedSearch]:
        with self._ledger.read() as connection:
            return saved_searches.page(connection, limit=limit, after=after)

    def saved_search(self, words: str) -> SavedSearch:
        with self._ledger.read() as connection:
            return saved_searches.find(connection, words)

    def save_search(self, name: str, filter_text: str) -> SavedSearch:
        with self._ledger.write() as connection:
            return saved_searches.put(connection, new_id(), name, {"filter": filter_text}, _now())

    def delete_saved_search(self, words: str) -> None:
        with self._ledger.write() as connection:
            saved_searches.remove(connection, saved_searches.find(connection, words).id)


def _now() -> int:
    return now_us()
