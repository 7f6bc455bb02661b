"""Opening one kept result: from a store the reader knows, signed by who may run that flow, by the serializer that is recorded.

What is wrong is found before a byte of the value is looked into.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from armillary.cli.running.result_stores import ResultStores, has_own_file, is_folder, is_own_home
from armillary.cli.terminal.messages import asked
from armillary.client.interface.client import Client
from armillary.core.errors import Forbidden, Untrusted
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.stored_result import StoredResult
from armillary.engine.results.results import Sealed, opened, read_sealed
from armillary.engine.results.serializers import serializer_named
from armillary.stores.opening import open_store
from armillary.stores.signing import ResultKey, key_from, key_of_home
from armillary.stores.store import Store

_PLAIN = "json"
"""The serializer whose values are data and nothing else, whoever wrote them."""


class Opening:
    """``root`` is the root run that the result belongs to; ``trusted`` are URLs that the person vouches for."""

    def __init__(self, client: Client, stored: StoredResult, root: FlowRun, trusted: Sequence[str]) -> None:
        self._stored = stored
        self._trusted = stored.storage in trusted
        self._vouched = False
        self._key = _key(client, root)
        self._store = self._found(client, root)

    def sealed(self) -> Sealed | None:
        """As it lies there; None when nothing does. Raises Untrusted where only a signature vouches for the store, and it is none."""
        sealed = read_sealed(self._store, self._stored.key, self._key or key_of_home())
        if sealed is not None and self._vouched and not sealed.signed:
            raise self._unknown()
        return sealed

    def value(self, sealed: Sealed) -> Any:
        """Raises Untrusted for one that is not signed, or of another serializer than was recorded."""
        if not self._trusted and not (sealed.signed and self._key is not None):
            earlier = sealed.header.signature is None and self._stored.serializer == _PLAIN
            if not (earlier and is_own_home(self._stored.storage)):
                raise self._unsigned()
        serializer = serializer_named(self._stored.serializer)
        return opened(self._store, self._stored.key, sealed, serializer).value

    def _found(self, client: Client, root: FlowRun) -> Store:
        storage = self._stored.storage
        store = ResultStores(client).of(storage)
        if store is not None:
            return store
        if not self._trusted:
            if root.deployment_id is None and is_folder(storage) and has_own_file(storage, self._stored.key):
                self._vouched = True  # a signature by this home will do: its owner's own flows named that folder
            elif sys.stdin.isatty() and asked(
                f"Only the run names {storage} as the store of its result. Open it and load what is there?"
            ):
                self._trusted = True
            else:
                raise self._unknown()
        return open_store(storage)

    def _unknown(self) -> Untrusted:
        storage = self._stored.storage
        return Untrusted(
            f"Only the run names {storage} as the store of its result: neither your settings nor a storage block do.",
            subject=storage,
            advice=f"If you trust that store: --trust-store {storage}",
        )

    def _unsigned(self) -> Untrusted:
        why = (
            "signed with a key that this token may not see"
            if self._key is None
            else "not signed with the key of its flow"
        )
        return Untrusted(
            f"The result {self._stored.key} in {self._stored.storage} is {why}, so it is not loaded.",
            subject=self._stored.key,
            advice=f"Write its bytes with --raw; or, if you trust that store: --trust-store {self._stored.storage}",
        )


def _key(client: Client, root: FlowRun) -> ResultKey | None:
    """What the run's results are signed with; None where this client is not told."""
    if root.deployment_id is None:
        return key_of_home()
    try:
        return key_from(client.deployment_result_secret(root.deployment_id))
    except Forbidden:
        return None
