"""What a client offers of variables, concurrency limits and artifacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.page import Page
from armillary.core.runs.artifact import Artifact
from armillary.core.saved_search import SavedSearch
from armillary.core.variable import Variable


class SmallNouns(Protocol):
    """A part of :class:`armillary.client.interface.Client`."""

    def variables(
        self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None
    ) -> Page[Variable]:
        """Variables by name."""
        ...

    def variable(self, name: str) -> Variable:
        """Raises NotFound, with the nearest name."""
        ...

    def set_variable(self, name: str, value: Any, tags: Sequence[str] = ()) -> Variable:
        """Set it, new or not. Raises InvalidOption for an unusable name, or a value over 1 MB of JSON."""
        ...

    def unset_variable(self, name: str) -> None:
        """Raises NotFound."""
        ...

    def concurrency_limits(self, *, limit: int = 200, after: str | None = None) -> Page[ConcurrencyLimit]:
        """Limits by tag, with who holds their slots."""
        ...

    def concurrency_limit(self, tag: str) -> ConcurrencyLimit:
        """Raises NotFound."""
        ...

    def set_concurrency_limit(self, tag: str, slots: int) -> ConcurrencyLimit:
        """Let at most ``slots`` task runs with ``tag`` run at once. A tag that has a limit gets the new number."""
        ...

    def delete_concurrency_limit(self, tag: str) -> None:
        """What holds its slots runs on. Raises NotFound."""
        ...

    def take_slots(self, root_flow_run_id: str, task_run_id: str, tags: Sequence[str]) -> list[str]:
        """Take a slot of every limited tag among ``tags`` for a task run, or none at all: then the tags that have none
        left. Asked again for a run that holds them, they are granted again."""
        ...

    def give_slots_back(self, task_run_id: str) -> int:
        """Give back every slot of a task run; how many that were."""
        ...

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
        """Artifacts that match, newest first. ``latest``: of each key only the newest, and none without a key."""
        ...

    def artifact(self, artifact_id: str) -> Artifact:
        """Raises NotFound."""
        ...

    def saved_searches(self, *, limit: int = 200, after: str | None = None) -> Page[SavedSearch]:
        """Saved searches by name."""
        ...

    def saved_search(self, words: str) -> SavedSearch:
        """The one of that id or name. Raises NotFound with the nearest."""
        ...

    def save_search(self, name: str, filter_text: str) -> SavedSearch:
        """Keep the text of a filter bar under a name; one of that name keeps its id and gets the new text."""
        ...

    def delete_saved_search(self, words: str) -> None:
        """Raises NotFound."""
        ...
