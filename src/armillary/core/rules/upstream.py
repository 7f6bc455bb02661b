"""May a run start, given how its upstreams ended?"""

from __future__ import annotations

from collections.abc import Iterable

from armillary.core.states import CANCELLED, COMPLETED, State, StateType


def not_ready(upstreams: Iterable[tuple[str, StateType]], timestamp_of: State) -> State | None:
    """CANCELLED ``NotReady`` naming the first upstream that did not complete, else None: the run may start."""
    for name, kind in upstreams:
        if kind is not COMPLETED:
            return State(
                CANCELLED,
                "NotReady",
                f"Upstream {name!r} did not complete: {kind}.",
                timestamp_of.timestamp,
            )
    return None
