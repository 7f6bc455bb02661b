"""What the outbox does not tell: that agents are alive, what the services did last, and who holds concurrency slots.

These change all the time whether anybody looks or not, so they are not written down for the stream. While somebody listens for
one of them its records are read every other second, once for all who listen, and those that are not as they were are told
whole: a page that shows them asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from msgspec import json
from sqlalchemy import Connection

from armillary.ledger.deployments import workers
from armillary.ledger.nouns import concurrency_limits, service_leases

EVERY_SECONDS = 2.0
_MOST_LIMITS = 500
_encode = json.Encoder().encode


def _agents(connection: Connection, now: int) -> dict[str, Any]:
    return {each.id: each for each in workers.every(connection, now)}


def _services(connection: Connection, now: int) -> dict[str, Any]:
    return {each.name: each for each in service_leases.every(connection)}


def _limits(connection: Connection, now: int) -> dict[str, Any]:
    return {each.id: each for each in concurrency_limits.page(connection, limit=_MOST_LIMITS).items}


KINDS: dict[str, Callable[[Connection, int], dict[str, Any]]] = {
    "worker": _agents,
    "service": _services,
    "concurrency_limit": _limits,
}


class Glances:
    """Remembers what was told of each kind."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, bytes]] = {}
        self._anew: set[str] = set()

    def tell_anew(self, kind: str) -> None:
        """Tell everything of it at the next look: somebody listens who has not heard it. May be called during a look."""
        self._anew.add(kind)

    def changes(self, connection: Connection, kinds: Collection[str], now: int) -> list[tuple[str, str, bytes]]:
        """Kind, id and body of each record that is not as it was told. ``record`` in the body is null for one that is gone."""
        anew, self._anew = self._anew, set()
        for kind in anew | (self._told.keys() - set(kinds)):
            self._told.pop(kind, None)
        found = []
        for kind in kinds:
            told = self._told.get(kind, {})
            seen = {
                which: _encode({"kind": kind, "id": which, "root_flow_run_id": None, "record": record})
                for which, record in KINDS[kind](connection, now).items()
            }
            found += [(kind, which, body) for which, body in seen.items() if told.get(which) != body]
            found += [
                (kind, which, _encode({"kind": kind, "id": which, "root_flow_run_id": None, "record": None}))
                for which in told.keys() - seen.keys()
            ]
            self._told[kind] = seen
        return found
